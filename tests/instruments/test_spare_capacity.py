"""Spare capacity: profiles worked by hand, and optima that only show once solved."""

from pathlib import Path

import numpy as np
import pytest

from planner.api import Case
from planner.basics.errors import DataError, Infeasible
from planner.instruments.spare_capacity.contract_checks import contract_checks
from planner.instruments.spare_capacity.postings import needs_signature, offered
from planner.instruments.spare_capacity.tables import SpareCapacity
from tests.plans import cost, line, signed, solved
from tests.small import by_date, cloud, demand, keys, posted, profile, small, sums, used, values

OFFER = {
    "offer": "spare", "provider": "rival", "chip": "tpu_a", "region": "here", "max_gw": 1, "firm": "true",
    "fee_usd_bn_per_month": 1,
}  # fmt: skip
"""1 GW at 12 USD bn a year, which does all that is asked for."""
PRICED = {"fee_usd_bn_per_month": "", "price_usd_bn_per_gw_year": 10}


def table(*offers: dict[str, str | float]) -> str:
    """A table of offers that differ from `OFFER` in the cells given."""
    rows = [OFFER | offer for offer in offers]
    names = list(dict.fromkeys(name for row in rows for name in row))
    return "\n".join([",".join(names), *(",".join(str(row.get(name, "")) for name in names) for row in rows), ""])


def halves(*gw: float) -> str:
    """Training asked for `here` in each half-year from 2026 on [reference GW]."""
    rows = [f"{2026 + t // 2}-{'07' if t % 2 else '01'}-01,here,training,{value}" for t, value in enumerate(gw)]
    return "\n".join(["from_date,region,workload,demand_gw", *rows, ""])


class TestProfiles:
    """Half-years from 2026 to 2028, t = 0 … 3; offered from March 2026 to October 2027.

    So for two thirds of t = 0, in t = 1 and 2, and for half of t = 3.
    """

    def case(self, folder: Path, **cells: str | float) -> Case:
        dates: dict[str, str | float] = {"from_date": "2026-03-01", "to_date": "2027-10-01"}
        return small(folder, months=6, spare_capacity=table(dates | cells))

    def test_a_fee_for_all_of_it(self, tmp_path: Path) -> None:
        ledgers = posted(self.case(tmp_path, max_gw=0.5))
        assert keys(ledgers, "spare_capacity", "on") == [("spare", t) for t in range(4)]
        # 19 months at 1.
        assert sums(ledgers, "spare_fee") == [
            ("cost", 0.25, pytest.approx(-4.0)), ("cost", 0.75, -6.0), ("cost", 1.25, -6.0), ("cost", 1.75, -3.0)
        ]  # fmt: skip
        rights = [(p.periods.tolist(), p.values.tolist()) for p in ledgers.select("rights", counterparty="rival")]
        most = pytest.approx([1 / 3, 0.5, 0.5, 0.25])
        assert rights == [([0, 1, 2, 3], most)]
        assert ledgers.find("spare_capacity", "use").upper.tolist() == most
        assert not keys(ledgers, "spare_capacity", "sign")
        for name in ("obligations", "debt", "fixed_charges", "dues", "signed"):
            assert not list(ledgers.select(name))

    def test_a_price_for_what_is_used(self, tmp_path: Path) -> None:
        ledgers = posted(self.case(tmp_path, **PRICED))
        assert sums(ledgers, "spare_use") == [("cost", t / 2 + 0.25, -5.0) for t in range(4)]
        assert not keys(ledgers, "spare_capacity", "on")

    def test_compute_is_what_is_available_of_it(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, firm="false").change("chips[tpu_a].availability_share = 0.9")
        (post,) = posted(case).select("compute")
        assert (post.labels.firm, post.labels.family, post.labels.region) == ("interruptible", "tpu", "here")
        assert post.values.tolist() == [0.9] * 4

    # A to_date on the first day of a period ends with the period before.
    def test_dates(self, tmp_path: Path) -> None:
        case = self.case(tmp_path)

        def parts(*changes: str) -> dict[int, float]:
            (spare,) = offered(case.change(*changes))[0]
            return {t: spare.part(t) for t in spare.periods}

        first, last = pytest.approx(4 / 6), pytest.approx(0.5)
        assert parts("spare_capacity[spare].to_date = 2027-07-01") == {0: first, 1: 1.0, 2: 1.0}
        assert parts("spare_capacity[spare].to_date = 2027-06-16") == {0: first, 1: 1.0, 2: pytest.approx(5.5 / 6)}
        assert parts("spare_capacity[spare].to_date = blank") == {0: first, 1: 1.0, 2: 1.0, 3: 1.0}
        assert parts("spare_capacity[spare].from_date = blank") == {0: 1.0, 1: 1.0, 2: 1.0, 3: last}
        assert parts("chips[tpu_a].available_from = 2026-08-01") == {1: pytest.approx(5 / 6), 2: 1.0, 3: last}
        assert parts("spare_capacity[spare].to_date = 2026-05-01") == {0: pytest.approx(2 / 6)}

    def test_not_within_the_case(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, from_date="2025-03-01", to_date="2025-12-31")
        remark = "no day from 2026-01-01 to 2025-12-31 lies within the case: nothing of it can be taken"
        assert offered(case) == ([], [("spare", remark)])

    # From July, 3 + 4 months reach into the second half-year, 3 + 3 do not, and without any months it is one. From
    # March, 3 + 4 months end with September.
    @pytest.mark.parametrize(
        ("least", "notice", "until"), [(3, 4, (2, 3)), (3, 3, (2, 2)), (0, 0, (1, 2)), (12, 1, (3, 4))]
    )
    def test_minimum_in_periods(self, tmp_path: Path, least: int, notice: int, until: tuple[int, int]) -> None:
        case = self.case(tmp_path, min_months=least, notice_months=notice)
        (found,) = offered(case)[0]
        assert tuple(found.until(case.calendar, t) for t in (0, 1)) == until

    def test_when_a_signature_is_needed(self, tmp_path: Path) -> None:
        case = small(tmp_path, spare_capacity=table({}), **cloud())

        def needed(*changes: str) -> bool:
            changed = case.change(*changes)
            (row,) = changed.rows(SpareCapacity)
            return needs_signature(changed, row)

        assert not needed()
        assert needed("spare_capacity[spare].signing_fee_usd_bn = 1")
        assert needed("spare_capacity[spare].exclusive_group = one")
        assert needed("spare_capacity[spare].requires_offer = deal")
        assert needed("cloud_commitments[deal].requires_offer = spare")
        assert needed("spare_capacity[spare].status = required")


