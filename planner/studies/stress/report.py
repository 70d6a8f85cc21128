"""The outcomes of a stress: tables, text, and a sentence for each outcome."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.basics.display import Display
from planner.basics.frames import records
from planner.basics.outputs import OutputFolder, write_file
from planner.basics.text import columns
from planner.basics.words import LAB
from planner.interfaces.events import DefaultOutcome, Event, Loser
from planner.ledgers.contract_checks import TOLERANCE, counted
from planner.plan.plan import Plan
from planner.studies.stress.events import in_words
from planner.studies.stress.payments_compared import by_line, losses, operating, shortage
from planner.tables import csvtext

if TYPE_CHECKING:
    import pandas as pd

SMALL = 5e-4
"""a sentence does not mention a sum below this [USD bn, reference GW-years]"""
GW_YEARS = "reference GW-years"
NAMED = 3
"""most lines, limits, losers or events that a sentence names"""


@dataclass(frozen=True)
class Breach:
    """A limit that is broken in a period."""

    limit: str
    subject: str
    period: str
    by: float
    unit: str


@dataclass(frozen=True, eq=False)
class StressResult:
    """The outcome of some events."""

    name: str
    events: tuple[Event, ...]
    changes: tuple[str, ...]
    """to the plan's case, in the words of `--set`"""
    after: Plan | None
    """the stressed plan; the plan itself where the case does not change; None where no plan exists"""
    defaults: tuple[DefaultOutcome, ...] = field(default=())
    why: str = ""
    """why there is no plan, or why a contract cannot default"""

    def breaches(self) -> list[Breach]:
        """Limits that the stressed plan breaks by more than is waived, period by period."""
        if self.after is None or not self.after.record.relaxed:
            return []
        over = self.after.limits
        largest = float(over[["used", "allowed"]].abs().max().max()) if len(over) else 0.0
        over = over.assign(left=over["headroom"] + over["waived"])
        over = over[over["left"] < -TOLERANCE * counted(over["allowed"].to_numpy(), largest)]
        return [Breach(row.limit, row.subject, str(row.period), -float(row.left), row.unit) for row in records(over)]

    def losses(self, before: Plan) -> dict[Loser, float]:
        """What each party loses against the plan [USD bn]: by what it is paid less, and on a default."""
        found: dict[Loser, float] = {}
        if self.after is not None and self.after is not before:
            found[LAB] = self.after.record.objective_usd_bn - before.record.objective_usd_bn
            found.update(losses(before, self.after))
        for each in self.defaults:
            for who, lost in each.losses().items():
                found[who] = found.get(who, 0.0) + lost
        return {who: lost for who, lost in found.items() if abs(lost) > 1e-9}


