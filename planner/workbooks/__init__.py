"""Workbooks for spreadsheet programs: a plan with live formulas, and a case whose sheets are its tables."""
