"""A case: its settings, its tables, changes to it, and what in it looks like a slip."""
