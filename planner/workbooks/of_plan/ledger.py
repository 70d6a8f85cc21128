"""Sheets `ledger` and `other_ledgers`: every post of the plan. All money on other sheets is a sum of these rows.

    discount factor = (1 + discount_rate)^−years        present value = −value · factor, where the kind is counted

The cells hold these formulas, so that a changed rate is felt everywhere.
"""

from __future__ import annotations

import numpy as np

from planner.ledgers.ledgers import SAME_TIME
from planner.ledgers.posts import IN_LIQUIDITY
from planner.workbooks.layout import BookColumn, BookSheet, Style
from planner.workbooks.of_plan.figures import Figures, columns_of, days

LEDGER, AMOUNTS = "ledger", "other_ledgers"
PREFIX, AMOUNTS_PREFIX = "ledger", "amounts"


def ledger(figures: Figures) -> BookSheet:
    """The rows of cash, with their discounting as formulas."""
    cash, case = figures.cash, figures.case
    counts = cash["kind"].isin(list(figures.counted))
    starts = {day.isoformat(): t for t, day in enumerate(figures.periods)}
    number = np.array([starts.get(str(day), -1) for day in cash["period"]])
    years = cash["years"].fillna(0.0).to_numpy(dtype=float)
    on_first_day = (np.abs(years / case.calendar.h - number) <= SAME_TIME) & cash["kind"].isin(list(IN_LIQUIDITY))
    factor = (1.0 + case.settings.discount_rate) ** -years
    columns = [
        BookColumn("line", cash["line"].tolist()),
        BookColumn("kind", cash["kind"].tolist()),
        BookColumn("counts", ["yes" if each else "no" for each in counts], title="In the present cost"),
        BookColumn("instrument", cash["instrument"].tolist()),
        BookColumn("offer", cash["offer"].tolist()),
        BookColumn("counterparty", cash["counterparty"].tolist()),
        BookColumn("account", cash["account"].tolist(), width=24.0),
        BookColumn("period", days(cash["period"]), Style.DAY, width=12.0),
        BookColumn("first_day", ["yes" if each else "no" for each in on_first_day], title="On the period's first day"),
        BookColumn("years", years.tolist(), Style.YEARS, title="Years after the start"),
        BookColumn("value", cash["value"].tolist(), Style.NUMBER, title="Cash received, or paid (−) [USD bn]"),
        BookColumn("factor", factor.tolist(), Style.FACTOR, "=(1+discount_rate)^-[years]", title="Discount factor"),
        BookColumn(
            "present_value", cash["present_value_usd_bn"].tolist(), Style.NUMBER,
            '=IF([counts]="yes",-[value]*[factor],0)', title="Present cost [USD bn]", total=True,
        ),
        BookColumn("decision", cash["decision"].tolist(), width=30.0),
    ]  # fmt: skip
    says = "Every post of cash, as the plan's ledger has it. The sum of the present cost is the plan's objective."
    return BookSheet(LEDGER, says, columns, prefix=PREFIX, kept=1)


def amounts(figures: Figures) -> BookSheet:
    """The rows of all other ledgers, in the units of each."""
    table = figures.amounts
    kept = ["ledger", "line", "instrument", "offer", "counterparty", "account", "period", "value", "decision"]
    says = "Every other post: GW, debt, guarantees, what is owed. Each ledger has a unit of its own."
    return BookSheet(AMOUNTS, says, columns_of(table[kept]), prefix=AMOUNTS_PREFIX, kept=2)
