"""The lab defaults on a chip lease: what the SPV owes, what its chips fetch, and who pays for the difference.

On a day in period t of a lease v that a plan has signed, with a its amount and m_n the money of tranche n,

    claim_n    outstanding_nt · m_n, at the start of t, senior first
    resale     stressed_t · a, at the start of t: what the chips fetch then, after the case's haircut; chips that
               the SPV took over are worth what they fetch at their own age
    fees       what the event says, paid first
    room       what the supporter has left under its cap in t: cap − used − what it stands behind for others

The chips are sold. What they fetch pays the fees, then the claims in order of seniority; the rest belongs to the owners
of the SPV. Then the support pays what is still owed on the tranches that it covers, up to the room. The lab no longer
uses the chips; what it does instead is not worked out.
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.basics.errors import DataError
from planner.basics.finance import Waterfall, waterfall
from planner.basics.text import number
from planner.common.guarantors import CAP_RULE, GuaranteeKind, cap_subject
from planner.instruments.chip_lease.assignments import chips_of
from planner.instruments.chip_lease.endings import endings
from planner.instruments.chip_lease.vintages import INSTRUMENT, ChipLeaseVintage, stressed_value, vintages
from planner.interfaces.events import Event, Loser, TrancheOf
from planner.interfaces.plan_data import PlanData
from planner.ledgers.variables import decision_name, parts_of


@dataclass(frozen=True)
class TrancheClaim:
    """What a tranche is owed and gets [USD bn]."""

    tranche: str
    owed: float
    from_resale: float
    from_support: float

    @property
    def lost(self) -> float:
        """What is not paid."""
        return self.owed - self.from_resale - self.from_support


@dataclass(frozen=True)
class LeaseDefault:
    """Who gets what on a default on a lease [USD bn]."""

    offer: str
    spv: str
    supporter: str
    """blank where nobody supports it"""
    resale: float
    fees: float
    claims: tuple[TrancheClaim, ...]
    """in order of seniority"""
    room: float
    """most that the supporter pays"""
    left: float
    """what the owners get once every claim is met"""

    @property
    def support(self) -> float:
        """What the supporter pays."""
        return sum((claim.from_support for claim in self.claims), 0.0)

    def losses(self) -> dict[Loser, float]:
        """What each tranche and the supporter lose."""
        found: dict[Loser, float] = {TrancheOf(self.spv, claim.tranche): claim.lost for claim in self.claims}
        if self.supporter:
            found[self.supporter] = self.support
        return found

    def tables(self) -> dict[str, list[dict[str, object]]]:
        """None of its own: its claims say all."""
        return {}

    def text(self) -> str:
        """The default in words."""
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
    def _claim(claim: TrancheClaim) -> str:
        support = f" and {number(claim.from_support)} from the support" if claim.from_support else ""
        got = f"{claim.tranche} gets {number(claim.from_resale)} from the chips{support}"
        return f"{got} and loses {number(claim.lost)}" if claim.lost > 1e-9 else f"{got} and loses nothing"


def default(event: Event, plan: PlanData) -> LeaseDefault:
    """Who gets what on a default under a plan. Raises DataError where no such lease runs on that day."""
    case = plan.case
    t = case.calendar.back(event.from_date)
    for vintage in vintages(case)[0]:
        amount = _decided(plan, "amount", vintage)
        if vintage.row.offer == event.subject and amount > 0:
            lease = _until(plan, vintage)
            if lease.batches and min(batch.starts.start for batch in lease.batches) <= t < lease.stop:
                return _default(event, plan, lease, amount, t)
            break
    expected = f"a lease that the plan has signed, with chips delivered and payments to come on {event.from_date}"
    raise DataError([event.problem("subject", expected)])


def _until(plan: PlanData, vintage: ChipLeaseVintage) -> ChipLeaseVintage:
    """The lease until the day on which the plan ends it early, if it does."""
    for each in endings(plan.case, vintage):
        if (
            not each.given
            and plan.values.get(decision_name(INSTRUMENT, "ended", map(str, each.key(plan.case))), 0.0) > 0.5
        ):
            return each.left
    return vintage


def _default(event: Event, plan: PlanData, vintage: ChipLeaseVintage, amount: float, t: int) -> LeaseDefault:
    case = plan.case
    claims = [
        _decided(plan, "tranche", vintage, part.tranche) * float(vintage.outstanding(part, case.calendar)[t])
        for part in vintage.tranches
    ]
    covered = [part.supported and vintage.supporter is not None for part in vintage.tranches]
    room = _room(plan, vintage, t) if vintage.supporter is not None else 0.0
    resale = amount * float(stressed_value(case, vintage)[t]) + _taken_over(plan, vintage, t)
    paid: Waterfall = waterfall(resale, event.value or 0.0, claims, covered, room)
    return LeaseDefault(
        vintage.row.offer,
        vintage.row.spv,
        vintage.backer if vintage.supporter is not None else "",
        resale,
        paid.fees,
        tuple(
            TrancheClaim(part.tranche, owed, sold, backed)
            for part, owed, sold, backed in zip(
                vintage.tranches, claims, paid.from_resale, paid.from_support, strict=True
            )
        ),
        room,
        paid.left,
    )


def _taken_over(plan: PlanData, vintage: ChipLeaseVintage, t: int) -> float:
    """What chips that the SPV took over are worth under stress in period t, above new ones for the same money."""
    more = 0.0
    for name, gw in plan.values.items():
        block, group, key = parts_of(name)
        if (block, group, key[:3]) == (INSTRUMENT, "assign", vintage.key):
            more += gw * chips_of(plan.case, vintage, key[3], key[4], key[5]).stressed(plan.case).get(t, 0.0)
    return more


def _decided(plan: PlanData, name: str, vintage: ChipLeaseVintage, *more: str) -> float:
    """The value of a decision about a lease."""
    return plan.values.get(decision_name(INSTRUMENT, name, (*vintage.key, *more)), 0.0)


def _room(plan: PlanData, vintage: ChipLeaseVintage, t: int) -> float:
    """What the supporter has left for this lease in a period [USD bn]."""
    start = plan.case.calendar.start_of(t).isoformat()
    limits = plan.limits
    mine = limits[(limits["limit"] == CAP_RULE) & (limits["period"] == start)]
    (row,) = mine[mine["subject"] == cap_subject(vintage.backer, GuaranteeKind.RESIDUAL)].to_dict("records")
    own = _decided(plan, "support", vintage, start)
    return max(0.0, float(row["allowed"]) - float(row["used"]) + own)
