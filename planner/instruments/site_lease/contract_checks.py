"""Site lease: what a lease demands, restated from its rows.

exercised once     a phase has at most one commencement
share              where a phase is exercised, its backers together take from min_share to 1 of it, and signed_share
                   of a lease signed already; elsewhere they take nothing
backer             the lab itself where the lease needs no guarantee; elsewhere a guarantor of leases that backs a chip
                   family of the halls
given backers      where lease_backers says who backs a lease signed already, each takes the share that stands there
commencement       a lease signed already commences on the day in commences_on if that is given; delay_months comes on
                   top where that day lies after the start of the case, and so do the rows of site_delays, in the order
                   of their days, each where the day so far is not before late_from
order              by every commencement of a phase, after_share_min of the phase in its column `after` has commenced;
                   not asked where both are signed already and commences_on is given
renewals           as `renewal_checks` says
early ends         as `ending_checks` says

`backing_checks` has what is asked of steps, of the number of guarantors, and of those that are replaced.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from planner.basics.arrays import Vector
from planner.instruments.site_lease import ending_checks, renewal_checks
from planner.instruments.site_lease.backing_checks import backing_checks, commences, may_back
from planner.instruments.site_lease.tables import LeaseBacker, SiteLease
from planner.interfaces.case_data import CaseData
from planner.ledgers.contract_checks import ContractCheck, values
from planner.ledgers.ledgers import Ledgers
from planner.tables.offer import OfferStatus

NAME = "site_lease"


def contract_checks(case: CaseData, ledgers: Ledgers, x: Vector) -> Iterator[ContractCheck]:
    """What every lease demands of the decisions x; shape (variables,)."""
    rows = {row.offer: row for row in case.rows(SiteLease)}
    variables = ledgers.find(NAME, "exercise").numbers
    taken: dict[tuple[object, object], float] = defaultdict(float)
    backing = ledgers.find(NAME, "share").numbers
    for (offer, start, backer), share in values(ledgers, x, NAME, "share").items():
        taken[offer, start] += share
        if share > 0:
            may = float(may_back(case, rows[str(offer)], backer))
            says = f"{offer} from {start}: {backer} may back it"
            yield ContractCheck(backing[offer, start, backer], says, share, may)
    yield from _given(case, ledgers, x, rows)
    yield from backing_checks(case, ledgers, x)
    starts: dict[str, list[tuple[date, float]]] = defaultdict(list)
    shares: dict[str, list[tuple[date, float]]] = defaultdict(list)
    for key, exercise in values(ledgers, x, NAME, "exercise").items():
        offer, start = str(key[0]), str(key[1])
        row, share = rows[offer], taken[key[0], key[1]]
        starts[offer].append((date.fromisoformat(start), exercise))
        shares[offer].append((date.fromisoformat(start), share))
        sunk = row.status is OfferStatus.SIGNED
        least, most = (row.signed_share, row.signed_share) if sunk else (row.min_share, 1.0)
        says = f"{offer} from {start}: at least its {'signed_share' if sunk else 'min_share'} where exercised"
        yield ContractCheck(variables[key], says, least * exercise, share)
        says = (
            f"{offer} from {start}: at most {'its signed_share' if sunk else 'the whole phase'}, 0 where not exercised"
        )
        yield ContractCheck(variables[key], says, share, most * exercise)
        if sunk:
            late = abs((date.fromisoformat(start) - _commences(case, row)).days)
            yield ContractCheck(variables[key], f"{offer}: commences on its day", float(late), 0.0)
    for offer, dates in starts.items():
        total = sum(exercise for _, exercise in dates)
        before = None if _settled(rows, rows[offer]) else rows[offer].after
        for day, exercise in dates:
            variable = variables[offer, day.isoformat()]
            if exercise > 0:
                yield ContractCheck(variable, f"{offer} is exercised at most once", total, 1.0)
            if before is not None:
                least = rows[offer].after_share_min * _by(dates, day)
                says = f"{offer} from {day}: enough of {before} is exercised by then"
                yield ContractCheck(variable, says, least, _by(shares.get(before, []), day))
    yield from renewal_checks.contract_checks(case, ledgers, x)
    yield from ending_checks.contract_checks(case, ledgers, x)


def _given(case: CaseData, ledgers: Ledgers, x: Vector, rows: Mapping[str, SiteLease]) -> Iterator[ContractCheck]:
    """The shares of leases signed already, where the table says who backs them."""
    given: dict[str, dict[str, float]] = defaultdict(dict)
    for row in case.rows(LeaseBacker):
        given[row.offer][row.guarantor] = row.share
    backing = ledgers.find(NAME, "share").numbers
    for key, share in values(ledgers, x, NAME, "share").items():
        offer, backer = str(key[0]), str(key[2])
        if offer in given and rows[offer].status is OfferStatus.SIGNED:
            says, due = f"{offer}: {backer} backs what lease_backers says", given[offer].get(backer, 0.0)
            yield ContractCheck(backing[key], says, share, due)
            yield ContractCheck(backing[key], says, due, share)


def _commences(case: CaseData, row: SiteLease) -> date:
    """The day on which a lease signed already commences."""
    if row.commences_on is not None and row.commences_on <= case.settings.start:
        return row.commences_on
    return commences(case, row, row.commences_on or row.ready_date)


def _settled(rows: Mapping[str, SiteLease], row: SiteLease) -> bool:
    """Whether a phase and the one before it are signed already, and the case says when this one commences."""
    before = rows.get(row.after or "")
    return row.commences_on is not None and before is not None and before.status is OfferStatus.SIGNED


def _by(dates: list[tuple[date, float]], day: date) -> float:
    """Sum of the exercises or shares that commence by a day."""
    return sum(value for start, value in dates if start <= day)
