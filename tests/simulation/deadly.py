"""A run whose process ends, once."""

import os
from pathlib import Path

from planner.simulation.work import carry_out_run
from planner.studies.runs import Base, Run, RunResult

FUSE = "PLANNER_TEST_FUSE"
"""names a file that stands there as long as a process is still to end"""


def deadly(base: Base, run: Run) -> RunResult:
    """Carry out a run; the first time that a plan is to be carried out, the process ends instead."""
    fuse = Path(os.environ[FUSE])
    if "up to" in run.name and fuse.exists():
        fuse.unlink()
        os._exit(9)
    return carry_out_run(base, run)
