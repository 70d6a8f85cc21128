"""Leases signed already: in part, from a day of their own, and backed by those whom the case names.

A phase is 0.5 GW at 0.6 a year; half-years from 2026 on.
"""

from pathlib import Path

import numpy as np
import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.instruments.site_lease.contract_checks import contract_checks
from planner.instruments.site_lease.postings import NAME
from planner.instruments.site_lease.vintages import vintages
from planner.ledgers.ledgers import Ledgers
from tests.plans import cost, solved
from tests.small import by_date, demand, keys, owned, posted, profile, sites, small, sums, values

SIGNED: dict[str, str | float] = {
    "status": "signed", "ready_date": "2025-01-01", "term_years": 3, "needs_guarantee": "true",
    "cover_measure": "termination", "cover_usd_bn_per_gw": 8,
}  # fmt: skip
OWN: dict[str, str | float] = {"needs_guarantee": "false", "cover_measure": "", "cover_usd_bn_per_gw": ""}
RUNOFF = "age_years,cover_share\n0,1\n1,0.6\n2,0.5\n3,0.5\n"
GUARANTORS = "guarantor,kind,families,fee_rate\nstrong,lease,tpu|gpu,0.01\nbank,lease,tpu,0.02\nmaker,residual,tpu,0\n"
CAPS = (
    "guarantor,kind,from_date,cap_usd_bn,used_usd_bn\nstrong,lease,2026-01-01,100,0\nbank,lease,2026-01-01,100,0\n"
    "maker,residual,2026-01-01,100,0\n"
)


def case(folder: Path, backers: str = "", **cells: str | float) -> Case:
    return small(
        folder, end=2029, months=6, demand=demand(0.2), site_leases=sites(SIGNED | cells), cover_runoff=RUNOFF,
        guarantors=GUARANTORS, guarantor_caps=CAPS, **owned(0.2),
        lease_backers=f"offer,guarantor,share\n{backers}" if backers else None,
    )  # fmt: skip


def bounds(ledgers: Ledgers) -> dict[str, tuple[float, float]]:
    """By backer, the least and the largest share."""
    group = ledgers.find(NAME, "share")
    return {str(key[2]): (low, high) for key, low, high in zip(group.keys, group.lower, group.upper, strict=True)}


class TestShare:
    # 0.4 of a phase: rent of 0.12 a half-year, and its cover of 4 · 0.4 is half of that after two years.
    def test_what_is_not_signed_is_not_paid(self, tmp_path: Path) -> None:
        plan = solved(case(tmp_path, "hall,strong,0.3\nhall,bank,0.1\n", signed_share=0.4, min_share=0.5))
        assert by_date(plan, "rent") == dict.fromkeys(
            ("2026-01-01", "2026-07-01", "2027-01-01", "2027-07-01"), pytest.approx(-0.12)
        )
        assert values(plan, "share", "backer") == {"strong": 0.3, "bank": 0.1}
        # 1.2 backed at 1 % and 0.4 at 2 %, of which 0.6, then 0.55 and 0.5, in each half-year.
        fee = [(1.2 * 0.01 + 0.4 * 0.02) * left / 2 for left in (0.6, 0.55, 0.5, 0.5)]
        assert list(by_date(plan, "guarantee_fee").values()) == pytest.approx([-each for each in fee])

    # A blank is the whole phase; whatever min_share says, no more and no less is leased.
    @pytest.mark.parametrize(("share", "rent"), [("", 0.3), (1, 0.3), (0.25, 0.075), (0, 0.0)])
    def test_by_its_own_covenant(self, tmp_path: Path, share: str | float, rent: float) -> None:
        made = case(tmp_path, signed_share=share, min_share=1, **OWN)
        assert bounds(posted(made)) == {"(own covenant)": (rent / 0.3, rent / 0.3)}
        assert sum(by_date(solved(made), "rent").values()) == pytest.approx(-4 * rent)

    # The plan decides who backs the 0.4: the cheaper one. `check` says that it does.
    def test_the_plan_decides_who_backs_it(self, tmp_path: Path) -> None:
        made = case(tmp_path, signed_share=0.4)
        assert bounds(posted(made)) == {"strong": (0.0, 0.4), "bank": (0.0, 0.4)}
        assert vintages(made)[1] == [("hall", "no row in lease_backers.csv: the plan decides who backs it")]
        plan = solved(made)
        assert values(plan, "share", "backer") == pytest.approx({"strong": 0.4})
        named = made.change("+lease_backers{offer=hall, guarantor=bank, share=0.4}")
        assert not vintages(named)[1]
        assert values(solved(named), "share", "backer") == {"bank": 0.4}
        # Another 1 % on 1.6, of which 0.6, 0.55, 0.5 and 0.5 are left.
        assert cost(solved(named)) - cost(plan) == pytest.approx(0.01 * 1.6 * (0.6 + 0.55 + 0.5 + 0.5) / 2)

    # Six months of 0.05 · 0.4 come back; 0.2 if that is what the landlord holds, which is 0.5 for the whole phase.
    def test_deposit(self, tmp_path: Path) -> None:
        made = case(tmp_path, "hall,bank,0.4\n", signed_share=0.4, deposit_months=6)
        assert by_date(solved(made), "deposit_returned") == {"2028-01-01": pytest.approx(0.12)}
        says = "deposit_held_usd_bn is blank: 0.12 USD bn come back on 2028-01-01, which is deposit_months of the first"
        assert vintages(made)[1] == [("hall", f"{says} rent")]
        held = made.change("site_leases[hall].deposit_held_usd_bn = 0.2")
        assert [value for *_, value in sums(posted(held), "deposit_returned")] == pytest.approx([0.5, 0.5])
        assert by_date(solved(held), "deposit_returned") == {"2028-01-01": pytest.approx(0.2)}


