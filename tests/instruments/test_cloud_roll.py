"""Commitments over time: what a plan leaves of them to the case of a later day, and what a case may say of the past."""

from datetime import date
from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.instruments.cloud_commitment.settlement import settled as settle
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudProduct, CloudTerm
from planner.instruments.cloud_commitment.vintages import vintages
from planner.plan.plan import Plan
from planner.roll.advance import advance
from tests.plans import cost, line, lines, solved
from tests.roll.holding import held
from tests.small import demand, small, used, values

OFFERS = "offer,provider,status,start_date,lead_months,sign_by,term_years,shortfall,rollover_share,prepay_share"
TIERS = "offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max"
TERMS = "offer,contract_year,capacity_gw,floor_usd_bn,spent_usd_bn"
ANEW = "required,,0,2026-01-01"
LIMIT = "policy,kind,subject,from_date,value,penalty\ncircular,funding_from_provider_max,cloud,2026-01-01,{}\n"


def deal(
    folder: Path,
    *,
    floors: tuple[float, ...] = (10.0, 10.0, 10.0),
    signing: str = ANEW,
    shortfall: str = "forfeit",
    rollover: float | str = "",
    prepay: float = 0.0,
    more: dict[str, float | str] | None = None,
    spent: float | str = "",
    tiers: str = "deal,only,10,1,1",
    end: int | str = 2029,
    months: int = 12,
    rate: float = 0.0,
    toml: str = "",
    **tables: str,
) -> Case:
    """One commitment of 5 GW at 10 a GW-year, a year per floor; `more` are further columns of its row."""
    header, cells = ",".join([OFFERS, *(more or {})]), ",".join(map(str, (more or {}).values()))
    row = f"deal,cloud,{signing},{len(floors)},{shortfall},{rollover},{prepay}" + (f",{cells}" if more else "")
    years = [f"deal,{year},5,{floor},{spent if year == 1 else ''}" for year, floor in enumerate(floors, start=1)]
    given = {
        "cloud_commitments": f"{header}\n{row}\n",
        "cloud_tiers": f"{TIERS}\n{tiers}\n",
        "cloud_terms": "\n".join([TERMS, *years, ""]),
        "cloud_products": "offer,chip,region,price_factor,from_date\ndeal,tpu_a,here,1,2025-01-01\n",
        **tables,
    }
    return small(folder, end=end, months=months, rate=rate, toml=toml, **given)


def rolled(plan: Plan, day: str) -> Case:
    """The case of a later day, once the plan's remaining decisions say the same there and are the best for the rest."""
    return held(plan, day).case


def offer(case: Case) -> CloudCommitment:
    """The only commitment."""
    (row,) = case.rows(CloudCommitment)
    return row


def same(cell: object) -> object:
    """The value of a cell, in which a number may differ by rounding."""
    return pytest.approx(cell, rel=1e-6, abs=1e-6) if isinstance(cell, float) else cell


class TestGone:
    """5 GW at 10 a GW-year for three years from 2026 on, a floor of 10 in each; the provider is gone from a day on."""

    # Two years are served where it is gone in the course of the second; the case of a later day says the same.
    @pytest.mark.parametrize(("gone", "years"), [("2027-01-01", 1), ("2027-05-01", 2), ("2028-01-01", 2)])
    @pytest.mark.parametrize("prepay", [0.0, 0.5])
    def test_what_is_served(self, tmp_path: Path, gone: str, years: int, prepay: float) -> None:
        case = deal(tmp_path, prepay=prepay, demand=demand(0.5, 0.5, 0.5), more={"gone_from": gone})
        plan = solved(case)
        # Floors of 10 are owed in the years that are served. Half of 30 is prepaid; of that 5 are lost after one year.
        paid = max(10 * years, 15 if prepay else 0)
        assert cost(plan) == pytest.approx(paid + 50 * (3 - years))
        for day in ("2027-01-01", "2028-01-01"):
            rolled(plan, day)

    def test_halves(self, tmp_path: Path) -> None:
        plan = solved(deal(tmp_path, months=6, demand=demand(0.5, 0.5, 0.5), more={"gone_from": "2027-05-01"}))
        assert cost(plan) == pytest.approx(20 + 50)
        for day in ("2026-07-01", "2027-01-01", "2027-07-01", "2028-07-01"):
            rolled(plan, day)


