"""What `planner check` prints of a case: what is asked, what is on offer, and what looks wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.display import Display
from planner.basics.errors import DataError
from planner.basics.text import columns
from planner.case import plausibility
from planner.case.case import Case
from planner.common.treasury import Finance
from planner.futures.causality import examined
from planner.futures.tree import Tree
from planner.interfaces.debt import LoanBalance
from planner.interfaces.instrument import Instrument
from planner.ledgers.balances import Balance
from planner.ledgers.contract_checks import exceeds
from planner.ledgers.objective import Horizon
from planner.portfolio.portfolio import Portfolio
from planner.reports import checked_prices, futures
from planner.reports.blank_text import HELD
from planner.reports.sources import by_kind
from planner.rules import guarantor_cap
from planner.rules.serving import demands
from planner.rules.shared.revenue import net_revenue, strictest
from planner.tables.fields import unit_of
from planner.tables.offer import OfferStatus

if TYPE_CHECKING:
    from planner.solver.scaling import Scaling

COVENANTS: tuple[tuple[str, str, Callable[..., float], float], ...] = (
    ("least cash", "min_cash_usd_bn", max, -np.inf),
    ("debt multiple, at most", "debt_multiple_max", min, np.inf),
    ("debt, at most", "debt_cap_usd_bn", min, np.inf),
    ("cover, at least", "cover_min", max, -np.inf),
    ("obligations, at most", "obligations_cap_usd_bn", min, np.inf),
)
"""what is asked for, its column in `finance`, which of two values is stricter, and the value that means none"""
TREATMENTS = {
    Horizon.FAIR: "what is owed after the end is charged, less what it buys is worth; unused parts are credited",
    Horizon.CUT: "nothing that is owed after the end is charged",
    Horizon.CHARGE: "all that is owed after the end is charged",
}
"""each treatment of what outlives the horizon, in a few words"""
UNBOUNDED = 1e9
"""taken as the value of a decision without an upper bound [its own unit]"""


@dataclass(frozen=True)
class Check:
    """A valid case, and what there is to say of it."""

    case: Case
    of_events: tuple[str, ...] = ()
    """what is to be said of the outcomes of its events"""

    @staticmethod
    def of(case: Case) -> Check:
        """The check of a case. Raises DataError with everything wrong with what its events change, and when."""
        found = Check(case)
        if not found.tree.events:
            return found
        told = examined(case, found.tree)
        if told.problems:
            raise DataError(told.problems)
        return Check(case, told.remarks)

    @cached_property
    def tree(self) -> Tree:
        """The futures that its events make. Raises DataError where there are too many."""
        return Tree.of(self.case)

    @cached_property
    def portfolio(self) -> Portfolio:
        """The case's variables, posts and limits."""
        return Portfolio.of(self.case)

    @cached_property
    def years(self) -> dict[int, list[int]]:
        """Periods by the calendar year in which they start."""
        found: dict[int, list[int]] = {}
        for t in self.case.calendar.periods:
            found.setdefault(self.case.calendar.start_of(t).year, []).append(t)
        return found

    def offers(self) -> dict[str, Counter[str]]:
        """Number of offers by table and status."""
        found: dict[str, Counter[str]] = {}
        for offer in self.case.tables.offers():
            found.setdefault(offer.about.name, Counter())[str(offer.status)] += 1
        return found

    def demand(self) -> Vector:
        """Total demand of each period [reference GW]."""
        total = np.zeros(self.case.calendar.T)
        for demand in demands(self.case):
            total += demand.gw
        return total

    def on_offer(self) -> dict[str, Vector]:
        """GW that every offer together could give at most in each period: cloud, halls and chips.

        Of an exclusive group, and of the ways to sign one offer, only the largest counts. A decision without a bound
        of its own only moves what others give.
        """
        ledgers = self.portfolio.ledgers
        upper = np.append(np.concatenate([group.upper for group in ledgers.groups]), 1.0)
        groups = {offer.offer: offer.exclusive_group for offer in self.case.tables.offers()}
        found = {}
        for ledger, name in HELD.items():
            by_variable: dict[tuple[str | None, str, int], Vector] = {}
            for post in ledgers.select(ledger):
                offer = post.labels.offer
                for variable, t, value in zip(post.variables.tolist(), post.periods.tolist(), post.values, strict=True):
                    if not (value > 0 and np.isfinite(upper[variable])):
                        continue  # what changes hands between offers gives nothing
                    key = (groups.get(offer), offer, variable)
                    by_variable.setdefault(key, np.zeros(self.case.calendar.T))[t] += value * upper[variable]
            by_group: dict[tuple[str | None, str], Vector] = {}
            for (group, offer, _), gives in by_variable.items():
                alone = (group, "" if group else offer)
                by_group[alone] = np.maximum(by_group.get(alone, 0.0), gives)
            found[name] = np.sum([np.zeros(self.case.calendar.T), *by_group.values()], axis=0)
        return found

    def guarantor_room(self) -> dict[str, Vector]:
        """Room of each guarantor and kind in each period, as if the offer that it requires were signed [USD bn]."""
        upper = np.concatenate([group.upper for group in self.portfolio.ledgers.groups])
        return {
            limit.subject: np.minimum(
                limit.allowed.evaluate(np.where(np.isfinite(upper), upper, 0.0)), _room(limit.allowed)
            )
            for limit in self.portfolio.limits
            if limit.rule == guarantor_cap.NAME
        }

    def assumptions(self) -> dict[str, Counter[str]]:
        """Number of rows by table and by the kind of their source; `none` counts rows that name no source."""
        return by_kind(self.case)

    def broken_by_signed(self) -> list[str]:
        """Limits that are broken by what is signed already, whatever else is signed."""
        groups = self.portfolio.ledgers.groups
        least = np.concatenate([group.lower for group in groups])
        most = np.concatenate([group.upper for group in groups])
        most = np.where(np.isfinite(most), most, UNBOUNDED)
        found = []
        for limit in self.portfolio.limits:
            if limit.physical:
                continue
            used = limit.used.evaluate(least)
            allowed = limit.allowed.evaluate(least if limit.allowed.running else most)
            if limit.waived is not None:
                allowed = allowed + limit.waived.evaluate(most)
            over = [t for t in limit.periods if exceeds(used[t], allowed[t], limit.size)]
            if over:
                t = over[0]
                found.append(
                    f"{limit.rule} {limit.subject}: {self.shown_in.number(used[t], limit.unit)} against "
                    f"{self.shown_in.amount(allowed[t], limit.unit)} from {self.case.calendar.start_of(t)}"
                )
        return found

    @property
    def shown_in(self) -> Display:
        """The units in which amounts are printed."""
        return self.case.settings.shown_in

    def _told(self, lines: Iterable[str]) -> list[str]:
        """Lines in which every amount has its unit right behind it, in the units that are printed."""
        return [self.shown_in.told(line) for line in lines]

    def floors_out_of_reach(self) -> list[str]:
        """What contracts ask for that can never be met, such as floors that no spend can use up."""
        instruments = self.case.catalogue.instruments
        return [text for each in instruments if each.unreachable is not None for text in each.unreachable(self.case)]

    def notes(self) -> list[str]:
        """Remarks on windows that hold no period start, and on other things that are not offered."""
        return [f"{offer}: {text}" for offer, text in self.portfolio.ledgers.notes]

    def horizon(self) -> str:
        """How what outlives the horizon is treated."""
        settings = self.case.settings
        treatment = settings.horizon_treatment
        said = f"horizon = {treatment}: {TREATMENTS[treatment]}"
        if settings.charge_beyond_horizon is False:
            said += " (charge_beyond_horizon = false says nothing any more; horizon = cut is what it meant)"
        return said

    def slips(self) -> list[str]:
        """Cells that are allowed but look like a slip, with file, line and column."""
        return [str(slip) for slip in plausibility.slips(self.case)]

    @cached_property
    def numerics(self) -> Scaling:
        """The range of the model's numbers, and whether HiGHS can be trusted with them. Builds the model."""
        from planner import solver
        from planner.model.model import model

        return solver.scaling(model(self.portfolio).program())

    def numerics_text(self) -> str:
        """The same for a terminal."""
        rows = []
        for each in self.numerics.ranges:
            rows.append([each.what, "smallest", f"{each.least:.3g}", each.least_at])
            rows.append(["", "largest", f"{each.most:.3g}", each.most_at])
        lines = ["Numbers of the model", *columns(["", "", "", "where"], rows, words=(0, 1, 3))]
        trusted = "HiGHS can be trusted with them" if not self.numerics.remarks else ""
        lines += _listed("HiGHS cannot be trusted with this case", [*self.numerics.remarks])
        return "\n".join(filter(None, [*lines, trusted]))

    def text(self) -> str:
        """Everything except the numerics, on one screen."""
        case, calendar, shown_in = self.case, self.case.calendar, self.shown_in
        lines = [
            case.settings.title,
            f"{calendar.T} periods of {calendar.period_months} months, {calendar.start} to {calendar.end}; "
            f"{len(demands(case))} series of demand; {self.portfolio.ledgers.size} decisions",
            self.horizon(),
            "",
            "Offers",
        ]
        statuses = [str(status) for status in OfferStatus]
        rows = [[name, *(str(count[s] or "-") for s in statuses)] for name, count in self.offers().items()]
        lines += columns(["table", *statuses], rows)
        lines += ["", f"{shown_in.power} at most, by year (the highest period of each)"]
        series = {f"demand (reference {shown_in.power})": self.demand(), **self.on_offer()}
        rows = [
            [name, *(shown_in.fixed(max(gw[t] for t in ts), "GW", 2) for ts in self.years.values())]
            for name, gw in series.items()
        ]
        lines += columns(["", *map(str, self.years)], rows)
        if self.guarantor_room():
            lines += ["", f"Guarantors' room, by year (the lowest period of each) [{shown_in.money}]"]
            rooms = self.guarantor_room().items()
            rows = [
                [name, *(shown_in.fixed(min(room[t] for t in ts), "USD bn", 1) for ts in self.years.values())]
                for name, room in rooms
            ]
            lines += columns(["", *map(str, self.years)], rows)
        lines += self._covenants()
        lines += self._told(futures.lines(case, self.tree))
        lines += _listed("Terms that outcomes change for earlier signatures too", list(self.of_events))
        lines += _listed("Borrowing", self._told(self.borrowing()))
        lines += _listed("Policies", list(self.policies()))
        lines += _listed("Limits that may be broken at a price", self.waivers())
        lines += ["", "Rows by kind of source"]
        kinds = sorted({kind for count in self.assumptions().values() for kind in count})
        totals = Counter[str]()
        for count in self.assumptions().values():
            totals.update(count)
        lines.append("  " + ", ".join(f"{kind} {totals[kind]}" for kind in kinds))
        resting = [name for name, count in self.assumptions().items() if count["assumption"] == count.total()]
        lines += wrap(
            f"assumptions throughout: {', '.join(resting) or 'no table'}",
            112,
            initial_indent="  ",
            subsequent_indent="    ",
        )
        lines += _listed("Tables that others imply", self._told(case.implied.remarks.values()))
        lines += _listed("Tables absent, taken as none", [", ".join(self.case.absent)] if self.case.absent else [])
        lines += _listed("Looks like a slip (an error with --strict)", self.slips())
        lines += _listed("Signed rows that break a limit by themselves", self.broken_by_signed())
        lines += _listed("Floors that can never be used up", self._told(self.floors_out_of_reach()))
        lines += _listed("Windows without a period start, and what is not offered", self._told(self.notes()))
        return "\n".join(lines)

    def _covenants(self) -> list[str]:
        """Net revenue and what finance asks for, by year, each at the strictest period of the year."""
        case, shown_in = self.case, self.shown_in
        if not case.rows(Finance):
            return []
        earned = net_revenue(case)
        series = {"revenue less other costs, a year": [min(earned[t] for t in ts) for ts in self.years.values()]}
        for name, column, choose, none in COVENANTS:
            values = strictest(case, attrgetter(column), choose, none)
            if np.isfinite(values).any():
                series[name] = [choose(values[t] for t in ts) for ts in self.years.values()]
        unit = {name: "" for name, column, *_ in COVENANTS if not unit_of(column)}
        rows = [
            [name, *(shown_in.number(v, unit.get(name, "USD bn")) if np.isfinite(v) else "-" for v in values)]
            for name, values in series.items()
        ]
        return [
            "",
            f"What treasury asks for, by year [{shown_in.money}; multiple and cover: times]",
            *columns(["", *map(str, self.years)], rows),
        ]

    def borrowing(self) -> list[str]:
        """Loans to the lab, and then what others may borrow for it."""
        instruments = sorted(self.case.catalogue.instruments, key=lambda each: not _lends_to_the_lab(each))
        return [text for each in instruments if each.borrowing is not None for text in each.borrowing(self.case)]

    def policies(self) -> Iterator[str]:
        """Each policy that the lab sets itself, and what a miss costs."""
        return checked_prices.policies(self.case)

    def waivers(self) -> list[str]:
        """Each waiver: what may be broken, how far, how probably, and at what price."""
        return checked_prices.waivers(self.case, {limit.rule: limit.unit for limit in self.portfolio.limits})

    def json(self) -> dict[str, object]:
        """Everything except the numerics, for programs."""
        starts = [self.case.calendar.start_of(t).isoformat() for t in self.case.calendar.periods]
        return {
            "title": self.case.settings.title,
            "periods": starts,
            "decisions": self.portfolio.ledgers.size,
            "offers": {name: dict(count) for name, count in self.offers().items()},
            "demand_gw": self.demand().tolist(),
            "on_offer_gw": {name: gw.tolist() for name, gw in self.on_offer().items()},
            "guarantor_room_usd_bn": {name: room.tolist() for name, room in self.guarantor_room().items()},
            "borrowing": self.borrowing(),
            "policies": list(self.policies()),
            "waivers": self.waivers(),
            "rows_by_source_kind": {name: dict(count) for name, count in self.assumptions().items()},
            "implied": dict(self.case.implied.remarks),
            "absent": list(self.case.absent),
            "slips": self.slips(),
            "broken_by_signed": self.broken_by_signed(),
            "floors_out_of_reach": self.floors_out_of_reach(),
            "horizon": self.horizon(),
            "notes": self.notes(),
            "unknown": futures.json(self.case, self.tree),
            "remarks_on_outcomes": list(self.of_events),
        }


def _lends_to_the_lab(instrument: Instrument) -> bool:
    """Whether the lab itself draws the money and repays it."""
    return any(isinstance(moves, LoanBalance) for moves in instrument.debt.values())


def _room(allowed: Balance) -> Vector:
    """The largest of a balance's constant and coefficients: the room, as if what it requires were signed."""
    room = allowed.constant.copy()
    np.maximum.at(room, allowed.periods, allowed.values)
    return room


def _listed(title: str, items: list[str], most: int = 12) -> list[str]:
    """A heading and its items; of many, the first `most` and how many more there are. Empty where there are none."""
    if not items:
        return []
    more = [f"  … and {len(items) - most} more"] if len(items) > most else []
    return ["", title, *(f"  {item}" for item in items[:most]), *more]
