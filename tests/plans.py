"""Plans as tests make them: every one is written, audited and read through these few words."""

import tempfile
from pathlib import Path

from planner.api import Case
from planner.plan.audit import audit
from planner.plan.plan import Plan
from planner.solve.solve import solve


def solved(case: Case, *, start: Plan | None = None) -> Plan:
    """The plan of least present cost, once an audit of its folder has agreed with it."""
    return confirmed(solve(case, start=start))


def confirmed(plan: Plan) -> Plan:
    """The plan, once an audit of its folder has agreed with it."""
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "plan"
        plan.write(written)
        audited = audit(written)
    assert audited.agrees, audited.text()
    return plan


def cost(plan: Plan) -> float:
    """Present cost [USD bn]."""
    return plan.record.objective_usd_bn


def line(plan: Plan, name: str, offer: str | None = None) -> float:
    """Present cost of one line of the ledger, of one offer if it is named [USD bn]; what is received counts below 0."""
    ledger = plan.ledger[plan.ledger["line"] == name]
    mine = ledger if offer is None else ledger[ledger["offer"] == offer]
    return float(mine["present_value_usd_bn"].sum())


def lines(plan: Plan) -> dict[str, float]:
    """Present cost of every line that the objective counts [USD bn]."""
    sums = plan.ledger.groupby("line")["present_value_usd_bn"].sum()
    return {str(name): float(value) for name, value in sums.items() if abs(value) > 1e-9}


def signed(plan: Plan) -> set[str]:
    """Offers that are signed or ordered, those signed already among them."""
    return set(plan.offers.loc[plan.offers["signed"] == "yes", "offer"])


def decided(plan: Plan, what: str, offer: str, by: str) -> dict[str, float]:
    """Values of one kind of decision of an offer, by a column of `decisions.csv` such as `tier`, `backer`, `starts_on`.

    Nothing smaller than 1e-9 counts.
    """
    table = plan.decisions
    mine = table[(table["what"] == what) & (table["offer"] == offer) & (table["value"].abs() > 1e-9)]
    sums = mine.groupby(by)["value"].sum()
    return {str(name): float(value) for name, value in sums.items()}
