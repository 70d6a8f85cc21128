"""Studies ask the records of instruments and rules: the planner's own say enough, and one from outside counts too."""

import pickle
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, ClassVar

import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.case import shipped
from planner.catalogue import CATALOGUE
from planner.interfaces.case_data import CaseData
from planner.interfaces.events import Event, EventKind, EventValue
from planner.interfaces.instrument import Instrument
from planner.interfaces.plain_lines import Meaning, PlainLine
from planner.interfaces.pricing import LimitOf, LimitStep
from planner.interfaces.reporting import CashLine
from planner.ledgers.contract_checks import ContractCheck
from planner.ledgers.decision_times import Moment
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import PlanFile
from planner.plan.plan import Plan
from planner.solve.solve import solve
from planner.studies.design import design
from planner.studies.engine import InThisProcess, carry_out
from planner.studies.prices import prices
from planner.studies.prices.pricing import limit_steps, price_of
from planner.studies.runs import Base, Run
from planner.studies.stress import read, stress
from planner.studies.sweep import sweep
from planner.tables.fields import Field
from planner.tables.table import Row, Table
from tests.inputs import write_case
from tests.plans import cost, solved
from tests.rules.deals import CHIPS
from tests.small import demand


class Neighbour(Row):
    about: ClassVar[Table] = Table("neighbours", "one row per neighbour", ("neighbour",))

    neighbour: Annotated[str, Field("who lends", identifier=True)]
    max_gw: Annotated[float, Field("machines that it lends", least=0)]
    to_date: Annotated[date | None, Field("day on which it stops; blank: never")] = None


NAME = "neighbour"
PRICE = 10.0


def post(case: CaseData, ledgers: Ledgers) -> None:
    rows = {row.neighbour: row for row in case.rows(Neighbour)}
    keys = [
        (row.neighbour, t)
        for row in rows.values()
        for t in case.calendar.periods
        if row.to_date is None or case.calendar.start_of(t) < row.to_date
    ]
    take = ledgers.declare(
        NAME, "take", ("offer", "period"), keys, unit="GW", decided=Moment.DURING_PERIOD, file=PlanFile.CAPACITY
    )
    for (name, t), variable in take.numbers.items():
        labels = Labels(instrument=NAME, counterparty=str(name), chip="tpu_a", family="tpu", region="here")
        ledgers.post("in_use", labels, "use", variable, [int(t)], 1.0)
        ledgers.post("compute", labels.supplying(), "use", variable, [int(t)], 1.0)
        ledgers.flow(Kind.COST, labels, "loan_of_machines", variable, [int(t)], -PRICE * case.calendar.h)


def build(b: Any, case: CaseData) -> None:
    most = {row.neighbour: row.max_gw for row in case.rows(Neighbour)}

    @b.Constraint(list(b.take))
    def within_reach(b: Any, name: str, t: int) -> Any:
        return b.take[name, t] <= most[name]


def contract_checks(case: CaseData, ledgers: Ledgers, x: Any) -> Iterator[ContractCheck]:
    most = {row.neighbour: row.max_gw for row in case.rows(Neighbour)}
    for (name, _), variable in ledgers.find(NAME, "take").numbers.items():
        yield ContractCheck(variable, "no more than it lends", x[variable], most[str(name)])


def names(case: CaseData) -> list[str]:
    return [row.neighbour for row in case.rows(Neighbour)]


def happens(event: Event) -> str:
    return f"{event.subject} moves away"


def changes(event: Event, case: CaseData) -> Iterator[str]:
    yield f"neighbours[{event.subject}].to_date = {event.from_date}"


def steps(case: CaseData) -> Iterator[LimitStep]:
    for name in names(case):
        yield LimitStep(LimitOf.OTHER, f"machines of {name}", "0.1 GW more", f"neighbours[{name}].max_gw += 0.1")


MOVES = EventKind(
    "neighbour_moves", "a neighbour", names, EventValue.BLANK, happens, changes, problems=None
)  # fmt: skip
LENDS = Instrument(
    name=NAME,
    word="neighbour",
    tables=(Neighbour,),
    reads=(),
    post=post,
    build=build,
    contract_checks=contract_checks,
    gives=frozenset({"in_use", "compute"}),
    moved=None,
    advance=None,
    arrivals=(),
    settled=None,
    priced_by=None,
    steps=steps,
    events=(MOVES,),
    provider_gone=None,
    resale_down=None,
    not_paid=frozenset(),
    loosened_by=None,
    last_days=(),
    generate=None,
    plain_lines={"loan_of_machines": PlainLine("Machines lent", "Paid to a neighbour for machines.", Meaning.CLOUD)},
    cash_lines={"loan_of_machines": CashLine("spend")},
    debt={},
    goes_with_counterparty=frozenset(),
    purchases=None,
    orders=None,
    terms=None,
    borrowing=None,
    unreachable=None,
    commitments=None,
)
WITH_NEIGHBOURS = CATALOGUE.extended(instruments=[LENDS])

SETTINGS = """\
title = "small"
start = 2026-01-01
end = 2029-01-01
period_months = 12
discount_rate = 0
lease_rate = 0.06
shortage_cost_usd_bn_per_gw_year = 100

[solver]
gap = 1e-9
"""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """1 GW for three years, 0.8 of it from a neighbour at 10 and the rest not served, at 100."""
    folder = tmp_path_factory.mktemp("case")
    lent = "neighbour,max_gw,to_date\nmia,0.8,\n"
    write_case(folder, SETTINGS, chips=CHIPS, demand=demand(1, 1, 1), neighbours=lent)
    found = solve(Case.read(folder, WITH_NEIGHBOURS))
    assert cost(found) == pytest.approx(3 * (0.8 * 10 + 0.2 * 100))
    return found


