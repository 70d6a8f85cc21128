"""Chip leases that end before their terms are over, on the terms of terminations.

10 are raised on 1 January 2026 for four years, 5 of debt and 5 of equity without interest, and buy 0.5 GW, which cost
0.25 a year to keep up. So 2.5 a year are paid, 1.25 in each half of it. The lease may be ended from the start of its
third year on, with a notice of six months and a fee of four months of rent, 2.5 / 3, and 2 a GW, 1. On 1 January 2028
5 are outstanding, and 2.5 a year later: more than that.
"""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.instruments.chip_lease.lessee_default import default
from planner.instruments.chip_lease.tables import ChipLease
from planner.interfaces.events import Event
from planner.plan.plan import Plan
from tests.hedge.plans import costs, hedged, policy
from tests.instruments.test_chip_lease import lease_tables
from tests.instruments.test_lease_renewals import by_decision
from tests.plans import cost, line, solved
from tests.roll.holding import at_every_start, still_best
from tests.small import by_date, demand, posted, sites, small, sums, used, values

RIGHT = "offer,from_year,notice_months,fee_months,fee_usd_bn_per_gw\nspv,3,6,4,2\n"
FREE = "offer,from_year\nspv,2\n"
HALL = sites({"capacity_mw": 500, "rent_usd_per_kw_month": 0, "min_share": 1, "status": "signed"})
COLUMNS = ",reserve_months,dscr_min,llcr_min,lab_share,rate_index"
PAID, UPKEEP = 2.5, 0.25
V = "spv,2026-01-01,(unsupported)"
THIRD = f"{V},2027-07-01,3"


def leased(
    folder: Path, *gw: float, right: str | None = RIGHT, months: int = 6, rate: float = 0.0, toml: str = "",
    debt: str = "A,debt,1,0.5,0.5,0,,0,false,,,,,", equity: str = "equity,equity,2,0.5,0.5,0,,0,false,,,,,",
    resale: tuple[float, ...] = (1.0, 0.8, 0.6, 0.4, 0.2), deliveries: str = "spv,0,1",
    more: dict[str, str] | None = None, **cells: str,
) -> Case:  # fmt: skip
    """The lease, which has to be signed at the start, and what is asked for in each year."""
    tables: dict[str, Any] = lease_tables(
        (debt, equity), resale=resale, deliveries=deliveries,
        **{"status": "required", "min_usd_bn": "10", "max_usd_bn": "10", "term_years": "4", "advance_share": "1.5",
           "support_guarantor": ""} | cells,
    )  # fmt: skip
    tables["spv_tranches"] = tables["spv_tranches"].replace(",supported\n", f",supported{COLUMNS}\n", 1)
    if not cells.get("support_guarantor"):
        del tables["guarantors"], tables["guarantor_caps"]
    given = tables | {"demand": demand(*gw), "site_leases": HALL, "terminations": right} | (more or {})
    return small(folder, end=2026 + len(gw), months=months, rate=rate, toml=toml, **given)


def ended(plan: Plan) -> list[str]:
    """The notice days of what ends."""
    return [key.split("notice_on ")[1][:10] for key in values(plan, "ended", "key")]


# It is decided in t = 3 to end on 1 January 2028, the start of t = 4, in a case to 2029.
def test_what_an_end_posts(tmp_path: Path) -> None:
    ledgers = posted(leased(tmp_path, 0, 0, 0, toml='horizon = "charge"\n'))
    amount = f"chip_lease.ended_amount[{THIRD}]"
    debt, fee = f"chip_lease.ended_tranche[{THIRD},A]", f"chip_lease.ended_fee[{THIRD}]"
    assert by_decision(ledgers, "chips", "chips")[amount] == pytest.approx(dict.fromkeys((4, 5), -0.05))
    # Of each 1 of debt an eighth is paid in each half of a year, also in 2029, after the end.
    assert by_decision(ledgers, "dues", "lease_payment")[debt] == pytest.approx(dict.fromkeys(range(4, 8), -0.125))
    owed = by_decision(ledgers, "obligations", "lease_payment")[debt]
    assert owed == pytest.approx({3: -0.5, 4: -0.5, 5: -0.375})
    assert by_decision(ledgers, "fixed_charges", "lease_payment")[debt] == pytest.approx(
        {3: -0.125, 4: -0.25, 5: -0.25}
    )
    for ledger in ("obligations", "fixed_charges", "dues"):
        assert by_decision(ledgers, ledger, "termination_fee")[fee] == pytest.approx({3: 1})
    liability = by_decision(ledgers, "debt", "lease_liability")
    assert liability[fee] == pytest.approx({3: 1.06**-0.5})
    left = [liability[debt].get(t, 0.0) + value for t, value in liability[f"chip_lease.tranche[{V},A]"].items()]
    assert left[3:] == pytest.approx([0.125 * 1.06**-0.5, 0, 0], abs=1e-12)
    late = [value for kind, _, value in sums(ledgers, "lease_payment") if kind == "beyond_horizon" and value > 0]
    assert late == pytest.approx([0.125] * 8)  # of both tranches, for an end in 2028 and for one on the last day


