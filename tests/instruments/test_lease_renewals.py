"""Renewals of leases: rights that are taken or left on their notice days, one after the other.

A phase is 0.5 GW at 100 USD per kW and month: 0.6 in its first year, a tenth more in each year after.
"""

from collections import defaultdict
from pathlib import Path
from typing import ClassVar

import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.instruments.site_lease.tables import SiteLease
from planner.ledgers.ledgers import Ledgers
from tests.hedge.plans import costs, hedged, policy
from tests.plans import cost, lines, solved
from tests.roll.holding import at_every_start, still_best
from tests.rules.test_refitting import changing
from tests.small import by_date, demand, owned, posted, sites, small, sums, values

RIGHT: dict[str, str | float] = {
    "term_years": 2, "escalator_rate": 0.1, "min_share": 1, "renew_years": 1, "renew_times": 2, "renew_rent": "fixed",
    "renew_notice_months": 6,
}  # fmt: skip
RENTS = (0.6, 0.66, 0.726, 0.7986)
BANK = {
    "guarantors": "guarantor,kind,families,fee_rate\nbank,lease,tpu,0.1\n",
    "guarantor_caps": "guarantor,kind,from_date,cap_usd_bn\nbank,lease,2026-01-01,100\n",
    "cover_runoff": "age_years,cover_share\n0,1\n4,0.2\n",
}
COVERED: dict[str, str | float] = {
    "needs_guarantee": "true", "cover_measure": "termination", "cover_usd_bn_per_gw": 10,
}  # fmt: skip
SIGNED: dict[str, str | float] = {"status": "signed", "stage": "existing"}


def leased(folder: Path, *gw: float, months: int = 6, toml: str = "", rate: float = 0.0, **cells: str | float) -> Case:
    """Halls for two years with two rights to renew for one, and what is asked for in each year."""
    return small(
        folder, end=2026 + len(gw), months=months, rate=rate, toml=toml, demand=demand(*gw),
        site_leases=sites(RIGHT | cells), **owned(0.5),
    )  # fmt: skip


def by_decision(ledgers: Ledgers, ledger: str, name: str) -> dict[str, dict[int, float]]:
    """By decision and period, what one unit of it posts."""
    found: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for post in ledgers.select(ledger):
        if post.line == name:
            for variable, t, value in zip(post.variables, post.periods, post.values, strict=True):
                found[ledgers.names[variable]][int(t)] += float(value)
    return {name: dict(each) for name, each in found.items()}


FIRST = "site_lease.kept[hall,2026-01-01,2027-07-01,1,(own covenant)]"
SECOND = "site_lease.kept[hall,2026-01-01,2028-07-01,2,(own covenant)]"
LEASE = "site_lease.share[hall,2026-01-01,(own covenant)]"


# Half a year before the term ends on 1 January 2028, in t = 3, and again in t = 5.
def test_what_a_renewal_posts(tmp_path: Path) -> None:
    ledgers = posted(leased(tmp_path, 0, 0, 0, 0, deposit_months=6))
    assert by_decision(ledgers, "halls", "halls") == {
        LEASE: dict.fromkeys(range(4), 0.5), FIRST: {4: 0.5, 5: 0.5}, SECOND: {6: 0.5, 7: 0.5},
    }  # fmt: skip
    dues = by_decision(ledgers, "dues", "rent")
    assert dues[FIRST] == pytest.approx({4: 0.363, 5: 0.363})
    assert dues[SECOND] == pytest.approx({6: 0.3993, 7: 0.3993})
    assert by_decision(ledgers, "obligations", "rent")[FIRST] == pytest.approx({3: 0.726, 4: 0.726, 5: 0.363})
    assert by_decision(ledgers, "fixed_charges", "rent")[FIRST] == pytest.approx({3: 0.363, 4: 0.726, 5: 0.363})
    liability = by_decision(ledgers, "debt", "lease_liability")[FIRST]
    assert liability == pytest.approx(
        {3: 0.363 / 1.06**0.75 + 0.363 / 1.06**1.25, 4: 0.363 / 1.06**0.25 + 0.363 / 1.06**0.75, 5: 0.363 / 1.06**0.25}
    )
    # The deposit of six months of 0.05 stays with the landlord for another year, and then for one more.
    back = [(2.0, 0.3), (2.0, -0.3), (3.0, 0.3), (3.0, -0.3), (4.0, 0.3)]
    assert [(years, round(value, 9)) for _, years, value in sums(ledgers, "deposit_returned")] == back


