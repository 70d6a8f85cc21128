"""Leases that end before their term is over, on the terms of terminations.

A phase is 0.5 GW at 100 USD per kW and month for five years: 0.6 in its first year, a tenth more in each year after. It
may be ended from the start of its third year on, with a notice of six months and a fee of four months of rent and 0.2
a GW: 0.242 + 0.1 in 2028, when the rent is 0.726.
"""

from pathlib import Path
from typing import ClassVar

import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.instruments.site_lease.tables import SiteLease
from tests.hedge.plans import costs, hedged, policy
from tests.instruments.test_lease_renewals import BANK, COVERED, SIGNED, by_decision
from tests.plans import cost, line, solved
from tests.roll.holding import at_every_start, still_best
from tests.rules.test_refitting import changing
from tests.small import by_date, demand, owned, posted, sites, small, sums, values

RIGHT = "offer,from_year,notice_months,fee_months,fee_usd_bn_per_gw\nhall,3,6,4,0.2\n"
PHASE: dict[str, str | float] = {"term_years": 5, "escalator_rate": 0.1, "min_share": 1}
FEE = 0.242 + 0.1
RENTS = (0.6, 0.66, 0.726, 0.7986)


def leased(folder: Path, *gw: float, right: str = RIGHT, months: int = 6, toml: str = "", **cells: str | float) -> Case:
    """Halls for five years that may be given back, and what is asked for in each year."""
    return small(
        folder, end=2026 + len(gw), months=months, toml=toml, demand=demand(*gw), site_leases=sites(PHASE | cells),
        terminations=right, **owned(0.5),
    )  # fmt: skip


THIRD = "site_lease.ended_part[hall,2026-01-01,2027-07-01,3,(own covenant)]"


# It is decided in t = 3 to end on 1 January 2028, the start of t = 4, in a case to 2029; rent of a half-year is 0.363.
def test_what_an_end_posts(tmp_path: Path) -> None:
    ledgers = posted(leased(tmp_path, 0, 0, 0, deposit_months=6, toml='horizon = "charge"\n'))
    assert by_decision(ledgers, "halls", "halls")[THIRD] == dict.fromkeys((4, 5), -0.5)
    assert by_decision(ledgers, "dues", "rent")[THIRD] == pytest.approx(
        {4: -0.363, 5: -0.363, 6: -0.3993, 7: -0.3993, 8: -0.43923, 9: -0.43923}
    )
    later = 0.726 + 0.7986 + 0.87846
    owed = by_decision(ledgers, "obligations", "rent")[THIRD]
    assert owed == pytest.approx({3: -later, 4: -later, 5: -later + 0.363})
    assert by_decision(ledgers, "fixed_charges", "rent")[THIRD] == pytest.approx({3: -0.363, 4: -0.726, 5: -0.7623})
    assert by_decision(ledgers, "obligations", "termination_fee")[THIRD] == pytest.approx({3: FEE})
    assert by_decision(ledgers, "fixed_charges", "termination_fee")[THIRD] == pytest.approx({3: FEE})
    assert by_decision(ledgers, "dues", "termination_fee")[THIRD] == pytest.approx({3: FEE})
    fees = [(years, value) for kind, years, value in sums(ledgers, "termination_fee") if kind == "cost"]
    assert fees[0] == (2.0, pytest.approx(-FEE))
    # What remains of the liability in t = 3 is the rent of half a year and the fee at the end of it; then nothing.
    debt = by_decision(ledgers, "debt", "lease_liability")
    left = {
        t: gw + debt[THIRD].get(t, 0.0) for t, gw in debt["site_lease.share[hall,2026-01-01,(own covenant)]"].items()
    }
    assert left[3] == pytest.approx(0.33 / 1.06**0.25 + FEE / 1.06**0.5)
    assert left[4] == pytest.approx(0, abs=1e-12)
    # The deposit of six months of 0.05 comes back on the day, and not in 2031.
    mine = [each for each in sums(ledgers, "deposit_returned") if each[1:] == (2.0, pytest.approx(0.3))]
    assert len(mine) == 1


