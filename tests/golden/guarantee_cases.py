"""Small cases of further terms of guarantees: name, owner, arguments of `small`, and tables."""

from __future__ import annotations

from typing import Any

from tests.golden.tables import CLOUD, COVERED, FINANCE, GUARANTEES, HALL, LEASE, SPV, each, rows

TIED = "guarantor,kind,families,fee_rate,requires_offer\nstrong,lease,tpu,0.02,take\n"
OF_GUARANTEES: tuple[tuple[str, str, dict[str, Any], dict[str, str]], ...] = (
    (
        "site_lease_promised",
        "site_lease",
        {"months": 6, "rate": 0.1},
        {
            **CLOUD,
            **GUARANTEES,
            "guarantors": TIED,
            "cover_starts": "from_date,cover_from\n2027-03-01,commencement\n",
            "site_leases": rows(
                HALL | COVERED | {"ready_date": "2026-07-01", "lead_months": 6, "cover_from": "commencement"}
            ),
        },
    ),
    (
        "site_lease_replaced",
        "site_lease",
        {"end": 2029},
        {
            **GUARANTEES,
            "guarantors": "guarantor,kind,families,fee_rate\nstrong,lease,tpu,0.02\nbank,lease,tpu|gpu,0.01\n",
            "guarantor_caps": (
                "guarantor,kind,from_date,cap_usd_bn\nstrong,lease,2026-01-01,4\nbank,lease,2026-01-01,4\n"
            ),
            "site_leases": each(
                HALL
                | COVERED
                | {"substitution_fee_usd_bn_per_gw": 0.1, "share_step": 0.25, "backers_max": 1, "min_share": 0.25},
                {"offer": "annex", "substitution_fee_usd_bn_per_gw": "", "ready_by": "2027-01-01"},
            ),
        },
    ),
    (
        "site_lease_diligence",
        "site_lease",
        {"rate": 0.1, "months": 6},
        {
            "site_leases": each(
                HALL | {"ready_by": "2027-01-01", "diligence_usd_bn": 0.05, "diligence_months": 6},
                {"offer": "annex", "diligence_from": "2025-07-01"},
            ),
        },
    ),
    (
        "chip_lease_spread",
        "chip_lease",
        {"rate": 0.1},
        {
            **SPV,
            "guarantors": "guarantor,kind,families,fee_rate,spread_rate\nmaker,residual,tpu,0,0.01\n",
            "chip_leases": rows(LEASE | {"buys_from": ""}),
            "chip_deliveries": "offer,months,delivered_share\nspv,0,1\n",
        },
    ),
    (
        "liquidity_locked",
        "liquidity",
        {"rate": 0.1, "toml": "opening_cash_usd_bn = 5\n"},
        {
            **GUARANTEES,
            "guarantors": "guarantor,kind,families,fee_rate,collateral_share\nstrong,lease,tpu,0.02,0.5\n",
            "site_leases": rows(HALL | COVERED),
            "finance": rows(FINANCE),
        },
    ),
)
