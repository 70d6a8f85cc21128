"""Damages for late delivery: what the developer pays while halls that were promised do not stand.

A phase is 0.5 GW at 100 USD per kW and month, 0.6 a year. Damages are 1 a GW-year unless the test says otherwise, 0.5 a
year for the whole phase.
"""

from datetime import date
from pathlib import Path
from typing import ClassVar

import pytest

from planner.api import Case
from planner.basics.errors import DataError, Infeasible
from planner.instruments.site_lease.events import SITE_LATE
from planner.instruments.site_lease.tables import SiteLease
from planner.plan.plan import Plan
from planner.roll.advance import advance
from planner.studies.engine import InThisProcess
from planner.studies.prices import prices
from planner.studies.stress import Event, Stress, stress
from tests.hedge.plans import costs, hedged, policy
from tests.plans import confirmed, cost, line, solved
from tests.roll.holding import at_every_start, kept, still_best
from tests.small import by_date, demand, owned, posted, profile, sites, small, sums

MONTHS = (12, 6, 3, 1)
DAMAGES: dict[str, str | float] = {"delay_damages_usd_bn_per_gw_year": 1, "term_years": 2}
SIGNED: dict[str, str | float] = DAMAGES | {"status": "signed", "stage": "existing"}
RAMP = "offer,months,share\nhall,0,0.25\nhall,6,0.5\nhall,15,1\n"
NEWS = "offer,late_from,months,news_months\nhall,{},{},{}\n"
FREE = "+finance{{from_date=2026-01-01, revenue_usd_bn_per_year=0, other_cost_share=0, min_cash_usd_bn={}}}"


def leased(
    folder: Path,
    months: int = 12,
    end: int = 2029,
    *,
    delays: str = "",
    ramp: str = "",
    right: str = "",
    **cells: object,
) -> Case:
    """A lease signed already of which nothing is needed, so that it only costs what is paid for it."""
    phase = SIGNED | {name: str(value) for name, value in cells.items()}
    return small(
        folder, end=end, months=months, demand=demand(0), site_leases=sites(phase), site_delays=delays or None,
        site_ramps=ramp or None, terminations=right or None,
    )  # fmt: skip


