"""The plan for all futures of a case: the tree as one program, its search, and what it is worth."""
