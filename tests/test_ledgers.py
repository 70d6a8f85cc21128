"""Posts and balances against their definitions."""

import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.api import Case
from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar
from planner.case.shipped import path
from planner.ledgers.balances import Balance
from planner.ledgers.decision_times import Decided, Moment, OnDate, WithSignature
from planner.ledgers.ledgers import CONSTANT, Ledgers
from planner.ledgers.objective import Horizon, in_objective
from planner.ledgers.posts import Kind, Labels, Post, Posts
from planner.ledgers.variables import Domain, PlanFile
from planner.model.model import model
from planner.portfolio.portfolio import Portfolio

T, WIDTH = 4, 5
HALF_YEARS = Calendar(date(2026, 7, 1), date(2028, 7, 1), 6)
HERE = Labels(offer="deal", region="here")

numbers = st.integers(-5, 5).map(float)
vectors = st.lists(numbers, min_size=T, max_size=T).map(np.array)
points = st.lists(numbers, min_size=WIDTH, max_size=WIDTH).map(np.array)
entries = st.lists(st.tuples(st.integers(0, T - 1), st.integers(0, WIDTH - 1), numbers), max_size=12)


def balance(given: list[tuple[int, int, float]], constant: Vector) -> Balance:
    periods, variables, values = zip(*given, strict=True) if given else ((), (), ())
    return Balance(np.array(periods, dtype=np.int64), np.array(variables, dtype=np.int64), np.array(values), constant)


def worked_out(given: list[tuple[int, int, float]], constant: Vector, x: Vector) -> list[float]:
    return [constant[t] + sum(value * x[j] for at, j, value in given if at == t) for t in range(T)]


balances = st.builds(balance, entries, vectors)


class TestBalance:
    @given(entries, vectors, points)
    def test_evaluate(self, given_: list[tuple[int, int, float]], constant: Vector, x: Vector) -> None:
        assert balance(given_, constant).evaluate(x).tolist() == worked_out(given_, constant, x)

    # Each variable stands once in a period, however often it was posted. The function is the same.
    @given(entries, vectors, points)
    def test_by_period(self, given_: list[tuple[int, int, float]], constant: Vector, x: Vector) -> None:
        rows = balance(given_, constant).by_period()
        assert len(rows) == T
        for t, (variables, values) in enumerate(rows):
            assert (
                sorted(set(variables.tolist())) == variables.tolist() == sorted({j for at, j, _ in given_ if at == t})
            )
            assert constant[t] + float(values @ x[variables]) == worked_out(given_, constant, x)[t]

    @given(balances, balances, vectors, points)
    def test_sums_and_multiples(self, one: Balance, two: Balance, factor: Vector, x: Vector) -> None:
        total = Balance.total([one, two], T)
        assert total.evaluate(x).tolist() == (one.evaluate(x) + two.evaluate(x)).tolist()
        assert one.times(factor).evaluate(x).tolist() == (factor * one.evaluate(x)).tolist()

    @given(balances, points)
    def test_so_far(self, one: Balance, x: Vector) -> None:
        flows = one.evaluate(x)
        assert one.so_far().evaluate(x).tolist() == [sum(flows[: t + 1]) for t in range(T)]

    def test_without_variables(self) -> None:
        fixed = Balance.of(np.array([1.0, 2.0]))
        assert fixed.evaluate(np.empty(0)).tolist() == [1.0, 2.0]
        assert [len(variables) for variables, _ in fixed.by_period()] == [0, 0]
        assert Balance.total([], 3).evaluate(np.empty(0)).tolist() == [0.0, 0.0, 0.0]

    # A running balance depends on earlier periods, so it cannot be added or scaled period by period.
    def test_running_balances_stay_alone(self) -> None:
        running = Balance.of(np.ones(T)).so_far()
        with pytest.raises(ValueError, match="is not added"):
            Balance.total([running, Balance.of(np.ones(T))], T)
        with pytest.raises(ValueError, match="is not scaled"):
            running.times(np.ones(T))


@pytest.fixture
def ledgers() -> Ledgers:
    """Four half-years from July 2026, and three variables."""
    made = Ledgers(HALF_YEARS)
    signing = WithSignature("sign")
    made.declare("deal", "sign", ("offer",), [("deal",)], unit="0 or 1", decided=signing, domain=Domain.BINARY)
    made.declare(
        "deal", "use", ("offer", "period"), [("deal", 0), ("deal", 3)],
        unit="GW", decided=Moment.DURING_PERIOD, file=PlanFile.CAPACITY,
    )  # fmt: skip
    return made


