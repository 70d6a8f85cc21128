"""What reports and `planner check` say of chip leases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planner.basics.text import number
from planner.common.chips import Chip
from planner.instruments.chip_lease.tables import ChipLease, SpvTranche
from planner.interfaces.case_data import CaseData
from planner.interfaces.reporting import Purchase

AMOUNT = "amount"
"""name of the variables that hold the money raised"""


def terms(decision: Any) -> str | None:
    """The money that the SPV raises, and who supports the value of its chips."""
    if decision.what != AMOUNT:
        return None
    support = f", supported by {decision.backer}" if decision.backer else ""
    return f"{number(decision.value)} USD bn{support}"


def purchases(case: CaseData) -> Iterator[Purchase]:
    """Each SPV buys chips of their maker with the money raised, also by way of orders that it takes over."""
    vendors = {chip.chip: chip.vendor for chip in case.rows(Chip)}
    for lease in case.rows(ChipLease):
        yield Purchase(lease.offer, AMOUNT, lease.spv, vendors[lease.chip], "chips", "chips")


def borrowing(case: CaseData) -> Iterator[str]:
    """What each SPV may raise, in which tranches, for which chips, and who supports their value."""
    for lease in case.rows(ChipLease):
        tranches = [row for row in case.rows(SpvTranche) if row.offer == lease.offer]
        parts = ", ".join(f"{row.tranche} {row.min_share:.0%} to {row.max_share:.0%}" for row in tranches)
        support = f", supported by {lease.support_guarantor}" if lease.support_guarantor else ""
        yield (
            f"{lease.offer}: {number(lease.min_usd_bn)} to {number(lease.max_usd_bn)} USD bn for {lease.chip} "
            f"({parts}){support}{_tests(tranches)}"
        )


def _tests(tranches: list[SpvTranche]) -> str:
    """Reserves, tests of debt and the lab's part of the equity, in words."""
    said = []
    for row in tranches:
        if row.reserve_months:
            said.append(f"reserve of {number(row.reserve_months)} months of {row.tranche}")
        said += [
            f"{name} of {row.tranche} at least {number(least)}"
            for name, least in (("DSCR", row.dscr_min), ("LLCR", row.llcr_min))
            if least is not None
        ]
        if row.lab_share:
            said.append(f"{row.lab_share:.0%} of {row.tranche} the lab's")
    return "".join(f", {each}" for each in said)


def title(case: CaseData, row: ChipLease) -> str:
    """The name of the SPV."""
    return row.spv
