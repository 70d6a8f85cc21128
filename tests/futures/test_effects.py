"""Outcomes that have a kind: what they change is what an event of that kind changes under a stress of a plan."""

from datetime import date
from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import Infeasible
from planner.case import shipped
from planner.common.chips import Chip, ResaleLevel
from planner.common.unknown import EventOutcome, UnknownEvent
from planner.futures.cases import case_of
from planner.futures.causality import problems_of_tree
from planner.futures.effects import changes_of, kind_problems
from planner.futures.tree import Tree
from planner.hedge.hedge import hedge
from planner.instruments.shared.chips_held import price_per_gw
from planner.interfaces.events import Event
from planner.plan.plan import Plan
from planner.solve.solve import solve
from planner.studies.stress import stress
from planner.studies.stress.events import changes
from tests.futures.test_names_and_days import LATE_TPUS
from tests.instruments.test_chip_lease import lease_tables
from tests.plans import cost, decided, line, solved
from tests.rules.deals import ALPHA, BETA, CHIPS, deals
from tests.small import demand, owned, posted, sites, small, sums
from tests.studies.event_kinds import EventKind


def unknown(case: Case, known_on: str, *outcomes: str) -> Case:
    """A case in which something is known on a day; each outcome is `outcome, probability, kind, subject, value`."""
    texts = [f"+events{{event=news, known_on={known_on}}}"]
    for each in outcomes:
        cells = zip(("outcome", "probability", "kind", "subject", "value"), each.split(","), strict=False)
        given = ", ".join(f"{name}={text.strip()}" for name, text in cells if text.strip())
        texts.append(f"+outcomes{{event=news, {given}}}")
    return case.change(*texts)


def future(case: Case, name: str) -> Case:
    tree = Tree.of(case)
    return case_of(case, tree, tree.future(name))


@pytest.fixture(scope="module")
def base() -> Plan:
    return solved(Case.read(shipped.path("starter")))


@pytest.mark.parametrize(
    ("kind", "subject", "value"),
    [
        (EventKind.SITE_LATE, "mesa_1", 12.0),
        (EventKind.PROVIDER_GONE, "cirrus", None),
        (EventKind.PROVIDER_GONE, "rival_lab", None),
        (EventKind.GUARANTOR_DOWNGRADED, "cirrus", 0.5),
        (EventKind.REVENUE_DOWN, None, 0.4),
        (EventKind.RESALE_DOWN, None, 0.5),
        (EventKind.RESALE_DOWN, "tpu_a", 1.0),
        (EventKind.SPARE_RECALLED, "idle_gpus", None),
        (EventKind.COVER_STARTS, "commencement", None),
    ],
)
def test_outcomes_do_what_events_do(base: Plan, kind: EventKind, subject: str | None, value: float | None) -> None:
    day = date(2027, 6, 1)
    event = Event(event="news", kind=kind, subject=subject, from_date=day, value=value)
    outcome = EventOutcome(event="news", outcome="bad", probability=0.5, kind=kind, subject=subject, value=value)
    found = changes_of(UnknownEvent(event="news", known_on=day), outcome, base.case)
    assert found
    assert tuple(found) == changes([event], base)
    assert base.case.change(*found).hashes != base.case.hashes


# A plan without the site's letter, and the same changes: what an event does depends on no plan.
def test_events_change_the_same_whatever_is_signed(base: Plan) -> None:
    other = solved(base.case.change("site_leases[mesa_1].decide_by = 2026-01-01"))
    for kind, subject, value in ((EventKind.PROVIDER_GONE, "cirrus", None), (EventKind.RESALE_DOWN, None, 0.5)):
        event = Event(event="e", kind=kind, subject=subject, from_date=date(2028, 1, 1), value=value)
        assert changes([event], base) == changes([event], other)