def test_an_event_of_its_own(plan: Plan, tmp_path: Path) -> None:
    file = tmp_path / "shocks.csv"
    file.write_text("event,kind,subject,from_date\naway,neighbour_moves,mia,2027-01-01\n")
    found = stress(plan, read(file, plan))
    after = found.outcomes[0].after
    assert after is not None
    assert cost(after) - cost(plan) == pytest.approx(2 * 0.8 * 90)
    assert found.outcomes[0].losses(plan) == pytest.approx({"the lab": 144, "mia": 16})
    assert "mia moves away from 2027-01-01 on" in found.text()


def test_its_steps_and_runs(plan: Plan) -> None:
    found = prices(plan, engine=InThisProcess)
    (step,) = found.limits
    assert step.step.limit == "machines of mia"
    assert step.worth_usd_bn == pytest.approx((3 * 9, 3 * 9))
    asked = design({"grid": ["mia: neighbours[mia].max_gw = 0.8 | 1"]}, "study")
    assert sweep(plan.case, asked, engine=InThisProcess).table["objective_usd_bn"].tolist() == pytest.approx(
        [84, 84, 30]
    )
    assert Base.of(plan.case).digest != Base(dict(plan.case.files), CATALOGUE).digest


def test_an_instrument_that_was_changed_since_the_last_study(plan: Plan) -> None:
    """As when a cell of a notebook is run again: of the same name, but each GW costs 1 more a year."""

    def dearer(case: CaseData, ledgers: Ledgers) -> None:
        post(case, ledgers)
        for (name, t), variable in ledgers.find(NAME, "take").numbers.items():
            labels = Labels(instrument=NAME, counterparty=str(name))
            ledgers.flow(Kind.COST, labels, "loan_of_machines", variable, [int(t)], -1.0)

    changed = Case.made_of(plan.case.files, CATALOGUE.extended(instruments=[replace(LENDS, post=dearer)]))
    before, after = (carry_out(Base.of(case), [Run("base")], InThisProcess)[0].plan for case in (plan.case, changed))
    assert before is not None
    assert after is not None
    assert cost(before) == pytest.approx(84)
    assert cost(after) == pytest.approx(84 + 3 * 0.8)


def test_kinds_of_events_are_those_of_the_catalogue(plan: Plan, tmp_path: Path) -> None:
    file = tmp_path / "shocks.csv"
    file.write_text("event,kind,subject,from_date,value\na,neighbour_move,mia,soon,-1\nb,,mia,2027-01-01,\n")
    with pytest.raises(DataError) as caught:
        read(file, plan)
    kinds = ", ".join(WITH_NEIGHBOURS.event_kinds)
    assert "neighbour_moves" in kinds
    assert str(caught.value).splitlines() == [
        f"shocks.csv:2 kind: expected one of {kinds}, found 'neighbour_move'; did you mean 'neighbour_moves'?",
        "shocks.csv:2 from_date: expected a date such as 2027-01-31, found 'soon'",
        "shocks.csv:2 value: expected a number of at least 0, found '-1'",
        f"shocks.csv:3 kind: expected one of {kinds}, found a blank",
    ]
    made = Event(event="a", kind="nonsense", subject="mia", from_date=date(2027, 1, 1))
    with pytest.raises(DataError, match=r"kind: expected one of .*, found 'nonsense'"):
        stress(plan, [made])
    with pytest.raises(DataError, match="found 'neighbour_moves'"):
        read_with(file, "a,neighbour_moves,mia,2027-01-01,\n", solved(Case.read(shipped.path("starter"))))


def read_with(file: Path, row: str, plan: Plan) -> None:
    file.write_text(f"event,kind,subject,from_date,value\n{row}")
    read(file, plan)


def test_two_kinds_of_events_have_two_names() -> None:
    with pytest.raises(ValueError, match="two kinds of events are called neighbour_moves"):
        WITH_NEIGHBOURS.extended(instruments=[Instrument(**{**vars(LENDS), "name": "other", "tables": ()})])


class TestRecords:
    def test_who_has_a_provider_says_what_happens_once_it_is_gone(self) -> None:
        having = {each.name for each in CATALOGUE.instruments for row in each.tables if "provider" in row.model_fields}
        assert having == {each.name for each in CATALOGUE.instruments if each.provider_gone is not None}

    def test_every_offer_is_priced_and_every_step_can_be_made(self) -> None:
        for name in shipped.names():
            case = Case.read(shipped.path(name))
            for step in limit_steps(case):
                assert case.change(step.change).files != case.files, step
        plan = solved(Case.read(shipped.path("starter")))
        for offer in plan.case.offers():
            price = price_of(plan, offer)
            assert price is not None, offer.offer
            assert plan.case.change(*price.at(1.5 * price.now)).files != plan.case.files
        unpriced = {each.name for each in CATALOGUE.instruments if each.priced_by is None}
        assert unpriced == {"term_loan", "own_fleet", "sublet"}, "a sublet pays the lab, so it has no walk-away price"

    # A study's workers are other processes, to which the catalogue travels with the case.
    def test_the_catalogue_travels(self) -> None:
        assert len(CATALOGUE.event_kinds) == 12
        there = pickle.loads(pickle.dumps(CATALOGUE))
        assert list(there.event_kinds) == list(CATALOGUE.event_kinds)
