"""Our search, HiGHS's and both side by side: each proves the same cost, and the plan says which it was."""

import json
from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.search_method import SearchMethod
from planner.case.shipped import path
from planner.solve.solve import solve
from planner.solver import own_search
from tests.plans import confirmed
from tests.test_cli import run

COST = 57.69135


def starter(method: SearchMethod) -> Case:
    return Case.read(path("starter")).change(f"case.solver.search = {method}")


def forbid_our_search(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise LookupError("our search was called")

    monkeypatch.setattr(own_search, "branch_and_bound", fail)


@pytest.mark.parametrize("method", SearchMethod)
def test_each_proves_the_same_cost_and_the_plan_says_which_it_was(method: SearchMethod) -> None:
    plan = confirmed(solve(starter(method)))
    assert plan.proven
    assert plan.record.objective_usd_bn == pytest.approx(COST, rel=1e-9)
    assert json.loads(plan.record.json())["options"]["search"] == str(method)


def test_highs_alone_does_without_our_search(monkeypatch: pytest.MonkeyPatch) -> None:
    forbid_our_search(monkeypatch)
    plan = confirmed(solve(starter(SearchMethod.HIGHS)))
    assert plan.proven
    assert plan.record.objective_usd_bn == pytest.approx(COST, rel=1e-9)


@pytest.mark.parametrize("method", [SearchMethod.OWN, SearchMethod.RACE])
def test_the_others_do_not(method: SearchMethod, monkeypatch: pytest.MonkeyPatch) -> None:
    forbid_our_search(monkeypatch)
    with pytest.raises(LookupError, match="our search was called"):
        solve(starter(method))


def test_a_very_large_case_is_not_restricted_for_highs(monkeypatch: pytest.MonkeyPatch) -> None:
    restricted: list[int] = []
    monkeypatch.setattr("planner.solve.solve.VERY_LARGE", 1)
    monkeypatch.setattr("planner.solve.solve.to_fewer_dates", lambda *_: restricted.append(1))
    solve(starter(SearchMethod.HIGHS))
    assert not restricted
    solve(starter(SearchMethod.OWN))
    assert restricted


def test_the_option_chooses(tmp_path: Path) -> None:
    result = run("solve", path("starter"), "-o", tmp_path / "plan", "--search", "highs", "--json")
    assert result.exit_code == 0
    assert json.loads(result.output)["options"]["search"] == "highs"
    assert 'search = "highs"' in (tmp_path / "plan" / "case" / "case.toml").read_text(encoding="utf-8")
    assert run("audit", tmp_path / "plan").exit_code == 0


def test_the_option_reaches_the_searches_of_explain(monkeypatch: pytest.MonkeyPatch) -> None:
    forbid_our_search(monkeypatch)
    result = run("explain", path("starter"), "--search", "highs")
    assert (result.exit_code, "There is a plan" in result.output) == (0, True)
    assert isinstance(run("explain", path("starter")).exception, LookupError)


@pytest.mark.parametrize("command", ["solve", "explain"])
def test_another_word_is_wrong_usage(command: str, tmp_path: Path) -> None:
    place = ("-o", tmp_path / "plan") if command == "solve" else ()
    result = run(command, path("starter"), *place, "--search", "both")
    assert result.exit_code == 2
    assert "'both' is not one of 'own', 'highs', 'race'" in result.output


def test_the_old_flag_is_wrong_usage(tmp_path: Path) -> None:
    result = run("solve", path("starter"), "-o", tmp_path / "plan", "--race")
    assert result.exit_code == 2
    assert "No such option" in result.output


def test_an_audit_compares_it_with_the_case(tmp_path: Path) -> None:
    plan = tmp_path / "plan"
    assert run("solve", path("starter"), "-o", plan).exit_code == 0
    record = json.loads((plan / "plan.json").read_text(encoding="utf-8"))
    record["options"]["search"] = "highs"
    (plan / "plan.json").write_text(json.dumps(record), encoding="utf-8")
    result = run("audit", plan)
    assert result.exit_code == 7
    assert "options.search: says 'highs', the case 'own'" in result.output
