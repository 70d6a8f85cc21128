"""A portfolio made from a similar one equals one made anew, and the similar one stays as it was."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner import generate
from planner.api import Case
from planner.basics.errors import DataError
from planner.case import shipped
from planner.catalogue import CATALOGUE
from planner.instruments.spare_capacity.tables import SpareCapacity
from planner.instruments.term_loan.tables import TermLoan
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Posts
from planner.portfolio.dependencies import alike
from planner.portfolio.portfolio import Portfolio
from planner.roll.advance import advance
from planner.solve.solve import solve
from planner.tables.table import Row
from tests.mutations import mutants
from tests.watched_case import WatchedCase

RULES = CATALOGUE.rules
POSTING = len(CATALOGUE.posting) + sum(rule.post is not None for rule in RULES)
BEFORE_TIES = POSTING - [rule.name for rule in RULES if rule.post is not None][::-1].index("guarantor_tie") - 1
"""steps before the first that reads the caps of guarantors"""
STATING = sum(rule.limits is not None for rule in RULES)
"""steps"""
SHARES = {"starter": 0.06, "gpu-campus": 0.015}
"""share of the valid mutants of a shipped case that are tried"""


def contents(portfolio: Portfolio) -> list[Any]:
    """The contents of a portfolio, in order."""
    ledgers = portfolio.ledgers
    steps = [(step.by.name, step.posted, step.stated) for step in portfolio.steps]
    parts = [ledgers.groups, ledgers.posts, ledgers.assignable, ledgers.maxima, ledgers.notes, portfolio.limits, steps]
    return [plain(part) for part in parts]


def plain(thing: Any) -> Any:
    """The contents as tuples of numbers and words."""
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
    before = contents(like)
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
        assert contents(found) == contents(Portfolio.of(case)), mutant
        assert found.case is case
        shared[next((i for i, (one, other) in enumerate(zip(found.steps, like.steps, strict=True)) if one is not other),
                    len(like.steps))] += 1  # fmt: skip
    assert contents(like) == before
    assert len(shared) > 5, "early and late differences are among them"
    assert sum(shared.values()) > 20


@pytest.mark.parametrize(
    ("change", "steps"),
    [
        ("case.discount_rate += 0.01", 0),
        ("guarantor_caps[*,*,*].cap_usd_bn *= 0.5", BEFORE_TIES),
        ("demand[*,*,*].demand_gw *= 1.1", 8),
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


MORE = (
    "+policies{policy=margin, kind=reserve_margin_min, from_date=2027-01-01, value=0.1, penalty=1}",
    "chip_deliveries[*,*].months += 36",
    "+indices{index=base_rate, from_date=2026-01-01, level=0.03}",
)
"""a reserve margin, balances that fall due after the end, and an index for loans"""


def kept_long(case: Case) -> list[str]:
    """Changes after which spare machines that are paid by a fee must be kept until after the end, and loans float."""
    floating = ["term_loans[*].rate_index = base_rate"] if case.rows(TermLoan) else []
    by_fee = [row.offer for row in case.rows(SpareCapacity) if row.fee_usd_bn_per_month is not None]
    return floating + [f"spare_capacity[{offer}].min_months += 60" for offer in by_fee]


def reads(cases: Iterable[Case]) -> dict[str, set[type[Row] | str]]:
    """What each instrument and rule reads of some cases when it posts and states limits."""
    found: dict[str, set[type[Row] | str]] = defaultdict(set)
    for case in cases:
        ledgers = Ledgers(case.calendar)
        for each in (*CATALOGUE.posting, *RULES):
            if each.post is not None:
                watched = WatchedCase(case)
                each.post(watched, ledgers)
                found[each.name] |= watched.read
        for rule in RULES:
            if rule.limits is not None:
                watched = WatchedCase(case)
                tuple(rule.limits(watched, ledgers))
                found[rule.name] |= watched.read
    return found


def test_each_record_names_what_is_read_and_nothing_else(tmp_path: Path) -> None:
    """Otherwise a study would take over posts that no longer hold, or would post again needlessly."""
    generate.write(tmp_path / "random", 12, periods=8, seed=3)
    generate.write(tmp_path / "terms", 12, periods=8, seed=3, terms=1.0)
    cases = [Case.read(shipped.path(name)) for name in shipped.names()]
    cases += [Case.read(tmp_path / name) for name in ("random", "terms")]
    cases += [
        case.change("case.horizon = charge", "case.consolidate_spv = true", *MORE, *kept_long(case)) for case in cases
    ]
    starter = solve(cases[shipped.names().index("starter")])
    cases.append(advance(starter, starter.case.calendar.start_of(1)).case)
    found = reads(cases)
    for each in (*CATALOGUE.instruments, *RULES):
        declared, own = set(each.reads), set(each.tables)
        assert declared == found[each.name] - own, each.name
        assert not declared & own


def test_cases_are_alike_for_records_that_read_nothing_that_differs() -> None:
    case = Case.read(shipped.path("starter"))
    other = case.change("case.lease_rate += 0.01").change("guarantor_caps[*,*,*].cap_usd_bn *= 0.5")
    differs = {each.name for each in (*CATALOGUE.instruments, *RULES) if not alike(each, case, other)}
    assert differs == {"site_lease", "chip_lease", "guarantor_cap", "guarantor_tie"}
    assert not any(alike(each, case, case.change("case.end = 2032-01-01")) for each in CATALOGUE.instruments)