class TestSigned:
    """Leases that are signed already."""

    # Promised for 1 April 2026, nine months late: 0.5 · 3/4. Two years of rent from 2027 on.
    @pytest.mark.parametrize("months", MONTHS)
    def test_parts_of_periods(self, tmp_path: Path, months: int) -> None:
        plan = solved(leased(tmp_path, months, ready_date="2026-04-01", delay_months=9))
        assert line(plan, "delay_damages") == pytest.approx(-0.375)
        assert cost(plan) == pytest.approx(1.2 - 0.375)

    # By half-years a quarter of a year and a half; in the middle of their periods.
    def test_when_they_are_paid(self, tmp_path: Path) -> None:
        ledgers = posted(leased(tmp_path, 6, ready_date="2026-04-01", delay_months=9))
        assert profile(ledgers, "cash", "delay_damages") == pytest.approx({0: 0.125, 1: 0.25})
        assert sums(ledgers, "delay_damages") == [("cost", 0.25, 0.125), ("cost", 0.75, 0.25)]
        assert not [post for post in ledgers.posts if post.line == "delay_damages" and post.ledger != "cash"]

    # Of three fifths of the phase that are leased: 0.3 a year.
    def test_the_part_that_is_leased(self, tmp_path: Path) -> None:
        plan = solved(leased(tmp_path, delay_months=12, signed_share=0.6))
        assert by_date(plan, "delay_damages") == {"2026-01-01": pytest.approx(0.3)}

    # Promised for July 2025 and still not there in 2026: what lies before the start is over, half a year is due.
    # One that commenced before the start brings nothing, and so does one that comes earlier than it was promised.
    @pytest.mark.parametrize(
        ("promised", "commences", "due"),
        [("2025-07-01", "2026-07-01", 0.25), ("2025-07-01", "2025-12-01", 0.0), ("2026-09-01", "2026-07-01", 0.0)],
    )
    def test_a_delay_that_began_before_the_start(
        self, tmp_path: Path, promised: str, commences: str, due: float
    ) -> None:
        plan = solved(leased(tmp_path, promised_on=promised, commences_on=commences))
        assert -line(plan, "delay_damages") == pytest.approx(due)

    # Three years late, in a case of two: 0.5 in each that is seen, and nothing after the end, whatever counts there.
    @pytest.mark.parametrize("horizon", ["cut", "charge", "fair"])
    def test_the_end_of_the_case(self, tmp_path: Path, horizon: str) -> None:
        case = leased(tmp_path, end=2028, delay_months=36).change(f'case.horizon = "{horizon}"')
        plan = solved(case)
        assert by_date(plan, "delay_damages") == pytest.approx({"2026-01-01": 0.5, "2027-01-01": 0.5})
        assert cost(plan) == pytest.approx((1.2 if horizon == "charge" else 0.0) - 1)

    # Half a year late: a quarter is missing until July, the next until January, and a half from April to October 2027.
    @pytest.mark.parametrize("months", [6, 3])
    def test_halls_that_come_one_after_another(self, tmp_path: Path, months: int) -> None:
        plan = solved(leased(tmp_path, months, ramp=RAMP, delay_months=6))
        quarters = {"2026-01-01": 0.25, "2026-07-01": 0.25, "2027-01-01": 0.25, "2027-07-01": 0.25}
        found: dict[str, float] = dict.fromkeys(quarters, 0.0)
        for day, value in by_date(plan, "delay_damages").items():
            found[max(start for start in found if start <= day)] += value
        assert found == pytest.approx({day: 0.25 * part for day, part in quarters.items()})

    # It ends on 1 July 2027, a year after it commenced: the last half is promised for April, three months before.
    def test_a_lease_that_has_ended(self, tmp_path: Path) -> None:
        right = "offer,from_year\nhall,2\n"
        case = leased(tmp_path, 3, ramp=RAMP, delay_months=6, ends_on="2027-07-01", right=right)
        assert -line(solved(case), "delay_damages") == pytest.approx(0.25 * 0.25 + 0.25 * 0.25 + 0.5 * 0.5 * 0.25)
        open_still = solved(case.change("site_leases[hall].ends_on = blank"))
        assert -line(open_still, "delay_damages") == pytest.approx(0.1875)
        assert line(open_still, "rent") == pytest.approx(0.6 * (0.25 / 2 + 0.5 / 2))

    # The damages of a first year are needed for the rent of it, as the case begins with 0.1 and 0.2 is the least.
    def test_they_are_cash(self, tmp_path: Path) -> None:
        late = leased(tmp_path, 6, delay_months=6).change("case.opening_cash_usd_bn = 0.1", FREE.format(0.05))
        plan = solved(late.change("site_leases[hall].term_years = 0.5"))
        assert plan.cash["closing_usd_bn"].tolist()[:2] == pytest.approx([0.1 + 0.25, 0.1 + 0.25 - 0.3])
        with pytest.raises(Infeasible):
            late.change(
                "site_leases[hall].term_years = 0.5", "site_leases[hall].delay_damages_usd_bn_per_gw_year = blank"
            ).solve()

    # Rent-free months count from the commencement, so that the damages of the delay are paid all the same.
    def test_with_months_without_rent(self, tmp_path: Path) -> None:
        plan = solved(leased(tmp_path, 6, delay_months=6, rent_free_months=12))
        assert cost(plan) == pytest.approx(0.6 - 0.25)


def letter(folder: Path, *gw: float, months: int = 12, delays: str | None = None, **cells: object) -> Case:
    """Halls that may be leased from 2028 on, signed two years before, and what is asked for in each year."""
    phase = DAMAGES | {"lead_months": 24, "ready_date": "2028-01-01"} | {name: str(v) for name, v in cells.items()}
    gw = gw or (0, 0, 0, 0.5, 0)
    return small(
        folder, end=2026 + len(gw), months=months, demand=demand(*gw), site_leases=sites(phase), site_delays=delays,
        **owned(0.5),
    )  # fmt: skip


