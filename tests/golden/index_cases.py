"""Small cases of prices, rents and rates that follow an index: name, owner, arguments of `small`, and tables."""

from __future__ import annotations

from typing import Any

from tests.golden.tables import BANK, CLOUD, DEBT, EQUITY, HALL, LEASE, OWNED, SPV, TAKE, TERM, each, rows

LEVELS = (
    "index,from_date,level\nmarket,2025-01-01,0.8\nmarket,2026-07-01,1\nmarket,2027-01-01,1.5\n"
    "base,2025-01-01,0.04\nbase,2026-10-01,0.09\nbase,2027-01-01,0.06\n"
)
OF_INDICES: tuple[tuple[str, str, dict[str, Any], dict[str, str]], ...] = (
    (
        "cloud_commitment_indexed",
        "cloud_commitment",
        {"rate": 0.1},
        {
            **CLOUD,
            "indices": LEVELS,
            "cloud_commitments": rows(TAKE | {"sign_by": "2027-01-01", "price_index": "market"}),
            "cloud_terms": each(TERM, {"contract_year": 2, "price_factor": 0.9}),
        },
    ),
    (
        "site_lease_indexed",
        "site_lease",
        {"months": 6, "rate": 0.1},
        {
            **OWNED,
            "indices": LEVELS,
            "site_leases": rows(HALL | {"ready_date": "2026-07-01", "rent_index": "market", "power_index": "market"}),
        },
    ),
    (
        "chip_lease_floating",
        "chip_lease",
        {"end": 2029, "rate": 0.1},
        {
            **SPV,
            "indices": LEVELS,
            "chip_leases": rows(LEASE | {"buys_from": ""}),
            "spv_tranches": each(
                DEBT | {"rate_index": "base", "rate_cap": 0.25}, EQUITY | {"rate_index": "", "rate_cap": ""}
            ),
            "chip_deliveries": "offer,months,delivered_share\nspv,0,1\n",
        },
    ),
    (
        "term_loan_floating",
        "term_loan",
        {"months": 6},
        {"indices": LEVELS, "term_loans": rows(BANK | {"rate": 0.02, "rate_index": "base", "rate_floor": 0.07})},
    ),
)