@pytest.mark.parametrize(
    ("wanted", "taken", "expected"),
    [
        ((0.5, 0.5, 0, 0), 0, sum(RENTS[:2])),
        ((0.5, 0.5, 0.5, 0), 1, sum(RENTS[:3])),
        ((0.5, 0.5, 0, 0.5), 2, sum(RENTS)),  # the second right comes after the first
    ],
)
def test_taken_where_it_is_worth_it(tmp_path: Path, wanted: tuple[float, ...], taken: int, expected: float) -> None:
    plan = solved(leased(tmp_path, *wanted))
    assert sum(values(plan, "renew", "key").values()) == taken
    assert cost(plan) == pytest.approx(expected)


# All that is leased or nothing of it: 0.4 of the phase are leased for the first years, and so they stay.
def test_all_of_it_is_renewed(tmp_path: Path) -> None:
    plan = solved(leased(tmp_path, 0.2, 0.2, 0.1, 0, min_share=0))
    assert values(plan, "kept", "key") == {"notice_on 2027-07-01, renewal 1": pytest.approx(0.4)}
    assert cost(plan) == pytest.approx(0.4 * sum(RENTS[:3]))


# Its notice day is over, or comes after the end: then there is no right.
def test_rights_outside_the_case(tmp_path: Path) -> None:
    lost = leased(tmp_path / "1", 0.5, 0.5, 0, 0, **SIGNED, ready_date="2024-03-01")
    assert not any(group.name == "renew" for group in posted(lost).groups)
    later = leased(tmp_path / "2", 0.5, 0.5, 0, 0, term_years=5)
    assert not any(group.name == "renew" for group in posted(later).groups)


class TestGuarantees:
    # Cover of 5 runs off by a fifth of it each year, and goes on by age: 5, 4, 3, 2; a tenth of it is the fee.
    def test_by_age(self, tmp_path: Path) -> None:
        case = small(
            tmp_path, end=2030, demand=demand(0.5, 0.5, 0.5, 0.5), site_leases=sites(RIGHT | COVERED),
            **owned(0.5), **BANK,
        )  # fmt: skip
        plan = solved(case)
        assert by_date(plan, "termination", "guarantees") == pytest.approx(
            {"2026-01-01": 5, "2027-01-01": 4, "2028-01-01": 3, "2029-01-01": 2}
        )
        assert lines(plan)["guarantee_fee"] == pytest.approx(1.4)

    # Half of the rent that is left: 0.63 and 0.33. The notices fall into 2027 and 2028.
    def test_by_the_rent(self, tmp_path: Path) -> None:
        cover = {"cover_measure": "remaining_rent", "cover_share": 0.5, "cover_usd_bn_per_gw": ""}
        case = small(
            tmp_path, end=2030, demand=demand(0.5, 0.5, 0.5, 0.5), site_leases=sites(RIGHT | COVERED | cover),
            **owned(0.5), **BANK,
        )  # fmt: skip
        left = {"2026": RENTS[:2], "2027": RENTS[1:3], "2028": RENTS[2:], "2029": RENTS[3:]}
        assert by_date(solved(case), "remaining_rent", "guarantees") == pytest.approx(
            {f"{year}-01-01": sum(rents) / 2 for year, rents in left.items()}
        )

    # The guarantor takes on new guarantees only while `base` is leased, which it is in 2026 and 2027, so that nobody
    # backs a renewal whose notice is due later.
    @pytest.mark.parametrize(("notice", "renewed"), [(12, 1), (0, 0)])
    def test_of_a_guarantor_that_is_tied(self, tmp_path: Path, notice: int, renewed: int) -> None:
        base: dict[str, str | float] = {
            **SIGNED, "offer": "base", "site": "Base", "term_years": 2, "rent_usd_per_kw_month": 0, "min_share": 1,
            "capacity_mw": 1,
        }  # fmt: skip
        tied = "guarantor,kind,families,fee_rate,requires_offer\nbank,lease,tpu,0,base\n"
        hall = RIGHT | COVERED | {"renew_times": 1, "renew_notice_months": notice}
        case = small(
            tmp_path, end=2029, demand=demand(0.4, 0.4, 0.4), site_leases=sites(hall, base), **owned(0.4),
            **BANK | {"guarantors": tied},
        )  # fmt: skip
        plan = solved(case)
        assert sum(values(plan, "renew", "key").values()) == renewed
        assert cost(plan) == pytest.approx(sum(RENTS[:3]) if renewed else sum(RENTS[:2]) + 40)


