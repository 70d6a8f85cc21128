"""CSV text to typed rows: cells, fields, tables, and the problems found in them. No table is named here."""
