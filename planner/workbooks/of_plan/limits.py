"""Sheets `limits` and `covenants`: every limit with its headroom, and covenants as lenders state them, as ratios.

    multiple = debt / net revenue        headroom [USD bn] = largest multiple · net revenue − debt
    cover    = net revenue / fixed charges        headroom [USD bn] = net revenue − smallest cover · fixed charges

Debt and fixed charges are sums over the ledger. Net revenue is a year's, less what demand that is not served takes.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from planner.basics.arrays import Vector
from planner.rules.shared.revenue import Earned, strictest
from planner.workbooks.layout import BookColumn, BookSheet, Style
from planner.workbooks.of_plan.figures import Figures, days

LIMITS, COVENANTS = "limits", "covenants"


def limits(figures: Figures) -> BookSheet:
    """Every limit that somebody set first, then those of machines, halls and contracts."""
    table = figures.plan.tables["limits"]
    ours = table["limit"].isin(figures.case.catalogue.set_by_somebody)
    table = pd.concat([table[ours], table[~ours]]).reset_index(drop=True)
    used, allowed, number = table["used"], table["allowed"], Style.NUMBER
    left = [float(b - a) if np.isfinite(b - a) else None for a, b in zip(used, allowed, strict=True)]
    share = [a / b if np.isfinite(b) and abs(b) > 1e-9 else None for a, b in zip(used, allowed, strict=True)]
    set_by = ["a party to it" if each else "what there is" for each in table["limit"].isin(
        figures.case.catalogue.set_by_somebody)]  # fmt: skip
    columns = [
        BookColumn("limit", table["limit"].tolist()),
        BookColumn("subject", table["subject"].tolist(), width=34.0),
        BookColumn("set_by", set_by, title="Set by"),
        BookColumn("period", days(table["period"]), Style.DAY, title="Period from", width=12.0),
        BookColumn("used", used.tolist(), number),
        BookColumn("allowed", allowed.tolist(), number),
        BookColumn("headroom", left, number, '=IF(ISNUMBER([allowed]),[allowed]-[used],"")'),
        BookColumn("used_share", share, Style.SHARE,
               '=IF(ISNUMBER([allowed]),IF(ABS([allowed])>0.000000001,[used]/[allowed],""),"")', title="Used [%]"),
        BookColumn("waived", table["waived"].tolist(), number, title="Broken under a waiver"),
        BookColumn("unit", table["unit"].tolist()),
    ]  # fmt: skip
    note = "For minima, such as cash, used is what is asked for and allowed is what there is."
    return BookSheet(LIMITS, "Every limit and period: used, allowed, and the headroom.", columns, notes=(note,), kept=2)


def covenants(figures: Figures) -> BookSheet | None:
    """Debt multiple and fixed-charge cover by period; None where the case sets neither."""
    case, solution = figures.case, figures.solution
    multiple = strictest(case, lambda row: row.debt_multiple_max, min, np.inf)
    cover = strictest(case, lambda row: row.cover_min, max, -np.inf)
    stress = strictest(case, lambda row: row.revenue_stress_share, min, np.inf)
    if not np.isfinite(multiple).any() and not np.isfinite(cover).any():
        return None
    ledgers = solution.portfolio.ledgers
    net = Earned.of(case, ledgers)
    debt, charges = (ledgers.balance(name).evaluate(solution.x) for name in ("debt", "fixed_charges"))
    earned = net.times().evaluate(solution.x)
    columns = [
        BookColumn("period", figures.periods, Style.DAY, title="Period from", width=12.0),
        BookColumn("debt", debt.tolist(), Style.NUMBER, _summed("debt"), title="Debt at its start [USD bn]"),
        BookColumn("charges", charges.tolist(), Style.NUMBER, _summed("fixed_charges"),
               title="Fixed charges of the next twelve months [USD bn]"),
        *_tested(earned, "earned", "Net revenue", debt, charges, multiple, cover),
    ]  # fmt: skip
    if np.isfinite(stress).any():
        stressed = net.times(stress=stress).evaluate(solution.x)
        columns += _tested(stressed, "stressed", "Net revenue under stress", debt, charges, multiple, cover)
    says = "Covenants as lenders state them: debt as a multiple of net revenue, and the cover of fixed charges by it."
    notes = (
        "Net revenue is revenue less other costs, a year's, less what demand that is not served takes away.",
        "A cell is blank where there is no limit, or nothing to divide by.",
    )
    return BookSheet(COVENANTS, says, columns, notes=notes)


def _summed(ledger: str) -> str:
    return f'=SUMIFS(amounts_value,amounts_ledger,"{ledger}",amounts_period,[period])'


def _tested(
    earned: Vector, name: str, title: str, debt: Vector, charges: Vector, multiple: Vector, cover: Vector
) -> list[BookColumn]:
    """The two ratios of one measure of net revenue, with what is allowed and both headrooms."""
    shown = title.lower()
    made = [BookColumn(name, _each(lambda e: e, earned), Style.NUMBER, title=f"{title} [USD bn a year]")]
    if np.isfinite(multiple).any():
        ratio = _each(lambda d, e: d / e if e > 0 else np.nan, debt, earned)
        made += [
            BookColumn(f"multiple_{name}", ratio, Style.RATIO, f'=IF(N([{name}])>0,[debt]/[{name}],"")',
                   title=f"Debt multiple of {shown}"),
            BookColumn(f"most_{name}", _each(lambda m: m, multiple), Style.RATIO, title="At most"),
            BookColumn(f"multiple_room_{name}", _each(lambda m, d, e: m * e - d, multiple, debt, earned), Style.NUMBER,
                   f'=IF(AND(ISNUMBER([most_{name}]),ISNUMBER([{name}])),[most_{name}]*[{name}]-[debt],"")',
                   title="Room for debt [USD bn]"),
        ]  # fmt: skip
    if np.isfinite(cover).any():
        ratio = _each(lambda c, e: e / c if c > 0 else np.nan, charges, earned)
        made += [
            BookColumn(f"cover_{name}", ratio, Style.RATIO,
                   f'=IF(AND(N([charges])>0,ISNUMBER([{name}])),[{name}]/[charges],"")',
                   title=f"Cover by {shown}"),
            BookColumn(f"least_{name}", _each(lambda m: m, cover), Style.RATIO, title="At least"),
            BookColumn(f"cover_room_{name}", _each(lambda m, c, e: e - m * c, cover, charges, earned), Style.NUMBER,
                   f'=IF(AND(ISNUMBER([least_{name}]),ISNUMBER([{name}])),[{name}]-[least_{name}]*[charges],"")',
                   title="Net revenue to spare [USD bn a year]"),
        ]  # fmt: skip
    return made


def _each(of: Callable[..., float], *values: Vector) -> list[float | None]:
    """What a function gives period by period; None where it or one of its arguments is not finite."""
    found: list[float | None] = []
    for row in zip(*(each.tolist() for each in values), strict=True):
        value = of(*row) if all(map(np.isfinite, row)) else np.nan
        found.append(float(value) if np.isfinite(value) else None)
    return found
