"""A few fair markets: no offer lowers the cost of a lab that does not need it, and none relieves a limit."""

from collections import Counter

import pytest

from tests.adversary.hunt import CLAIMS, found_in
from tests.adversary.limits import BINDING
from tests.adversary.market import Market, Row

MARKETS = 12


@pytest.mark.parametrize("claim", range(len(CLAIMS)))
def test_no_money_machine(claim: int) -> None:
    seen = Counter[str]()
    found = found_in(CLAIMS[claim], MARKETS, seen)
    assert not found, "\n\n".join(found)
    assert seen.total() > MARKETS


# HiGHS has called it infeasible in other units: an order of at most a millionth of a GW, which an SPV may take over.
def test_a_millionth_of_a_gw_leaves_a_plan() -> None:
    order: Row = {
        "offer": "order", "chip": "good", "vendor": "maker", "status": "open", "sign_from": "2027-01-01", "min_gw": 0.0,
        "max_gw": 1e-6, "price_usd_bn_per_gw": "", "deposit_share": 0.0, "signing_fee_usd_bn": 0.0,
    }  # fmt: skip
    lease: Row = {
        "offer": "lease", "spv": "SPV", "chip": "good", "status": "open", "sign_from": "2027-01-01", "min_usd_bn": 0.0,
        "max_usd_bn": 1.000016, "term_years": 0.5, "payment_cover": 1.0, "advance_share": 0.0, "end_option": "return",
        "end_price_share": 0, "signing_fee_usd_bn": 0.0, "buys_from": "order",
    }  # fmt: skip
    part: Row = {"offer": "lease", "min_share": 0, "max_share": 1, "rate": 0.0, "supported": "false"}
    more = {
        "chip_purchases": [order],
        "chip_deliveries": [{"offer": each, "months": 0, "delivered_share": 1} for each in ("order", "lease")],
        "chip_leases": [lease],
        "spv_tranches": [
            part | {"tranche": "a", "kind": "debt", "seniority": 1, "balloon_share": 0.0},
            part | {"tranche": "e", "kind": "equity", "seniority": 2, "balloon_share": 0},
        ],
    }
    market = Market(months=6, finance={"revenue_usd_bn_per_year": 1000.0, "other_cost_share": 0.0})
    assert market.cost(more) == pytest.approx(market.cost())


@pytest.mark.parametrize("limit", sorted(BINDING))
def test_every_limit_binds(limit: str) -> None:
    """Otherwise nothing could relieve it, and the claim would say nothing."""
    binding = BINDING[limit]
    without = {name: rows for name, rows in binding.tables.items() if name not in ("policies", "guarantor_caps")}
    if "guarantor_caps" in binding.tables:
        without["guarantor_caps"] = [{**row, "cap_usd_bn": 1000} for row in binding.tables["guarantor_caps"]]
    assert binding.market(12, 0.0, "fair").cost(binding.tables) > Market().cost(without) + 1e-3
