"""Site leases in the case of a later day: at every period start it says the same of the time to come as the plan."""

from pathlib import Path

import pytest

from planner.api import Case
from planner.instruments.site_lease.delay_tables import SiteDelay
from planner.instruments.site_lease.tables import LeaseBacker, SiteLease
from tests.plans import solved
from tests.roll.holding import at_every_start, kept, still_best
from tests.small import by_date, demand, owned, sites, small, values

RUNOFF = """
    age_years,cover_share
    0,1
    1,0.6
    4,0.1
    """
GUARANTORS = """
    guarantor,kind,families,fee_rate
    strong,lease,tpu|gpu,0.01
    bank,lease,tpu,0.02
    """
CAPS = """
    guarantor,kind,from_date,cap_usd_bn,used_usd_bn
    strong,lease,2026-01-01,{strong},0.5
    bank,lease,2026-01-01,100,4
    """
COVERS: dict[str, dict[str, str | float]] = {
    "termination": {"cover_measure": "termination", "cover_usd_bn_per_gw": 8},
    "remaining_rent": {"cover_measure": "remaining_rent", "cover_share": 0.5},
    "pv_rent": {"cover_measure": "pv_rent", "cover_share": 0.5},
}
LATER = "from_date,region,workload,demand_gw\n2026-01-01,here,training,0\n2027-07-01,here,training,0.2\n"
"""0.2 GW from July 2027 on"""
PHASE: dict[str, str | float] = {
    "lead_months": 12, "ready_date": "2027-01-01", "ready_by": "2028-07-01", "min_share": 0.1, "term_years": 2.5,
    "escalator_rate": 0.1, "deposit_months": 6, "diligence_usd_bn": 0.1, "signing_fee_usd_bn": 0.05,
    "needs_guarantee": "true", **COVERS["termination"],
}  # fmt: skip


def halls(folder: Path, months: int = 6, strong: float = 1.5, toml: str = "", **cells: str | float) -> Case:
    """Halls for 0.2 GW, four tenths of a phase, that nobody needs before July 2027. The strong one has room for 1.

    Its cover of 8 · 0.5 for the whole phase is 1.6 for that, so that the bank backs 0.15 of the phase.
    """
    return small(
        folder, end=2031, months=months, rate=0.1, toml=toml, demand=LATER, site_leases=sites(PHASE | cells),
        cover_runoff=RUNOFF, guarantors=GUARANTORS, guarantor_caps=CAPS.format(strong=strong), **owned(0.2),
    )  # fmt: skip


