"""Commitments that end before their term is over, on the terms of terminations.

The deal is 1 GW at 10 a GW-year for four years, with floors of 6, 8, 10 and 12. It may be ended from the start of its
third year on, with a notice of six months and a fee of three months of floor and 0.5 a GW: 2.5 + 0.5 in 2028.
"""

from pathlib import Path
from typing import Any, ClassVar

import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.instruments.cloud_commitment.tables import CloudCommitment
from tests.hedge.plans import costs, hedged, policy
from tests.instruments.test_lease_renewals import BANK, COVERED, by_decision
from tests.plans import cost, line, solved
from tests.roll.holding import at_every_start, still_best
from tests.small import by_date, demand, owned, posted, sites, small, sums, used, values

RIGHT = "offer,from_year,notice_months,fee_months,fee_usd_bn_per_gw\ndeal,3,6,3,0.5\n"
FREE = "offer,from_year\ndeal,2\n"
FLOORS = (6.0, 8.0, 10.0, 12.0)
FEE = 10 * 3 / 12 + 0.5
THIRD = "cloud_commitment.ended[deal,2026-01-01,only,2027-07-01,3]"


def deal(
    folder: Path, *gw: float, right: str | None = RIGHT, months: int = 6, rate: float = 0.0, toml: str = "",
    tier: str = "1,1", floors: tuple[float, ...] = FLOORS, tables: dict[str, str] | None = None,
    **cells: str | float,
) -> Case:  # fmt: skip
    """The deal, which has to be signed at the start, and what is asked for in each year."""
    row: dict[str, str | float] = {
        "offer": "deal", "provider": "cloud", "status": "required", "sign_by": "2026-01-01", "lead_months": 0,
        "term_years": len(floors), "shortfall": "forfeit",
    } | cells  # fmt: skip
    years = [f"deal,{year},1,{floor}" for year, floor in enumerate(floors, start=1)]
    given: dict[str, str | None] = {
        "cloud_commitments": f"{','.join(row)}\n{','.join(map(str, row.values()))}\n",
        "cloud_tiers": f"offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max\ndeal,only,10,{tier}\n",
        "cloud_terms": "\n".join(["offer,contract_year,capacity_gw,floor_usd_bn", *years, ""]),
        "cloud_products": "offer,chip,region,price_factor,from_date\ndeal,tpu_a,here,1,2025-01-01\n",
        "terminations": right,
    }
    tables = tables or {}
    return small(
        folder, end=2026 + len(gw), months=months, rate=rate, toml=toml, demand=demand(*gw), **{**given, **tables}
    )


# It is decided in t = 3 to end on 1 January 2028, the start of t = 4, in a case to 2029.
def test_what_an_end_posts(tmp_path: Path) -> None:
    ledgers = posted(deal(tmp_path, 0, 0, 0, toml='horizon = "charge"\n'))
    assert by_decision(ledgers, "rights", "right")[THIRD] == dict.fromkeys((4, 5), -1)
    assert by_decision(ledgers, "dues", "floor")[THIRD] == pytest.approx({4: -5, 5: -5, 6: -6, 7: -6})
    assert by_decision(ledgers, "obligations", "floor")[THIRD] == pytest.approx({3: -22, 4: -22, 5: -17})
    assert by_decision(ledgers, "fixed_charges", "floor")[THIRD] == pytest.approx({3: -5, 4: -10, 5: -11})
    for ledger in ("obligations", "fixed_charges", "dues"):
        assert by_decision(ledgers, ledger, "termination_fee")[THIRD] == pytest.approx({3: FEE})
    fees = [(years, value) for kind, years, value in sums(ledgers, "termination_fee") if kind == "cost"]
    assert fees[0] == (2.0, pytest.approx(-FEE))
    # The floor of 2029, after the end, is not paid whether it ends in 2028 or on the last day.
    late = [value for kind, _, value in sums(ledgers, "floor") if kind == "beyond_horizon"]
    assert (min(late), sum(late)) == (pytest.approx(-6), pytest.approx(-12 + 2 * 12))


@pytest.mark.parametrize(
    ("wanted", "ends", "expected"),
    [
        ((1, 1, 0, 0), "2027-07-01", 20 + FEE),
        ((1, 1, 1, 0), "2028-07-01", 30 + 3.5),
        ((1, 1, 0, 1), None, 42),
        ((1, 0, 0, 0), "2027-07-01", 10 + 8 + FEE),  # the floor of the second year stays
    ],
)
def test_ended_where_it_is_worth_it(
    tmp_path: Path, wanted: tuple[float, ...], ends: str | None, expected: float
) -> None:
    plan = solved(deal(tmp_path, *wanted))
    assert [key.split()[1].rstrip(",") for key in values(plan, "ended", "key")] == ([ends] if ends else [])
    assert cost(plan) == pytest.approx(expected)


