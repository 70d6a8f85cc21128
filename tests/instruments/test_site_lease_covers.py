"""From when the exposure of a lease's guarantor counts: from signing or from commencement.

A phase is 0.5 GW at 0.6 a year; its cover is 8 · 0.5 = 4 for the whole phase, and the fee 1 % of it a year.
"""

from pathlib import Path
from typing import ClassVar

import pytest

from planner.api import Case
from tests.hedge.plans import costs, hedged, policy
from tests.plans import cost, line, signed, solved
from tests.roll.holding import at_every_start, still_best
from tests.small import demand, owned, posted, profile, sites, small, sums, used, values

RUNOFF = "age_years,cover_share\n0,1\n1,0.6\n"
STRONG = "guarantor,kind,families,fee_rate\nstrong,lease,tpu|gpu,0.01\n"
CAPS = "guarantor,kind,from_date,cap_usd_bn,used_usd_bn\nstrong,lease,2026-01-01,100,0\n"
PHASE: dict[str, str | float] = {
    "lead_months": 12, "ready_date": "2027-01-01", "term_years": 2, "needs_guarantee": "true",
    "cover_measure": "termination", "cover_usd_bn_per_gw": 8, "cover_from": "commencement",
}  # fmt: skip


def halls(
    folder: Path, months: int = 6, starts: str = "", caps: str = CAPS, gw: float = 0.0, **cells: str | float
) -> Case:
    """Signed at the start of 2026, a year before it commences; two years of term. `starts` are rows of cover_starts."""
    told = {"cover_starts": f"from_date,cover_from\n{starts}\n"} if starts else {}
    return small(
        folder, end=2030, months=months, site_leases=sites(PHASE | cells), cover_runoff=RUNOFF, guarantors=STRONG,
        guarantor_caps=caps, demand=demand(0, gw, gw, 0), **told, **owned(0.5),
    )  # fmt: skip


class TestExposure:
    # 4 once it commences, 0.8 of it half a year on, then 0.6; as from signing on, but for the first year.
    def test_from_commencement(self, tmp_path: Path) -> None:
        expected = {2: 4.0, 3: 3.2, 4: 2.4, 5: 2.4}
        ledgers = posted(halls(tmp_path))
        assert profile(ledgers, "guarantees", "termination", guarantor="strong") == pytest.approx(expected)
        fee = [("cost", (t + 0.5) / 2, pytest.approx(-0.005 * value)) for t, value in expected.items()]
        assert sums(ledgers, "guarantee_fee") == fee

    # A share of the rent left: 1.2 in all, then 0.6.
    def test_of_rent(self, tmp_path: Path) -> None:
        case = halls(tmp_path, 12, cover_measure="remaining_rent", cover_share=0.5)
        assert profile(posted(case), "guarantees", "remaining_rent") == pytest.approx({1: 0.6, 2: 0.3})

    # Signed already; it commences in October 2026, in the middle of a period, which counts; the fee is for half of it.
    # The term ends in October 2028, with an age of 2 years.
    def test_a_commencement_inside_a_period(self, tmp_path: Path) -> None:
        case = halls(tmp_path, status="signed", stage="existing", commences_on="2026-10-01")
        ledgers = posted(case)
        exposed = {1: 4.0, 2: 3.6, 3: 2.8, 4: 2.4, 5: 2.4}
        assert profile(ledgers, "guarantees", "termination") == pytest.approx(exposed)
        parts = {1: 0.5, 2: 1.0, 3: 1.0, 4: 1.0, 5: 0.5}
        paid = [pytest.approx(-0.005 * exposed[t] * part) for t, part in parts.items()]
        assert [value for _, _, value in sums(ledgers, "guarantee_fee")] == paid

    # The guarantor is found to stand behind it from April 2026 on: half of the first half-year counts.
    def test_known_later_that_it_counts_from_signing_on(self, tmp_path: Path) -> None:
        ledgers = posted(halls(tmp_path, starts="2026-04-01,signing"))
        expected = {0: 4.0, 1: 4.0, 2: 4.0, 3: 3.2, 4: 2.4, 5: 2.4}
        assert profile(ledgers, "guarantees", "termination") == pytest.approx(expected)
        paid = [value for _, _, value in sums(ledgers, "guarantee_fee")]
        assert paid == [pytest.approx(-0.005 * value * (0.5 if t == 0 else 1.0)) for t, value in expected.items()]

    # The other way round, and back again from 2027 on, when it has commenced.
    def test_known_later_that_it_does_not(self, tmp_path: Path) -> None:
        rows = "2026-07-01,commencement\n2027-01-01,signing"
        ledgers = posted(halls(tmp_path, starts=rows, cover_from="signing"))
        expected = {0: 4.0, 2: 4.0, 3: 3.2, 4: 2.4, 5: 2.4}
        assert profile(ledgers, "guarantees", "termination") == pytest.approx(expected)


