"""What the table of policies may say."""

from pathlib import Path

import pytest

from planner.basics.errors import DataError
from tests.rules.deals import ALPHA, BETA, asking


def problem(folder: Path, *policies: str) -> str:
    with pytest.raises(DataError) as error:
        asking(folder, "\n".join(policies), ALPHA, BETA)
    return str(error.value)


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (
            "provider_share_max,alhpa,2026-01-01,0.5,",
            "expected a provider of any offer table for provider_share_max, found 'alhpa'; did you mean 'alpha'?",
        ),
        (
            "funding_from_provider_max,,2026-01-01,0.5,",
            "expected a provider of any offer table for funding_from_provider_max, found a blank",
        ),
        (
            "survive_loss_of_provider,delta,2026-01-01,0.5,",
            "expected a provider of any offer table, or a blank for each in turn for survive_loss_of_provider, found"
            " 'delta'",
        ),
        (
            "family_share_max,tpus,2026-01-01,0.5,",
            "expected a chip family of chips.csv for family_share_max, found 'tpus'; did you mean 'tpu'?",
        ),
        (
            "served_in_region_min,hre,2026-01-01,0.5,",
            "expected a region, or region/workload for served_in_region_min, found 'hre'; did you mean 'here'?",
        ),
        (
            "served_in_region_min,here/trainin,2026-01-01,0.5,",
            "found 'here/trainin'; did you mean 'here/training'?",
        ),
        (
            "own_capacity_min,nowhere,2026-01-01,5,",
            "expected a region of regions.csv, or a blank for all for own_capacity_min, found 'nowhere'",
        ),
    ],
)
def test_unknown_subjects(tmp_path: Path, policy: str, said: str) -> None:
    found = problem(tmp_path, policy)
    assert found.startswith("policies.csv:2 subject: ")
    assert said in found


def test_values(tmp_path: Path) -> None:
    found = problem(tmp_path, "provider_share_max,alpha,2026-01-01,60,", "own_capacity_min,,2026-01-01,-1,")
    assert "policies.csv:2 value: expected a share of at most 1 for provider_share_max, found '60'" in found
    assert "policies.csv:3 value: expected a number of at least 0, found '-1'" in found
    asking(tmp_path / "fine", "own_capacity_min,,2026-01-01,10,", ALPHA)


def test_kinds_are_known(tmp_path: Path) -> None:
    assert "policies.csv:2 kind: expected one of provider_share_max" in problem(tmp_path, "greed_max,,2026-01-01,1,")


def test_only_shares_have_a_basis(tmp_path: Path) -> None:
    found = problem(tmp_path, "own_capacity_min,,2026-01-01,1,,served")
    assert "policies.csv:2 basis: expected a blank for own_capacity_min, found 'served'" in found
    found = problem(tmp_path / "word", "provider_share_max,alpha,2026-01-01,1,,gw")
    assert "policies.csv:2 basis: expected one of served, nameplate, found 'gw'" in found
    both = ("provider_share_max,alpha,2026-01-01,0.5,", "provider_share_max,alpha,2026-01-01,0.5,,nameplate")
    asking(tmp_path / "both", "\n".join(both), ALPHA, BETA)
    assert "policies.csv:3 policy" in problem(tmp_path / "same", both[0], f"{both[0]},served")


def test_one_value_for_a_day(tmp_path: Path) -> None:
    twice = "provider_share_max,alpha,2026-01-01,0.5,"
    assert "policies.csv:3 policy: expected one value of provider_share_max" in problem(tmp_path, twice, twice)