# News that comes before what it changes is accepted; in words of --set too, where the row says when it begins.
def test_kinds_do_not_come_too_late() -> None:
    starter = Case.read(shipped.path("starter"))
    for day, told in (
        ("2027-06-01", "site_late,mesa_1,12"),
        ("2028-01-01", "site_late,lake,12"),
        ("2028-01-01", "provider_gone,cirrus"),
        ("2029-01-01", "provider_gone,rival_lab"),
        ("2028-01-01", "guarantor_downgraded,cirrus,0.5"),
        ("2028-01-01", "revenue_down,,0.4"),
        ("2029-01-01", "resale_down,,0.5"),
        ("2029-01-01", "spare_recalled,idle_gpus"),
    ):
        case = unknown(starter, day, "good,0.5", f"bad,0.5,{told}")
        assert problems_of_tree(case, Tree.of(case)) == [], told
    late = "+site_delays{offer=mesa_1, late_from=2027-07-01, months=12}"
    changes = f"{late}; cloud_commitments[cirrus_tpu].gone_from = 2029-01-01"
    case = starter.change(
        "+events{event=news, known_on=2027-07-01}",
        "+outcomes{event=news, outcome=good, probability=0.5}",
        f"+outcomes{{event=news, outcome=bad, probability=0.5, changes='{changes}'}}",
    )
    assert problems_of_tree(case, Tree.of(case)) == []


class TestSiteLate:
    """Two halls of 0.5 GW, at a rent of 0.6 a year, from 2027 and 2028 on; 1 GW of own chips; 1 GW asked for."""

    def case(self, folder: Path, **more: str | float) -> Case:
        halls = sites(
            {"offer": "one", "phase": 1, "lead_months": 12, "ready_date": "2027-01-01", **more},
            {"offer": "two", "phase": 2, "lead_months": 12, "ready_date": "2028-01-01", **more},
        )
        return small(folder, end=2030, demand=demand(0, 1, 1, 1), site_leases=halls, **owned(1))

    def test_only_halls_that_do_not_stand_yet(self, tmp_path: Path) -> None:
        case = unknown(
            self.case(tmp_path), "2028-01-01", "good,0.5", "one,0.25,site_late,one,12", "two,0.25,site_late,two,12"
        )
        # One hall has commenced when it would become late, so that nothing can come of that.
        (problem,) = kind_problems(case)
        assert (problem.file, problem.line, problem.column) == ("events.csv", 2, "known_on")
        assert problem.expected == "a day by 2027-01-01, the last on which one may commence, for news:one"
        late = solved(future(case, "two"))
        assert decided(late, "share", "one", "starts_on") == pytest.approx({"2027-01-01": 1})
        assert decided(late, "share", "two", "starts_on") == pytest.approx({"2029-01-01": 1})
        # Half a GW is missing in 2027 and 2028 at 100; rents of three years and of one.
        assert cost(late) == pytest.approx(100 + 0.6 * 4)
        assert cost(solved(future(case, "good"))) == pytest.approx(50 + 0.6 * 5)

    # After the end of the case a letter that must be signed is one all the same: 0.1 for diligence and a deposit of
    # half a year's rent, 0.3, and no halls for it.
    def test_after_the_end_the_letter_is_still_one(self, tmp_path: Path) -> None:
        more: dict[str, str | float] = {"diligence_usd_bn": 0.1, "deposit_months": 6, "status": "required"}
        case = self.case(tmp_path, **more, min_share=1)
        late = case.change("+site_delays{offer=two, late_from=2028-01-01, months=60}")
        plan = solved(late)
        assert decided(plan, "exercise", "two", "starts_on") == {"2033-01-01": 1.0}
        assert line(plan, "diligence", "two") == pytest.approx(0.1)
        assert line(plan, "deposit", "two") == pytest.approx(0.3)
        assert line(plan, "rent", "two") == 0.0
        assert line(plan, "shortage") == pytest.approx(0.5 * 3 * 100)

    # Known in 2027 to be a year late, and in 2028 to be half a year later still, which makes another year by years.
    # News of 2030 comes after it stands.
    def test_late_again(self, tmp_path: Path) -> None:
        rows = [("2027-06-01", 12), ("2028-06-01", 6), ("2030-06-01", 24)]
        texts = [f"+site_delays{{offer=two, late_from={day}, months={months}}}" for day, months in rows]
        plan = solved(self.case(tmp_path).change(*texts, "case.end = 2032-01-01"))
        assert decided(plan, "share", "two", "starts_on") == pytest.approx({"2030-01-01": 1})
        event = Event(event="e", kind="site_late", subject="two", from_date=date(2028, 6, 1), value=3)
        assert changes([event], plan) == ("site_delays[two,2028-06-01].months += 3",)


