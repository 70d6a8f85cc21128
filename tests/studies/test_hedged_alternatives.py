"""Alternatives to plans for all futures, worked out by hand in `hedged_case`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.api import Case
from planner.cli import main
from planner.studies.engine import InThisProcess
from planner.studies.hedged.alternatives import HedgedAlternatives, alternatives_hedged
from planner.studies.hedged.policy import signed_now
from tests.hedges import confirmed
from tests.studies.hedged_case import uncertain


def found_within(case: Case, within: float, **options: int) -> HedgedAlternatives:
    found = alternatives_hedged(case, within=within, engine=InThisProcess, **options)
    for plan in found.plans:
        confirmed(plan)
    return found


# The fees make signing both dearer than either: 27.6 with spot, 30.1 with the deal, 30.2 with both.
def with_fees(folder: Path) -> Case:
    return uncertain(folder).change("cloud_commitments[*].signing_fee_usd_bn = 0.1")


def test_all_policies_in_order(tmp_path: Path) -> None:
    found = found_within(with_fees(tmp_path), 0.1)
    assert [signed_now(plan) for plan in found.plans] == [["spot"], ["deal"], ["deal", "spot"]]
    assert [plan.record.objective_usd_bn for plan in found.plans] == pytest.approx([27.6, 30.1, 30.2])
    assert found.complete
    assert found.proven
    assert found.verdicts == {"deal": "may", "spot": "may"}
    assert found.table["plan_2"].tolist() == ["now", ""]


# 0.05 · 27.6 = 1.38 more is not enough for the deal, so spot must be signed and the deal never is.
def test_must_and_never(tmp_path: Path) -> None:
    found = found_within(with_fees(tmp_path), 0.05)
    assert len(found.plans) == 1
    assert found.complete
    assert found.verdicts == {"deal": "never", "spot": "must"}


# {deal} differs from {spot} in both offers, {deal, spot} only in one.
def test_apart(tmp_path: Path) -> None:
    found = found_within(with_fees(tmp_path), 0.1, apart=2)
    assert [signed_now(plan) for plan in found.plans] == [["spot"], ["deal"]]
    assert found.complete


# By weight 1 the deal is best: 30.1 in both futures; spot has a CVaR of 33.1.
def test_least_objective_counts(tmp_path: Path) -> None:
    found = found_within(with_fees(tmp_path).change("case.risk.weight = 1"), 0.05)
    assert [signed_now(plan) for plan in found.plans] == [["deal"], ["deal", "spot"]]
    assert found.verdicts == {"deal": "must", "spot": "may"}


# Where spot can be signed in 2027 only, after the news, no policy differs in it.
def test_offers_signed_after_the_news_do_not_count(tmp_path: Path) -> None:
    case = with_fees(tmp_path).change(
        "cloud_commitments[spot].sign_from = 2027-01-01", "cloud_commitments[spot].sign_by = 2027-01-01",
    )  # fmt: skip
    found = found_within(case, 10.0)
    assert "spot" not in found.verdicts
    assert found.reasons["spot"] == "nothing is signed about it before the news"


def test_case_without_events(tmp_path: Path) -> None:
    case = uncertain(tmp_path, events=None, outcomes=None).change("cloud_commitments[*].signing_fee_usd_bn = 0.1")
    found = found_within(case, 0.5)
    other = case.alternatives(within=0.5, workers=1)
    assert [plan.record.objective_usd_bn for plan in found.plans] == pytest.approx(
        [plan.record.objective_usd_bn for plan in other.plans]
    )
    assert (found.verdicts, found.complete) == (other.verdicts, other.complete)


def test_command_and_python(tmp_path: Path) -> None:
    with_fees(tmp_path / "case")
    arguments = ["alternatives", str(tmp_path / "case"), "--hedge", "--within", "0.1", "--count", "1", "--workers", "1"]
    ended = CliRunner().invoke(main, [*arguments, "--widest", "debt"])
    assert (ended.exit_code, "--widest cannot be given with --hedge" in ended.output) == (2, True)
    ended = CliRunner().invoke(main, [*arguments, "--json"])
    assert ended.exit_code == 0, ended.output
    told = json.loads(ended.stdout)
    assert [plan["signed_now"] for plan in told["plans"]] == [["spot"], ["deal"]]
    found = Case.read(tmp_path / "case").alternatives(within=0.1, count=1, hedge=True, workers=1)
    assert found.verdicts == told["verdicts"]
    assert "-spot" in found.text()
