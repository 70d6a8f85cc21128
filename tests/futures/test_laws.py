"""Outcomes that stand for laws: means and moments by hand, and laws that are none."""

from datetime import date
from math import exp, log1p, pi, sqrt

import numpy as np
import pytest

from planner.basics.errors import DataError
from planner.futures.correlated import both_below, given, joint, rank_correlation, read_correlation
from planner.futures.laws import Law, outcome_names, read_law
from planner.futures.points import Points, brackets, gauss
from planner.futures.written import law_rows

LAWS = {
    "normal(1, 0.1)": (1.0, 0.1),
    "lognormal(1.1, 0.2)": (1.1, 0.2),
    "gamma(1, 0.3)": (1.0, 0.3),
    "uniform(0.8, 1.4)": (1.1, 0.6 / sqrt(12)),
    "triangular(0.7, 1, 1.6)": (1.1, sqrt((0.49 + 1 + 2.56 - 0.7 - 1.12 - 1.6) / 18)),
    "pert(0.7, 1, 1.6)": ((0.7 + 4 + 1.6) / 6, None),
}
"""laws with their mean and standard deviation by hand"""


def law(text: str, name: str = "demand", day: str = "2028-07-01") -> Law:
    return read_law(f"{name}: demand[{day}..,*,*].demand_gw *= {text}")


@pytest.mark.parametrize("text", LAWS)
@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_the_mean_of_brackets_is_that_of_the_law(text: str, count: int) -> None:
    found = brackets(law(text).distribution, count)
    assert found.values @ found.probabilities == pytest.approx(LAWS[text][0], abs=1e-14, rel=1e-14)
    assert list(found.probabilities) == [1 / count] * count
    assert (np.diff(found.values) > 0).all()


@pytest.mark.parametrize("text", LAWS)
def test_each_bracket_has_the_mean_within_it(text: str) -> None:
    """Against the mean of the law's quantiles over the bracket, by the midpoint rule."""
    distribution = law(text).distribution
    found = brackets(distribution, 3)
    shares = (np.arange(300_000) + 0.5) / 300_000
    quantiles = distribution.frozen.ppf(shares).reshape(3, -1).mean(axis=1)
    assert found.values == pytest.approx(quantiles, abs=2e-6)


def test_brackets_of_a_uniform_law_are_the_middles_of_thirds() -> None:
    assert brackets(law("uniform(0, 3)").distribution, 3).values == pytest.approx([0.5, 1.5, 2.5], abs=1e-14)


def test_brackets_of_a_normal_law_by_hand() -> None:
    """Of two halves the means are ∓ the deviation times √(2/π)."""
    found = brackets(law("normal(1, 0.1)").distribution, 2)
    assert found.values == pytest.approx([1 - 0.1 * sqrt(2 / pi), 1 + 0.1 * sqrt(2 / pi)], abs=1e-15)


def test_gauss_of_a_normal_law_by_hand() -> None:
    """The three points of Gauss and Hermite: 0 and ∓√3, with probabilities 2/3 and 1/6."""
    found = gauss(law("normal(1, 0.1)").distribution, 3)
    assert found.values == pytest.approx([1 - 0.1 * sqrt(3), 1, 1 + 0.1 * sqrt(3)], abs=1e-14)
    assert found.probabilities == pytest.approx([1 / 6, 2 / 3, 1 / 6], abs=1e-14)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8])
@pytest.mark.parametrize(("mean", "deviation"), [(1.0, 0.2), (1.0, 0.6), (2.0, 0.1)])
def test_gauss_keeps_the_moments_of_a_lognormal_law(count: int, mean: float, deviation: float) -> None:
    """E x^k = exp(k μ + k² σ² / 2), to a part of 1e-12, for all k below 2n."""
    found = gauss(law(f"lognormal({mean}, {deviation})").distribution, count)
    variance = log1p((deviation / mean) ** 2)
    for k in range(2 * count):
        moment = exp(k * (np.log(mean) - variance / 2) + k * k * variance / 2)
        assert found.values**k @ found.probabilities == pytest.approx(moment, rel=1e-12)


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_gauss_keeps_the_moments_of_laws_within_bounds(count: int) -> None:
    """Of uniform(0, 1) the k-th moment is 1 / (k + 1); of triangular(0, 0, 1) 2 / ((k + 1)(k + 2)); of
    pert(0, 1, 1), which is the beta law (5, 1), 5 / (k + 5)."""
    moments = {
        "uniform(0, 1)": lambda k: 1 / (k + 1),
        "triangular(0, 0, 1)": lambda k: 2 / ((k + 1) * (k + 2)),
        "triangular(0, 1, 1)": lambda k: 2 / (k + 2),
        "pert(0, 1, 1)": lambda k: 5 / (k + 5),
    }
    for text, moment in moments.items():
        found = gauss(law(text).distribution, count)
        for k in range(2 * count):
            assert found.values**k @ found.probabilities == pytest.approx(moment(k), rel=1e-12), (text, k)


