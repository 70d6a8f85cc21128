"""Site leases: profiles worked by hand, and optima that only show once solved.

A phase here is 0.5 GW at 100 USD per kW and month, 0.6 a year, unless the test says otherwise.
"""

from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from planner.api import Case
from planner.basics.errors import DataError, Infeasible
from planner.instruments.site_lease.tables import NoGuarantor
from planner.instruments.site_lease.vintages import backers, vintages
from tests.plans import cost, solved
from tests.small import by_date, demand, keys, owned, posted, profile, sites, small, sums, used, values

RUNOFF = """
    age_years,cover_share
    0,1
    1,0.6
    """
FLAT = """
    age_years,cover_share
    0,1
    """
TERMINATION = {"needs_guarantee": "true", "cover_measure": "termination", "cover_usd_bn_per_gw": 8}
STRONG = """
    guarantor,kind,families,fee_rate
    strong,lease,tpu|gpu,0.01
    """
CAPS = """
    guarantor,kind,from_date,cap_usd_bn,used_usd_bn
    strong,lease,2026-01-01,100,0
    """


class TestRent:
    """Half-years: 0.3 in each before steps."""

    # It commences in July 2026, t = 1, for 2½ years, t = 1 … 5; steps of 10 % a lease year.
    def test_steps_by_lease_year(self, tmp_path: Path) -> None:
        case = small(
            tmp_path,
            end=2029,
            months=6,
            site_leases=sites({"ready_date": "2026-07-01", "term_years": 2.5, "escalator_rate": 0.1}),
        )
        rent = {1: -0.3, 2: -0.3, 3: -0.33, 4: -0.33, 5: -0.363}
        ledgers = posted(case)
        assert sums(ledgers, "rent") == [("cost", (t + 0.5) / 2, pytest.approx(paid)) for t, paid in rent.items()]
        assert profile(ledgers, "dues", "rent") == pytest.approx({t: -paid for t, paid in rent.items()})
        # 1.623 in total, owed from signing on, before commencement too when there is a lead time.
        owed = {1: 1.623, 2: 1.323, 3: 1.023, 4: 0.693, 5: 0.363}
        assert profile(ledgers, "obligations", "rent") == pytest.approx(owed)
        early = posted(case.change("site_leases[hall].lead_months = 3"))
        assert profile(early, "obligations", "rent") == pytest.approx({0: 1.623, **owed})
        assert profile(early, "signed", "signed") == dict.fromkeys(range(6), 1.0)
        assert profile(early, "halls", "halls") == dict.fromkeys(range(1, 6), 0.5)

    # Signed, commenced on 1 October 2025: its lease years turn in October, in the middle of the second half of a year.
    # Two years and three months end it on 1 January 2028.
    def test_a_lease_under_way_keeps_its_dates(self, tmp_path: Path) -> None:
        case = small(
            tmp_path,
            end=2029,
            months=6,
            site_leases=sites(
                {
                    "status": "signed",
                    "stage": "existing",
                    "ready_date": "2025-10-01",
                    "term_years": 2.25,
                    "escalator_rate": 0.1,
                    "deposit_months": 6,
                    "diligence_usd_bn": 1,
                    "signing_fee_usd_bn": 1,
                }
            ),
        )
        ledgers = posted(case)
        assert profile(ledgers, "dues", "rent") == pytest.approx({0: 0.3, 1: 0.315, 2: 0.33, 3: 0.3465})
        # What was paid on signing is sunk; the deposit, six months of 0.05, comes back at the end of the term.
        assert {post.line for post in ledgers.select("cash")} == {"rent", "deposit_returned", "shortage"}
        assert sums(ledgers, "deposit_returned") == [("cost", 2.0, pytest.approx(0.3))]
        assert ledgers.notes == [
            (
                "hall",
                "deposit_held_usd_bn is blank: 0.3 USD bn come back on 2028-01-01, which is deposit_months of the first"
                " rent",
            )
        ]
        assert list(ledgers.find("site_lease", "exercise").lower) == [1.0]
        assert list(ledgers.find("site_lease", "share").lower) == [1.0]

    # Three half-years lie beyond the end of 2027; each is charged in its middle.
    def test_rent_beyond_the_horizon(self, tmp_path: Path) -> None:
        case = small(tmp_path, months=6, site_leases=sites({"term_years": 3.5, "escalator_rate": 0.5}))
        ledgers = posted(case)
        later = [(kind, years, value) for kind, years, value in sums(ledgers, "rent") if kind == "beyond_horizon"]
        assert later == [
            ("beyond_horizon", years, pytest.approx(rent))
            for years, rent in ((2.25, -0.675), (2.75, -0.675), (3.25, -1.0125))
        ]