@pytest.mark.parametrize(
    ("wanted", "right", "ends", "expected"),
    [
        # 5 and 0.5 for two years, and 5 to the lenders and the owners: less by two years of upkeep.
        ((0, 0, 0, 0), RIGHT, ["2027-07-01"], 5 + 0.5 + 5),
        ((0.5, 0.5, 0.5, 0), RIGHT, ["2028-07-01"], 7.5 + 0.75 + 2.5),
        ((0.5, 0.5, 0, 0.5), RIGHT, [], 11),
        ((0.5, 0, 0, 0), FREE, ["2027-01-01"], 2.5 + 0.25 + 7.5),
        # Ten months of rent, 25 / 12, and 6 a GW, 3: 0.08 more than what is outstanding.
        ((0, 0, 0, 0), "offer,from_year,fee_months,fee_usd_bn_per_gw\nspv,3,10,6\n", ["2028-01-01"], 5.5 + 25 / 12 + 3),
        # Twelve months and 8 a GW, 6.5, are dearer than to go on.
        ((0, 0, 0, 0), "offer,from_year,fee_months,fee_usd_bn_per_gw\nspv,3,12,8\n", [], 11),
    ],
)
def test_ended_where_it_is_worth_it(
    tmp_path: Path, wanted: tuple[float, ...], right: str, ends: list[str], expected: float
) -> None:
    plan = solved(leased(tmp_path, *wanted, right=right))
    assert (ended(plan), cost(plan)) == (ends, pytest.approx(expected))


# 4 to 10 are raised in any mix: with 0.2 GW all of 4 and of its tranches ends, and 2 are outstanding.
def test_all_of_it_ends(tmp_path: Path) -> None:
    parts = {"debt": "A,debt,1,0,1,0,,0,false,,,,,", "equity": "equity,equity,2,0.2,1,0.1,,0,false,,,,,"}
    plan = solved(leased(tmp_path, 0.2, 0.2, 0, 0, min_usd_bn="4", **parts))
    (whole,) = values(plan, "ended_amount", "key").values()
    assert whole == pytest.approx(4)
    parts = plan.decisions[plan.decisions["what"] == "ended_tranche"]
    assert parts["value"].sum() == pytest.approx(4)
    assert line(plan, "termination_fee") > 2


# 10 % on debt of 5 that leaves a balloon of 0.464 of it: 1.4641 − 0.464 = 1 of each is paid by 0.1 · 1 / 0.4641 a year.
def test_balloons_are_paid(tmp_path: Path) -> None:
    level = (1.1**4 - 0.4) * 0.1 / (1.1**4 - 1)
    owed = 1.1 * (1.1 - level) - level
    case = leased(tmp_path, 0.5, 0.5, 0, 0, months=12, debt="A,debt,1,0.5,0.5,0.1,,0.4,false,,,,,", right=FREE)
    case = case.change("chips[tpu_a].opex_usd_bn_per_gw_year = 4")
    plan = solved(case)
    assert ended(plan) == ["2028-01-01"]
    assert line(plan, "termination_fee") == pytest.approx(5 * owed + 2.5)
    assert cost(plan) == pytest.approx(2 * (5 * level + 1.25) + 4 + 5 * owed + 2.5)


