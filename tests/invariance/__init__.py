"""The same case told otherwise has the same plan.

    python -m tests.invariance [KIND ...] [--cases N]

    names      every identifier is another word, the planner's own words among them
    order      rows and columns stand in another order
    periods    periods are of 12, 6, 3 or 1 months, without discounting and with all decisions fixed
    split      demand is divided between two regions without distance, or a contract into two halves
    units      all money, or all power, in another unit

The plan of each variant is proven if that of the case is, an audit agrees with both, and neither costs less than the
bound of the other allows. The command prints every difference, and how many variants there were of each kind.
"""
