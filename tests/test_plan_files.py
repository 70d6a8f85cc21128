"""Every decision stands in one file of a plan, whoever declares it, and the audit misses one that does not."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.case import shipped
from planner.catalogue import CATALOGUE
from planner.interfaces.debt import LeaseLiability, LoanBalance
from planner.ledgers.decision_times import Moment
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import PlanFile
from planner.plan.audit import audit
from planner.plan.exports import capacity, debt, decisions, offers, service
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.solution import Solution
from planner.reports.counterparties.network import Network
from tests.neighbour import BARTER, MOST, READY, WAITING, WITH_BARTER
from tests.small import small

STARTER = shipped.path("starter")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return Case.read(STARTER, WITH_BARTER).solve()


@pytest.fixture
def folder(plan: Plan, tmp_path: Path) -> Path:
    plan.write(tmp_path / "plan")
    return tmp_path / "plan"


def everything(portfolio: Portfolio) -> Solution:
    """Every decision at a value of its own, none of them 0."""
    return Solution(portfolio, 1.0 + np.arange(portfolio.ledgers.size) / 1024)


def cases() -> Iterator[Portfolio]:
    margin = "+policies{policy=margin, kind=reserve_margin_min, from_date=2026-01-01, value=0.1, penalty=5}"
    for name in shipped.names():
        yield Portfolio.of(Case.read(shipped.path(name)).change(margin))
    yield Portfolio.of(Case.read(STARTER, WITH_BARTER))


def test_each_decision_stands_once_in_the_file_it_is_declared_for() -> None:
    for portfolio in cases():
        solution = everything(portfolio)
        for file, export, value in (
            (PlanFile.DECISIONS, decisions, decisions.VALUE),
            (PlanFile.CAPACITY, capacity, "gw"),
            (PlanFile.SERVICE, service, "gw"),
        ):
            table = export.table(solution)
            says = [pair for pair in zip(table["decision"], table[value], strict=True) if pair[0]]
            mine = [group for group in portfolio.ledgers.groups if group.file is file]
            assert dict(says) == {name: x for g in mine for name, x in zip(g.names, solution.of(g), strict=True)}
            assert set(Counter(name for name, _ in says).values()) <= {1}


def test_a_decision_that_is_in_no_ledger_of_machines_has_its_own_measure(plan: Plan) -> None:
    mine = plan.capacity[plan.capacity["instrument"] == "barter"]
    ready = mine[mine["measure"] == "barter.standby"]
    assert ready["gw"].tolist() == pytest.approx([READY] * 4)
    assert ready["region"].tolist() == ["east"] * 4
    assert ready["decision"].iloc[1] == "barter.standby[red,east,2028-01-01]"
    waiting = plan.service[plan.service["measure"] == "barter.queue"]
    assert waiting["gw"].tolist() == pytest.approx([WAITING] * 4)
    assert waiting["firm"].tolist() == ["firm"] * 4


# What is taken runs GW for GW; of what is `half`, half runs: the row of the decision stands beside that of its use.
def test_what_runs_is_not_counted_twice(plan: Plan) -> None:
    mine = plan.capacity[plan.capacity["instrument"] == "barter"]
    running = mine[mine["measure"] == "use"].groupby("period")["gw"].sum()
    assert running.tolist() == pytest.approx([1.5 * MOST] * 4)
    halves = mine[mine["measure"] == "barter.half"]
    assert halves["gw"].tolist() == pytest.approx([MOST] * 4)
    assert (halves["decision"] != "").all()


def test_a_part_of_a_key_without_a_column_is_said(plan: Plan) -> None:
    (row,) = plan.decisions[plan.decisions["what"] == "lorries"].to_dict("records")
    assert (row["key"], row["period"], row["unit"]) == ("lorry red, first_period 2028-01-01", "", "lorries")


def test_the_audit_agrees(folder: Path, plan: Plan) -> None:
    found = audit(folder, WITH_BARTER)
    assert found.agrees, found.text()
    assert found.decisions == len(plan.values)
    assert Plan.read(folder, WITH_BARTER).values == pytest.approx(plan.values)


def test_a_plan_that_lacks_columns_is_refused(folder: Path) -> None:
    """As one that was written before each label had its column."""
    file = folder / "cash.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("headroom_usd_bn", "room"), encoding="utf-8")
    with pytest.raises(DataError, match=r"^cash\.csv:1 headroom_usd_bn: expected a column, found none$"):
        Plan.read(folder, WITH_BARTER)


@pytest.mark.parametrize(
    ("stem", "decision"),
    [
        ("capacity", "barter.standby[red,east,2028-01-01]"),
        ("capacity", "barter.half[east,2028-01-01]"),
        ("service", "barter.queue[firm,2028-01-01]"),
        ("decisions", "barter.lorries[red,2028-01-01]"),
    ],
)
def test_the_audit_misses_a_decision_that_is_not_there(folder: Path, stem: str, decision: str) -> None:
    file = folder / f"{stem}.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if decision not in line), encoding="utf-8")
    found = audit(folder, WITH_BARTER)
    assert any(each.file == file.name and f"decision {decision}" in each.what for each in found.findings), found.text()


def test_the_audit_sees_a_broken_contract(folder: Path) -> None:
    for file in (folder / "capacity.csv", folder / "ledger.csv"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(f",{READY},", ",0.04,").replace(f",-{READY},", ",-0.04,"), encoding="utf-8")
    says = [each.what for each in audit(folder, WITH_BARTER).findings]
    assert any(what.startswith("no less than was agreed: does not hold") for what in says), says


def test_machines_without_an_offer_are_not_taken_for_own_ones(plan: Plan) -> None:
    """What barter runs uses neither the chips nor the halls of the lab."""
    portfolio = Portfolio.of(Case.read(STARTER, WITH_BARTER))
    with_, without = (np.array([0.0 if zero and name.startswith("barter.") else plan.values.get(name, 0.0)
                                for name in portfolio.ledgers.names]) for zero in (False, True))  # fmt: skip
    idle = []
    for x in (with_, without):
        table = capacity.table(Solution(portfolio, x))
        rows = zip(table["measure"], table["chip"], table["period"], table["gw"], strict=True)
        idle.append([row for row in rows if row[0].startswith("idle_")])
    assert idle[0] == idle[1]
    assert offers.used_by_offer(Solution(portfolio, with_)) == offers.used_by_offer(Solution(portfolio, without))
    sources = Network(plan).graph.nodes["neighbour"]["roles"]
    assert sources == "fees"


def test_cash_that_nobody_explains_is_refused(plan: Plan) -> None:
    silent = CATALOGUE.extended(instruments=[replace(BARTER, cash_lines={})])
    with pytest.raises(ValueError, match="barter posts cash in the line 'neighbour', of which its `cash_lines` say"):
        Network(replace(plan, case=Case.read(STARTER, silent))).flows  # noqa: B018


def test_a_file_that_cannot_hold_a_unit_is_refused(tmp_path: Path) -> None:
    ledgers = Ledgers(small(tmp_path).calendar)
    with pytest.raises(ValueError, match=r"variables barter\.money are in USD bn, but capacity\.csv holds GW"):
        ledgers.declare(
            "barter", "money", ("period",), [(0,)], unit="USD bn", decided=Moment.OUTSET, file=PlanFile.CAPACITY
        )


class TestDebt:
    """Classes of debt that an instrument of one's own posts: hire of 5 a year, and a loan of 10 repaid with 1."""

    LABELS = Labels(instrument="barter", offer="lorry", debt_class="hire")

    def solution(self, folder: Path, **debts: LeaseLiability | LoanBalance) -> Solution:
        case = small(folder, end=2028)
        mine = CATALOGUE.extended(instruments=[replace(BARTER, debt=debts)])
        case = Case.read(folder, mine)
        ledgers = Ledgers(case.calendar)
        x = ledgers.declare("barter", "lorry", ("offer",), [("lorry",)], unit="lorries", decided=Moment.OUTSET)[
            ("lorry",)
        ]
        growth = 1.06
        ledgers.post(
            "debt", self.LABELS, "liability", x, range(2), [5 / growth**0.5 + 5 / growth**1.5, 5 / growth**0.5]
        )
        ledgers.flow(Kind.COST, replace(self.LABELS, debt_class=""), "hire", x, range(2), -5.0)
        owed = replace(self.LABELS, debt_class="credit")
        ledgers.post("debt", owed, "owed", x, [0], 10.0)
        ledgers.dated(Kind.FUNDING, owed, "drawn", x, 0.0, 10.0)
        ledgers.dated(Kind.FUNDING, owed, "repaid", x, 1.0, -10.0)
        ledgers.flow(Kind.COST, owed, "interest", x, [0], -1.0)
        return Solution(Portfolio(case, ledgers, ()), np.array([2.0]))

    def test_it_says_how_they_move(self, tmp_path: Path) -> None:
        loan = LoanBalance(drawdown="drawn", interest="interest", repayment="repaid")
        table = debt.table(self.solution(tmp_path, hire=LeaseLiability(payments="hire"), credit=loan))
        moves = {name: [row for kind, *row in zip(table["class"], *(table[m] for m in debt.MOVES), strict=True)
                        if kind == name] for name in ("hire", "credit")}  # fmt: skip
        left = 10 / 1.06**0.5
        assert moves["hire"][0] == pytest.approx([0, left + left / 1.06, 10 - left / 1.06, 10, left])
        assert moves["hire"][1] == pytest.approx([left, 0, 10 - left, 10, 0], abs=1e-9)
        assert moves["credit"] == [pytest.approx([0, 20, 2, 2, 20]), pytest.approx([20, 0, 0, 20, 0])]

    def test_a_class_that_it_does_not_explain_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="barter posts debt of the class 'credit', and no instrument of that name"):
            debt.table(self.solution(tmp_path, hire=LeaseLiability(payments="hire")))

    def test_it_is_refused_before_the_search(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def post(case: Case, ledgers: Ledgers) -> None:
            BARTER.post(case, ledgers)
            ledgers.post("debt", self.LABELS, "liability", ledgers.find("barter", "lorries")["red", 1], [0], 1.0)

        monkeypatch.setattr("planner.solver.solve", lambda *_, **__: pytest.fail("it was searched"))
        with pytest.raises(ValueError, match="debt of the class 'hire'"):
            Case.read(STARTER, CATALOGUE.extended(instruments=[replace(BARTER, post=post)])).solve()
