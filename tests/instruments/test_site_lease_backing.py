"""Guarantors that are replaced, phases with few of them, and parts in whole steps.

A hall of 0.5 GW at 0.6 a year with a cover of 4, whatever its age. The strong one guarantees for 1 % a year, the bank
for 2 %. 0.5 GW are asked for and owned; a GW-year that is not served costs 100.
"""

from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.display import AS_IT_IS
from planner.basics.errors import DataError
from planner.instruments.site_lease.tables import LeaseBacker, SiteLease
from planner.reports.signatures import signatures
from tests.hedge.plans import costs, hedged, policy
from tests.plans import cost, line, signed, solved
from tests.roll.holding import at_every_start, still_best
from tests.small import by_date, demand, owned, sites, small, used, values

COVERED: dict[str, str | float] = {
    "needs_guarantee": "true", "cover_measure": "termination", "cover_usd_bn_per_gw": 8, "min_share": 0.1,
    "substitution_fee_usd_bn_per_gw": 0.1,
}  # fmt: skip
GUARANTORS = "guarantor,kind,families,fee_rate\nstrong,lease,tpu|gpu,0.01\nbank,lease,tpu|gpu,0.02\n"
CAPS = "guarantor,kind,from_date,cap_usd_bn\nbank,lease,2026-01-01,0\nbank,lease,2028-01-01,4\n"


def halls(
    folder: Path, strong: tuple[float, float] = (4, 0), *, caps: str = CAPS, months: int = 12, **cells: str | float
) -> Case:
    """Four years. The strong one has room for so much until 2028, and from then on; the bank from 2028 on."""
    rows = f"strong,lease,2026-01-01,{strong[0]}\nstrong,lease,2028-01-01,{strong[1]}\n"
    return small(
        folder, end=2030, months=months, demand=demand(0.5, 0.5, 0.5, 0.5), site_leases=sites(COVERED | cells),
        cover_runoff="age_years,cover_share\n0,1\n", guarantors=GUARANTORS, guarantor_caps=caps + rows, **owned(0.5),
    )  # fmt: skip


