"""CSV text to typed rows: cells, fields, tables, and what is wrong with them. No table is named here."""