@pytest.mark.parametrize(
    ("wanted", "ends", "expected"),
    [
        ((0.5, 0.5, 0, 0), "2027-07-01", sum(RENTS[:2]) + FEE),
        ((0.5, 0.5, 0.5, 0), "2028-07-01", sum(RENTS[:3]) + RENTS[3] / 3 + 0.1),
        ((0.5, 0.5, 0, 0.5), None, sum(RENTS)),
        ((0.5, 0, 0, 0), "2027-07-01", sum(RENTS[:2]) + FEE),  # not before the third year
    ],
)
def test_ended_where_it_is_worth_it(
    tmp_path: Path, wanted: tuple[float, ...], ends: str | None, expected: float
) -> None:
    plan = solved(leased(tmp_path, *wanted))
    assert [key.split()[1].rstrip(",") for key in values(plan, "ended", "key")] == ([ends] if ends else [])
    assert cost(plan) == pytest.approx(expected)


# A second row makes it dearer from the fourth year on: then it goes on for the rest of the case.
def test_a_fee_by_year(tmp_path: Path) -> None:
    dear = RIGHT + "hall,4,0,0,5\n"
    plan = solved(leased(tmp_path, 0.5, 0.5, 0.5, 0, right=dear))
    assert not values(plan, "ended", "key")
    assert cost(plan) == pytest.approx(sum(RENTS))


# All of what is leased ends: 0.4 of the phase, with 0.4 of the fee.
def test_all_of_it_ends(tmp_path: Path) -> None:
    plan = solved(leased(tmp_path, 0.2, 0.2, 0, 0, min_share=0))
    assert values(plan, "ended_part", "key") == {"notice_on 2027-07-01": pytest.approx(0.4)}
    assert cost(plan) == pytest.approx(0.4 * (sum(RENTS[:2]) + FEE))


class TestGuarantees:
    # Cover of 5 less a fifth of it for each year of age, for which a tenth a year is paid, until the lease ends.
    def test_end_with_the_lease(self, tmp_path: Path) -> None:
        case = small(
            tmp_path, end=2029, demand=demand(0.5, 0.5, 0), site_leases=sites(PHASE | COVERED), terminations=RIGHT,
            **owned(0.5), **BANK,
        )  # fmt: skip
        plan = solved(case)
        backed = {day: value for day, value in by_date(plan, "termination", "guarantees").items() if value > 1e-9}
        assert backed == pytest.approx({"2026-01-01": 5, "2027-01-01": 4})
        assert cost(plan) == pytest.approx(sum(RENTS[:2]) + FEE + 0.9)

    # Half of the rent to come: from the notice, which by years falls on 1 January 2027, that of 2027 alone.
    def test_of_the_rent_shrink_with_the_notice(self, tmp_path: Path) -> None:
        cover = {"cover_measure": "remaining_rent", "cover_share": 0.5, "cover_usd_bn_per_gw": ""}
        case = small(
            tmp_path, end=2029, demand=demand(0.5, 0.5, 0), site_leases=sites(PHASE | COVERED | cover),
            terminations=RIGHT, **owned(0.5), **BANK,
        )  # fmt: skip
        found = by_date(solved(case), "remaining_rent", "guarantees")
        backed = {day: value for day, value in found.items() if value > 1e-9}
        assert backed == pytest.approx({"2026-01-01": (0.6 + 0.66 + 0.726 + 0.7986 + 0.87846) / 2, "2027-01-01": 0.33})

    # A guarantor that is tied to `base` takes on `hall` in 2028 only if `base` has not ended by then.
    @pytest.mark.parametrize(("rent", "ends"), [(10, False), (5000000, True)])
    def test_a_tie_sees_it_end(self, tmp_path: Path, rent: float, ends: bool) -> None:
        base: dict[str, str | float] = {
            **SIGNED, "offer": "base", "site": "Base", "term_years": 4, "rent_usd_per_kw_month": rent, "min_share": 1,
            "capacity_mw": 1,
        }  # fmt: skip
        hall = PHASE | COVERED | {"ready_date": "2028-01-01", "term_years": 1}
        case = small(
            tmp_path, end=2029, demand=demand(0, 0, 0.4), site_leases=sites(base, hall), **owned(0.4),
            terminations="offer,from_year\nbase,3\n",
            **BANK | {"guarantors": "guarantor,kind,families,fee_rate,requires_offer\nbank,lease,tpu,0,base\n"},
        )  # fmt: skip
        plan = solved(case)
        assert bool(values(plan, "ended", "key")) == ends
        assert bool(values(plan, "exercise", "offer").get("hall")) == (not ends)


