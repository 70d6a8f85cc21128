"""Branch and bound of our own, with HiGHS for presolve and for every linear program.

Our models have a few hundred step binaries, of which some dozens matter, and a relaxation within some per cent of the
best plan. Trees of ten to some hundred nodes close them, while HiGHS's own search spends most of its time before it
first branches.

    presolved          a program after presolve, and the way back
    suitability        whether the search suits what presolve leaves; HiGHS's own search takes what does not suit it
    relaxation         its linear relaxation, solved again and again from a basis
    lazy_rows          rows of a large relaxation that are added when a solution violates them
    incumbent          the best solution so far, and the cut-off that follows from it
    pseudo_costs       what rounding an integer is expected to cost
    nodes              of the tree
    tree               the open nodes: the one of least bound is selected, branched on, and its children after it
    dive               a quick first solution by rounding
    cutting_planes     Gomory's mixed-integer cuts; `implied_bounds` help, `separation` adds them in rounds
    patience           when a search is given up, and when it looks for better solutions on its way
    after_proof        what follows the proof: better solutions within the gap
    branchings         the tree of branchings, which a search of a similar program can follow
    guidance           what such a search is told, and what it tells the next one (`planner.solver.experience`)
    outcome            how a search ended, and what is known then
    search             all of it from presolve to the end, with sub-MIPs around what is known

A search that closes the gap goes on for a tenth of its work, as some solutions within the gap are better. One that does
not close it after a multiple of the work of its first relaxation is given up. HiGHS then takes over from the incumbent.
Work is counted in simplex iterations, not in seconds, so that the same program has the same search.
"""

from planner.solver.branch_and_bound.outcome import BranchAndBoundResult, SearchEnd
from planner.solver.branch_and_bound.search import branch_and_bound

__all__ = ["BranchAndBoundResult", "SearchEnd", "branch_and_bound"]
