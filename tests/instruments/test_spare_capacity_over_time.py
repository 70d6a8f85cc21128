"""Spare capacity in the cases of later days: what was taken, given back, signed and paid before the start."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.instruments.spare_capacity.contract_checks import contract_checks
from planner.instruments.spare_capacity.postings import SpareOffer, offered
from planner.instruments.spare_capacity.tables import SpareCapacity
from planner.roll.advance import advance
from planner.tables.offer import OfferStatus
from tests.instruments.test_spare_capacity import PRICED, halves, table
from tests.plans import cost, solved
from tests.roll.holding import kept, on_every_day
from tests.small import by_date, cloud, posted, profile, small, sums, values

EARLY = "chips[tpu_a].available_from = 2024-01-01"


def row(case: Case, offer: str = "spare") -> SpareCapacity:
    """The row of an offer."""
    (found,) = (row for row in case.rows(SpareCapacity) if row.offer == offer)
    return found


class TestTaken:
    """Half-years from 2026 to 2028, 6 USD bn each; nothing is asked for."""

    def case(self, folder: Path, **cells: str | float) -> Case:
        return small(folder, months=6, demand=halves(0), spare_capacity=table(cells)).change(EARLY)

    def spare(self, folder: Path, **cells: str | float) -> SpareOffer:
        (found,) = offered(self.case(folder, **cells))[0]
        return found

    # Taken on 1 October 2025 for 12 + 6 months, until April 2027: the three half-years that begin before.
    def test_the_minimum_goes_on(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, taken_on="2025-10-01", min_months=12, notice_months=6)
        plan = solved(case)
        assert by_date(plan, "spare_fee") == {"2026-01-01": -6.0, "2026-07-01": -6.0, "2027-01-01": -6.0}
        assert values(plan, "start", "period") == {}
        assert plan.record.notes == ()
        # Without them nothing is taken.
        assert cost(solved(case.change("spare_capacity[spare].taken_on = blank"))) == 0.0

    # From July 2025, 6 months are over at the start, 7 are not: then a half-year is left.
    @pytest.mark.parametrize(("least", "kept"), [(0, 0), (6, 0), (7, 1), (12, 1), (13, 2), (600, 4)])
    def test_periods_that_are_left(self, tmp_path: Path, least: int, kept: int) -> None:
        assert self.spare(tmp_path, taken_on="2025-07-01", min_months=least).kept == range(kept)

    # 36 months from July 2025 on reach half a year beyond the end: 6 are owed then.
    def test_what_is_left_after_the_end(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, taken_on="2025-07-01", min_months=36).change("case.horizon = charge")
        beyond = [each for each in sums(posted(case), "spare_fee") if each[0] == "beyond_horizon"]
        assert ("beyond_horizon", 2.25, -6.0) in beyond
        assert cost(solved(case)) == pytest.approx(24.0 + 6.0)
        signed = case.change("spare_capacity[spare].status = signed", "spare_capacity[spare].from_date = 2025-01-01")
        assert cost(solved(signed)) == pytest.approx(24.0 + 6.0)

    # Signed in 2024 and taken again in October 2025; or given back in October 2025.
    def test_signed_and_taken_again(self, tmp_path: Path) -> None:
        signed: dict[str, str | float] = {"status": "signed", "from_date": "2024-07-01", "min_months": 12}
        again = self.spare(tmp_path / "again", taken_on="2025-10-01", **signed)
        assert (again.since and again.since.isoformat(), again.kept) == ("2025-10-01", range(2))
        back = self.spare(tmp_path / "back", given_back_on="2025-10-01", **signed)
        assert (back.since, back.kept) == (None, range(0))
        plan = solved(
            self.case(tmp_path / "plan", given_back_on="2025-10-01", **signed).change("demand[*,*,*].demand_gw = 1")
        )
        assert values(plan, "start", "period") == {"2026-01-01": 1.0}
        assert cost(plan) == pytest.approx(24.0)

    def test_what_is_assumed(self, tmp_path: Path) -> None:
        def notes(**cells: str | float) -> list[str]:
            folder = tmp_path / str(len(list(tmp_path.glob("*"))))
            return [text for _, text in offered(self.case(folder, **cells))[1]]

        signed: dict[str, str | float] = {"status": "signed", "from_date": "2025-07-01"}
        assert notes(**signed) == ["taken since 2025-07-01, as taken_on and given_back_on are blank"]
        assert notes(**signed, taken_on="2025-07-01") == []
        assert notes(**signed, given_back_on="2026-01-01") == []
        assert notes(**{**signed, "from_date": "2026-07-01"}) == []
        assert notes(taken_on="2026-01-01") == [
            "taken_on 2026-01-01 is not before the start 2026-01-01, so it counts as blank"
        ]
        late = notes(**signed, given_back_on="2026-01-02")
        assert late[0] == "given_back_on 2026-01-02 is not before the start 2026-01-01, so it counts as blank"


# What the audit asks for of machines that are taken at the start, of decisions that no contract allows.
def test_terms_say_what_is_broken(tmp_path: Path) -> None:
    cells: dict[str, str | float] = {"taken_on": "2025-07-01", "min_months": 12}
    case = small(tmp_path, months=6, spare_capacity=table(cells)).change(EARLY)
    ledgers = posted(case)

    def broken(*decided: tuple[str, int]) -> set[str]:
        x = np.zeros(ledgers.size)
        for name, t in decided:
            x[ledgers.find("spare_capacity", name)["spare", t]] = 1.0
        return {check.says.removeprefix("spare: ") for check in contract_checks(case, ledgers, x) if check.broken}

    assert broken() == {"kept for 12 months from 2025-07-01"}
    assert broken(("on", 0)) == set()
    # They go on in the first half-year, and are taken anew in the third.
    assert broken(("on", 0), ("start", 0)) == {"start is 1 where it is newly taken"}
    assert broken(("on", 0), ("on", 2)) == {"start is 1 where it is newly taken", "kept for 12 months from 2027-01-01"}


# Half of the machines were in use when it was signed: the cloud, which requires 0.6 of them, cannot be signed.
@pytest.mark.parametrize(("share", "expected"), [("", 10.0), ("0.6", 10.0), ("0.5", 50.0)])
def test_the_share_that_was_reached(tmp_path: Path, share: str, expected: float) -> None:
    priced: dict[str, str | float] = {
        **PRICED, "status": "signed", "from_date": "2025-01-01", "reached_share": share, "price_usd_bn_per_gw_year": 50
    }  # fmt: skip
    case = small(tmp_path, end=2027, spare_capacity=table(priced), **cloud()).change(
        EARLY, "cloud_commitments[deal].requires_offer = spare", "cloud_commitments[deal].requires_scale_min = 0.6"
    )
    assert cost(solved(case)) == pytest.approx(expected)
    assert profile(posted(case), "taken", "taken") == {0: float(share or 1)}


def test_what_was_paid_is_posted(tmp_path: Path) -> None:
    case = small(tmp_path, spare_capacity=table({"paid_usd_bn": 3.5, "to_date": "2025-07-01"}))
    (post,) = posted(case).select("paid_before")
    assert (post.labels.counterparty, post.line, post.periods.tolist(), post.values.tolist()) == (
        "rival", "paid", [0], [3.5]
    )  # fmt: skip
    closed = case.change("spare_capacity[spare].status = closed")
    assert not list(posted(closed).select("paid_before"))


def test_what_a_row_must_say(tmp_path: Path) -> None:
    def problem(**cells: str | float) -> str:
        with pytest.raises(DataError) as raised:
            small(tmp_path, spare_capacity=table(cells))
        return str(raised.value)

    signed: dict[str, str | float] = {"status": "signed", "from_date": "2025-01-01"}
    assert "taken_on: expected a blank where fee" in problem(**PRICED, taken_on="2025-07-01")
    assert "given_back_on: expected a blank where there is no fee" in problem(given_back_on="2025-07-01")
    assert "given_back_on: expected a blank where there is no fee" in problem(
        **PRICED, **signed, given_back_on="2025-07-01"
    )
    assert "reached_share: expected a blank where there is a fee" in problem(**signed, reached_share=0.5)
    assert "reached_share: expected a blank where there is a fee" in problem(**PRICED, reached_share=0.5)
    assert "reached_share: expected a number from 0 to 1" in problem(**PRICED, **signed, reached_share=1.5)
    assert "paid_usd_bn: expected a number" in problem(paid_usd_bn=-1)
    assert "taken_on: expected a date not before from_date 2025-01-01" in problem(**signed, taken_on="2024-12-31")
    assert "taken_on: expected a date before to_date 2025-07-01" in problem(taken_on="2025-07-01", to_date="2025-07-01")
    assert "given_back_on: expected a blank where taken_on" in problem(
        **signed, taken_on="2025-03-01", given_back_on="2025-07-01"
    )
    early = problem(**signed, min_months=6, notice_months=3, given_back_on="2025-09-30")
    assert "given_back_on: expected a date not before 2025-10-01, 9 months after from_date" in early
    # Machines that need a signature are not taken without one.
    taken: dict[str, str | float] = {"taken_on": "2025-07-01"}
    assert "status: expected signed where taken_on is given and there is a signing fee" in problem(
        **taken, signing_fee_usd_bn=1
    )
    assert "given and exclusive_group is" in problem(**taken, exclusive_group="one")
    assert "given and the offer was required" in problem(**taken, status="required")
    with pytest.raises(DataError, match="given and deal requires it"):
        small(tmp_path / "cloud", spare_capacity=table(taken), **cloud()).change(
            "cloud_commitments[deal].requires_offer = spare"
        )


MONTHS = (12, 6, 3, 1)


def wanted(*gw: float) -> str:
    """Training asked for `here` in each quarter from 2026 on [reference GW]."""
    rows = [f"{2026 + t // 4}-{1 + 3 * (t % 4):02d}-01,here,training,{value}" for t, value in enumerate(gw)]
    return "\n".join(["from_date,region,workload,demand_gw", *rows, ""])


SPOT: dict[str, str | float] = {"offer": "spot", "provider": "other", "max_gw": 0.4, **PRICED}
COMES_AND_GOES = wanted(1, 1, 0, 0, 1, 0.5, 0.2, 1)
TERMS: dict[str, dict[str, str | float]] = {
    "from the start": {},
    "minimum": {"min_months": 2, "notice_months": 3},
    "beyond the end": {"min_months": 22, "notice_months": 8},
    "from the middle of a month": {"from_date": "2026-02-10", "to_date": "2027-08-20", "min_months": 4},
    "over": {"to_date": "2026-11-01", "min_months": 2},
    "with a signing fee": {"signing_fee_usd_bn": 0.5, "min_months": 3, "notice_months": 2},
    "required": {"status": "required", "from_date": "2026-05-01", "min_months": 6},
    "signed": {"status": "signed", "from_date": "2026-05-01", "min_months": 6, "notice_months": 2},
    "signed before": {"status": "signed", "from_date": "2025-05-01", "min_months": 6, "notice_months": 6},
}


@pytest.mark.parametrize("months", MONTHS)
@pytest.mark.parametrize("terms", TERMS)
def test_a_fee_on_every_later_day(tmp_path: Path, terms: str, months: int) -> None:
    offers, toml = table(TERMS[terms], SPOT), 'horizon = "fair"\n'
    case = small(tmp_path, months=months, rate=0.1, demand=COMES_AND_GOES, spare_capacity=offers, toml=toml)
    for day, then in on_every_day(case.change(EARLY)):
        assert then.settings.start == day


# By use: the order needs some of the machines, so that what is used of them in the first period of it counts.
@pytest.mark.parametrize("months", MONTHS)
def test_a_price_on_every_later_day(tmp_path: Path, months: int) -> None:
    spot = {**SPOT, "from_date": "2026-02-01", "to_date": "2027-10-15", "firm": "false"}
    other = {"offer": "other", "provider": "third", "max_gw": 0.7, "requires_offer": "spot", "requires_scale_min": 0.25}
    late = {**spot, "offer": "late", "from_date": "2027-03-01", "requires_offer": "other", "signing_fee_usd_bn": 0.1}
    offers = table(spot, {**other, "fee_usd_bn_per_month": 0.4, "min_months": 3}, late)
    case = small(tmp_path, months=months, rate=0.1, demand=COMES_AND_GOES, spare_capacity=offers).change(EARLY)
    found = dict(on_every_day(case))
    end = list(found.values())[-1]
    assert {row(end, name).status for name in ("spot", "other")} == {OfferStatus.SIGNED}
    assert 0.25 <= float(row(end, "spot").reached_share or 0) <= 1
    assert row(end, "spot").paid_usd_bn > 0


class TestWhatIsWritten:
    """Half-years from 2026 to 2028; the machines do what is asked for."""

    def written(self, folder: Path, day: str, *gw: float, **cells: str | float) -> SpareCapacity:
        case = small(folder, months=6, demand=halves(*gw), spare_capacity=table(cells)).change(EARLY)
        return row(kept(solved(case), day).case)

    def test_taken_since_the_last_start(self, tmp_path: Path) -> None:
        asked = (1, 0, 1, 1)
        first = self.written(tmp_path / "1", "2026-07-01", *asked, from_date="2026-02-10")
        assert (str(first.taken_on), first.status) == ("2026-02-10", "open")
        assert first.paid_usd_bn == pytest.approx(12 * (5 - 9 / 28) / 12)  # 19 of 28 days of February, then four months
        assert self.written(tmp_path / "2", "2027-01-01", *asked).taken_on is None
        third = self.written(tmp_path / "3", "2027-07-01", *asked)
        assert (str(third.taken_on), third.paid_usd_bn) == ("2027-01-01", pytest.approx(12.0))

    def test_signed_and_given_back(self, tmp_path: Path) -> None:
        asked, fee = (1, 0, 1, 1), {"signing_fee_usd_bn": 0.5}
        first = self.written(tmp_path / "1", "2026-07-01", *asked, **fee)
        assert (first.status, str(first.from_date), str(first.taken_on)) == ("signed", "2026-01-01", "2026-01-01")
        second = self.written(tmp_path / "2", "2027-01-01", *asked, **fee)
        assert (second.status, second.taken_on, str(second.given_back_on)) == ("signed", None, "2026-07-01")
        third = self.written(tmp_path / "3", "2027-07-01", *asked, **fee)
        assert (third.status, str(third.taken_on), third.given_back_on) == ("signed", "2027-01-01", None)

    def test_what_goes_on_stays_as_it_is(self, tmp_path: Path) -> None:
        since: dict[str, str | float] = {"taken_on": "2025-03-10", "paid_usd_bn": 2}
        found = self.written(tmp_path, "2026-07-01", 1, 1, 1, 1, **since)
        assert (str(found.taken_on), found.paid_usd_bn) == ("2025-03-10", pytest.approx(8.0))


class TestOver:
    """One that is over by July 2026 is left out, unless it counts somewhere."""

    def names(self, folder: Path, *changes: str, **tables: str) -> set[str]:
        given = {"spare_capacity": table({"to_date": "2026-07-01"}, {**SPOT, "max_gw": 1}), **tables}
        case = small(folder, months=6, demand=halves(1), **given).change(EARLY, *changes)
        return {row.offer for row in advance(solved(case), date(2026, 7, 1)).case.rows(SpareCapacity)}

    def test_left_out(self, tmp_path: Path) -> None:
        assert self.names(tmp_path, "chips[tpu_a].reference_price_usd_bn_per_gw_year = 9") == {"spot"}

    # 12 and 10 a GW-year are the reference price of 11, as long as the other is offered.
    def test_its_price_counts(self, tmp_path: Path) -> None:
        assert self.names(tmp_path) == {"spare", "spot"}
        assert self.names(tmp_path / "both", "spare_capacity[spot].to_date = 2026-06-01") == set()

    def test_what_was_paid_counts(self, tmp_path: Path) -> None:
        price = "chips[tpu_a].reference_price_usd_bn_per_gw_year = 9"
        dear = "spare_capacity[spot].price_usd_bn_per_gw_year = 13"
        policy = "policy,kind,subject,from_date,value\nring,funding_from_provider_max,{},2026-01-01,0.5\n"
        about, other = (policy.format(name) for name in ("rival", "other"))
        assert self.names(tmp_path / "1", price, dear, policies=about) == {"spare", "spot"}
        assert self.names(tmp_path / "2", price, dear, policies=other) == {"spot"}
        assert self.names(tmp_path / "3", price, policies=about) == {"spot"} | (
            {"spare"}  # the policy is about its provider, who has no other offer
        )