class TestOtherTerms:
    # A lease that ends is not renewed, and the option to renew it is no reason to let it end.
    def test_not_renewed_after_its_end(self, tmp_path: Path) -> None:
        renewal = {"term_years": 3, "renew_years": 2, "renew_times": 1, "renew_rent": "fixed"}
        plan = solved(leased(tmp_path, 0.5, 0.5, 0, 0.5, 0, **renewal))
        assert not values(plan, "ended", "key")
        assert cost(plan) == pytest.approx(sum(RENTS) + 0.87846)
        plan = solved(leased(tmp_path / "2", 0.5, 0.5, 0, 0, 0, **renewal))
        assert values(plan, "ended", "key")
        assert not values(plan, "renew", "key")
        assert cost(plan) == pytest.approx(sum(RENTS[:2]) + FEE)

    # Halls that must be fitted go with the lease: those of the other phase stay as they are.
    def test_fitted_halls_go_with_it(self, tmp_path: Path) -> None:
        halls = {"term_years": 4, "rent_usd_per_kw_month": 100, "fit_out_usd_bn_per_gw": 2}
        case = changing(tmp_path, "tc-", halls, terminations="offer,from_year\nhall,3\n")
        plan = solved(case.change('case.horizon = "fair"'))
        # 1.2 a year for two years, the fit-out, and 4 for another family; nothing of the fit-out comes back.
        assert cost(plan) == pytest.approx(2.4 + 2 + 4)
        assert line(plan, "unused_part") == pytest.approx(0)

    # Rent that was waived at first is not taken back for the time after the end of a lease that has ended by then.
    def test_waived_rent(self, tmp_path: Path) -> None:
        plan = solved(leased(tmp_path, 0.5, 0.5, 0, toml='horizon = "fair"\n', rent_free_months=12))
        assert line(plan, "waived_rent") == pytest.approx(0)
        assert cost(plan) == pytest.approx(0.66 + FEE)


class TestNoMoneyMachine:
    # Where nothing is needed nothing is leased to be ended, whatever it does to limits and after the end.
    @pytest.mark.parametrize("horizon", ["fair", "cut", "charge"])
    def test_nothing_is_earned(self, tmp_path: Path, horizon: str) -> None:
        case = leased(tmp_path, 0, 0, 0, toml=f'horizon = "{horizon}"\n', deposit_months=6, min_share=0.1)
        case = case.change("regions[*].reference_rent_usd_per_kw_month = 1000")
        assert cost(solved(case)) == pytest.approx(0)

    # It does not pay to end a lease on the last day for the sake of what its halls are worth after it.
    def test_the_last_day(self, tmp_path: Path) -> None:
        free = "offer,from_year\nhall,3\n"
        plan = solved(leased(tmp_path, 0.5, 0.5, right=free, toml='horizon = "fair"\n'))
        assert cost(plan) == pytest.approx(sum(RENTS[:2]))

    # The liability holds the fee from the notice on: giving notice makes no room under a debt cap that the fee fills.
    def test_the_fee_counts_as_debt(self, tmp_path: Path) -> None:
        dear = "offer,from_year,notice_months,fee_months,fee_usd_bn_per_gw\nhall,3,12,0,20\n"
        ledgers = posted(leased(tmp_path, 0, 0, 0, right=dear))
        part = by_decision(ledgers, "debt", "lease_liability")
        (mine,) = (each for name, each in part.items() if "ended_part" in name and ",3,(" in name)
        assert mine[3] > 0