class TestDates:
    """Half-years from 2026 to 2028: t = 0 … 5. Ready in 2027, or half a year or a year later."""

    PHASE: ClassVar[dict[str, str | float]] = {"ready_date": "2027-01-01", "ready_by": "2028-01-01"}

    def dates(self, folder: Path, **cells: str | float) -> list[tuple[int, str]]:
        found, _ = vintages(small(folder, end=2029, months=6, site_leases=sites(self.PHASE | cells)))
        return [(vintage.signed, vintage.starts.isoformat()) for vintage in found]

    # Nine months before: April 2026 → January; October 2026 → July; April 2027 → January.
    def test_signed_as_late_as_the_lead_time_allows(self, tmp_path: Path) -> None:
        assert self.dates(tmp_path, lead_months=9) == [(0, "2027-01-01"), (1, "2027-07-01"), (2, "2028-01-01")]

    # Not later than the decision date, 15 August 2026 → July.
    def test_signed_by_the_decision_date(self, tmp_path: Path) -> None:
        expected = [(0, "2027-01-01"), (1, "2027-07-01"), (1, "2028-01-01")]
        assert self.dates(tmp_path, lead_months=9, decide_by="2026-08-15") == expected

    # Two years before: only January 2028 can be signed from the start on.
    def test_no_commencement_that_should_be_signed_already(self, tmp_path: Path) -> None:
        assert self.dates(tmp_path, lead_months=24) == [(0, "2028-01-01")]
        case = small(tmp_path / "notes", end=2029, months=6, site_leases=sites(self.PHASE | {"lead_months": 24}))
        remark = "2 of its 3 commencements would have to be signed before the case's start: not offered"
        assert vintages(case)[1] == [("hall", remark)]

    def test_no_commencement_at_all(self, tmp_path: Path) -> None:
        case = small(tmp_path, site_leases=sites({"decide_by": "2025-12-31"}))
        late = "its only commencement would have to be signed before the case's start: not offered"
        assert vintages(case) == ([], [("hall", late)])

    # Blank ready_by: ready_date rounded forward, one commencement.
    def test_one_commencement(self, tmp_path: Path) -> None:
        assert self.dates(tmp_path, ready_date="2026-10-15", ready_by="") == [(2, "2027-01-01")]

    # Four months late moves commencement and end, in whole periods, but not the signing: ready in January, July and
    # January, the sites open in July, January and July.
    def test_delay(self, tmp_path: Path) -> None:
        late = [(0, "2027-07-01"), (1, "2028-01-01"), (2, "2028-07-01")]
        assert self.dates(tmp_path, lead_months=9, delay_months=4) == late
        case = small(
            tmp_path / "ends",
            end=2029,
            months=6,
            site_leases=sites({"delay_months": 4, "term_years": 1, "escalator_rate": 0.1, "deposit_months": 6}),
        )
        ledgers = posted(case)
        assert profile(ledgers, "halls", "halls") == {1: 0.5, 2: 0.5}
        assert profile(ledgers, "dues", "rent") == pytest.approx({1: 0.3, 2: 0.3})
        # The deposit, half a year's rent, is paid on signing, at once, and comes back 1½ years on.
        assert sums(ledgers, "deposit") == [("cost", 0.0, pytest.approx(-0.3))]
        assert sums(ledgers, "deposit_returned") == [("cost", 1.5, pytest.approx(0.3))]

    def test_a_window_without_a_period_start(self, tmp_path: Path) -> None:
        phase = {"ready_date": "2026-02-01", "ready_by": "2026-05-31"}
        case = small(tmp_path, months=6, site_leases=sites(phase))
        missed = "the window from 2026-02-01 to 2026-05-31 holds no period start"
        assert vintages(case) == ([], [("hall", f"{missed}: not offered")])
        found, notes = vintages(case.change("site_leases[hall].min_share = 1", "site_leases[hall].status = required"))
        assert [(vintage.signed, vintage.starts.isoformat()) for vintage in found] == [(1, "2026-07-01")]
        assert notes == [("hall", f"{missed}: commences on 2026-07-01")]