class TestSupport:
    """All of the debt is supported, at a tenth a year of what the chips' value does not cover, and 1 % of the debt."""

    def case(self, folder: Path, *gw: float, right: str | None = RIGHT, **how: Any) -> Case:
        case = leased(
            folder, *gw, right=right, debt="A,debt,1,0.8,0.8,0,,0,true,,,,,", months=12, support_guarantor="maker",
            equity="equity,equity,2,0.2,0.2,0,,0,false,,,,,", resale=(0.5, 0.4, 0.2, 0.1, 0), **how,
        )  # fmt: skip
        return case.change("guarantors[maker,residual].spread_rate = 0.01")

    # 8 − 5, then 6 − 4; from 2028 on nothing.
    def test_it_ends_too(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, 0, 0, 0, 0, right=FREE.replace("2", "3"), signing_fee_usd_bn="0.1"))
        assert ended(plan) == ["2028-01-01"]
        assert {key: value for key, value in by_date(plan, "support", "guarantees").items() if value > 1e-9} == (
            pytest.approx({"2026-01-01": 3, "2027-01-01": 2})
        )
        assert line(plan, "guarantee_fee") == pytest.approx(0.5)
        assert line(plan, "support_spread") == pytest.approx(0.14)
        assert cost(plan) == pytest.approx(0.1 + 5 + 0.5 + 5 + 0.5 + 0.14)

    # The cap is there for 3 in 2026, 2 in 2027, and 1 in 2028: 4 − 2 would be too much. All that is outstanding has to
    # be paid for the room, as cheap as the table is.
    def test_room_under_a_cap_costs_what_is_outstanding(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, 0, 0, 0, 0, right=FREE).change("chips[tpu_a].opex_usd_bn_per_gw_year = 0")
        case = case.change("+guarantor_caps{guarantor=maker, kind=residual, from_date=2028-01-01, cap_usd_bn=1}")
        plan = solved(case)
        assert values(plan, "ended", "key")
        ends = ended(plan)[0]
        assert line(plan, "termination_fee") == pytest.approx({"2027-01-01": 7.5, "2028-01-01": 5}[ends])
        assert used(plan, "guarantor_cap", "maker/residual")["2028-01-01"][0] == pytest.approx(0)

    # A guarantor that is tied to the lease takes on a hall in 2028 only if the lease still runs.
    def test_a_tie_sees_it_end(self, tmp_path: Path) -> None:
        ledgers = posted(leased(tmp_path, 0, 0, 0, 0, more={
            "guarantors": "guarantor,kind,families,fee_rate,requires_offer\nbank,lease,tpu,0,spv\n",
            "guarantor_caps": "guarantor,kind,from_date,cap_usd_bn\nbank,lease,2026-01-01,100\n",
        }))  # fmt: skip
        met = by_decision(ledgers, "running_met", "running_met")
        assert met[f"chip_lease.ended[{THIRD}]"] == dict.fromkeys(range(4, 8), -1)
        assert by_decision(ledgers, "running_tied", "running_tied")[f"chip_lease.ended_amount[{THIRD}]"] == (
            pytest.approx(dict.fromkeys(range(4, 8), -0.1))
        )