def test_gauss_keeps_the_moments_of_a_gamma_law() -> None:
    """Of gamma with mean 2 and deviation 1: shape 4, scale 1/2; the k-th moment is 4 · 5 · … · (k + 3) / 2^k."""
    found = gauss(law("gamma(2, 1)").distribution, 4)
    moment = 1.0
    for k in range(8):
        assert found.values**k @ found.probabilities == pytest.approx(moment, rel=1e-12)
        moment *= (4 + k) / 2


@pytest.mark.parametrize("text", [text for text in LAWS if LAWS[text][1] is not None])
def test_mean_and_deviation_are_those_of_the_number(text: str) -> None:
    found = gauss(law(text).distribution, 3)
    mean = found.values @ found.probabilities
    assert (mean, sqrt((found.values - mean) ** 2 @ found.probabilities)) == pytest.approx(LAWS[text], rel=1e-12)


def test_what_a_law_writes() -> None:
    events, outcomes = law_rows([law("uniform(0, 3)")], 3, Points.BRACKETS)
    assert [(row.event, row.known_on, row.title) for row in events] == [
        ("demand", date(2028, 7, 1), "uniform(0, 3)")
    ]  # fmt: skip
    assert [(row.outcome, row.given, row.probability, row.changes) for row in outcomes] == [
        ("low", None, 1 / 3, "demand[2028-07-01..,*,*].demand_gw *= 0.5"),
        ("mid", None, 1 / 3, "demand[2028-07-01..,*,*].demand_gw *= 1.5"),
        ("high", None, 1 / 3, "demand[2028-07-01..,*,*].demand_gw *= 2.5"),
    ]
    assert [outcome_names(n)[0] for n in (1, 2, 4, 5, 6)] == ["mean", "low", "lowest", "lowest", "step_1"]


def test_one_number_may_stand_in_several_changes() -> None:
    text = "market: a[*].x *= {}; b[2029-01-01..,'c; d'].y *= {} for normal(1, 0.1)"
    found = read_law(text)
    assert found.templates == ("a[*].x *= {}", "b[2029-01-01..,'c; d'].y *= {}")
    assert found.changes(0.5) == "a[*].x *= 0.5; b[2029-01-01..,'c; d'].y *= 0.5"
    assert found.first_day == date(2029, 1, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("demand[*].x *= normal(1, 1)", "expected a name of lower-case words, a colon and a change"),
        ("Demand: d[*].x *= normal(1, 1)", "expected a name of lower-case words, a colon and a change"),
        ("d: d[*].x *= 1.2", "expected a change whose value is a law: lognormal(mean, deviation), normal("),
        ("d: d[*].x *= cauchy(1, 2)", "expected one of lognormal(mean, deviation), normal(mean, deviation)"),
        ("d: d[*].x *= normal(1)", "expected normal(mean, deviation), found 'normal(1)'"),
        ("d: d[*].x *= normal(1, a)", "expected normal(mean, deviation), found 'normal(1, a)'"),
        ("d: d[*].x *= normal(1, 0)", "expected a standard deviation above 0"),
        ("d: d[*].x *= lognormal(-1, 1)", "expected a mean and a standard deviation above 0"),
        ("d: d[*].x *= gamma(1, 0.01)", "expected a standard deviation that is at least a twelfth of the mean"),
        ("d: d[*].x *= uniform(2, 1)", "expected a second number above the first"),
        ("d: d[*].x *= triangular(1, 3, 2)", "expected three numbers in order, the first below the last"),
        ("d: d[*].x *= pert(1, 1, 1)", "expected three numbers in order, the first below the last"),
        ("d: a[*].x *= {}; b[*].y *= 2 for normal(1, 1)", "expected {} in place of the number in each change"),
        ("d: what *= normal(1, 1)", "expected table[key, …].column = value"),
    ],
)
def test_laws_that_are_none(text: str, expected: str) -> None:
    with pytest.raises(DataError) as error:
        read_law(text)
    assert expected in str(error.value)


