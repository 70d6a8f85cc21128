"""Sheet `debt`: each class of debt from period to period. The closing balance is a formula."""

from __future__ import annotations

import numpy as np

from planner.workbooks.layout import BookColumn, BookSheet, Style
from planner.workbooks.of_plan.figures import Figures, days

NAME = "debt"
MOVES = ("additions_usd_bn", "interest_usd_bn", "repayment_usd_bn")


def debt(figures: Figures) -> BookSheet:
    """Opening balance, additions, interest, repayment and closing balance by class and period."""
    table, number = figures.plan.tables["debt"], Style.NUMBER
    classes = table["class"].tolist()
    opening = ["=[closing_usd_bn above]" if t and classes[t] == classes[t - 1] else "" for t in range(len(table))]
    columns = [
        BookColumn("class", [each.replace("_", " ") for each in classes], title="Class", width=16.0),
        BookColumn("period", days(table["period"]), Style.DAY, title="Period from", width=12.0),
        BookColumn("opening_usd_bn", table["opening_usd_bn"].tolist(), number, opening),
        *(
            BookColumn(name, [None if np.isnan(each) else each for each in table[name]], number, total=True)
            for name in MOVES
        ),
        BookColumn("closing_usd_bn", table["closing_usd_bn"].tolist(), number,
               "=[opening_usd_bn]+[additions_usd_bn]+[interest_usd_bn]-[repayment_usd_bn]"),
    ]  # fmt: skip
    note = "Interest is blank where somebody else pays it out of what the lab pays."
    says = "Debt by class: leases at the lease rate, loans, and debt of SPVs where it counts as the lab's."
    return BookSheet(NAME, says, columns, notes=(note,), prefix="debt", kept=2)
