"""Portfolios: all variables, posts and limits of a case, and solutions: the values of the variables."""