class TestPlans:
    LATER = (
        "guarantor,kind,from_date,cap_usd_bn,used_usd_bn\nstrong,lease,2026-01-01,1,0\nstrong,lease,2027-01-01,4,0\n"
    )

    # Room for 1 in 2026, for all of it once the halls commence in 2027: rent 1.2, fees 0.02 + 0.016 + 2 · 0.012.
    # Where the cover counts from signing on, a quarter of the phase is backed: 0.375 GW short for two years at 100.
    def test_room_when_the_halls_commence(self, tmp_path: Path) -> None:
        plan = solved(halls(tmp_path, caps=self.LATER, gw=0.5))
        assert cost(plan) == pytest.approx(1.2 + 0.06)
        assert used(plan, "guarantor_cap", "strong/lease")["2026-07-01"] == (0.0, 1.0)
        assert used(plan, "guarantor_cap", "strong/lease")["2027-01-01"] == pytest.approx((4.0, 4.0))
        early = solved(plan.case.change("site_leases[hall].cover_from = signing"))
        assert cost(early) == pytest.approx(0.25 * (1.2 + 0.06 + 0.04) + 75.0)
        event = solved(plan.case.change("+cover_starts{from_date=2026-01-01, cover_from=signing}"))
        assert cost(event) == pytest.approx(cost(early))

    # The same at each length of periods, as the cover of 4 stays whole in the first year of the lease.
    @pytest.mark.parametrize("months", [12, 6, 3, 1])
    def test_length_of_periods(self, tmp_path: Path, months: int) -> None:
        case = halls(tmp_path, months, gw=0.5).change("cover_runoff[1].cover_share = 1")
        assert line(solved(case), "guarantee_fee") == pytest.approx(0.08)
        held = case.change("site_leases[hall].status = signed", "site_leases[hall].commences_on = 2026-05-01")
        moved = held.change("+cover_starts{from_date=2026-03-01, cover_from=signing}")
        assert line(solved(held), "guarantee_fee") == pytest.approx(0.08)
        assert line(solved(moved), "guarantee_fee") == pytest.approx(0.08 + 0.04 / 6)

    def test_a_later_day(self, tmp_path: Path) -> None:
        plan = solved(halls(tmp_path, starts="2028-04-01,signing", gw=0.5, term_years=2.5))
        at_every_start(plan)
        still_best(plan, "2026-07-01", "2027-07-01", "2028-07-01")


class TestTie:
    """The bank is tied to dear halls, the anchor, which can be signed in July 2026 or a year later, for 18 months."""

    ANCHOR: ClassVar[dict[str, str | float]] = {
        "offer": "anchor", "site": "Anchor", "needs_guarantee": "false", "ready_date": "2026-07-01", "lead_months": 0,
        "ready_by": "2027-07-01", "term_years": 1.5, "cover_from": "signing", "min_share": 1, "region": "there",
    }  # fmt: skip

    def case(self, folder: Path, sign_by: str, ready: str, **anchor: str | float) -> Case:
        """1 GW asked for from 2028 on."""
        late = PHASE | {"ready_date": ready, "lead_months": 0, "decide_by": sign_by, "min_share": 1, "term_years": 1}
        return small(
            folder, end=2030, months=6, demand=demand(0, 0, 0.5, 0.5), site_leases=sites(self.ANCHOR | anchor, late),
            cover_runoff=RUNOFF, guarantor_caps=CAPS, **owned(0.5),
            guarantors="guarantor,kind,families,fee_rate,requires_offer,scales\nstrong,lease,tpu,0.01,anchor,false\n",
        )  # fmt: skip

    # Signed on 1 July 2026 at the latest, when the anchor has to be signed too: what the bank promises before anybody
    # has signed the anchor is nothing that it may back, although it counts in 2028 only.
    def test_nothing_is_promised_before_the_tied_offer_is_signed(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, "2026-07-01", "2028-01-01"))
        assert values(plan, "exercise", "offer", "starts_on") == {"anchor 2026-07-01": 1.0, "hall 2028-01-01": 1.0}
        none = self.case(tmp_path / "none", "2026-07-01", "2028-01-01", ready_date="2027-01-01")
        assert signed(solved(none)) == set()

    # The anchor is over from 2028 on, and a promise of 2027 stands; a lease signed in 2028 is nothing that it backs.
    def test_a_promise_stands_once_the_tied_offer_is_over(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, "2027-07-01", "2029-01-01", ready_by=""))
        assert signed(plan) == {"anchor", "hall"}
        at_every_start(plan)
        late = self.case(tmp_path / "late", "2028-07-01", "2029-01-01", ready_by="")
        assert signed(solved(late)) == set()


class TestKnownLater:
    """News on 1 July 2026 whether the cover counts from signing on; in 2026 there is room for none, and then for 4.

    The hall is signed on 1 July 2026, after the news. It is the only way to be served in 2027 and 2028.
    """

    def case(self, folder: Path) -> Case:
        caps = TestPlans.LATER.replace("2026-01-01,1,0", "2026-01-01,0,0")
        return halls(folder, caps=caps, gw=0.5, lead_months=6).change(
            "+events{event=reading, known_on=2026-07-01}",
            "+outcomes{event=reading, outcome=strict, probability=0.5, kind=cover_starts, subject=signing}",
            "+outcomes{event=reading, outcome=mild, probability=0.5, kind=cover_starts, subject=commencement}",
        )

    # Strict: 0.5 GW short for two years. Mild: rent of 1.2 and fees of 0.06.
    def test_the_tree(self, tmp_path: Path) -> None:
        found = hedged(self.case(tmp_path))
        assert costs(found) == pytest.approx({"strict": 100.0, "mild": 1.26})
        assert policy(found, "exercise") == {("reading:mild", "hall"): 1.0}

    # Where the hall has to be signed on the first day, before the news, the cover would be beyond the cap in 2026: the
    # lab cannot know, and leases nothing.
    def test_signed_before_the_news(self, tmp_path: Path) -> None:
        found = hedged(self.case(tmp_path).change("site_leases[hall].lead_months = 12"))
        assert costs(found) == pytest.approx({"strict": 100.0, "mild": 100.0})
