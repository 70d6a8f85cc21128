"""The lab does not pay rent: its landlord, its guarantors and the deposit, worked out with a pencil.

A hall of 0.5 GW at 0.6 a year for four years, from 2026 on, with a deposit of six months, 0.3. The strong one has room
for three quarters of its cover of 4, the bank for the rest.
"""

from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.basics.outputs import OutputFolder
from planner.instruments.site_lease.rent_default import BackedRent, RentDefault
from planner.plan.plan import Plan
from planner.studies.stress import Stress, stress
from tests.plans import solved
from tests.small import demand, owned, sites, small
from tests.studies.event_kinds import EventKind
from tests.studies.test_stress import close, event

COVERED: dict[str, str | float] = {
    "needs_guarantee": "true", "cover_measure": "termination", "cover_usd_bn_per_gw": 8, "min_share": 1,
    "term_years": 4, "deposit_months": 6,
}  # fmt: skip


def halls(folder: Path, *, room: float = 3, years: int = 4, **cells: str | float) -> Case:
    return small(
        folder, end=2030, demand=demand(*[0.5] * years, *[0] * (4 - years)), site_leases=sites(COVERED | cells),
        cover_runoff="age_years,cover_share\n0,1\n",
        guarantors="guarantor,kind,families,fee_rate\nstrong,lease,tpu,0.01\nbank,lease,tpu,0.02\n",
        guarantor_caps=f"guarantor,kind,from_date,cap_usd_bn\nstrong,lease,2026-01-01,{room}\nbank,lease,2026-01-01,9\n",
        **owned(0.5),
    )  # fmt: skip


def found(plan: Plan, day: str, months: int) -> tuple[Stress, RentDefault]:
    """A stress in which no rent is paid from a day on."""
    made = stress(plan, [event(EventKind.RENT_DEFAULT, "hall", day, months)])
    (one,) = made.outcomes[0].defaults
    assert isinstance(one, RentDefault)
    return made, one


def parts(one: RentDefault) -> dict[str, tuple[float, ...]]:
    """Owed, from the deposit, the most, from the guarantor and lost, by who backs it."""

    def of(part: BackedRent) -> tuple[float, ...]:
        return (part.owed, part.from_deposit, part.most, part.from_guarantor, part.lost)

    return {str(part.backer): of(part) for part in one.parts}


# A year of rent, 0.6; the deposit pays half of it, and each guarantor its part of the rest: 0.225 and 0.075.
def test_by_share(tmp_path: Path) -> None:
    plan = solved(halls(tmp_path / "case"))
    made, one = found(plan, "2027-07-01", 12)
    assert parts(one) == {
        "strong": pytest.approx((0.45, 0.225, 3.0, 0.225, 0.0)),
        "bank": pytest.approx((0.15, 0.075, 1.0, 0.075, 0.0)),
    }
    close(made.outcomes[0].losses(plan), strong=0.225, bank=0.075)
    assert made.text().endswith(
        "the lab pays no rent for hall, which is let again after 12 months, on 2027-07-01: landlord is owed 0.6 until"
        " 2028-07-01, it keeps 0.3 of the deposit, strong pays 0.225, bank pays 0.075, it loses nothing [USD bn]."
    )
    table = made.tables["rent_defaults"]
    assert table["backer"].tolist() == ["strong", "bank"]
    assert table["from_guarantor_usd_bn"].tolist() == pytest.approx([0.225, 0.075])
    made.put(OutputFolder(tmp_path / "out"))
    assert (tmp_path / "out" / "rent_defaults.csv").read_text().splitlines()[0] == (
        "event,offer,landlord,backer,share,until,owed_usd_bn,from_deposit_usd_bn,most_usd_bn,from_guarantor_usd_bn,"
        "lost_usd_bn"
    )


# Until the end of the term, two and a half years: 1.5, of which 0.3 is there. A termination sum of 0.2 is all that the
# strong one stands behind: the landlord loses 1.
def test_up_to_the_termination_sum(tmp_path: Path) -> None:
    plan = solved(halls(tmp_path, cover_usd_bn_per_gw=0.4))
    made, one = found(plan, "2027-07-01", 48)
    assert str(one.again) == "2030-01-01"
    assert parts(one) == {"strong": pytest.approx((1.5, 0.3, 0.2, 0.2, 1.0))}
    close(made.outcomes[0].losses(plan), strong=0.2, landlord=1.0)
    assert "strong pays 0.2, all that it stands behind, it loses 1 [USD bn]" in made.text()


