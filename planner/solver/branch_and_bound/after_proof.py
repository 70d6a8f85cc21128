"""What follows the proof: some solutions within the gap are better than the one with which it was closed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from planner.solver.answer import closed_gap
from planner.solver.branch_and_bound.nodes import SearchNode
from planner.solver.branch_and_bound.relaxation import RelaxationResult, RelaxationStatus
from planner.solver.branch_and_bound.tree import SearchTree

AFTER_PROOF = 0.1
"""iterations for better solutions once the gap is closed, as a share of those until then"""
FINER = 0.1
"""gap to which these go on, as a share of the gap that is asked for"""
QUICK = 100
"""simplex iterations of a relaxation that is solved once more in any case"""


def search_within_gap(
    tree: SearchTree,
    root: RelaxationResult,
    proven: float,
    around: Callable[[SearchNode], None],
    goes_on: Callable[[], bool],
) -> None:
    """Search once more from the root to a finer gap: by `around`, a sub-MIP at the root, and then by the tree.

    `proven` is the bound with which the gap was closed. `goes_on` is asked at every node. The incumbent keeps its gap.
    Raises Interrupted where it goes on no more. A root that was cut off has no solution from which to go on; its bound,
    which the incumbent holds as that of a fathomed node, stays.
    """
    incumbent = tree.incumbent
    is_fine = incumbent.value - proven <= closed_gap(incumbent.value, FINER * incumbent.gap)
    if is_fine or incumbent.target is not None or root.status is not RelaxationStatus.OPTIMAL:
        return
    asked, incumbent.gap, incumbent.fathomed = incumbent.gap, FINER * incumbent.gap, np.inf
    try:
        tree.restart(root)
        node = tree.next
        if node is not None:
            around(node)
        while tree.plunge(lambda: not goes_on()):
            pass
    finally:
        incumbent.gap = asked