# Six months of 0.05; it comes back when the term ends. Within the horizon and on its last day that is cash; later a
# credit, at its value from that date.
@pytest.mark.parametrize(
    ("term", "kind", "years"), [(1, "cost", 1.0), (1.5, "cost", 1.5), (2, "cost", 2.0), (10, "credit", 10.0)]
)
def test_deposit(tmp_path: Path, term: float, kind: str, years: float) -> None:
    case = small(
        tmp_path,
        months=6,
        site_leases=sites(
            {"deposit_months": 6, "term_years": term, "diligence_usd_bn": 0.2, "signing_fee_usd_bn": 0.1}
        ),
    )
    ledgers = posted(case)
    assert sums(ledgers, "deposit") == [("cost", 0.0, pytest.approx(-0.3))]
    assert sums(ledgers, "deposit_returned") == [(kind, years, pytest.approx(0.3))]
    # Diligence and fee go with the exercise, whole whatever the share.
    assert sums(ledgers, "diligence") == [("cost", 0.0, -0.2)]
    assert sums(ledgers, "signing_fee") == [("cost", 0.0, -0.1)]


# What a landlord is said to hold comes back, whatever deposit_months says, and nothing is assumed then.
def test_deposit_held(tmp_path: Path) -> None:
    held = {"status": "signed", "stage": "existing", "ready_date": "2025-01-01", "term_years": 2, "deposit_months": 6}
    case = small(tmp_path, months=6, site_leases=sites(held | {"deposit_held_usd_bn": 0.45}))
    ledgers = posted(case)
    assert not sums(ledgers, "deposit")
    assert sums(ledgers, "deposit_returned") == [("cost", 1.0, 0.45)]
    assert not ledgers.notes
    blank = posted(case.change("site_leases[hall].deposit_held_usd_bn = blank"))
    assert sums(blank, "deposit_returned") == [("cost", 1.0, pytest.approx(0.3))]
    with pytest.raises(DataError, match="deposit_held_usd_bn: expected a blank where status is not signed"):
        case.change("site_leases[hall].status = required", "site_leases[hall].min_share = 1")


