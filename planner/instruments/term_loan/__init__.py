"""Money drawn, and paid back with interest."""
