"""Years of take-or-pay spend for a right to capacity."""
