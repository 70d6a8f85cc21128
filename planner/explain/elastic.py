"""The elastic model in Pyomo: what to touch, and by how much. The package says what it minimises."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyomo.core as pyo

from planner.basics.arrays import Vector
from planner.basics.errors import Stopped
from planner.case.case import Case
from planner.explain import loosening_items, opened_offers
from planner.explain.feasibility import UNWATCHED, Watching
from planner.explain.opened_offers import Beyond
from planner.interfaces.lines import Amounts, Line
from planner.interfaces.loosening import Item, Loosening
from planner.ledgers.balances import Balance
from planner.ledgers.decision_times import Moment
from planner.ledgers.limits import Limit
from planner.ledgers.variables import Domain
from planner.model.model import model
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.solution import Solution
from planner.solve.answers import options, refuse_lack_of_memory
from planner.solver import Answer, Feasibility, Stop, solve

BLOCK = "explain"
LENGTH = 0.1
"""price of an amount that is at its peak in all periods, where the peak itself costs 1"""
SEEN = 1.0
"""added to the price of an item whose group an earlier repair has touched"""
DEARER = 4.0
"""the most by which another repair may be dearer than the cheapest"""
COARSE, FINE = 0.05, 0.01
"""relative gaps: in finding what to touch, and in finding the amounts"""
OPENS = 100.0
"""largest amount of a slot that counts only once an offer is signed, as a multiple of its scale"""
ZERO = 1e-7
"""a smaller amount counts as 0, as a multiple of its scale"""


@dataclass(frozen=True)
class Repair:
    """A set of items to touch, and the lines that make the changes."""

    touched: frozenset[str]
    """keys of the items"""
    lines: tuple[Line, ...]
    price: float
    proven: bool
    """True: no other repair is cheaper by more than the gap"""
    decisions: Mapping[str, float]
    """a plan of the case with the repair: the values of the variables by name"""


class Elastic:
    """The elastic model of a case, with the items of some groups."""

    def __init__(self, case: Case, groups: frozenset[str]) -> None:
        """Build the model. Raises Infeasible where constants alone break a limit that no group loosens."""
        self._case = case
        found = opened_offers.openings(case, groups)
        portfolio = Portfolio.of(opened_offers.loosened(case, found))
        columns = opened_offers.beyond(case, found, portfolio.ledgers)
        loose = loosening_items.on_constraints(portfolio.case, groups)
        self.items = {
            item.key: item
            for item in (
                *loosening_items.on_limits(portfolio, groups),
                *(each.item for each in loose),
                *opened_offers.items(found, columns),
            )
        }
        self._portfolio = _with_slacks(portfolio, self.items)
        self._model = model(self._portfolio).without_cost()
        self._columns = self._model.variables
        self._block = self._model.pyomo.component(BLOCK)
        self._state(columns, loose)

    def cheapest(self, known: Collection[Repair], watch: Watching = UNWATCHED) -> Repair | None:
        """The cheapest repair that leaves some item of each known repair untouched; None where there is none.

        A repair that touches nothing means that the case has a plan. Raises Stopped where the time limit or Ctrl-C
        ends the search before a repair is found.
        """
        start = None
        if known:
            reach = min(repair.price for repair in known) + DEARER
        else:
            rough = self._solve(COARSE, watch, charge_touch=False)
            if rough is None:
                return None
            touched = self._touched(rough, {key for key, item in self.items.items() if item.has_peak})
            reach = self._price(rough, touched)
            if not touched:
                return Repair(frozenset(), (), 0.0, rough.proven, {})
            start = self._start(rough, touched)
        reach = reach * (1 + COARSE + LENGTH) + COARSE
        coarse = self._solve(COARSE, watch, reach=reach, known=known, start=start)
        if coarse is None:
            return None
        touched = self._touched(coarse, ())
        fine = self._solve(FINE, watch, reach=reach, only=touched, start=self._start(coarse, touched)) or coarse
        names = Solution(self._portfolio, self._values(fine)).names
        decisions = dict(zip(names, self._values(fine).tolist(), strict=True))
        return Repair(touched, self._lines(fine, touched), self._price(fine, touched), coarse.proven, decisions)

    def _state(self, columns: Iterable[Beyond], loose: Iterable[Loosening]) -> None:
        """Add the constraints that tie amounts and variables to the items touched."""
        b = self._block
        b.reach = pyo.Param(list(b.peak), mutable=True, initialize=0.0)
        slots = {(key, k): slot for key, item in self.items.items() for k, slot in enumerate(item.slots)}

        @b.Constraint(list(slots))
        def within_peak(b: pyo.Block, key: str, k: int) -> Any:
            return b.slack[key, k] <= slots[key, k].scale * b.peak[key]

        @b.Constraint(list(b.peak))
        def touched(b: pyo.Block, key: str) -> Any:
            return b.peak[key] <= b.reach[key] * b.touch[key]

        needs = [(i, key) for i, each in enumerate(columns) for key in each.items]
        each_of = list(columns)

        @b.Constraint(needs)
        def beyond(b: pyo.Block, i: int, key: str) -> Any:
            return self._columns[each_of[i].variable] <= each_of[i].upper * b.touch[key]

        late = {
            (i, key): years
            for i, each in enumerate(each_of)
            for key, years in zip(each.items, each.years, strict=True)
            if years > 0.0
        }

        @b.Constraint(list(late))
        def later(b: pyo.Block, i: int, key: str) -> Any:
            return late[i, key] * self._columns[each_of[i].variable] <= each_of[i].upper * b.peak[key]

        self._gates()
        for each in loose:
            self._loosen(each)
        b.different = pyo.ConstraintList()
        b.price = pyo.Objective(expr=0.0, sense=pyo.minimize)

    def _gates(self) -> None:
        """Add the constraints of items that count only with an offer signed, or only before it is signed."""
        b, T = self._block, self._case.calendar.T
        waivers: dict[str, str] = {}
        for key, item in self.items.items():
            if item.only_until_signed:
                waivers[item.name] = key
        b.gates = pyo.ConstraintList()
        for key, item in self.items.items():
            if item.only_if_signed:
                b.gates.add(b.touch[key] <= self._signed(item.only_if_signed)[T - 1])
            for k, slot in enumerate(item.slots):
                if item.only_until_signed:
                    b.gates.add(b.slack[key, k] + self._signed(item.only_until_signed)[slot.t] <= 1)
                if item.only_once_signed:
                    open_to_it = self._signed(item.only_once_signed)[slot.t]
                    waiver = waivers.get(item.name)
                    waived = 0.0 if waiver is None else b.slack[waiver, slot.t]
                    b.gates.add(b.slack[key, k] <= OPENS * slot.scale * (open_to_it + waived))

    def _signed(self, offer: str) -> list[Any]:
        """An expression for each period: 1 if the offer is signed by then."""
        balance = self._portfolio.ledgers.balance("signed", offer=offer)
        return [
            float(constant) + pyo.quicksum(value * self._columns[j] for j, value in zip(found, values, strict=True))
            for constant, (found, values) in zip(balance.constant, balance.by_period(), strict=True)
        ]

    def _loosen(self, each: Loosening) -> None:
        """Add an item's touch or slack to the larger side of a constraint of an instrument."""
        block = self._model.pyomo.component(each.block)
        if block is None:
            return
        constraint = block.component(each.constraint)
        if constraint is None:
            raise RuntimeError(f"{each.block} has no constraint {each.constraint}")
        for variable in block.component(each.endless).values() if each.endless else ():
            if each.about(_tuple(variable.index())):
                variable.setub(None)
        key, b = each.item.key, self._block
        more = each.by * b.touch[key] if each.by else b.slack[key, 0]
        for index in list(constraint):
            row = constraint[index]
            if not each.about(_tuple(index)):
                continue
            body, lower, upper = row.body, row.lower, row.upper
            if each.both:
                b.gates.add(body - upper <= more)
                row.set_value(lower - body <= more)
            else:
                row.set_value(body - upper <= more)

    def _solve(
        self,
        gap: float,
        watch: Watching,
        *,
        charge_touch: bool = True,
        reach: float = 0.0,
        known: Collection[Repair] = (),
        only: Collection[str] | None = None,
        start: Vector | None = None,
    ) -> Answer | None:
        """Solve the model; None where no item that may be touched makes the case possible.

        No item costs more than `reach`. Of each repair in `known` some item stays untouched. With `only`, these items
        are touched and no others, and touching is free. Without `charge_touch`, amounts have neither a fixed price nor
        a bound. Raises Stopped where the search ends without a solution.
        """
        b = self._block
        seen = {self.items[key].group for repair in known for key in repair.touched}
        b.different.clear()
        for repair in known:
            b.different.add(pyo.quicksum(b.touch[key] for key in repair.touched) <= len(repair.touched) - 1)
        cost = []
        for key, item in self.items.items():
            fixed, rate = item.price.fixed, item.price.rate
            is_amount = item.has_peak and rate > 0.0
            b.touch[key].unfix()
            if only is not None:
                b.touch[key].fix(float(key in only))
            elif charge_touch or not is_amount:
                cost.append((fixed + (SEEN if item.group in seen else 0.0)) * b.touch[key])
            if item.has_peak:
                cost.append(rate * b.peak[key])
                b.reach[key] = max(0.0, reach - fixed) / rate if rate else 1.0
                b.touched[key].activate() if charge_touch or not is_amount else b.touched[key].deactivate()
            cost += [LENGTH / len(item.slots) / slot.scale * b.slack[key, k] for k, slot in enumerate(item.slots)]
        b.price.set_value(pyo.quicksum(cost))
        with watch.working():
            program = self._model.program()
        asked = options(self._case, gap, deadline=watch.deadline)
        whole = None
        if start is not None:
            whole = np.full(len(program.cost), np.nan)
            whole[: len(start)] = start
        answer = solve(program, asked, start=whole, on_progress=watch.on_progress)
        if answer.stop is Stop.INFEASIBLE:
            return None
        if only is not None and answer.x is not None and answer.stop is Stop.PROVEN:
            polished = solve(program.with_integers_fixed(answer.x), asked, on_progress=watch.on_progress)
            answer = polished if polished.feasibility is Feasibility.FEASIBLE else answer
        refuse_lack_of_memory(answer)
        if answer.stop is Stop.INTERRUPTED or answer.feasibility is not Feasibility.FEASIBLE:
            raise Stopped(f"stopped by {answer.stop} in search of a repair")
        return answer

    def _values(self, answer: Answer) -> Vector:
        """The values of the portfolio's variables in an answer; shape (variables,)."""
        assert answer.x is not None
        return answer.x[: len(self._columns)]

    def _start(self, answer: Answer, touched: Collection[str]) -> Vector:
        """The values of an answer with these items touched and no others; shape (variables,)."""
        values = self._values(answer).copy()
        group = self._portfolio.ledgers.find(BLOCK, "touch")
        for key in self.items:
            values[group[(key,)]] = float(key in touched)
        return values

    def _touched(self, answer: Answer, by_amount: Collection[str]) -> frozenset[str]:
        """Items that a solution touches; an item of `by_amount` is touched where its peak is not 0."""
        return frozenset(
            key
            for key in self.items
            if self._value(answer, "touch", key) > 0.5 or (key in by_amount and self._value(answer, "peak", key) > ZERO)
        )

    def _value(self, answer: Answer, name: str, *key: str | int) -> float:
        assert answer.x is not None
        return float(answer.x[self._portfolio.ledgers.find(BLOCK, name)[key]])

    def _amounts(self, answer: Answer, key: str) -> dict[int, float]:
        """The amounts of an item that are not 0, by slot."""
        slots = self.items[key].slots
        found = {k: self._value(answer, "slack", key, k) for k in range(len(slots))}
        return {k: slack for k, slack in found.items() if slack > ZERO * slots[k].scale}

    def _price(self, answer: Answer, touched: Iterable[str]) -> float:
        """The price of touching these items, with their peaks in a solution."""
        total = 0.0
        for key in touched:
            item = self.items[key]
            total += item.price.fixed
            if item.has_peak:
                total += item.price.rate * self._value(answer, "peak", key)
        return total

    def _lines(self, answer: Answer, touched: Iterable[str]) -> tuple[Line, ...]:
        assert answer.x is not None
        lines: list[Line] = []
        for key in sorted(touched, key=list(self.items).index):
            item = self.items[key]
            amounts = self._amounts(answer, key)
            if amounts or not item.slots:
                lines += [replace(line, item=key) for line in item.lines(Amounts(answer.x, amounts))]
        return tuple(lines)


