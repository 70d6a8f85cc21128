import pytest

from planner.basics.errors import DataError
from planner.focus import usage as focus
from planner.tables.csvtext import parse

HEADER = (
    "ChargeCategory,CommitmentDiscountId,CommitmentDiscountStatus,SkuId,RegionId,ChargePeriodStart,ChargePeriodEnd,"
    "ConsumedQuantity,ConsumedUnit,x_gwh_per_unit\n"
)
JANUARY = "2026-01-01T00:00:00Z,2026-02-01T00:00:00Z"


def read(*rows: str) -> list[tuple[str, ...]]:
    table = parse("usage.csv", (HEADER + "\n".join(rows) + "\n").encode())
    assert focus.is_focus(table)
    return [record.cells for record in focus.usage("usage.csv", table).records]


def test_charges_of_a_month_are_added_up_and_made_gw() -> None:
    """744 hours in January: 372 GW-hours and 372,000 MW-hours are 1 GW; 1,000 chip-hours of 1 kW are 1 MW-hour."""
    assert read(
        f"Usage,deal,Used,tpu_a,here,{JANUARY},372,GW-Hours,",
        f"Usage,deal,Used,tpu_a,here,{JANUARY},372000,MW-hours,",
        f"Usage,deal,Unused,tpu_a,here,{JANUARY},999,GW-Hours,",
        f"Purchase,deal,,tpu_a,here,{JANUARY},999,GW-Hours,",
        f"Usage,deal,Used,gpu_a,here,{JANUARY},744000000,chip-hours,0.000001",
    ) == [("deal", "tpu_a", "here", "2026-01-01", "1"), ("deal", "gpu_a", "here", "2026-01-01", "1")]


def test_days_belong_to_their_month() -> None:
    """February has 672 hours."""
    rows = read("Usage,deal,Used,tpu_a,here,2026-02-28T00:00:00Z,2026-03-01T00:00:00Z,67.2,GW-Hours,")
    assert rows == [("deal", "tpu_a", "here", "2026-02-01", "0.1")]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (f"Usage,deal,Used,tpu_a,here,{JANUARY},1,chips,", "ConsumedUnit: expected GW-hours, MW-hours or kW-hours"),
        (f"Usage,deal,Used,tpu_a,here,{JANUARY},many,GW-Hours,", "ConsumedQuantity: expected a number, found 'many'"),
        (f"Usage,deal,Used,tpu_a,here,{JANUARY},1,chips,x", "x_gwh_per_unit: expected a number, found 'x'"),
        ("Usage,deal,Used,tpu_a,here,yesterday,2026-02-01,1,GW-Hours,", "ChargePeriodStart: expected a time such as"),
        (
            "Usage,deal,Used,tpu_a,here,2026-01-01,2026-02-02,1,GW-Hours,",
            "ChargePeriodEnd: expected a time in the month",
        ),
        ("Usage,deal", "usage.csv:2: expected 10 cells, found 2"),
    ],
)
def test_what_cannot_be_read_is_named(row: str, said: str) -> None:
    with pytest.raises(DataError, match=r"usage.csv:2") as caught:
        read(row)
    assert said in str(caught.value)


def test_a_column_that_is_missing_is_named() -> None:
    with pytest.raises(DataError, match=r"usage.csv:1 SkuId: expected this column"):
        focus.usage("usage.csv", parse("usage.csv", HEADER.replace("SkuId,", "").encode()))
