"""Cloud commitments of several providers, from the start of 2026 on, as tables of a case."""

from pathlib import Path

from planner.api import Case
from tests.small import small

DEAL = {
    "offer": "alpha_deal",
    "provider": "alpha",
    "price": 10.0,
    "capacity": 5.0,
    "floor": 0.0,
    "years": 3,
    "chip": "tpu_a",
    "region": "here",
    "equity": 0.0,
    "group": "",
}
"""5 GW for three years at 10 a GW-year, nothing owed"""
ALPHA: dict[str, str | float] = {}
BETA: dict[str, str | float] = {"offer": "beta_deal", "provider": "beta", "price": 20.0}
"""the same at 20"""

CHIPS = """
    chip,family,vendor,available_from,capex_usd_bn_per_gw,capex_decline_rate,life_years,opex_usd_bn_per_gw_year
    tpu_a,tpu,maker,2026-01-01,20,0,20,0
    gpu_a,gpu,maker,2026-01-01,20,0,20,0
    """
HALF_AS_GOOD = """
    chip,workload,gw_equivalent
    tpu_a,training,1
    gpu_a,training,0.5
    """
AS_GOOD = HALF_AS_GOOD.replace("0.5", "1")


def deals(*rows: dict[str, str | float]) -> dict[str, str]:
    """Tables with offers that differ from `DEAL` in the cells given."""
    offers = ["offer,provider,status,sign_by,lead_months,term_years,shortfall,equity_usd_bn,exclusive_group"]
    tiers = ["offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max"]
    terms = ["offer,contract_year,capacity_gw,floor_usd_bn"]
    products = ["offer,chip,region,price_factor,from_date"]
    for row in ({**DEAL, **cells} for cells in rows):
        name, years = row["offer"], row["years"]
        offers.append(f"{name},{row['provider']},open,2026-01-01,0,{years},forfeit,{row['equity']},{row['group']}")
        tiers.append(f"{name},only,{row['price']},1,1")
        terms += [f"{name},{year},{row['capacity']},{row['floor']}" for year in range(1, int(years) + 1)]
        products.append(f"{name},{row['chip']},{row['region']},1,2026-01-01")
    tables = {"cloud_commitments": offers, "cloud_tiers": tiers, "cloud_terms": terms, "cloud_products": products}
    return {name: "\n".join([*lines, ""]) for name, lines in tables.items()}


def asking(folder: Path, policies: str, *rows: dict[str, str | float], **tables: str) -> Case:
    """One year with offers and policies (kind, subject, from_date, value, penalty, basis): `p0`, `p1`, … in turn.

    The basis may be left out.
    """
    given_rows = [policy.strip() for policy in policies.strip().splitlines()]
    stated = [f"p{i},{row}{',' * (5 - row.count(','))}" for i, row in enumerate(given_rows)]
    table = "\n".join(["policy,kind,subject,from_date,value,penalty,basis", *stated, ""])
    given = {"end": 2027, "chips": CHIPS, "chip_performance": AS_GOOD, **deals(*rows), **tables}
    return small(folder, policies=table, **given)  # type: ignore[arg-type]
