"""The tables that the small cases are made of: an offer or two of each instrument, in cells."""

from __future__ import annotations

Cells = dict[str, str | float]


def rows(*given: Cells) -> str:
    """A table of rows; a cell that a row does not give is blank."""
    names = list(dict.fromkeys(name for row in given for name in row))
    lines = [",".join(str(row.get(name, "")) for name in names) for row in given]
    return "\n".join([",".join(names), *lines, ""])


def each(first: Cells, *others: Cells) -> str:
    """A table of rows that differ from the first in the cells given."""
    return rows(first, *(first | other for other in others))


CHIP: Cells = {
    "chip": "tpu_a",
    "family": "tpu",
    "vendor": "maker",
    "available_from": "2026-01-01",
    "capex_usd_bn_per_gw": 20,
    "capex_decline_rate": 0.1,
    "life_years": 4,
    "opex_usd_bn_per_gw_year": 0.5,
    "availability_share": 0.9,
}
RESALE = rows(*({"chip": "tpu_a", "age_years": age, "value_share": share} for age, share in enumerate((1, 0.6, 0.3))))
"""A chip of 20 USD bn a GW that loses a tenth of its price a year, costs 0.5 a year and is there nine tenths of it."""
GPU: Cells = {"chip": "gpu_a", "family": "gpu", "availability_share": 1}
BOTH_CHIPS = {
    "chips": each(CHIP, GPU),
    "chip_performance": "chip,workload,gw_equivalent\ntpu_a,training,1\ngpu_a,training,0.8\n",
}

TAKE: Cells = {
    "offer": "take",
    "provider": "alpha",
    "status": "open",
    "sign_from": "2026-01-01",
    "sign_by": "2026-01-01",
    "lead_months": 0,
    "term_years": 2,
    "shortfall": "forfeit",
}
SIGNED: Cells = {"offer": "take", "provider": "alpha", "status": "signed", "term_years": 3}
TIER: Cells = {"offer": "take", "tier": "only", "price_usd_bn_per_gw_year": 10, "scale_min": 1, "scale_max": 1}
TERM: Cells = {"offer": "take", "contract_year": 1, "capacity_gw": 2, "floor_usd_bn": 4}
PRODUCT: Cells = {"offer": "take", "chip": "tpu_a", "region": "here", "price_factor": 1, "from_date": "2026-01-01"}
CLOUD = {
    "chips": rows(CHIP),
    "cloud_commitments": rows(TAKE),
    "cloud_tiers": rows(TIER),
    "cloud_terms": each(TERM, {"contract_year": 2, "floor_usd_bn": 6}),
    "cloud_products": rows(PRODUCT),
}
"""A commitment for two years: 2 GW at 10 a GW-year, floors of 4 and 6."""

HALL: Cells = {
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
    "min_share": 0.5,
    "rent_usd_per_kw_month": 100,
    "escalator_rate": 0.1,
    "term_years": 2,
    "pue": 1.25,
    "power_usd_per_mwh": 50,
    "load_factor_share": 0.8,
    "families": "tpu",
    "needs_guarantee": "false",
}
"""0.5 GW at 1.2 USD bn a GW-year, so 0.6 in the first year and 0.66 in the second; power at 0.438 a GW-year."""
COVERED: Cells = {"needs_guarantee": "true", "cover_measure": "termination", "cover_usd_bn_per_gw": 8}
GUARANTEES = {
    "cover_runoff": "age_years,cover_share\n0,1\n1,0.75\n",
    "guarantors": "guarantor,kind,families,fee_rate\nstrong,lease,tpu,0.02\n",
    "guarantor_caps": "guarantor,kind,from_date,cap_usd_bn,used_usd_bn\nstrong,lease,2026-01-01,10,4\n",
}
OWNED = {
    "chips": rows(CHIP),
    "resale_values": RESALE,
    "owned_chips": "chip,in_service,gw,cost_usd_bn\ntpu_a,2026-01-01,1,16\n",
}
TWO_KINDS = {
    **BOTH_CHIPS,
    "resale_values": "chip,age_years,value_share\ntpu_a,0,1\ngpu_a,0,1\n",
    "owned_chips": "chip,in_service,gw,cost_usd_bn\ntpu_a,2026-01-01,1,16\ngpu_a,2026-07-01,1,16\n",
}

