"""A small case in which no plan, or no cheap one, keeps a cap of debt, and what its plans break under waivers."""

from pathlib import Path

from planner.api import Case
from planner.plan.plan import Plan
from tests.small import demand, owned, sites, small

FINANCE = "from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn,debt_multiple_max,debt_cap_usd_bn\n"
SECOND = 0.6 * 1.06**-0.5
"""what 0.6 of rent in the middle of a year is worth at 6 % at its start: 0.583"""
WHOLE = SECOND + 0.6 * 1.06**-1.5
"""the same of two years: 1.133"""
QUARTER = f"2026-01-01,0,0,,,{WHOLE / 4}\n"
"""a cap of debt that allows a quarter of the halls"""
COLUMNS = "rule,subject,price_usd_bn_per_unit_year,most,probability_max\n"


def leased(folder: Path, finance: str, waivers: str | None, **more: object) -> Case:
    """Two years, 0.5 GW asked for and owned; halls for it at 0.6 a year, as much of them as one likes."""
    return small(
        folder,
        demand=demand(0.5, 0.5),
        finance=FINANCE + finance,
        site_leases=sites({"term_years": 2}),
        waivers=None if waivers is None else COLUMNS + waivers,
        **(owned(0.5) | more),  # type: ignore[arg-type]
    )


def waived(plan: Plan, rule: str, subject: str) -> dict[str, float]:
    """By how much a limit is broken under a waiver, by period."""
    mine = plan.limits[(plan.limits["limit"] == rule) & (plan.limits["subject"] == subject)]
    return {str(row["period"]): float(row["waived"]) for row in mine.to_dict("records")}
