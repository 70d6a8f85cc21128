"""The workbook of a case: a sheet for each of its tables and one for its settings, written and read."""
