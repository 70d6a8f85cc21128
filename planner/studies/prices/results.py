"""What offers, limits and terms are worth: as a table, as JSON and as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.basics.display import AS_IT_IS, Display
from planner.basics.text import columns
from planner.interfaces.pricing import LimitStep, MovablePrice
from planner.plan.plan import Plan
from planner.reports.cautions import cautions
from planner.reports.priced import COLUMNS
from planner.studies.prices.terms import TermPrice
from planner.studies.prices.walkaway import PriceSearchEnd

if TYPE_CHECKING:
    import pandas as pd


SHOWN = 5e-4
"""the smallest sum that three decimals show as more than nothing [USD bn]"""
MOST_TERMS = 10
"""how many terms are printed"""


@dataclass(frozen=True)
class OfferPrice:
    """What an offer is worth."""

    offer: str
    signed: bool
    worth_usd_bn: tuple[float, float] | None
    """least and most that it saves; None where that is not known, as `remark` says"""
    price: MovablePrice | None
    """None where it has no price that can be moved, or where none was moved"""
    walk_away: float | None
    """the price at which it would be signed no longer, or for the first time, in the unit of `price`"""
    found: PriceSearchEnd | None
    remark: str = ""


@dataclass(frozen=True)
class LimitPrice:
    """What a step of a limit is worth."""

    step: LimitStep
    worth_usd_bn: tuple[float, float] | None
    by_duals_usd_bn: float | None
    remark: str = ""


@dataclass(frozen=True)
class PriceTable:
    """Offers, limits and terms, priced."""

    offers: tuple[OfferPrice, ...]
    limits: tuple[LimitPrice, ...]
    terms: tuple[TermPrice, ...]
    """those first about which there is most to negotiate"""

    def table(self) -> pd.DataFrame:
        """One row per offer, limit and term; columns as in COLUMNS."""
        import pandas as pd

        rows: list[dict[str, Any]] = []
        for each in self.offers:
            low, high = each.worth_usd_bn or (None, None)
            what = each.price
            rows.append(
                {
                    "section": "offer", "name": each.offer, "signed": "yes" if each.signed else "no",
                    "worth_from_usd_bn": low, "worth_to_usd_bn": high, "price": what.name if what else "",
                    "now": what.now if what else None, "walk_away": each.walk_away, "unit": what.unit if what else "",
                    "by_duals_usd_bn": None, "remark": _said(each),
                }
            )  # fmt: skip
        for limit in self.limits:
            low, high = limit.worth_usd_bn or (None, None)
            rows.append(
                {
                    "section": "limit", "name": limit.step.limit, "signed": "", "worth_from_usd_bn": low,
                    "worth_to_usd_bn": high, "price": "", "now": None, "walk_away": None, "unit": limit.step.step,
                    "by_duals_usd_bn": limit.by_duals_usd_bn, "remark": limit.remark,
                }
            )  # fmt: skip
        for each_term in self.terms:
            low, high = each_term.worth_usd_bn or (None, None)
            term = each_term.term
            rows.append(
                {
                    "section": "term", "name": f"{term.of} {term.name}", "signed": "", "worth_from_usd_bn": low,
                    "worth_to_usd_bn": high, "price": term.now, "now": None, "walk_away": None,
                    "unit": f"without: {term.without}", "by_duals_usd_bn": None, "remark": each_term.remark,
                }
            )  # fmt: skip
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def rows(self) -> list[dict[str, Any]]:
        """The table's rows for programs."""
        found = self.table().astype(object)
        told = found.where(found.notna(), None).to_dict("records")
        return [{str(name): value for name, value in row.items()} for row in told]

    def lines(self, *, with_duals: bool = True) -> list[str]:
        """Offers, then limits, then terms, as text tables with a blank line between them."""
        tables = [part for part in (self._offers(), self._limits(with_duals), self._terms()) if part]
        return [line for part in tables for line in ("", *part)][1:]

    def _offers(self) -> list[str]:
        """The offers, as a text table."""
        shown_in = self.shown_in
        rows = []
        for each in self.offers:
            what = each.price
            unit = "" if what is None else what.unit
            price = "" if what is None else shown_in.number(what.now, unit)
            known = each.walk_away is not None and each.found is PriceSearchEnd.PRICE
            away = shown_in.number(each.walk_away or 0.0, unit) if known else ""
            unit = "" if what is None else f"{shown_in.words(unit)} ({what.name})"
            signed, saves = "signed" if each.signed else "", _interval(each.worth_usd_bn, shown_in)
            rows.append([each.offer, signed, saves, price, away, unit, _said(each)])
        if not rows:
            return []
        heading = "Offers: what each saves, and the price at which it would leave (signed) or enter (not signed)"
        header = ["offer", "", f"saves [{self.shown_in.money}]", "now", "walk-away", "unit", ""]
        return [heading, *columns(header, rows, words=(0, 1, 5, 6))]

    def _limits(self, with_duals: bool) -> list[str]:
        """The limits, as a text table."""
        shown_in = self.shown_in
        rows = [
            [
                each.step.limit, shown_in.told(each.step.step), _interval(each.worth_usd_bn, shown_in),
                "" if each.by_duals_usd_bn is None
                else shown_in.number(round(each.by_duals_usd_bn, 6), "USD bn"), each.remark,
            ]
            for each in self.limits
        ]  # fmt: skip
        if not rows:
            return []
        duals = "; by duals: with everything that is signed kept" if with_duals else ""
        header = ["limit", "step", f"saves [{self.shown_in.money}]", "by duals" if with_duals else "", ""]
        return [f"Limits: what a step saves{duals}", *columns(header, rows, words=(0, 1, 4))]

    @property
    def shown_in(self) -> Display:
        """The units in which amounts are printed."""
        raise NotImplementedError

    def _terms(self) -> list[str]:
        """The terms about which there is most to negotiate, as a text table."""
        if not self.terms:
            return []
        shown = [
            [
                each.term.of,
                each.term.name,
                each.term.now,
                each.term.without,
                _interval(each.worth_usd_bn, self.shown_in),
                each.remark,
            ]
            for each in self.terms[:MOST_TERMS]
        ]
        left = len(self.terms) - len(shown)
        heading = "Terms: what having each saves; below 0: what striking it saves"
        more = [f"and {left} more, in the table of --csv and --json"] if left else []
        header = ["of", "term", "now", "without it", f"saves [{self.shown_in.money}]", ""]
        return [heading, *columns(header, shown, words=(0, 1, 2, 3, 5)), *more]