class TestExposure:
    """Signed at the start, one year before it commences; two years of term."""

    def case(self, folder: Path, months: int, **cells: str | float) -> Case:
        phase = {"lead_months": 12, "ready_date": "2027-01-01", "term_years": 2, "needs_guarantee": "true", **cells}
        return small(
            folder, end=2030, months=months, site_leases=sites(phase), cover_runoff=RUNOFF, guarantors=STRONG,
            guarantor_caps=CAPS,
        )  # fmt: skip

    # 8 · 0.5 = 4 from signing on, whole until it commences; 0.8 of it half a year on, then 0.6, which holds; nothing
    # after the term. The fee is 1 % a year of it.
    def test_termination(self, tmp_path: Path) -> None:
        ledgers = posted(self.case(tmp_path, 6, cover_measure="termination", cover_usd_bn_per_gw=8))
        expected = {0: 4.0, 1: 4.0, 2: 4.0, 3: 3.2, 4: 2.4, 5: 2.4}
        assert profile(ledgers, "guarantees", "termination", guarantor="strong", cover="lease") == pytest.approx(
            expected
        )
        fee = [("cost", (t + 0.5) / 2, pytest.approx(-0.005 * value)) for t, value in expected.items()]
        assert sums(ledgers, "guarantee_fee") == fee

    # Half of the rent that is left: 0.6 and 0.66 to come, then 0.66.
    def test_remaining_rent(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, 12, cover_measure="remaining_rent", cover_share=0.5, escalator_rate=0.1)
        expected = {0: 0.63, 1: 0.63, 2: 0.33}
        assert profile(posted(case), "guarantees", "remaining_rent") == pytest.approx(expected)

    # Rent of 0.6 due mid-year, at 21 % a year or a factor of 1.1 for half of one: 3 and 5 halves off at the start, 1
    # and 3 on commencement, then 1.
    def test_present_value_of_rent(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, 12, cover_measure="pv_rent", cover_share=0.5).change("case.lease_rate = 0.21")
        expected = {0: 0.3 / 1.1**3 + 0.3 / 1.1**5, 1: 0.3 / 1.1 + 0.3 / 1.1**3, 2: 0.3 / 1.1}
        assert profile(posted(case), "guarantees", "pv_rent") == pytest.approx(expected)

    # Commenced on 1 July 2025: half a year old at the start, a cover of 0.8 · 4, then 0.6 · 4 until July 2027.
    def test_age_of_a_lease_under_way(self, tmp_path: Path) -> None:
        case = self.case(
            tmp_path, 6, status="signed", stage="existing", ready_date="2025-07-01", cover_measure="termination",
            cover_usd_bn_per_gw=8,
        )  # fmt: skip
        expected = {0: 3.2, 1: 2.4, 2: 2.4}
        assert profile(posted(case), "guarantees", "termination") == pytest.approx(expected)


