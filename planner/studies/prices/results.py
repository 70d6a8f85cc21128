"""What offers and limits are worth: as a table, as JSON and as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.basics.text import columns, number
from planner.interfaces.pricing import LimitStep, MovablePrice
from planner.plan.plan import Plan
from planner.reports.cautions import cautions
from planner.studies.prices.walkaway import PriceSearchEnd

if TYPE_CHECKING:
    import pandas as pd


SHOWN = 5e-4
"""the smallest sum that three decimals show as more than nothing [USD bn]"""
COLUMNS = (
    "section", "name", "signed", "worth_from_usd_bn", "worth_to_usd_bn", "price", "now", "walk_away", "unit",
    "by_duals_usd_bn", "remark",
)  # fmt: skip


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
    """Offers and limits, priced."""

    offers: tuple[OfferPrice, ...]
    limits: tuple[LimitPrice, ...]

    def table(self) -> pd.DataFrame:
        """One row per offer and limit; columns as in COLUMNS."""
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
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def rows(self) -> list[dict[str, Any]]:
        """The table's rows for programs."""
        found = self.table().astype(object)
        told = found.where(found.notna(), None).to_dict("records")
        return [{str(name): value for name, value in row.items()} for row in told]

    def lines(self, *, with_duals: bool = True) -> list[str]:
        """Offers, then limits, as text tables."""
        lines = ["Offers: what each saves, and the price at which it would leave (signed) or enter (not signed)"]
        rows = []
        for each in self.offers:
            what = each.price
            price = "" if what is None else f"{number(what.now)}"
            away = "" if each.walk_away is None or each.found is not PriceSearchEnd.PRICE else number(each.walk_away)
            unit = "" if what is None else f"{what.unit} ({what.name})"
            signed, saves = "signed" if each.signed else "", _interval(each.worth_usd_bn)
            rows.append([each.offer, signed, saves, price, away, unit, _said(each)])
        lines += columns(["offer", "", "saves [USD bn]", "now", "walk-away", "unit", ""], rows, words=(0, 1, 5, 6))
        if self.limits:
            duals = "; by duals: with everything that is signed kept" if with_duals else ""
            lines += ["", f"Limits: what a step saves{duals}"]
            rows = [
                [
                    each.step.limit, each.step.step, _interval(each.worth_usd_bn),
                    "" if each.by_duals_usd_bn is None else number(round(each.by_duals_usd_bn, 6)), each.remark,
                ]
                for each in self.limits
            ]  # fmt: skip
            header = ["limit", "step", "saves [USD bn]", "by duals" if with_duals else "", ""]
            lines += columns(header, rows, words=(0, 1, 4))
        return lines


@dataclass(frozen=True)
class Prices(PriceTable):
    """Offers and limits of a plan, priced."""

    plan: Plan

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
        record = self.plan.record
        lines = [
            record.title,
            *cautions(self.plan),
            f"Present cost {record.objective_usd_bn:.3f} USD bn ({record.headline.text()}); no plan costs less than "
            f"{record.bound_usd_bn or float('nan'):.3f}. Intervals are as wide as the gaps of the two plans compared.",
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


def _interval(worth: tuple[float, float] | None) -> str:
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
    return f"{low:.3f} to {high:.3f}"
