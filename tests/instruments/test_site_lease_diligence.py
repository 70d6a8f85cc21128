"""Due diligence that takes time: it begins on a day that is decided, and what comes of it is decided later.

A hall of 0.5 GW at 0.6 a year, diligence of 0.2 that takes a year. A GW-year that is not served costs 100.
"""

from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.display import AS_IT_IS
from planner.basics.errors import DataError, Infeasible
from planner.hedge.valuing import ValuesAsked
from planner.instruments.site_lease.tables import SiteLease
from planner.reports.signatures import signatures
from tests.hedge.plans import costs, hedged, policy
from tests.plans import cost, solved
from tests.roll.holding import at_every_start, kept, still_best
from tests.small import by_date, demand, owned, posted, sites, small, sums, values

LETTER: dict[str, str | float] = {
    "ready_date": "2027-01-01", "ready_by": "2028-01-01", "min_share": 0.5, "term_years": 2, "diligence_usd_bn": 0.2,
    "diligence_months": 12,
}  # fmt: skip


def letter(folder: Path, *gw: float, months: int = 12, toml: str = "", **cells: str | float) -> Case:
    """Four years; 0.5 GW are owned."""
    return small(
        folder, end=2030, months=months, toml=toml, demand=demand(*(gw or (0, 0.5, 0.5, 0.1))),
        site_leases=sites(LETTER | cells), **owned(0.5),
    )  # fmt: skip


class TestPlans:
    # Begun on the first day and leased from 2027 on: 0.2 and 1.2; 0.1 GW are short in the third year.
    def test_begins_a_year_before(self, tmp_path: Path) -> None:
        plan = solved(letter(tmp_path))
        assert values(plan, "begin", "about", "key") == {"diligence begins_on 2026-01-01": 1.0}
        assert values(plan, "exercise", "starts_on") == {"2027-01-01": 1.0}
        assert by_date(plan, "diligence") == {"2026-01-01": pytest.approx(-0.2)}
        assert cost(plan) == pytest.approx(0.2 + 1.2 + 10)
        assert [each.text_in(AS_IT_IS) for each in signatures(plan)] == [
            "0.5 GW from 2027-01 (by (own covenant), due diligence from 2026-01-01)"
        ]
        at_every_start(plan)
        still_best(plan, "2027-01-01", "2028-01-01")

    # Two years of it: leased from 2028 on, a year later than where it is paid on exercise.
    @pytest.mark.parametrize(("months", "starts"), [(0, "2027-01-01"), (13, "2028-01-01"), (24, "2028-01-01")])
    def test_how_long_it_takes(self, tmp_path: Path, months: int, starts: str) -> None:
        plan = solved(letter(tmp_path, diligence_months=months))
        assert values(plan, "exercise", "starts_on") == {starts: 1.0}

    # It takes longer than the offer stands: nothing can be exercised, and a phase that is required cannot be.
    def test_too_long(self, tmp_path: Path) -> None:
        case = letter(tmp_path, diligence_months=25)
        assert not [group for group in posted(case).groups if group.name == "begin"]
        assert cost(solved(case)) == pytest.approx(110)
        with pytest.raises(Infeasible):
            case.change("site_leases[hall].status = required").solve()

    # decide_by is still the last day of exercise: begun by 1 January 2026 for one on 30 June 2027.
    def test_the_last_day_of_exercise(self, tmp_path: Path) -> None:
        late = solved(letter(tmp_path, decide_by="2027-06-30"))
        assert values(late, "begin", "key") == {"begins_on 2026-01-01": 1.0}
        assert cost(solved(letter(tmp_path / "over", decide_by="2026-12-31"))) == pytest.approx(110)

    # Nobody begins what is not exercised, where the future is known.
    def test_nothing_is_begun_in_vain(self, tmp_path: Path) -> None:
        plan = solved(letter(tmp_path, 0, 0, 0, 0))
        assert values(plan, "begin", "key") == {}
        assert cost(plan) == 0.0

    # At a discount of 10 % it begins as late as it can.
    def test_paid_on_its_day(self, tmp_path: Path) -> None:
        case = letter(tmp_path, 0, 0, 0.5, 0.5).change("case.discount_rate = 0.1")
        plan = solved(case)
        assert by_date(plan, "diligence") == {"2027-01-01": pytest.approx(-0.2)}
        assert cost(plan) == pytest.approx(0.2 / 1.1 + 0.6 * (1.1**-2.5 + 1.1**-3.5))

    # The part of the term after the end is unused: half of two years, of what was begun and exercised.
    def test_after_the_end(self, tmp_path: Path) -> None:
        case = letter(tmp_path, 0, 0, 0, 0.5, ready_date="2029-01-01", ready_by="", toml='horizon = "fair"\n')
        assert [value for _, _, value in sums(posted(case), "unused_part")] == [pytest.approx(0.1)]

    @pytest.mark.parametrize("months", [12, 6, 3])
    def test_length_of_periods(self, tmp_path: Path, months: int) -> None:
        assert cost(solved(letter(tmp_path, months=months))) == pytest.approx(0.2 + 1.2 + 10)