# All of what is signed ends: 0.6 of the terms, with 0.6 of the fee.
@pytest.mark.parametrize(("tier", "signed"), [("0.2,1", 0.6), ("0,2", 0.6), ("0.5,2", 1.5), ("1,2", 1.2)])
def test_all_of_it_ends(tmp_path: Path, tier: str, signed: float) -> None:
    status = {"status": "open"} if tier.startswith("0,") else {}
    plan = solved(deal(tmp_path, signed, signed, 0, 0, tier=tier, **status))
    assert values(plan, "ended_part", "key") == {"notice_on 2027-07-01, tier only": pytest.approx(signed)} or values(
        plan, "ended_part", "offer"
    ) == {"deal": pytest.approx(signed)}
    assert cost(plan) == pytest.approx(20 * signed + signed * FEE)


class TestPrepaid:
    # All floors, 36, are prepaid in 2026; 20 are drawn by the end of 2027, and 16 are lost. Going on, 16 more would be
    # drawn, 4 paid for use, and 2 for what is short in 2029: 42.
    def test_what_is_left_is_lost(self, tmp_path: Path) -> None:
        plan = solved(deal(tmp_path, 1, 1, 0, 0, prepay_share=1))
        assert values(plan, "ended", "key")
        assert cost(plan) == pytest.approx(36 + FEE)

    # 18 are prepaid: 5 drawn in each half of 2026, 5 and 3 in 2027. By mid 2027 the floor of half a year is to come, 4.
    def test_owed(self, tmp_path: Path) -> None:
        plan = solved(deal(tmp_path, 1, 1, 0, 0, prepay_share=0.5, rate=0.1))
        assert values(plan, "ended", "key")
        owed = by_date(plan, "floor", "obligations")
        assert owed["2026-01-01"] == pytest.approx(36 - 18)
        assert owed["2027-01-01"] == pytest.approx(30 - 8)
        assert owed["2027-07-01"] == pytest.approx(4 - 3)
        assert owed.get("2028-01-01", 0) == pytest.approx(0)


class TestShortfalls:
    # 4 are short in 2026 and a credit later; after the end nothing is left to spend it on.
    def test_credits_are_lost(self, tmp_path: Path) -> None:
        plan = solved(deal(tmp_path, 0.2, 0.8, 0, 0, shortfall="credit"))
        assert values(plan, "ended", "key")
        assert cost(plan) == pytest.approx(6 + 8 + FEE)
        assert line(plan, "shortfall_credit") == pytest.approx(0)

    # 4 above the floor of 2027 could be rolled into 2028; what ends has no floor to roll into.
    def test_nothing_is_rolled_in_after_the_end(self, tmp_path: Path) -> None:
        circular = (
            "policy,kind,subject,from_date,value,penalty\ncircular,funding_from_provider_max,cloud,2026-01-01,1,\n"
        )
        plan = solved(
            deal(
                tmp_path, 1, 1, 0, 0, shortfall="rollover", rollover_share=0.5, equity_usd_bn=1,
                tables={"policies": circular},
            )
        )  # fmt: skip
        assert values(plan, "ended", "key")
        assert not values(plan, "rolled_in", "contract_year").get("3")
        assert cost(plan) == pytest.approx(20 + FEE)

    # Ending does not save what is short of the floor of the year that is under way.
    def test_the_year_before_stays(self, tmp_path: Path) -> None:
        plan = solved(deal(tmp_path, 0, 0, 0, 0))
        assert by_date(plan, "shortfall") == pytest.approx({"2026-07-01": -6, "2027-07-01": -8})
        assert cost(plan) == pytest.approx(6 + 8 + FEE)


