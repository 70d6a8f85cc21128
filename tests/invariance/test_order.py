"""A fixed sample of `python -m tests.invariance order`."""

import pytest

from tests.invariance.cases import everything, generated, shipped
from tests.invariance.order import differences, shuffled


def test_starter_in_another_order() -> None:
    assert list(differences(shipped("starter"), 1)) == []


def test_everything_in_another_order() -> None:
    assert list(differences(everything(), 2)) == []


def test_gpu_campus_in_another_order() -> None:
    assert list(differences(shipped("gpu-campus"), 3, plans=False)) == []


@pytest.mark.parametrize("seed", range(5))
def test_generated_cases_in_another_order(seed: int) -> None:
    ((_, files),) = list(generated(seed + 1))[seed:]
    assert list(differences(files, seed, plans=False)) == []


def test_another_order_is_another() -> None:
    files = shipped("starter")
    other = shuffled(files, 1)
    assert files.keys() == other.keys()
    assert files["demand.csv"] != other["demand.csv"]
    assert len(files["demand.csv"]) == len(other["demand.csv"])
