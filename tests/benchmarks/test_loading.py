from planner.api import Case
from planner.case.shipped import path
from planner.model.model import model
from planner.portfolio.portfolio import Portfolio
from tests.benchmarks.loading import PLANNER, differences, held, loaders


def test_every_way_gives_highs_the_same_model() -> None:
    portfolio = Portfolio.of(Case.read(path("starter")))
    found = {}
    for name, way in loaders().items():
        built, columns = model(portfolio)
        found[name] = held(way(built, columns))
    ours = found.pop(PLANNER)
    assert ours["entries"] > 1000
    assert len(found) == 2
    assert [differences(ours, other) for other in found.values()] == [[], []]


def test_another_model_is_noticed() -> None:
    case = Case.read(path("starter"))
    way = loaders()[PLANNER]
    found = []
    for each in (case, case.change("demand[*,*,*].demand_gw *= 1.1")):
        built, columns = model(Portfolio.of(each))
        found.append(held(way(built, columns)))
    assert "sides" in differences(*found)