# Half of the rent left at the start of 2027, 1.8: up to 0.9 of the 1.2 that the deposit leaves.
def test_up_to_a_share_of_the_rent(tmp_path: Path) -> None:
    plan = solved(halls(tmp_path, cover_measure="remaining_rent", cover_share=0.5))
    _, one = found(plan, "2027-07-01", 30)
    assert parts(one) == {"strong": pytest.approx((1.5, 0.3, 0.9, 0.9, 0.3))}


def test_by_its_own_covenant(tmp_path: Path) -> None:
    cells: dict[str, str | float] = {"needs_guarantee": "false", "cover_measure": "", "cover_usd_bn_per_gw": ""}
    plan = solved(halls(tmp_path, **cells))
    made, one = found(plan, "2027-01-01", 12)
    assert parts(one) == {"(own covenant)": pytest.approx((0.6, 0.3, 0.0, 0.0, 0.3))}
    close(made.outcomes[0].losses(plan), landlord=0.3)
    assert "landlord is owed 0.6 until 2028-01-01, it keeps 0.3 of the deposit, it loses 0.3" in made.text()


# Signed for 2027: rent from then on. A cover that counts from the commencement on does not pay before it.
@pytest.mark.parametrize(("reading", "paid"), [("signing", 0.3), ("commencement", 0.0)])
def test_before_the_commencement(tmp_path: Path, reading: str, paid: float) -> None:
    later: dict[str, str | float] = {"ready_date": "2027-01-01", "lead_months": 12, "cover_from": reading}
    plan = solved(halls(tmp_path, room=9, **later))
    _, one = found(plan, "2026-07-01", 18)
    assert parts(one)["strong"][0::3] == pytest.approx((0.6, paid))
    _, after = found(plan, "2027-01-01", 12)
    assert parts(after)["strong"][0::3] == pytest.approx((0.6, 0.3))


# The bank has taken the strong one's place by 2028, when that has no room any more.
def test_who_backs_it_by_then(tmp_path: Path) -> None:
    case = halls(tmp_path, room=4, substitution_fee_usd_bn_per_gw=0.1).change(
        "+guarantor_caps{guarantor=strong, kind=lease, from_date=2028-01-01, cap_usd_bn=0}"
    )
    plan = solved(case)
    assert set(parts(found(plan, "2027-12-31", 12)[1])) == {"strong"}
    assert set(parts(found(plan, "2028-01-01", 12)[1])) == {"bank"}


# Two years, and a renewal of two more at the same rent, which is taken a year before, on 1 January 2027: from then on
# rent is owed until 2030, and the strong one stands behind it.
def test_renewed(tmp_path: Path) -> None:
    right: dict[str, str | float] = {
        "term_years": 2, "renew_years": 2, "renew_times": 1, "renew_rent": "fixed", "renew_notice_months": 12,
    }  # fmt: skip
    plan = solved(halls(tmp_path, room=9, **right))
    assert parts(found(plan, "2026-07-01", 36)[1])["strong"][0] == pytest.approx(0.9)
    assert parts(found(plan, "2027-07-01", 24)[1])["strong"] == pytest.approx((1.2, 0.3, 4.0, 0.9, 0.0))
    assert parts(found(plan, "2029-07-01", 24)[1])["strong"] == pytest.approx((0.3, 0.3, 4.0, 0.0, 0.0))


# It is needed for two years, and ends on 1 January 2028, which is decided a year before: rent is owed until then.
def test_ended(tmp_path: Path) -> None:
    halls(tmp_path, room=9, years=2)
    (tmp_path / "terminations.csv").write_text("offer,from_year,notice_months,fee_months\nhall,3,12,1\n")
    plan = solved(Case.read(tmp_path))
    assert str(found(plan, "2026-07-01", 48)[1].again) == "2030-01-01"
    _, one = found(plan, "2027-07-01", 48)
    assert str(one.again) == "2028-01-01"
    assert parts(one)["strong"] == pytest.approx((0.3, 0.3, 4.0, 0.0, 0.0))
    with pytest.raises(DataError, match="whose term is not over by then"):
        found(plan, "2028-07-01", 12)


@pytest.mark.parametrize("day", ["2026-06-01", "2029-07-01"])
def test_only_while_it_is_leased(tmp_path: Path, day: str) -> None:
    later: dict[str, str | float] = {"ready_date": "2027-01-01", "term_years": 2}
    plan = solved(halls(tmp_path, **later))
    with pytest.raises(DataError, match="a phase that the plan has exercised by"):
        found(plan, day, 12)
