"""Own fleet: what running chips demands, restated.

power       in each pool of halls and period, GW drawn over the classes of power = GW run over the chips
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from planner.basics.arrays import Vector
from planner.case.case import Case
from planner.ledgers.contract_checks import ContractCheck, values
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.variables import Key

NAME = "own_fleet"


def contract_checks(case: Case, ledgers: Ledgers, x: Vector) -> Iterator[ContractCheck]:
    """Power drawn is what runs, no more and no less; x: shape (columns,)."""
    columns = ledgers.find(NAME, "run").columns
    run: dict[Key, float] = defaultdict(float)
    named: dict[Key, int] = {}
    for key, gw in values(ledgers, x, NAME, "run").items():
        run[key[1:]] += gw
        named.setdefault(key[1:], columns[key])
    drawn: dict[Key, float] = defaultdict(float)
    for (region, families, _, t), gw in values(ledgers, x, NAME, "draw").items():
        drawn[region, families, t] += gw
    for pool, running in run.items():
        region, families, t = pool
        says = f"halls for {families} in {region} from {case.calendar.start_of(int(t))}: power is drawn for"
        yield ContractCheck(named[pool], f"{says} all that runs", running, drawn[pool])
        yield ContractCheck(named[pool], f"{says} nothing else", drawn[pool], running)
