"""A plan: its folder, its tables and its audit."""