class TestTies:
    TIED: ClassVar[dict[str, str]] = {
        **BANK, **owned(0.4),
        "guarantors": "guarantor,kind,families,fee_rate,requires_offer\nbank,lease,tpu,0,deal\n",
    }  # fmt: skip

    # A guarantor that is tied to the deal takes on a hall in 2028 only if the deal has not ended by then.
    @pytest.mark.parametrize(("floor", "ends"), [(1, False), (500, True)])
    @pytest.mark.parametrize("tier", ["1,1", "0.5,2", "0,1"])
    def test_a_tie_sees_it_end(self, tmp_path: Path, floor: float, ends: bool, tier: str) -> None:
        hall = {"ready_date": "2028-01-01", "term_years": 1, "min_share": 1} | COVERED
        status = {"status": "open"} if tier.startswith("0,") else {}
        case = deal(
            tmp_path, 1, 1, 0.4, right="offer,from_year\ndeal,3\n", floors=(6, 8, floor), tier=tier, **status,
            tables={**self.TIED, "site_leases": sites(hall)},
        )  # fmt: skip
        plan = solved(case.change("cloud_terms[deal,3].capacity_gw = 0"))
        assert bool(values(plan, "ended", "key")) == ends
        assert bool(values(plan, "exercise", "offer").get("hall")) == (not ends)

    # A deal of size 0 that is "ended" pays no fee, and gives no room either.
    def test_size_0(self, tmp_path: Path) -> None:
        hall = {"ready_date": "2026-01-01", "term_years": 1, "min_share": 1} | COVERED
        case = deal(
            tmp_path,
            0.4,
            0,
            0,
            right=FREE,
            tier="0,1",
            status="open",
            floors=(9000, 1, 1),
            tables={**self.TIED, "site_leases": sites(hall)},
        )
        plan = solved(case.change("cloud_products[deal,tpu_a,here].max_gw = 0"))
        assert not values(plan, "exercise", "offer")
        assert cost(plan) == pytest.approx(40)


class TestNoMoneyMachine:
    # Where nothing is needed nothing is signed to be ended, whatever it does to limits and after the end.
    @pytest.mark.parametrize("horizon", ["fair", "cut", "charge"])
    @pytest.mark.parametrize("prepay", [0, 1])
    def test_nothing_is_earned(self, tmp_path: Path, horizon: str, prepay: float) -> None:
        case = deal(
            tmp_path, 0, 0, 0, toml=f'horizon = "{horizon}"\n', right=FREE, status="open", prepay_share=prepay,
            equity_usd_bn=1, floors=(0, 8, 10, 12), signing_fee_usd_bn=0.1, tier="0.5,2",
        )  # fmt: skip
        case = case.change("chips[tpu_a].reference_price_usd_bn_per_gw_year = 1000")
        assert cost(solved(case)) == pytest.approx(0)

    # Ended on the last day it loses what is worth something after it, and the unused part of what was paid on signing.
    def test_the_last_day(self, tmp_path: Path) -> None:
        fair = 'horizon = "fair"\n'
        last = "offer,from_year,notice_months\ndeal,2,6\n"
        case = deal(tmp_path, 1, 1, toml=fair, right=last, signing_fee_usd_bn=0.4)
        plan = solved(case.change("chips[tpu_a].reference_price_usd_bn_per_gw_year = 12"))
        # Going on costs nothing after the end, and half of the fee comes back.
        assert not values(plan, "ended", "key")
        assert cost(plan) == pytest.approx(20 + 0.2)
        plan = solved(case.change("chips[tpu_a].reference_price_usd_bn_per_gw_year = 5"))
        # Going on would cost 11 net of what it is worth; ended it costs no fee, and the signing fee is lost.
        assert values(plan, "ended", "key")
        assert cost(plan) == pytest.approx(20 + 0.4)

    # Equity of 12 is at most what is paid over the horizon: 14 if it ends after two years, so that it may be signed,
    # and 6 if it ends after one, so that it goes on, at any price.
    @pytest.mark.parametrize(("year", "ended"), [(3, True), (2, False)])
    def test_circular_funding_sees_what_is_still_paid(self, tmp_path: Path, year: int, ended: bool) -> None:
        circular = (
            "policy,kind,subject,from_date,value,penalty\ncircular,funding_from_provider_max,cloud,2026-01-01,1,\n"
        )
        only = f"offer,from_year,fee_usd_bn_per_gw\ndeal,{year},\ndeal,{year + 1},1000\n"
        plan = solved(deal(tmp_path, 0, 0, 0, 0, right=only, equity_usd_bn=12, tables={"policies": circular}))
        assert bool(values(plan, "ended", "key")) == ended
        ((_, paid),) = used(plan, "policies", "funding_from_provider_max/cloud").values()
        assert paid == pytest.approx(14 if ended else 36)
        assert by_date(plan, "equity") == {"2026-01-01": pytest.approx(12)}
        assert cost(plan) == pytest.approx(paid)