class TestTierAndScale:
    """1.3 GW asked for; tiers at 12 up to scale 1 and at 10 from 1.2 to 4, of 1 GW each, with a floor of 8 a year."""

    def plan(self, folder: Path) -> Plan:
        case = deal(
            folder,
            floors=(8, 8, 8),
            tiers="deal,dear,12,0.5,1\ndeal,cheap,10,1.2,4",
            demand=demand(1.3),
            cloud_terms=f"{TERMS}\ndeal,1,1,8,\ndeal,2,1,8,\ndeal,3,1,8,\n",
        )
        return solved(case)

    # Scale 1.3, 13 a year, above the floor of 10.4.
    def test_tiers_stay_as_offered(self, tmp_path: Path) -> None:
        plan = self.plan(tmp_path)
        case = rolled(plan, "2027-01-01")
        row = offer(case)
        assert (row.status, row.start_date, row.lead_months) == ("signed", date(2026, 1, 1), None)
        assert (row.signed_tier, row.signed_scale) == ("cheap", pytest.approx(1.3))
        assert case.files["cloud_tiers.csv"] == plan.case.files["cloud_tiers.csv"]
        ((vintage,), _) = vintages(case)
        assert (vintage.least, vintage.most) == pytest.approx((1.3, 1.3))
        assert (vintage.smallest, vintage.largest) == (0.5, 4.0)
        assert cost(solved(case)) == pytest.approx(26.0)

    # What was spent is money: 13 at scale 1.3 is 10 per unit of scale.
    def test_sums_are_divided_by_the_scale(self, tmp_path: Path) -> None:
        row = {"signed_tier": "cheap", "signed_scale": 1.3}
        case = deal(
            tmp_path,
            signing="signed,2025-07-01,,",
            tiers="deal,dear,12,0.5,1\ndeal,cheap,10,1.2,4",
            spent=13,
            more=row,
        )
        ((vintage,), _) = vintages(case)
        assert vintage.years[0].left_usd_bn == pytest.approx(10.0 - 13.0 / 1.3)
        assert vintage.key == ("deal", "2025-07-01", "cheap")

    # Its scale is outside the tier by a rounding error: nothing is demanded of it.
    def test_a_scale_by_a_solver(self, tmp_path: Path) -> None:
        case = self.plan(tmp_path).case.change(
            "cloud_commitments[deal].status = signed",
            "cloud_commitments[deal].start_date = 2026-01-01",
            "cloud_commitments[deal].lead_months = blank",
            "cloud_commitments[deal].signed_tier = dear",
            "cloud_commitments[deal].signed_scale = 1.0000000001",
        )
        assert cost(solved(case)) == pytest.approx(36 + 90)


@pytest.mark.parametrize("months", [1, 3, 6, 12])
def test_spent_in_the_year_under_way(tmp_path: Path, months: int) -> None:
    """From October 2025 on, 0.5 GW at 10, which is above the floor: by January 2027, a quarter of 5 in the second year.

    At the start 1 had been spent in the first year, with a floor of 4: 3.75 more are.
    """
    case = deal(
        tmp_path, floors=(4, 4, 4), signing="signed,2025-10-01,,", spent=1, months=months, end=2028, demand=demand(0.5)
    )
    later = rolled(solved(case), "2027-01-01")
    spent = [row.spent_usd_bn for row in later.rows(CloudTerm)]
    assert spent == pytest.approx([0.0, 1.25, 0.0])
    if months < 12:
        earlier = rolled(solved(case), "2026-07-01")
        assert [row.spent_usd_bn for row in earlier.rows(CloudTerm)] == pytest.approx([3.5, 0.0, 0.0])
        again = rolled(solved(earlier), "2027-01-01")
        assert [row.spent_usd_bn for row in again.rows(CloudTerm)] == pytest.approx(spent)


