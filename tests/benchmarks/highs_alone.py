"""HiGHS by itself, nothing of the planner: read an MPS file and a file of options, solve, say what was found.

An MPS file cannot say that integers are implied by others, which the planner tells HiGHS of choices whose steps are
whole. So that either searches the same, HiGHS is told here too.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np


def solve(mps: str, options: str) -> dict[str, float | int]:
    """Objective, bound, nodes and HiGHS's own seconds. Raises RuntimeError where HiGHS cannot read or solve it."""
    import highspy

    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    for status in (highs.readOptions(options), highs.readModel(mps)):
        if status == highspy.HighsStatus.kError:
            raise RuntimeError(f"HiGHS cannot read {mps} with {options}")
    _imply(highs)
    began, cpu = time.perf_counter(), time.process_time()
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise RuntimeError(f"HiGHS ended: {highs.modelStatusToString(highs.getModelStatus())}")
    info = highs.getInfo()
    return {
        "objective": info.objective_function_value,
        "bound": info.mip_dual_bound,
        "nodes": info.mip_node_count,
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
    }


def _imply(highs: Any) -> None:
    """Choices are implied by the steps that their rows name."""
    import highspy

    lp = highs.getLp()
    steps = {i for i, name in enumerate(lp.row_names_) if ".chosen_once[" in name}
    start, rows = list(lp.a_matrix_.start_), list(lp.a_matrix_.index_)
    found = [
        j
        for j, name in enumerate(lp.col_names_)
        if ".chosen_by[" not in name and not steps.isdisjoint(rows[start[j] : start[j + 1]])
    ]
    kinds = np.full(len(found), highspy.HighsVarType.kImplicitInteger)
    highs.changeColsIntegrality(len(found), np.array(found, dtype=np.int32), kinds)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(solve(sys.argv[1], sys.argv[2])) + "\n")
