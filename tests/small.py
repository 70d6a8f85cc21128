"""Cases of a few rows, and what their ledgers and plans say: years from 2026 on, no discounting, shortage at 100."""

from collections import defaultdict
from pathlib import Path

from planner.api import Case
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio
from tests.inputs import write_case


def small(
    folder: Path,
    *,
    end: int | str = 2028,
    months: int = 12,
    rate: float = 0.0,
    shortage: float | None = 100.0,
    toml: str = "",
    **tables: str | None,
) -> Case:
    """A case from 2026 to the start of the year (or to the date) `end`; tables not given are those of `inputs`.

    What outlives the horizon is left out unless `toml` says otherwise.
    """
    price = "" if shortage is None else f"shortage_cost_usd_bn_per_gw_year = {shortage}\n"
    cut = "" if "horizon" in toml else 'horizon = "cut"\n'
    settings = (
        f'title = "small"\nstart = 2026-01-01\nend = {f"{end}-01-01" if isinstance(end, int) else end}\n'
        f"period_months = {months}\ndiscount_rate = {rate}\nlease_rate = 0.06\n"
        f"{price}{cut}{toml}\n[solver]\ngap = 1e-9\n"
    )
    return Case.read(write_case(folder, settings, **tables))


def demand(*gw: float) -> str:
    """Training asked for `here` in each year from 2026 on [reference GW]."""
    rows = [f"{2026 + year}-01-01,here,training,{value}" for year, value in enumerate(gw)]
    return "\n".join(["from_date,region,workload,demand_gw", *rows, ""])


def posted(case: Case) -> Ledgers:
    """Everything that the instruments and rules post."""
    return Portfolio.of(case).ledgers


def profile(ledgers: Ledgers, ledger: str, line: str, **labels: str) -> dict[int, float]:
    """By period, what one unit of the one column behind a line posts."""
    found: dict[int, float] = defaultdict(float)
    columns = set()
    for post in ledgers.select(ledger, **labels):
        if post.line == line:
            columns.update(post.variables.tolist())
            for period, value in zip(post.periods.tolist(), post.values.tolist(), strict=True):
                found[period] += value
    assert len(columns) <= 1, f"{line} is posted by {len(columns)} columns"
    return dict(found)


def sums(ledgers: Ledgers, line: str, **labels: str) -> list[tuple[str, float, float]]:
    """(kind, years after the start, USD bn per unit) of each cash post of a line."""
    return [
        (str(post.kind), years, value)
        for post in ledgers.select("cash", **labels)
        if post.line == line and post.years is not None
        for years, value in zip(post.years.tolist(), post.values.tolist(), strict=True)
    ]


def keys(ledgers: Ledgers, block: str, name: str) -> list[tuple[str | int, ...]]:
    """The keys of a family of columns."""
    return list(ledgers.find(block, name).keys)


def values(plan: Plan, what: str, *by: str) -> dict[str, float]:
    """Decisions of one name that are not zero, by the columns named, joined by spaces."""
    mine = plan.decisions[(plan.decisions["what"] == what) & (plan.decisions["value"].abs() > 1e-9)]
    return {" ".join(str(row[name]) for name in by): row["value"] for row in mine.to_dict("records")}


def by_date(plan: Plan, line: str, ledger: str = "cash") -> dict[str, float]:
    """Sum of a line of `ledger.csv` by the first day of its period, without what outlives the horizon."""
    counted = ~plan.ledger["kind"].isin([Kind.BEYOND_HORIZON, Kind.HORIZON_VALUE])
    mine = plan.ledger[(plan.ledger["ledger"] == ledger) & (plan.ledger["line"] == line) & counted]
    return {str(day): float(value) for day, value in mine.groupby("period")["value"].sum().items()}


def used(plan: Plan, limit: str, subject: str) -> dict[str, tuple[float, float]]:
    """(used, allowed) of a limit by the first day of its period."""
    mine = plan.limits[(plan.limits["limit"] == limit) & (plan.limits["subject"] == subject)]
    return {row["period"]: (row["used"], row["allowed"]) for row in mine.to_dict("records")}


def cloud(
    *,
    floors: tuple[float, ...] = (0.0,),
    price: float = 10.0,
    capacity: float = 5.0,
    region: str = "here",
    status: str = "open",
) -> dict[str, str]:
    """Tables with one commitment, `deal`, from the start of 2026 on: a contract year per floor, forfeited if short."""
    terms = [f"deal,{year},{capacity},{floor}" for year, floor in enumerate(floors, start=1)]
    return {
        "cloud_commitments": (
            "offer,provider,status,sign_from,sign_by,lead_months,term_years,shortfall\n"
            f"deal,cloud,{status},2026-01-01,2026-01-01,0,{len(floors)},forfeit\n"
        ),
        "cloud_tiers": f"offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max\ndeal,only,{price},1,1\n",
        "cloud_terms": "\n".join(["offer,contract_year,capacity_gw,floor_usd_bn", *terms, ""]),
        "cloud_products": f"offer,chip,region,price_factor,from_date\ndeal,tpu_a,{region},1,2026-01-01\n",
    }


PHASE = {
    "offer": "hall",
    "site": "Hall",
    "phase": 1,
    "region": "here",
    "developer": "landlord",
    "stage": "loi",
    "status": "open",
    "lead_months": 0,
    "ready_date": "2026-01-01",
    "capacity_mw": 500,
    "min_share": 0,
    "rent_usd_per_kw_month": 100,
    "escalator_rate": 0,
    "term_years": 10,
    "pue": 1,
    "power_usd_per_mwh": 0,
    "load_factor_share": 1,
    "families": "tpu",
    "needs_guarantee": "false",
}
"""0.5 GW at 100 USD per kW and month, which is 1.2 USD bn per GW-year, so 0.6 a year; power is free."""


def sites(*phases: dict[str, str | float]) -> str:
    """A table of phases that differ from `PHASE` in the cells given."""
    rows = [PHASE | phase for phase in phases]
    names = list(dict.fromkeys(name for row in rows for name in row))
    return "\n".join([",".join(names), *(",".join(str(row.get(name, "")) for name in names) for row in rows), ""])


def owned(gw: float, chip: str = "tpu_a") -> dict[str, str]:
    """Tables with chips owned from the start on, that cost nothing."""
    return {
        "owned_chips": f"chip,in_service,gw,cost_usd_bn\n{chip},2026-01-01,{gw},0\n",
        "resale_values": f"chip,age_years,value_share\n{chip},0,1\n",
        "chips": (
            "chip,family,vendor,available_from,capex_usd_bn_per_gw,capex_decline_rate,life_years,"
            f"opex_usd_bn_per_gw_year\n{chip},tpu,maker,2026-01-01,20,0,20,0\n"
        ),
    }
