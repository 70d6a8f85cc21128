"""Own fleet: chips that the lab holds run in halls that it leases.

Chips without halls and halls without chips stand idle and are paid for all the same. Halls of a region that admit the
same chip families are one pool. Halls of a pool with the same power cost are one power class. The variables are

    run[c, a, F, t]       GW of chip c run in the halls of region a that admit the families F
    draw[a, F, p, t]      GW of that pool drawn in the halls of power class p [USD bn per GW-year]

and, where a chip can stand in several regions, by chip, region and period,

    placed[c, a, t]       GW placed in a region; the others say what comes and goes (`placements`)
    given_up[c, a, t]     GW no longer there after t, as so many leave the stock at its end
    moved_in[c, a, t]     GW moved there, idle for move_months
    moved_out[c, a, t]    GW moved away

A chip runs only from its first availability on; the rule `hosting` says how much of it runs in the period in which that
falls. The power drawn is paid for; where the class names an index, p is times its mean level over the period. The
posts, by ledger and line:

    in_use       run      run_{caFt}
    compute      run      availability_share_c · run_{caFt}
    power        draw     draw_{aFpt}
    cash cost    power    −p · h · draw_{aFpt}
    cash cost    chip_move    −move_c · moved_in_{cat}, at the start of t
    placed           placed       placed_{cat}
    placed_before    placed       placed_{cat}, in the period after; in the first period what stands there at the start
    placed_before    given_up     −given_up_{cat}, in the period after
    arrives          arrives      GW owned in a region, when they come to stand there
    given_up         given_up     given_up_{cat}
    moved_in         moved_in     moved_in_{cat}
    moved_out        moved_out    moved_out_{cat}
    moved_out_before    moved_out    GW owned in a region that were moved away before the start, in every period
    moving           moving       moved_in_{cat}, while it is idle; what was moved before the start too
    leaving          leaving      GW of chips c per unit of a variable, in the last period before they leave the stock
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planner.basics.words import OwnWord
from planner.common.chips import Chip
from planner.instruments.own_fleet import placements
from planner.instruments.shared.power_classes import costs
from planner.interfaces.case_data import CaseData
from planner.ledgers.decision_times import Moment
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Key, PlanFile, grouped

NAME = "own_fleet"


class Supplier(OwnWord):
    """The counterparty of every power bill."""

    POWER = "(power)"


@dataclass(frozen=True)
class Pool:
    """Halls of a region that admit the same families and have the same power cost."""

    region: str
    families: str
    power_class: str
    periods: list[int]
    """periods in which there can be any"""


def pools(ledgers: Ledgers) -> list[Pool]:
    """All halls that leases, signed or not, can provide."""
    return [
        Pool(a, admitted, p, ledgers.balance("halls", region=a, families=admitted, power_class=p).possible())
        for a, admitted, p in ledgers.accounts("halls", "region", "families", "power_class")
    ]


def _run_keys(case: CaseData, ledgers: Ledgers, all_pools: list[Pool]) -> Iterator[Key]:
    """(chip, region, families, period) where there can be chips, and halls that admit them."""
    chips = {chip.chip: chip for chip in case.rows(Chip)}
    halls: dict[tuple[str, str], set[int]] = {}
    for pool in all_pools:
        halls.setdefault((pool.region, pool.families), set()).update(pool.periods)
    for (c,) in ledgers.accounts("chips", "chip"):
        held = set(ledgers.balance("chips", chip=c).possible())
        for (a, admitted), periods in halls.items():
            if chips[c].family in admitted.split("|"):
                for t in sorted(held & periods):
                    if case.calendar.position(chips[c].available_from) < t + 1:
                        yield (c, a, admitted, t)


def _draw_keys(all_pools: list[Pool], run: list[Key]) -> Iterator[Key]:
    """(region, families, power class, period) where chips can run."""
    running = {key[1:] for key in run}
    for pool in all_pools:
        for t in pool.periods:
            if (pool.region, pool.families, t) in running:
                yield (pool.region, pool.families, pool.power_class, t)


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Declare the variables for all chips and halls that were posted, and post what they do."""
    calendar = case.calendar
    chips = {chip.chip: chip for chip in case.rows(Chip)}
    all_pools = pools(ledgers)
    keys = list(_run_keys(case, ledgers, all_pools))
    run = ledgers.declare(
        NAME, "run", ("chip", "region", "families", "period"), keys,
        unit="GW", decided=Moment.DURING_PERIOD, file=PlanFile.CAPACITY,
    )  # fmt: skip
    draw = ledgers.declare(
        NAME, "draw", ("region", "families", "power_usd_bn_per_gw_year", "period"), list(_draw_keys(all_pools, keys)),
        unit="GW", decided=Moment.DURING_PERIOD, file=PlanFile.CAPACITY,
    )  # fmt: skip
    placements.post(case, ledgers, keys)
    for (c, a, admitted), periods in grouped(run.keys).items():
        variables = [run[(c, a, admitted, t)] for t in periods]
        labels = Labels(instrument=NAME, chip=c, family=chips[c].family, region=a, families=admitted)
        ledgers.post("in_use", labels, "run", variables, periods, 1.0)
        ledgers.post("compute", labels.supplying(), "run", variables, periods, chips[c].availability_share)
    for (a, admitted, p), periods in grouped(draw.keys).items():
        variables = [draw[(a, admitted, p, t)] for t in periods]
        labels = Labels(instrument=NAME, counterparty=Supplier.POWER, region=a, families=admitted, power_class=p)
        ledgers.post("power", labels, "draw", variables, periods, 1.0)
        ledgers.flow(Kind.COST, labels, "power", variables, periods, -costs(case, p)[periods] * calendar.h)