# The end cuts the year under way: of the floor of 12 from July 2025 on, 9 are due by April 2026, and 2 of 9 were spent
# by its start in January. Of what is to come, a floor of 1 a month is owed, whatever was spent.
def test_the_end_inside_the_year_under_way(tmp_path: Path) -> None:
    case = deal(
        tmp_path, floors=(12,), signing="signed,2025-07-01,,", spent=2, months=3, end="2026-04-01", demand=demand(0)
    )
    ((vintage,), _) = vintages(case)
    (year,) = vintage.years
    assert (year.due_usd_bn, year.left_usd_bn, dict(vintage.owed)) == (9.0, 7.0, {0: 3.0, 1: 3.0})
    assert cost(solved(case)) == pytest.approx(7.0)


class TestPrepaid:
    """Three floors of 10, half of it prepaid: 15. 1 GW at 10 a year draws 10 in the first year and 5 in the second."""

    @pytest.mark.parametrize(("day", "left"), [("2027-01-01", 5.0), ("2028-01-01", 0.0)])
    def test_what_is_left(self, tmp_path: Path, day: str, left: float) -> None:
        case = deal(tmp_path, prepay=0.5, rate=0.1, toml='horizon = "fair"\n')
        later = rolled(solved(case), day)
        assert offer(later).prepaid_left_usd_bn == pytest.approx(left)
        assert "prepayment" not in lines(solved(later))

    # Within the first year the part that was drawn is known: 5 of 5 spent by July.
    def test_what_was_drawn(self, tmp_path: Path) -> None:
        later = rolled(solved(deal(tmp_path, prepay=0.5, rate=0.1, months=6)), "2026-07-01")
        first, *_ = later.rows(CloudTerm)
        assert (first.spent_usd_bn, first.drawn_usd_bn) == pytest.approx((5.0, 5.0))
        assert offer(later).prepaid_left_usd_bn == pytest.approx(10.0)

    # Of 8 spent before the start, the prepayment of 6 paid for 6, unless the row says otherwise. 7 are left to spend.
    @pytest.mark.parametrize(("drawn", "most"), [("blank", 6.0), ("3", 3.0)])
    def test_by_its_terms(self, tmp_path: Path, drawn: str, most: float) -> None:
        case = deal(tmp_path, floors=(10, 10), signing="signed,2025-07-01,,", prepay=0.3, spent=8, end=2027, months=6,
                    demand=demand(0))  # fmt: skip
        case = case.change(f"cloud_terms[deal,1].drawn_usd_bn = {drawn}")
        ((vintage,), _) = vintages(case)
        assert (vintage.years[0].drawn_usd_bn, vintage.drawable_usd_bn) == pytest.approx((most, 6.0 - most))
        assert cost(solved(case)) == pytest.approx(2.0 + 5.0 - (6.0 - most))


