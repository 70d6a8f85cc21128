"""Site lease: what the parts of a lease and the changes of its guarantors demand, restated from its rows.

steps              where share_step is given, the part exercised is min_share and some whole steps
replaced           in every period guarantors give up what others take over, none more than it backs, and only one that
                   may back the phase takes anything over; after the signature and before the end of the term, and only
                   where there is a fee for it
few                at most backers_max guarantors back a phase at the same time
diligence          where it takes time, it begins at most once, and so early that it is over by the last day on which
                   the commencement can be exercised: lead_months before, and by decide_by
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from planner.basics.arrays import Vector
from planner.basics.calendar import add_months, whole_months
from planner.common.guarantors import GuaranteeKind, Guarantor
from planner.instruments.site_lease.delay_tables import SiteDelay
from planner.instruments.site_lease.tables import NoGuarantor, SiteLease
from planner.interfaces.case_data import CaseData
from planner.ledgers.contract_checks import ContractCheck, values
from planner.ledgers.ledgers import Ledgers
from planner.tables.offer import OfferStatus

NAME = "site_lease"
NOISE = 1e-6
"""a part that is not larger is none"""
Lease = tuple[str, str]
"""offer and commencement"""


def backing_checks(case: CaseData, ledgers: Ledgers, x: Vector) -> Iterator[ContractCheck]:
    """What steps, few backers and substitutions demand of the decisions x; shape (variables,)."""
    rows = {row.offer: row for row in case.rows(SiteLease)}
    held: dict[Lease, dict[str, float]] = defaultdict(dict)
    for (offer, start, backer), share in values(ledgers, x, NAME, "share").items():
        held[str(offer), str(start)][str(backer)] = share
    yield from _steps(ledgers, rows, held)
    yield from _few(ledgers, rows, held, "its signature")
    yield from _diligence(case, ledgers, x, rows)
    if any((group.block, group.name) == (NAME, "taken_over") for group in ledgers.groups):
        yield from _replaced(case, ledgers, x, rows, held)


def commences(case: CaseData, row: SiteLease, planned: date) -> date:
    """The day on which a lease commences that was to commence on a day, with its delay and the news of further ones."""
    late = row.delay_months
    mine = [each for each in case.rows(SiteDelay) if each.offer == row.offer]
    for known, months in sorted((each.late_from, each.months) for each in mine):
        late += months if add_months(planned, late) >= known else 0
    return add_months(planned, late)


def _diligence(case: CaseData, ledgers: Ledgers, x: Vector, rows: Mapping[str, SiteLease]) -> Iterator[ContractCheck]:
    """Diligence that takes time, before a phase is exercised."""
    start, calendar = case.settings.start, case.calendar
    begun: dict[str, list[tuple[date, float]]] = defaultdict(list)
    for row in rows.values():
        if row.diligence_from is not None and row.diligence_from < start:
            begun[row.offer].append((row.diligence_from, 1.0))
    if any((group.block, group.name) == (NAME, "begin") for group in ledgers.groups):
        numbers = ledgers.find(NAME, "begin").numbers
        for key, value in values(ledgers, x, NAME, "begin").items():
            begun[str(key[0])].append((date.fromisoformat(str(key[2])), value))
        for key, number in numbers.items():
            total = sum(value for _, value in begun[str(key[0])])
            yield ContractCheck(number, f"{key[0]}: due diligence begins at most once", total, 1.0)
    numbers = ledgers.find(NAME, "exercise").numbers
    for key, exercise in values(ledgers, x, NAME, "exercise").items():
        row = rows[str(key[0])]
        if row.diligence_months == 0 or row.status is OfferStatus.SIGNED or exercise <= 0:
            continue
        starts = (calendar.start_of(t) for t in range(calendar.T))
        planned = max(
            day
            for day in starts
            if calendar.start_of(calendar.forward(commences(case, row, day))).isoformat() == key[1]
        )
        by = add_months(planned, -row.lead_months)
        by = by if row.decide_by is None else min(by, row.decide_by)
        over = sum(value for day, value in begun[row.offer] if add_months(day, row.diligence_months) <= by)
        yield ContractCheck(
            numbers[key], f"{row.offer} from {key[1]}: exercised after its due diligence", exercise, over
        )


def may_back(case: CaseData, row: SiteLease, backer: object) -> bool:
    """Whether the backer is one that the lease may have."""
    if isinstance(backer, NoGuarantor) or not row.needs_guarantee:
        return isinstance(backer, NoGuarantor) and not row.needs_guarantee
    return any(
        guarantor.guarantor == backer and guarantor.kind is GuaranteeKind.LEASE and guarantor.families & row.families
        for guarantor in case.rows(Guarantor)
    )


def _steps(
    ledgers: Ledgers, rows: Mapping[str, SiteLease], held: Mapping[Lease, Mapping[str, float]]
) -> Iterator[ContractCheck]:
    """Parts in whole steps, where something is exercised."""
    numbers = ledgers.find(NAME, "exercise").numbers
    for lease, by in held.items():
        row, taken = rows[lease[0]], sum(by.values())
        if row.share_step is None or row.status is OfferStatus.SIGNED or taken <= NOISE:
            continue
        steps = max(0, round((taken - row.min_share) / row.share_step))
        due = row.min_share + steps * row.share_step
        says = f"{row.offer} from {lease[1]}: its min_share and {steps} steps of share_step"
        yield ContractCheck(numbers[lease], says, taken, due)
        yield ContractCheck(numbers[lease], says, due, taken)


def _few(
    ledgers: Ledgers, rows: Mapping[str, SiteLease], held: Mapping[Lease, Mapping[str, float]], when: str
) -> Iterator[ContractCheck]:
    """Few guarantors at a time."""
    numbers = ledgers.find(NAME, "exercise").numbers
    for lease, by in held.items():
        most = rows[lease[0]].backers_max
        if most is not None:
            says = f"{lease[0]} from {lease[1]}: backed by at most {most} from {when} on"
            yield ContractCheck(numbers[lease], says, float(sum(each > NOISE for each in by.values())), float(most))


def _replaced(
    case: CaseData,
    ledgers: Ledgers,
    x: Vector,
    rows: Mapping[str, SiteLease],
    held: Mapping[Lease, dict[str, float]],
) -> Iterator[ContractCheck]:
    """Guarantors that are replaced, period by period; `held` is what each backs, and is brought up to date."""
    taken, given = (values(ledgers, x, NAME, name) for name in ("taken_over", "given_up"))
    numbers = ledgers.find(NAME, "taken_over").numbers
    for t in sorted({int(key[3]) for key in numbers}):
        day = case.calendar.start_of(t)
        sums: dict[Lease, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for key in (key for key in numbers if key[3] == t):
            lease, backer = (str(key[0]), str(key[1])), str(key[2])
            row, number = rows[lease[0]], numbers[key]
            left = held[lease][backer] + taken[key] - given[key]
            says = f"{lease[0]} from {lease[1]}: what {backer} does not back on {day}, of 1, as it gives up no more"
            yield ContractCheck(number, says, 1.0 - left, 1.0)
            may = float(may_back(case, row, backer) and _may_be_replaced(case, row, lease[1], day))
            says = f"{lease[0]} from {lease[1]}: {backer} may take it over on {day}"
            yield ContractCheck(number, says, taken[key], may)
            held[lease][backer] += taken[key] - given[key]
            sums[lease][0] += taken[key]
            sums[lease][1] += given[key]
        for lease, (one, other) in sums.items():
            number = next(number for key, number in numbers.items() if (str(key[0]), str(key[1])) == lease)
            says = f"{lease[0]} from {lease[1]}: the phase and what is given up on {day}, as what is taken over"
            yield ContractCheck(number, says, 1.0 + one, 1.0 + other)
            yield ContractCheck(number, says, 1.0 + other, 1.0 + one)
        yield from _few(ledgers, rows, {lease: held[lease] for lease in sums}, str(day))


def _may_be_replaced(case: CaseData, row: SiteLease, starts: str, day: date) -> bool:
    """Whether guarantors of a lease may be replaced on a day: after its signature, and before its term is over."""
    ends = add_months(date.fromisoformat(starts), whole_months(row.term_years))
    return row.substitution_fee_usd_bn_per_gw is not None and case.settings.start <= day < ends