class TestToBeSigned:
    """Halls signed for on 1 January 2026 or later, and news of 2027 that they are a year late: in 2029."""

    # What stands in the case is foreseen, so that the date is the late one for whoever signs.
    def test_what_is_foreseen_brings_nothing(self, tmp_path: Path) -> None:
        plan = solved(letter(tmp_path, delays=NEWS.format("2027-01-01", 12, "")))
        assert not by_date(plan, "delay_damages")
        assert cost(plan) == pytest.approx(1.2)

    # Five of the twelve months are news: from August 2028, promised for by the start of 2029 as periods are years.
    @pytest.mark.parametrize(("months", "news", "due"), [(12, 12, 0.5), (12, 5, 0.0), (1, 5, 0.5 * 5 / 12)])
    def test_the_part_that_is_news(self, tmp_path: Path, months: int, news: int, due: float) -> None:
        plan = solved(letter(tmp_path, months=months, delays=NEWS.format("2027-01-01", 12, news)))
        assert -line(plan, "delay_damages") == pytest.approx(due)
        assert cost(plan) == pytest.approx(1.2 - due)
        remarks = [remark for offer, remark in posted(plan.case).notes if offer == "hall" and "news_months" in remark]
        assert len(remarks) == (due > 0)

    # News of the day of signing come before the signature.
    @pytest.mark.parametrize(("lead", "due"), [(13, 0.5), (12, 0.0), (0, 0.0)])
    def test_who_signs_after_the_news(self, tmp_path: Path, lead: int, due: float) -> None:
        plan = solved(letter(tmp_path, delays=NEWS.format("2027-01-01", 12, 12), lead_months=lead))
        assert -line(plan, "delay_damages") == pytest.approx(due)

    # Two pieces of news: the second is a delay of a date that was late already, and both are damages.
    def test_news_upon_news(self, tmp_path: Path) -> None:
        delays = "offer,late_from,months,news_months\nhall,2027-01-01,6,6\nhall,2028-02-01,6,6\n"
        plan = solved(letter(tmp_path, months=6, delays=delays))
        assert by_date(plan, "delay_damages") == pytest.approx({"2028-01-01": 0.25, "2028-07-01": 0.25})

    # 0.3 of 0.5 GW are exercised, as a fifth is not needed: damages of three fifths.
    def test_the_part_that_is_exercised(self, tmp_path: Path) -> None:
        plan = solved(letter(tmp_path, 0, 0, 0, 0.3, 0.3, delays=NEWS.format("2027-01-01", 12, 12)))
        assert cost(plan) == pytest.approx(0.6 * (1.2 - 0.5))

    # The letter's diligence takes a year and begins before the news; it is exercised after it, for the late date.
    def test_diligence_is_no_signature(self, tmp_path: Path) -> None:
        cells = {"diligence_months": 12, "diligence_usd_bn": 0.1, "lead_months": 0}
        plan = solved(letter(tmp_path, delays=NEWS.format("2027-06-01", 12, 12), **cells))
        assert by_date(plan, "diligence")
        assert not by_date(plan, "delay_damages")
        assert cost(plan) == pytest.approx(1.3)


def late(case: Case, probability: float, months: int = 12, day: str = "2027-01-01") -> Case:
    """On a day it is known whether the site is late."""
    return case.change(
        f"+events{{event=site, known_on={day}}}",
        f"+outcomes{{event=site, outcome=late, probability={probability}, kind=site_late, subject=hall,"
        f" value={months}}}",
        f"+outcomes{{event=site, outcome=in_time, probability={1 - probability}}}",
    )


class TestTree:
    """It is known on 1 January 2027 whether the halls come in 2028 or in 2029; both are equally likely.

    0.5 GW are needed in 2028 and 2029, two years of rent are 1.2, and what is not served costs 100 a GW-year.
    """

    # Signed for before the news: late, 50 and a year of rent in the case, less 0.5 of damages.
    def test_who_signs_before_the_news(self, tmp_path: Path) -> None:
        found = hedged(late(letter(tmp_path, 0, 0, 0.5, 0.5), 0.5))
        assert costs(found) == pytest.approx({"late": 50 + 0.6 - 0.5, "in_time": 1.2})
        assert by_date(found.plan("late"), "delay_damages") == {"2028-01-01": pytest.approx(0.5)}
        assert policy(found, "exercise") == {("", "hall"): 1.0}

    # Signed for after it, or on its day: the late date is the one that is promised.
    @pytest.mark.parametrize("lead", [12, 0])
    def test_who_signs_after_it(self, tmp_path: Path, lead: int) -> None:
        found = hedged(late(letter(tmp_path, 0, 0, 0.5, 0.5, lead_months=lead), 0.5))
        assert costs(found) == pytest.approx({"late": 50 + 0.6, "in_time": 1.2})

    # A lease signed already for 2028, of which 0.3 of 0.5 GW are leased.
    def test_who_has_signed(self, tmp_path: Path) -> None:
        signed = {"status": "signed", "stage": "existing", "signed_share": 0.6, "lead_months": 0}
        found = hedged(late(letter(tmp_path, 0, 0, 0, 0, **signed), 0.25))
        assert costs(found) == pytest.approx({"late": 0.6 * (0.6 - 0.5), "in_time": 0.6 * 1.2})

    # What was a year late already, and foreseen so, is later by half a year: only that is news.
    def test_on_top_of_what_is_foreseen(self, tmp_path: Path) -> None:
        case = letter(tmp_path, 0, 0, 0, 0.5, 0.5, months=6, delays=NEWS.format("2027-01-01", 12, ""))
        found = hedged(late(case, 0.5, 6))
        assert costs(found) == pytest.approx({"late": 25 + 0.9 - 0.25, "in_time": 1.2})

    # Ended at the start of its second year, 2030, as halls are needed in 2029 only: what was paid for 2028 is kept.
    def test_who_ends_early(self, tmp_path: Path) -> None:
        case = letter(tmp_path, 0, 0, 0.5, 0.5, 0, term_years=3, escalator_rate=0).change(
            "+terminations{offer=hall, from_year=2, fee_months=1}"
        )
        found = hedged(late(case, 0.5))
        assert costs(found) == pytest.approx({"late": 50 + 0.6 + 0.05 - 0.5, "in_time": 1.2 + 0.05})


