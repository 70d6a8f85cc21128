"""The same case told otherwise has the same plan.

    python -m tests.invariance [KIND ...] [--cases N]

Each kind is a module with `variants`: a case, told in other ways. The plan of each variant is proven if that of the case
is, an audit agrees with both, and each costs no less than the other one's bound allows.

    units      all money, or all power, in another unit

`compared` says how two plans differ; the command prints every difference and how many variants there were of each kind.
"""
