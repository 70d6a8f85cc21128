"""What is asked of a plan for all futures besides the plan."""

import pytest

from planner.api import Case
from planner.basics.errors import DataError
from tests.benchmarks.measure import ROOT


def test_an_offer_that_is_asked_for_has_to_be_there() -> None:
    """In one future an offer is worth what `planner prices` says, and a mistyped one is refused in any."""
    case = Case.read(ROOT / "data" / "starter")
    with pytest.raises(DataError, match=r"an offer of the case, found 'mesa_9'; did you mean 'mesa_"):
        case.hedge(options=["mesa_9"])
    found = case.hedge(options=["mesa_2"], news=True)
    assert found.record.options == {"mesa_2": {"tree": None, "expected": None}}
    assert found.record.reasons["mesa_2"] == "there is only one future"
