"""Each constraint of each instrument, broken in a solved plan, is found by the audit."""

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planner.api import Case
from planner.case import shipped
from planner.catalogue import CATALOGUE
from planner.plan.audit import audit
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.solution import Solution
from planner.solve.start import starting_values
from tests.contract.blocks import Block

TRIED = 3
"""how many constraints of a name are broken, spread over all of them"""
CASES = {
    "starter": (),
    "more_terms": (
        "cloud_commitments[cirrus_tpu].shortfall = credit",
        "cloud_commitments[cirrus_tpu].prepay_share = 0.4",
        "cloud_commitments[*].exclusive_group = blank",
        "cloud_commitments[stratus_trainium].shortfall = rollover",
        "cloud_commitments[stratus_trainium].rollover_share = 0.5",
        "cloud_tiers[stratus_trainium,*].scale_min = 0.5",
        "cloud_tiers[cirrus_tpu,standard].scale_step = 0.1",
        "cloud_tiers[cirrus_tpu,volume].scale_step = 0.25",
        "chip_purchases[tpu_order].lot_gw = 0.2",
        "chip_purchases[gpu_order].min_gw = 0.1",
        "chip_purchases[gpu_order].signing_fee_usd_bn = 0.01",
        "spare_capacity[idle_gpus].signing_fee_usd_bn = 0.01",
        "spv_tranches[tpu_lease,*].min_share = 0.1",
        "spv_tranches[tpu_lease,*].max_share = 1",
        "term_loans[bridge].to_date = 2029-12-31",
        "term_loans[bridge].repay_by = 2030-01-01",
        "+sublets{offer=room, tenant=rival, what=halls, region=east, family=gpu, max_gw=0.1,"
        " price_usd_bn_per_gw_year=0.5, notice_months=24}",
    ),
    "backed": (
        "site_leases[*].backers_max = 1",
        "site_leases[*].share_step = 0.1",
        "site_leases[*].substitution_fee_usd_bn_per_gw = 0.1",
        "site_leases[lake].status = required",
        "site_leases[lake].decide_by = blank",
        "site_leases[lake].ready_by = 2030-01-01",
        "site_leases[lake].diligence_months = 6",
        "site_leases[mesa_2].diligence_months = 6",
    ),
    "below_and_above_1": (
        "cloud_tiers[cirrus_tpu,volume].scale_min = 0.9",
        "chip_purchases[gpu_order].requires_offer = cirrus_tpu",
        "chip_purchases[gpu_order].requires_scale_min = 0.8",
    ),
    "rolled_in_exactly": (
        "cloud_commitments[*].exclusive_group = blank",
        "cloud_commitments[stratus_trainium].shortfall = rollover",
        "cloud_commitments[stratus_trainium].rollover_share = 0.5",
        "cloud_tiers[stratus_trainium,*].scale_min = 0.5",
        "cloud_commitments[cirrus_tpu].shortfall = rollover",
        "cloud_commitments[cirrus_tpu].rollover_share = 0.5",
        "+policies{policy=circular, kind=funding_from_provider_max, subject=stratus, from_date=2027-01-01, value=1}",
    ),
    "under_way": (
        "cloud_commitments[*].exclusive_group = blank",
        "cloud_commitments[*].sign_from = blank",
        "cloud_commitments[*].sign_by = blank",
        "cloud_commitments[cirrus_tpu].status = signed",
        "cloud_commitments[cirrus_tpu].start_date = 2026-01-01",
        "cloud_commitments[cirrus_tpu].shortfall = credit",
        "cloud_commitments[cirrus_tpu].signed_tier = volume",
        "cloud_commitments[cirrus_tpu].signed_scale = 1.2",
        "cloud_commitments[cirrus_tpu].credits_left_usd_bn = 3",
        "cloud_commitments[cirrus_tpu].credits_until = 2027-12-31",
        "cloud_commitments[stratus_trainium].status = signed",
        "cloud_commitments[stratus_trainium].start_date = 2026-01-01",
        "cloud_commitments[stratus_trainium].shortfall = rollover",
        "cloud_commitments[stratus_trainium].rollover_share = 0.5",
        "cloud_commitments[stratus_trainium].rollover_usd_bn = 1",
        "+policies{policy=circular, kind=funding_from_provider_max, subject=stratus, from_date=2027-01-01, value=1}",
    ),
    "paid_by_use": (
        "spare_capacity[idle_gpus].fee_usd_bn_per_month = blank",
        "spare_capacity[idle_gpus].min_months = blank",
        "spare_capacity[idle_gpus].notice_months = blank",
        "spare_capacity[idle_gpus].price_usd_bn_per_gw_year = 2",
        "spare_capacity[idle_gpus].signing_fee_usd_bn = 0.01",
        "chip_purchases[gpu_order].requires_offer = idle_gpus",
        "chip_purchases[gpu_order].requires_scale_min = 0.1",
    ),
    "renewed": (
        "site_leases[mesa_1].term_years = 1",
        "site_leases[mesa_1].renew_years = 0.5",
        "site_leases[mesa_1].renew_times = 2",
        "site_leases[mesa_1].renew_rent = fixed",
    ),
    "cloud_ended": (
        "cloud_tiers[cirrus_tpu,volume].scale_min = 0.9",
        "cloud_terms[cirrus_tpu,4].capacity_gw = 0",
        "cloud_terms[cirrus_tpu,4].floor_usd_bn = 0",
        "chip_purchases[gpu_order].requires_offer = cirrus_tpu",
        "chip_purchases[gpu_order].requires_scale_min = 0.8",
        "+terminations{offer=cirrus_tpu, from_year=2, notice_months=6, fee_months=1}",
    ),
    "ended": ("+terminations{offer=mesa_1, from_year=2, fee_months=1}",),
    "chips_ended": (
        "chip_leases[tpu_lease].buys_from = blank",
        "+terminations{offer=tpu_lease, from_year=2, notice_months=6, fee_months=1}",
    ),
}
"""the starter, and the starter with terms that it lacks"""


