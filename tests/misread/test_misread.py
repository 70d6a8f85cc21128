"""Cases that were misread give the value that was worked out by hand."""

from pathlib import Path

import pytest

from tests.misread.reading import Misread

ALL = [pytest.param(each, months, id=f"{each.name}-{months}") for each in Misread.all() for months in each.months]


@pytest.mark.parametrize(("each", "months"), ALL)
def test_the_value_by_hand(tmp_path: Path, each: Misread, months: int) -> None:
    assert each.found(tmp_path / "case", months) == pytest.approx(each.right, rel=1e-6)