class TestProviderGone:
    """1 GW for three years, from alpha at 10 or from beta at 20; a shortage costs 100. alpha is gone from 2027 on."""

    def case(self, folder: Path) -> Case:
        alpha = {**ALPHA, "floor": 4.0}
        return small(folder, end=2029, chips=CHIPS, demand=demand(1, 1, 1), **deals(alpha, BETA))

    # Whoever does not know takes alpha, for 30; who does takes beta besides, for the two years that are left. With
    # alpha alone one year is served: 10 + 200.
    def test_the_year_under_way_is_served_out(self, tmp_path: Path) -> None:
        case = unknown(self.case(tmp_path), "2026-07-01", "stays,0.5", "goes,0.5,provider_gone,alpha")
        assert list(kind_problems(case)) == []
        assert cost(solved(future(case, "stays"))) == pytest.approx(30)
        gone = future(case, "goes")
        assert cost(solved(gone)) == pytest.approx(10 + 40)
        alone = gone.change("cloud_commitments[beta_deal].status = closed")
        assert cost(solved(alone)) == pytest.approx(10 + 200)
        plan = solved(self.case(tmp_path))
        event = Event(event="e", kind="provider_gone", subject="alpha", from_date=date(2026, 7, 1))
        (outcome,) = stress(plan, [event]).outcomes
        assert outcome.after is not None
        assert cost(outcome.after) == pytest.approx(10 + 200)

    # With a price of 1 for signing beta, for all that may come: both are signed, for 10 + 40 + 1 if alpha goes after a
    # year, and 30 + 1 if it stays, when beta would not be needed. alpha alone would cost 210 if it goes.
    def test_planned_for(self, tmp_path: Path) -> None:
        dear = self.case(tmp_path).change("cloud_commitments[beta_deal].signing_fee_usd_bn = 1")
        case = unknown(dear, "2027-01-01", "stays,0.5", "goes,0.5,provider_gone,alpha")
        assert problems_of_tree(case, Tree.of(case)) == []
        made = hedge(case)
        assert made.record.expected_cost_usd_bn == pytest.approx(0.5 * 31 + 0.5 * 51)
        assert {name: cost(plan) for name, plan in made.plans.items()} == pytest.approx({"stays": 31, "goes": 51})

    # Of 4 for signing a contract of four years, one year's part would be unused at the end of 2028. It is lost.
    @pytest.mark.parametrize(("gone", "back"), [("blank", 1.0), ("2029-01-01", 0.0), ("2027-06-01", 0.0)])
    def test_nothing_is_unused_that_is_not_served(self, tmp_path: Path, gone: str, back: float) -> None:
        tables = deals({**ALPHA, "floor": 4.0, "years": 4})
        case = small(tmp_path, end=2029, chips=CHIPS, demand=demand(1, 1, 1), toml='horizon = "fair"', **tables)
        plan = solved(
            case.change(
                "cloud_commitments[alpha_deal].signing_fee_usd_bn = 4",
                f"cloud_commitments[alpha_deal].gone_from = {gone}",
            )
        )
        assert line(plan, "unused_part") == pytest.approx(-back)

    # Signed from 2027 on only, it is not offered once alpha is gone; nor is it required then.
    def test_what_is_not_signed_yet_is_not_offered(self, tmp_path: Path) -> None:
        case = self.case(tmp_path).change(
            "cloud_commitments[alpha_deal].sign_from = 2027-01-01",
            "cloud_commitments[alpha_deal].sign_by = 2027-12-31",
            "cloud_commitments[alpha_deal].status = required",
        )
        gone = unknown(case, "2027-01-01", "goes,1,provider_gone,alpha")
        plan = solved(future(gone, "goes").change("cloud_commitments[beta_deal].status = closed"))
        assert cost(plan) == pytest.approx(300)
        remark = ("alpha_deal", "alpha is gone by 2027-01-01: not offered")
        assert remark in posted(plan.case).notes

    # A prepayment that could be lost is refused, and told of the outcome. What nobody can sign before the day is not.
    def test_prepayments(self, tmp_path: Path) -> None:
        prepaid = self.case(tmp_path).change("cloud_commitments[alpha_deal].prepay_share = 0.5")
        (problem,) = kind_problems(unknown(prepaid, "2026-07-01", "stays,0.5", "goes,0.5,provider_gone,alpha"))
        assert (problem.file, problem.line, problem.column) == ("outcomes.csv", 3, "subject")
        assert "'alpha_deal' may be prepaid by then" in problem.found
        later = prepaid.change(
            "cloud_commitments[alpha_deal].sign_from = 2027-01-01", "cloud_commitments[alpha_deal].sign_by = 2027-12-31"
        )
        assert list(kind_problems(unknown(later, "2026-07-01", "stays,0.5", "goes,0.5,provider_gone,alpha"))) == []
        # With the column itself what is left of a prepayment is lost: of 6 for three floors of 4, half of each, 4 are
        # drawn for the first year, and the rest of its spend, 6, is paid.
        alone = prepaid.change(
            "cloud_commitments[beta_deal].status = closed", "cloud_commitments[alpha_deal].gone_from = 2026-07-01"
        )
        assert cost(solved(alone)) == pytest.approx(10 + 200)
        dear = solved(alone.change("cloud_commitments[alpha_deal].prepay_share = 1"))
        assert cost(dear) == pytest.approx(12 + 200)


