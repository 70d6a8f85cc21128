"""The small cases whose models are saved: one or more of each instrument and of each rule, one to four periods long."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.api import Case
from planner.portfolio.waived import NAME as WAIVED
from tests.golden.guarantee_cases import OF_GUARANTEES
from tests.golden.index_cases import OF_INDICES
from tests.golden.tables import (
    BANK,
    BETA,
    BOTH_CHIPS,
    BY_USE,
    CHIP,
    CLOUD,
    COVERED,
    DEBT,
    EQUITY,
    FINANCE,
    GUARANTEES,
    HALL,
    LEASE,
    ORDER,
    OWNED,
    PLAIN_SPARE,
    PRODUCT,
    RESALE,
    SIGNED,
    SPARE,
    SPV,
    TAKE,
    TERM,
    TIER,
    TWO_KINDS,
    each,
    policies,
    rows,
    two_clouds,
)
from tests.small import small


@dataclass(frozen=True)
class Golden:
    """A case of one instrument or rule."""

    name: str
    """the folder of its files"""
    owner: str
    """the instrument or rule, or `waivers`"""
    settings: dict[str, Any]
    """arguments of `small`"""
    tables: dict[str, str]

    def case(self, folder: Path) -> Case:
        return small(folder, **self.settings, **self.tables)


KINDS = (
    "provider_share_max,alpha,0.6",
    "family_share_max,tpu,0.7",
    "own_capacity_min,here,0.25",
    "reserve_margin_min,here,0.2",
    "served_in_region_min,here,0.5",
    "funding_from_provider_max,alpha,0.1",
    "survive_loss_of_provider,alpha,0.4",
)
BY_HALVES = {"months": 6, "rate": 0.1}
CHARGED = 'horizon = "charge"\n'

MOVING = {
    "chips": rows(CHIP | {"life_years": 1, "move_usd_bn_per_gw": 0.5, "move_months": 9}),
    "resale_values": RESALE,
    "owned_chips": "chip,in_service,gw,cost_usd_bn,region\ntpu_a,2026-01-01,1,16,there\ntpu_a,2026-07-01,0.5,8,\n",
    "site_leases": each(HALL, {"offer": "far", "region": "there"}),
}
"""halls in two regions, and chips that may move between them"""
INSTRUMENTS = (
    Golden(
        "cloud_commitment",
        "cloud_commitment",
        {"rate": 0.1, "toml": CHARGED},
        {
            **CLOUD,
            "cloud_commitments": rows(
                TAKE | {"sign_by": "2027-01-01", "prepay_share": 0.25, "equity_usd_bn": 3, "signing_fee_usd_bn": 1}
            ),
            "cloud_tiers": rows(TIER | {"scale_max": 2, "scale_step": 0.5, "upfront_usd_bn": 2}),
            "cloud_products": each(PRODUCT, {"region": "there", "price_factor": 1.2, "max_gw": 0.5}),
        },
    ),
    Golden(
        "cloud_commitment_shortfalls",
        "cloud_commitment",
        {"end": 2029, "rate": 0.1},
        {
            **CLOUD,
            "cloud_commitments": each(
                TAKE | {"offer": "credited", "shortfall": "credit", "prepay_share": 0.25, "term_years": 3},
                {"offer": "rolled", "shortfall": "rollover", "prepay_share": 0, "rollover_share": 0.5},
            ),
            "cloud_tiers": each(TIER | {"offer": "credited"}, {"offer": "rolled", "scale_max": 2}),
            "cloud_terms": rows(
                *(
                    TERM | {"offer": offer, "contract_year": year, "floor_usd_bn": floor}
                    for offer in ("credited", "rolled")
                    for year, floor in enumerate((4, 6, 8), start=1)
                )
            ),
            "cloud_products": each(PRODUCT | {"offer": "credited"}, {"offer": "rolled"}),
        },
    ),
    Golden(
        "cloud_commitment_under_way",
        "cloud_commitment",
        {"rate": 0.1},
        {
            **CLOUD,
            "cloud_commitments": rows(
                SIGNED
                | {"offer": "credited", "start_date": "2024-07-01", "shortfall": "credit", "prepay_share": 0.25}
                | {"signed_scale": 1.5, "credits_left_usd_bn": 3, "credits_until": "2026-12-31"}
                | {"credits_lapsing_usd_bn": 2, "prepaid_left_usd_bn": 4},
                SIGNED
                | {"offer": "rolled", "start_date": "2025-01-01", "shortfall": "rollover", "rollover_share": 0.5}
                | {"prepay_share": 0, "signed_scale": 2, "rollover_usd_bn": 1, "equity_usd_bn": 3, "paid_usd_bn": 5},
            ),
            "cloud_tiers": each(TIER | {"offer": "credited", "scale_max": 2}, {"offer": "rolled"}),
            "cloud_terms": rows(
                *(
                    TERM | {"offer": offer, "contract_year": year, "floor_usd_bn": floor}
                    for offer in ("credited", "rolled")
                    for year, floor in enumerate((4, 6, 8), start=1)
                    if (offer, year) != ("credited", 2)
                ),
                TERM
                | {"offer": "credited", "contract_year": 2, "floor_usd_bn": 6}
                | {"spent_usd_bn": 5, "drawn_usd_bn": 2},
            ),
            "cloud_products": each(PRODUCT | {"offer": "credited"}, {"offer": "rolled"}),
            "policies": policies("funding_from_provider_max,alpha,0.1,"),
        },
    ),
    Golden(
        "cloud_commitment_in_part",
        "cloud_commitment",
        {},
        {
            **CLOUD,
            "cloud_commitments": rows(TAKE | {"equity_usd_bn": 3, "shortfall": "rollover", "rollover_share": 0.5}),
            "cloud_tiers": rows(TIER | {"scale_min": 0.5, "scale_max": 2}),
            "policies": policies("funding_from_provider_max,alpha,0.1,"),
            "spare_capacity": rows(SPARE | {"requires_offer": "take"}),
        },
    ),
    Golden(
        "cloud_commitment_endings",
        "cloud_commitment",
        {"months": 6, "end": 2028, "rate": 0.1, "toml": CHARGED},
        {
            **CLOUD,
            "cloud_commitments": each(
                TAKE | {"equity_usd_bn": 3, "signing_fee_usd_bn": 1, "sign_by": "2026-01-01", "term_years": 3},
                {"offer": "paid", "equity_usd_bn": 0, "prepay_share": 0.25},
                {"offer": "given", "prepay_share": 0, "status": "signed", "sign_from": "", "sign_by": ""}
                | {"lead_months": "", "start_date": "2025-09-01", "signed_scale": 1, "ends_on": "2026-09-01"},
            ),
            "cloud_tiers": each(
                TIER | {"scale_min": 0.5, "scale_max": 2},
                {"offer": "paid", "scale_min": 1, "scale_max": 1},
                {"offer": "given"},
            ),
            "cloud_terms": rows(
                *(
                    TERM | {"offer": offer, "contract_year": year, "floor_usd_bn": floor}
                    for offer in ("take", "paid", "given")
                    for year, floor in enumerate((4, 6, 8), start=1)
                ),
            ),
            "cloud_products": each(PRODUCT, {"offer": "paid"}, {"offer": "given"}),
            "terminations": "offer,from_year,notice_months,fee_months,fee_usd_bn_per_gw\n"
            "take,2,6,3,\npaid,2,3,,0.5\ngiven,2,,,0.5\n",
        },
    ),
    Golden(
        "site_lease",
        "site_lease",
        {"end": 2029, "rate": 0.1, "toml": CHARGED},
        {
            **GUARANTEES,
            "site_leases": each(
                HALL
                | COVERED
                | {"ready_by": "2027-01-01", "deposit_months": 3, "diligence_usd_bn": 0.05, "signing_fee_usd_bn": 0.01},
                {
                    "offer": "annex",
                    "phase": 2,
                    "after": "hall",
                    "ready_date": "2027-01-01",
                    "term_years": 3,
                    "cover_measure": "remaining_rent",
                    "cover_usd_bn_per_gw": "",
                    "cover_share": 0.5,
                },
            ),
        },
    ),
    Golden(
        "site_lease_signed",
        "site_lease",
        {"rate": 0.1, "toml": 'recognise_leases = "signing"\n'},
        {
            "guarantors": "guarantor,kind,families,fee_rate\nstrong,lease,tpu,0.02\nmaker,lease,tpu,0.05\n",
            "guarantor_caps": (
                "guarantor,kind,from_date,cap_usd_bn\nstrong,lease,2026-01-01,10\nmaker,lease,2026-01-01,10\n"
            ),
            "site_leases": rows(
                HALL
                | {"status": "signed", "stage": "existing", "ready_date": "2025-07-01", "needs_guarantee": "true"}
                | {"cover_measure": "pv_rent", "cover_share": 0.5}
            ),
        },
    ),
    Golden(
        "site_lease_required",
        "site_lease",
        {"end": 2027},
        {
            **GUARANTEES,
            "guarantors": "guarantor,kind,families,fee_rate,requires_offer\nstrong,lease,tpu,0.02,hall\n",
            "site_leases": each(HALL | COVERED | {"requires_offer": ""}, {"offer": "annex", "requires_offer": "hall"}),
        },
    ),
    Golden(
        "site_lease_profiles",
        "site_lease",
        {"months": 6, "end": 2028, "rate": 0.1, "toml": 'horizon = "fair"\n'},
        {
            **OWNED,
            "site_leases": each(
                HALL
                | {"rent_free_months": 9, "fit_out_usd_bn_per_gw": 4, "refit_usd_bn_per_gw": 1, "term_years": 4}
                | {"lead_months": 6, "ready_date": "2026-07-01"},
                {"offer": "later", "status": "signed", "ready_date": "2028-07-01"},
            ),
            "site_ramps": "offer,months,share\nhall,0,0.5\nhall,15,1\n",
        },
    ),
    Golden(
        "site_lease_damages",
        "site_lease",
        {"months": 6, "end": 2028, "rate": 0.1},
        {
            **OWNED,
            "site_leases": each(
                HALL
                | {"delay_damages_usd_bn_per_gw_year": 1, "term_years": 4, "ready_date": "2027-01-01"}
                | {"lead_months": 12},
                {"offer": "under_way", "status": "signed", "ready_date": "2026-09-01", "promised_on": "2026-03-01"},
            ),
            "site_ramps": "offer,months,share\nhall,0,0.5\nhall,6,1\n",
            "site_delays": "offer,late_from,months,news_months\nhall,2026-07-01,6,6\nunder_way,2026-07-01,6,\n",
        },
    ),
    Golden(
        "site_lease_renewals",
        "site_lease",
        {"months": 6, "end": 2028, "rate": 0.1},
        {
            **GUARANTEES,
            "site_leases": each(
                HALL
                | COVERED
                | {"term_years": 0.5, "renew_years": 0.5, "renew_times": 2, "renew_rent": "fixed"}
                | {"renew_notice_months": 3, "deposit_months": 3},
                {"offer": "under_way", "status": "signed", "ready_date": "2025-09-01", "renewed_times": 1},
            ),
        },
    ),
    Golden(
        "site_lease_endings",
        "site_lease",
        {"months": 6, "end": 2028, "rate": 0.1},
        {
            **GUARANTEES,
            "site_leases": each(
                HALL | COVERED | {"term_years": 3, "deposit_months": 3, "signing_fee_usd_bn": 0.01},
                {"offer": "given", "status": "signed", "ready_date": "2025-09-01", "ends_on": "2026-09-01"},
            ),
            "terminations": "offer,from_year,notice_months,fee_months,fee_usd_bn_per_gw\nhall,2,6,3,\ngiven,2,,,0.5\n",
        },
    ),
    Golden(
        "chip_lease",
        "chip_lease",
        {"end": 2029, "rate": 0.1, "toml": CHARGED + "resale_haircut_share = 0.1\n"},
        {
            **SPV,
            "chip_leases": rows(LEASE),
            "chip_purchases": rows(ORDER),
            "chip_deliveries": "offer,months,delivered_share\nspv,0,0.5\nspv,24,0.5\norder,0,0.5\norder,24,0.5\n",
        },
    ),
    Golden(
        "chip_lease_consolidated",
        "chip_lease",
        {"end": 2029, "rate": 0.1, "toml": "consolidate_spv = true\n"},
        {
            **SPV,
            "chip_leases": rows(LEASE | {"end_option": "return", "support_guarantor": "", "buys_from": ""}),
            "chip_deliveries": "offer,months,delivered_share\nspv,0,1\n",
        },
    ),
    Golden(
        "chip_lease_required",
        "chip_lease",
        {"end": 2027},
        {
            **SPV,
            "guarantors": "guarantor,kind,families,fee_rate,requires_offer\nmaker,residual,tpu,0.05,spv\n",
            "chip_leases": rows(LEASE | {"buys_from": ""}),
            "chip_deliveries": "offer,months,delivered_share\nspv,0,1\n",
        },
    ),
    Golden(
        "chip_lease_equity",
        "chip_lease",
        {"rate": 0.1},
        {
            **SPV,
            "spv_tranches": each(
                DEBT | {"min_share": 0.6, "max_share": 0.6, "reserve_months": 6, "dscr_min": 1.6, "llcr_min": 1.7},
                EQUITY
                | {
                    "min_share": 0.4,
                    "max_share": 0.4,
                    "reserve_months": "",
                    "dscr_min": "",
                    "llcr_min": "",
                    "lab_share": 0.5,
                },
            ),
            "chip_leases": rows(LEASE | {"end_option": "return", "buys_from": ""}),
            "chip_deliveries": "offer,months,delivered_share\nspv,0,0.5\nspv,12,0.5\n",
        },
    ),
    Golden(
        "chip_lease_endings",
        "chip_lease",
        {"months": 6, "end": 2028, "rate": 0.1, "toml": CHARGED + "resale_haircut_share = 0.1\n"},
        {
            **SPV,
            "spv_tranches": each(
                DEBT | {"reserve_months": 6},
                EQUITY | {"reserve_months": ""},
                {"offer": "given", "min_share": 1, "max_share": 1},
            ),
            "chip_leases": each(
                LEASE | {"buys_from": "", "term_years": 3, "signing_fee_usd_bn": 0.1},
                {"offer": "given", "status": "signed", "sign_from": "2025-09-01", "sign_by": ""}
                | {"ends_on": "2026-09-01", "support_guarantor": "", "amount_usd_bn": 10},
            ),
            "chip_deliveries": "offer,months,delivered_share\nspv,0,0.5\nspv,6,0.5\ngiven,0,1\n",
            "terminations": "offer,from_year,notice_months,fee_months,fee_usd_bn_per_gw\nspv,2,6,3,\ngiven,2,,,0.5\n",
        },
    ),
    Golden(
        "chip_lease_financed",
        "chip_lease",
        {"end": 2027},
        {
            **SPV,
            "spv_tranches": each(DEBT | {"min_share": 1, "max_share": 1}, {"offer": "running"}),
            "chip_leases": each(
                LEASE | {"buys_from": "", "programme": "fund", "support_guarantor": "", "advance_share": 9},
                {"offer": "running", "status": "signed", "sign_from": "2025-01-01", "sign_by": "", "min_usd_bn": 40},
            ),
            "chip_deliveries": "offer,months,delivered_share\nspv,0,1\nrunning,0,1\n",
            "programmes": "programme,arranger,limit_usd_bn\nfund,A fund,60\n",
        },
    ),
    Golden(
        "site_lease_financed",
        "site_lease",
        {"end": 2027},
        {
            "site_leases": each(
                HALL | {"programme": "fund", "needs_guarantee": "false"},
                {"offer": "running", "status": "signed", "stage": "existing"},
            ),
            "programmes": "programme,arranger,limit_gw\nfund,A fund,1\n",
        },
    ),
    Golden(
        "chip_purchase_required",
        "chip_purchase",
        {"end": 2027},
        {
            **OWNED,
            "chip_purchases": each(ORDER | {"requires_offer": ""}, {"offer": "more", "requires_offer": "order"}),
            "chip_deliveries": "offer,months,delivered_share\norder,0,1\nmore,0,1\n",
        },
    ),
    Golden(
        "chip_purchase",
        "chip_purchase",
        {"rate": 0.1, "toml": CHARGED},
        {
            **OWNED,
            "chip_purchases": each(
                ORDER | {"sign_by": "2027-01-01", "signing_fee_usd_bn": 0.1},
                {"offer": "lots", "min_gw": 0.5, "lot_gw": 0.5, "price_usd_bn_per_gw": 18},
            ),
            "chip_deliveries": ("offer,months,delivered_share\norder,0,0.4\norder,12,0.6\nlots,0,1\n"),
        },
    ),
    Golden(
        "spare_capacity",
        "spare_capacity",
        {"end": "2027-07-01", **BY_HALVES},
        {"chips": rows(CHIP), "spare_capacity": each(SPARE, BY_USE)},
    ),
    Golden(
        "spare_capacity_under_way",
        "spare_capacity",
        BY_HALVES | {"end": 2027},
        {
            "chips": rows(CHIP),
            "spare_capacity": rows(PLAIN_SPARE | {"taken_on": "2025-10-01", "paid_usd_bn": 1.5}),
            "policies": policies("funding_from_provider_max,rival,0.1,"),
        },
    ),
    Golden("own_fleet_moves", "own_fleet", BY_HALVES | {"end": 2028}, MOVING),
    Golden(
        "sublet",
        "sublet",
        BY_HALVES | {"end": 2027},
        {
            **OWNED,
            "site_leases": rows(HALL),
            "sublets": (
                "offer,tenant,what,region,family,from_date,to_date,max_gw,price_usd_bn_per_gw_year,notice_months,"
                "received_usd_bn\nroom,rival,halls,here,tpu,,2026-10-01,0.3,2,12,0.5\n"
                "machines,rival,chips,here,tpu,2026-04-01,,0.2,9,,\n"
            ),
            "let_already": "offer,kept_until,gw\nroom,2026-07-01,0.1\nroom,2026-01-01,0.05\n",
        },
    ),
    Golden(
        "spare_capacity_required",
        "spare_capacity",
        BY_HALVES | {"end": 2027},
        {
            **OWNED,
            "spare_capacity": rows(SPARE | BY_USE),
            "chip_purchases": rows(ORDER | {"requires_offer": BY_USE["offer"]}),
            "chip_deliveries": "offer,months,delivered_share\norder,0,1\n",
        },
    ),
    Golden(
        "term_loan",
        "term_loan",
        BY_HALVES,
        {
            "term_loans": each(
                BANK,
                {"facility": "club", "to_date": "2026-06-30", "fee_rate": 0, "amortises": "true", "drawn_usd_bn": 0},
            )
        },
    ),
    Golden(
        "term_loan_early",
        "term_loan",
        BY_HALVES,
        {
            "term_loans": each(
                BANK | {"prepay_fee_rate": 0.02, "prepay_from": "2026-07-01"},
                {"facility": "club", "amortises": "true", "drawn_usd_bn": 0, "prepay_from": ""},
                {"facility": "fund", "drawn_usd_bn": 3, "prepay_fee_rate": "", "prepay_from": "", "programme": "fund"},
            ),
            "programmes": "programme,arranger,limit_usd_bn\nfund,A fund,20\n",
        },
    ),
    Golden(
        "own_fleet",
        "own_fleet",
        BY_HALVES | {"end": 2027},
        {
            **TWO_KINDS,
            "site_leases": each(HALL, {"offer": "dear", "power_usd_per_mwh": 100, "families": "tpu|gpu"}),
        },
    ),
)
LINKED = {
    "links": "region_a,region_b,latency_ms,egress_usd_bn_per_gw_year\nhere,there,50,0.5\n",
    "demand": "from_date,region,workload,demand_gw\n2026-01-01,here,training,1\n2026-01-01,there,training,0.5\n",
}
MARGIN_AND_LOSS = {
    **two_clouds(),
    **LINKED,
    "cloud_products": each(PRODUCT | {"max_gw": 1.5}, BETA["cloud_products"] | {"max_gw": ""}),
    "spare_capacity": rows(PLAIN_SPARE),
}
RULES = (
    Golden("serving", "serving", BY_HALVES | {"end": 2027}, {**CLOUD, **LINKED}),
    Golden("offer_choice", "offer_choice", {}, {
        **two_clouds(),
        "cloud_commitments": each(
            TAKE | {"term_years": 1, "status": "required", "exclusive_group": "one"},
            BETA["cloud_commitments"] | {"status": "open"},
        ),
        "spare_capacity": rows(SPARE | {"requires_offer": "take"}),
    }),
    Golden("meet_demand", "meet_demand", BY_HALVES | {"end": 2027}, {
        **CLOUD, **BOTH_CHIPS, "spare_capacity": rows(PLAIN_SPARE | {"chip": "gpu_a"}),
    }),
    Golden("hosting", "hosting", BY_HALVES | {"end": 2027}, {
        **TWO_KINDS, "site_leases": each(HALL, {"offer": "dear", "power_usd_per_mwh": 100, "families": "tpu|gpu"}),
    }),
    Golden("placement", "placement", BY_HALVES | {"end": 2028}, MOVING),
    Golden("refitting", "refitting", BY_HALVES | {"end": 2027}, {
        **TWO_KINDS, "fitted_halls": "offer,family,gw\nhall,tpu,0.2\n",
        "site_leases": each(
            HALL | {"status": "signed", "families": "tpu|gpu", "refit_usd_bn_per_gw": 2, "ready_date": "2025-07-01"},
            {"offer": "other", "status": "open", "refit_usd_bn_per_gw": "", "ready_date": "2026-01-01"},
        ),
    }),
    Golden("served_by", "served_by", {"end": 2027}, {
        **MARGIN_AND_LOSS, "policies": policies("provider_share_max,alpha,0.4,", "family_share_max,tpu,0.6,"),
    }),
    Golden("guarantor_cap", "guarantor_cap", {}, {
        **CLOUD,
        **GUARANTEES,
        "guarantors": "guarantor,kind,families,fee_rate,requires_offer\nstrong,lease,tpu,0.02,take\n",
        "guarantor_caps": (
            "guarantor,kind,from_date,cap_usd_bn,used_usd_bn\n"
            "strong,lease,2026-01-01,10,4\nstrong,lease,2027-07-01,5,4\n"
        ),
        "site_leases": rows(HALL | COVERED),
    }),
    Golden("guarantor_tie", "guarantor_tie", {}, {
        **CLOUD,
        **GUARANTEES,
        "cloud_commitments": rows(TAKE | {"term_years": 1}),
        "cloud_terms": rows(TERM),
        "guarantors": (
            "guarantor,kind,families,fee_rate,requires_offer,requires_scale_min\nstrong,lease,tpu,0.02,take,0.5\n"
        ),
        "site_leases": rows(HALL | COVERED | {"ready_by": "2027-01-01"}),
    }),
    Golden("liquidity", "liquidity", {"rate": 0.1, "toml": "opening_cash_usd_bn = 5\n"}, {
        **CLOUD,
        "workloads": "workload,max_latency_ms,interruptible_share,revenue_usd_bn_per_gw_year\ntraining,100,0.25,12\n",
        "finance": each(FINANCE, {"from_date": "2026-07-01", "revenue_usd_bn_per_year": 40, "min_cash_usd_bn": 8}),
    }),
    Golden("liquidity_other_cash", "liquidity", BY_HALVES, {
        "finance": rows(FINANCE | {"other_cost_usd_bn_per_year": 2}),
        "other_cash": (
            "what,date,kind,amount_usd_bn\nround,2026-07-01,equity,9\nprofits,2026-10-01,tax,-1\n"
            "shares,2027-01-01,dividend,-2\na fine,2027-03-01,other,-3\n"
        ),
    }),
    Golden("programme", "programme", BY_HALVES, {
        **SPV,
        "programmes": (
            "programme,arranger,from_date,to_date,limit_usd_bn,limit_gw,commitment_fee_rate\n"
            "fund,A fund,2026-01-01,2026-12-31,30,1,0.01\n"
        ),
        "chip_leases": rows(LEASE | {"buys_from": "", "programme": "fund", "sign_by": "2027-01-01"}),
        "chip_deliveries": "offer,months,delivered_share\nspv,0,1\n",
        "term_loans": rows(BANK | {"drawn_usd_bn": 0, "programme": "fund"}),
        "site_leases": rows(HALL | {"programme": "fund"}),
    }),
    Golden("obligations", "obligations", {}, {**CLOUD, "finance": rows(FINANCE)}),
    Golden("debt_cap", "debt_cap", {}, {
        "site_leases": rows(HALL), "term_loans": rows(BANK), "finance": rows(FINANCE),
    }),
    Golden("fixed_charge_cover", "fixed_charge_cover", {}, {
        **CLOUD, "term_loans": rows(BANK), "finance": rows(FINANCE),
    }),
    Golden("grid_limit", "grid_limit", {}, {
        "regions": "region,grid_limit_gw\nhere,0.75\nthere,\n",
        "site_leases": each(HALL, {"offer": "dear"}),
    }),
    Golden("migration", "migration", {"rate": 0.1}, {
        **two_clouds(),
        "workloads": "workload,max_latency_ms,interruptible_share,migration_usd_bn_per_gw\ntraining,100,0.25,3\n",
        "workload_homes": "workload,family,provider,gw\ntraining,tpu,alpha,0.5\ntraining,gpu,,0.25\n",
    }),
    Golden("reassignment", "reassignment", {"end": 2027}, {
        **MARGIN_AND_LOSS, "policies": policies("survive_loss_of_provider,alpha,0.4,"),
    }),
    Golden("reserve", "reserve", {"end": 2027}, {
        **MARGIN_AND_LOSS,
        **OWNED,
        "site_leases": rows(HALL),
        "policies": policies("reserve_margin_min,here,0.2,"),
    }),
    Golden("policies", "policies", {"end": 2027, "months": 6, "rate": 0.1}, {
        **two_clouds(equity=3),
        "site_leases": rows(HALL),
        "policies": policies(*(f"{kind},5" for kind in KINDS)),
    }),
    Golden("policies_kept", "policies", {"end": 2027}, {
        **two_clouds(equity=3),
        "site_leases": rows(HALL),
        "policies": policies(*(f"{kind}," for kind in KINDS)),
    }),
)  # fmt: skip
WAIVERS = (
    Golden(WAIVED, WAIVED, {"rate": 0.1, "months": 6, "toml": "opening_cash_usd_bn = 5\n"}, {
        "site_leases": rows(HALL),
        "term_loans": rows(BANK),
        "finance": rows(FINANCE),
        "waivers": (
            "rule,subject,price_usd_bn_per_unit_year,most,probability_max\n"
            "debt_cap,,2,,\ndebt_cap,cap,0.5,4,1\nliquidity,cash,3,1.5,\nobligations,,7,,0.9\n"
        ),
    }),
)  # fmt: skip
GOLDEN = {
    golden.name: golden
    for golden in (*INSTRUMENTS, *RULES, *WAIVERS, *(Golden(*each) for each in (*OF_GUARANTEES, *OF_INDICES)))
}
