"""The workbook of a plan: one module per sheet, or for a few that belong together."""
