"""Small cases whose contracts were once misread, each with the right value worked out by hand.

Each file in `cases/` is one case: its settings, its tables as CSV, what the planner once said (`before`), what is right
(`right`) and the sums behind it (`by_hand`). `python -m tests.misread` prints the table of all of them.
"""
