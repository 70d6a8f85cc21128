"""Chip lease: what each of its lines of money means to a reader."""

from __future__ import annotations

from planner.instruments.shared.plain_lines import after_end, chips_held, guarantee_fee, signing_fee, termination_fee
from planner.interfaces.plain_lines import Activity, Meaning, PlainLine, PlainLines

CHIPS, WHAT = Meaning.CHIPS, "leased chips"
LINES: PlainLines = {
    "lease_payment": PlainLine(
        "Lease of chips", "Paid to vehicles that own chips and lease them to the lab.", CHIPS, Activity.COMPUTE
    ),
    "buyout": PlainLine("Purchase of leased chips", "Paid to take over chips when their lease ends.", CHIPS),
    "assignment": PlainLine(
        "Orders taken over by vehicles", "What vehicles pay the lab for chips that it has ordered.", CHIPS
    ),
    "balance": PlainLine("Chips paid by vehicles", "Orders still to pay that a vehicle takes over.", CHIPS),
    "reserve": PlainLine("Reserves of vehicles", "Paid into the reserve of a vehicle; it comes back.", CHIPS),
    "reserve_returned": PlainLine(
        "Reserves of vehicles returned", "What the reserve of a vehicle gives back when a lease ends.", CHIPS
    ),
    "equity_paid_in": PlainLine("Equity paid into vehicles", "What the lab pays for its share of a vehicle.", CHIPS),
    "distribution": PlainLine("Distributions of vehicles", "What a vehicle pays the lab as its owner.", CHIPS),
    "support_spread": PlainLine(
        "Spread for support", "Paid to guarantors on the debt of vehicles behind which they stand.", Meaning.GUARANTEES
    ),
    "lease_liability": PlainLine(
        "Leases of chips", "Present value at the lease rate of lease payments still to pay.", CHIPS
    ),
    "spv_debt": PlainLine("Debt of vehicles", "What vehicles owe their lenders for the lab's chips.", CHIPS),
    **chips_held(WHAT),
    **signing_fee(CHIPS, WHAT),
    **termination_fee(CHIPS, WHAT),
    **guarantee_fee(WHAT),
    **after_end(CHIPS, WHAT),
}  # fmt: skip
