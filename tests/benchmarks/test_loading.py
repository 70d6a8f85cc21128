from planner.api import Case
from planner.case.shipped import path
from planner.portfolio.portfolio import Portfolio
from tests.benchmarks.loading import PLANNER, differences, held, ways


def test_every_way_gives_highs_the_same_model() -> None:
    portfolio = Portfolio.of(Case.read(path("starter")))
    found = {name: held(way.load(way.build(portfolio))) for name, way in ways().items()}
    ours = found.pop(PLANNER)
    assert ours["entries"] > 1000
    assert len(found) == 2
    assert [differences(ours, other) for other in found.values()] == [[], []]


def test_another_model_is_noticed() -> None:
    case = Case.read(path("starter"))
    way = ways()[PLANNER]
    other = case.change("demand[*,*,*].demand_gw *= 1.1")
    assert "sides" in differences(*(held(way.load(way.build(Portfolio.of(each)))) for each in (case, other)))
