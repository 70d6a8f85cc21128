"""Site lease: what a lease demands, restated from its rows.

exercised once     a phase has at most one commencement
share              where a phase is exercised, its backers together take from min_share (1 where the lease is signed
                   already) to 1 of it; elsewhere they take nothing
backer             the lab itself where the lease needs no guarantee; elsewhere a guarantor of leases that backs a chip
                   family of the halls
order              by every commencement of a phase, the phase in its column `after` has commenced too
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from planner.basics.arrays import Vector
from planner.common.guarantors import GuaranteeKind, Guarantor
from planner.instruments.site_lease.tables import NoGuarantor, SiteLease
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
    shares = ledgers.find(NAME, "share").numbers
    for (offer, start, backer), share in values(ledgers, x, NAME, "share").items():
        taken[offer, start] += share
        if share > 0:
            may = float(_may_back(case, rows[str(offer)], backer))
            yield ContractCheck(shares[offer, start, backer], f"{offer} from {start}: {backer} may back it", share, may)
    starts: dict[str, list[tuple[date, float]]] = defaultdict(list)
    for key, exercise in values(ledgers, x, NAME, "exercise").items():
        offer, start = str(key[0]), str(key[1])
        row, share = rows[offer], taken[key[0], key[1]]
        starts[offer].append((date.fromisoformat(start), exercise))
        least = 1.0 if row.status is OfferStatus.SIGNED else row.min_share
        yield ContractCheck(
            variables[key], f"{offer} from {start}: at least its min_share where exercised", least * exercise, share
        )
        yield ContractCheck(
            variables[key], f"{offer} from {start}: at most the whole phase, 0 where not exercised", share, exercise
        )
    for offer, dates in starts.items():
        total = sum(exercise for _, exercise in dates)
        before = rows[offer].after
        for day, exercise in dates:
            variable = variables[offer, day.isoformat()]
            if exercise > 0:
                yield ContractCheck(variable, f"{offer} is exercised at most once", total, 1.0)
            if before is not None:
                says = f"{offer} from {day}: {before} is exercised by then"
                yield ContractCheck(variable, says, _by(dates, day), _by(starts.get(before, []), day))


def _may_back(case: CaseData, row: SiteLease, backer: object) -> bool:
    """Whether the backer is one that the lease may have."""
    if isinstance(backer, NoGuarantor) or not row.needs_guarantee:
        return isinstance(backer, NoGuarantor) and not row.needs_guarantee
    return any(
        guarantor.guarantor == backer and guarantor.kind is GuaranteeKind.LEASE and guarantor.families & row.families
        for guarantor in case.rows(Guarantor)
    )


def _by(dates: list[tuple[date, float]], day: date) -> float:
    """Sum of the exercises that commence by a day."""
    return sum(exercise for start, exercise in dates if start <= day)