@dataclass(frozen=True, eq=False)
class Stress:
    """A plan under events."""

    plan: Plan
    outcomes: tuple[StressResult, ...]

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per outcome: cost and shortage before and after, limits broken, and the sentence."""
        import pandas as pd

        before, rows = self.plan, []
        for each in self.outcomes:
            record = None if each.after is None else each.after.record
            rows.append(
                {
                    "event": each.name,
                    "status": "no plan" if record is None else record.status,
                    "cost_before_usd_bn": before.record.objective_usd_bn,
                    "cost_after_usd_bn": None if record is None else record.objective_usd_bn,
                    "cost_in_money_before_usd_bn": before.record.cost_in_money_usd_bn,
                    "cost_in_money_after_usd_bn": None if record is None else record.cost_in_money_usd_bn,
                    "penalties_before_usd_bn": before.record.penalties_usd_bn,
                    "penalties_after_usd_bn": None if record is None else record.penalties_usd_bn,
                    "bound_after_usd_bn": None if record is None else record.bound_usd_bn,
                    "shortage_before_gw_years": shortage(before),
                    "shortage_after_gw_years": None if each.after is None else shortage(each.after),
                    "limits_broken": len(each.breaches()),
                    "sentence": self.sentence(each),
                }
            )
        return pd.DataFrame(rows)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables, by the stems of their files: outcomes, breaches, losses, waterfall, and what defaults add."""
        import pandas as pd

        breaches = [
            (each.name, b.limit, b.subject, b.period, b.by, b.unit) for each in self.outcomes for b in each.breaches()
        ]
        lost = [(each.name, str(who), by) for each in self.outcomes for who, by in each.losses(self.plan).items()]
        paid = [
            (
                each.name,
                one.offer,
                one.spv,
                claim.tranche,
                claim.owed,
                claim.from_resale,
                claim.from_support,
                claim.lost,
            )
            for each in self.outcomes
            for one in each.defaults
            for claim in one.claims
        ]
        of_claim = ["owed_usd_bn", "from_resale_usd_bn", "from_support_usd_bn", "lost_usd_bn"]
        return {
            "outcomes": self.table,
            "breaches": pd.DataFrame(breaches, columns=["event", "limit", "subject", "period", "broken_by", "unit"]),
            "losses": pd.DataFrame(lost, columns=["event", "who", "loses_usd_bn"]),
            "waterfall": pd.DataFrame(paid, columns=["event", "offer", "spv", "tranche", *of_claim]),
            **{stem: pd.DataFrame(rows) for stem, rows in self._of_defaults().items()},
        }

    def _of_defaults(self) -> dict[str, list[dict[str, object]]]:
        """The rows of the tables that defaults have of their own, by the stems of their files."""
        found: dict[str, list[dict[str, object]]] = {}
        for each in self.outcomes:
            for one in each.defaults:
                for stem, rows in one.tables().items():
                    found.setdefault(stem, []).extend({"event": each.name, **row} for row in rows)
        return found

    def put(self, place: OutputFolder) -> None:
        """Write the tables, and each stressed plan into a folder of its event's name."""
        place.put(self._fill)

    def _fill(self, folder: Path) -> None:
        for stem, table in self.tables.items():
            write_file(folder / f"{stem}.csv", csvtext.exported(table))
        for each in self.outcomes:
            if each.after is not None and each.changes:
                each.after.write(folder / each.name)

    def json(self) -> dict[str, Any]:
        """The rows of all tables."""
        told: dict[str, Any] = {"title": self.plan.record.title}
        for stem, table in self.tables.items():
            rows = table.astype(object)
            told[stem] = rows.where(rows.notna(), None).to_dict("records")
        return told

    def text(self) -> str:
        """The outcomes as a table, then a sentence for each."""
        record, usd = self.plan.record, partial(self.shown_in.fixed, unit="USD bn")
        rows = [
            [
                row.event,
                "–" if row.status == "no plan" else usd(row.cost_after_usd_bn),
                "–"
                if row.status == "no plan"
                else usd(row.cost_in_money_after_usd_bn - row.cost_in_money_before_usd_bn, sign="+"),
                "–"
                if row.status == "no plan"
                else usd(row.penalties_after_usd_bn - row.penalties_before_usd_bn, sign="+"),
                "–"
                if row.status == "no plan"
                else self.shown_in.number(round(row.shortage_after_gw_years, 9), GW_YEARS),
                str(row.limits_broken),
                "" if row.status == "proven" else str(row.status),
            ]
            for row in records(self.table)
        ]
        lines = [
            f"{record.title}: present cost {self.shown_in.usd(record.objective_usd_bn)} "
            f"({record.headline.text(self.shown_in)}), "
            f"{self.shown_in.amount(round(shortage(self.plan), 9), GW_YEARS)} not served",
            "What is signed before an event is kept; what can still be changed is decided anew on its day, without "
            "knowing later events",
            "",
            *columns(
                ["event", "cost", "more money", "more penalties", "not served", "limits broken", ""], rows, words=(0, 6)
            ),
        ]
        for each in self.outcomes:
            lines += ["", f"{each.name}: {self.sentence(each)}"]
        return "\n".join(lines)

    @property
    def shown_in(self) -> Display:
        """The units in which amounts are printed."""
        return self.plan.case.settings.shown_in

    def sentence(self, each: StressResult) -> str:
        """A sentence: what happens, what it costs, and why."""
        if len(each.events) > NAMED:
            what = f"{len(each.events)} events at once"
        else:
            what = "; ".join(in_words(event, self.plan) for event in each.events)
        said = list(self._parts(each))
        said += [self.shown_in.told(one.text()) for one in each.defaults]
        return f"{what}: {'; '.join(said)}."

    def _parts(self, each: StressResult) -> Iterator[str]:
        """Cost, shortage, breaches and losers in words."""
        before, after = self.plan, each.after
        if after is None:
            yield each.why
            return
        if not each.changes:
            if not each.defaults:
                yield "nothing of the case changes"
            return
        more = after.record.objective_usd_bn - before.record.objective_usd_bn
        if abs(more) < SMALL:
            yield "the plan costs what it did"
        else:
            way = "more" if more > 0 else "less"
            by = self.shown_in.amount(abs(more), "USD bn")
            yield f"the plan costs {by} {way}{_parts_of(before, after)}{_lines(before, after)}"
        fallen = operating(before, after)
        if abs(fallen) > SMALL:
            by = self.shown_in.amount(abs(fallen), "USD bn")
            yield f"revenue less other costs is {by} {'less' if fallen > 0 else 'more'}"
        missing = shortage(after) - shortage(before)
        if abs(missing) > SMALL:
            yield f"{self.shown_in.amount(abs(missing), GW_YEARS)} {'more' if missing > 0 else 'fewer'} are not served"
        yield _broken(each.breaches(), self.shown_in)
        if each.why:
            yield each.why
        found = each.losses(before)
        worst = sorted(((lost, str(who)) for who, lost in found.items() if lost > SMALL and who != LAB), reverse=True)
        if worst and not each.defaults:
            yield "paid less: " + ", ".join(
                f"{who} by {self.shown_in.number(lost, 'USD bn')}" for lost, who in worst[:NAMED]
            )


