"""The Pyomo model of a portfolio."""
