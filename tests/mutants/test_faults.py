"""Faults that can be planted, in every room, and an end of each that is told as it was."""

from collections import Counter
from pathlib import Path

import pytest

from planner.catalogue import CATALOGUE
from tests.mutants.faults import FAULTS
from tests.mutants.planting import ROOT, Fault, judged

SOUND = "def double(x: int) -> int:\n    return 2 * x\n"
TEST = "from planner.one import double\n\n\ndef test_double() -> None:\n    assert double(3) == {}\n"
HALVED = Fault("half", "planner", "2 * x", "x // 2", "tests/test_one.py")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_can_be_planted(fault: Fault) -> None:
    """If its text is no longer there just once, give it another that is, with the same fault."""
    assert [count for _, count in fault.places()] == [1]
    assert fault.before != fault.after
    missing = [name for name in fault.tests.split() if not (ROOT / name.partition("::")[0]).exists()]
    assert missing == []


def test_faults_are_told_apart() -> None:
    assert len(FAULTS) >= 30
    assert [name for name, count in Counter(fault.name for fault in FAULTS).items() if count > 1] == []


def test_every_room_has_one() -> None:
    rooms = [folder.name for folder in (ROOT / "planner").iterdir() if (folder / "__init__.py").exists()]
    rooms += [f"instruments/{each.name}" for each in CATALOGUE.instruments]
    rooms += [f"rules/{each.name}" for each in CATALOGUE.rules]
    places = [f"{fault.where.removesuffix('.py')}/" for fault in FAULTS]
    assert [room for room in rooms if not any(place.startswith(f"planner/{room}/") for place in places)] == []


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for folder in ("planner", "tests"):
        (tmp_path / folder).mkdir()
    (tmp_path / "planner" / "__init__.py").touch()
    (tmp_path / "planner" / "one.py").write_text(SOUND, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(("expected", "killed_by"), [("6", "tests/test_one.py::test_double"), ("3 // 2 or 6", "")])
def test_a_fault_dies_or_lives(checkout: Path, expected: str, killed_by: str) -> None:
    (checkout / "tests" / "test_one.py").write_text(TEST.format(expected), encoding="utf-8")
    verdict = judged(HALVED, checkout)
    assert (verdict.killed_by, verdict.lives) == (killed_by, not killed_by)
    assert (checkout / "planner" / "one.py").read_text(encoding="utf-8") == SOUND


def test_tests_that_cannot_be_run_notice_nothing(checkout: Path) -> None:
    verdict = judged(HALVED, checkout)
    assert verdict.lives
    assert "no tests ran" in verdict.said


def test_a_text_that_stands_there_twice_is_not_planted(checkout: Path) -> None:
    (checkout / "planner" / "two.py").write_text(SOUND, encoding="utf-8")
    with pytest.raises(LookupError, match="stands 2 times in planner"):
        judged(HALVED, checkout)
