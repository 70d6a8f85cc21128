"""Prices, rents and rates that follow an index: worked out by hand, at every length of period, and on later days."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from planner import generate
from planner.api import Case
from planner.basics.errors import DataError
from planner.case.plausibility import slips
from planner.catalogue import CATALOGUE
from planner.common.indices import IndexLevel
from planner.instruments.cloud_commitment.contract_checks import contract_checks
from planner.instruments.cloud_commitment.tables import CloudCommitment
from planner.instruments.term_loan.tables import TermLoan
from planner.portfolio.portfolio import Portfolio
from planner.studies.engine import InThisProcess
from planner.studies.prices import prices
from planner.studies.stress import Event, stress
from planner.tables.offer import OfferStatus
from tests.hedge.plans import hedged
from tests.plans import cost, line, lines, signed, solved
from tests.roll.holding import at_every_start, still_best
from tests.small import by_date, cloud, demand, owned, sites, small

MONTHS = (12, 6, 3, 1)
MARKET = "index,from_date,level\nmarket,2026-01-01,1\nmarket,2026-07-01,1.5\n"
"""1 in the first half of 2026, 1.5 from then on: 1.25 on average in 2026"""
YEARLY = (
    "index,from_date,level\nmarket,2025-01-01,0.5\nmarket,2026-01-01,1\nmarket,2027-01-01,1.5\nmarket,2028-01-01,2\n"
)


def priced(
    folder: Path, *changes: str, months: int = 12, indices: str = MARKET, end: int = 2028, **tables: str
) -> Case:
    """1 GW asked for in 2026 and 2027, and a contract for it at 10 that follows the market."""
    found = {**cloud(floors=(0.0, 0.0)), "demand": demand(1), "indices": indices} | tables
    case = small(folder, months=months, end=end, **found)
    return case.change("cloud_commitments[deal].price_index = market", *changes)


class TestCloud:
    # 10 · 1.25 in 2026 and 10 · 1.5 in 2027, whatever the length of the periods.
    @pytest.mark.parametrize("months", MONTHS)
    def test_the_price_runs_with_the_index(self, tmp_path: Path, months: int) -> None:
        assert cost(solved(priced(tmp_path, months=months))) == pytest.approx(27.5)

    # The level of the day on which the contract starts: 1 in January 2026, 1.5 a year later.
    def test_the_price_resets(self, tmp_path: Path) -> None:
        resets = "cloud_commitments[deal].price_resets = true"
        assert cost(solved(priced(tmp_path / "now", resets))) == pytest.approx(20.0)
        late = priced(tmp_path / "late", resets, "cloud_commitments[deal].lead_months = 12", demand=demand(0, 1))
        assert cost(solved(late)) == pytest.approx(15.0)

    # Signed in 2025 at the level of then, which was a half.
    def test_a_price_that_was_set_before_the_start(self, tmp_path: Path) -> None:
        tables = cloud(floors=(0.0, 0.0)) | {
            "cloud_commitments": (
                "offer,provider,status,start_date,term_years,shortfall,price_index,price_resets\n"
                "deal,cloud,signed,2025-01-01,2,forfeit,market,true\n"
            )
        }
        assert cost(solved(priced(tmp_path / "known", indices=YEARLY, demand=demand(1, 0), **tables))) == pytest.approx(
            5
        )
        with pytest.raises(
            DataError, match="price_index: expected an index with a level on 2025-01-01, as the contract"
        ):
            priced(tmp_path / "unknown", **tables)

    # 0.8 of the price in the second contract year, on top of the index: 12.5 and 12.
    @pytest.mark.parametrize("months", MONTHS)
    def test_a_factor_by_contract_year(self, tmp_path: Path, months: int) -> None:
        case = priced(tmp_path, "cloud_terms[deal,2].price_factor = 0.8", months=months)
        assert cost(solved(case)) == pytest.approx(24.5)
        alone = case.change("cloud_commitments[deal].price_index = blank")
        assert cost(solved(alone)) == pytest.approx(18.0)

    # The floor of 14 in 2026 is met by spend of 12.5 and a shortfall of 1.5; that of 14 in 2027 by spend of 15. As a
    # credit the 1.5 pays for the 1 above the floor of 2027.
    @pytest.mark.parametrize("months", MONTHS)
    def test_floors_are_met_by_what_is_spent(self, tmp_path: Path, months: int) -> None:
        case = priced(tmp_path, months=months, **cloud(floors=(14.0, 14.0), capacity=1, status="required"))
        plan = solved(case)
        assert (line(plan, "spend"), line(plan, "shortfall")) == pytest.approx((27.5, 1.5))
        credit = solved(case.change("cloud_commitments[deal].shortfall = credit"))
        assert (line(credit, "shortfall"), line(credit, "shortfall_credit")) == pytest.approx((1.5, -1.0))

    # A prepayment of 14 out of floors of 28 pays for the first spend, at the prices of its day.
    def test_a_prepayment_buys_at_the_level_of_the_day(self, tmp_path: Path) -> None:
        case = priced(tmp_path, "cloud_commitments[deal].prepay_share = 0.5", **cloud(floors=(14.0, 14.0)))
        plan = solved(case)
        assert line(plan, "prepayment") == pytest.approx(14.0)
        assert line(plan, "prepayment_drawn") == pytest.approx(-14.0)
        assert cost(plan) == pytest.approx(29.0)

    # A floor of 15 a year buys 1 GW at 10 · 1.5 after the end too, where the market is as dear: nothing is lost. With
    # a reset at 1 the floor buys 1.5 GW of what costs 15, but is worth no more than is paid for it.
    def test_what_floors_buy_after_the_end(self, tmp_path: Path) -> None:
        tables = cloud(floors=(12.5, 15.0, 15.0, 15.0), status="required")
        for name, changes in (("runs", ()), ("resets", ("cloud_commitments[deal].price_resets = true",))):
            case = priced(tmp_path / name, *changes, 'case.horizon = "fair"', **tables)
            found = lines(solved(case))
            assert found["floor"] + found["value_after_end"] == pytest.approx(0.0), name
        dear = priced(tmp_path / "dear", 'case.horizon = "fair"', "cloud_terms[deal,3].floor_usd_bn = 30", **tables)
        dear = dear.change("cloud_terms[deal,3].capacity_gw = 1", "cloud_terms[deal,4].capacity_gw = 1")
        found = lines(solved(dear))
        assert found["floor"] + found["value_after_end"] == pytest.approx(15.0)

    @pytest.mark.parametrize("changes", [(), ("cloud_commitments[deal].price_resets = true",)])
    def test_on_later_days(self, tmp_path: Path, changes: tuple[str, ...]) -> None:
        for name, more in (("forfeit", ()), ("credit", ("cloud_commitments[deal].shortfall = credit",))):
            tables = cloud(floors=(14.0, 14.0, 14.0))
            case = priced(tmp_path / name, *changes, *more, months=6, end=2029, **tables)
            plan = solved(case.change("cloud_terms[deal,2].price_factor = 0.8"))
            at_every_start(plan)
            still_best(plan, "2026-07-01", "2027-07-01")


# Idle machines at 12 a GW-year, or at 1 a month for 1 GW: 15 in 2026 and 18 in 2027, at the level of each day.
@pytest.mark.parametrize("months", MONTHS)
@pytest.mark.parametrize(
    "price",
    [
        "fee_usd_bn_per_month\nidle,other,tpu_a,here,1,true,1",
        "price_usd_bn_per_gw_year\nidle,other,tpu_a,here,1,true,12",
    ],
)
def test_spare_machines(tmp_path: Path, months: int, price: str) -> None:
    column, row = price.split("\n")
    spare = f"offer,provider,chip,region,max_gw,firm,{column},price_index\n{row},market\n"
    case = small(tmp_path, months=months, demand=demand(1), indices=MARKET, spare_capacity=spare)
    plan = solved(case)
    assert cost(plan) == pytest.approx(33.0)
    at_every_start(plan, steps=3)


# The offer ends in March 2027, a quarter into the year: 12 · 1.25 and 12 · 1.5 / 4.
@pytest.mark.parametrize("months", MONTHS)
def test_spare_machines_for_part_of_a_period(tmp_path: Path, months: int) -> None:
    spare = (
        "offer,provider,chip,region,max_gw,firm,price_usd_bn_per_gw_year,to_date,price_index\n"
        "idle,other,tpu_a,here,1,true,12,2027-04-01,market\n"
    )
    case = small(tmp_path, months=months, shortage=0.0, demand=demand(1), indices=MARKET, spare_capacity=spare)
    plan = solved(case.change("case.shortage_cost_usd_bn_per_gw_year = 20"))
    assert line(plan, "spare_use") == pytest.approx(15.0 + 4.5)


def halls(
    folder: Path, *changes: str, months: int = 12, indices: str = YEARLY, end: int = 2029, **cells: str | float
) -> Case:
    """Halls of 1 GW at a rent of 1.2 a GW-year, and 1 GW of chips that cost nothing."""
    phase: dict[str, str | float] = {"capacity_mw": 1000, "status": "required", "min_share": 1, "term_years": 3}
    tables = {"indices": indices, "demand": demand(1), **owned(1), "site_leases": sites(phase | cells)}
    return small(folder, months=months, end=end, **tables).change(*changes)


class TestHalls:
    # Lease years begin in July: 1.2 · 1 in the first, a tenth more and 1.5 in the next, and 2 · 1.21 in the last.
    # Until the end of 2028 that is 1.2, 1.98 and half of 2.904.
    @pytest.mark.parametrize("months", MONTHS)
    def test_the_rent_of_a_lease_year(self, tmp_path: Path, months: int) -> None:
        case = halls(tmp_path, months=min(months, 6), ready_date="2026-07-01", rent_index="market", escalator_rate=0.1)
        plan = solved(case)
        assert line(plan, "rent") == pytest.approx(1.2 + 1.98 + 1.452)
        rent = plan.ledger[(plan.ledger["line"] == "rent") & (plan.ledger["ledger"] == "obligations")]
        assert rent["value"].max() == pytest.approx(1.2 + 1.98 + 2.904)

    # Under way since July 2025, when the level was a half: 0.6 until July 2026, then 1.2, then 1.8 for half a year.
    @pytest.mark.parametrize("months", MONTHS)
    def test_a_lease_under_way(self, tmp_path: Path, months: int) -> None:
        cells = {"status": "signed", "stage": "existing", "commences_on": "2025-07-01", "rent_index": "market"}
        case = halls(tmp_path / "known", months=months, **cells)
        assert line(solved(case), "rent") == pytest.approx(0.3 + 1.2 + 1.8)
        with pytest.raises(DataError, match="rent_index: expected an index with a level on 2025-07-01"):
            halls(tmp_path / "unknown", indices=MARKET, **cells)

    # No rent in the first half of 2026. With a ramp half of the halls stand until July 2027.
    def test_with_free_months_and_a_ramp(self, tmp_path: Path) -> None:
        case = halls(tmp_path, months=6, rent_free_months=6, rent_index="market")
        assert line(solved(case), "rent") == pytest.approx(0.6 + 1.8 + 2.4)
        ramped = case.change(
            "+site_ramps{offer=hall, months=0, share=0.5}", "+site_ramps{offer=hall, months=18, share=1}"
        )
        assert line(solved(ramped), "rent") == pytest.approx(0.3 + 0.45 + 0.9 + 2.4)

    # 57 USD per MWh are 0.5 a GW-year: 0.5, 0.75 and 1.
    @pytest.mark.parametrize("months", MONTHS)
    def test_power(self, tmp_path: Path, months: int) -> None:
        price = 0.5 / 8.76e-3
        case = halls(tmp_path, months=months, power_usd_per_mwh=price, power_index="market")
        plan = solved(case)
        assert line(plan, "power") == pytest.approx(0.5 + 0.75 + 1.0)
        power = plan.tables["capacity"].query("measure == 'power'")
        assert set(power["power_usd_bn_per_gw_year"]) == {"0.5 by market"}

    # Half of the machines run in halls whose power follows no index, and which is cheaper from 2027 on.
    def test_halls_whose_power_is_cheaper_later(self, tmp_path: Path) -> None:
        fixed, moves = 0.6 / 8.76e-3, 0.5 / 8.76e-3
        one = {"offer": "one", "phase": 1, "power_usd_per_mwh": fixed}
        other = {"offer": "other", "phase": 2, "power_usd_per_mwh": moves, "power_index": "market"}
        both = sites(*({"capacity_mw": 1000, "status": "required", "min_share": 1} | each for each in (one, other)))
        plan = solved(small(tmp_path, end=2029, indices=YEARLY, demand=demand(1), **owned(1), site_leases=both))
        assert by_date(plan, "power") == pytest.approx({"2026-01-01": -0.5, "2027-01-01": -0.6, "2028-01-01": -0.6})

    @pytest.mark.parametrize("months", [12, 6])
    def test_on_later_days(self, tmp_path: Path, months: int) -> None:
        cells: dict[str, str | float] = {"rent_index": "market", "power_index": "market", "power_usd_per_mwh": 60}
        plan = solved(halls(tmp_path, months=months, ready_date="2026-07-01", ready_by="2027-01-01", **cells))
        at_every_start(plan)

    # Owed after the end: a lease at the market's rent neither gains nor loses, as the market follows the same index.
    def test_after_the_end(self, tmp_path: Path) -> None:
        case = halls(tmp_path, 'case.horizon = "fair"', end=2028, rent_index="market", term_years=5)
        found = lines(solved(case))
        kinds = solved(case).ledger.groupby("kind")["present_value_usd_bn"].sum()
        assert kinds["beyond_horizon"] == pytest.approx(3 * 2.4)
        assert found["value_after_end"] == pytest.approx(-3 * 2.4)


RATE = "index,from_date,level\nbase,2025-01-01,0.04\nbase,2027-07-01,0.06\n"


def lent(
    folder: Path, *changes: str, months: int = 12, indices: str = RATE, rate: float = 0.0, **cells: str | float
) -> Case:
    """10 that were drawn before the start of 2026 at 2 % above the base rate, and are repaid at the end of 2028."""
    row: dict[str, str | float] = {
        "facility": "bank", "lender": "A bank", "to_date": "2025-12-31", "limit_usd_bn": 10, "rate": 0.02,
        "rate_index": "base", "repay_by": "2029-01-01", "drawn_usd_bn": 10,
    }  # fmt: skip
    row |= cells
    table = f"{','.join(row)}\n{','.join(map(str, row.values()))}\n"
    case = small(folder, end=2030, months=months, rate=rate, demand=demand(0), indices=indices, term_loans=table)
    return case.change(*changes)


class TestLoans:
    # 6 % until July 2027 and 8 % from then on, on 10: 0.6, then 10 · (1.06 · 1.08)^½ − 10, then 0.8. A cap of 7 % and a
    # floor of 6.5 % are the rate where they bind.
    @pytest.mark.parametrize(
        ("cells", "one", "two"),
        [({}, 0.06, 0.08), ({"rate_cap": 0.07}, 0.06, 0.07), ({"rate_floor": 0.065}, 0.065, 0.08),
         ({"rate_floor": 0.07, "rate_cap": 0.07}, 0.07, 0.07)],
    )  # fmt: skip
    def test_interest(self, tmp_path: Path, cells: dict[str, str | float], one: float, two: float) -> None:
        between = ((1 + one) * (1 + two)) ** 0.5 - 1
        paid = {"2026-01-01": -10 * one, "2027-01-01": -10 * between, "2028-01-01": -10 * two}
        assert by_date(solved(lent(tmp_path / "years", **cells)), "interest") == pytest.approx(paid)
        halves = by_date(solved(lent(tmp_path / "halves", months=6, **cells)), "interest")
        assert halves["2027-01-01"] == pytest.approx(-10 * ((1 + one) ** 0.5 - 1))
        assert halves["2027-07-01"] == pytest.approx(-10 * ((1 + two) ** 0.5 - 1))

    # What is charged in the next twelve months is with the rates that are expected.
    def test_fixed_charges(self, tmp_path: Path) -> None:
        found = by_date(solved(lent(tmp_path, months=6)), "debt_service", "fixed_charges")
        half, other = 1.06**0.5 - 1, 1.08**0.5 - 1
        expected = [20 * half, 20 * half, 10 * (half + other), 20 * other, 20 * other, 10 * other]
        assert list(found.values()) == pytest.approx(expected)

    @pytest.mark.parametrize("months", [12, 6])
    @pytest.mark.parametrize("amortises", ["true", "false"])
    def test_on_later_days(self, tmp_path: Path, months: int, amortises: str) -> None:
        cells = {"amortises": amortises, "rate_cap": 0.07}
        at_every_start(solved(lent(tmp_path, months=months, rate=0.05, **cells)), steps=4)

    def test_events(self, tmp_path: Path) -> None:
        """In July 2027 the base rate is 3 points higher than expected: 11 % without a cap, 7.5 % with one."""
        for cap, rate in (("", 0.11), (0.075, 0.075)):
            case = lent(tmp_path / f"cap {cap}", months=6, rate_cap=cap)
            plan = solved(case)
            event = Event(event="e", kind="rate_rises", subject="base", from_date=date(2027, 7, 1), value=0.03)
            after = stress(plan, [event]).outcomes[-1].after
            assert after is not None
            later = by_date(after, "interest")
            assert later["2027-01-01"] == by_date(plan, "interest")["2027-01-01"]
            assert later["2028-07-01"] == pytest.approx(-10 * ((1 + rate) ** 0.5 - 1))

    # The base rate of 4 % becomes 6 % or 2 % in July 2027, each in half of all futures, or stays. A cap of 6.5 % on the
    # whole rate keeps the first at 6.5 %.
    @pytest.mark.parametrize(("cap", "high"), [("", 0.08), (0.065, 0.065)])
    def test_a_tree(self, tmp_path: Path, cap: str | float, high: float) -> None:
        case = lent(tmp_path, months=6, indices="index,from_date,level\nbase,2025-01-01,0.04\n", rate_cap=cap).change(
            "+events{event=rates, known_on=2027-07-01}",
            "+outcomes{event=rates, outcome=high, probability=0.5, kind=rate_rises, subject=base, value=0.02}",
            "+outcomes{event=rates, outcome=low, probability=0.5, kind=rate_falls, subject=base, value=0.02}",
        )
        paid = {rate: 10 * ((1 + rate) ** 0.5 - 1) for rate in (0.06, high, 0.04)}
        expected = 3 * paid[0.06] + 3 * (0.5 * paid[high] + 0.5 * paid[0.04])
        assert hedged(case).record.objective_usd_bn == pytest.approx(expected)


# The charges of a loan that is drawn already are those of the next twelve months: at 6 %, or at 8 % for the other half
# of it in one future, which is known half a year later. The cover of 1.2 is kept in both.
def test_charges_to_come_may_differ_before_the_news(tmp_path: Path) -> None:
    case = lent(tmp_path, months=6, indices="index,from_date,level\nbase,2025-01-01,0.04\n").change(
        "+finance{from_date=2026-01-01, revenue_usd_bn_per_year=10, other_cost_share=0, cover_min=1.2}",
        "+events{event=rates, known_on=2027-07-01}",
        "+outcomes{event=rates, outcome=high, probability=0.5, kind=rate_rises, subject=base, value=0.02}",
        "+outcomes{event=rates, outcome=same, probability=0.5}",
    )
    half, other = 10 * (1.06**0.5 - 1), 10 * (1.08**0.5 - 1)
    found = hedged(case)
    assert found.record.objective_usd_bn == pytest.approx(4.5 * half + 1.5 * other)
    charges = sorted(by_date(plan, "debt_service", "fixed_charges")["2027-01-01"] for plan in found.plans.values())
    assert charges == pytest.approx([2 * half, half + other])


# In 2028 the rate of 6 % is 12 % in half of all futures. 10 may be repaid early then at a fee of 8 %, less than
# interest of 1.2 and more than 0.6.
def test_a_rate_that_rises_is_escaped_by_repaying_early(tmp_path: Path) -> None:
    terms: dict[str, str | float] = {"prepay_fee_rate": 0.08, "prepay_from": "2028-01-01"}
    case = lent(tmp_path, indices="index,from_date,level\nbase,2025-01-01,0.04\n", **terms).change(
        "+events{event=rates, known_on=2028-01-01}",
        "+outcomes{event=rates, outcome=high, probability=0.5, kind=rate_rises, subject=base, value=0.06}",
        "+outcomes{event=rates, outcome=same, probability=0.5}",
    )
    found = hedged(case)
    assert found.record.objective_usd_bn == pytest.approx(0.6 + 0.6 + 0.5 * 0.8 + 0.5 * 0.6)
    assert sorted(line(plan, "prepay_fee") for plan in found.plans.values()) == pytest.approx([0.0, 0.8])


# A contract at 10 that follows the market, or one at 11 whose price was set. The market may be at 1.4 of its level from
# 2027 on: for both years together the first costs 20 or 24, the second 22. At even chances the price that was set is as
# good; at 0.6 it is better, and is signed at the root.
@pytest.mark.parametrize(("chance", "best", "expected"), [(0.4, "deal", 21.6), (0.6, "set", 22.0)])
def test_a_price_that_is_set_is_worth_more_where_the_market_may_rise(
    tmp_path: Path, chance: float, best: str, expected: float
) -> None:
    tables = {name: text + text.splitlines()[1].replace("deal", "set") + "\n" for name, text in cloud().items()}
    terms = "offer,contract_year,capacity_gw,floor_usd_bn\n"
    tables["cloud_commitments"] = tables["cloud_commitments"].replace(",0,1,forfeit", ",0,2,forfeit")
    tables["cloud_terms"] = terms + "".join(f"{name},{year},1,0\n" for name in ("deal", "set") for year in (1, 2))
    case = small(tmp_path, demand=demand(1), indices="index,from_date,level\nmarket,2026-01-01,1\n", **tables).change(
        "cloud_commitments[*].exclusive_group = one",
        "cloud_commitments[deal].price_index = market",
        "cloud_tiers[set,*].price_usd_bn_per_gw_year = 11",
        "+events{event=boom, known_on=2027-01-01}",
        f"+outcomes{{event=boom, outcome=yes, probability={chance}, kind=index_moves, subject=market, value=1.4}}",
        f"+outcomes{{event=boom, outcome=no, probability={1 - chance}}}",
    )
    found = hedged(case)
    assert found.record.objective_usd_bn == pytest.approx(expected)
    assert all(signed(plan) == {best} for plan in found.plans.values())


class TestTables:
    def refused(self, folder: Path, indices: str, *changes: str, match: str) -> None:
        with pytest.raises(DataError, match=match):
            priced(folder, *changes, indices=f"index,from_date,level\n{indices}")

    def test_nonsense(self, tmp_path: Path) -> None:
        level = "indices.csv:2 level: expected a number above 0, as prices follow market, found '0'"
        self.refused(tmp_path / "a", "market,2026-01-01,0\n", match=level)
        late = "indices.csv:2 from_date: expected a date not after the case's start 2026-01-01, as the first of market"
        self.refused(tmp_path / "b", "market,2026-02-01,1\n", match=late)
        self.refused(tmp_path / "c", "other,2026-01-01,1\n", match="an index of indices.csv, found 'market'")
        resets = "price_resets: expected false where price_index is blank"
        with pytest.raises(DataError, match=resets):
            priced(
                tmp_path / "d",
                "cloud_commitments[deal].price_index = blank",
                "cloud_commitments[deal].price_resets = true",
            )
        with pytest.raises(DataError, match="expected a number above 0 as price_factor"):
            priced(tmp_path / "e", "cloud_terms[deal,1].price_factor = 0")

    def test_nobody_names_it(self, tmp_path: Path) -> None:
        case = priced(tmp_path, "cloud_commitments[deal].price_index = blank")
        assert cost(solved(case.change("indices[market,2026-01-01].level = -3"))) == pytest.approx(20.0)

    def test_rates(self, tmp_path: Path) -> None:
        for name, cells, indices, match in (
            ("high", {}, "base,2025-01-01,4\n", "level: expected a yearly rate from -0.05 to 0.5, as in 0.04 for 4 %"),
            ("low", {}, "base,2025-01-01,-0.03\n", "rate_floor: expected a rate of at least 0, as base falls to -0.03"),
            ("order", {"rate_floor": 0.05, "rate_cap": 0.04}, "base,2025-01-01,0.01\n", "expected a number not below"),
            ("alone", {"rate_index": "", "rate_cap": 0.04}, "base,2025-01-01,0.01\n", "a blank where rate_index is b"),
        ):  # fmt: skip
            with pytest.raises(DataError, match=match):
                lent(tmp_path / name, indices=f"index,from_date,level\n{indices}", **cells)
        floor = lent(tmp_path / "ok", indices="index,from_date,level\nbase,2025-01-01,-0.03\n", rate_floor=0)
        assert cost(solved(floor)) == pytest.approx(0.0)

    def test_one_index_is_not_both(self, tmp_path: Path) -> None:
        case = priced(tmp_path, indices="index,from_date,level\nmarket,2026-01-01,0.4\n")
        loan = "+term_loans{facility=bank, lender=B, limit_usd_bn=1, rate=0.02, rate_index=market, repay_by=2027-01-01}"
        with pytest.raises(
            DataError, match=r"rate_index: expected an index that no price names \(cloud_commitments.csv:2"
        ):
            case.change(loan)

    def test_levels_far_from_one_are_slips(self, tmp_path: Path) -> None:
        found = slips(priced(tmp_path, indices="index,from_date,level\nmarket,2026-01-01,100\n"))
        assert [(each.file, each.line, each.column) for each in found] == [("indices.csv", 2, "level")]
        assert "from 0.1 to 10, as 1 is the price that is stated" in found[0].expected


# What a careless optimiser would like: money that it is paid to borrow, and rates that fall below 0 by an event.
def test_no_event_pays_for_borrowing(tmp_path: Path) -> None:
    plan = solved(lent(tmp_path, months=6))
    event = Event(event="e", kind="rate_falls", subject="base", from_date=date(2027, 7, 1), value=0.1)
    with pytest.raises(DataError, match="rate_floor: expected a rate of at least 0"):
        stress(plan, [event])


# A generated case in which all that may follow an index does, and the same without further terms.
def test_generated_cases(tmp_path: Path) -> None:
    made = generate.case_files(30, periods=6, seed=3, terms=1.0)
    case = Case.made_of(made, CATALOGUE)
    assert {row.index for row in case.rows(IndexLevel)} == {"base_rate", "price_market", "rent_market", "power_market"}
    assert all(row.price_index for row in case.rows(CloudCommitment) if row.status is not OfferStatus.SIGNED)
    assert all(row.rate_index and row.rate < 0.07 for row in case.rows(TermLoan))
    assert "indices.csv" not in generate.case_files(30, periods=6, seed=3)
    assert generate.case_files(30, periods=6, seed=3, terms=1.0) == made


# In 2027 the market is a fifth dearer than expected: 10 · 1.5 · 1.2 for a price that runs, and nothing for one that
# was set when the contract began.
@pytest.mark.parametrize(("resets", "later"), [("false", 18.0), ("true", 10.0)])
def test_a_market_that_moves(tmp_path: Path, resets: str, later: float) -> None:
    case = priced(tmp_path, f"cloud_commitments[deal].price_resets = {resets}")
    event = Event(event="e", kind="index_moves", subject="market", from_date=date(2027, 1, 1), value=1.2)
    after = stress(solved(case), [event]).outcomes[-1].after
    assert after is not None
    assert by_date(after, "spend")["2027-01-01"] == pytest.approx(-later)


# 100 a GW-year are lost without the contract. It is used as long as its price is below that: in 2027, at 1.5 times the
# price, up to 66.7, and in 2026, at 1.25 times the price, up to 80.
def test_the_price_at_which_it_is_worth_signing(tmp_path: Path) -> None:
    (found,) = prices(solved(priced(tmp_path)), offers=["deal"], with_limits=False, engine=InThisProcess).offers
    assert found.walk_away == pytest.approx(100 / 1.25, rel=0.005)


# An audit works the level out by itself: spend at another level leaves another shortfall.
def test_an_audit_finds_a_level_that_is_not_the_cases(tmp_path: Path) -> None:
    case = priced(tmp_path / "case", **cloud(floors=(14.0, 14.0), capacity=1, status="required"))
    ledgers = Portfolio.of(case).ledgers
    plan = solved(case)
    x = np.array([plan.values.get(name, 0.0) for name in ledgers.names])
    assert not [check.says for check in contract_checks(case, ledgers, x) if check.broken]
    other = case.change("indices[market,2026-07-01].level = 1.4")
    wrong = [check.says for check in contract_checks(other, ledgers, x) if check.broken]
    assert wrong == ["deal from 2026-01-01, tier only, contract year 1: what is short of the floor is paid"]
