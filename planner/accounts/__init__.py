"""What accountants, lenders and rating agencies read off a plan: lease schedules, disclosures and ratios."""