ALL_ALONG = {"2026-01-01": 5.0, "2027-01-01": 2.0}
"""what a supporter stands behind at half of the resale values: 10 − 5, and 5 − 3"""


class TestResale:
    """A lease of 10, a loan at no interest, half of it a year; chips fetch 0.6 of it after a year. Upkeep is 0.25."""

    def case(self, folder: Path, *more: str, end: int = 2029, **cells: str) -> Case:
        loan = "a,debt,1,0,1,0,0,0,true"
        tables = lease_tables((loan,), min_usd_bn="10", max_usd_bn="10", status="required", **cells)
        return small(folder, end=end, demand=demand(0), **tables).change(*more)

    # At the start of 2027 5 are owed, and chips fetch 6: nobody stands behind it. At 0.5 of that they fetch 3.
    @pytest.mark.parametrize(
        ("since", "behind"), [("2027-01-01", {"2027-01-01": 2.0}), ("2028-01-01", {}), ("2026-01-01", ALL_ALONG)]
    )
    def test_who_stands_behind_it_from_the_day_on(self, tmp_path: Path, since: str, behind: dict[str, float]) -> None:
        plan = solved(self.case(tmp_path, f"+resale_levels{{chip=tpu_a, from_date={since}, level_share=0.5}}"))
        assert decided(plan, "support", "spv", "period") == pytest.approx(behind)

    # 10 against 10 and 5 against 6 are within an advance of 1. With values at 0.9 on the day of signing they are not.
    @pytest.mark.parametrize(("since", "within"), [("2025-01-01", False), ("2026-01-01", False), ("2026-07-01", True)])
    def test_the_advance_is_tested_at_the_level_of_signing(self, tmp_path: Path, since: str, within: bool) -> None:
        case = self.case(
            tmp_path,
            f"+resale_levels{{chip=tpu_a, from_date={since}, level_share=0.9}}",
            support_guarantor="",
            advance_share="1",
        )
        if within:
            assert cost(solved(case)) == pytest.approx(10 + 2 * 0.25)
        else:
            with pytest.raises(Infeasible):
                solve(case)

    # Bought at the end of 2027 at no price, they are sold at the end of 2028: 10 · 0.3, at the level of that day.
    @pytest.mark.parametrize(("since", "level"), [("2028-12-31", 0.5), ("2029-01-01", 0.5), ("2029-01-02", 1.0)])
    def test_what_is_sold_at_the_end(self, tmp_path: Path, since: str, level: float) -> None:
        case = self.case(
            tmp_path, f"+resale_levels{{chip=tpu_a, from_date={since}, level_share=0.5}}", end_option="buy", end=2029
        )
        assert line(solved(case), "resale") == pytest.approx(-10 * (0.3 if level == 1.0 else 0.15))

    def test_levels_fall_again(self, tmp_path: Path) -> None:
        case = self.case(tmp_path)
        event = Event(event="e", kind="resale_down", subject=None, from_date=date(2027, 6, 1), value=0.5)
        of_kind = case.catalogue.event_kinds["resale_down"].changes
        assert of_kind is not None
        once = case.change(*of_kind(event, case))
        earlier = event.model_copy(update={"from_date": date(2026, 6, 1)})
        twice = once.change(*of_kind(earlier, once))
        found = {row.from_date: row.level_share for row in twice.rows(ResaleLevel)}
        assert found == {date(2026, 6, 1): 0.5, date(2027, 6, 1): 0.25}
        again = twice.change(*of_kind(event.model_copy(update={"from_date": date(2028, 1, 1)}), twice))
        assert {row.from_date: row.level_share for row in again.rows(ResaleLevel)} == found | {date(2028, 1, 1): 0.125}