class TestOtherTerms:
    # The chips would be bought for 3 in 2030; from the notice on that is not owed, and they are gone.
    def test_bought(self, tmp_path: Path) -> None:
        row = {"end_option": "buy", "end_price_share": "0.3"}
        plan = solved(leased(tmp_path, 0, 0, 0, 0, 0, resale=(1, 0.5, 0.25, 0.1, 0), **row))
        assert ended(plan) == ["2027-07-01"]
        assert cost(plan) == pytest.approx(10.5)
        assert line(plan, "buyout") == pytest.approx(0)
        assert line(plan, "resale") == pytest.approx(0)
        owed = {day: value for day, value in by_date(plan, "buyout", "obligations").items() if value > 1e-9}
        assert owed == pytest.approx(dict.fromkeys(("2026-01-01", "2026-07-01", "2027-01-01"), 3))
        kept = solved(leased(tmp_path / "2", 0.5, 0.5, 0.5, 0.5, 0.5, resale=(1, 0.5, 0.25, 0.1, 0), **row))
        assert (ended(kept), line(kept, "buyout")) == ([], pytest.approx(3))

    # Six months of the debt, 0.625, come back on the day.
    def test_reserves(self, tmp_path: Path) -> None:
        plan = solved(leased(tmp_path, 0, 0, 0, 0, debt="A,debt,1,0.5,0.5,0,,0,false,6,,,,"))
        back = {day: value for day, value in by_date(plan, "reserve_returned").items() if abs(value) > 1e-9}
        assert back == pytest.approx({"2028-01-01": 0.625})
        assert cost(plan) == pytest.approx(10.5)

    # All equity is the lab's: 5 paid in and 0.625 a half-year back. Of the fee of 5 and the 6 that the chips fetch in
    # 2028, 2.5 go to the lenders and 8.5 to the lab.
    def test_equity_of_the_lab(self, tmp_path: Path) -> None:
        plan = solved(leased(tmp_path, 0, 0, 0, 0, equity="equity,equity,2,0.5,0.5,0,,0,false,,,,1,"))
        got = {day: value for day, value in by_date(plan, "distribution").items() if abs(value) > 1e-9}
        assert got == pytest.approx(
            dict.fromkeys(("2026-01-01", "2026-07-01", "2027-01-01", "2027-07-01"), 0.625) | {"2028-01-01": 8.5}
        )
        assert cost(plan) == pytest.approx(10.5 + 5 - 2.5 - 8.5)

    # At 4 % until 2028: the level payment of 5 is 5 · 0.04 / (1 − 1.04^−4). From 2028 on 9 % would be due: that of the
    # balance of the day counts, and not what comes.
    def test_a_rate_that_floats(self, tmp_path: Path) -> None:
        level = 5 * 0.04 / (1 - 1.04**-4)
        owed = (5 * 1.04 - level) * 1.04 - level
        plan = solved(leased(
            tmp_path, 0, 0, 0, 0, months=12, debt="A,debt,1,0.5,0.5,0,,0,false,,,,,base",
            more={"indices": "index,from_date,level\nbase,2024-01-01,0.04\nbase,2028-01-01,0.09\n"},
        ))  # fmt: skip
        assert ended(plan) == ["2027-01-01"]
        assert line(plan, "termination_fee") == pytest.approx(owed + 2.5)
        assert cost(plan) == pytest.approx(2 * (level + 1.25) + 0.5 + owed + 2.5)

    # The debt of a consolidated SPV is there until the day, and its fee no liability.
    def test_consolidated(self, tmp_path: Path) -> None:
        plan = solved(leased(tmp_path, 0, 0, 0, 0, toml="consolidate_spv = true\n"))
        owed = {day: value for day, value in by_date(plan, "spv_debt", "debt").items() if value > 1e-9}
        assert owed == pytest.approx({"2026-01-01": 5, "2026-07-01": 4.375, "2027-01-01": 3.75, "2027-07-01": 3.125})
        assert "lease_liability" not in set(plan.ledger["line"])

    # On a default in 2028 nothing is owed any more; before, the debt is.
    def test_a_default(self, tmp_path: Path) -> None:
        plan = solved(leased(tmp_path, 0, 0, 0, 0))
        before = default(Event(event="e", kind="lessee_default", subject="spv", from_date=date(2027, 7, 1)), plan)
        assert before.claims[0].owed == pytest.approx(3.125)
        with pytest.raises(DataError, match="payments to come on 2028-01-01"):
            default(Event(event="e", kind="lessee_default", subject="spv", from_date=date(2028, 1, 1)), plan)


class TestNoMoneyMachine:
    # Where nothing is needed nothing is leased to be ended, whatever it does after the end.
    @pytest.mark.parametrize("horizon", ["fair", "cut", "charge"])
    @pytest.mark.parametrize("end", ["return", "buy"])
    @pytest.mark.parametrize("lab", ["", "1"])
    def test_nothing_is_earned(self, tmp_path: Path, horizon: str, end: str, lab: str) -> None:
        case = leased(
            tmp_path, 0, 0, 0, right=FREE, toml=f'horizon = "{horizon}"\n', status="open", min_usd_bn="0",
            max_usd_bn="40", equity=f"equity,equity,2,0.5,0.5,0.1,,0.3,false,,,,{lab},", end_option=end,
            debt="A,debt,1,0.5,0.5,0.05,,0.2,false,6,,,,",
        )  # fmt: skip
        assert cost(solved(case)) == pytest.approx(0)

    # It does not pay to end it on the last day, nor is more taken back than is due: 5.5 in two years, and 5 later, of
    # which 4 are what the chips are worth to the lab until they go back, 6 less 2.
    @pytest.mark.parametrize(("horizon", "after"), [("cut", 0), ("charge", 5), ("fair", 1)])
    def test_the_last_day(self, tmp_path: Path, horizon: str, after: float) -> None:
        plan = solved(leased(tmp_path, 0.5, 0.5, right=FREE, toml=f'horizon = "{horizon}"\n'))
        assert cost(plan) == pytest.approx(5.5 + after)
        if horizon != "charge":
            assert not values(plan, "ended", "key")

    # Chips for a peak of a year cost all that was raised: to hand them back saves nothing but upkeep.
    def test_chips_for_a_short_peak(self, tmp_path: Path) -> None:
        case = leased(tmp_path, 0.5, 0, 0, 0, right=FREE, status="open", min_usd_bn="0")
        plan = solved(case)
        assert ended(plan) == ["2027-01-01"]
        assert cost(plan) == pytest.approx(10 + 0.25)