class TestIndex:
    """An index at 1 in 2026, at 1.5 in 2027 and at 2 in 2028; the rent of a lease year is its own times the level."""

    LEVELS = "index,from_date,level\nmarket,2026-01-01,1\nmarket,2027-01-01,1.5\nmarket,2028-01-01,2\n"

    def case(self, folder: Path, rent: str, **cells: str | float) -> Case:
        return small(
            folder, end=2030, months=6, demand=demand(0.5, 0.5, 0.5, 0.5), indices=self.LEVELS, **owned(0.5),
            site_leases=sites(RIGHT | {"rent_index": "market", "renew_rent": rent} | cells),
        )  # fmt: skip

    # 0.6, 0.66 · 1.5, then the last rent goes on with the level of 2027; or 0.6 · 2 in the first year of each renewal.
    @pytest.mark.parametrize(("rent", "years"), [("fixed", (1.089, 1.1979)), ("index", (1.2, 1.2))])
    def test_rent_of_a_renewed_term(self, tmp_path: Path, rent: str, years: tuple[float, float]) -> None:
        plan = solved(self.case(tmp_path, rent))
        assert cost(plan) == pytest.approx(0.6 + 0.99 + sum(years))
        at_every_start(plan)

    # One renewal for two years rises by a tenth from its own first day on.
    def test_it_rises_from_there(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, "index", renew_years=2, renew_times=1))
        assert cost(plan) == pytest.approx(0.6 + 0.99 + 1.2 + 1.32)

    def test_it_needs_an_index(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="rent_index: expected the name of an index where renew_rent is index"):
            self.case(tmp_path, "index", rent_index="")


class TestNoMoneyMachine:
    # Market rents rise to twice the fixed one: a renewal whose years lie after the end is worth no more than it costs.
    @pytest.mark.parametrize("horizon", ["fair", "cut", "charge"])
    def test_nothing_is_earned_after_the_end(self, tmp_path: Path, horizon: str) -> None:
        toml = f'horizon = "{horizon}"\n'
        case = leased(tmp_path, 0.5, 0.5, 0, toml=toml, renew_years=20).change(
            "regions[*].reference_rent_usd_per_kw_month = 1000"
        )
        assert cost(solved(case)) == pytest.approx(sum(RENTS[:2]))

    # A renewal of nothing opens no door: the lease is of size 0, so it is not renewed for what requires it.
    def test_a_renewal_is_of_something(self, tmp_path: Path) -> None:
        case = leased(tmp_path, 0, 0, 0, 0, min_share=0)
        assert not values(solved(case), "renew", "key")

    # Halls of a renewed term are no new halls: they are fitted for what they were.
    def test_halls_are_not_fitted_anew_for_nothing(self, tmp_path: Path) -> None:
        one = {"term_years": 1, "renew_years": 1, "renew_times": 1, "renew_rent": "fixed"}
        assert cost(solved(changing(tmp_path, "tc", one))) == pytest.approx(4)
        part = one | SIGNED | {"ready_date": "2025-07-01", "min_share": 1}
        assert cost(solved(changing(tmp_path / "2", "tc", part))) == pytest.approx(4 + 50)


class TestRoll:
    PHASE: ClassVar[dict[str, str | float]] = {
        "lead_months": 6, "ready_date": "2026-04-01", "ready_by": "2026-07-01", "min_share": 0.1, "deposit_months": 6,
        "term_years": 1.5, **COVERED,
    }  # fmt: skip

    def case(self, folder: Path, months: int, horizon: str, **cells: str | float) -> Case:
        return small(
            folder, end=2030, months=months, rate=0.1, toml=f'horizon = "{horizon}"\n',
            demand=demand(0, 0.2, 0.2, 0.2), site_leases=sites(RIGHT | self.PHASE | cells), **owned(0.2), **BANK,
        )  # fmt: skip

    @pytest.mark.parametrize(("months", "horizon"), [(6, "fair"), (6, "charge"), (3, "fair"), (12, "cut")])
    def test_the_later_case_says_the_same(self, tmp_path: Path, months: int, horizon: str) -> None:
        whole = {"ready_by": "2027-01-01"} if months == 12 else {}
        plan = solved(self.case(tmp_path, months, horizon, **whole))
        assert values(plan, "renew", "key")
        later = at_every_start(plan, steps=8)
        # By years it commences in 2027, so that the second renewal is decided on the last day.
        taken = [row.renewed_times for row in later[max(later)].case.rows(SiteLease)]
        assert taken == [1 if months == 12 else 2]
        still_best(plan, "2027-01-01", "2028-01-01", "2029-01-01")

    # The first renewal is taken already; it ends inside a period.
    def test_one_that_is_under_way(self, tmp_path: Path) -> None:
        cells = SIGNED | {"ready_date": "2024-02-15", "ready_by": "", "term_years": 2.5, "renewed_times": 1}
        plan = solved(self.case(tmp_path, 6, "fair", **cells))
        assert values(plan, "renew", "key") == {"notice_on 2027-01-01, renewal 2": 1.0}
        at_every_start(plan)

    @pytest.mark.parametrize("cover", [{}, {"cover_measure": "remaining_rent", "cover_share": 0.5}])
    def test_whatever_the_cover(self, tmp_path: Path, cover: dict[str, str | float]) -> None:
        at_every_start(solved(self.case(tmp_path, 6, "fair", **cover)))


