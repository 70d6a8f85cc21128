"""Sheet `cost`: the rate, the present cost by line and by kind of cash, and whether it is what the plan says."""

from __future__ import annotations

from planner.ledgers.objective import MONEY
from planner.ledgers.posts import Kind
from planner.workbooks.layout import BookColumn, BookSheet, Entry, Style
from planner.workbooks.of_plan.figures import Figures

NAME = "cost"
AGREES = "agrees with the plan"
DIFFERS = "does not agree with the plan"
OTHER = "at another rate than the plan's"
_CHECK = (
    f'=IF(discount_rate<>plan_discount_rate,"{OTHER}",'
    f'IF(ABS(present_cost-plan_present_cost)<=0.000001*MAX(1,ABS(plan_present_cost)),"{AGREES}","{DIFFERS}"))'
)


def cost(figures: Figures) -> BookSheet:
    """Cost by line, each the sum of the ledger's rows of that line and kind."""
    cash = figures.cash[figures.cash["kind"].isin(list(figures.counted))]
    sums = cash.groupby(["line", "kind"], sort=False)[["value", "present_value_usd_bn"]].sum().reset_index()
    sums = sums.sort_values("present_value_usd_bn", key=abs, ascending=False, kind="stable")
    where = "ledger_line,[line],ledger_kind,[kind]"
    whole = float(cash["present_value_usd_bn"].sum())
    columns = [
        BookColumn("line", sums["line"].tolist(), width=34.0),
        BookColumn("kind", sums["kind"].tolist()),
        BookColumn("part", ["money" if Kind(each) in MONEY else "penalty" for each in sums["kind"]], title="Part"),
        BookColumn("value", (-sums["value"]).tolist(), Style.NUMBER, f"=-SUMIFS(ledger_value,{where})",
               title="Paid less received, undiscounted [USD bn]", total=True),
        BookColumn("present_value", sums["present_value_usd_bn"].tolist(), Style.NUMBER,
               f"=SUMIFS(ledger_present_value,{where})", title="Present cost [USD bn]", total=True),
        BookColumn("share", [each / whole if whole else None for each in sums["present_value_usd_bn"]], Style.SHARE,
               '=IF(present_cost=0,"",[present_value]/present_cost)', title="Of the present cost [%]"),
    ]  # fmt: skip
    says = "What the plan costs at the rate below, by line of the ledger. Change the rate, and all follows."
    return BookSheet(NAME, says, columns, _entries(figures), kept=1)


def _entries(figures: Figures) -> list[Entry]:
    settings, record = figures.case.settings, figures.plan.record
    total = float(figures.cash["present_value_usd_bn"].sum())
    difference = total - record.objective_usd_bn
    number = Style.NUMBER
    return [
        Entry("Discount rate, a year", settings.discount_rate, Style.RATE, name="discount_rate", entered=True,
              note="may be changed: every present value is computed anew, for the decisions of this plan"),
        Entry("Discount rate of the plan", settings.discount_rate, Style.RATE, name="plan_discount_rate"),
        Entry("Present cost, the sum of the ledger [USD bn]", total, number,
              formula="=SUM(ledger_present_value)", name="present_cost"),
        Entry("Present cost that the plan states [USD bn]", record.objective_usd_bn, number, name="plan_present_cost"),
        Entry("Difference [USD bn]", difference, Style.FACTOR, formula="=present_cost-plan_present_cost"),
        Entry("The sum of the ledger", AGREES, formula=_CHECK, name="check"),
    ]  # fmt: skip
