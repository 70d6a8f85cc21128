"""Every line of money has a plain name, in the folder of the instrument or the rule that posts it."""

import re

import pytest

from planner.api import Case
from planner.case.shipped import names, path
from planner.catalogue import CATALOGUE
from planner.interfaces.plain_lines import Activity, Meaning
from planner.ledgers.posts import Kind
from planner.portfolio.portfolio import Portfolio
from planner.reports import formulation
from planner.reports.plain_names import PlainNames

LEDGERS = ("cash", "dues", "obligations", "fixed_charges", "debt")
"""ledgers of money"""
OWNERS = [*CATALOGUE.instruments, *CATALOGUE.rules]


@pytest.mark.parametrize("name", names())
def test_every_line_that_a_shipped_case_posts_has_a_name(name: str) -> None:
    named = PlainNames(CATALOGUE)
    for post in Portfolio.of(Case.read(path(name)).change("case.horizon = charge")).ledgers.posts:
        if post.ledger in LEDGERS:
            assert named(post.labels.instrument, post.line).says, post


@pytest.mark.parametrize("owner", OWNERS, ids=lambda owner: owner.name)
def test_every_line_on_the_page_of_mathematics_has_a_name(owner: object) -> None:
    named, name = PlainNames(CATALOGUE), owner.name  # type: ignore[attr-defined]
    kinds = "|".join(kind.value for kind in Kind)
    text = "\n".join(formulation.section(CATALOGUE, name))
    ledgers = "|".join(LEDGERS[1:])
    lines = re.findall(rf"^(?:cash (?:{kinds})|{ledgers})  +([a-z_]+)  ", text, flags=re.MULTILINE)
    assert {line for line in lines if not named(name, line).says} == set()


def test_names_say_what_they_are_about() -> None:
    for owner in OWNERS:
        found = list(owner.plain_lines.values())
        assert len({each.name for each in found}) == len(found), owner.name
        for each in found:
            assert each.name[0].isupper(), each
            assert not re.search(r"[_.]", each.name), each
            assert re.fullmatch(r"[A-Z][^_]*\.", each.says), each


def test_every_line_of_cash_between_parties_has_a_name_too() -> None:
    for owner in OWNERS:
        assert set(owner.cash_lines) <= set(owner.plain_lines), owner.name


def test_what_a_line_means_depends_on_when_it_is_paid() -> None:
    rent = PlainNames(CATALOGUE)("site_lease", "rent")
    assert (rent.meaning_of("cost"), rent.meaning_of("beyond_horizon")) == (Meaning.HALLS, Meaning.AFTER_END)
    assert rent.stands_in is Activity.COMPUTE
    deposit = PlainNames(CATALOGUE)("chip_purchase", "deposit")
    assert (deposit.name, deposit.stands_in) == ("Deposits on chips", Activity.CAPITAL)


def test_a_line_that_nobody_knows_keeps_its_name() -> None:
    found = PlainNames(CATALOGUE)("site_lease", "made_up")
    assert (found.name, found.meaning) == ("Made up", Meaning.OTHER)
