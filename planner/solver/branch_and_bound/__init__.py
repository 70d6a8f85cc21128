"""Branch and bound of our own over HiGHS's linear programs.

Our models have a few hundred step binaries of which some dozens matter, and a relaxation within some per cent of the
best plan: trees of ten to some hundred nodes close them. HiGHS's own search spends most of its time before it first
branches. So the search is done here, with HiGHS for presolve and for every linear program:

    reduced          a program as presolve leaves it, and the way back
    relaxation       its linear relaxation, solved again and again from a basis
    late             rows of a large one that come late
    standing         the best solution so far, and what is still worth looking for
    branching        pseudo-costs: what rounding an integer is expected to cost
    tree             the parts that are left, the cheapest first; each is divided, and the search goes down from there
    dive             a quick first solution by rounding
    cuts             rows that the relaxation breaks and no solution does; `implied` bounds help, `rounds` add them
    course           all of it from first to last, and smaller searches around what is known

A search that does not close after a multiple of the work that the first relaxation took is given up, and HiGHS takes
over from the best solution so far. Work is counted in iterations of the simplex method, not in seconds: the same
program has the same search.
"""

from planner.solver.branch_and_bound.course import End, Found, search

__all__ = ["End", "Found", "search"]