# 1 GW for two years: 12 a year for all of it, or 10 by use; at 13 the fee is less, but not for half of it.
def test_a_fee_or_a_price(tmp_path: Path) -> None:
    case = small(tmp_path, spare_capacity=table({}, {"offer": "spot", **PRICED}))
    plan = solved(case)
    assert cost(plan) == pytest.approx(20.0)
    assert signed(plan) == {"spot"}
    dearer = solved(case.change("spare_capacity[spot].price_usd_bn_per_gw_year = 13"))
    assert cost(dearer) == pytest.approx(24.0)
    assert signed(dearer) == {"spare"}
    assert values(dearer, "on", "offer", "period") == {"spare 2026-01-01": 1.0, "spare 2027-01-01": 1.0}
    half = case.change("spare_capacity[spot].price_usd_bn_per_gw_year = 13", "demand[*,*,*].demand_gw = 0.5")
    assert cost(solved(half)) == pytest.approx(13.0)


class TestMinimum:
    """Half-years from 2026 to 2028, 6 USD bn each; 1 GW is asked for in some of them, at 50 if it is short."""

    def case(self, folder: Path, *gw: float, **cells: str | float) -> Case:
        return small(folder, months=6, demand=halves(*gw), spare_capacity=table({"min_months": 3, **cells}))

    # Asked for in the first half only: a notice of 3 months ends with it, 4 and 9 take another, 33 all four.
    @pytest.mark.parametrize(("notice", "expected"), [(3, 6.0), (4, 12.0), (9, 12.0), (10, 18.0), (33, 24.0)])
    def test_notice_lengthened(self, tmp_path: Path, notice: int, expected: float) -> None:
        assert cost(solved(self.case(tmp_path, 1, 0, notice_months=notice))) == pytest.approx(expected)

    # The same minimum of three years, cut by the end of the offer, and by the horizon.
    def test_stops_when_the_offer_ends(self, tmp_path: Path) -> None:
        case = self.case(tmp_path / "offer", 1, 0, notice_months=33, to_date="2027-07-01")
        assert cost(solved(case)) == pytest.approx(18.0)
        assert cost(solved(self.case(tmp_path / "horizon", 0, 0, 0, 1, notice_months=33))) == pytest.approx(6.0)

    # Given back for the second half and taken again; with a minimum of a year the second half is paid for too.
    def test_taken_again(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, 1, 0, 1, 0)
        plan = solved(case)
        assert values(plan, "start", "period") == {"2026-01-01": 1.0, "2027-01-01": 1.0}
        assert by_date(plan, "spare_fee") == {"2026-01-01": -6.0, "2027-01-01": -6.0}
        longer = solved(case.change("spare_capacity[spare].notice_months = 9"))
        assert cost(longer) == pytest.approx(18.0)
        assert values(longer, "start", "period") == {"2026-01-01": 1.0}


