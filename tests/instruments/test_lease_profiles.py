"""Rent-free months, and halls of a phase that come one after another.

A phase is 0.5 GW at 100 USD per kW and month, 0.6 a year, unless the test says otherwise.
"""

from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import DataError
from tests.plans import cost, line, solved
from tests.roll.holding import at_every_start, still_best
from tests.small import by_date, demand, owned, posted, profile, sites, small, sums

RAMP = """
    offer,months,share
    hall,0,0.25
    hall,6,0.5
    hall,15,1
    """
MONTHS = (12, 6, 3, 1)
SIGNED: dict[str, str | float] = {"status": "signed", "stage": "existing"}


# Half-years: 0.3 in each. Nine months free, then steps of a tenth a lease year; the deposit is of the first rent.
def test_no_rent_in_the_first_months(tmp_path: Path) -> None:
    phase = {"term_years": 2.5, "escalator_rate": 0.1, "rent_free_months": 9, "deposit_months": 6}
    ledgers = posted(small(tmp_path, end=2029, months=6, site_leases=sites(phase)))
    rent = {1: 0.15, 2: 0.33, 3: 0.33, 4: 0.363}
    assert profile(ledgers, "dues", "rent") == pytest.approx(rent)
    assert sums(ledgers, "rent") == [("cost", (t + 0.5) / 2, pytest.approx(-due)) for t, due in rent.items()]
    assert profile(ledgers, "obligations", "rent") == pytest.approx({0: 1.173, 1: 1.173, 2: 1.023, 3: 0.693, 4: 0.363})
    assert profile(ledgers, "fixed_charges", "rent") == pytest.approx({0: 0.15, 1: 0.48, 2: 0.66, 3: 0.693, 4: 0.363})
    assert profile(ledgers, "halls", "halls") == dict.fromkeys(range(5), 0.5)
    assert sums(ledgers, "deposit") == [("cost", 0.0, pytest.approx(-0.3))]
    assert not sums(ledgers, "waived_rent")


# A quarter from the start, a half after six months and all after fifteen: 0.075, 0.15, then three months of each.
def test_halls_and_rent_come_step_by_step(tmp_path: Path) -> None:
    phase = {"term_years": 2, "escalator_rate": 0.1}
    ledgers = posted(small(tmp_path, end=2029, months=6, site_leases=sites(phase), site_ramps=RAMP))
    assert profile(ledgers, "halls", "halls") == pytest.approx({0: 0.125, 1: 0.25, 2: 0.375, 3: 0.5})
    assert profile(ledgers, "dues", "rent") == pytest.approx({0: 0.075, 1: 0.15, 2: 0.2475, 3: 0.33})
    free = posted(
        small(
            tmp_path / "free", end=2029, months=6, site_leases=sites(phase | {"rent_free_months": 9}), site_ramps=RAMP
        )
    )
    assert profile(free, "dues", "rent") == pytest.approx({1: 0.075, 2: 0.2475, 3: 0.33})
    assert profile(free, "halls", "halls") == pytest.approx({0: 0.125, 1: 0.25, 2: 0.375, 3: 0.5})


# Signed, commencing in April 2026 for two years; four months free, a quarter of the halls at first, a half from
# October and all from July 2027. Rent: 0.15 a year for two months, 0.3 for six, 0.33 for three, 0.66 for nine.
# Of 0.5 GW that are asked for, all are short for three months, 0.375 for six, 0.25 for nine, none for nine, and all
# from April 2028 on.
@pytest.mark.parametrize("months", MONTHS)
def test_parts_of_periods(tmp_path: Path, months: int) -> None:
    phase = SIGNED | {"ready_date": "2026-04-01", "term_years": 2, "escalator_rate": 0.1, "rent_free_months": 4}
    case = small(
        tmp_path, end=2030, months=months, demand=demand(0.5), site_leases=sites(phase), site_ramps=RAMP, **owned(1)
    )
    rent = 0.15 * 2 / 12 + 0.3 * 6 / 12 + 0.33 * 3 / 12 + 0.66 * 9 / 12
    short = 100 * (0.5 * 0.25 + 0.375 * 0.5 + 0.25 * 0.75 + 0.5 * 1.75)
    plan = solved(case)
    assert line(plan, "rent") == pytest.approx(rent)
    assert cost(plan) == pytest.approx(rent + short, rel=1e-9)


