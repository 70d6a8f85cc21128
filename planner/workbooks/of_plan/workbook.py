"""The workbook of a plan: its sheets in the order in which they are read, and one that says what each is."""

from __future__ import annotations

from collections.abc import Callable

from planner.plan.plan import Plan
from planner.workbooks.layout import BookColumn, BookSheet, Entry, Style, Workbook
from planner.workbooks.of_plan import assumptions, cash, cost, debt, ledger, limits, offers, rates
from planner.workbooks.of_plan.figures import Figures, columns_of

CONTENTS = "contents"
PLAIN = {
    "supply": ("Own capacity and each cloud by line of cost: what a reference GW-year served comes to.", 2, ()),
    "maturities": ("What is owed by calendar year, to the end of the longest term.", 2, ("owed_usd_bn",)),
    "capacity": ("GW held, in use and idle, by offer, chip, region and period.", 3, ()),
    "service": ("Who serves whom: chips set to workloads, flows between regions, demand and shortage.", 1, ()),
    "decisions": ("Every decision that is not zero.", 3, ()),
}
"""tables of the plan that stand in the workbook as they are: what each is, columns kept in sight, columns summed"""
SHEETS: tuple[Callable[[Figures], BookSheet | None], ...] = (
    offers.signatures, cost.cost, rates.rates, cash.cash, debt.debt, limits.covenants, limits.limits, offers.offers,
    assumptions.assumptions, assumptions.sources, ledger.ledger, ledger.amounts,
)  # fmt: skip
"""what makes each of the other sheets, in their order; the plain ones stand before the assumptions"""


def plan_workbook(plan: Plan) -> Workbook:
    """The workbook of a plan that was audited."""
    figures = Figures(plan)
    made = [sheet for make in SHEETS if (sheet := make(figures)) is not None]
    at = next(i for i, sheet in enumerate(made) if sheet.name == assumptions.ASSUMPTIONS)
    made[at:at] = [_plain(plan, stem) for stem in PLAIN]
    return Workbook(plan.record.title, plan.case.settings.start, [_contents(plan, made), *made])


def _plain(plan: Plan, stem: str) -> BookSheet:
    says, kept, total = PLAIN[stem]
    return BookSheet(stem, says, columns_of(plan.tables[stem], total=total), kept=kept)


def _contents(plan: Plan, sheets: list[BookSheet]) -> BookSheet:
    """What the workbook is, whether it agrees with the plan, and what each sheet is."""
    record = plan.record
    formulas = [sum(1 for column in sheet.columns for i in range(sheet.height) if column.formula_of(i))
                for sheet in sheets]  # fmt: skip
    entries = [
        Entry("Plan", record.title),
        Entry("Present cost [USD bn]", record.objective_usd_bn, Style.NUMBER, formula="=present_cost"),
        Entry("at a rate of", plan.case.settings.discount_rate, Style.RATE, formula="=discount_rate",
              note="to be changed on the sheet cost"),
        Entry("The sum of the ledger", cost.AGREES, formula="=check"),
        Entry("Proof", _proof(plan)),
    ]  # fmt: skip
    columns = [
        BookColumn("sheet", [sheet.name for sheet in sheets], title="Sheet", width=24.0),
        BookColumn("says", [sheet.says for sheet in sheets], title="What it is", width=92.0),
        BookColumn("rows", [float(sheet.height) for sheet in sheets], Style.WHOLE, title="Rows"),
        BookColumn("formulas", [float(count) for count in formulas], Style.WHOLE, title="Formulas"),
    ]
    notes = (
        "Money is in USD bn and power in GW, whatever the case is printed in. Yellow cells may be changed; "
        "all that hangs on them is computed anew.",
        "The decisions stay those of the plan: another rate may make others cheaper, which planner solve tells.",
    )
    return BookSheet(CONTENTS, "A plan of compute contracts, with live formulas.", columns, entries, notes, links=True)


def _proof(plan: Plan) -> str:
    record = plan.record
    if record.gap is None:
        return f"{record.status}, no bound is known"
    return f"{record.status}: within {record.gap:.4%} of the least cost"
