"""A case: its settings, its tables, changes to it, and entries that look like slips."""