class TestCredits:
    """Three floors of 10; 0.5, 1.5 and 1.2 GW: 5 are short in the first year, and pay for the 5 above in the second."""

    def test_left(self, tmp_path: Path) -> None:
        plan = solved(deal(tmp_path, shortfall="credit", demand=demand(0.5, 1.5, 1.2)))
        assert cost(plan) == pytest.approx(10 + 10 + 12)
        later = rolled(plan, "2027-01-01")
        assert offer(later).credits_left_usd_bn == pytest.approx(5.0)
        assert line(solved(later), "shortfall_credit") == pytest.approx(-5.0)
        last = rolled(solved(later), "2028-01-01")
        assert offer(last).credits_left_usd_bn == pytest.approx(0.0)
        assert cost(solved(last)) == pytest.approx(12.0)

    # Signed in 2025, 5 credits left; 1 GW in 2026 and 1.5 in 2027: 5 above the floor in 2027. The credits pay for it if
    # they last to the end of 2027; if 2 of them do not, 3 are left for it. A credit that lapses is of no use in 2026,
    # as nothing is above the floor then.
    @pytest.mark.parametrize(
        ("until", "lapsing", "expected"),
        [("", "", 20.0), ("2027-12-31", "", 20.0), ("2027-12-30", "", 25.0), ("2026-12-31", 2, 22.0)],
    )
    def test_until(self, tmp_path: Path, until: str, lapsing: str | int, expected: float) -> None:
        more = {"credits_left_usd_bn": 5, "credits_until": until, "credits_lapsing_usd_bn": lapsing}
        case = deal(
            tmp_path,
            signing="signed,2025-01-01,,",
            shortfall="credit",
            end=2028,
            more=more,
            demand=demand(1.0, 1.5),
        ).change("cloud_terms[deal,2].capacity_gw = 1")
        plan = solved(case)
        assert cost(plan) == pytest.approx(expected)
        later = offer(rolled(plan, "2027-01-01"))
        assert later.credits_left_usd_bn == pytest.approx(25.0 - expected)
        assert later.credits_until == (date(2027, 12, 31) if until == "2027-12-31" else None)

    # None is left, and none of 2026 can be used: 0.5 GW leave 5 short of that year, which pay for 5 above the floor of
    # 2027. So 10 are paid in 2026 and 15 less 5 in 2027, whatever day is said of credits that are not there.
    @pytest.mark.parametrize("until", ["2024-12-31", "2025-12-31", "2026-12-31"])
    def test_until_where_none_is_left(self, tmp_path: Path, until: str) -> None:
        more = {"credits_left_usd_bn": 0, "credits_until": until}
        signing = "signed,2025-01-01,,"
        case = deal(tmp_path, signing=signing, shortfall="credit", end=2028, more=more, demand=demand(0.5, 1.5))
        plan = solved(case)
        assert cost(plan) == pytest.approx(20.0)
        rolled(plan, "2027-01-01")

    # The year under way had 12 of its floor of 10 spent before the start: 2 of the 5 credits pay for them. Nothing more
    # can be used, and half of the third floor is short.
    def test_for_what_was_spent_before(self, tmp_path: Path) -> None:
        case = deal(
            tmp_path,
            signing="signed,2024-07-01,,",
            shortfall="credit",
            months=6,
            end=2027,
            more={"credits_left_usd_bn": 5},
            demand=demand(0),
        ).change("cloud_terms[deal,2].spent_usd_bn = 12", "cloud_terms[deal,*].capacity_gw = 0")
        plan = solved(case)
        assert values(plan, "credit_used", "contract_year") == pytest.approx({"2": 2.0})
        assert cost(plan) == pytest.approx(-2.0 + 5.0)

    def test_blank_means_none(self, tmp_path: Path) -> None:
        case = deal(tmp_path, signing="signed,2025-01-01,,", shortfall="credit")
        remark = "credits_left_usd_bn is blank: no shortfall was paid before the start that pays for later spend"
        assert vintages(case)[1] == [("deal", remark)]


class TestRollover:
    """Three floors of 10, all of which may be rolled in; 2 GW in the first year only: 20, 0 and 10."""

    def test_carried_in(self, tmp_path: Path) -> None:
        plan = solved(deal(tmp_path, shortfall="rollover", rollover=1, demand=demand(2, 0, 0)))
        later = rolled(plan, "2027-01-01")
        assert offer(later).rollover_usd_bn == pytest.approx(10.0)
        assert cost(solved(later)) == pytest.approx(10.0)
        assert offer(rolled(solved(later), "2028-01-01")).rollover_usd_bn == pytest.approx(0.0)

    # 4 of 10 by what is given, or 3 by the share: 6 or 7 are short in 2026. Nothing is carried to 2027.
    @pytest.mark.parametrize(("share", "expected"), [(0.5, 16.0), (0.3, 17.0)])
    @pytest.mark.parametrize("limit", [False, True])
    def test_from_a_year_before_the_start(self, tmp_path: Path, share: float, expected: float, limit: bool) -> None:
        tables = {"policies": LIMIT.format("1,")} if limit else {}
        case = deal(
            tmp_path,
            signing="signed,2025-01-01,,",
            shortfall="rollover",
            rollover=share,
            end=2028,
            more={"rollover_usd_bn": 4},
            demand=demand(0),
            **tables,
        )
        plan = solved(case)
        assert cost(plan) == pytest.approx(expected)
        rolled(plan, "2027-01-01")

    # A contract that began with the case has no year before it.
    def test_only_where_a_year_has_ended(self, tmp_path: Path) -> None:
        case = deal(
            tmp_path,
            signing="signed,2025-07-01,,",
            shortfall="rollover",
            rollover=1,
            end=2027,
            months=6,
            more={"rollover_usd_bn": 4},
            demand=demand(0),
        )
        assert vintages(case)[1] == [
            ("deal", "no contract year has ended before the start: its rollover_usd_bn does not count")
        ]
        assert cost(solved(case)) == pytest.approx(15.0)


