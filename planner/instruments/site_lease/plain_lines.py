"""Site lease: what each of its lines of money means to a reader."""

from __future__ import annotations

from planner.instruments.shared.plain_lines import after_end, guarantee_fee, signing_fee, termination_fee
from planner.interfaces.plain_lines import Activity, Meaning, PlainLine, PlainLines

HALLS, WHAT = Meaning.HALLS, "halls"
LINES: PlainLines = {
    "rent": PlainLine("Rent of halls", "Paid to landlords for halls that stand ready for machines.", HALLS),
    "fit_out": PlainLine(
        "Fit-out of halls", "Paid to make halls ready for a kind of machine.", HALLS, Activity.CAPITAL
    ),
    "deposit": PlainLine(
        "Deposits on halls", "Paid to landlords on signing as security; it comes back.", HALLS, Activity.CAPITAL
    ),
    "deposit_returned": PlainLine(
        "Deposits on halls returned", "Security that landlords give back when a lease ends.", HALLS, Activity.CAPITAL
    ),
    "diligence": PlainLine("Diligence on sites", "Paid to examine a site before its lease is signed.", HALLS),
    "substitution": PlainLine(
        "Fees for new guarantors", "Paid where another guarantor takes over a lease.", Meaning.GUARANTEES
    ),
    "delay_damages": PlainLine("Damages for late halls", "Paid by landlords whose halls are late.", HALLS),
    "waived_rent": PlainLine(
        "Rent that is forgone", "Rent after the end of the plan that an early end of the lease takes away.", HALLS
    ),
    "lease_liability": PlainLine("Leases of halls", "Present value at the lease rate of rents still to pay.", HALLS),
    **signing_fee(HALLS, WHAT),
    **termination_fee(HALLS, WHAT),
    **guarantee_fee(WHAT),
    **after_end(HALLS, WHAT),
}