class TestBackers:
    GUARANTORS = """
        guarantor,kind,families,fee_rate
        strong,lease,tpu|gpu,0.01
        bank,lease,gpu,0.02
        maker,lease,trainium,0.01
        vendor,residual,tpu,0.01
        """
    ROOM = """
        guarantor,kind,from_date,cap_usd_bn,used_usd_bn
        strong,lease,2026-01-01,3,0
        bank,lease,2026-01-01,5,4
        maker,lease,2026-01-01,100,0
        vendor,residual,2026-01-01,100,0
        """

    def case(self, folder: Path, **cells: str | float) -> Case:
        """One year, 0.5 GW asked for and owned; a cover of 8 · 0.5 = 4 for the whole phase."""
        return small(
            folder,
            end=2027,
            demand=demand(0.5),
            site_leases=sites({"families": "tpu|gpu", **TERMINATION, **cells}),
            cover_runoff=FLAT,
            guarantors=self.GUARANTORS,
            guarantor_caps=self.ROOM,
            **owned(0.5),
        )

    # Guarantors of leases whose families the halls admit; the halls are then fit for what both admit.
    def test_who_may_back_a_phase(self, tmp_path: Path) -> None:
        case = self.case(tmp_path)
        (phase,) = (vintage.row for vintage in vintages(case)[0])
        assert {backer.name: set(backer.families) for backer in backers(case, phase)} == {
            "strong": {"tpu", "gpu"},
            "bank": {"gpu"},
        }
        ledgers = posted(case)
        assert set(ledgers.accounts("halls", "families")) == {("gpu|tpu",), ("gpu",)}
        assert [key[2] for key in keys(ledgers, "site_lease", "share")] == ["strong", "bank"]

    def test_own_covenant(self, tmp_path: Path) -> None:
        ledgers = posted(self.case(tmp_path, needs_guarantee="false"))
        assert [key[2] for key in keys(ledgers, "site_lease", "share")] == [NoGuarantor.OWN_COVENANT]
        assert not list(ledgers.select("guarantees"))
        assert not sums(ledgers, "guarantee_fee")

    # The cover of 4 takes both: 3 from one, 1 from the other. Were the bank's part open to the chips owned, rent 0.6
    # and fees of 0.03 + 0.02.
    def test_two_share_one_lease(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path).change("guarantors[bank,lease].families = tpu"))
        assert cost(plan) == pytest.approx(0.65)
        assert values(plan, "share", "backer") == pytest.approx({"strong": 0.75, "bank": 0.25})
        assert used(plan, "guarantor_cap", "strong/lease") == {"2026-01-01": pytest.approx((3.0, 3.0))}
        assert used(plan, "guarantor_cap", "bank/lease") == {"2026-01-01": pytest.approx((1.0, 1.0))}

    # With half of the bank's room, 0.875 of the phase: rent 0.525, fees 0.03 + 0.01, and 0.0625 GW short.
    def test_a_phase_is_exercised_as_far_as_it_is_backed(self, tmp_path: Path) -> None:
        case = self.case(tmp_path).change(
            "guarantors[bank,lease].families = tpu", "guarantor_caps[bank,lease,*].used_usd_bn = 4.5"
        )
        assert cost(solved(case)) == pytest.approx(0.525 + 0.04 + 6.25)

    # The bank's part admits GPUs only, so TPUs run in three quarters: rent 0.45, fee 0.03, 0.125 GW short.
    # With GPUs of one's own in that part nothing is short: 0.65 again.
    def test_families_follow_the_backer(self, tmp_path: Path) -> None:
        case = self.case(tmp_path)
        plan = solved(case)
        assert cost(plan) == pytest.approx(0.45 + 0.03 + 12.5)
        assert values(plan, "share", "backer") == pytest.approx({"strong": 0.75})
        plan = solved(
            case.change(
                "+chips{chip=gpu_a, family=gpu, vendor=maker, available_from=2026-01-01, capex_usd_bn_per_gw=20,"
                " capex_decline_rate=0, life_years=20, opex_usd_bn_per_gw_year=0}",
                "+chip_performance{chip=gpu_a, workload=training, gw_equivalent=1}",
                "+owned_chips{chip=gpu_a, in_service=2026-01-01, gw=0.5, cost_usd_bn=0}",
                "+resale_values{chip=gpu_a, age_years=0, value_share=1}",
            )
        )
        assert cost(plan) == pytest.approx(0.65)

    # Nobody backs it: it cannot be exercised, and everything is short.
    def test_nobody_to_back_it(self, tmp_path: Path) -> None:
        for least in (0, 0.5):
            case = self.case(tmp_path / str(least), families="inferentia", min_share=least)
            assert cost(solved(case)) == pytest.approx(50.0)
        with pytest.raises(Infeasible):
            solved(case.change("site_leases[hall].min_share = 1", "site_leases[hall].status = required"))


# 0.1 GW asked for of 0.5, at least 0.6 of it taken: rent 0.36 and diligence of 0.1, whatever the share, against
# shortage of 0.1. At 100 a GW-year that is 10, at 4 it is 0.4, and the phase is left.
@pytest.mark.parametrize(("shortage", "expected"), [(100, 0.46), (4, 0.4)])
def test_least_share(tmp_path: Path, shortage: float, expected: float) -> None:
    phase = {"min_share": 0.6, "diligence_usd_bn": 0.1}
    case = small(
        tmp_path, end=2027, shortage=shortage, demand=demand(0.1), site_leases=sites(phase), **owned(0.5)
    )  # fmt: skip
    assert cost(solved(case)) == pytest.approx(expected)