class TestBegun:
    """Diligence that began before the start is paid, and over a year later."""

    @pytest.mark.parametrize(
        ("begun", "starts", "paid"),
        [("2025-06-01", "2027-01-01", 0.0), ("2025-12-31", "2027-01-01", 0.0), ("2026-01-01", "2027-01-01", 0.2)],
    )
    def test_before_the_start(self, tmp_path: Path, begun: str, starts: str, paid: float) -> None:
        plan = solved(letter(tmp_path, diligence_from=begun))
        assert values(plan, "exercise", "starts_on") == {starts: 1.0}
        assert cost(plan) == pytest.approx(paid + 1.2 + 10)

    # What has begun is not over before its time.
    def test_it_takes_its_time(self, tmp_path: Path) -> None:
        plan = solved(letter(tmp_path, diligence_from="2025-06-01", diligence_months=24))
        assert values(plan, "exercise", "starts_on") == {"2028-01-01": 1.0}

    # A day that has not come is no day on which it began: it has to begin, and to be paid.
    def test_not_before_it_was(self, tmp_path: Path) -> None:
        case = letter(tmp_path, diligence_from="2029-01-01")
        remark = ("hall", "diligence_from 2029-01-01 is not before the start: it has not begun")
        assert remark in posted(case).notes
        assert cost(solved(case)) == pytest.approx(0.2 + 1.2 + 10)

    # On the way to exercise in 2028 the later case says when it began, and the one after that it is leased.
    def test_a_later_day(self, tmp_path: Path) -> None:
        plan = solved(letter(tmp_path, 0, 0, 0.5, 0.5, diligence_months=18, months=6))
        (began,) = (each.removeprefix("begins_on ") for each in values(plan, "begin", "key"))
        later = at_every_start(plan)
        (row,) = later["2027-07-01"].case.rows(SiteLease)
        assert (str(row.diligence_from), str(row.status)) == (began, "open")
        (row,) = later["2028-07-01"].case.rows(SiteLease)
        assert (row.diligence_from, str(row.status)) == (None, "signed")
        still_best(plan, "2027-07-01", "2028-07-01")

    @pytest.mark.parametrize(
        ("cells", "message"),
        [
            ({"diligence_usd_bn": 0}, "diligence_usd_bn: expected a number above 0 where diligence_months is above 0"),
            ({"diligence_months": 0, "diligence_from": "2025-01-01"}, "diligence_from: expected a blank where"),
            ({"status": "signed", "diligence_from": "2025-01-01"}, "diligence_from: expected a blank where status"),
        ],
    )
    def test_nonsense(self, tmp_path: Path, cells: dict[str, str | float], message: str) -> None:
        with pytest.raises(DataError, match=message):
            letter(tmp_path, **cells)


class TestTree:
    """On 1 January 2027 it is known whether 0.5 GW are needed in 2027 and 2028; both are equally likely.

    Begun on the first day, the diligence is an option: 0.2 in both, and 1.2 where it is exercised. Where it is not
    begun, nothing can be leased by then: 100 where it is needed.

    begun       0.2 + 1.2 = 1.4 if high, 0.2 if low: 0.8 on average
    not begun   100 and 0: 50; so the letter is worth 49.2
    """

    def case(self, folder: Path, high: float = 0.5, **cells: str | float) -> Case:
        return letter(folder, 0, 0.5, 0.5, 0, ready_by="", **cells).change(
            "+events{event=growth, known_on=2027-01-01}",
            f"+outcomes{{event=growth, outcome=high, probability={high}}}",
            f"+outcomes{{event=growth, outcome=low, probability={1 - high},"
            ' changes="demand[2027-01-01..,*,*].demand_gw = 0"}',
        )

    def test_begun_and_walked_away_from(self, tmp_path: Path) -> None:
        found = hedged(self.case(tmp_path), ValuesAsked(news=True, offers=("hall",)))
        assert costs(found) == pytest.approx({"high": 1.4, "low": 0.2})
        assert policy(found, "exercise") == {("growth:high", "hall"): 1.0}
        assert policy(found, "begin") == {("", "hall"): 1.0}
        assert found.record.expected_cost_usd_bn == pytest.approx(0.8)
        assert found.record.options["hall"]["tree"] == pytest.approx((49.2, 49.2))
        # Known on the first day, it begins only where it is exercised: 0.7 on average, so that news are worth 0.1.
        assert found.record.news["growth"] == pytest.approx((0.1, 0.1))

    # At a price p of shortage it saves p − 1.2 with a chance of a half, and costs 0.2: it begins from p = 1.6 on.
    # Where it is paid on exercise, it is never lost: 0.2 + 1.2 or the shortage, whichever is less.
    @pytest.mark.parametrize(("price", "begins"), [(1.0, False), (1.7, True)])
    def test_what_it_pays_for(self, tmp_path: Path, price: float, begins: bool) -> None:
        case = self.case(tmp_path).change(f"case.shortage_cost_usd_bn_per_gw_year = {price}")
        found = hedged(case)
        expected = {"high": 1.4, "low": 0.2} if begins else {"high": price, "low": 0.0}
        assert costs(found) == pytest.approx(expected)
        paid = hedged(case.change("site_leases[hall].diligence_months = 0"))
        assert costs(paid) == pytest.approx({"high": min(price, 1.4), "low": 0.0})

    # In the case of the day of the news, what was begun is begun.
    def test_the_day_of_the_news(self, tmp_path: Path) -> None:
        found = hedged(self.case(tmp_path))
        (row,) = kept(found.plan("low"), "2027-01-01").case.rows(SiteLease)
        assert (str(row.diligence_from), str(row.status)) == ("2026-01-01", "open")
