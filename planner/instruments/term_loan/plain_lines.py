"""Term loan: what each of its lines of money means to a reader."""

from __future__ import annotations

from planner.interfaces.plain_lines import Meaning, PlainLine, PlainLines

DEBT, COST = Meaning.DEBT, Meaning.INTEREST
LINES: PlainLines = {
    "drawdown": PlainLine("Loans drawn", "Received from lenders.", DEBT),
    "repayment": PlainLine("Loans repaid", "Principal paid back to lenders when it is due.", DEBT),
    "early_repayment": PlainLine("Loans repaid early", "Principal paid back to lenders before it is due.", DEBT),
    "interest": PlainLine("Interest on loans", "Paid to lenders on what is drawn.", COST),
    "prepay_fee": PlainLine("Fees for repaying early", "Paid to lenders on what is repaid before it is due.", COST),
    "undrawn_fee": PlainLine("Fees on undrawn loans", "Paid to lenders on what may still be drawn.", COST),
    "outstanding": PlainLine("Loans", "Principal that is drawn and not yet repaid.", DEBT),
    "principal": PlainLine("Principal of loans", "What is drawn and must be repaid on a day.", DEBT),
    "debt_service": PlainLine("Service of loans", "Interest and instalments of the next twelve months.", DEBT),
}