class TestRoll:
    @pytest.mark.parametrize(
        ("months", "how"),
        [
            (6, {"toml": 'horizon = "fair"\n', "signing_fee_usd_bn": "0.1"}),
            (12, {"toml": 'horizon = "charge"\nconsolidate_spv = true\n'}),
            (3, {"equity": "equity,equity,2,0.5,0.5,0.1,,0.3,false,,,,0.5,", "rate": 0.1}),
            (6, {"end_option": "buy", "end_price_share": "0.3", "debt": "A,debt,1,0.5,0.5,0.05,,0.2,false,6,,,,"}),
            (6, {"deliveries": "spv,0,0.5\nspv,9,0.5"}),
            (6, {"right": "offer,from_year,notice_months,fee_months\nspv,3,12,30\n"}),
        ],
    )
    def test_the_later_case_says_the_same(self, tmp_path: Path, months: int, how: dict[str, Any]) -> None:
        case = leased(tmp_path, 0.4, 0.4, 0, 0, 0, months=months, **how)
        plan = solved(case.change("chips[tpu_a].opex_usd_bn_per_gw_year = 3"))
        assert values(plan, "ended", "key")
        later = at_every_start(plan, steps=10)
        assert any(row.ends_on for made in later.values() for row in made.case.rows(ChipLease))
        still_best(plan, "2027-01-01", "2028-01-01", "2029-01-01")

    def test_with_support_and_a_floating_rate(self, tmp_path: Path) -> None:
        plan = solved(leased(
            tmp_path, 0.4, 0.4, 0, 0, 0, debt="A,debt,1,0.5,0.9,0,,0,true,,,,,base", support_guarantor="maker",
            equity="equity,equity,2,0.1,0.5,0.05,,0,false,,,,,", min_usd_bn="8", resale=(0.6, 0.4, 0.2, 0.1, 0),
            more={"indices": "index,from_date,level\nbase,2024-01-01,0.04\nbase,2027-04-01,0.09\n"},
        ))  # fmt: skip
        assert values(plan, "ended", "key")
        at_every_start(plan, steps=10)


# Signed in 2024, and to end on 1 April 2027, which lies inside a year and a half: 2.5 of rent and 0.25 of upkeep a year
# for 15 months, and the 2.5 that are outstanding a year before the end of the term.
@pytest.mark.parametrize("months", [12, 6, 3, 1])
def test_parts_of_periods(tmp_path: Path, months: int) -> None:
    case = leased(
        tmp_path, 0, 0, 0, months=months, status="signed", sign_from="2024-04-01", sign_by="", ends_on="2027-04-01",
        debt="A,debt,1,0.5,0.5,0,,0,false,6,,,,",
    )  # fmt: skip
    plan = solved(case)
    assert cost(plan) == pytest.approx(1.25 * 2.75 + 2.5 - 0.625)
    assert line(plan, "termination_fee") == pytest.approx(2.5)
    at_every_start(plan, steps=3)


