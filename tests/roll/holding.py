"""The identity of time passing, at every start of a period of a plan."""

from collections.abc import Iterator
from datetime import date

import pytest

from planner.case.case import Case
from planner.plan.plan import Plan
from planner.roll.advance import Advanced, advance
from tests.plans import cost, solved

EXACT = 1e-9
"""relative difference of the plan's own remaining decisions"""
OPTIMAL = 1e-6
"""relative difference of the best decisions for the rest"""
FEW = 4
"""on so many days of a plan it is solved again"""


def kept(plan: Plan, day: date | str) -> Advanced:
    """A plan taken to a later day, once its remaining decisions say the same there as in the plan."""
    made = advance(plan, date.fromisoformat(str(day)))
    holds(made)
    return made


def holds(advanced: Advanced) -> None:
    """Assert that the plan's remaining decisions cost the same, and fill the same ledgers and limits, in the case."""
    identity = advanced.identity
    assert identity.broken == [], advanced.day
    differences = [each for each in identity.differences(EXACT) if abs(each.before - each.after) > EXACT]
    assert differences == [], (advanced.day, differences[:5])
    assert identity.error <= EXACT, advanced.day


def rolls(plan: Plan) -> list[Advanced]:
    """The cases of all later starts of periods, once each of them says the same of the time to come as the plan."""
    calendar = plan.case.calendar
    return [kept(plan, calendar.start_of(t)) for t in range(1, calendar.T)]


def stays_optimal(advanced: Advanced) -> Plan:
    """The plan of the case, once it costs what the old plan has left to pay."""
    later, rest = solved(advanced.case), advanced.identity.rest
    assert abs(cost(later) - rest) <= OPTIMAL * max(abs(rest), abs(cost(later)), 1.0), (advanced.day, cost(later), rest)
    return later


def held(plan: Plan, day: date | str) -> Advanced:
    """A plan taken to a later day, where its remaining decisions say what they said, and are as good as any."""
    made = kept(plan, day)
    stays_optimal(made)
    return made


def held_on_every_day(plan: Plan) -> list[Advanced]:
    """The same for all later starts of periods."""
    return [held(plan, plan.case.calendar.start_of(t)) for t in range(1, plan.case.calendar.T)]


def still_best(plan: Plan, *days: date | str) -> None:
    """What the plan does from each day on is the cheapest in the case of that day."""
    for day in days:
        held(plan, day)


def at_every_start(plan: Plan, steps: int = 100) -> dict[str, Advanced]:
    """The case of each later period start, of `steps` at most. Those but the first are also reached by way of it."""
    calendar = plan.case.calendar
    found: dict[str, Advanced] = {}
    first: Plan | None = None
    for t in range(1, calendar.T, max(1, calendar.T // steps)):
        made = found[calendar.start_of(t).isoformat()] = kept(plan, calendar.start_of(t))
        if first is None:
            first = rest_of(made)
        else:
            same(advance(first, made.day).case, made.case)
    return found


def on_every_day(case: Case) -> Iterator[tuple[date, Case]]:
    """The case of every later day: the plan stays the best, and two steps lead where one does.

    Where there are many days, the last two are tried on some of them.
    """
    made = rolls(solved(case))
    for i, each in enumerate(made):
        yield each.day, each.case
        if i % (1 + len(made) // FEW) == 0:
            stays_optimal(each)
            for after in {*made[i + 1 : i + 2], *made[i + 1 :][-1:]}:
                same(kept(rest_of(each), after.day).case, after.case)


def rest_of(advanced: Advanced) -> Plan:
    """The plan's remaining decisions as a plan of the later case."""
    return Plan.of(advanced.identity.new, advanced.plan.record)


def same(one: Case, other: Case) -> None:
    """Assert that both cases have the same rows, in any order, but for rounding."""
    for table in one.catalogue.tables:
        first, second = ({row.key_values(): row.model_dump() for row in case.rows(table)} for case in (one, other))
        assert set(first) == set(second), table.about.name
        for key, values in first.items():
            assert values == {
                name: pytest.approx(value, rel=1e-9, abs=1e-9) if isinstance(value, float) else value
                for name, value in second[key].items()
            }, (table.about.name, key)
    assert one.settings.start == other.settings.start
    assert one.settings.opening_cash_usd_bn == pytest.approx(other.settings.opening_cash_usd_bn, rel=1e-9, abs=1e-9)