class TestRoll:
    ROW: ClassVar[dict[str, str | float]] = {
        "lead_months": 6, "ready_date": "2026-04-01", "ready_by": "2027-01-01", "deposit_months": 6, **COVERED,
        "diligence_usd_bn": 0.1, "signing_fee_usd_bn": 0.02, "fit_out_usd_bn_per_gw": 1, "rent_free_months": 3,
    }  # fmt: skip

    def case(self, folder: Path, months: int, horizon: str, **cells: str | float) -> Case:
        return small(
            folder, end=2031, months=months, rate=0.1, toml=f'horizon = "{horizon}"\n', **owned(0.5), **BANK,
            demand=demand(0, 0.5, 0.5, 0, 0), site_leases=sites(PHASE | self.ROW | cells), terminations=RIGHT,
        )  # fmt: skip

    @pytest.mark.parametrize(("months", "horizon"), [(6, "fair"), (6, "charge"), (3, "fair"), (12, "cut")])
    def test_the_later_case_says_the_same(self, tmp_path: Path, months: int, horizon: str) -> None:
        plan = solved(self.case(tmp_path, months, horizon))
        assert values(plan, "ended", "key")
        later = at_every_start(plan, steps=10)
        said = [row.ends_on for made in later.values() for row in made.case.rows(SiteLease)]
        assert any(said)
        still_best(plan, "2027-01-01", "2028-01-01", "2029-01-01")

    @pytest.mark.parametrize("measure", ["remaining_rent", "pv_rent"])
    def test_whatever_the_cover(self, tmp_path: Path, measure: str) -> None:
        cover = {"cover_measure": measure, "cover_share": 0.5, "cover_usd_bn_per_gw": ""}
        at_every_start(solved(self.case(tmp_path, 6, "fair", **cover)))


# Signed, from 1 April 2024 on and to end on 1 April 2027: rent of 0.66 to April, 0.726 for a year, 0.7986 · 4 / 12 and
# 0.1 as the fee of the year that would begin, and 0.2 of deposit that comes back.
@pytest.mark.parametrize("months", [12, 6, 3, 1])
def test_parts_of_periods(tmp_path: Path, months: int) -> None:
    cells = SIGNED | {"ready_date": "2024-04-01", "ends_on": "2027-04-01", "deposit_held_usd_bn": 0.2}
    plan = solved(leased(tmp_path, 0.5, 0.5, 0, months=months, **cells))
    rent = 0.66 * 0.25 + 0.726
    assert cost(plan) == pytest.approx(rent + 0.7986 / 3 + 0.1 - 0.2 + 50 * 0.75)


# 0.5 GW are asked for in 2028 or none, as likely, which is known on the notice day: it ends on one branch only.
def test_ended_on_one_branch(tmp_path: Path) -> None:
    asked = '"demand[2028-01-01,here,training].demand_gw = {}"'
    case = small(
        tmp_path, end=2029, demand=demand(0.5, 0.5, 0.5), **owned(0.5), site_leases=sites(PHASE),
        terminations="offer,from_year,notice_months,fee_months\nhall,3,12,4\n",
        events="event,known_on\ngrowth,2027-01-01\n",
        outcomes="event,outcome,given,probability,changes\n"
        f"growth,high,,0.5,{asked.format(0.5)}\ngrowth,low,,0.5,{asked.format(0)}\n",
    )  # fmt: skip
    found = hedged(case)
    assert costs(found) == pytest.approx({"high": sum(RENTS[:3]), "low": sum(RENTS[:2]) + 0.242})
    assert policy(found, "ended") == {("growth:low", "hall"): 1.0}


def test_what_is_refused(tmp_path: Path) -> None:
    rows = "offer,from_year\nhall,6\nhall,2\nother,2\n"
    with pytest.raises(DataError) as refused:
        leased(tmp_path, 0.5, right=rows.replace("other,2\n", ""), rent_free_months=12, ends_on="2028-01-01")
    assert [str(each) for each in refused.value.problems] == [
        "site_leases.csv:2 ends_on: expected a blank where status is not signed, found '2028-01-01'",
        "terminations.csv:2 from_year: expected a year that begins before the term of 5 years is over, found '6'",
        "terminations.csv:3 from_year: expected a year that begins after the 12 months without rent, found '2'",
    ]
    with pytest.raises(DataError, match="other"):
        leased(tmp_path / "2", 0.5, right=rows)
    with pytest.raises(DataError, match="the first day of a contract year in which"):
        leased(tmp_path / "3", 0.5, **SIGNED, ends_on="2027-01-01")
