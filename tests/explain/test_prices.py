"""What a repair costs: a fixed price, and a rate for the change as a part of what the case says now."""

from pathlib import Path

import pytest

from tests.explain.deals import explained
from tests.small import demand, sites, small

FINANCE = "from_date,revenue_usd_bn_per_year,other_cost_share,"


# Minimum cash of 50 where there are 30: 20 less of it, or 20 more at the start, is two fifths of 50 either way.
def test_a_change_counts_as_a_part_of_what_is_said(tmp_path: Path) -> None:
    case = small(
        tmp_path, toml="opening_cash_usd_bn = 30\n", demand=demand(1, 1),
        finance=f"{FINANCE}min_cash_usd_bn\n2026-01-01,0,0,50\n",
    )  # fmt: skip
    assert [repair.price for repair in explained(case).repairs] == [pytest.approx(1.4, rel=0.01)] * 2


# Of an own capacity of 0.4 and a grid of 0.25 GW the goal is missed by 0.15: three eighths of it, three fifths of the
# grid. The dearer is told last.
def test_the_smaller_part_comes_first(tmp_path: Path) -> None:
    case = small(
        tmp_path, demand=demand(1, 1), site_leases=sites({}), regions="region,grid_limit_gw\nhere,0.25\nthere,\n",
        policies="policy,kind,subject,from_date,value,penalty\ngoal,own_capacity_min,,2026-01-01,0.4,\n",
    )  # fmt: skip
    found = explained(case)
    assert [repair.groups for repair in found.repairs] == [("policies",), ("grid",)]
    assert [repair.price for repair in found.repairs] == [pytest.approx(1.375, rel=0.01), pytest.approx(1.6, rel=0.01)]
