"""A case with all its variables, posts and limits, and their values once they are known."""
