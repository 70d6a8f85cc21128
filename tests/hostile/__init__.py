"""Cases as careless hands and hostile ones leave them, and what the planner says: nothing may be passed over.

    names       files named almost like a table or like case.toml, in their place or beside them
    units       numbers a thousand or a hundred times too large or too small, as in another unit
    contents    files that are no text, no files, or without end; numbers, names and changes that nothing can hold

`python -m tests.hostile` judges them all and prints a table of the outcomes, and what was passed over in silence.
"""
