"""The picture of a case that `planner check` prints: what is asked, what is on offer, what looks wrong by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.text import columns, number
from planner.case import plausibility
from planner.case.case import Case
from planner.common.treasury import Finance
from planner.instruments.chip_lease.tables import ChipLease, SpvTranche
from planner.instruments.cloud_commitment.vintages import vintages as cloud_vintages
from planner.instruments.term_loan.tables import TermLoan
from planner.ledgers.balances import Balance
from planner.portfolio.portfolio import Portfolio
from planner.reports.sources import by_kind
from planner.rules.policies.tables import Policy
from planner.rules.serving import demands
from planner.rules.shared.revenue import net_revenue, strictest
from planner.tables.offer import OfferStatus

if TYPE_CHECKING:
    from planner.solver.scaling import Scaling

HELD = {"rights": "cloud", "halls": "halls", "chips": "chips"}
"""ledgers in which offers post GW, and what they are called; spare machines count as cloud"""
COVENANTS: tuple[tuple[str, str, Callable[..., float], float], ...] = (
    ("least cash", "min_cash_usd_bn", max, -np.inf),
    ("debt multiple, at most", "debt_multiple_max", min, np.inf),
    ("debt, at most", "debt_cap_usd_bn", min, np.inf),
    ("cover, at least", "cover_min", max, -np.inf),
    ("obligations, at most", "obligations_cap_usd_bn", min, np.inf),
)
"""what is asked, its column, which of two is stricter, and what stands for none"""
UNBOUNDED = 1e9
"""stands for a decision without an upper bound [its own unit]"""


@dataclass(frozen=True)
class Check:
    """A valid case, looked at."""

    case: Case

    @cached_property
    def portfolio(self) -> Portfolio:
        """The case's columns, posts and limits."""
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

        Of an exclusive group, and of the ways to sign one offer, only the largest counts.
        """
        ledgers = self.portfolio.ledgers
        upper = np.append(np.concatenate([family.upper for family in ledgers.groups]), 1.0)
        groups = {offer.offer: offer.exclusive_group or offer.offer for offer in self.case.tables.offers()}
        found = {}
        for ledger, name in HELD.items():
            by_column: dict[tuple[str, str, int], Vector] = {}
            for post in ledgers.select(ledger):
                offer = post.labels.offer
                for column, t, value in zip(post.variables.tolist(), post.periods.tolist(), post.values, strict=True):
                    key = (groups.get(offer, offer), offer, column)
                    by_column.setdefault(key, np.zeros(self.case.calendar.T))[t] += value * upper[column]
            by_group: dict[str, Vector] = {}
            for (group, _, _), gives in by_column.items():
                by_group[group] = np.maximum(by_group.get(group, 0.0), gives)
            found[name] = np.sum([np.zeros(self.case.calendar.T), *by_group.values()], axis=0)
        return found

    def guarantor_room(self) -> dict[str, Vector]:
        """Room of each guarantor and kind in each period, its required offer taken as signed [USD bn]."""
        upper = np.concatenate([family.upper for family in self.portfolio.ledgers.groups])
        return {
            limit.subject: np.minimum(
                limit.allowed.evaluate(np.where(np.isfinite(upper), upper, 0.0)), _room(limit.allowed)
            )
            for limit in self.portfolio.limits
            if limit.rule == "guarantor_cap"
        }

    def assumptions(self) -> dict[str, Counter[str]]:
        """Number of rows by table and by the kind of their source; `none` where a row names none."""
        return by_kind(self.case)

    def broken_by_signed(self) -> list[str]:
        """Limits that rows signed already break, whatever else is signed."""
        families = self.portfolio.ledgers.groups
        least = np.concatenate([family.lower for family in families])
        most = np.concatenate([family.upper for family in families])
        most = np.where(np.isfinite(most), most, UNBOUNDED)
        found = []
        for limit in self.portfolio.limits:
            if limit.physical:
                continue
            used = limit.used.evaluate(least)
            allowed = limit.allowed.evaluate(least if limit.allowed.running else most)
            over = [t for t in limit.periods if used[t] > allowed[t] + 1e-6 * max(1.0, abs(allowed[t]))]
            if over:
                t = over[0]
                found.append(
                    f"{limit.rule} {limit.subject}: {number(used[t])} against {number(allowed[t])} {limit.unit} from "
                    f"{self.case.calendar.start_of(t)}"
                )
        return found

    def floors_out_of_reach(self) -> list[str]:
        """Contract years whose floor is more than could ever be spent on what the contract gives."""
        found = []
        for vintage in cloud_vintages(self.case)[0]:
            short = []
            for year in vintage.floor_years:
                most = vintage.most_spend(self.case.calendar, year)
                if year.floor_usd_bn > most + 1e-9:
                    short.append(f"{year.number} ({number(year.floor_usd_bn)} against {number(most)})")
            if short:
                name = f"{vintage.row.offer}, tier {vintage.tier.tier}, starting {vintage.starts}"
                found.append(f"{name}: contract years {', '.join(short)} USD bn")
        return found

    def notes(self) -> list[str]:
        """Remarks on windows that miss the periods."""
        return [f"{offer}: {text}" for offer, text in self.portfolio.ledgers.notes]

    def slips(self) -> list[str]:
        """What is allowed but looks like a slip, with file, line and column."""
        return [str(slip) for slip in plausibility.slips(self.case)]

    @cached_property
    def numerics(self) -> Scaling:
        """How far apart the numbers of the model are, and whether HiGHS can be trusted with them; builds the model."""
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
        """All of it but the numerics on one screen."""
        case, calendar = self.case, self.case.calendar
        lines = [
            case.settings.title,
            f"{calendar.T} periods of {calendar.period_months} months, {calendar.start} to {calendar.end}; "
            f"{len(demands(case))} series of demand; {self.portfolio.ledgers.size} decisions",
            "",
            "Offers",
        ]
        statuses = [str(status) for status in OfferStatus]
        rows = [[name, *(str(count[s] or "-") for s in statuses)] for name, count in self.offers().items()]
        lines += columns(["table", *statuses], rows)
        lines += ["", "GW at most, by year (the highest period of each)"]
        series = {"demand (reference GW)": self.demand(), **self.on_offer()}
        rows = [[name, *(f"{max(gw[t] for t in ts):.2f}" for ts in self.years.values())] for name, gw in series.items()]
        lines += columns(["", *map(str, self.years)], rows)
        if self.guarantor_room():
            lines += ["", "Guarantors' room, by year (the lowest period of each) [USD bn]"]
            rooms = self.guarantor_room().items()
            rows = [[name, *(f"{min(room[t] for t in ts):.1f}" for ts in self.years.values())] for name, room in rooms]
            lines += columns(["", *map(str, self.years)], rows)
        lines += self._covenants()
        lines += _listed("Borrowing", list(self.borrowing()))
        lines += _listed("Policies", list(self.policies()))
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
        lines += _listed("Tables absent, taken as none", [", ".join(self.case.absent)] if self.case.absent else [])
        lines += _listed("Looks like a slip (an error with --strict)", self.slips())
        lines += _listed("Signed rows that break a limit by themselves", self.broken_by_signed())
        lines += _listed("Floors that can never be used up", self.floors_out_of_reach())
        lines += _listed("Windows without a period start, and what is not offered", self.notes())
        return "\n".join(lines)

    def _covenants(self) -> list[str]:
        """Net revenue, and what finance asks for, by year: the strictest of its periods."""
        case = self.case
        if not case.rows(Finance):
            return []
        earned = net_revenue(case)
        series = {"revenue less other costs, a year": [min(earned[t] for t in ts) for ts in self.years.values()]}
        for name, column, choose, none in COVENANTS:
            values = strictest(case, attrgetter(column), choose, none)
            if np.isfinite(values).any():
                series[name] = [choose(values[t] for t in ts) for ts in self.years.values()]
        rows = [[name, *(number(v) if np.isfinite(v) else "-" for v in values)] for name, values in series.items()]
        return [
            "",
            "What treasury asks for, by year [USD bn; multiple and cover: times]",
            *columns(["", *map(str, self.years)], rows),
        ]

    def borrowing(self) -> Iterator[str]:
        """Loan facilities, and what SPVs may raise and from whom."""
        for loan in self.case.rows(TermLoan):
            how = "in instalments" if loan.amortises else "at once"
            drawn = f", {number(loan.drawn_usd_bn)} drawn" if loan.drawn_usd_bn else ""
            yield (
                f"{loan.facility}: up to {number(loan.limit_usd_bn)} USD bn of {loan.lender} at {loan.rate:.2%}{drawn}"
                f", repaid {how} by {loan.repay_by}"
            )
        for lease in self.case.rows(ChipLease):
            debt = [row for row in self.case.rows(SpvTranche) if row.offer == lease.offer]
            parts = ", ".join(f"{row.tranche} {row.min_share:.0%} to {row.max_share:.0%}" for row in debt)
            support = f", supported by {lease.support_guarantor}" if lease.support_guarantor else ""
            yield (
                f"{lease.offer}: {number(lease.min_usd_bn)} to {number(lease.max_usd_bn)} USD bn for {lease.chip} "
                f"({parts}){support}"
            )

    def policies(self) -> Iterator[str]:
        """What the lab asks of its own plan, and what a miss costs."""
        for row in self.case.rows(Policy):
            about = f" {row.subject}" if row.subject else ""
            price = "to be kept" if row.penalty is None else f"{number(row.penalty)} USD bn for each it is missed by"
            yield f"{row.policy}: {row.kind}{about} {number(row.value)} from {row.from_date}, {price}"

    def json(self) -> dict[str, object]:
        """All of it but the numerics for programs."""
        starts = [self.case.calendar.start_of(t).isoformat() for t in self.case.calendar.periods]
        return {
            "title": self.case.settings.title,
            "periods": starts,
            "decisions": self.portfolio.ledgers.size,
            "offers": {name: dict(count) for name, count in self.offers().items()},
            "demand_gw": self.demand().tolist(),
            "on_offer_gw": {name: gw.tolist() for name, gw in self.on_offer().items()},
            "guarantor_room_usd_bn": {name: room.tolist() for name, room in self.guarantor_room().items()},
            "borrowing": list(self.borrowing()),
            "policies": list(self.policies()),
            "rows_by_source_kind": {name: dict(count) for name, count in self.assumptions().items()},
            "absent": list(self.case.absent),
            "slips": self.slips(),
            "broken_by_signed": self.broken_by_signed(),
            "floors_out_of_reach": self.floors_out_of_reach(),
            "notes": self.notes(),
        }


def _room(allowed: Balance) -> Vector:
    """The most a balance's own coefficients allow: the room itself where it hangs on a required offer."""
    room = allowed.constant.copy()
    np.maximum.at(room, allowed.periods, allowed.values)
    return room


def _listed(title: str, items: list[str], most: int = 12) -> list[str]:
    """A heading with its items, cut with a count where there are many; nothing where there are none."""
    if not items:
        return []
    more = [f"  … and {len(items) - most} more"] if len(items) > most else []
    return ["", title, *(f"  {item}" for item in items[:most]), *more]