class TestCircularDeals:
    """Three floors of 10, 1 GW at 10 a year: 30 are paid, and 6 of equity received."""

    def case(self, folder: Path, limit: str, **other: object) -> Case:
        return deal(folder, more={"equity_usd_bn": 6}, policies=LIMIT.format(limit), **other)  # type: ignore[arg-type]

    def test_the_limit_stays_as_it_was(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, "0.25,"))
        assert used(plan, "policies", "funding_from_provider_max/cloud") == {"2026-01-01": pytest.approx((6.0, 7.5))}
        later = solved(rolled(plan, "2028-01-01"))
        assert used(later, "policies", "funding_from_provider_max/cloud") == {"2028-01-01": pytest.approx((6.0, 7.5))}
        row = offer(later.case)
        assert (row.equity_received_usd_bn, row.paid_usd_bn) == pytest.approx((6.0, 20.0))

    # Signed a year before at half its scale, and blank: half the equity was received, and half the floor of the first
    # year was paid. 10 more are paid: 3 against 0.2 · 15.
    def test_by_its_terms(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, "0.2,", signing="signed,2025-01-01,,", tiers="deal,only,10,0.5,0.5", end=2028)
        plan = solved(case.change("demand[2026-01-01,here,training].demand_gw = 0.5"))
        assert used(plan, "policies", "funding_from_provider_max/cloud") == {"2026-01-01": pytest.approx((3.0, 3.0))}
        assert [note for offer, note in vintages(case)[1]] == [
            "equity_received_usd_bn is blank: 3 USD bn were received, as its terms say",
            "paid_usd_bn is blank: 5 USD bn were paid, its floors and its spend before the start",
        ]

    # 6 against 0.1 · 30: missed by 3, at 2 each. It is charged once, on the day of the first plan. Then demand doubles
    # in 2028: 40 are paid, 2 are missed, and what was charged for the third is given back with two years of interest.
    def test_a_miss_is_charged_once(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, "0.1,2", rate=0.1))
        assert line(plan, "funding_from_provider_max") == pytest.approx(6.0)
        later = rolled(solved(rolled(plan, "2027-01-01")), "2028-01-01")
        (policy,) = later.files["policies.csv"].decode().splitlines()[1:]
        assert policy.endswith(",3,2026-01-01")
        assert line(solved(later), "funding_from_provider_max") == pytest.approx(0.0)
        news = solved(later.change("demand[*,here,training].demand_gw = 2"))
        assert line(news, "funding_from_provider_max") == pytest.approx(-2.0 * 1.1**2)

    def test_what_was_charged_belongs_to_a_price(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, "0.25,")
        expected = "missed_usd_bn: expected a blank unless kind is funding_from_provider_max, with a penalty"
        with pytest.raises(DataError, match=expected):
            case.change("policies[circular].missed_usd_bn = 1", "policies[circular].charged_on = 2025-01-01")
        with pytest.raises(DataError, match="charged_on: expected a value where missed_usd_bn is given"):
            case.change("policies[circular].penalty = 1", "policies[circular].missed_usd_bn = 1")