# Nothing is asked for until the third year: it commences as late as it may, and is signed as late as that allows, a
# year before. One year's rent.
def test_the_commencement_is_chosen(tmp_path: Path) -> None:
    phase = {"ready_by": "2028-01-01", "lead_months": 12}
    plan = solved(small(tmp_path, end=2029, demand=demand(0, 0, 0.5), site_leases=sites(phase), **owned(0.5)))
    assert cost(plan) == pytest.approx(0.6)
    assert values(plan, "exercise", "starts_on", "signed_on") == {"2028-01-01 2027-01-01": 1.0}


class TestPhases:
    """Two phases of 0.5 GW. The first costs 200 a kW-month, 1.2 a year, and is taken by a half at least; the second, a
    quarter of that, 0.3 a year, comes after it. 0.5 GW is asked for.
    """

    def case(self, folder: Path, *, end: int = 2027, **first: str | float) -> Case:
        one = {"offer": "first", "rent_usd_per_kw_month": 200, "min_share": 0.5, **first}
        two = {"offer": "second", "phase": 2, "rent_usd_per_kw_month": 50, "after": "first", "ready_by": "2027-01-01"}
        return small(folder, end=end, demand=demand(0.5), site_leases=sites(one, two), **owned(0.5))

    # Half of the first and half of the second: 0.6 + 0.15. By itself the second would do for 0.3. Where the first must
    # be taken whole, it does by itself, for 1.2; where 0.8 of it, 0.96 and 0.2 of the second, 0.06.
    def test_in_order(self, tmp_path: Path) -> None:
        case = self.case(tmp_path)
        assert cost(solved(case)) == pytest.approx(1.2)
        assert cost(solved(case.change("site_leases[second].after_share_min = 0.8"))) == pytest.approx(1.02)
        assert cost(solved(case.change("site_leases[second].after_share_min = 0.5"))) == pytest.approx(0.75)
        assert cost(solved(case.change("site_leases[second].after_share_min = 0.1"))) == pytest.approx(0.75)
        assert cost(solved(case.change("site_leases[second].after = blank"))) == pytest.approx(0.3)

    # The first is a year late, so neither is there in the first year: 0.5 GW short, 50. Then as before.
    def test_by_their_delayed_dates(self, tmp_path: Path) -> None:
        late = self.case(tmp_path, end=2028, delay_months=12)
        plan = solved(late.change("site_leases[second].after_share_min = 0.5"))
        assert cost(plan) == pytest.approx(50.75)
        assert values(plan, "exercise", "offer", "starts_on") == {"first 2027-01-01": 1.0, "second 2027-01-01": 1.0}

    def test_without_the_first(self, tmp_path: Path) -> None:
        assert cost(solved(self.case(tmp_path, status="closed"))) == pytest.approx(50.0)


# Whoever backs it, the whole of a signed phase is leased, used or not.
def test_a_signed_phase_is_leased_whole(tmp_path: Path) -> None:
    phase = {"status": "signed", **TERMINATION}
    case = small(
        tmp_path, end=2027, demand=demand(0), site_leases=sites(phase), cover_runoff=FLAT, guarantors=STRONG,
        guarantor_caps=CAPS,
    )  # fmt: skip
    plan = solved(case)
    assert by_date(plan, "rent") == pytest.approx({"2026-01-01": -0.6})
    assert by_date(plan, "guarantee_fee") == pytest.approx({"2026-01-01": -0.04})
    with pytest.raises(Infeasible):
        solved(case.change("guarantor_caps[strong,lease,*].cap_usd_bn = 3.9"))


# Halls that stand empty are paid, and what is not in the term is not there.
def test_halls_end_with_the_term(tmp_path: Path) -> None:
    plan = solved(small(tmp_path, demand=demand(0.5), site_leases=sites({"term_years": 1}), **owned(0.5)))
    assert cost(plan) == pytest.approx(0.6 + 50.0)
    assert np.isclose(sum(by_date(plan, "shortage").values()), -50.0)