def _parts_of(before: Plan, after: Plan) -> str:
    """By how much the cost in money and the penalties move; empty where penalties do not."""
    moved, shown_in = after.record.headline.minus(before.record.headline), before.case.settings.shown_in
    if abs(moved.penalties_usd_bn) <= SMALL:
        return ""
    signed = [
        f"{'+' if by > 0 else '−'}{shown_in.number(abs(by), 'USD bn')}" if abs(by) > SMALL else "0"
        for by in (moved.cost_in_money_usd_bn, moved.penalties_usd_bn)
    ]
    return f", {signed[0]} in money and {signed[1]} in penalties"


def _lines(before: Plan, after: Plan) -> str:
    """The lines of the ledger that move most, in brackets."""
    moved = sorted(by_line(before, after).items(), key=lambda item: (-abs(item[1]), item[0]))
    shown_in = before.case.settings.shown_in
    named = [
        f"{line} {'+' if by > 0 else '−'}{shown_in.number(abs(by), 'USD bn')}"
        for line, by in moved[:NAMED]
        if abs(by) > SMALL
    ]
    return f" ({', '.join(named)})" if named else ""


def _broken(breaches: list[Breach], display: Display) -> str:
    if not breaches:
        return "no limit is broken"
    worst: dict[str, Breach] = {}
    for each in breaches:
        name = f"{each.limit} {each.subject}"
        if name not in worst or worst[name].by < each.by:
            worst[name] = each
    named = [f"{name} by up to {display.amount(b.by, b.unit)} on {b.period}" for name, b in list(worst.items())[:NAMED]]
    more = f" and {len(worst) - NAMED} others" if len(worst) > NAMED else ""
    return f"broken: {', '.join(named)}{more}"
