"""The starter case: its best plan in figures worked out by hand, and words to read plans of it with.

What a GW costs for a year [USD bn]: cirrus_tpu 9 in its tier volume (and 5 up front per unit of scale, at least 1) and
11 in its tier standard (at most 0.8 GW), on_demand 13 (and 0.05 once), stratus_trainium 9.6 / 0.8 = 12 (training only,
and not besides cirrus_tpu). The link from west to east adds 0.5, so a GW in the east is worth

    13 of on_demand       or       9 + 0.5 = 9.5 of cirrus_tpu in the west.

idle_gpus, 0.2 GW in the east, cost 12 · 0.21 = 2.52 for each year in which they are taken, used or not. They can be
recalled, so they only train, for the west, and cirrus_tpu then answers for the east: 2 · 0.2 · 0.5 for the link.

A chip loses a quarter of its price a year: TPUs bought at 15 cost 3.75, GPUs 6. With upkeep 0.5 and power
50 · 8760 h · 1.25 · 0.8 = 0.438:

    mesa_1, mesa_2    0.4 · 0.938 = 0.3752 a year, and 0.4 · 3.75 = 1.5 for TPUs that are bought; rent 0.48, 0.504,
                      0.5292 by lease year; diligence 0.04; exposure 8 · 0.4 = 3.2, less a tenth of itself for each
                      year of age
    lake              0.2 · 6.938 = 1.3876 a year; rent 0.36; diligence 0.02;
                      exposure half of the rent left: 1.8 until it commences, 0.18 less each year after
    mill              rent 0.24, upkeep 0.1, power 0.0876 a year: 0.4276

tpu_lease raises 16 for a GW of TPUs, the list price, or 15 for one that the lab ordered at 15 and that the SPV takes
over, three quarters of it as a senior loan, and leases them from 2028 to 2030. Of 1 lent at 10 % three payments of 0.2
leave 0.669, and 1, 0.9, 0.79 is outstanding at the start of each year; of 1 of equity at 20 % three payments of 0.3
leave 0.636. Mesa 1's 0.4 GW were ordered and need 6: 4.5 lent and 1.5 of equity cost 0.9 + 0.45 = 1.35 a year. The
chips are worth 6, 4.5 and 3, so tpu_maker stands behind 0.79 · 4.5 − 3 = 0.555 in 2030, at 5 %.
"""

from typing import Any

import pytest

from planner.api import Case
from planner.case.shipped import path
from planner.plan.plan import Plan
from tests.plans import cost, decided, solved

BASE = 57.69135
EVERYTHING = {"mill", "mesa_1", "mesa_2", "lake", "cirrus_tpu", "on_demand", "tpu_lease", "tpu_order", "gpu_order"}
"""signed in the best plan; stratus_trainium and idle_gpus are not"""

LEASED = 3 * 1.35 + 0.05 * 0.555
BOUGHT = 3 * 1.5
"""TPUs of mesa_1 for its three years: 4.07775 in all, or 4.5; so much as the lease is cheaper:"""
ADVANTAGE = BOUGHT - LEASED
"""0.42225, which is 0.070375 for each USD bn of the 6 raised"""
MESA_1 = 3 * 0.3752 + (0.48 + 0.504 + 0.5292) + 0.04 + 0.02 * (3.2 + 3.2 + 2.88 + 2.56) + LEASED
MESA_2 = 2 * (0.3752 + 1.5) + (0.48 + 0.504) + 0.04 + 0.02 * (3.2 + 3.2 + 2.88)
LAKE = 3 * (1.3876 + 0.36) + 0.02 + 0.03 * (1.8 + 1.8 + 1.62 + 1.44)
LAKE_LATER = 2 * (1.3876 + 0.36) + 0.02 + 0.03 * (1.8 + 1.8 + 1.62)
"""6.99335, 4.96, 5.4626 in all; 3.6718 for lake from 2029"""


def starter(*changes: str) -> Case:
    case = Case.read(path("starter"))
    assert case.settings.solver.gap == 1e-6
    return case.change(*changes)


def with_changes(*changes: str) -> Plan:
    """The best plan of the changed case, audited."""
    return solved(starter(*changes))


def assert_costs_more(plan: Plan, expected: float) -> None:
    """It costs so much more than the best plan of the unchanged case, to 1e-6 of the cost."""
    assert cost(plan) == pytest.approx(BASE + expected, rel=1e-6)


def tier(plan: Plan) -> Any:
    """Scale of cirrus_tpu by tier."""
    return pytest.approx(decided(plan, "scale", "cirrus_tpu", "tier"))


def backers(plan: Plan, offer: str) -> Any:
    """Share of a phase by who backs it."""
    return pytest.approx(decided(plan, "share", offer, "backer"))


def starts(plan: Plan, offer: str) -> Any:
    """Share of a phase by its commencement."""
    return pytest.approx(decided(plan, "share", offer, "starts_on"))


def orders(plan: Plan, offer: str) -> Any:
    """GW by date of order."""
    return pytest.approx(decided(plan, "order", offer, "ordered_on"))


def leased(plan: Plan) -> Any:
    """Money raised by tpu_lease, by who supports it."""
    return pytest.approx(decided(plan, "amount", "tpu_lease", "backer"))


def tranches(plan: Plan) -> Any:
    """Money raised by tpu_lease, by tranche."""
    return pytest.approx(decided(plan, "tranche", "tpu_lease", "tranche"))


def use(plan: Plan, offer: str, region: str) -> Any:
    """GW used of an offer in a region, by year."""
    table = plan.capacity
    mine = table[(table["measure"] == "use") & (table["offer"] == offer) & (table["region"] == region)]
    return pytest.approx({str(row.period)[:4]: float(row.gw) for row in mine.itertuples() if row.gw > 1e-9})


def to_the_east(plan: Plan) -> Any:
    """Reference GW sent from west to east, by year."""
    table = plan.service
    mine = table[(table["measure"] == "flow") & (table["region"] == "west") & (table["to_region"] == "east")]
    return pytest.approx({str(row.period)[:4]: float(row.gw) for row in mine.itertuples() if row.gw > 1e-9})
