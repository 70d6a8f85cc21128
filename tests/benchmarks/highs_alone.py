"""HiGHS by itself, nothing of the planner: read an MPS file and a file of options, solve, say what was found."""

from __future__ import annotations

import json
import sys
import time


def solve(mps: str, options: str) -> dict[str, float | int]:
    """Objective, bound, nodes and HiGHS's own seconds. Raises RuntimeError where HiGHS cannot read or solve it."""
    import highspy

    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    for status in (highs.readOptions(options), highs.readModel(mps)):
        if status == highspy.HighsStatus.kError:
            raise RuntimeError(f"HiGHS cannot read {mps} with {options}")
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


if __name__ == "__main__":
    sys.stdout.write(json.dumps(solve(sys.argv[1], sys.argv[2])) + "\n")
