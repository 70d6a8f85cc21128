"""Worlds whose growth is drawn from a law, while plans know the two outcomes that stand for it."""

from pathlib import Path

import numpy as np
import pytest

from planner.basics.errors import DataError
from planner.simulation.simulate import simulate
from tests.hedge.test_by_hand import TestSeveralStages, growing
from tests.simulation.worlds import HIGH, of, simulated, staying

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


def test_a_law_of_an_event_on_which_others_depend(tmp_path: Path) -> None:
    case = growing(tmp_path, TestSeveralStages.OUTCOMES, TestSeveralStages.EVENTS)
    with pytest.raises(DataError, match="an event that no other is given, found reception, on which others depend"):
        simulate(case, 2, 12, laws=("reception: demand[2026-01-01..,*,*].demand_gw = uniform(1, 2)",))
    with pytest.raises(DataError, match="an event that is given no other, found growth, whose outcomes depend on one"):
        simulate(case, 2, 12, laws=(LAW,))
