"""Golden values: what the planner's mathematics and its costs are now, saved as text that a reviewer reads.

    models/<case>/*.lp    the model of a small case of one instrument or rule, a file per family of rows
    costs.toml            the present cost and proven bound of the shipped cases, with date and reason of each change

A change of the mathematics shows as a difference of these files and fails a test until somebody approves it:

    python -m tests.golden             compares the models with the files, and prints what differs
    python -m tests.golden --write     writes the files anew; read the difference before it is committed
"""
