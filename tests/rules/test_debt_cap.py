"""Debt cap: a multiple of what is earned, a sum, and the multiple once revenue falls."""

from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import Infeasible
from tests.plans import cost, solved
from tests.small import demand, owned, sites, small, used, values

COLUMNS = "from_date,revenue_usd_bn_per_year,other_cost_share,debt_multiple_max,revenue_stress_share,debt_cap_usd_bn\n"
WHOLE = 0.6 * (1.06**-0.5 + 1.06**-1.5)
"""what 0.6 of rent in the middle of each of two years is worth at 6 % at their start: 1.13"""


def leased(folder: Path, finance: str, *, toml: str = "", months: int = 12, **cells: str | float) -> Case:
    """Two years, 0.5 GW asked for and owned; halls for it at 0.6 a year, as much of them as one likes."""
    return small(
        folder,
        months=months,
        toml=toml,
        demand=demand(0.5, 0.5),
        finance=COLUMNS + finance,
        site_leases=sites({"term_years": 2, **cells}),
        **owned(0.5),
    )


def share(case: Case) -> float:
    """Of the halls that are leased."""
    return values(solved(case), "share", "offer").get("hall", 0.0)


# Earned: 2 · (1 − 0.5) = 1 a year. A multiple of WHOLE / 2 allows half of the halls: rent 2 · 0.3, 2 · 25 short.
def test_a_multiple_of_what_is_earned(tmp_path: Path) -> None:
    plan = solved(leased(tmp_path, f"2026-01-01,2,0.5,{WHOLE / 2},,\n"))
    assert values(plan, "share", "offer") == pytest.approx({"hall": 0.5})
    assert cost(plan) == pytest.approx(0.6 + 50)
    # Half of the rent of the second year is left at its start.
    assert used(plan, "debt_cap", "multiple") == {
        "2026-01-01": pytest.approx((WHOLE / 2, WHOLE / 2)),
        "2027-01-01": pytest.approx((0.3 * 1.06**-0.5, WHOLE / 2)),
    }
    assert not used(plan, "debt_cap", "multiple_under_stress")
    assert not used(plan, "debt_cap", "cap")


def test_a_cap(tmp_path: Path) -> None:
    case = leased(tmp_path, f"2026-01-01,0,0,,,{WHOLE / 4}\n")
    assert share(case) == pytest.approx(0.25)
    # Without any limit all of it is leased, though nothing is earned.
    assert share(case.change("finance[*].debt_cap_usd_bn = blank")) == pytest.approx(1.0)
    # A limit of 0 is one.
    assert share(case.change("finance[*].debt_cap_usd_bn = 0")) == pytest.approx(0.0)


# With two fifths of what is earned the multiple must hold too; the cap stays what it is.
def test_under_stress(tmp_path: Path) -> None:
    plan = solved(leased(tmp_path, f"2026-01-01,2,0.5,{WHOLE},0.4,{WHOLE / 2}\n"))
    assert values(plan, "share", "offer") == pytest.approx({"hall": 0.4})
    first = {name: used(plan, "debt_cap", name)["2026-01-01"] for name in ("multiple", "multiple_under_stress", "cap")}
    assert first == {
        "multiple": pytest.approx((0.4 * WHOLE, WHOLE)),
        "multiple_under_stress": pytest.approx((0.4 * WHOLE, 0.4 * WHOLE)),
        "cap": pytest.approx((0.4 * WHOLE, WHOLE / 2)),
    }


# The first year earns (1 + 3) / 2, times the smaller multiple; a cap of half a year, the smaller, is one of the year.
def test_two_rows_in_a_period(tmp_path: Path) -> None:
    plan = solved(leased(tmp_path, "2026-01-01,2,0.5,5,,9\n2026-07-01,4,0.25,4,,\n"))
    allowed = [limit for _, limit in used(plan, "debt_cap", "multiple").values()]
    assert allowed == pytest.approx([8.0, 12.0])
    assert used(plan, "debt_cap", "cap") == {"2026-01-01": pytest.approx((WHOLE, 9.0))}


class TestRecognition:
    """Halls from 2027 on, signed a year before; debt is capped in 2026 only."""

    def case(self, folder: Path, toml: str) -> Case:
        cells = {"ready_date": "2027-01-01", "lead_months": 12, "term_years": 1}
        return leased(folder, f"2026-01-01,0,0,,,{0.3 * 1.06**-1.5}\n2027-01-01,0,0,,,\n", toml=toml, **cells)

    # At signing a rent of 0.6 due in a year and a half counts: half of it is within the cap.
    def test_at_signing(self, tmp_path: Path) -> None:
        assert share(self.case(tmp_path, 'recognise_leases = "signing"')) == pytest.approx(0.5)

    def test_at_commencement(self, tmp_path: Path) -> None:
        assert share(self.case(tmp_path, 'recognise_leases = "commencement"')) == pytest.approx(1.0)


# Halls that are leased already are debt whatever is decided.
def test_broken_by_what_is_given(tmp_path: Path) -> None:
    with pytest.raises(Infeasible):
        solved(leased(tmp_path, f"2026-01-01,2,0.5,{WHOLE / 2},,\n", status="signed", min_share=1))