class TestVariableGroups:
    def test_numbers_continue_from_group_to_group(self, ledgers: Ledgers) -> None:
        sign, use = ledgers.find("deal", "sign"), ledgers.find("deal", "use")
        assert (sign["deal",], use["deal", 0], use["deal", 3], ledgers.size) == (0, 1, 2, 3)
        with pytest.raises(KeyError, match="no variables deal\\.scale"):
            ledgers.find("deal", "scale")

    # The key must hold the time: a date, a period that stands last, or the beginning by which a signature is known.
    @pytest.mark.parametrize(
        ("decided", "why"),
        [
            (OnDate("ordered_on"), "no 'ordered_on' among offer, tier"),
            (Moment.PERIOD_START, "no period stands last in its key"),
            (Moment.DURING_PERIOD, "no period stands last in its key"),
            (WithSignature("exercise"), "no group 'exercise' was declared before"),
            (WithSignature("use"), "its key does not begin with offer, period"),
        ],
    )
    def test_when_it_is_decided(self, ledgers: Ledgers, decided: Decided, why: str) -> None:
        with pytest.raises(ValueError, match=f"deal.scale: {why}"):
            ledgers.declare("deal", "scale", ("offer", "tier"), [], unit="1", decided=decided)
        assert ledgers.declare("deal", "scale", ("offer", "tier"), [], unit="1", decided=WithSignature("sign"))

    def test_bounds(self, ledgers: Ledgers) -> None:
        assert (ledgers.find("deal", "sign").lower.tolist(), ledgers.find("deal", "sign").upper.tolist()) == ([0], [1])
        assert ledgers.find("deal", "use").upper.tolist() == [np.inf, np.inf]

    # Periods are written as dates, so that a name means the same in every case.
    def test_names(self, ledgers: Ledgers) -> None:
        use, sign = ledgers.find("deal", "use"), ledgers.find("deal", "sign")
        assert use.names[use.keys.index(("deal", 3))] == "deal.use[deal,2028-01-01]"
        assert sign.names == ["deal.sign[deal]"]
        assert ledgers.names[use.first : use.first + len(use.keys)] == use.names


class TestPosts:
    # A single variable and value hold for all periods; otherwise there is one of each per period.
    def test_one_for_all_periods_or_one_each(self, ledgers: Ledgers) -> None:
        ledgers.post("halls", HERE, "halls", 0, range(4), 2.0)
        ledgers.post("halls", HERE, "halls", [1, 2], [0, 3], [5.0, 7.0])
        assert ledgers.balance("halls").evaluate(np.array([1.0, 10.0, 100.0])).tolist() == [52.0, 2.0, 2.0, 702.0]

    # What lies outside the horizon or is zero is left out. A post of nothing else is not made.
    def test_outside_the_horizon(self, ledgers: Ledgers) -> None:
        ledgers.post("halls", HERE, "halls", 0, range(-2, 6), [9.0, 9.0, 1.0, 0.0, 3.0, 0.0, 9.0, 9.0])
        ledgers.post("halls", HERE, "halls", 0, [4, 5], 1.0)
        (only,) = ledgers.posts
        assert (only.periods.tolist(), only.values.tolist(), only.kind, only.years) == ([0, 2], [1.0, 3.0], None, None)

    # What is owed is posted to the end of the term, evenly over a period or on a date. Balances end with the horizon.
    def test_dues_run_on(self, ledgers: Ledgers) -> None:
        ledgers.due(HERE, "rent", 0, range(2, 6), [1.0, 2.0, 3.0, 4.0])
        ledgers.due(HERE, "balance", 0, [5], [8.0], [2.5])
        rent, due = ledgers.posts
        assert (rent.periods.tolist(), rent.years) == ([2, 3, 4, 5], None)
        assert due.years is not None
        assert (due.periods.tolist(), due.years.tolist()) == ([5], [2.5])
        assert ledgers.balance("dues").evaluate(np.ones(3)).tolist() == [0.0, 0.0, 1.0, 2.0]

    # Flows are discounted from the middle of the period. Cost after the end is left out, what is owed there is kept.
    def test_flows(self, ledgers: Ledgers) -> None:
        ledgers.flow(Kind.COST, HERE, "rent", 0, range(3, 6), -1.0)
        ledgers.flow(Kind.BEYOND_HORIZON, HERE, "rent", 0, [4, 5], -1.0)
        cost, beyond = ledgers.posts
        assert cost.years is not None
        assert beyond.years is not None
        assert (cost.periods.tolist(), cost.years.tolist()) == ([3], [1.75])
        assert (beyond.periods.tolist(), beyond.years.tolist()) == ([4, 5], [2.25, 2.75])

    # A sum on a date belongs to the period with that date, one on the last day to the last period. A credit then and
    # after the end counts in period T.
    def test_dated_sums(self, ledgers: Ledgers) -> None:
        ledgers.dated(Kind.COST, HERE, "fee", 0, [-0.1, 0.0, 0.49, 0.5, 1.99, 2.0, 7.0], -1.0)
        ledgers.dated(Kind.CREDIT, HERE, "deposit", 0, [2.0, 7.0], 1.0)
        fee, deposit = ledgers.posts
        assert fee.years is not None
        assert deposit.years is not None
        assert (fee.periods.tolist(), fee.years.tolist()) == (
            [0, 0, 1, 3, 3], [0.0, 0.49, 0.5, 1.99, 2.0],
        )  # fmt: skip
        assert (deposit.periods.tolist(), deposit.years.tolist()) == ([4, 4], [2.0, 7.0])

    # What is due in arrears is dated at the end of its period and belongs to it; a contract may end inside it.
    def test_sums_in_arrears(self, ledgers: Ledgers) -> None:
        ledgers.at_end(Kind.COST, HERE, "payment", 0, range(2, 6), -1.0)
        ledgers.at_end(Kind.COST, HERE, "last", 0, [1], [-1.0], [0.75])
        payment, last = ledgers.posts
        assert payment.years is not None
        assert last.years is not None
        assert (payment.periods.tolist(), payment.years.tolist()) == ([2, 3], [1.5, 2.0])
        assert (last.periods.tolist(), last.years.tolist()) == ([1], [0.75])

    # The start of a period belongs to it, also where t · h / h rounds to less than t, as with quarters and months.
    @pytest.mark.parametrize("months", [1, 3, 6, 12])
    def test_every_period_start(self, months: int) -> None:
        calendar = Calendar(date(2026, 1, 1), date(2056, 1, 1), months)
        made = Ledgers(calendar)
        made.declare("deal", "sign", ("offer",), [("deal",)], unit="0 or 1", decided=WithSignature("sign"))
        for t in calendar.periods:
            made.dated(Kind.COST, HERE, "fee", 0, calendar.start_years(t), -1.0)
        assert [int(post.periods[0]) for post in made.posts] == list(calendar.periods)


