"""Tranches whose rate floats, worked out by hand: 16 USD bn for two years at 5 %, which may become 10 % or be capped.

At 5 % the level payment is 16 · 0.05 / (1 − 1.05^−2) = 8.604878, which leaves 16.8 − 8.604878 = 8.195122 after a year.
The second payment is that with its interest: 8.604878 at 5 %, 9.014634 at 10 %, 8.768780 at the cap of 7 %.
"""

from datetime import date
from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import DataError, Infeasible
from planner.studies.stress import Event, stress
from tests.hedge.plans import hedged
from tests.plans import line, solved
from tests.roll.holding import at_every_start, still_best
from tests.small import by_date, demand, small
from tests.test_own_rates import LEASES, TRANCHES

FLAT = "index,from_date,level\nbase,2024-01-01,0.04\n"
FIRST, LEFT = 8.604878, 8.195122


def lease(
    folder: Path, *, cap: str = "", months: int = 12, indices: str = FLAT, value: float = 1.0, rate: float = 0.0,
    toml: str = "", signed: str = "required", more: str = "",
) -> Case:  # fmt: skip
    """16 USD bn at 4 % and a margin of 1 %, unsupported; after a year the chips are worth the part `value`."""
    return small(
        folder,
        end=2028,
        months=months,
        rate=rate,
        toml=toml,
        demand=demand(0),
        indices=indices,
        chip_leases=f"{LEASES}\nspv,SPV,tpu_a,{signed},2026-01-01,2026-01-01,16,16,2,1,1,return,0\n",
        spv_tranches=f"{TRANCHES},rate_index,rate_cap\nspv,d,debt,1,1,1,0.01,0,false,base,{cap}\n{more}",
        chip_deliveries="offer,months,delivered_share\nspv,0,1\n",
        resale_values=f"chip,age_years,value_share\ntpu_a,0,1\ntpu_a,1,{value}\ntpu_a,2,0\n",
    )


@pytest.mark.parametrize(("cap", "rate"), [("", 0.1), ("0.07", 0.07)])
def test_the_rate_of_the_second_year(tmp_path: Path, cap: str, rate: float) -> None:
    plan = solved(lease(tmp_path, cap=cap, indices=f"{FLAT}base,2027-01-01,0.09\n"))
    paid = by_date(plan, "lease_payment")
    assert paid == pytest.approx({"2026-01-01": -FIRST, "2027-01-01": -LEFT * (1 + rate)}, abs=1e-6)
    owed = by_date(plan, "lease_payment", "obligations")
    assert owed == pytest.approx({"2026-01-01": FIRST + LEFT * (1 + rate), "2027-01-01": LEFT * (1 + rate)}, abs=1e-6)


# From 2027 on the base rate is 5 points higher, or is so in half of all futures.
@pytest.mark.parametrize(("cap", "rate"), [("", 0.1), ("0.07", 0.07)])
def test_news(tmp_path: Path, cap: str, rate: float) -> None:
    case = lease(tmp_path, cap=cap)
    plan = solved(case)
    event = Event(event="e", kind="rate_rises", subject="base", from_date=date(2027, 1, 1), value=0.05)
    after = stress(plan, [event]).outcomes[-1].after
    assert after is not None
    assert by_date(after, "lease_payment")["2026-01-01"] == pytest.approx(-FIRST, abs=1e-6)
    assert by_date(after, "lease_payment")["2027-01-01"] == pytest.approx(-LEFT * (1 + rate), abs=1e-6)
    tree = case.change(
        "+events{event=rates, known_on=2027-01-01}",
        "+outcomes{event=rates, outcome=high, probability=0.5, kind=rate_rises, subject=base, value=0.05}",
        "+outcomes{event=rates, outcome=same, probability=0.5}",
    )
    costs = [line(each, "lease_payment") for each in hedged(tree).plans.values()]
    assert sorted(costs) == pytest.approx([2 * FIRST, FIRST + LEFT * (1 + rate)], abs=1e-6)


# Unsupported debt may be all that the chips are worth: 8.195122 of 16 after a year, at the rate of the day of signing.
# News of July 2026 that the rate doubles makes less of the debt be paid by then, and changes nothing of the contract.
def test_the_advance_is_that_of_the_day_of_signing(tmp_path: Path) -> None:
    case = lease(tmp_path / "enough", value=0.5122)
    plan = solved(case)
    event = Event(event="e", kind="rate_rises", subject="base", from_date=date(2026, 7, 1), value=0.05)
    outcome = stress(plan, [event]).outcomes[-1]
    assert outcome.after is not None
    late = solved(lease(tmp_path / "expected", value=0.5122, indices=f"{FLAT}base,2026-07-01,0.09\n"))
    assert line(late, "lease_payment") > line(plan, "lease_payment")
    with pytest.raises(Infeasible):
        solved(lease(tmp_path / "less", value=0.51))


@pytest.mark.parametrize("consolidate", ["false", "true"])
@pytest.mark.parametrize("months", [12, 6, 3])
def test_on_later_days(tmp_path: Path, months: int, consolidate: str) -> None:
    toml = f"consolidate_spv = {consolidate}\n"
    indices = f"{FLAT}base,2026-05-01,0.02\nbase,2027-01-01,0.09\n"
    plan = solved(lease(tmp_path, months=months, indices=indices, rate=0.05, toml=toml, cap="0.08"))
    at_every_start(plan)
    still_best(plan, "2027-01-01")


# 16 at 5 % that is consolidated: the debt after a year is what is left.
def test_consolidated_debt(tmp_path: Path) -> None:
    plan = solved(lease(tmp_path, toml="consolidate_spv = true\n", indices=f"{FLAT}base,2027-01-01,0.09\n"))
    debt = by_date(plan, "spv_debt", "debt")
    assert debt == pytest.approx({"2026-01-01": 16.0, "2027-01-01": LEFT}, abs=1e-6)


def test_tables(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="rate_index: expected an index with a level on 2026-01-01, as the contract is"):
        lease(tmp_path / "late", signed="signed", indices="index,from_date,level\nbase,2026-01-02,0.04\n")
    with pytest.raises(DataError, match=r"rate_floor: expected a rate of at least 0, as base falls to -0\.02"):
        lease(tmp_path / "below", indices="index,from_date,level\nbase,2026-01-01,-0.02\n")
    with pytest.raises(DataError, match="rate_cap: expected a blank where rate_index is blank"):
        lease(tmp_path / "alone", more="spv,e,debt,2,0,1,0.05,0,false,,0.06\n")