# Signed, from 15 April 2024 for two years and renewed to 15 April 2027 with the last rent, which rises each April. The
# fee is a tenth of 10 · 0.5 · what is left of it at the start of each period, so it is left out. A deposit of 0.2.
@pytest.mark.parametrize("months", [12, 6, 3, 1])
def test_parts_of_periods(tmp_path: Path, months: int) -> None:
    cells = SIGNED | {"ready_date": "2024-04-01", "renewed_times": 1, "renew_times": 1, "deposit_held_usd_bn": 0.2}
    plan = solved(leased(tmp_path, 0.5, 0.5, months=months, **cells))
    rent = 0.66 * 0.25 + 0.726
    assert cost(plan) == pytest.approx(rent - 0.2 + 50 * 0.75)


class TestTree:
    """0.5 GW are asked for in 2028 or none, as likely. The term ends with 2027; a year more costs 0.726."""

    def case(self, folder: Path, known: str, notice: int) -> Case:
        asked = '"demand[2028-01-01,here,training].demand_gw = {}"'
        return small(
            folder, end=2029, demand=demand(0.5, 0.5, 0.5), **owned(0.5),
            site_leases=sites(RIGHT | {"renew_times": 1, "renew_notice_months": notice}),
            events=f"event,known_on\ngrowth,{known}\n",
            outcomes="event,outcome,given,probability,changes\n"
            f"growth,high,,0.5,{asked.format(0.5)}\ngrowth,low,,0.5,{asked.format(0)}\n",
        )  # fmt: skip

    # Notice is due on 1 January 2027, the day of the news: on one branch it is renewed and on the other it is not.
    def test_taken_on_one_branch(self, tmp_path: Path) -> None:
        found = hedged(self.case(tmp_path, "2027-01-01", 12))
        assert costs(found) == pytest.approx({"high": sum(RENTS[:3]), "low": sum(RENTS[:2])})
        assert policy(found, "renew") == {("growth:high", "hall"): 1.0}

    # The notice is due a year before the news: it is taken in both, as 0.726 is less than half of 50.
    def test_taken_before_the_news(self, tmp_path: Path) -> None:
        found = hedged(self.case(tmp_path, "2028-01-01", 12))
        assert costs(found) == pytest.approx(dict.fromkeys(("high", "low"), sum(RENTS[:3])))


def test_what_is_refused(tmp_path: Path) -> None:
    none = {"renew_times": 0, "renewed_times": 1}
    with pytest.raises(DataError) as refused:
        small(
            tmp_path,
            site_leases=sites(
                RIGHT | none,
                RIGHT | {"offer": "two", "renew_years": "", "renew_rent": "", "renewed_times": 1},
                RIGHT | {"offer": "three", "renew_notice_months": 13, **SIGNED, "renewed_times": 3},
                RIGHT | {"offer": "four", "substitution_fee_usd_bn_per_gw": 0.1},
            ),
        )
    assert [str(each) for each in refused.value.problems] == [
        "site_leases.csv:2 renew_years: expected a blank where renew_times is 0, found '1'",
        "site_leases.csv:2 renew_rent: expected a blank where renew_times is 0, found 'fixed'",
        "site_leases.csv:2 renew_notice_months: expected a blank where renew_times is 0, found '6'",
        "site_leases.csv:2 renewed_times: expected a blank where renew_times is 0, found '1'",
        "site_leases.csv:3 renew_years: expected a number above 0 where renew_times is above 0, found a blank",
        "site_leases.csv:3 renew_rent: expected one of fixed, index where renew_times is above 0, found a blank",
        "site_leases.csv:3 renewed_times: expected a blank where status is not signed, found '1'",
        "site_leases.csv:4 renew_notice_months: expected no more than the 12 months of a term, found '13'",
        "site_leases.csv:4 renewed_times: expected at most the 2 of renew_times, found '3'",
        "site_leases.csv:5 substitution_fee_usd_bn_per_gw: expected a blank where renew_times is above 0, as each"
        " guarantor stays for what is renewed, found '0.1'",
    ]
