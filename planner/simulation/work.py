"""The runs of a simulation, as the engine of studies carries them out: plans, and plans that are carried out.

Runs are recognised by what decides their result. Two worlds, or two policies, that come to the same case with the same
knowledge share a plan, whether it is found at the same time or kept in a folder from before.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from planner.case.case import Case
from planner.simulation.carry_runs import CarryRun, carried
from planner.simulation.plan_runs import PlanRun, planned
from planner.studies.runs import Base, Run, RunResult, attempted


@dataclass(frozen=True, eq=False)
class SimulationBase(Base):
    """What all runs of a simulation share: the case at the start."""

    @staticmethod
    def at_start(case: Case) -> SimulationBase:
        """The base of a simulation of a case."""
        return SimulationBase(dict(case.files), case.catalogue)

    def key(self, run: Run) -> str:
        """A name of the run by its content."""
        hashed = sha256(self.digest.encode())
        if isinstance(run, PlanRun):
            hashed.update(json.dumps(["plan", *run.asked, sorted(run.start.items())]).encode())
            for name, data in sorted(run.files.items()):
                hashed.update(f"{name} {len(data)} ".encode() + data)
        elif isinstance(run, CarryRun):
            hashed.update(json.dumps(["carry", *run.asked]).encode())
        return hashed.hexdigest()[:24]


def carry_out_run(base: Base, run: Run) -> RunResult:
    """Carry out one run of a simulation; its result says what went wrong, if anything did."""
    if isinstance(run, PlanRun):
        return attempted(run, partial(planned, base, run))
    assert isinstance(run, CarryRun)
    return attempted(run, partial(carried, base, run))
