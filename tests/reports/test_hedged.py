"""What a hedge says on a terminal: by hand, line by line; and trees in which branches sign the same.

The case of `tests/plan/hedges/test_hedge.py`: 1 GW is asked for in 2027 where demand is high. `early`, signed in 2026,
costs 10 used or not; `late`, signed in 2027, costs 20 where it is used. With a probability of high of

    0.7    early now costs 10, against 14 for late; to know first saves 0.3 · 10
    0.3    late costs 0.3 · 20 = 6, against 10 for early; to know first saves 6 − 0.3 · 10
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from planner.basics.display import AS_IT_IS
from planner.common.unknown import EventOutcome, UnknownEvent
from planner.futures.tree import Future, Tree
from planner.hedge.hedge import hedge
from planner.hedge.valuing import ValuesAsked
from planner.reports.hedged.policy import HedgePolicy, PolicyLine, Said
from planner.reports.hedged.text import text
from planner.reports.hedged.values import WorthLine
from planner.reports.hedged.words import interval
from tests.hedges import confirmed
from tests.plan.hedges.test_hedge import case

NOW = """\
small
A plan for 2 futures, told apart by demand (known on 2027-01-01)

Sign now, before the first news on 2027-01-01: 1 signature
  on          offer                                   firm
  2026-01-01  early  1 GW from 2027-01 (tier only)  1 of 2
  firm: how many of the 2 plans that would be made for one future alone sign it now too

Nothing is signed after news

Nothing is left open: what is signed at all is signed before the news
  signed in no future: late
What it is worth to have an offer [USD bn]
  early: 4.000; if only the expected future were possible, 10.000

Cost [USD bn]
  10.000  expected: the cost of each future by its probability
  10.000  P10: with probability 10% it costs no more
  10.000  P50: with probability 50% it costs no more
  10.000  P90: with probability 90% it costs no more
  10.000  CVaR: the average of the dearest 10%
  Proven: no plan for all futures has an expected cost below 10.000, a gap of 0.000%

No limit is broken in any future

What it is worth [USD bn]
  3.000  perfect information (EVPI): what it would save to know at the start how everything turns out
  0.000  planning for all futures (VSS): what is saved against signing now what suits the expected future
  0.000  deciding anew (VMS): what is saved by waiting for news, against settling all signatures at the start
  3.000  news of demand: what it would save to know today how it turns out"""
LATER = """\
small
A plan for 2 futures, told apart by demand (known on 2027-01-01)

Sign nothing now, before the first news on 2027-01-01

Then, as the news has it
  in 2027-01, if demand is high (probability 30%): late 1 GW from 2027-01 (tier only)
  if demand is low (probability 70%): nothing else

Leave open until the news: 1 offer
  signed with probability 30%: late
  signed in no future: early
  not signed now, though the plan for the expected future would: early

Cost [USD bn]
   6.000  expected: the cost of each future by its probability
   0.000  P10: with probability 10% it costs no more
   0.000  P50: with probability 50% it costs no more
  20.000  P90: with probability 90% it costs no more
  20.000  CVaR: the average of the dearest 10%
  Proven: no plan for all futures has an expected cost below 6.000, a gap of 0.000%

No limit is broken in any future