@dataclass(frozen=True)
class Prices(PriceTable):
    """Offers, limits and terms of a plan, priced."""

    plan: Plan

    @property
    def shown_in(self) -> Display:
        """The units in which amounts are printed."""
        return self.plan.case.settings.shown_in

    def json(self) -> dict[str, Any]:
        """The table's rows, and the plan they are about."""
        record = self.plan.record
        return {
            "title": record.title,
            "objective_usd_bn": record.objective_usd_bn,
            "cost_in_money_usd_bn": record.cost_in_money_usd_bn,
            "penalties_usd_bn": record.penalties_usd_bn,
            "bound_usd_bn": record.bound_usd_bn,
            "cautions": cautions(self.plan),
            "rows": self.rows(),
        }

    def text(self) -> str:
        """Offers, then limits, as text tables."""
        record, shown_in = self.plan.record, self.shown_in
        lines = [
            record.title,
            *cautions(self.plan),
            f"Present cost {shown_in.plain(record.objective_usd_bn, 'USD bn')} {shown_in.money} "
            f"({record.headline.text(shown_in)}); no plan costs less than "
            f"{shown_in.plain(record.bound_usd_bn or float('nan'), 'USD bn')}. "
            "Intervals are as wide as the gaps of the two plans compared.",
            "",
            *self.lines(),
        ]
        return "\n".join(line.rstrip() for line in lines)


def _said(each: OfferPrice) -> str:
    """The remark on an offer."""
    if each.remark or each.found is None:
        return each.remark
    return {
        PriceSearchEnd.PRICE: "",
        PriceSearchEnd.WITHIN_GAP: "within the gap",
        PriceSearchEnd.NEVER: "not even free",
        PriceSearchEnd.ALWAYS: "at any price: it costs nothing unless used",
        PriceSearchEnd.UNKNOWN: "not found in the solves allowed",
    }[each.found]


def _interval(worth: tuple[float, float] | None, display: Display = AS_IT_IS) -> str:
    """An interval in words.

    >>> _interval((1.234, 1.236)), _interval((-0.2, 0.3)), _interval((-1e-7, 0.0)), _interval(None)
    ('1.234 to 1.236', 'within the gap', '0', '–')
    """
    if worth is None:
        return "–"
    low, high = worth
    if max(abs(low), abs(high)) < SHOWN:
        return "0"
    if low <= 0.0 <= high:
        return "within the gap"
    return f"{display.plain(low, 'USD bn')} to {display.plain(high, 'USD bn')}"