class TestCommencement:
    def starts(self, made: Case) -> str:
        ((offer, starts),) = keys(posted(made), NAME, "exercise")
        assert offer == "hall"
        return str(starts)

    # A delay moves what has not commenced when the case starts, and nothing else.
    def test_a_delay(self, tmp_path: Path) -> None:
        made = case(tmp_path, commences_on="2026-03-15")
        assert self.starts(made) == "2026-03-15"
        assert self.starts(made.change("site_leases[hall].delay_months += 6")) == "2026-09-15"
        for day in ("2026-01-01", "2025-08-01"):
            begun = made.change(f"site_leases[hall].commences_on = {day}", "site_leases[hall].delay_months += 6")
            assert self.starts(begun) == day
        assert self.starts(made.change("site_leases[hall].commences_on = blank")) == "2025-01-01"

    # Halls and rent count from that day: half of a half-year, one, and half of one.
    def test_what_counts_from_it(self, tmp_path: Path) -> None:
        ledgers = posted(case(tmp_path, commences_on="2026-04-01", term_years=1, **OWN))
        assert profile(ledgers, "halls", "halls") == pytest.approx({0: 0.25, 1: 0.5, 2: 0.25})
        assert profile(ledgers, "dues", "rent") == pytest.approx({0: 0.15, 1: 0.3, 2: 0.15})

    # It may lie years after the end, where its halls are worth something.
    def test_after_the_end_of_the_case(self, tmp_path: Path) -> None:
        late = case(tmp_path, commences_on="2035-04-01", **OWN)
        assert self.starts(late) == "2035-04-01"
        assert not profile(posted(late), "halls", "halls")
        assert self.starts(
            late.change("site_leases[hall].commences_on = blank", "site_leases[hall].ready_date = 2040-01-01")
        )

    # The cover of 4 is 0.6 of that a year after the commencement, or a year after it began to run off.
    def test_the_cover_runs_off(self, tmp_path: Path) -> None:
        def covers(**cells: str | float) -> dict[int, float]:
            return profile(posted(case(tmp_path, **cells)), "guarantees", "termination", guarantor="bank")

        blank = pytest.approx({0: 2.4, 1: 2.2, 2: 2.0, 3: 2.0})
        assert covers() == blank
        assert covers(runoff_from="2024-01-01") == blank
        assert covers(runoff_from="2026-01-01") == pytest.approx({0: 4.0, 1: 3.2, 2: 2.4, 3: 2.2})