What it is worth [USD bn]
      3.000  perfect information (EVPI): what it would save to know at the start how everything turns out
  not known  planning for all futures (VSS): what is saved against signing now what suits the expected future;
             not asked for
  not known  deciding anew (VMS): what is saved by waiting for news, against settling all signatures at the
             start; not asked for"""


def test_what_is_signed_now(tmp_path: Path) -> None:
    found = hedge(case(tmp_path, 0.7), asked=ValuesAsked(news=True, offers=("early",)))
    assert text(confirmed(found)) == NOW


def test_what_waits_for_news(tmp_path: Path) -> None:
    assert text(confirmed(hedge(case(tmp_path, 0.3), asked=ValuesAsked(usual=False)))) == LATER


# A half is CVaR at 0.9, the dearest: late costs (6 + 20) / 2 = 13 that way, early 10, whose expected cost is 4 more.
def test_what_prudence_costs(tmp_path: Path) -> None:
    said = text(hedge(case(tmp_path, 0.3).change("case.risk.weight = 0.5"))).splitlines()
    assert "  Minimised: 10.000, of which CVaR 50% and expected cost the rest" in said
    assert "  Proven: no plan for all futures has a weighted cost below 10.000, a gap of 0.000%" in said
    assert "  4.000  prudence: what the expected cost rises by, because bad futures weigh more" in said


def test_a_single_future(tmp_path: Path) -> None:
    said = text(hedge(case(tmp_path, 1.0)))
    assert "Only one future is possible, so nothing waits for news" in said
    assert "What to sign, and when: 1 signature\n  2026-01-01  early  1 GW from 2027-01 (tier only)\n" in said
    assert "What it is worth" not in said
    assert "left open" not in said


def tree(*events: tuple[str, str, str]) -> Tree:
    """The tree of events, as (name, day, outcomes with blanks between), whose outcomes are equally probable."""
    found: list[tuple[float, tuple[Any, ...]]] = [(1.0, ())]
    rows = []
    for name, day, outcomes in events:
        words = outcomes.split()
        rows.append(UnknownEvent.model_construct(event=name, known_on=date.fromisoformat(day), title=None))
        found = [
            (p / len(words), (*path, EventOutcome.model_construct(event=name, outcome=word, given=None)))
            for p, path in found
            for word in words
        ]
    futures = tuple(Future("/".join(each.outcome for each in path), p, path) for p, path in found)
    return Tree(date(2026, 1, 1), tuple(rows), futures)


def policy(made: Tree, *signs: tuple[str, str, str]) -> HedgePolicy:
    """A policy that signs things, as (known, day, offer): in every node where that is known, and nothing more."""
    found = HedgePolicy(SimpleNamespace(futures_tree=made))  # type: ignore[arg-type]
    found.__dict__["lines"] = {
        node.number: [PolicyLine(f"{day}-01-01", offer, "1 GW") for known, day, offer in signs if known == node.known]
        for node in made.nodes
    }
    return found


def said(found: HedgePolicy) -> Iterator[tuple[str, float, str]]:
    for each in found.later:
        assert isinstance(each, Said)
        yield each.where, round(each.probability, 6), " ".join(line.offer for line in each.lines)


DEMAND, SITE = ("demand", "2027-01-01", "low mid high"), ("site", "2028-01-01", "early late")


class TestWhatIsSaidOnce:
    """Branches that sign the same are one."""

    def test_on_all_branches(self) -> None:
        found = policy(tree(DEMAND), *((f"demand:{name}", "2027", "a") for name in ("low", "mid", "high")))
        assert list(said(found)) == [("whatever the news", 1.0, "a")]
        assert found.idle == ["demand"]

    def test_on_some(self) -> None:
        found = policy(tree(DEMAND), ("demand:low", "2027", "a"), ("demand:mid", "2027", "a"))
        assert list(said(found)) == [
            ("if demand is low or mid", pytest.approx(2 / 3, abs=1e-6), "a"),
            ("if demand is high", pytest.approx(1 / 3, abs=1e-6), ""),
        ]

    def test_where_only_later_news_matters(self) -> None:
        known = [f"demand:{name}, site:late" for name in ("low", "mid", "high")]
        found = policy(tree(DEMAND, SITE), *((each, "2028", "a") for each in known))
        assert list(said(found)) == [("if site is early", 0.5, ""), ("if site is late", 0.5, "a")]
        assert found.idle == ["demand"]
        assert found.probability("a") == pytest.approx(0.5)

    def test_where_later_news_does_not(self) -> None:
        both = [(f"demand:high, site:{name}", "2028", "a") for name in ("early", "late")]
        found = policy(tree(DEMAND, SITE), *both)
        assert list(said(found))[1] == ("if demand is high", pytest.approx(1 / 3, abs=1e-6), "a")
        assert found.idle == ["site"]

    def test_where_both_do(self) -> None:
        found = policy(tree(DEMAND, SITE), ("demand:high", "2027", "a"), ("demand:high, site:late", "2028", "b"))
        assert [(where, offers) for where, _, offers in said(found)] == [
            ("if demand is low or mid", ""),
            ("if demand is high", "a"),
            ("if demand is high and site is early", ""),
            ("if demand is high and site is late", "b"),
        ]

    def test_news_of_one_day(self) -> None:
        same = tree(DEMAND, ("site", "2027-01-01", "early late"))
        known = [f"demand:{name}, site:late" for name in ("low", "mid", "high")]
        found = policy(same, *((each, "2027", "a") for each in known))
        assert list(said(found)) == [("if site is early", 0.5, ""), ("if site is late", 0.5, "a")]
        apart = policy(same, (known[0], "2027", "a"), ("demand:mid, site:early", "2027", "a"))
        where = [each for each, _, offers in said(apart) if offers]
        assert where == ["if demand is low and site is late, or demand is mid and site is early"]

    def test_the_days_differ(self) -> None:
        found = policy(tree(DEMAND), ("demand:low", "2027", "a"), ("demand:mid", "2028", "a"))
        assert [where for where, _, offers in said(found) if offers] == ["if demand is low", "if demand is mid"]


def test_a_value_that_is_unknown() -> None:
    assert WorthLine("vss", None, "", "what is saved", "no plan in futures high").figure_in(AS_IT_IS) == "no plan"
    assert WorthLine("vss", None, "", "what is saved", "not asked for").figure_in(AS_IT_IS) == "not known"
    assert WorthLine("vss", None, "", "what is saved", "not asked for").says == "what is saved; not asked for"


# Rounded outwards, so that what is printed holds what is known.
@pytest.mark.parametrize(
    ("low", "high", "says"),
    [
        (1.0, 1.0, "1.000"),
        (-1e-9, 1e-9, "0.000"),
        (1.2, 1.4, "between 1.2 and 1.4"),
        (1.26, 1.34, "between 1.26 and 1.34"),
        (20.2, 33.9, "between 20 and 34"),
        (0.9996, 1.0011, "between 0.999 and 1.002"),
        (0.0, 1234.0, "between 0 and 1,234"),
    ],
)
def test_intervals(low: float, high: float, says: str) -> None:
    assert interval(low, high) == says
