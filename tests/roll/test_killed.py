from pathlib import Path

from tests.roll.killed import killed


def test_a_roll_that_is_killed_leaves_the_old_case_or_the_new_one(tmp_path: Path) -> None:
    found = killed(4, 3, tmp_path)
    assert found["old"] + found["new"] == 4
