"""Worlds whose growth is drawn from a law, while plans know the two outcomes that stand for it."""

from pathlib import Path

import numpy as np
import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.common.unknown import EventOutcome
from planner.futures.laws import read_law
from planner.simulation.simulate import simulate
from planner.simulation.worlds import in_order_of_law
from tests.hedge.test_by_hand import HOME, LETTER, NOW, TestSeveralStages, growing
from tests.simulation.worlds import HIGH, of, simulated, staying
from tests.small import demand, owned, sites, small

LAW = "growth: demand[2027-01-01..,here,training].demand_gw = uniform(1, 2)"


def test_costs_by_value(tmp_path: Path) -> None:
    """Demand of v GW in 2027 and 2028, from 1 to 2. Halls are taken for what is asked for: a share of v − 1.

    Foresight takes `now` for 2.4 (v − 1), who plans again the letter for 3.0 (v − 1), who settled everything at the
    start serves 1 GW and lacks 2 (v − 1) GW-years at 10.
    """
    found = simulated(staying(tmp_path), worlds=5, laws=(LAW,))
    more = found.drawn["growth"].to_numpy() - 1.0
    assert len(set(more)) == 5
    assert of(found, "foresight", "cost_usd_bn") == pytest.approx((3.6 + 2.4 * more).tolist())
    for policy in ("expected", "hedge"):
        assert of(found, policy, "cost_usd_bn") == pytest.approx((3.6 + 3.0 * more).tolist())
    assert of(found, "at_start", "cost_usd_bn") == pytest.approx((3.6 + 20.0 * more).tolist())


def test_a_hedge_signs_between_days_of_planning_what_it_said_of_the_outcome_nearby(tmp_path: Path) -> None:
    """Every two years: from 1.5 on the outcome `high` stands for the value, for which the letter is signed whole."""
    case = staying(tmp_path).change(
        "-outcomes[growth,*,*]",
        "+outcomes{event=growth, outcome=low, probability=0.5}",
        f"+outcomes{{event=growth, outcome=high, probability=0.5, changes={HIGH}}}",
    )
    found = simulated(case, worlds=6, every=24, laws=(LAW,), policies=("hedge", "expected"))
    more = found.drawn["growth"].to_numpy() - 1.0
    assert of(found, "hedge", "cost_usd_bn") == pytest.approx(np.where(more > 0.5, 6.6, 3.6 + 20.0 * more).tolist())
    assert of(found, "expected", "cost_usd_bn") == pytest.approx((3.6 + 20.0 * more).tolist())


@pytest.mark.parametrize(
    ("laws", "message"),
    [
        (("growht: demand[*,*,*].demand_gw = uniform(1, 2)",), "did you mean 'growth'?"),
        ((LAW, LAW), "one law of each event, found several"),
        (("growth: demand[2026-01-01..,here,training].demand_gw = uniform(1, 2)",), "the news would come too late"),
        (("growth: demand[2027-01-01..,there,training].demand_gw = uniform(1, 2)",), "found 'there'"),
        (("growth: demand[*,*,*].demand_gw = normal(1)",), "expected normal(mean, deviation)"),
    ],
)
def test_laws_that_cannot_be(laws: tuple[str, ...], message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        simulate(staying(tmp_path), 2, 12, laws=laws)
    assert message in str(error.value)


def test_a_law_of_an_event_that_differs_by_branch(tmp_path: Path) -> None:
    """No one law stands for outcomes whose probabilities depend on the reception."""
    case = growing(tmp_path, TestSeveralStages.OUTCOMES, TestSeveralStages.EVENTS)
    expected = "whose outcomes depend on reception:cold, reception:mixed, reception:warm"
    with pytest.raises(DataError, match=expected):
        simulate(case, 2, 12, laws=(LAW,))


def chain(folder: Path) -> Case:
    """Growth only comes where the reception is warm; where it is high, it may end in 2028.

    `high` stands for the upper half of the law, though its row is the first.
    """
    outcomes = [
        "reception,warm,,0.5,", "reception,cold,,0.5,",
        'growth,high,reception:warm,0.5,"demand[2027-01-01..,here,training].demand_gw *= 2"',
        "growth,low,reception:warm,0.5,",
        'ends,yes,growth:high,0.5,"demand[2028-01-01..,here,training].demand_gw = 1"', "ends,no,growth:high,0.5,",
    ]  # fmt: skip
    return small(
        folder,
        end=2029,
        shortage=10.0,
        demand=demand(1, 1, 1),
        site_leases=sites(HOME, NOW, LETTER),
        events="event,known_on\nreception,2026-01-01\ngrowth,2027-01-01\nends,2028-01-01\n",
        outcomes="event,outcome,given,probability,changes\n" + "\n".join(outcomes) + "\n",
        **owned(3),
    )


FACTOR = "growth: demand[2027-01-01..,here,training].demand_gw *= uniform(1, 2)"


def test_a_law_within_a_chain(tmp_path: Path) -> None:
    """As in `test_costs_by_value` where the reception is warm. Of the letter nothing comes back where growth ends.

    Foresight knows of the end: for a single year it still takes `now`, as 2.4 is less than 10.
    """
    found = simulated(chain(tmp_path), worlds=8, laws=(FACTOR,), policies=("expected", "hedge", "foresight"))
    worlds = found.drawn
    grows = worlds["known"].str.contains("growth").to_numpy()
    assert grows.tolist() == worlds["known"].str.contains("warm").tolist()
    assert grows.sum() == 4
    assert worlds["growth"].isna().tolist() == (~grows).tolist()
    assert worlds["probability"].notna().tolist() == (~grows).tolist()
    more = np.nan_to_num(worlds["growth"].to_numpy(dtype=float) - 1.0)
    high = more > 0.5
    assert high.sum() == 2
    assert worlds["known"].str.contains("ends").tolist() == high.tolist()
    assert of(found, "foresight", "cost_usd_bn") == pytest.approx((3.6 + 2.4 * more).tolist())
    assert of(found, "expected", "cost_usd_bn") == pytest.approx((3.6 + 3.0 * more).tolist())
    assert (np.array(of(found, "hedge", "cost_usd_bn")) >= 3.6 + 2.4 * more - 1e-9).all()


@pytest.mark.parametrize(
    ("law", "order"),
    [
        (FACTOR, ["low", "high"]),
        ("growth: demand[2027-01-01.., here, training].demand_gw *= {} for uniform(1, 2)", ["low", "high"]),
        ("growth: demand[2027-01-01..,here,training].demand_gw += uniform(0, 1)", ["high", "low"]),  # as they stand
        (LAW, ["high", "low"]),
    ],
)
def test_order_of_outcomes(tmp_path: Path, law: str, order: list[str]) -> None:
    """A factor of 2 is more than a factor of 1, which is what is expected. Other numbers say nothing of the order."""
    rows = [row for row in chain(tmp_path).rows(EventOutcome) if row.event == "growth"]
    assert [row.outcome for row in in_order_of_law(read_law(law), rows)] == order
