"""A few fair markets: no offer lowers the cost of a lab that does not need it, and none relieves a limit."""

from collections import Counter

import pytest

from tests.adversary.hunt import CLAIMS, found_in
from tests.adversary.limits import BINDING
from tests.adversary.market import Market

MARKETS = 12


@pytest.mark.parametrize("claim", range(len(CLAIMS)))
def test_no_money_machine(claim: int) -> None:
    seen = Counter[str]()
    found = found_in(CLAIMS[claim], MARKETS, seen)
    assert not found, "\n\n".join(found)
    assert seen.total() > MARKETS


@pytest.mark.parametrize("limit", sorted(BINDING))
def test_every_limit_binds(limit: str) -> None:
    """Otherwise nothing could relieve it, and the claim would say nothing."""
    binding = BINDING[limit]
    without = {name: rows for name, rows in binding.tables.items() if name not in ("policies", "guarantor_caps")}
    if "guarantor_caps" in binding.tables:
        without["guarantor_caps"] = [{**row, "cap_usd_bn": 1000} for row in binding.tables["guarantor_caps"]]
    assert binding.market(12, 0.0, "fair").cost(binding.tables) > Market().cost(without) + 1e-3
