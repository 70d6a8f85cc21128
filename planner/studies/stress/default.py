"""The lab defaults on a chip lease: what the SPV owes, what its chips fetch, and who pays for the difference.

On a day in period t of a lease v that a plan has signed, with a its amount and m_n the money of tranche n,

    claim_n    outstanding_nt · m_n, at the start of t, senior first
    resale     stressed_t · a, at the start of t: what the chips fetch then, after the case's haircut
    fees       what the event says, paid first
    room       what the supporter has left under its cap in t: cap − used − what it stands behind for others

The chips are sold: fees, then claims in order of seniority, and what is left is the SPV's owners'. Then the support
pays what is still owed on the tranches that it covers, up to the room. The lab's use of the chips ends with the lease;
what it does instead is not worked out here.
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.basics.errors import DataError
from planner.basics.finance import Waterfall, waterfall
from planner.basics.text import number
from planner.instruments.chip_lease.vintages import INSTRUMENT, ChipLeaseVintage, stressed_value, vintages
from planner.plan.plan import Plan
from planner.rules.guarantor_cap import NAME as CAP
from planner.studies.stress.events import Event


@dataclass(frozen=True)
class Claim:
    """What a tranche is owed and gets [USD bn]."""

    tranche: str
    owed: float
    from_resale: float
    from_support: float

    @property
    def lost(self) -> float:
        """What it does not get."""
        return self.owed - self.from_resale - self.from_support


@dataclass(frozen=True)
class Default:
    """Who gets what on a default [USD bn]."""

    offer: str
    spv: str
    supporter: str
    """blank: nobody supports it"""
    resale: float
    fees: float
    claims: tuple[Claim, ...]
    """in order of seniority"""
    room: float
    """most that the supporter pays"""
    left: float
    """the owners', once every claim is met"""

    @property
    def support(self) -> float:
        """What the supporter pays."""
        return sum((claim.from_support for claim in self.claims), 0.0)

    def losses(self) -> dict[str, float]:
        """Who loses what: each tranche, the supporter."""
        found = {f"{self.spv} {claim.tranche}": claim.lost for claim in self.claims}
        if self.supporter:
            found[self.supporter] = self.support
        return found

    def text(self) -> str:
        """It in words."""
        owed = " and ".join(f"{number(claim.owed)} to {claim.tranche}" for claim in self.claims)
        said = [f"the SPV owes {owed}; its chips fetch {number(self.resale)}"]
        if self.fees:
            said.append(f"of which fees take {number(self.fees)}")
        said.append("so " + ", ".join(self._claim(claim) for claim in self.claims))
        if self.supporter:
            short = any(claim.lost > 0 for claim in self.claims) and self.support > 0 and self.support >= self.room
            said.append(f"{self.supporter} pays {number(self.support)}{', all its room' if short else ''}")
        if self.left:
            said.append(f"{number(self.left)} is left for the owners")
        return ", ".join(said) + " [USD bn]"

    @staticmethod
    def _claim(claim: Claim) -> str:
        support = f" and {number(claim.from_support)} from the support" if claim.from_support else ""
        got = f"{claim.tranche} gets {number(claim.from_resale)} from the chips{support}"
        return f"{got} and loses {number(claim.lost)}" if claim.lost > 1e-9 else f"{got} and loses nothing"


def default(event: Event, plan: Plan) -> Default:
    """What comes of a default under a plan. Raises DataError where no such lease runs on that day."""
    case = plan.case
    t = case.calendar.back(event.from_date)
    for vintage in vintages(case)[0]:
        amount = plan.values.get(f"{INSTRUMENT}.amount[{','.join(vintage.key)}]", 0.0)
        if vintage.row.offer == event.subject and amount > 0:
            if vintage.batches and min(batch.first for batch in vintage.batches) <= t < vintage.stop:
                return _default(event, plan, vintage, amount, t)
            break
    expected = f"a lease that the plan has signed, with chips delivered and payments to come on {event.from_date}"
    raise DataError([event.problem("subject", expected)])


def _default(event: Event, plan: Plan, vintage: ChipLeaseVintage, amount: float, t: int) -> Default:
    case, key = plan.case, ",".join(vintage.key)
    claims = [
        plan.values.get(f"{INSTRUMENT}.tranche[{key},{part.tranche}]", 0.0)
        * float(vintage.outstanding(part, case.calendar)[t])
        for part in vintage.tranches
    ]
    covered = [part.supported and vintage.supporter is not None for part in vintage.tranches]
    room = _room(plan, vintage, t) if vintage.supporter is not None else 0.0
    resale = amount * float(stressed_value(case, vintage)[t])
    paid: Waterfall = waterfall(resale, event.value or 0.0, claims, covered, room)
    return Default(
        vintage.row.offer,
        vintage.row.spv,
        vintage.backer if vintage.supporter is not None else "",
        resale,
        paid.fees,
        tuple(
            Claim(part.tranche, owed, sold, backed)
            for part, owed, sold, backed in zip(
                vintage.tranches, claims, paid.from_resale, paid.from_support, strict=True
            )
        ),
        room,
        paid.left,
    )


def _room(plan: Plan, vintage: ChipLeaseVintage, t: int) -> float:
    """What the supporter has left for this lease in a period [USD bn]."""
    start = plan.case.calendar.start_of(t).isoformat()
    limits = plan.limits
    mine = limits[(limits["limit"] == CAP) & (limits["period"] == start)]
    (row,) = mine[mine["subject"] == f"{vintage.backer}/residual"].to_dict("records")
    own = plan.values.get(f"{INSTRUMENT}.support[{','.join(vintage.key)},{start}]", 0.0)
    return max(0.0, float(row["allowed"]) - float(row["used"]) + own)
