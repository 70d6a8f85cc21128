"""Small cases written inside tests."""

from pathlib import Path
from textwrap import dedent

TOML = """\
title = "small"
start = 2026-01-01
end = 2028-01-01
period_months = 6
discount_rate = 0.1
lease_rate = 0.06
"""

TABLES = {
    "regions": """
        region
        here
        there
        """,
    "workloads": """
        workload,max_latency_ms,interruptible_share
        training,1000,0.5
        """,
    "demand": """
        from_date,region,workload,demand_gw
        2026-01-01,here,training,1
        """,
    "chips": """
        chip,family,vendor,available_from,capex_usd_bn_per_gw,capex_decline_rate,life_years,opex_usd_bn_per_gw_year
        tpu_a,tpu,maker,2026-01-01,20,0,5,0.5
        """,
    "chip_performance": """
        chip,workload,gw_equivalent
        tpu_a,training,1
        """,
}
"""One chip, one workload, two regions, and 1 GW asked for in one of them."""


def write_case(folder: Path, toml: str = TOML, **tables: str | None) -> Path:
    """Write `case.toml` and CSV tables, dedented; those not given are as in `TABLES`, None leaves one out."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.toml").write_text(dedent(toml), encoding="utf-8")
    for name, text in {**TABLES, **tables}.items():
        if text is not None:
            (folder / f"{name}.csv").write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return folder
