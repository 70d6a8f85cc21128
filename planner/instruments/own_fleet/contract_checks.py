"""Own fleet: the power that running chips need, restated.

power       in each pool of halls and period, GW drawn over the power classes = GW run over the chips
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from planner.basics.arrays import Vector
from planner.interfaces.case_data import CaseData
from planner.ledgers.contract_checks import ContractCheck, values
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.variables import Key

NAME = "own_fleet"


def contract_checks(case: CaseData, ledgers: Ledgers, x: Vector) -> Iterator[ContractCheck]:
    """In each pool the decisions x draw as much power as runs; shape (variables,)."""
    variables = ledgers.find(NAME, "run").numbers
    run: dict[Key, float] = defaultdict(float)
    named: dict[Key, int] = {}
    for key, gw in values(ledgers, x, NAME, "run").items():
        run[key[1:]] += gw
        named.setdefault(key[1:], variables[key])
    drawn: dict[Key, float] = defaultdict(float)
    for (region, families, _, t), gw in values(ledgers, x, NAME, "draw").items():
        drawn[region, families, t] += gw
    for pool, running in run.items():
        region, families, t = pool
        says = f"halls for {families} in {region} from {case.calendar.start_of(int(t))}: power is drawn for"
        yield ContractCheck(named[pool], f"{says} all that runs", running, drawn[pool])
        yield ContractCheck(named[pool], f"{says} nothing else", drawn[pool], running)
