"""What must not change a result: names, and the order of rows and columns. `python -m tests.invariance KIND`."""
