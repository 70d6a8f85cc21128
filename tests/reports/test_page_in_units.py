"""Parts of a page in MW and USD m: prices per reference GW-year, and texts of charts with units of their own."""

import pandas as pd
import pytest

from planner.basics.display import Display, Money, Power
from planner.reports.page.bars import Bar, Bars
from planner.reports.page.in_units import in_units
from planner.reports.page.parts import Column, Figure, Sheet


def shown(display: Display) -> Bar:
    """The bar of own capacity that costs 7.19 a reference GW-year and serves 0.017 of them."""
    bars = Bars((Bar("own", {"cost": 7.19}, "7.19, serves 0.017 GW-years"),), "USD bn per reference GW-year served")
    figure = in_units(Figure("all-in", "All in", "", bars.span(), bars.draw), display)
    assert isinstance(figure, Figure)
    (bar,) = figure.draw.__self__.bars  # type: ignore[attr-defined]
    assert isinstance(bar, Bar)
    return bar


# 7.19 USD bn per GW-year are 7.19 USD m per MW-year, and 7,190 USD m per GW-year.
def test_a_chart() -> None:
    both, money = shown(Display(Power.MW, Money.USD_M)), shown(Display(money=Money.USD_M))
    assert (both.amounts, both.text) == ({"cost": 7.19}, "7.19, serves 17 MW-years")
    assert (money.amounts, money.text) == ({"cost": pytest.approx(7190)}, "7,190, serves 0.017 GW-years")


def test_a_table() -> None:
    frame = pd.DataFrame({"price": [7.19], "cost": [0.0924]})
    columns = (Column("price", "USD bn per reference GW-year", 2), Column("cost", "Present cost, USD bn", 3))
    sheet = in_units(Sheet("supply", "All in", frame, columns), Display(Power.MW, Money.USD_M))
    assert isinstance(sheet, Sheet)
    assert sheet.columns[0].title == "USD m per reference MW-year"
    assert (sheet.frame["price"][0], sheet.frame["cost"][0]) == (7.19, pytest.approx(92.4))
