"""What reports and `planner check` say of cloud commitments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from planner.basics.calendar import add_months
from planner.basics.text import number
from planner.instruments.cloud_commitment.tables import CloudCommitment
from planner.instruments.cloud_commitment.vintages import vintages
from planner.interfaces.case_data import CaseData
from planner.interfaces.reporting import share_of


def terms(decision: Any) -> str | None:
    """The tier, and the share of its yearly terms that is signed."""
    return share_of(decision.value, f"tier {decision.tier}") if decision.what == "scale" else None


def latest_signing(case: CaseData, row: CloudCommitment, signed: date, starts: date | None) -> date:
    """A contract with a day of its own is signed before it starts; another so long before as it takes to start."""
    if starts is None:
        return signed
    return max(signed, min(row.start_date, starts) if row.start_date else add_months(starts, -(row.lead_months or 0)))


def floors_out_of_reach(case: CaseData) -> Iterator[str]:
    """Contract years whose floor is more than could ever be spent on what the contract gives."""
    for vintage in vintages(case)[0]:
        short = []
        for year in vintage.floor_years:
            most = vintage.most_spend(case.calendar, year)
            if year.left_usd_bn > most + 1e-9:
                short.append(f"{year.number} ({number(year.left_usd_bn)} against {number(most)})")
        if short:
            name = f"{vintage.row.offer}, tier {vintage.tier.tier}, starting {vintage.starts}"
            yield f"{name}: contract years {', '.join(short)} USD bn"