# What the guarantor stands behind: half of the rent that is left, none of it in the first year.
def test_what_a_guarantor_of_the_rent_stands_behind(tmp_path: Path) -> None:
    phase = {
        "term_years": 3, "rent_free_months": 12, "needs_guarantee": "true", "cover_measure": "remaining_rent",
        "cover_share": 0.5,
    }  # fmt: skip
    case = small(
        tmp_path, end=2029, site_leases=sites(phase),
        guarantors="guarantor,kind,families,fee_rate\nbank,lease,tpu,0.01\n",
        guarantor_caps="guarantor,kind,from_date,cap_usd_bn\nbank,lease,2026-01-01,10\n",
    )  # fmt: skip
    ledgers = posted(case)
    assert profile(ledgers, "guarantees", "remaining_rent") == pytest.approx({0: 0.6, 1: 0.6, 2: 0.3})
    assert profile(ledgers, "debt", "lease_liability") == pytest.approx(
        {0: 0.6 / 1.06**1.5 + 0.6 / 1.06**2.5, 1: 0.6 / 1.06**0.5 + 0.6 / 1.06**1.5, 2: 0.6 / 1.06**0.5}
    )


class TestFair:
    """Halls for 0.5 GW that are needed in 2027, the last year: ten years of which the first is free, or the last five.

    At 1.2 a GW-year the market's rent is that of the phase, so that what is paid later is what the halls are worth.
    """

    def plan(self, folder: Path, **cells: str | float) -> Case:
        return small(
            folder, end=2028, demand=demand(0, 0.5), toml='horizon = "fair"\n', **owned(1),
            site_leases=sites({"ready_date": "2027-01-01", **cells}),
        )  # fmt: skip

    # Signing in the last year for the free months is worth a tenth of them: 0.54 of 0.6 is taken back.
    def test_free_months_are_for_the_whole_term(self, tmp_path: Path) -> None:
        plan = solved(self.plan(tmp_path, rent_free_months=12))
        assert not by_date(plan, "rent")
        assert line(plan, "waived_rent") == pytest.approx(0.54)
        assert cost(plan) == pytest.approx(0.54)
        assert cost(solved(self.plan(tmp_path / "plain"))) == pytest.approx(0.6)

    # Five years free of ten, of which one lies inside: 0.6 are waived inside, and of 3 in all a tenth is deserved.
    # After the end the halls are worth no more than the 3 that are paid for them.
    def test_free_months_after_the_end(self, tmp_path: Path) -> None:
        plan = solved(self.plan(tmp_path, rent_free_months=60))
        assert cost(plan) == pytest.approx(0.6 - 0.3)


class TestRoll:
    def halls(self, folder: Path, months: int = 6, horizon: str = "fair") -> Case:
        phase: dict[str, str | float] = {
            "lead_months": 12, "ready_date": "2026-10-01", "ready_by": "2027-07-01", "min_share": 0.1,
            "term_years": 3.5, "escalator_rate": 0.1, "deposit_months": 6, "rent_free_months": 8,
        }  # fmt: skip
        return small(
            folder, end=2030, months=months, rate=0.1, toml=f'horizon = "{horizon}"\n', demand=demand(0, 0.2),
            site_leases=sites(phase), site_ramps=RAMP, **owned(0.2),
        )  # fmt: skip

    @pytest.mark.parametrize(("months", "horizon"), [(6, "fair"), (6, "charge"), (12, "fair"), (3, "cut")])
    def test_the_later_case_says_the_same(self, tmp_path: Path, months: int, horizon: str) -> None:
        plan = solved(self.halls(tmp_path, months, horizon))
        assert by_date(plan, "rent")
        at_every_start(plan, steps=6)
        still_best(plan, "2027-01-01", "2028-01-01")


def test_what_is_refused(tmp_path: Path) -> None:
    ramp = "offer,months,share\nhall,3,0.5\nhall,6,0.5\nhall,12,0.9\n"
    with pytest.raises(DataError) as refused:
        small(tmp_path, site_leases=sites({"rent_free_months": 12, "term_years": 1}), site_ramps=ramp)
    assert [str(each) for each in refused.value.problems] == [
        "site_leases.csv:2 rent_free_months: expected fewer months than the term has, which are 12, found '12'",
        "site_ramps.csv:2 months: expected 0 in the first row of hall, found '3'",
        "site_ramps.csv:3 share: expected more than the 0.5 of 3 months, found '0.5'",
        "site_ramps.csv:4 share: expected 1 in the last row of hall, found '0.9'",
        "site_ramps.csv:4 months: expected less than the term of hall, 12 months, found '12'",
    ]