class TestLeasedInPart:
    # Signed on 1 July 2026, a year before it commences; then it is data, with the deposit of six months of 0.05 · 0.4.
    def test_what_the_later_case_says(self, tmp_path: Path) -> None:
        plan = solved(halls(tmp_path))
        assert values(plan, "exercise", "starts_on") == {"2027-07-01": 1.0}
        assert values(plan, "share", "backer") == pytest.approx({"strong": 0.25, "bank": 0.15})
        later = at_every_start(plan)
        (row,) = later["2026-07-01"].case.rows(SiteLease)
        assert (row.status, row.commences_on, row.ready_by) == ("open", None, plan.case.rows(SiteLease)[0].ready_by)
        (row,) = later["2027-01-01"].case.rows(SiteLease)
        assert (str(row.status), str(row.commences_on), str(row.ready_date)) == ("signed", "2027-07-01", "2027-01-01")
        assert row.signed_share == pytest.approx(0.4)
        assert row.deposit_held_usd_bn == pytest.approx(0.12)
        backers = {each.guarantor: each.share for each in later["2027-01-01"].case.rows(LeaseBacker)}
        assert backers == pytest.approx({"strong": 0.25, "bank": 0.15})
        # The term ends on 1 January 2030, and the deposit comes back on that day.
        again = solved(later["2030-01-01"].case)
        assert by_date(again, "deposit_returned") == {"2030-01-01": pytest.approx(0.12)}
        assert not by_date(again, "rent")
        # As its rent still counts in the mean rent of its region, it stays, unless the region states a rent.
        assert later["2030-07-01"].case.rows(SiteLease)
        stated = solved(halls(tmp_path / "stated").change("regions[*].reference_rent_usd_per_kw_month = 100"))
        gone = kept(stated, "2030-07-01").case
        assert not gone.rows(SiteLease)
        assert not gone.rows(LeaseBacker)
        assert kept(stated, "2030-01-01").case.rows(SiteLease)

    @pytest.mark.parametrize("months", [12, 6, 3, 1])
    @pytest.mark.parametrize("cover", COVERS)
    def test_at_every_length_of_period(self, tmp_path: Path, months: int, cover: str) -> None:
        case = halls(
            tmp_path, months, 1.5 if cover == "termination" else 0.6, **{"cover_usd_bn_per_gw": "", **COVERS[cover]}
        )
        plan = solved(case)
        assert len(values(plan, "share", "backer")) == 2
        at_every_start(plan, steps=8)

    @pytest.mark.parametrize("horizon", ["fair", "cut", "charge"])
    @pytest.mark.parametrize("recognised", ["signing", "commencement"])
    def test_whatever_outlives_the_horizon(self, tmp_path: Path, horizon: str, recognised: str) -> None:
        toml = f'horizon = "{horizon}"\nrecognise_leases = "{recognised}"\n'
        plan = solved(halls(tmp_path, toml=toml, term_years=6))
        assert values(plan, "exercise", "starts_on") == {"2027-07-01": 1.0}
        at_every_start(plan)
        still_best(plan, "2026-07-01", "2027-01-01", "2028-07-01")

    # Ends before the end of the case, on it, and after it.
    @pytest.mark.parametrize("term", [1.25, 3.5, 3.75])
    def test_wherever_its_term_ends(self, tmp_path: Path, term: float) -> None:
        plan = solved(halls(tmp_path, toml='horizon = "charge"\n', term_years=term))
        at_every_start(plan)
        still_best(plan, "2026-07-01", "2027-01-01", "2028-07-01")

    # Four months late: ready in March, it opens in July. A decision date comes first.
    @pytest.mark.parametrize("cells", [{"delay_months": 4}, {"decide_by": "2026-02-15"}, {"delay_months": 30}])
    def test_late_or_decided_early(self, tmp_path: Path, cells: dict[str, str | float]) -> None:
        plan = solved(halls(tmp_path, toml='horizon = "charge"\n', **cells))
        assert values(plan, "exercise", "starts_on")
        at_every_start(plan)
        still_best(plan, "2026-07-01", "2027-01-01", "2027-07-01")

    # News of September 2026 and of December 2027, each of half a year. Signed for July 2027, it comes in July 2028. One
    # that is still to be signed comes in July 2027 if it is signed for January, when the second news is none for it.
    # Once it is signed its day stands in the case as it is known then, without the rows of that news.
    @pytest.mark.parametrize("cover", COVERS)
    @pytest.mark.parametrize(("signed", "starts"), [(False, "2027-07-01"), (True, "2028-07-01")])
    def test_late_by_news(self, tmp_path: Path, signed: bool, starts: str, cover: str) -> None:
        cells: dict[str, str | float] = {"status": "signed", "ready_date": "2027-07-01", "ready_by": ""}
        news = [("2026-09-01", 6), ("2027-12-01", 6), ("2029-01-01", 60)]
        texts = [f"+site_delays{{offer=hall, late_from={day}, months={months}}}" for day, months in news]
        case = halls(tmp_path, toml='horizon = "charge"\n', **COVERS[cover], **(cells if signed else {}))
        plan = solved(case.change(*texts))
        assert values(plan, "exercise", "starts_on") == {starts: 1.0}
        later = at_every_start(plan)
        for day, advanced in later.items():
            (row,) = advanced.case.rows(SiteLease)
            if row.status == "signed":
                told = {str(each.late_from) for each in advanced.case.rows(SiteDelay)}
                assert told == {on for on, _ in news if on > day}
                assert (str(row.commences_on) == starts) == (day >= "2027-12-01" or (not signed and day > "2026-09-01"))
        still_best(plan, "2026-07-01", "2027-01-01", "2028-07-01")

    # By its own covenant, or by one guarantor who has no choice, nobody needs to be named; the latter is all the same.
    def test_with_one_backer(self, tmp_path: Path) -> None:
        alone: dict[str, str | float] = {"needs_guarantee": "false", "cover_measure": "", "cover_usd_bn_per_gw": ""}
        own = solved(halls(tmp_path / "own", **alone))
        assert not at_every_start(own)["2027-07-01"].case.rows(LeaseBacker)
        one = solved(halls(tmp_path / "one", strong=10).change("-guarantor_caps[bank,*,*]", "-guarantors[bank,lease]"))
        (row,) = at_every_start(one)["2027-07-01"].case.rows(LeaseBacker)
        assert row.share == pytest.approx(0.4)
        still_best(own, "2027-01-01")
        still_best(one, "2027-01-01")

    # Signed at the start, and the plan has decided who backs it: then the case of the later day says who does.
    def test_a_lease_whose_backers_the_plan_decides(self, tmp_path: Path) -> None:
        cells = {"status": "signed", "ready_date": "2026-03-15", "ready_by": "", "delay_months": 2, "term_years": 1.25}
        plan = solved(halls(tmp_path, strong=2.5, **cells))
        later = at_every_start(plan)
        shares = {each.guarantor: each.share for each in later["2026-07-01"].case.rows(LeaseBacker)}
        assert shares == pytest.approx({"strong": 0.5, "bank": 0.5})
        (row,) = later["2026-07-01"].case.rows(SiteLease)
        assert (str(row.commences_on), row.deposit_held_usd_bn, row.delay_months) == ("2026-05-15", None, 0)