# 1 GW asked for in one year, of which half may be served by what can be recalled: 12 and 50 for what is short.
def test_made_firm(tmp_path: Path) -> None:
    case = small(tmp_path, end=2027, spare_capacity=table({"firm": "false"}))
    plan = solved(case)
    assert cost(plan) == pytest.approx(12.0 + 50.0)
    assert used(plan, "meet_demand", "interruptible/here/training") == {"2026-01-01": pytest.approx((0.5, 0.5))}
    assert cost(solved(case.change("spare_capacity[spare].firm = true"))) == pytest.approx(12.0)
    assert cost(solved(case.change("workloads[training].interruptible_share = 0"))) == pytest.approx(100.0)


# Half a gigawatt is asked for. A fee holds all of the machines, a price what is used: nothing where that is nothing.
def test_in_the_table_of_offers(tmp_path: Path) -> None:
    case = small(tmp_path, end=2027, demand=demand(0.5), spare_capacity=table({}, {"offer": "spot", **PRICED}))
    offers = solved(case.change("spare_capacity[spot].price_usd_bn_per_gw_year = 50")).offers.set_index("offer")
    assert offers.loc["spare", ["signed", "held_gw_years", "cost_usd_bn"]].tolist() == ["yes", 1.0, 12.0]
    assert offers.loc["spot", "signed"] == "no"
    bought = solved(case).offers.set_index("offer")
    assert bought.loc["spot", ["signed", "held_gw_years", "utilisation_share"]].tolist() == ["yes", 0.5, 1.0]