# 10 % on all, from 1 April 2024: what is outstanding on 1 April 2027 is the level payment of a last year, whatever the
# periods, but that its parts are paid in arrears of their periods.
@pytest.mark.parametrize("index", ["", "base"])
def test_a_balance_inside_a_period(tmp_path: Path, index: str) -> None:
    rate = "0" if index else "0.1"
    case = leased(
        tmp_path, 0, 0, 0, months=12, status="signed", sign_from="2024-04-01", sign_by="", ends_on="2027-04-01",
        debt=f"A,debt,1,0.5,0.5,{rate},,0,false,,,,,{index}",
        equity=f"equity,equity,2,0.5,0.5,{rate},,0,false,,,,,{index}",
        more={"indices": "index,from_date,level\nbase,2024-01-01,0.1\n"} if index else {},
    )  # fmt: skip
    # Payments at the ends of years, and the parts of 0.75 and of 0.25 of a whole one at first and last.
    left, due = 10.0, [0.75, 1.75, 2.75, 3.75, 4.0]
    weights = [0.75, 1, 1, 1, 0.25]
    level = 10 / sum(w * 1.1**-u for w, u in zip(weights, due, strict=True))
    for weight, span in zip(weights[:3], (0.75, 1, 1), strict=True):
        left = left * 1.1**span - weight * level
    owed = left * 1.1**0.25 - 0.25 * level
    assert line(solved(case), "termination_fee") == pytest.approx(owed)


# Upkeep of 0.5 a GW makes it worth ending where 0.5 GW are not asked for in 2028, which is as likely as not.
def test_ended_on_one_branch(tmp_path: Path) -> None:
    asked = '"demand[2028-01-01,here,training].demand_gw = {}"'
    case = leased(
        tmp_path, 0.5, 0.5, 0.5, 0.5, right=RIGHT.replace("3,6", "3,12"),
        more={
            "events": "event,known_on\ngrowth,2027-01-01\n",
            "outcomes": "event,outcome,given,probability,changes\n"
            f"growth,high,,0.5,{asked.format(0.5)}\n"
            f'growth,low,,0.5,{asked.format(0)[:-1]}; demand[2029-01-01,here,training].demand_gw = 0"\n',
        },
    )  # fmt: skip
    found = hedged(case)
    assert costs(found) == pytest.approx({"high": 11, "low": 10.5})
    assert {key: value for key, value in policy(found, "ended").items() if value > 0} == {("growth:low", "spv"): 1.0}


def test_what_is_refused(tmp_path: Path) -> None:
    def problems(folder: str, **how: Any) -> list[str]:
        with pytest.raises(DataError) as refused:
            leased(tmp_path / folder, 0, **how)
        return [f"{each.column}: {each.expected}" for each in refused.value.problems]

    assert problems("1", right=FREE + "spv,5\n", ends_on="2027-01-01", deliveries="spv,0,0.5\nspv,12,0.5") == [
        "ends_on: a blank where status is not signed",
        "from_year: a year that begins after the last delivery, 12 months after the first",
        "from_year: a year that begins before the term of 4 years is over",
    ]
    order = "offer,chip,vendor,status,min_gw,max_gw,sign_by,deposit_share\norder,tpu_a,maker,open,0,1,,0\n"
    assert problems(
        "2", buys_from="order", deliveries="spv,0,1\norder,0,1", more={"chip_purchases": order},
        debt="A,debt,1,0.5,0.5,0,,0,false,,1,1,,",
    ) == [
        "dscr_min: a blank, as spv may be ended early",
        "llcr_min: a blank, as spv may be ended early",
        "offer: a chip lease whose buys_from is blank",
    ]  # fmt: skip
    signed = {"status": "signed", "sign_by": "", "sign_from": "2025-01-01"}
    says = "ends_on: the first day of a contract year in which terminations.csv lets it end"
    assert problems("3", **signed, ends_on="2026-01-01") == [says]
    assert problems("4", **signed, ends_on="2029-01-01") == [says]
    assert problems("5", **signed, ends_on="2027-06-01") == [says]
    assert not leased(tmp_path / "6", 0, **signed, ends_on="2027-01-01").rows(ChipLease)[0].trapped_usd_bn


# Signed in February 2025: by years no period starts on 1 February, so that it may not be ended then.
def test_days_off_the_grid_are_said(tmp_path: Path) -> None:
    case = leased(
        tmp_path, 0, 0, 0, months=12, status="signed", sign_by="", sign_from="2025-02-01", right=FREE
    )  # fmt: skip
    plan = solved(case)
    assert "ended" not in set(plan.decisions["what"])
    assert any("may not be ended on 2026-02-01" in note for note in plan.record.notes)