# 12 in 2028 less a tenth a year is 10.8 for what is delivered in 2029, and the deposit on it is 0.3 of that. A year
# late the chip costs 12 then, so that who orders in 2028 would learn of it from the deposit; unless priced_from says
# when it was announced.
@pytest.mark.parametrize(("priced", "late"), [("blank", 12.0), ("2028-01-01", 10.8)])
def test_a_chip_that_is_late(priced: str, late: float) -> None:
    starter = Case.read(shipped.path("starter")).change(
        *LATE_TPUS, "chips[tpu_b].available_from = 2028-01-01", f"chips[tpu_b].priced_from = {priced}"
    )
    (chip,) = (chip for chip in starter.rows(Chip) if chip.chip == "tpu_b")
    assert price_per_gw(starter, chip, date(2029, 1, 1)) == pytest.approx(10.8)
    changed = starter.change("chips[tpu_b].available_from += 12 months")
    (chip,) = (chip for chip in changed.rows(Chip) if chip.chip == "tpu_b")
    assert price_per_gw(changed, chip, date(2029, 1, 1)) == pytest.approx(late)
    paid = {years: -value for _, years, value in sums(posted(changed), "deposit", offer="tpu_b_order")}
    assert paid[1.0] == pytest.approx(0.3 * late)


def test_all_problems_of_kinds_at_once() -> None:
    case = unknown(
        Case.read(shipped.path("starter")),
        "2027-06-01",
        "a,0.1,earthquake,mesa_1,12",
        "b,0.1,lessee_default,tpu_lease",
        "c,0.1,site_late,mesa_9,12",
        "d,0.1,site_late,mesa_1,1.5",
        "e,0.1,revenue_down,cirrus,0.5",
        "f,0.1,revenue_down,,40",
        "g,0.1,provider_gone,cirrus,1",
        "h,0.1,site_late,mesa_1",
        "i,0.1,site_late,mill,12",
        "j,0.1,site_late,mesa_1,12",
    )
    found = [(problem.file, problem.line, problem.column) for problem in kind_problems(case)]
    assert found == [
        ("outcomes.csv", 2, "kind"),
        ("outcomes.csv", 3, "kind"),
        ("outcomes.csv", 4, "subject"),
        ("outcomes.csv", 5, "value"),
        ("outcomes.csv", 6, "subject"),
        ("outcomes.csv", 7, "value"),
        ("outcomes.csv", 8, "value"),
        ("outcomes.csv", 9, "value"),
        ("events.csv", 2, "known_on"),
    ]
    said = [str(problem) for problem in kind_problems(case)]
    assert "lessee_default, which changes nothing of the case" in said[1]
    assert "did you mean" in said[2]