class TestBalances:
    @pytest.fixture
    def filled(self, ledgers: Ledgers) -> Ledgers:
        ledgers.post("halls", Labels(offer="one", region="here"), "halls", 0, range(4), 1.0)
        ledgers.post("halls", Labels(offer="two", region="here"), "halls", 1, range(4), 10.0)
        ledgers.post("halls", Labels(offer="two", region="there"), "halls", 1, range(4), 100.0)
        ledgers.post("halls", Labels(offer="owned", region="there"), "halls", CONSTANT, [0, 3], 1000.0)
        ledgers.flow(Kind.COST, Labels(offer="one"), "rent", 0, range(4), -1.0)
        ledgers.flow(Kind.OPERATING, Labels(), "revenue", CONSTANT, range(4), 5.0)
        ledgers.dated(Kind.CREDIT, Labels(offer="one"), "resale", 0, 2.0, 3.0)
        return ledgers

    def test_over_any_labels(self, filled: Ledgers) -> None:
        x = np.array([1.0, 2.0, 0.0])

        def first(**labels: str) -> float:
            return float(filled.balance("halls", **labels).evaluate(x)[0])

        assert first() == 1 + 20 + 200 + 1000
        assert first(region="here") == 21
        assert first(offer="two") == 220
        assert first(offer="two", region="there") == 200
        assert first(offer="nobody") == 0
        assert filled.balance("nothing").evaluate(x).tolist() == [0.0] * 4

    def test_whatever_is_decided(self, filled: Ledgers) -> None:
        assert filled.balance("halls", offer="owned").constant.tolist() == [1000.0, 0.0, 0.0, 1000.0]
        assert not len(filled.balance("halls", offer="owned").variables)

    def test_by_kind_and_within_the_horizon(self, filled: Ledgers) -> None:
        x = np.array([2.0, 0.0, 0.0])
        assert filled.balance("cash", frozenset({Kind.COST})).evaluate(x).tolist() == [-2.0] * 4
        assert filled.balance("cash", frozenset({Kind.COST, Kind.OPERATING})).evaluate(x).tolist() == [3.0] * 4
        assert filled.balance("cash", frozenset({Kind.CREDIT})).evaluate(x).tolist() == [0.0] * 4
        assert [post.line for post in filled.select("cash", offer="one")] == ["rent", "resale"]

    def test_accounts_in_order_of_posting(self, filled: Ledgers) -> None:
        assert filled.accounts("halls", "region") == [("here",), ("there",)]
        assert filled.accounts("halls", "offer", "region") == [
            ("one", "here"), ("two", "here"), ("two", "there"), ("owned", "there"),
        ]  # fmt: skip
        assert filled.accounts("nothing", "region") == []

    # What is posted after a balance was taken counts in the next one.
    def test_later_posts_count(self, filled: Ledgers) -> None:
        before = filled.balance("halls").evaluate(np.zeros(3))[1]
        filled.post("halls", HERE, "halls", CONSTANT, [1], 7.0)
        assert filled.balance("halls").evaluate(np.zeros(3))[1] == before + 7.0

    # Cost, credit, penalty and what is owed after the end count, with the opposite sign. At 21 % half a year is 1.1.
    def test_present_value(self, filled: Ledgers) -> None:
        filled.dated(Kind.PENALTY, Labels(), "penalty", CONSTANT, 0.5, -11.0)
        filled.flow(Kind.FUNDING, Labels(), "equity", 0, [0], 50.0)
        filled.flow(Kind.BEYOND_HORIZON, Labels(), "rent", 2, [5], -1.0)
        constant, coefficients = filled.present_value(0.21, in_objective(Horizon.CHARGE))
        assert constant == pytest.approx(10.0)
        rent = sum(1.21 ** -((t + 0.5) / 2) for t in range(4))
        assert coefficients == pytest.approx([rent - 3 / 1.21**2, 0.0, 1.21**-2.75])
        assert {Kind.OPERATING, Kind.FUNDING}.isdisjoint(in_objective(Horizon.FAIR))


