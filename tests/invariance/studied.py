"""What studies and explanations say of a plan and its case, for the same case with other names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from planner.api import Case
from planner.common.chips import Chip
from planner.common.guarantors import Guarantor
from planner.explain.search import explain
from planner.instruments.chip_lease.tables import ChipLease
from planner.instruments.cloud_commitment.tables import CloudCommitment
from planner.instruments.site_lease.tables import SiteLease
from planner.plan.plan import Plan
from planner.studies.alternatives import alternatives
from planner.studies.design import design
from planner.studies.engine import InThisProcess
from planner.studies.frontier import frontier
from planner.studies.prices import prices
from planner.studies.stress import Event, stress
from planner.studies.sweep import sweep


def studied(plan: Plan) -> Iterator[tuple[str, Any]]:
    """Prices, stress, a sweep, alternatives, a frontier, and what would make too much demand possible."""
    case = Case.made_of(plan.case.files)
    provider = case.rows(CloudCommitment)[0].provider
    priced = prices(plan, offers=[case.rows(SiteLease)[-1].offer], engine=InThisProcess)
    yield "prices", priced.json()["rows"]
    stressed = stress(plan, list(_events(case)))
    yield "stress", stressed.text()
    yield "stress for programs", stressed.json()
    chip, guarantor = case.rows(Chip)[0].chip, case.rows(Guarantor)[0].guarantor
    grid = [
        f"chip: chips[{chip}].capex_usd_bn_per_gw *= 1 | 1.1",
        f"cap: guarantor_caps[{guarantor},*,*].cap_usd_bn *= 0.5",
    ]
    study = sweep(case, design({"grid": grid}, "a study"), start=plan, engine=InThisProcess)
    yield "sweep", study.table.drop(columns="seconds").to_dict("records")
    yield "sweep, limits", study.limits.to_dict("records")
    others = alternatives(case, count=1, widest=(f"use:{provider}",), start=plan, engine=InThisProcess)
    yield "alternatives", others.json()
    yield "frontier", frontier(case, f"guarantees:{guarantor}", points=3, start=plan, engine=InThisProcess).json()
    tight = case.change("case.shortage_cost_usd_bn_per_gw_year = blank", "demand[*,*,*].demand_gw *= 1.5")
    yield "explanation", [repair.json() for repair in explain(tight).repairs]


def _events(case: Case) -> Iterator[Event]:
    """One event of several kinds, about the first of what they can be about."""
    for name, kind, subject, day, value in (
        ("a", "site_late", case.rows(SiteLease)[1].offer, date(2027, 6, 1), 12),
        ("b", "provider_gone", case.rows(CloudCommitment)[0].provider, date(2029, 1, 1), None),
        ("c", "guarantor_downgraded", case.rows(Guarantor)[0].guarantor, date(2028, 6, 1), 0.5),
        ("d", "resale_down", case.rows(Chip)[0].chip, date(2029, 1, 1), 0.5),
        ("e", "lessee_default", case.rows(ChipLease)[0].offer, date(2029, 1, 1), 0.1),
    ):
        yield Event(event=name, kind=kind, subject=subject, from_date=day, value=value)