class TestTables:
    @pytest.mark.parametrize(
        ("cells", "backers", "problem"),
        [
            ({"status": "open", "signed_share": 0.4}, "", "signed_share: expected a blank where status is not signed"),
            (
                {"status": "open", "commences_on": "2026-01-01"},
                "",
                "commences_on: expected a blank where status is not",
            ),
            ({"status": "open", "runoff_from": "2026-01-01"}, "", "runoff_from: expected a blank where status is not"),
            ({"signed_share": 1.2}, "", "signed_share: expected a number from 0 to 1"),
            (
                {"cover_measure": "pv_rent", "cover_share": 0.5, "runoff_from": "2026-01-01"},
                "",
                "runoff_from: expected a blank where cover_measure is not termination",
            ),
            (
                {"status": "open"},
                "hall,bank,1\n",
                "offer: expected a phase whose status is signed, found hall, which is open",
            ),
            ({"needs_guarantee": "false"}, "hall,bank,1\n", "offer: expected a phase whose needs_guarantee is true"),
            (
                {"families": "gpu"},
                "hall,bank,1\n",
                "guarantor: expected a guarantor of leases that backs gpu, found bank",
            ),
            ({}, "hall,maker,1\n", "guarantor: expected a guarantor of leases that backs tpu, found maker"),
            (
                {},
                "hall,bank,0.5\nhall,strong,0.4\n",
                "share: expected parts that add to signed_share 1 over all rows of hall",
            ),
            ({"signed_share": 0.8}, "hall,bank,0.9\n", "share: expected parts that add to signed_share 0.8"),
            ({}, "hall,bank,0\n", "share: expected a number above 0 and at most 1"),
            ({}, "hall,nobody,1\n", "guarantor: expected a guarantor of guarantors.csv, found 'nobody'"),
        ],
    )
    def test_what_rows_must_say(
        self, tmp_path: Path, cells: dict[str, str | float], backers: str, problem: str
    ) -> None:
        with pytest.raises(DataError) as raised:
            case(tmp_path, backers, **cells)
        assert problem in str(raised.value)
        assert len(str(raised.value).splitlines()) == 1

    # A lease that is closed is ignored, with all that is said of it.
    def test_closed(self, tmp_path: Path) -> None:
        made = case(tmp_path, "hall,bank,0.4\n", signed_share=0.4, commences_on="2026-03-15", deposit_held_usd_bn=0.2)
        assert not keys(posted(made.change("site_leases[hall].status = closed")), NAME, "share")

    # Parts that rounding leaves beside the whole are no problem.
    def test_rounding(self, tmp_path: Path) -> None:
        plan = solved(case(tmp_path, "hall,bank,0.3333333333\nhall,strong,0.1666666666\n", signed_share=0.5))
        assert values(plan, "share", "backer") == {"strong": 0.1666666666, "bank": 0.3333333333}


class TestContractChecks:
    """Each demand, broken alone, is found by the audit's own statement of it."""

    def broken(self, made: Case, moved: dict[str, float], of: Case | None = None) -> set[str]:
        ledgers = posted(made)
        x = np.zeros(ledgers.size)
        group = ledgers.find(NAME, "share")
        for key, j in ledgers.find(NAME, "exercise").numbers.items():
            x[j] = 1.0
            for backer, share in moved.items():
                x[group[*key, backer]] = share
        return {check.says for check in contract_checks(of or made, ledgers, x) if check.broken}

    def test_each_backer(self, tmp_path: Path) -> None:
        made = case(tmp_path, "hall,strong,0.3\nhall,bank,0.1\n", signed_share=0.4)
        assert self.broken(made, {"strong": 0.3, "bank": 0.1}) == set()
        says = {f"hall: {who} backs what lease_backers says" for who in ("strong", "bank")}
        assert self.broken(made, {"strong": 0.1, "bank": 0.3}) == says

    def test_the_share(self, tmp_path: Path) -> None:
        made = case(tmp_path, signed_share=0.4)
        assert self.broken(made, {"strong": 0.3, "bank": 0.1}) == set()
        assert self.broken(made, {"strong": 0.3, "bank": 0.2}) == {
            "hall from 2025-01-01: at most its signed_share, 0 where not exercised"
        }
        assert self.broken(made, {"strong": 0.3}) == {"hall from 2025-01-01: at least its signed_share where exercised"}

    def test_the_commencement(self, tmp_path: Path) -> None:
        made = case(tmp_path, commences_on="2026-03-15")
        for change, right in (
            ("commences_on = 2026-03-15", True), ("commences_on = 2026-03-16", False), ("commences_on = blank", False),
            ("delay_months = 6", False),
        ):  # fmt: skip
            other = made.change(f"site_leases[hall].{change}")
            assert (not self.broken(made, {"bank": 1.0}, other)) == right
        begun = made.change("site_leases[hall].commences_on = 2025-03-15")
        assert not self.broken(begun, {"bank": 1.0}, begun.change("site_leases[hall].delay_months = 6"))
