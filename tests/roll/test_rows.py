from datetime import date

import pytest

from planner.common.demand import Demand, Workload
from planner.interfaces.advance import added, changed, left_out
from planner.roll.rows import applied
from planner.tables.csvtext import parse, render

DEMAND = b"from_date,region,workload,demand_gw\n2026-01-01,here,training,1.50\n2027-01-01,here,training,2\n"


def row(day: date, gw: float) -> Demand:
    return Demand(from_date=day, region="here", workload="training", demand_gw=gw)


def test_a_row_is_changed_and_the_others_keep_their_spelling() -> None:
    raw = {"demand": parse("demand.csv", DEMAND)}
    made = applied([changed(row(date(2027, 1, 1), 2.0), "because", demand_gw=1 / 3)], raw)
    assert render(made["demand"]).splitlines()[1:] == [
        b"2026-01-01,here,training,1.50",
        b"2027-01-01,here,training,0.3333333333333333",
    ]


def test_a_row_is_left_out_and_another_added_with_a_new_column() -> None:
    raw = {"demand": parse("demand.csv", DEMAND)}
    cells = {"from_date": date(2028, 1, 1), "region": "here", "workload": "training", "demand_gw": 3.0, "source": None}
    made = applied([left_out(row(date(2026, 1, 1), 1.5), "past"), added(Demand, "new", **cells)], raw)
    assert render(made["demand"]) == (
        b"from_date,region,workload,demand_gw,source\n2027-01-01,here,training,2,\n2028-01-01,here,training,3,\n"
    )


def test_a_table_that_is_not_there_is_made() -> None:
    made = applied([added(Workload, "new", workload="batch", max_latency_ms=10.0, interruptible_share=0.0)], {})
    assert render(made["workloads"]) == b"workload,max_latency_ms,interruptible_share\nbatch,10,0\n"


@pytest.mark.parametrize(
    "change",
    [
        changed(row(date(2029, 1, 1), 2.0), "no such row", demand_gw=1.0),
        left_out(row(date(2029, 1, 1), 2.0), "no such row"),
        added(Demand, "there already", from_date=date(2026, 1, 1), region="here", workload="training"),
        changed(row(date(2026, 1, 1), 1.5), "no such column", gw=1.0),
    ],
)
def test_a_change_that_cannot_be_made_is_an_error(change: object) -> None:
    with pytest.raises(LookupError):
        applied([change], {"demand": parse("demand.csv", DEMAND)})  # type: ignore[list-item]
