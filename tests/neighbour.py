"""Barter: a small instrument that no module of the planner knows.

It adds machines and promises of a neighbour to the starter case. Its variables go to all three files of a plan, their
keys have parts that no column is made for, and some are in no ledger of machines in use. Docstrings of its functions
are left out on purpose.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from planner.basics.arrays import Vector
from planner.catalogue import CATALOGUE
from planner.interfaces.case_data import CaseData
from planner.interfaces.instrument import Instrument
from planner.interfaces.plain_lines import Meaning, PlainLine
from planner.interfaces.reporting import CashLine
from planner.ledgers.contract_checks import ContractCheck
from planner.ledgers.decision_times import Moment
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import PlanFile

PRICE, MOST, READY, WAITING, LORRIES = 9.0, 0.1, 0.05, 0.02, 3.0


def post(case: CaseData, ledgers: Ledgers) -> None:
    periods = case.calendar.periods
    keys = [("east", t) for t in periods]
    take, half = (
        ledgers.declare(
            "barter", name, ("region", "period"), keys,
            unit="GW", decided=Moment.DURING_PERIOD, file=PlanFile.CAPACITY,
        )
        for name in ("take", "half")
    )  # fmt: skip
    standby = ledgers.declare(
        "barter", "standby", ("lorry", "region", "period"), [("red", *key) for key in keys], unit="GW",
        decided=Moment.DURING_PERIOD, file=PlanFile.CAPACITY,
    )  # fmt: skip
    queue = ledgers.declare("barter", "queue", ("firm", "period"), [("firm", t) for t in periods], unit="reference GW",
                            decided=Moment.DURING_PERIOD, file=PlanFile.SERVICE)  # fmt: skip
    lorries = ledgers.declare(
        "barter", "lorries", ("lorry", "first_period"), [("red", 1)], unit="lorries", decided=Moment.OUTSET
    )
    labels = Labels(instrument="barter", counterparty="neighbour", chip="gpu_a", family="gpu", region="east")
    for group, gives in ((take, 1.0), (half, 0.5)):
        variables = list(group.numbers.values())
        ledgers.post("in_use", labels, "use", variables, periods, gives)
        ledgers.post("compute", labels.supplying(), "use", variables, periods, gives)
        ledgers.flow(Kind.COST, labels, "neighbour", variables, periods, -gives * PRICE * case.calendar.h)
    ledgers.flow(Kind.COST, labels, "ready", list(standby.numbers.values()), periods, -case.calendar.h)
    ledgers.flow(Kind.COST, labels, "queue", list(queue.numbers.values()), periods, -case.calendar.h)
    ledgers.flow(Kind.COST, replace(labels, counterparty=""), "lorry", lorries["red", 1], [1], -0.01)


def build(b: Any, case: CaseData) -> None:
    @b.Constraint(list(b.take))
    def within_reach(b: Any, region: str, t: int) -> Any:
        return b.take[region, t] <= MOST

    @b.Constraint(list(b.half))
    def half_of_it(b: Any, region: str, t: int) -> Any:
        return b.half[region, t] <= MOST

    @b.Constraint(list(b.standby))
    def ready(b: Any, lorry: str, region: str, t: int) -> Any:
        return b.standby[lorry, region, t] >= READY

    @b.Constraint(list(b.queue))
    def waits(b: Any, firm: str, t: int) -> Any:
        return b.queue[firm, t] >= WAITING

    @b.Constraint(list(b.lorries))
    def enough(b: Any, lorry: str, t: int) -> Any:
        return b.lorries[lorry, t] >= LORRIES


def contract_checks(case: CaseData, ledgers: Ledgers, x: Vector) -> Iterator[ContractCheck]:
    for name, says in (("take", "no more than there is"), ("half", "no more than there is")):
        for variable in ledgers.find("barter", name).numbers.values():
            yield ContractCheck(variable, says, float(x[variable]), MOST)
    for name, least in (("standby", READY), ("queue", WAITING), ("lorries", LORRIES)):
        for variable in ledgers.find("barter", name).numbers.values():
            yield ContractCheck(variable, "no less than was agreed", least, float(x[variable]))


BARTER = Instrument(
    name="barter",
    word="barter",
    tables=(),
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
    steps=None,
    events=(),
    provider_gone=None,
    resale_down=None,
    not_paid=frozenset(),
    loosened_by=None,
    last_days=(),
    generate=None,
    plain_lines={
        line: PlainLine(name, f"Paid to a neighbour: {name}.", Meaning.CLOUD)
        for line, name in (
            ("neighbour", "machines"),
            ("ready", "machines kept ready"),
            ("queue", "machines waited for"),
        )
    },
    cash_lines={"neighbour": CashLine("spend"), "ready": CashLine("spend"), "queue": CashLine("spend")},
    debt={},
    goes_with_counterparty=frozenset(),
    purchases=None,
    orders=None,
    terms=None,
    borrowing=None,
    unreachable=None,
    commitments=None,
)
WITH_BARTER = CATALOGUE.extended(instruments=[BARTER])