class TestDays:
    """Half-years. The product is provided from 15 August 2026, so the plan uses it from January 2027 on."""

    def case(self, folder: Path, **other: str) -> Case:
        products = "offer,chip,region,price_factor,from_date\ndeal,tpu_a,here,1,2026-08-15\n"
        return deal(folder, floors=(0, 0, 0), months=6, cloud_products=products, **other)  # type: ignore[arg-type]

    def test_what_was_rounded_stays(self, tmp_path: Path) -> None:
        later = rolled(solved(self.case(tmp_path)), "2026-07-01")
        assert [row.from_date for row in later.rows(CloudProduct)] == [date(2027, 1, 1)]

    # Signed in January with a lead of 12 months: it starts on its day, and nothing is under way before.
    def test_a_contract_that_starts_later(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, signing="required,,12,2026-01-01").change("cloud_commitments[deal].prepay_share = 1")
        row = offer(rolled(solved(case.change("cloud_terms[deal,*].floor_usd_bn = 5")), "2026-07-01"))
        assert (row.start_date, row.sign_from, row.lead_months) == (date(2027, 1, 1), date(2026, 1, 1), None)
        assert (row.prepaid_left_usd_bn, row.paid_usd_bn) == (None, 0.0)

    # A year's contract, and one that was not signed in time: both are over, where no price is a mean of theirs.
    @pytest.mark.parametrize("price", ["", "chips[tpu_a].reference_price_usd_bn_per_gw_year = 10"])
    @pytest.mark.parametrize("status", ["required", "open"])
    def test_over(self, tmp_path: Path, price: str, status: str) -> None:
        case = deal(tmp_path, floors=(10,), signing=f"{status},,0,2026-01-01")
        case = case.change(*([price] if price else []))
        if status == "open":
            case = case.change("case.shortage_cost_usd_bn_per_gw_year = 1")
        later = advance(solved(case), date(2027, 1, 1)).case
        assert len(later.rows(CloudCommitment)) == (0 if price else 1)


# A year's contract is over, but another requires it: it stays, as signed.
def test_over_but_required(tmp_path: Path) -> None:
    case = deal(tmp_path, floors=(10,)).change(
        "chips[tpu_a].reference_price_usd_bn_per_gw_year = 10",
        "+cloud_commitments{offer=next, provider=cloud, status=required, sign_by=2026-01-01, lead_months=12,"
        " term_years=2, shortfall=forfeit, requires_offer=deal, renews=true}",
        "+cloud_tiers{offer=next, tier=only, price_usd_bn_per_gw_year=10, scale_min=1, scale_max=1}",
        "+cloud_terms{offer=next, contract_year=1, capacity_gw=5, floor_usd_bn=1}",
        "+cloud_terms{offer=next, contract_year=2, capacity_gw=5, floor_usd_bn=1}",
        "+cloud_products{offer=next, chip=tpu_a, region=here, price_factor=1, from_date=2026-01-01}",
    )
    later = rolled(solved(case), "2027-01-01")
    assert [(row.offer, row.status) for row in later.rows(CloudCommitment)] == [("deal", "signed"), ("next", "signed")]


@pytest.mark.parametrize(
    ("shortfall", "horizon", "prepay", "months", "end"),
    [
        ("forfeit", "fair", 1.0, 3, "2027-07-01"),
        ("credit", "charge", 0.4, 3, "2027-07-01"),
        ("credit", "fair", 0.0, 6, "2028-07-01"),
        ("rollover", "cut", 0.4, 6, "2028-07-01"),
        ("rollover", "fair", 0.0, 3, "2027-07-01"),
    ],
)
def test_on_every_day(tmp_path: Path, shortfall: str, horizon: str, prepay: float, months: int, end: str) -> None:
    """The end lies inside a contract year; what is signed is rolled to every start of a period, and on from there."""
    case = deal(
        tmp_path,
        floors=(6, 9, 4, 8),
        signing="required,2026-04-01,,2026-01-01" if months == 3 else "required,2026-07-01,,2026-01-01",
        shortfall=shortfall,
        rollover=0.5 if shortfall == "rollover" else "",
        prepay=prepay,
        months=months,
        end=end,
        rate=0.1,
        toml=f'horizon = "{horizon}"\n',
        more={"equity_usd_bn": 4, "signing_fee_usd_bn": 0.5},
        tiers="deal,small,11,0.2,1\ndeal,large,10,0.6,2",
        policies=LIMIT.format("0.1,0.4"),
        guarantors="guarantor,kind,families,fee_rate,requires_offer\nbank,lease,tpu,0.02,deal\n",
        guarantor_caps="guarantor,kind,from_date,cap_usd_bn\nbank,lease,2026-01-01,10\n",
        demand=demand(0.2, 1.4, 0.9),
    )
    plan = solved(case)
    calendar = case.calendar
    for t in range(1, calendar.T):
        later = rolled(plan, calendar.start_of(t).isoformat())
        if t == 2:
            again = rolled(solved(later), calendar.start_of(4).isoformat())
        if t == 4:
            assert {name: same(cell) for name, cell in offer(again)} == {
                name: same(cell) for name, cell in offer(later)
            }