class TestMachines:
    """Ways to be paid for nothing. Nothing is needed in these cases, and damages are as high as they may be."""

    MOST: ClassVar[dict[str, object]] = {"delay_damages_usd_bn_per_gw_year": 2.4}

    # The delay stands in the case, past its end, so that no rent is ever due: still nothing is signed for it.
    @pytest.mark.parametrize("horizon", ["cut", "fair", "charge"])
    @pytest.mark.parametrize("cell", ["", "0"])
    def test_a_delay_that_is_foreseen(self, tmp_path: Path, horizon: str, cell: str) -> None:
        case = letter(tmp_path, 0, 0, 0, 0, delays=NEWS.format("2027-01-01", 36, cell), **self.MOST)
        plan = solved(case.change(f'case.horizon = "{horizon}"'))
        assert cost(plan) == pytest.approx(0.0)

    # The delay that every commencement is assumed to have is no news either.
    def test_the_assumed_delay(self, tmp_path: Path) -> None:
        plan = solved(letter(tmp_path, 0, 0, 0, 0, delay_months=36, **self.MOST))
        assert cost(plan) == pytest.approx(0.0)

    # Nor with a right to end it for free, and a year without rent to come before that.
    def test_collect_and_end(self, tmp_path: Path) -> None:
        cells = self.MOST | {"rent_free_months": 11, "term_years": 3}
        case = letter(tmp_path, 0, 0, 0, 0, 0, delays=NEWS.format("2027-01-01", 12, ""), **cells).change(
            "+terminations{offer=hall, from_year=2}"
        )
        plan = solved(case)
        assert cost(plan) == pytest.approx(0.0)

    # A bet on the delay is a fair one: late with a chance of p it brings 2.4 in two years, in time it costs 1.2. Under
    # p = 1/3 nobody signs; the expected cost is then 0 and with p = 0.4 it is 0.6 · 1.2 − 0.4 · 2.4.
    @pytest.mark.parametrize(("probability", "expected"), [(0.3, 0.0), (0.4, -0.24)])
    def test_a_bet_is_only_worth_its_chances(self, tmp_path: Path, probability: float, expected: float) -> None:
        found = hedged(late(letter(tmp_path, 0, 0, 0, 0, **self.MOST), probability, 36))
        assert found.record.expected_cost_usd_bn == pytest.approx(expected)

    # A letter that is not exercised promises nothing, whoever has paid its diligence.
    def test_letters(self, tmp_path: Path) -> None:
        cells = self.MOST | {"diligence_months": 12, "diligence_usd_bn": 0.1, "lead_months": 0}
        found = hedged(late(letter(tmp_path, 0, 0, 0, 0, **cells), 0.9, 36, "2027-06-01"))
        assert costs(found) == pytest.approx({"late": 0.0, "in_time": 0.0})

    # A part of 0 earns nothing: the damages are those of the part that is exercised.
    def test_a_part_of_nothing(self, tmp_path: Path) -> None:
        ledgers = posted(letter(tmp_path, delays=NEWS.format("2027-01-01", 12, 12), min_share=0))
        (post,) = [post for post in ledgers.posts if post.line == "delay_damages"]
        assert {ledgers.names[each] for each in post.variables.tolist()} == {
            "site_lease.share[hall,2029-01-01,(own covenant)]"
        }