def _tuple(index: Any) -> tuple[Any, ...]:
    """A key of Pyomo as a tuple; Pyomo has no tuple where the key has one part."""
    return index if isinstance(index, tuple) else (index,)


def _with_slacks(portfolio: Portfolio, items: dict[str, Item]) -> Portfolio:
    """The portfolio with variables for touching items and for their amounts, which enter the limits."""
    ledgers = portfolio.ledgers
    touch = ledgers.declare(
        BLOCK, "touch", ("item",), [(key,) for key in items], unit="0 or 1", decided=Moment.OUTSET, domain=Domain.BINARY
    )  # fmt: skip
    peaks = [(key,) for key, item in items.items() if item.has_peak]
    ledgers.declare(BLOCK, "peak", ("item",), peaks, unit="1", decided=Moment.OUTSET)
    slots = {(key, k): slot for key, item in items.items() for k, slot in enumerate(item.slots)}
    most = np.array([slot.most for slot in slots.values()])
    slack = ledgers.declare(
        BLOCK, "slack", ("item", "slot"), list(slots), unit="the item's", decided=Moment.OUTSET, upper=most
    )
    added: dict[tuple[str, str], list[tuple[int, int, float]]] = defaultdict(list)
    for key, item in items.items():
        for name, t, value in item.effects:
            added[name].append((t, touch[(key,)], value))
    for slot_key, slot in slots.items():
        for name, t, value in slot.effects:
            added[name].append((t, slack[slot_key], value))
    stated = tuple(_with(limit, added[limit.rule, limit.subject]) for limit in portfolio.limits)
    return Portfolio(portfolio.case, ledgers, stated)


def _with(limit: Limit, added: list[tuple[int, int, float]]) -> Limit:
    """The limit, which allows more by each (period, variable, value per unit)."""
    if not added:
        return limit
    periods, variables, values = (np.array(each) for each in zip(*added, strict=True))
    more = Balance(periods, variables, values.astype(float), np.zeros(limit.allowed.T))
    if limit.allowed.running:
        return replace(limit, used=limit.used.minus(more))
    return replace(limit, allowed=Balance.total([limit.allowed, more], limit.allowed.T))