def test_a_law_without_a_date_must_say_when_it_is_known() -> None:
    dateless = read_law("price: chips[a].x *= normal(1, 0.1)")
    with pytest.raises(DataError, match="when is it known"):
        law_rows([dateless], 3, Points.BRACKETS)
    (event,), _ = law_rows([dateless], 3, Points.BRACKETS, known_on={"price": date(2030, 1, 1)})
    assert event.known_on == date(2030, 1, 1)


# Two laws that go together


def test_both_below_by_hand() -> None:
    """At the middle the probability is 1/4 + arcsin(r) / 2π; without correlation it is a product."""
    for r in (-0.9, -0.3, 0.5, 0.99):
        assert both_below(0.0, 0.0, r) == pytest.approx(0.25 + np.arcsin(r) / (2 * pi), abs=1e-14)
    third = 0.4307272992954576  # the quantile of two thirds
    assert both_below(third, -third, 0.0) == pytest.approx(2 / 9, abs=1e-14)


@pytest.mark.parametrize("rank", [-0.8, -0.2, 0.0, 0.35, 0.6, 0.9])
@pytest.mark.parametrize("points", list(Points))
@pytest.mark.parametrize("count", [2, 3, 5])
def test_the_rank_correlation_of_the_outcomes_is_the_one_asked_for(rank: float, points: Points, count: int) -> None:
    """Of two normal laws, whose outcomes can go together in both directions."""
    make = brackets if points is Points.BRACKETS else gauss
    one = make(law("normal(1, 0.1)").distribution, count).probabilities
    chances = given(read_correlation(f"a:b={rank}", ["a", "b"]), one, one)
    together = one[:, None] * chances
    assert rank_correlation(together) == pytest.approx(rank, abs=1e-9)
    assert chances.sum(axis=1) == pytest.approx(np.ones(count), abs=1e-14)
    assert together.sum(axis=0) == pytest.approx(one, abs=1e-11)


def test_two_halves_by_hand() -> None:
    """Of two halves the rank correlation is 2 · P(both low or both high) − 1, so 0.6 gives 0.8 and 0.2."""
    half = np.array([0.5, 0.5])
    assert given(read_correlation("a:b=0.6", ["a", "b"]), half, half) == pytest.approx(
        np.array([[0.8, 0.2], [0.2, 0.8]]), abs=1e-10
    )
    assert joint(0.0, half, half) == pytest.approx(np.full((2, 2), 0.25))


def test_outcomes_that_cannot_go_so_closely_together() -> None:
    with pytest.raises(DataError, match="as 2 and 3 outcomes can have"):
        given(read_correlation("a:b=0.99", ["a", "b"]), np.array([0.5, 0.5]), np.full(3, 1 / 3))


def test_the_later_law_is_given_the_earlier_one() -> None:
    early, late = law("uniform(0, 3)", "early"), law("uniform(0, 2)", "late", "2029-07-01")
    pair = read_correlation("late:early=0.6", ["early", "late"])
    events, outcomes = law_rows([late, early], 2, Points.BRACKETS, [pair])
    assert [row.event for row in events] == ["late", "early"]
    assert [(row.event, row.outcome, row.given, round(row.probability, 9)) for row in outcomes] == [
        ("late", "low", "early:low", 0.8), ("late", "high", "early:low", 0.2),
        ("late", "low", "early:high", 0.2), ("late", "high", "early:high", 0.8),
        ("early", "low", None, 0.5), ("early", "high", None, 0.5),
    ]  # fmt: skip


def test_a_law_is_given_one_other_only() -> None:
    laws = [law("uniform(0, 3)", name) for name in ("a", "b", "c")]
    pairs = [read_correlation(f"{one}:c=0.5", ["a", "b", "c"]) for one in ("a", "b")]
    with pytest.raises(DataError, match="each law correlated with one that is known no later"):
        law_rows(laws, 2, Points.BRACKETS, pairs)


@pytest.mark.parametrize("text", ["a:b", "a=0.5", "a:b=1", "a:b=x", "a:c=0.5", "a:a=0.5"])
def test_correlations_that_are_none(text: str) -> None:
    with pytest.raises(DataError):
        read_correlation(text, ["a", "b"])