class TestStress:
    """A plan that has signed for 2028, where 0.5 GW are needed; then the site is late."""

    def outcome(self, folder: Path, day: str, **cells: object) -> tuple[Plan, Stress]:
        plan = solved(letter(folder, 0, 0, 0.5, 0.5, **cells))
        event = Event(event="e", kind="site_late", subject="hall", from_date=date.fromisoformat(day), value=12)
        return plan, stress(plan, [event])

    # 50 are short and a rent of 0.6 is not due, and the developer pays 0.5 beside.
    def test_it_is_paid_to_who_has_signed(self, tmp_path: Path) -> None:
        plan, found = self.outcome(tmp_path, "2027-01-01")
        after = found.outcomes[0].after
        assert after is not None
        assert cost(confirmed(after)) - cost(plan) == pytest.approx(50 - 0.6 - 0.5)
        losses = {str(who): by for who, by in found.outcomes[0].losses(plan).items()}
        assert losses == pytest.approx({"the lab": 48.9, "landlord": 1.1})
        assert by_date(after, "delay_damages") == {"2028-01-01": pytest.approx(0.5)}
        assert "rent of hall −0.6, delay_damages of hall −0.5" in found.sentence(found.outcomes[0])

    def test_and_not_to_who_signs_later(self, tmp_path: Path) -> None:
        plan, found = self.outcome(tmp_path, "2027-01-01", lead_months=12)
        after = found.outcomes[0].after
        assert after is not None
        assert cost(confirmed(after)) - cost(plan) == pytest.approx(50 - 0.6)


class TestRoll:
    def halls(self, folder: Path, months: int, *news: str, **cells: object) -> Case:
        """Signed for July 2027 in January 2026, with a ramp, and news of two delays of half a year in all."""
        phase = DAMAGES | {
            "lead_months": 18, "ready_date": "2027-07-01", "min_share": 0.1, "escalator_rate": 0.1, "deposit_months": 6,
        } | {name: str(value) for name, value in cells.items()}  # fmt: skip
        return small(
            folder, end=2031, months=months, rate=0.1, toml='horizon = "fair"\n', demand=demand(0, 0, 0.2),
            site_leases=sites(phase), site_ramps="offer,months,share\nhall,0,0.5\nhall,6,1\n",
            site_delays="\n".join(["offer,late_from,months,news_months", *news, ""]), **owned(0.2),
        )  # fmt: skip

    # The later case says what was promised, also in the middle of the delay, and what is still to come is the same.
    # What is signed for keeps to starts of periods: July 2027, or 2028 by years; three months are foreseen once.
    @pytest.mark.parametrize(
        ("months", "news", "promised"), [(12, 6, "2028"), (6, 6, "2027"), (3, 6, "2027"), (3, 3, "2027")]
    )
    def test_the_later_case_says_the_same(self, tmp_path: Path, months: int, news: int, promised: str) -> None:
        plan = solved(self.halls(tmp_path, months, "hall,2026-07-01,6,6", f"hall,2027-12-01,6,{news}"))
        assert by_date(plan, "delay_damages")
        later = at_every_start(plan, steps=20)
        still_best(plan, "2027-01-01", "2028-01-01")
        (row,) = later["2028-01-01"].case.rows(SiteLease)
        assert str(row.promised_on)[:4] == promised
        assert str(row.commences_on) > "2028-01-01"

    # Six months of news, of which three were foreseen on signing, so that October 2027 was promised.
    def test_what_was_foreseen_stays_so(self, tmp_path: Path) -> None:
        plan = solved(self.halls(tmp_path, 3, "hall,2026-07-01,6,3"))
        made = kept(plan, "2026-04-01")
        (row,) = made.case.rows(SiteLease)
        assert (str(row.commences_on), str(row.promised_on)) == ("2027-07-01", "2027-10-01")
        at_every_start(plan, steps=20)

    # Signed already with a blank: the later case says what the blank meant, before the delay moves the commencement.
    @pytest.mark.parametrize("cells", [{}, {"commences_on": "2027-07-01"}, {"promised_on": "2027-03-01"}])
    def test_a_lease_signed_already(self, tmp_path: Path, cells: dict[str, object]) -> None:
        signed = {"status": "signed", "stage": "existing", "signed_share": 0.8, "delay_months": 3} | cells
        plan = solved(self.halls(tmp_path, 3, "hall,2026-07-01,6,", **signed))
        assert by_date(plan, "delay_damages")
        later = at_every_start(plan, steps=20)
        (row,) = later["2027-10-01"].case.rows(SiteLease)
        assert str(row.promised_on) == cells.get("promised_on", "2027-07-01")

    # A year later than the plan thought: 0.4 of 0.5 GW, of which a half is missing, then all, and then the other half.
    def test_halls_that_did_not_come(self, tmp_path: Path) -> None:
        plan = solved(self.halls(tmp_path / "case", 6))
        folder = tmp_path / "actual"
        folder.mkdir()
        (folder / "deliveries.csv").write_text("offer,planned_on,delivered_on\nhall,2027-07-01,2028-07-01\n")
        made = advance(plan, date(2027, 7, 1), folder)
        (row,) = made.case.rows(SiteLease)
        assert (str(row.promised_on), str(row.commences_on)) == ("2027-07-01", "2028-07-01")
        assert by_date(solved(made.case), "delay_damages") == pytest.approx(
            {"2027-07-01": 0.05, "2028-01-01": 0.1, "2028-07-01": 0.05}
        )

    # What turned out in a tree is what the next case knows.
    def test_the_day_of_the_news(self, tmp_path: Path) -> None:
        found = hedged(late(letter(tmp_path, 0, 0, 0.5, 0.5), 0.5))
        (row,) = kept(found.plan("late"), "2027-01-01").case.rows(SiteLease)
        assert (str(row.promised_on), str(row.commences_on)) == ("2028-01-01", "2029-01-01")

    # The plan of what is expected, and it turns out late: the next case has the damages to come.
    @pytest.mark.parametrize("day", ["2027-01-01", "2027-07-01"])
    def test_what_turned_out(self, tmp_path: Path, day: str) -> None:
        plan = solved(late(letter(tmp_path, 0, 0, 0.5, 0.5, months=6), 0.5))
        made = advance(plan, date.fromisoformat(day), outcomes=["site:late"])
        assert cost(solved(made.case)) == pytest.approx(50 + 0.6 - 0.5)


