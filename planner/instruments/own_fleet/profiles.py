"""Own fleet: chips that the lab holds, run in halls that it leases. Either without the other stands idle and is paid.

Halls of a region that admit the same chip families are one pool, and within it those of equal power cost are one
class. The variables are

    run[c, a, F, t]       GW of chip c run in the halls of region a that admit the families F
    draw[a, F, p, t]      GW of that pool drawn in the halls of power class p [USD bn per GW-year]

A chip runs only from its first availability. Power is paid on what is drawn. The posts, by ledger and line:

    in_use       run      run_{caFt}
    compute      run      availability_share_c · run_{caFt}
    power        draw     draw_{aFpt}
    cash cost    power    −p · h · draw_{aFpt}
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planner.common.chips import Chip
from planner.interfaces.case_data import CaseData
from planner.ledgers.decided import Moment
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Key, PlanFile, grouped

NAME = "own_fleet"
SUPPLIER = "power"
"""counterparty of every power bill"""


@dataclass(frozen=True)
class Pool:
    """Halls of a region that admit the same families, and when there can be any."""

    region: str
    families: str
    power_class: str
    periods: list[int]


def pools(ledgers: Ledgers) -> list[Pool]:
    """The classes of halls that any lease, signed or not, can provide."""
    return [
        Pool(a, admitted, p, ledgers.balance("halls", region=a, families=admitted, power_class=p).possible())
        for a, admitted, p in ledgers.accounts("halls", "region", "families", "power_class")
    ]


def _run_keys(case: CaseData, ledgers: Ledgers, found: list[Pool]) -> Iterator[Key]:
    chips = {chip.chip: chip for chip in case.rows(Chip)}
    halls: dict[tuple[str, str], set[int]] = {}
    for pool in found:
        halls.setdefault((pool.region, pool.families), set()).update(pool.periods)
    for (c,) in ledgers.accounts("chips", "chip"):
        held = set(ledgers.balance("chips", chip=c).possible())
        for (a, admitted), periods in halls.items():
            if chips[c].family in admitted.split("|"):
                for t in sorted(held & periods):
                    if case.calendar.position(chips[c].available_from) <= t:
                        yield (c, a, admitted, t)


def _draw_keys(found: list[Pool], run: list[Key]) -> Iterator[Key]:
    running = {key[1:] for key in run}
    for pool in found:
        for t in pool.periods:
            if (pool.region, pool.families, t) in running:
                yield (pool.region, pool.families, pool.power_class, t)


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Declare the variables for every chip and hall that posts so far can provide, and post what they do."""
    calendar = case.calendar
    chips = {chip.chip: chip for chip in case.rows(Chip)}
    found = pools(ledgers)
    keys = list(_run_keys(case, ledgers, found))
    run = ledgers.declare(
        NAME, "run", ("chip", "region", "families", "period"), keys,
        unit="GW", decided=Moment.DURING_PERIOD, file=PlanFile.CAPACITY,
    )  # fmt: skip
    draw = ledgers.declare(
        NAME, "draw", ("region", "families", "power_usd_bn_per_gw_year", "period"), list(_draw_keys(found, keys)),
        unit="GW", decided=Moment.DURING_PERIOD, file=PlanFile.CAPACITY,
    )  # fmt: skip
    for (c, a, admitted), periods in grouped(run.keys).items():
        variables = [run[(c, a, admitted, t)] for t in periods]
        labels = Labels(instrument=NAME, chip=c, family=chips[c].family, region=a, families=admitted)
        ledgers.post("in_use", labels, "run", variables, periods, 1.0)
        ledgers.post("compute", labels.supplying(), "run", variables, periods, chips[c].availability_share)
    for (a, admitted, p), periods in grouped(draw.keys).items():
        variables = [draw[(a, admitted, p, t)] for t in periods]
        labels = Labels(instrument=NAME, counterparty=SUPPLIER, region=a, families=admitted, power_class=p)
        ledgers.post("power", labels, "draw", variables, periods, 1.0)
        ledgers.flow(Kind.COST, labels, "power", variables, periods, -float(p) * calendar.h)
