"""The same case told otherwise has the same plan.

    python -m tests.invariance [KIND ...] [--cases N]

Each kind makes variants of a case: the case, told in other ways. The plan of each variant is proven if that of the case
is, an audit agrees with both, and neither costs less than the bound of the other allows.

    units      all money, or all power, in another unit

`kinds` lists them, each made by a module of its own. The command prints every difference, and how many variants there
were of each kind.
"""