class TestTables:
    def test_what_is_refused(self, tmp_path: Path) -> None:
        cells = {"delay_damages_usd_bn_per_gw_year": 2.5, "promised_on": "2028-01-01"}
        with pytest.raises(DataError) as refused:
            letter(tmp_path, delays=NEWS.format("2027-01-01", 3, 4), **cells)
        assert [str(each) for each in refused.value.problems] == [
            "site_delays.csv:2 news_months: expected at most the 3 in months, found '4'",
            "site_leases.csv:2 promised_on: expected a blank where status is not signed, found '2028-01-01'",
            "site_leases.csv:2 delay_damages_usd_bn_per_gw_year: expected at most 2.4, 2 times the rent of a year,"
            " found '2.5'",
        ]
        with pytest.raises(DataError, match="above 0"):
            leased(tmp_path / "none", delay_damages_usd_bn_per_gw_year=0)

    def test_other_units(self, tmp_path: Path) -> None:
        cells: dict[str, object] = {"delay_damages_usd_bn_per_gw_year": "", "delay_damages_usd_m_per_mw_year": 1}
        assert -line(solved(leased(tmp_path, delay_months=12, **cells)), "delay_damages") == pytest.approx(0.5)

    # An event writes what is news only where it matters.
    def test_what_an_event_changes(self, tmp_path: Path) -> None:
        event = Event(event="e", kind="site_late", subject="hall", from_date=date(2027, 1, 1), value=12)
        plain = letter(tmp_path / "plain", delay_damages_usd_bn_per_gw_year="")
        due = letter(tmp_path / "due")
        added = "+site_delays{offer=hall, late_from=2027-01-01, months=12"
        assert list(SITE_LATE.changes(event, plain)) == [added + "}"]
        assert list(SITE_LATE.changes(event, due)) == [added + ", news_months=12}"]
        assert list(SITE_LATE.changes(event, due.change(added + "}"))) == [
            "site_delays[hall,2027-01-01].months += 12", "site_delays[hall,2027-01-01].news_months += 12",
        ]  # fmt: skip


# Halls signed for before the news, needed a year later: without the term they cost 0.5 more.
def test_what_the_term_is_worth(tmp_path: Path) -> None:
    plan = solved(letter(tmp_path, delays=NEWS.format("2027-01-01", 12, 12)))
    found = prices(plan, with_offers=False, with_limits=False, with_terms=True, engine=InThisProcess)
    (mine,) = [each for each in found.terms if each.term.name == "site_leases.delay_damages_usd_bn_per_gw_year"]
    assert mine.worth_usd_bn == pytest.approx((0.5, 0.5))