class TestReplaced:
    # Rent 2.4, fees 2 · 0.04 and 2 · 0.08, and 0.1 · 0.5 for half a GW. Without the term nobody backs it for four
    # years, and 0.5 GW are short in all of them.
    def test_when_the_room_moves(self, tmp_path: Path) -> None:
        plan = solved(halls(tmp_path))
        assert cost(plan) == pytest.approx(2.4 + 0.24 + 0.05)
        assert by_date(plan, "substitution") == {"2028-01-01": pytest.approx(-0.05)}
        assert values(plan, "taken_over", "backer", "period") == {"bank 2028-01-01": pytest.approx(1.0)}
        assert values(plan, "given_up", "backer", "period") == {"strong 2028-01-01": pytest.approx(1.0)}
        assert used(plan, "guarantor_cap", "strong/lease")["2027-01-01"][0] == pytest.approx(4.0)
        assert used(plan, "guarantor_cap", "strong/lease")["2028-01-01"][0] == pytest.approx(0.0)
        assert [each.text_in(AS_IT_IS) for each in signatures(plan)] == [
            "0.5 GW from 2026-01 (by strong, taken over by bank on 2028-01-01)"
        ]
        stay = solved(plan.case.change("site_leases[hall].substitution_fee_usd_bn_per_gw = blank"))
        assert cost(stay) == pytest.approx(200.0)

    # The strong one keeps half: fees 2 · 0.04 + 2 · (0.02 + 0.04), and half of the fee for the other half.
    @pytest.mark.parametrize("months", [12, 6, 3])
    def test_in_part(self, tmp_path: Path, months: int) -> None:
        plan = solved(halls(tmp_path, (4, 2), months=months))
        assert cost(plan) == pytest.approx(2.4 + 0.2 + 0.025)
        if months == 12:
            at_every_start(plan)
            still_best(plan, "2027-01-01", "2028-01-01", "2029-01-01")

    # The bank's part admits GPUs only, and the chips owned are TPUs: the halls stand empty from 2028 on.
    def test_families_follow(self, tmp_path: Path) -> None:
        case = halls(tmp_path).change("guarantors[bank,lease].families = gpu", "site_leases[hall].families = tpu|gpu")
        assert cost(solved(case)) == pytest.approx(2.4 + 0.24 + 0.05 + 100)

    # Signed already, and backed by the strong one; on the first day of the case it may be replaced. Of the later case
    # the bank backs all.
    def test_of_a_lease_signed_already(self, tmp_path: Path) -> None:
        case = halls(tmp_path, (4, 4), status="signed", stage="existing").change(
            "+lease_backers{offer=hall, guarantor=strong, share=1}", "guarantors[bank,lease].fee_rate = 0.001"
        )
        plan = solved(case)
        assert cost(plan) == pytest.approx(2.4 + 2 * 0.04 + 2 * 0.004 + 0.05)
        later = at_every_start(plan)
        assert {row.guarantor: row.share for row in later["2028-01-01"].case.rows(LeaseBacker)} == {"strong": 1.0}
        assert {row.guarantor: row.share for row in later["2029-01-01"].case.rows(LeaseBacker)} == {"bank": 1.0}
        still_best(plan, "2027-01-01", "2028-01-01", "2029-01-01")
        today = solved(case.change("guarantor_caps[bank,lease,2026-01-01].cap_usd_bn = 4"))
        assert values(today, "taken_over", "backer", "period") == {"bank 2026-01-01": pytest.approx(1.0)}
        assert cost(today) == pytest.approx(2.4 + 4 * 0.004 + 0.05)

    # The bank is tied to an anchor of two years: what it takes over later is nothing that it may back.
    @pytest.mark.parametrize(("term", "expected"), [(3, {"anchor", "hall"}), (2, set())])
    def test_a_tied_guarantor_takes_over_while_its_offer_runs(
        self, tmp_path: Path, term: int, expected: set[str]
    ) -> None:
        anchor = {
            "offer": "anchor",
            "site": "Anchor",
            "region": "there",
            "term_years": term,
            "rent_usd_per_kw_month": 1,
        }
        case = halls(tmp_path)
        tables = {
            "site_leases": sites(COVERED, COVERED | anchor | {"needs_guarantee": "false", "min_share": 1}),
            "guarantors": (
                "guarantor,kind,families,fee_rate,requires_offer\nstrong,lease,tpu,0.01,\nbank,lease,tpu,0.02,anchor\n"
            ),
        }
        for name, text in tables.items():
            (tmp_path / f"{name}.csv").write_text(text)
        assert signed(solved(Case.read(tmp_path))) == expected
        assert case.settings.start.year == 2026

    # Halls that commence in 2028, and count from then on: who has room by then signs, and nobody is replaced.
    def test_nobody_is_replaced_before_it_counts(self, tmp_path: Path) -> None:
        case = halls(tmp_path, (0, 0), lead_months=24, ready_date="2028-01-01", cover_from="commencement")
        plan = solved(case.change("demand[*,*,*].demand_gw = 0", "demand[2028-01-01,*,*].demand_gw = 0.5"))
        assert line(plan, "substitution") == 0.0
        assert values(plan, "share", "backer") == {"bank": pytest.approx(1.0)}

    def test_a_free_one_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="substitution_fee_usd_bn_per_gw: expected a number above 0"):
            halls(tmp_path, substitution_fee_usd_bn_per_gw=0)

    # Halls fitted for one family would run another under a guarantor that admits only that, for no refit.
    def test_halls_that_are_fitted_keep_their_guarantor(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="expected a blank where refit_usd_bn_per_gw is given"):
            halls(tmp_path, refit_usd_bn_per_gw=1)

    # A tenth of the halls stands in the first year, and all from then on: who takes over in 2028 backs all.
    def test_with_a_ramp(self, tmp_path: Path) -> None:
        text = "offer,months,share\nhall,0,0.1\nhall,24,1\n"
        case = halls(tmp_path)
        (tmp_path / "site_ramps.csv").write_text(text)
        ramped = Case.read(tmp_path)
        assert ramped.hashes != case.hashes
        plan = solved(ramped)
        # 0.45 GW short in 2026 and 2027; rent for a tenth in them.
        assert cost(plan) == pytest.approx(2 * 0.06 + 2 * 0.6 + 0.24 + 0.05 + 90)
        at_every_start(plan)


class TestKnownLater:
    """On 1 January 2027 it is known whether the strong one is downgraded; both are equally likely.

    The strong one first: 2.4 + 4 · 0.04 = 2.56 where it stays, 2.4 + 0.04 + 3 · 0.08 + fee where it is replaced. The
    bank from the start: 2.4 + 4 · 0.08 = 2.72.
    """

    def case(self, folder: Path, fee: float) -> Case:
        caps = "guarantor,kind,from_date,cap_usd_bn\nbank,lease,2026-01-01,4\n"
        return halls(folder, (4, 4), caps=caps, substitution_fee_usd_bn_per_gw=fee).change(
            "+events{event=rating, known_on=2027-01-01}",
            "+outcomes{event=rating, outcome=down, probability=0.5, kind=guarantor_downgraded, subject=strong,"
            " value=1}",
            "+outcomes{event=rating, outcome=same, probability=0.5}",
        )

    def test_replaced_if_need_be(self, tmp_path: Path) -> None:
        found = hedged(self.case(tmp_path, 0.1))
        assert costs(found) == pytest.approx({"down": 2.73, "same": 2.56})
        assert policy(found, "share") == {("", "hall"): pytest.approx(1.0)}

    # A fee of 0.25 makes 2.93 and 2.56, 2.745 on average.
    def test_the_bank_from_the_start_where_the_fee_is_high(self, tmp_path: Path) -> None:
        found = hedged(self.case(tmp_path, 0.5))
        assert costs(found) == pytest.approx({"down": 2.72, "same": 2.72})