class TestSignature:
    # 2 on signing, in the first period: more than 10 by use, unless the fee is only paid once.
    def test_a_fee_on_signing(self, tmp_path: Path) -> None:
        case = small(tmp_path, rate=0.21, spare_capacity=table({"signing_fee_usd_bn": 2}, {"offer": "spot", **PRICED}))
        assert signed(solved(case)) == {"spot"}
        fee = solved(case.change("-spare_capacity[spot]", "spare_capacity[spare].from_date = 2027-01-01"))
        # The first year is short, at 100; the fee falls due at the start of the second.
        assert cost(fee) == pytest.approx(100 / 1.1 + 2 / 1.21 + 12 / 1.1**3)
        priced = case.change("-spare_capacity[spare]", "spare_capacity[spot].signing_fee_usd_bn = 2")
        assert cost(solved(priced)) == pytest.approx(2 + 10 / 1.1 + 10 / 1.1**3)

    # Two halves of what is asked for, at 6 each and 100 for what is short: of one group, only one.
    def test_one_of_a_group(self, tmp_path: Path) -> None:
        half = {"max_gw": 0.5, "fee_usd_bn_per_month": 0.5}
        case = small(tmp_path, end=2027, spare_capacity=table(half, {"offer": "other", **half}))
        assert cost(solved(case)) == pytest.approx(12.0)
        one = case.change("spare_capacity[*].exclusive_group = one")
        assert cost(solved(one)) == pytest.approx(6.0 + 50.0)

    # The cloud at 10 a year needs the spare machines at 12, which must be taken at some time: one year each.
    def test_required_by_another(self, tmp_path: Path) -> None:
        case = small(tmp_path, spare_capacity=table({}), **cloud(floors=(0, 0)))
        assert cost(solved(case)) == pytest.approx(20.0)
        assert cost(solved(case.change("cloud_commitments[deal].requires_offer = spare"))) == pytest.approx(22.0)

    def test_statuses(self, tmp_path: Path) -> None:
        case = small(tmp_path, spare_capacity=table({}), **cloud(floors=(0, 0)))
        assert cost(solved(case.change("spare_capacity[spare].status = required"))) == pytest.approx(22.0)
        alone = case.change("cloud_commitments[deal].status = closed")
        assert cost(solved(alone)) == pytest.approx(24.0)
        assert cost(solved(alone.change("spare_capacity[spare].status = closed"))) == pytest.approx(200.0)
        with pytest.raises(Infeasible, match="must_sign/spare"):
            solved(
                case.change("spare_capacity[spare].status = required", "spare_capacity[spare].from_date = 2028-07-01")
            )

    # Taken on 1 October 2025 for 12 + 6 months, until April 2027, in half-years t = 0 … 2; then the cloud at 1 a year
    # serves. The fee on signing is sunk.
    def test_signed_already(self, tmp_path: Path) -> None:
        offer: dict[str, str | float] = {
            "status": "signed", "from_date": "2025-10-01", "min_months": 12, "notice_months": 6, "signing_fee_usd_bn": 5
        }  # fmt: skip
        case = small(tmp_path, months=6, spare_capacity=table(offer), **cloud(floors=(0, 0), price=1))
        case = case.change("chips[tpu_a].available_from = 2025-01-01")
        plan = solved(case)
        assert by_date(plan, "spare_fee") == {"2026-01-01": -6.0, "2026-07-01": -6.0, "2027-01-01": -6.0}
        assert cost(plan) == pytest.approx(18.5)
        assert line(plan, "signing_fee") == 0.0
        assert values(plan, "start", "period") == {}
        # From May 2026 on, for half a year.
        later = case.change("spare_capacity[spare].from_date = 2026-05-01", "spare_capacity[spare].min_months = 0")
        assert by_date(solved(later), "spare_fee") == {"2026-01-01": pytest.approx(-2.0), "2026-07-01": -6.0}
        # One that is over is nothing, and is still signed.
        over = case.change("spare_capacity[spare].to_date = 2025-12-01")
        assert cost(solved(over)) == pytest.approx(2.0)


def test_what_a_row_must_say(tmp_path: Path) -> None:
    def problem(**cells: str | float) -> str:
        with pytest.raises(DataError) as raised:
            small(tmp_path, spare_capacity=table(cells))
        return str(raised.value)

    assert "fee_usd_bn_per_month: expected a number here or in price" in problem(fee_usd_bn_per_month="")
    assert "price_usd_bn_per_gw_year: expected a blank" in problem(price_usd_bn_per_gw_year=1)
    assert "min_months: expected a blank" in problem(**PRICED, min_months=3)
    assert "to_date: expected a date after" in problem(from_date="2026-07-01", to_date="2026-07-01")
    assert "from_date: expected the date from which" in problem(status="signed")


# What the audit asks for, of decisions that no contract allows.
@pytest.mark.parametrize(
    ("decided", "broken"),
    [
        ({"use": 0.5}, "use within max_gw while it is taken"),
        ({"on": 1.0}, "start is 1 where it is newly taken"),
        ({"on": 1.0, "start": 1.0}, "kept for 9 months from 2026-01-01"),
    ],
)
def test_terms_say_what_is_broken(tmp_path: Path, decided: dict[str, float], broken: str) -> None:
    case = small(tmp_path, months=6, spare_capacity=table({"min_months": 9}))
    ledgers = posted(case)
    x = np.zeros(ledgers.size)
    assert not any(term.broken for term in contract_checks(case, ledgers, x))
    for name, value in decided.items():
        x[ledgers.find("spare_capacity", name)["spare", 0]] = value
    assert any(broken in term.says for term in contract_checks(case, ledgers, x) if term.broken)


# Without a signature nothing says that it is signed.
def test_no_signature_no_post(tmp_path: Path) -> None:
    assert profile(posted(small(tmp_path, spare_capacity=table({}))), "signed", "signed") == {}
