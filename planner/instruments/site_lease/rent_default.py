"""The lab does not pay rent any more: what its landlord is owed until the halls are let again, and who pays that.

On a day in period t of a lease v that a plan has exercised by then, K_k is the part of it that k backs, and the event
says after how many months the halls are let again:

    owed_k       K_k · rent that is due from the day on, until the halls are let again or the lease ends,
                 by the renewals and terminations that are decided by then
    deposit_k    K_k · deposit, up to owed_k: the landlord holds it, and takes it first
    most_k       K_k · exposure_t of a guarantor, as cover_measure says: the termination sum, or its share of the rent
                 left; 0 where its cover does not count yet, and of the lab's own covenant
    paid_k       what is left of owed_k, up to most_k

What nobody pays is the landlord's loss. Rent flows evenly over the part of a period in which the lease runs. Halls that
stand idle draw no power, so that there is none to pass on. The lab no longer uses the halls; what it does instead is
not worked out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from planner.basics.calendar import Calendar, add_months
from planner.basics.errors import DataError
from planner.basics.text import number
from planner.basics.words import OwnWord
from planner.instruments.site_lease.covers import guaranteed_part
from planner.instruments.site_lease.endings import Ending, endings
from planner.instruments.site_lease.renewals import Renewal, renewals, renewed_exposure
from planner.instruments.site_lease.substitutions import GIVEN_UP, TAKEN_OVER, moves
from planner.instruments.site_lease.tables import SiteLease
from planner.instruments.site_lease.vintages import Backer, PhaseVintage, backers, exposure, vintages
from planner.interfaces.case_data import CaseData
from planner.interfaces.events import Claim, Event, EventKind, EventValue, Loser
from planner.interfaces.plan_data import PlanData
from planner.ledgers.variables import decision_name

NAME = "site_lease"
NOISE = 1e-9
"""a part that is not larger is none"""
STEM = "rent_defaults"
"""the file of the table"""


@dataclass(frozen=True)
class BackedRent:
    """The rent that one party backs, and who pays it [USD bn]."""

    backer: str
    share: float
    """part of the phase"""
    owed: float
    from_deposit: float
    most: float
    """most that a guarantor pays"""
    from_guarantor: float

    @property
    def lost(self) -> float:
        """What the landlord does not get."""
        return self.owed - self.from_deposit - self.from_guarantor


@dataclass(frozen=True)
class RentDefault:
    """Who pays what on a default on rent [USD bn]."""

    offer: str
    spv: str
    """the landlord"""
    again: date
    """the day on which the halls are let again, or the term ends"""
    parts: tuple[BackedRent, ...]
    claims: Sequence[Claim] = ()
    """nobody has a claim on the landlord"""

    def losses(self) -> dict[Loser, float]:
        """What each guarantor and the landlord lose."""
        found: dict[Loser, float] = {self.spv: sum(part.lost for part in self.parts)}
        for part in self.parts:
            if part.from_guarantor > 0:
                found[part.backer] = found.get(part.backer, 0.0) + part.from_guarantor
        return found

    def tables(self) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """A row for each party that backs a part of the rent."""
        rows = [
            {
                "offer": self.offer, "landlord": self.spv, "backer": str(part.backer), "share": part.share,
                "until": self.again.isoformat(), "owed_usd_bn": part.owed, "from_deposit_usd_bn": part.from_deposit,
                "most_usd_bn": part.most, "from_guarantor_usd_bn": part.from_guarantor, "lost_usd_bn": part.lost,
            }
            for part in self.parts
        ]  # fmt: skip
        return {STEM: rows}

    def text(self) -> str:
        """The default in words."""
        owed, deposit, lost = (sum(getattr(p, n) for p in self.parts) for n in ("owed", "from_deposit", "lost"))
        said = [f"{self.spv} is owed {number(owed)} until {self.again}"]
        if deposit > NOISE:
            said.append(f"it keeps {number(deposit)} of the deposit")
        said += [self._part(part) for part in self.parts if not isinstance(part.backer, OwnWord)]
        said.append(f"it loses {number(lost) if lost > NOISE else 'nothing'}")
        return ", ".join(said) + " [USD bn]"

    @staticmethod
    def _part(part: BackedRent) -> str:
        all_of_it = ", all that it stands behind" if part.lost > NOISE else ""
        return f"{part.backer} pays {number(part.from_guarantor)}{all_of_it}"


def default(event: Event, plan: PlanData) -> RentDefault:
    """Who pays what under a plan. Raises DataError where no such lease runs on that day, or will."""
    case = plan.case
    t = case.calendar.back(event.from_date)
    for vintage in vintages(case)[0]:
        if vintage.row.offer == event.subject and _decided(plan, "exercise", vintage) > 0.5:
            renewed = [each for each in renewals(case, vintage) if _is_renewed(plan, each, t)]
            over = next((each.left for each in endings(case, vintage) if _is_ended(plan, each, t)), vintage)
            ends = renewed[-1].phase.ends if renewed else over.ends
            if vintage.signed <= t and event.from_date < ends:
                return _default(event, plan, replace(vintage, ends=over.ends), over, renewed, t)
            break
    expected = f"a phase that the plan has exercised by {event.from_date}, and whose term is not over by then"
    raise DataError([event.problem("subject", expected)])


def _is_renewed(plan: PlanData, renewal: Renewal, t: int) -> bool:
    """Whether a renewal is taken by a period."""
    name = decision_name(NAME, "renew", renewal.key(plan.case.calendar))
    return renewal.taken or (renewal.notice <= t and plan.values.get(name, 0.0) > 0.5)


def _is_ended(plan: PlanData, ending: Ending, t: int) -> bool:
    """Whether it is decided by a period that a lease ends early."""
    name = decision_name(NAME, "ended", ending.key(plan.case.calendar))
    return ending.given or (ending.notice <= t and plan.values.get(name, 0.0) > 0.5)


def _default(
    event: Event, plan: PlanData, vintage: PhaseVintage, over: PhaseVintage, renewed: Sequence[Renewal], t: int
) -> RentDefault:
    """Who pays what: `over` is the lease until the day on which it ends."""
    case, day = plan.case, event.from_date
    terms = [vintage, *(each.phase for each in renewed)]
    again = min(terms[-1].ends, add_months(day, int(event.value or 0)))
    rent = sum(_rent_between(case.calendar, term, day, min(again, term.ends)) for term in terms)
    rate = case.settings.lease_rate
    most = 0.0
    if guaranteed_part(case, over)[t] > 0:
        most += float(exposure(case, over, over.rent_values(case.calendar, rate))[t])
    for each in renewed:
        most += float(renewed_exposure(case, each, each.phase.rent_values(case.calendar, rate))[0][t])
    parts = tuple(_part(backer, share, rent, vintage.deposit_usd_bn, most) for backer, share in _held(plan, vintage, t))
    return RentDefault(vintage.row.offer, vintage.row.developer, again, parts)


def _part(backer: Backer, share: float, rent: float, deposit: float, most: float) -> BackedRent:
    owed = share * rent
    kept = min(owed, share * deposit)
    covered = share * most if backer.guarantees else 0.0
    return BackedRent(backer.name, share, owed, kept, covered, min(owed - kept, covered))


def _held(plan: PlanData, vintage: PhaseVintage, t: int) -> Iterator[tuple[Backer, float]]:
    """Who backs which part of a lease in a period."""
    start_of = plan.case.calendar.start_of
    for backer in backers(plan.case, vintage.row):
        share = _decided(plan, "share", vintage, backer.name)
        for u in moves(plan.case, vintage):
            if u <= t:
                on = start_of(u).isoformat()
                share += _decided(plan, TAKEN_OVER, vintage, backer.name, on)
                share -= _decided(plan, GIVEN_UP, vintage, backer.name, on)
        if share > NOISE:
            yield backer, share


def _rent_between(calendar: Calendar, vintage: PhaseVintage, first: date, last: date) -> float:
    """The rent of a whole phase from one day to another [USD bn]."""
    term = vintage.term
    runs = dict(zip(term.periods, term.shares.tolist(), strict=True))
    rent = dict(zip(term.periods, vintage.rent.tolist(), strict=True))
    asked = calendar.overlap(max(first, vintage.starts), last)
    return float(sum(rent[p] * part / runs[p] for p, part in zip(asked.periods, asked.shares.tolist(), strict=True)))


def _decided(plan: PlanData, name: str, vintage: PhaseVintage, *more: str) -> float:
    """The value of a decision about a lease."""
    return plan.values.get(decision_name(NAME, name, (*vintage.key, *more)), 0.0)


def _leases(case: CaseData) -> list[str]:
    return [row.offer for row in case.rows(SiteLease)]


def _happens(event: Event) -> str:
    return f"the lab pays no rent for {event.subject}, which is let again after {number(event.value or 0.0)} months,"


RENT_DEFAULT = EventKind(
    name="rent_default",
    subject="a phase",
    subjects=_leases,
    value=EventValue.MONTHS,
    happens=_happens,
    changes=None,
    problems=None,
    default=default,
)