class TestFew:
    CAPS = "guarantor,kind,from_date,cap_usd_bn\nbank,lease,2026-01-01,1\n"

    # 3 of the cover of 4 by one, 1 by the other; one alone backs three quarters: 0.125 GW short for four years.
    def test_one_backs_less(self, tmp_path: Path) -> None:
        case = halls(tmp_path, (3, 3), caps=self.CAPS, substitution_fee_usd_bn_per_gw="")
        assert cost(solved(case)) == pytest.approx(2.4 + 4 * (0.03 + 0.02))
        one = case.change("site_leases[hall].backers_max = 1")
        plan = solved(one)
        assert cost(plan) == pytest.approx(0.75 * 2.4 + 4 * 0.03 + 50)
        at_every_start(plan)
        assert cost(solved(case.change("site_leases[hall].backers_max = 2"))) == pytest.approx(cost(solved(case)))

    # One at a time: all of it moves in 2028, although the strong one would keep half.
    def test_one_at_a_time(self, tmp_path: Path) -> None:
        plan = solved(halls(tmp_path, (4, 2), backers_max=1))
        assert cost(plan) == pytest.approx(2.4 + 0.24 + 0.05)
        at_every_start(plan)
        still_best(plan, "2027-01-01", "2028-01-01")

    def test_more_than_that_already(self, tmp_path: Path) -> None:
        case = halls(tmp_path, (4, 4), status="signed", stage="existing").change(
            "+lease_backers{offer=hall, guarantor=strong, share=0.5}",
            "+lease_backers{offer=hall, guarantor=bank, share=0.5}",
        )
        with pytest.raises(DataError, match="backers_max: expected at least 2, the number of its rows"):
            case.change("site_leases[hall].backers_max = 1")


class TestSteps:
    """From 0.2 of the phase on in steps of 0.3: 0.2, 0.5 or 0.8, never all of it."""

    def case(self, folder: Path, gw: float, **cells: str | float) -> Case:
        own: dict[str, str | float] = {
            "needs_guarantee": "false", "cover_measure": "", "cover_usd_bn_per_gw": "", "min_share": 0.2
        }  # fmt: skip
        return halls(folder, **({"share_step": 0.3} | own | cells)).change(f"demand[*,*,*].demand_gw = {gw}")

    # 0.6 of it is asked for, and 0.8 taken; of 1, 0.8 at most; 0.2 at the least.
    @pytest.mark.parametrize(("gw", "share"), [(0.3, 0.8), (0.5, 0.8), (0.25, 0.5), (0.05, 0.2)])
    def test_whole_steps(self, tmp_path: Path, gw: float, share: float) -> None:
        plan = solved(self.case(tmp_path, gw))
        assert values(plan, "share", "offer") == {"hall": pytest.approx(share)}
        assert cost(plan) == pytest.approx(share * 2.4 + max(0.0, gw - share * 0.5) * 400)

    # A step of 1 from 0 on, or from all of it on: the whole phase or nothing.
    @pytest.mark.parametrize("least", [0, 1])
    def test_all_or_nothing(self, tmp_path: Path, least: int) -> None:
        case = self.case(tmp_path, 0.1, min_share=least, share_step=1)
        assert values(solved(case), "share", "offer") == {"hall": pytest.approx(1.0)}
        dear = case.change("case.shortage_cost_usd_bn_per_gw_year = 5")
        assert values(solved(dear), "share", "offer") == {}

    def test_a_later_day(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, 0.3, ready_date="2027-01-01", lead_months=12))
        later = at_every_start(plan)
        (row,) = later["2027-01-01"].case.rows(SiteLease)
        assert row.signed_share == pytest.approx(0.8)
        still_best(plan, "2027-01-01")

    def test_the_next_phase_cannot_wait_for_more(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, 0.3)
        own = "needs_guarantee=false, region=here, developer=x, stage=loi, status=open, lead_months=0"
        text = (
            f"+site_leases{{offer=next, site=Hall, phase=2, after=hall, {own}, ready_date=2026-01-01, capacity_mw=100,"
            " min_share=0, rent_usd_per_kw_month=100, escalator_rate=0, term_years=5, pue=1, power_usd_per_mwh=0,"
            " load_factor_share=1, families=tpu}"
        )
        with pytest.raises(DataError, match=r"after_share_min: expected at most 0\.8, the largest part of hall"):
            case.change(text)
        case.change(text, "site_leases[next].after_share_min = 0.8")

    # Half of it is known to be needed, or all of it, before it is signed.
    def test_the_tree(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, 0.1, ready_date="2027-01-01").change("demand[2026-01-01,*,*].demand_gw = 0")
        found = hedged(
            case.change(
                "+events{event=growth, known_on=2027-01-01}",
                "+outcomes{event=growth, outcome=high, probability=0.5,"
                ' changes="demand[2027-01-01..,*,*].demand_gw = 0.4"}',
                "+outcomes{event=growth, outcome=low, probability=0.5}",
            )
        )
        assert costs(found) == pytest.approx({"high": 0.8 * 1.8, "low": 0.2 * 1.8})
