"""A fixed sample of the plans of `tests.tampering`: all are found, by every command, and nothing is left behind."""

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from planner.api import Case
from planner.case.shipped import path
from planner.model.limit_rows import Leeway
from planner.plan.audit import audit, files, opened
from planner.plan.audit import record as record_checks
from planner.plan.plan import Plan
from planner.rules.meet_demand import NAME as MEET_DEMAND
from planner.solve.solve import solve
from planner.solve.study_options import StudyOptions
from tests.tampering import COMMANDS, DAMAGED, TAMPERED, Bench, Outcome, drawn, faults, judge_kept, judge_without_limits
from tests.tampering import table as as_table


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("bench"))


@pytest.fixture(scope="module")
def dropped() -> Plan:
    """The starter's cheapest plan that meets demand and may break every other limit."""
    leeway = Leeway(lambda limit: limit.rule != MEET_DEMAND, 1e6)
    return solve(Case.read(path("starter")), study=StudyOptions(leeway=leeway))


def test_what_is_tampered_with_is_found(tmp_path: Path) -> None:
    verdicts = list(drawn("tampered", TAMPERED, len(TAMPERED), 1, None, tmp_path))
    assert len(verdicts) >= 2 * len(TAMPERED)
    assert not faults(verdicts), "\n".join([*faults(verdicts), as_table(verdicts)])


def test_what_is_damaged_is_refused(tmp_path: Path) -> None:
    verdicts = list(drawn("damaged", DAMAGED, len(DAMAGED), 1, None, tmp_path))
    assert not faults(verdicts), "\n".join([*faults(verdicts), as_table(verdicts)])


def test_every_command_refuses_a_damaged_plan(tmp_path: Path) -> None:
    verdicts = list(drawn("damaged", DAMAGED[:1], 1, 2, [*COMMANDS], tmp_path))
    assert len(verdicts) == len(COMMANDS)
    assert {verdict.outcome for verdict in verdicts} == {Outcome.FOUND}


def test_limits_that_are_dropped_are_found(bench: Bench) -> None:
    verdicts = list(judge_without_limits(bench, random.Random(1)))
    assert [verdict.outcome for verdict in verdicts] == [Outcome.FOUND] * 2, faults(verdicts)


def test_what_a_study_keeps_is_not_believed(tmp_path: Path) -> None:
    verdicts = list(judge_kept(tmp_path, random.Random(1), tries=6))
    assert not faults(verdicts), faults(verdicts)


class TestLimitsDropped:
    """The starter with every limit but demand dropped costs 6.141; the limits that it breaks are not excused."""

    def test_without_an_event_none_may_be_broken(self, dropped: Plan, tmp_path: Path) -> None:
        assert dropped.record.objective_usd_bn == pytest.approx(6.141, abs=5e-4)
        assert len(dropped.record.relaxed) > 5
        dropped.write(tmp_path / "plan")
        found = audit(tmp_path / "plan")
        named = [each.what for each in found.findings if each.column == "relaxed"]
        broken = [each for each in found.findings if each.file == "limits.csv"]
        assert len(named) == len(broken) == len(dropped.record.relaxed)
        assert all("only a stress plan may break a limit" in what for what in named)
        assert found.loosened == ()

    def test_with_an_event_physical_ones_may_not_be_broken(self, dropped: Plan, bench: Bench, tmp_path: Path) -> None:
        """Chips without halls stay a finding under any event."""
        told = replace(dropped.record, stress=Plan.read(bench.stressed).record.stress)
        replace(dropped, record=told).write(tmp_path / "plan")
        found = audit(tmp_path / "plan")
        named = [each.what for each in found.findings if each.column == "relaxed"]
        assert any(what.startswith("names 'hosting") for what in named)
        assert all("which no event lets a plan break" in what for what in named)
        assert {name.split()[0] for name in found.loosened}.isdisjoint({"hosting"})


def test_what_the_audit_takes_on_trust_is_said(bench: Bench) -> None:
    found = audit(bench.good)
    assert "On the search's word" in found.text()
    assert {"bound_usd_bn", "seconds"} <= set(found.not_derived)
    assert set(found.not_derived) <= set(json.loads(json.dumps(found.json()))["not_derived"])


def test_a_plan_that_is_opened_is_the_one_that_is_read(bench: Bench) -> None:
    one, other = opened(bench.stressed), Plan.read(bench.stressed)
    assert one.record == other.record
    assert one.record.stress is not None
    assert one.record.stress.plan_sha256 == opened(bench.good).digest
    assert all(one.tables[stem].equals(other.tables[stem]) for stem in other.tables)


def test_an_audit_that_believes_the_record_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample can fail: without the checks of the record, tampered claims pass."""
    monkeypatch.setattr(record_checks, "_proof", lambda record: iter(()))
    monkeypatch.setattr(files, "unlike_solved", lambda contents, inputs: iter(()))
    kinds = tuple(kind for kind in TAMPERED if kind.__name__ in ("bound_lowered", "bound_blank", "input_wrong"))
    assert len(faults(list(drawn("tampered", kinds, 6, 1, None, tmp_path)))) > 3