class TestLookups:
    LABELS = ("offer", "counterparty", "chip", "family", "region", "workload")

    def test_an_index_follows_what_is_posted(self) -> None:
        posts = Posts()
        for number in range(50):
            labels = Labels(offer=f"offer_{number % 7}", region=f"region_{number % 3}")
            none, some = np.zeros(1, dtype=np.int64), np.ones(1)
            posts.append(Post("halls" if number % 2 else "chips", labels, "line", None, none, none, some, None))
            for ledger in ("halls", "chips"):
                for names in (("offer",), ("region",), ("region", "offer"), ()):
                    found: dict[tuple[str, ...], list[Post]] = {}
                    for post in posts.of(ledger):
                        found.setdefault(tuple(getattr(post.labels, name) for name in names), []).append(post)
                    assert list(posts.accounts(ledger, *names).items()) == list(found.items())
        first = posts.first(10)
        first.append(posts[11])
        assert [*first] == [*posts[:10], posts[11]]
        assert len(posts) == 50

    # A study's runs may be threads that look up the same posts. Whoever makes an index, all see the whole of it.
    def test_threads_see_whole_indexes(self) -> None:
        posts, threads = Portfolio.of(Case.read(path("starter"))).ledgers.posts, 8
        expected = {
            (ledger, name): Counter(getattr(post.labels, name) for post in posts.of(ledger))
            for ledger in {post.ledger for post in posts}
            for name in self.LABELS
        }
        before = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
        try:
            with ThreadPoolExecutor(threads) as pool:
                for _ in range(5):
                    shared, start = posts.first(len(posts)), Barrier(threads)

                    def counted(shared: Posts = shared, start: Barrier = start) -> dict[tuple[str, str], Counter[str]]:
                        start.wait()
                        return {
                            key: Counter({of: len(found) for (of,), found in shared.accounts(*key).items()})
                            for key in expected
                        }

                    assert all(each.result() == expected for each in [pool.submit(counted) for _ in range(threads)])
        finally:
            sys.setswitchinterval(before)


def test_account_names() -> None:
    labels = Labels(instrument="own_fleet", offer="deal", chip="tpu_a", region="here").supplying(firm=False)
    assert labels.account() == "tpu_a/here/interruptible"
    assert labels.supplying().firm == "firm"


def test_bounds_reach_the_model_variable_by_variable() -> None:
    portfolio = Portfolio.of(Case.read(path("starter")))
    ends = {"lower": np.array([0.0, 1.0]), "upper": np.array([np.inf, 2.0])}
    group = portfolio.ledgers.declare(
        "spare_capacity", "extra", ("offer",), [("a",), ("b",)], unit="GW", decided=Moment.OUTSET, **ends
    )
    variables = model(portfolio).variables
    assert [variables[group[key]].bounds for key in group.keys] == [(0.0, None), (1.0, 2.0)]