class TestSettled:
    """1 GW a year was planned, with floors of 10; what was used in 2026 and 2027 follows by the contract's rules."""

    def settled(self, case: Case, day: str, *gw: float) -> dict[str, float]:
        """The decisions about the past that are not zero, without their block and vintage."""
        plan, mine = solved(case), "[deal,2026-01-01,only,"
        given = dict(plan.values)
        for year, value in enumerate(gw, start=2026):
            given[f"cloud_commitment.use{mine}tpu_a,here,{year}-01-01]"] = value
        found = settle(case, given, date.fromisoformat(day))
        names = ("short", "drawn", "credit_used", "rolled_in")
        texts = {name.removeprefix("cloud_commitment.").replace(mine, "["): value for name, value in found.items()}
        return {name: value for name, value in texts.items() if name.split("[")[0] in names and value}

    # 4 and 3 were spent: 6 and 7 are short.
    def test_forfeit(self, tmp_path: Path) -> None:
        assert self.settled(deal(tmp_path), "2028-01-01", 0.4, 0.3) == pytest.approx({"short[1]": 6, "short[2]": 7})

    # Only the first year is over.
    def test_until_the_day(self, tmp_path: Path) -> None:
        assert self.settled(deal(tmp_path), "2027-01-01", 0.4) == pytest.approx({"short[1]": 6})

    # 6 are short; of 19, 9 are above the floor, which the 6 pay for.
    def test_credit(self, tmp_path: Path) -> None:
        case = deal(tmp_path, shortfall="credit")
        assert self.settled(case, "2028-01-01", 0.4, 1.9) == pytest.approx({"short[1]": 6, "credit_used[2]": 6})

    # 24 are prepaid, of which 4 and then 19 pay for all spend: no credit is used.
    def test_credit_and_prepayment(self, tmp_path: Path) -> None:
        found = self.settled(deal(tmp_path, shortfall="credit", prepay=0.8), "2028-01-01", 0.4, 1.9)
        assert found == pytest.approx(
            {"short[1]": 6, "drawn[2026-01-01]": 4, "drawn[2027-01-01]": 19, "drawn[2028-01-01]": 4}
        )

    # 10 above the first floor, of which half a floor is rolled in: 2 and 5 of the second floor of 10.
    def test_rollover(self, tmp_path: Path) -> None:
        found = self.settled(deal(tmp_path, shortfall="rollover", rollover=0.5), "2028-01-01", 2.0, 0.2)
        assert found == pytest.approx({"rolled_in[2]": 5, "short[2]": 3})

    # What lapses is used first: 3 above the floor in 2026 take 2 that lapse and 1 of the others.
    def test_what_lapses_first(self, tmp_path: Path) -> None:
        more = {"credits_left_usd_bn": 5, "credits_until": "2026-12-31", "credits_lapsing_usd_bn": 2}
        case = deal(tmp_path, signing="signed,2025-01-01,,", shortfall="credit", end=2028, more=more, demand=demand(1))
        plan = solved(case)
        name = "cloud_commitment.use[deal,2025-01-01,only,tpu_a,here,2026-01-01]"
        values_then = dict(settle(case, {**plan.values, name: 1.3}, date(2027, 1, 1)))
        assert values_then["cloud_commitment.credit_used[deal,2025-01-01,only,2]"] == pytest.approx(3.0)
