"""The model of a portfolio: what Pyomo holds, rows that are arrays, and all of it in Pyomo on demand."""