class TestRoll:
    @pytest.mark.parametrize(
        ("months", "horizon", "cells"),
        [
            (6, "fair", {}),
            (3, "charge", {"shortfall": "credit"}),
            (12, "cut", {"prepay_share": 0.4}),
            (6, "fair", {"prepay_share": 0.4, "signing_fee_usd_bn": 0.2, "equity_usd_bn": 1}),
            (6, "fair", {"shortfall": "rollover", "rollover_share": 0.5}),
            (6, "charge", {"tier": "0.5,2", "equity_usd_bn": 1, "prepay_share": 0.3}),
        ],
    )
    def test_the_later_case_says_the_same(
        self, tmp_path: Path, months: int, horizon: str, cells: dict[str, Any]
    ) -> None:
        plan = solved(deal(tmp_path, 1, 1, 0, 0, months=months, rate=0.1, toml=f'horizon = "{horizon}"\n', **cells))
        assert values(plan, "ended", "key")
        later = at_every_start(plan, steps=8)
        assert any(row.ends_on for made in later.values() for row in made.case.rows(CloudCommitment))
        still_best(plan, "2027-01-01", "2028-01-01")


# Signed, from 1 April 2024 on, and to end on 1 April 2027: the floors of its second and third years, as nothing
# is said to be spent in the second before 2026, the fee for the year that would begin, and nine months without.
@pytest.mark.parametrize("months", [12, 6, 3, 1])
def test_parts_of_periods(tmp_path: Path, months: int) -> None:
    cells: dict[str, str | float] = {
        "status": "signed", "sign_by": "", "lead_months": "", "start_date": "2024-04-01", "ends_on": "2027-04-01",
    }  # fmt: skip
    plan = solved(deal(tmp_path, 1, 1, 0, months=months, **cells))
    assert cost(plan) == pytest.approx(8 + 10 + 12 * 3 / 12 + 0.5 + 75)


# By quarters it may be ended on 1 April 2027 or 2028, by years on neither, which the plan says.
@pytest.mark.parametrize("months", [12, 3])
def test_only_where_a_period_starts(tmp_path: Path, months: int) -> None:
    cells: dict[str, str | float] = {"status": "signed", "sign_by": "", "lead_months": "", "start_date": "2025-04-01"}
    ledgers = posted(deal(tmp_path, 1, 1, 0, months=months, right=FREE, **cells))
    said = [note for offer, note in ledgers.notes if offer == "deal" and "ended" in note]
    assert said == (["it may not be ended on 2026-04-01, as no period starts then, nor a year later"] * (months == 12))
    assert ("ended" in {group.name for group in ledgers.groups}) == (months == 3)


# 1 GW is asked for in 2028 or none, as likely, which is known on the notice day: it ends on one branch only.
def test_ended_on_one_branch(tmp_path: Path) -> None:
    asked = '"demand[2028-01-01,here,training].demand_gw = {}"'
    case = deal(
        tmp_path, 1, 1, 1, right="offer,from_year,notice_months,fee_months\ndeal,3,12,3\n", months=12,
        floors=(6, 8, 10),
        tables={
            "events": "event,known_on\ngrowth,2027-01-01\n",
            "outcomes": "event,outcome,given,probability,changes\n"
            f"growth,high,,0.5,{asked.format(1)}\ngrowth,low,,0.5,{asked.format(0)}\n",
        },
    )  # fmt: skip
    found = hedged(case)
    assert costs(found) == pytest.approx({"high": 30, "low": 22.5})
    assert policy(found, "ended") == {("growth:low", "deal"): 1.0}


def test_what_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError) as refused:
        deal(tmp_path, 1, right="offer,from_year\ndeal,5\n", ends_on="2028-01-01")
    assert [str(each) for each in refused.value.problems] == [
        "cloud_commitments.csv:2 ends_on: expected a blank where status is not signed, found '2028-01-01'",
        "terminations.csv:2 from_year: expected a year that begins before the term of 4 years is over, found '5'",
    ]
    with pytest.raises(DataError, match="other"):
        deal(tmp_path / "2", 1, right=FREE + "other,2\n")
    signed: dict[str, str | float] = {"status": "signed", "sign_by": "", "lead_months": "", "start_date": "2026-01-01"}
    with pytest.raises(DataError, match="the first day of a contract year in which"):
        deal(tmp_path / "3", 1, ends_on="2027-01-01", **signed)
