"""Cloud commitment: what each of its lines of money means to a reader."""

from __future__ import annotations

from planner.instruments.shared.plain_lines import after_end, signing_fee, termination_fee
from planner.interfaces.plain_lines import Activity, Meaning, PlainLine, PlainLines

CLOUD, WHAT = Meaning.CLOUD, "cloud"
LINES: PlainLines = {
    "spend": PlainLine("Cloud spend", "Paid to clouds for the machines that the lab uses.", CLOUD),
    "floor": PlainLine(
        "Cloud floors", "The least that must be spent with a cloud in a contract year, used or not.", CLOUD
    ),
    "shortfall": PlainLine("Cloud floors not reached", "Paid to clouds where less is used than the floor.", CLOUD),
    "shortfall_credit": PlainLine(
        "Credits for floors not reached", "Use that was paid for in an earlier year and is taken later.", CLOUD
    ),
    "upfront": PlainLine("Cloud paid up front", "Paid to clouds on signing, for the whole term.", CLOUD),
    "prepayment": PlainLine(
        "Cloud prepayments", "Paid to clouds in advance and used up by later spend.", CLOUD, Activity.CAPITAL
    ),
    "prepayment_drawn": PlainLine(
        "Cloud prepayments used up", "Spend that was paid for in advance.", CLOUD, Activity.CAPITAL
    ),
    "equity": PlainLine(
        "Equity from clouds", "What clouds pay for shares in the lab as part of a contract.", Meaning.EQUITY
    ),
    **signing_fee(CLOUD, WHAT),
    **termination_fee(CLOUD, WHAT),
    **after_end(CLOUD, WHAT),
}
