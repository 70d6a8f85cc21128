"""Portfolios made from one like them: the same as made anew, whatever differs, and nothing of the other is touched."""

from collections import Counter
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest

from planner.basics.errors import DataError
from planner.case import shipped
from planner.case.case import Case
from planner.common.demand import Demand
from planner.common.guarantors import GuarantorCap
from planner.ledgers.posts import Posts
from planner.portfolio.dependencies import Reads, alike
from planner.portfolio.portfolio import INSTRUMENTS, RULES, Portfolio
from tests.mutations import mutants

POSTING, STATING = len(INSTRUMENTS) + len(RULES), len(RULES)
"""steps"""
SHARES = {"starter": 0.06, "gpu-campus": 0.015}
"""of the valid mutants of a shipped case"""


def said(portfolio: Portfolio) -> list[Any]:
    """Everything that a portfolio says, in order."""
    ledgers = portfolio.ledgers
    steps = [(step.by.NAME, step.read, step.posted, step.stated) for step in portfolio.steps]
    parts = [ledgers.families, ledgers.posts, ledgers.lots, ledgers.maxima, ledgers.notes, portfolio.limits, steps]
    return [plain(part) for part in parts]


def plain(thing: Any) -> Any:
    """As tuples of numbers and words."""
    if isinstance(thing, np.ndarray):
        return thing.dtype.str, thing.shape, thing.tobytes()
    if is_dataclass(thing):
        return tuple(plain(getattr(thing, each.name)) for each in fields(thing))
    if isinstance(thing, (list, tuple, Posts)):
        return tuple(map(plain, thing))
    return thing


@pytest.mark.parametrize("name", SHARES)
def test_it_is_the_same_as_made_anew(name: str) -> None:
    original = Case.read(shipped.path(name))
    like = Portfolio.of(original)
    before = said(like)
    shared: Counter[int] = Counter()
    for mutant in mutants(name, dict(original.files), SHARES[name], 1, 3):
        files = {file: data for file, data in original.files.items() if file != mutant.file}
        if mutant.data is not None:
            files[mutant.file] = mutant.data
        try:
            case = Case.made_of(files)
        except DataError:
            continue
        found = Portfolio.of(case, like)
        assert said(found) == said(Portfolio.of(case)), mutant
        assert found.case is case
        shared[next((i for i, (one, other) in enumerate(zip(found.steps, like.steps, strict=True)) if one is not other),
                    len(like.steps))] += 1  # fmt: skip
    assert said(like) == before
    assert len(shared) > 5, "differences of every kind, early and late"
    assert sum(shared.values()) > 20


@pytest.mark.parametrize(
    ("change", "steps"),
    [
        ("case.discount_rate += 0.01", POSTING + STATING),
        ("guarantor_caps[*,*,*].cap_usd_bn *= 0.5", POSTING + 3),
        ("demand[*,*,*].demand_gw *= 1.1", 7),
        ("cloud_commitments[cirrus_tpu].equity_usd_bn += 1", 0),
        ("case.end = 2032-01-01", 0),
    ],
)
def test_it_shares_what_stands_before_the_first_difference(change: str, steps: int) -> None:
    like = Portfolio.of(Case.read(shipped.path("starter")))
    found = Portfolio.of(like.case.change(change), like)
    assert found.steps[:steps] == like.steps[:steps]
    assert all(one is other for one, other in zip(found.steps[:steps], like.steps, strict=False))
    assert all(one is not other for one, other in zip(found.steps[steps:], like.steps[steps:], strict=True))
    assert (found.ledgers is like.ledgers) == (steps >= POSTING)


def test_what_is_read_is_noted() -> None:
    case = Case.read(shipped.path("starter"))
    reads = Reads(case)
    assert reads.so_far() == frozenset()
    assert reads.case.rows(Demand) == case.rows(Demand)
    assert reads.so_far() == {"demand.csv"}
    assert reads.case.settings.lease_rate == case.settings.lease_rate
    assert reads.case.calendar == case.calendar
    assert reads.so_far() == {"demand.csv", "case.lease_rate", "case.start", "case.end", "case.period_months"}
    assert reads.case.tables.offers() == case.tables.offers()
    assert {"cloud_commitments.csv", "site_leases.csv"} <= reads.so_far()
    assert GuarantorCap.about.file not in reads.so_far()


def test_cases_are_alike_under_names() -> None:
    case = Case.read(shipped.path("starter"))
    other = case.change("case.lease_rate += 0.01").change("guarantor_caps[*,*,*].cap_usd_bn *= 0.5")
    assert alike(["case.start", "demand.csv", "no_such_table.csv"], case, other)
    assert not alike(["case.lease_rate"], case, other)
    assert not alike(["demand.csv", "guarantor_caps.csv"], case, other)