ORDER: Cells = {
    "offer": "order",
    "chip": "tpu_a",
    "vendor": "maker",
    "status": "open",
    "sign_from": "2026-01-01",
    "sign_by": "2026-01-01",
    "max_gw": 2,
    "deposit_share": 0.25,
}
LEASE: Cells = {
    "offer": "spv",
    "spv": "SPV One",
    "chip": "tpu_a",
    "status": "open",
    "sign_from": "2026-01-01",
    "sign_by": "2026-01-01",
    "min_usd_bn": 5,
    "max_usd_bn": 40,
    "term_years": 2,
    "payment_cover": 1.1,
    "support_guarantor": "maker",
    "advance_share": 0.8,
    "end_option": "buy",
    "end_price_share": 0.15,
    "signing_fee_usd_bn": 0.1,
    "buys_from": "order",
}
DEBT: Cells = {
    "offer": "spv",
    "tranche": "debt",
    "kind": "debt",
    "seniority": 1,
    "min_share": 0.5,
    "max_share": 0.8,
    "rate": 0.1,
    "rate_unsupported": 0.25,
    "balloon_share": 0.21,
    "supported": "true",
}
EQUITY: Cells = {
    "tranche": "equity",
    "kind": "equity",
    "seniority": 2,
    "min_share": 0,
    "max_share": 1,
    "rate": 0.2,
    "rate_unsupported": "",
    "balloon_share": 0,
    "supported": "false",
}
SPV = {
    "chips": rows(CHIP),
    "resale_values": RESALE,
    "spv_tranches": each(DEBT, EQUITY),
    "guarantors": "guarantor,kind,families,fee_rate\nmaker,residual,tpu,0.05\n",
    "guarantor_caps": "guarantor,kind,from_date,cap_usd_bn\nmaker,residual,2026-01-01,100\n",
}

SPARE: Cells = {
    "offer": "idle",
    "provider": "rival",
    "chip": "tpu_a",
    "region": "here",
    "max_gw": 1,
    "firm": "false",
    "fee_usd_bn_per_month": 0.5,
    "min_months": 6,
    "notice_months": 3,
    "signing_fee_usd_bn": 0.2,
}
BY_USE: Cells = {
    "offer": "paid_by_use",
    "firm": "true",
    "fee_usd_bn_per_month": "",
    "price_usd_bn_per_gw_year": 11,
    "min_months": "",
    "notice_months": "",
}
PLAIN_SPARE: Cells = SPARE | {"signing_fee_usd_bn": ""}

BANK: Cells = {
    "facility": "bank",
    "lender": "A bank",
    "from_date": "2026-01-01",
    "to_date": "2026-12-31",
    "limit_usd_bn": 10,
    "rate": 0.21,
    "fee_rate": 0.02,
    "repay_by": "2027-09-15",
    "amortises": "false",
    "drawn_usd_bn": 4,
}
"""At 21 % a year, a tenth a half-year."""
FINANCE: Cells = {
    "from_date": "2026-01-01",
    "revenue_usd_bn_per_year": 20,
    "other_cost_share": 0.4,
    "min_cash_usd_bn": 3,
    "revenue_stress_share": 0.5,
    "debt_multiple_max": 2,
    "debt_cap_usd_bn": 30,
    "cover_min": 1.25,
    "obligations_cap_usd_bn": 9,
}

BETA: dict[str, Cells] = {
    "cloud_commitments": {"offer": "other", "provider": "beta"},
    "cloud_tiers": {"offer": "other", "price_usd_bn_per_gw_year": 12},
    "cloud_terms": {"offer": "other"},
    "cloud_products": {"offer": "other"},
}


def two_clouds(equity: float = 0.0) -> dict[str, str]:
    """The commitment and one like it of another provider, for a year each."""
    one_year: Cells = {"term_years": 1, "equity_usd_bn": equity}
    return {
        **CLOUD,
        "cloud_commitments": each(TAKE | one_year, BETA["cloud_commitments"]),
        "cloud_tiers": each(TIER, BETA["cloud_tiers"]),
        "cloud_terms": each(TERM, BETA["cloud_terms"]),
        "cloud_products": each(PRODUCT, BETA["cloud_products"]),
    }


def policies(*asked: str) -> str:
    """Policies (kind, subject, value, penalty) that hold from the start."""
    found = []
    for i, policy in enumerate(asked):
        kind, subject, value, penalty = policy.split(",")
        found.append(f"p{i},{kind},{subject},2026-01-01,{value},{penalty}")
    return "\n".join(["policy,kind,subject,from_date,value,penalty", *found, ""])
