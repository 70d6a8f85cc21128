"""Generated portfolios, and trees of futures over them, as the planner solves them."""

from __future__ import annotations

from planner import generate
from planner.api import Case
from planner.futures.tree import Tree
from planner.hedge.tree_program import TreeProgram, future_programs
from planner.solver import Program
from tests.benchmarks.family.case_tables import program_of


def _generated(seed: int, offers: int, periods: int, months: int) -> Case:
    return Case.made_of(generate.case_files(offers, periods=periods, period_months=months, seed=seed))


def quarters(seed: int, offers: int = 5) -> Program:
    """A portfolio over sixteen quarters."""
    return program_of(_generated(seed, offers, 16, 3))


def half_years(seed: int, offers: int = 8) -> Program:
    """More offers over fourteen half-years."""
    return program_of(_generated(seed, offers, 14, 6))


def tree(seed: int, offers: int = 5, periods: int = 6) -> Program:
    """Four futures: demand may be higher from a fourth of the time on, and buying chips dearer from half of it on."""
    case = _generated(seed, offers, periods, 6)
    days = [case.calendar.start_of(t) for t in (periods // 4, periods // 2)]
    events = f"event,known_on\ndemand,{days[0]}\nmore,{days[1]}\n"
    outcomes = "event,outcome,probability,changes\n"
    for event, day, factor in (("demand", days[0], 1.2), ("more", days[1], 1.15)):
        outcomes += f'{event},expected,0.6,\n{event},high,0.4,"demand[{day}..,*,*].demand_gw *= {factor}"\n'
    known = {"events.csv": events.encode(), "outcomes.csv": outcomes.encode()}
    case = Case.made_of({**case.files, **known})
    branches = Tree.of(case)
    return TreeProgram.of(case, branches, future_programs(case, branches)).program.without_names()