def tried(name: str, folder: Path, found: dict[tuple[str, str], int], audits: set[str]) -> None:
    """Break the constraints that were not broken yet, and count; fails where the audit's checks do not find it."""
    plan = Case.read(shipped.path("starter")).change(*CASES[name]).solve()
    portfolio = Portfolio.of(plan.case)
    x = starting_values(portfolio, plan)
    passed = []
    for instrument in plan.case.catalogue.instruments:
        block = Block(portfolio, instrument)
        assert block.fulfilled(x), f"the plan breaks {instrument.name}"
        for constraint, rows in block.families().items():
            if found[instrument.name, constraint]:
                continue
            chosen = rows[:: max(1, len(rows) // TRIED)]
            for broken in block.broken(chosen, x):
                found[instrument.name, constraint] += 1
                checks = instrument.contract_checks(plan.case, portfolio.ledgers, broken)
                if not any(check.broken for check in checks):
                    moved = np.flatnonzero(np.abs(broken - x) > 1e-7)
                    passed.append(f"{constraint}: {[portfolio.ledgers.names[j] for j in moved]}")
                    continue
                if instrument.name not in audits:
                    audits.add(instrument.name)
                    Plan.of(Solution(portfolio, broken), replace(plan.record)).write(folder / "plan", force=True)
                    audited = audit(folder / "plan")
                    assert any("does not hold" in finding.what for finding in audited.findings)
    assert passed == [], "constraints that the audit does not know"


@pytest.fixture(scope="module")
def counts(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], int]:
    total: dict[tuple[str, str], int] = defaultdict(int)
    audits: set[str] = set()
    for name in CASES:
        tried(name, tmp_path_factory.mktemp(name), total, audits)
    return total


def test_every_constraint_was_broken(counts: dict[tuple[str, str], int]) -> None:
    assert [key for key, count in counts.items() if count == 0] == []
    assert {name for name, _ in counts} == {instrument.name for instrument in CATALOGUE.instruments}
    assert len(counts) > 40