class TestPhases:
    """Two phases of 0.5 GW. Half of the first, and as much of the second, a year later."""

    def case(self, folder: Path, **cells: str | float) -> Case:
        one: dict[str, str | float] = {"offer": "first", "min_share": 0.2, "rent_usd_per_kw_month": 120}
        two: dict[str, str | float] = {
            "offer": "second", "phase": 2, "after": "first", "after_share_min": 0.5, "lead_months": 6,
            "ready_date": "2027-01-01", "ready_by": "2028-01-01",
        }  # fmt: skip
        return small(
            folder, end=2029, months=6, rate=0.1, demand=demand(0.2, 0.5, 0.5), site_leases=sites(one, two | cells),
            **owned(0.5),
        )  # fmt: skip

    # The second needs 0.25 GW of the first, though only 0.2 are used at once. It is signed in July 2026.
    def test_one_after_the_other(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path))
        assert values(plan, "share", "offer") == pytest.approx({"first": 0.5, "second": 0.5})
        later = at_every_start(plan)
        status = {day: [str(row.status) for row in each.case.rows(SiteLease)] for day, each in later.items()}
        assert status.pop("2026-07-01") == ["signed", "open"]
        assert set(map(tuple, status.values())) == {("signed", "signed")}
        still_best(plan, *later)

    # The second has a longer lead time, so it is signed first; the first must still be taken by then.
    def test_the_later_phase_is_signed_first(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, lead_months=12).change(
            "site_leases[first].ready_date = 2027-01-01", "site_leases[first].rent_usd_per_kw_month = 200"
        )
        plan = solved(case)
        assert values(plan, "share", "offer") == pytest.approx({"first": 0.5, "second": 0.5})
        later = at_every_start(plan)
        assert [str(row.status) for row in later["2026-07-01"].case.rows(SiteLease)] == ["open", "signed"]
        still_best(plan, *later)

    # Both are signed and their order is settled: a delay of the first does not make the second impossible.
    def test_an_order_that_is_settled(self, tmp_path: Path) -> None:
        case = kept(solved(self.case(tmp_path)), "2027-01-01").case
        late = case.change("site_leases[first].commences_on = 2027-06-01")
        assert solved(late)

    # What nobody has signed by its last day is left out, where the region states what halls cost.
    def test_what_was_not_signed(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, after="", after_share_min="", rent_usd_per_kw_month=5000)
        plan = solved(case)
        assert {row.offer for row in at_every_start(plan)["2028-01-01"].case.rows(SiteLease)} == {"first", "second"}
        plan = solved(case.change("regions[*].reference_rent_usd_per_kw_month = 100"))
        later = at_every_start(plan)
        assert {row.offer for row in later["2027-07-01"].case.rows(SiteLease)} == {"first", "second"}
        assert {row.offer for row in later["2028-01-01"].case.rows(SiteLease)} == {"first"}
