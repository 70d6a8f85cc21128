"""The reference case, solved at two lengths of period; the figures below say when and why they moved."""

import pytest

from planner.api import Case
from planner.case.shipped import path
from tests.plans import solved

BEST_KNOWN = {
    # months: (no plan costs less, a plan that costs this was found) [USD bn]
    # 2026-11-21: 678.8733, 679.2096 and 770.7420, 770.8287 without SPVs, spare machines, loan, covenants and policies
    # 2026-11-21: with them; spare machines serve the first half-year, which saves more than the covenants cost
    6: (673.1101, 673.2830),
    12: (738.7203, 739.4566),
}


@pytest.mark.parametrize("months", BEST_KNOWN)
def test_the_reference_case_is_proven_to_its_gap(months: int) -> None:
    case = Case.read(path("frontier-lab")).change(f"case.period_months = {months}")
    record = solved(case).record
    bound, found = BEST_KNOWN[months]
    assert record.status == "proven"
    assert record.gap <= 0.001
    assert bound * (1 - 1e-6) <= record.objective_usd_bn <= found / (1 - 0.001)
    assert record.bound_usd_bn <= found * (1 + 1e-6)
