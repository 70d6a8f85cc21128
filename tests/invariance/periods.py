"""Without discounting, and with all that may be decided fixed to one day, the length of a period changes no cost.

Offers of every instrument are made as fair markets make them, of a size within the demand and with odd terms, and have
to be signed on the first day. What depends on the length of a period by intent is left out: interest, which is paid
period by period; deliveries inside a year, and minimum times of spare machines, which keep to the starts of periods.
"""

from __future__ import annotations

from collections import Counter

import click
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.adversary.market import Market, Row, Tables, joined
from tests.adversary.offers import KINDS

LENGTHS = (12, 6, 3, 1)
FIRST = "2027-01-01"


@st.composite
def fixed(draw: st.DrawFn) -> tuple[str, Tables]:
    """One offer that must be signed on the first day, or a loan."""
    kind = draw(st.sampled_from(sorted(set(KINDS) - {"assigned"})))
    tables = joined(draw(KINDS[kind](0.0, "it")))
    for row in tables.get("cloud_commitments", ()):
        row.update(status="required", sign_by=FIRST)
    for row in tables.get("cloud_tiers", ()):
        row.update(scale_min=1)
    for row in tables.get("cloud_terms", ()):
        row.update(capacity_gw=0.3, floor_usd_bn=min(3.0, float(str(row["floor_usd_bn"]))))
    for row in tables.get("site_leases", ()):
        row.update(status="required", ready_date=FIRST, ready_by="", capacity_mw=300, min_share=1)
    for row in tables.get("chip_purchases", ()):
        row.update(status="required", sign_from=FIRST, sign_by=FIRST, min_gw=0.3, max_gw=0.3)
    for row in tables.get("chip_leases", ()):
        row.update(status="required", sign_from=FIRST, sign_by=FIRST, min_usd_bn=5, max_usd_bn=5)
    for row in tables.get("chip_deliveries", ()):
        row.update(months=draw(st.sampled_from([0, 12])))
    tables["spare_capacity"] = [row for row in tables.get("spare_capacity", ()) if _by_use(row)]
    for row in tables["spare_capacity"]:
        row.update(max_gw=0.3)
    tables["term_loans"] = [{**row, "from_date": FIRST, "rate": 0} for row in tables.get("term_loans", ())]
    for row in tables.get("spv_tranches", ()):
        row.update(rate=0)
    return kind, {name: rows for name, rows in tables.items() if rows}


def _by_use(row: Row) -> bool:
    return row["price_usd_bn_per_gw_year"] != ""


def hunt(count: int, tried: Counter[str]) -> None:
    """Try that many offers. Raises AssertionError where the length of a period matters."""

    @settings(
        max_examples=count, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
    )  # fmt: skip
    @given(fixed(), st.sampled_from(["fair", "cut", "charge"]))
    def claim(found: tuple[str, Tables], horizon: str) -> None:
        kind, tables = found
        tried[kind] += 1
        costs = {months: Market(months, 0.0, horizon).cost(tables) for months in LENGTHS}
        least, most = min(costs.values()), max(costs.values())
        assert most - least <= 1e-6 * max(1.0, abs(most)), f"{kind}: {costs}"

    claim()


def run(count: int = 60) -> int:
    """That many offers; 1 where the length of a period matters."""
    tried = Counter[str]()
    try:
        hunt(count, tried)
    except AssertionError as error:
        click.echo("\n".join([f"periods: {error}", *getattr(error, "__notes__", ())]))
        return 1
    click.echo(f"periods: {tried.total()} offers at {len(LENGTHS)} lengths, {dict(tried)}")
    return 0
