"""What else one could sign for little more: plans that differ, and must, may, never."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner import generate
from planner.api import Case
from planner.case.shipped import path
from planner.cli import main
from planner.studies.alternatives import Alternatives, alternatives, verdict
from planner.studies.engine import InThisProcess
from planner.studies.runs import Run, RunResult, RunStatus
from tests.rules.deals import ALPHA, asking

POLICY = "provider_share_max,alpha,2026-01-01,1,"
FEES = {"alpha": 1.0, "beta": 1.1, "gamma": 1.2, "delta": 9.0}


def case(folder: Path) -> Case:
    """1 GW for a year at 10 from any of four, which ask 1, 1.1, 1.2 or 9 for signing."""
    rows = [{**ALPHA, "offer": f"{name}_deal", "provider": name} for name in FEES]
    fees = [f"cloud_commitments[{name}_deal].signing_fee_usd_bn = {fee}" for name, fee in FEES.items()]
    return asking(folder, POLICY, *rows).change(*fees)


def found(case: Case, **options: float) -> Alternatives:
    return alternatives(case, engine=InThisProcess, **options)  # type: ignore[arg-type]


def signed(answer: Alternatives) -> list[set[str]]:
    return [{str(name).removesuffix("_deal") for name in p.offers.loc[p.offers["signed"] == "yes", "offer"]}
            for p in answer.plans]  # fmt: skip


# Within 2 % of 11, so up to 11.22: alpha, beta or gamma; two at once cost 12.1 or more.
def test_all_there_are(tmp_path: Path) -> None:
    answer = found(case(tmp_path), within=0.02)
    assert signed(answer) == [{"alpha"}, {"beta"}, {"gamma"}]
    assert [plan.record.objective_usd_bn for plan in answer.plans] == pytest.approx([11, 11.1, 11.2])
    assert answer.complete
    assert answer.verdicts == {"alpha_deal": "may", "beta_deal": "may", "gamma_deal": "may", "delta_deal": "never"}
    assert "there are no others" in answer.text()


def test_one_plan_that_is_not_proven_leaves_the_whole_unproven(tmp_path: Path) -> None:
    answer = found(case(tmp_path), within=0.02)
    assert answer.proven
    *others, last = answer.plans
    stopped = replace(last, record=replace(last.record, status="stopped", stopped_by="time limit"))
    assert not replace(answer, plans=(*others, stopped)).proven


# Within 0.5 % only alpha: it must be signed, the others never.
def test_must(tmp_path: Path) -> None:
    answer = found(case(tmp_path), within=0.005)
    assert signed(answer) == [{"alpha"}]
    assert answer.verdicts == {"alpha_deal": "must", "beta_deal": "never", "gamma_deal": "never", "delta_deal": "never"}


# Within 12 %, so up to 12.32, also two at once: 12.1 with alpha and beta, 12.2 with alpha and gamma, 12.3 without.
def test_several_at_once_and_how_many_differ(tmp_path: Path) -> None:
    answer = found(case(tmp_path), within=0.12, count=2)
    assert (len(answer.plans), answer.complete) == (3, False)
    assert len(found(case(tmp_path), within=0.12).plans) == 6
    wide = found(case(tmp_path), within=0.12, apart=2)
    for i, mine in enumerate(signed(wide)):
        for other in signed(wide)[:i]:
            assert len(mine ^ other) >= 2


# One plan was asked for, so nothing is known of gamma from the plans: it is asked about.
def test_may_is_found_out(tmp_path: Path) -> None:
    answer = found(case(tmp_path), within=0.02, count=1)
    assert signed(answer) == [{"alpha"}, {"beta"}]
    assert answer.verdicts["gamma_deal"] == "may"


# What is given is not asked about.
def test_given_offers(tmp_path: Path) -> None:
    chosen = case(tmp_path).change("cloud_commitments[delta_deal].status = closed")
    assert set(found(chosen, within=0.02).verdicts) == {"alpha_deal", "beta_deal", "gamma_deal"}


def test_the_command(tmp_path: Path) -> None:
    case(tmp_path / "case").write(tmp_path / "priced")
    words = ["alternatives", str(tmp_path / "priced"), "--workers", "1"]
    result = CliRunner().invoke(main, [*words, "--csv", str(tmp_path / "table.csv")])
    assert result.exit_code == 0, result.output
    assert "never  delta_deal" in result.output
    assert (tmp_path / "table.csv").read_text().startswith("offer,verdict,plan_1,plan_2,plan_3\n")
    told = json.loads(CliRunner().invoke(main, [*words, "--json"]).stdout)
    assert told["plans"][1]["signed"] == ["beta_deal"]


# Closed and signed offers have no verdict; what the case requires must be signed, at whatever price.
def test_every_offer_has_a_verdict_or_a_reason(tmp_path: Path) -> None:
    given = (
        "cloud_commitments[delta_deal].status = closed",
        "cloud_commitments[gamma_deal].status = required",
    )
    answer = found(case(tmp_path).change(*given), within=0.02)
    assert answer.verdicts["gamma_deal"] == "must"
    assert "delta_deal" not in answer.verdicts
    assert answer.reasons == {"delta_deal": "it is closed"}
    assert "delta_deal: it is closed" in answer.text()
    assert answer.json()["reasons"] == answer.reasons


# The best plan orders TPUs for Mesa and GPUs for Lake. Without lake no GPUs are needed, and any part of a GW may be
# ordered, so no solve can tell whether a plan within the cost orders some.
def test_orders_of_any_quantity() -> None:
    answer = found(Case.read(path("starter")).change("site_leases[lake].status = closed"), within=0.001, count=0)
    assert answer.verdicts["tpu_order"] == "must"
    assert answer.verdicts["gpu_order"] == "open"
    assert "any quantity" in answer.reasons["gpu_order"]
    assert answer.reasons["mill"] == "it is signed already"


@pytest.mark.parametrize("seed", [1, 2, 5])
def test_generated_cases(tmp_path: Path, seed: int) -> None:
    generate.write(tmp_path / "case", 5, periods=3, period_months=12, seed=seed)
    asked = Case.read(tmp_path / "case")
    answer = found(asked, within=0.03, count=1)
    names = {offer.offer for offer in asked.tables.offers()}
    assert set(answer.verdicts) | set(answer.reasons) == names
    assert {name for name, said in answer.verdicts.items() if said == "open"} <= set(answer.reasons)


def test_a_solve_that_failed_leaves_an_offer_open_and_says_why() -> None:
    outcomes = {
        "its process ended": RunResult(Run("x"), RunStatus.FAILED, message="its process ended"),
        "not proven": RunResult(Run("x"), RunStatus.STOPPED, message="stopped\nnot proven"),
        "its solve was stopped before it was known": RunResult(Run("x"), RunStatus.UNPROVEN, 12.0),
        "no such row": RunResult(Run("x"), RunStatus.INVALID, message="no such row"),
    }
    for why, outcome in outcomes.items():
        assert verdict(outcome, True, 11.0) == ("open", why)
    assert verdict(RunResult(Run("x"), RunStatus.UNPROVEN, 11.0), True, 11.0) == ("may", "")
