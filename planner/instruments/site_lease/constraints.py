"""Site lease: constraints on the variables, by name.

    chosen_once       chosen_by_{on} = chosen_by_{o,n−1} + exercise_{os},  s the n-th of o,  chosen_by_{on} ∈ {0, 1}
    share_at_least    min_share · exercise_{os} ≤ Σ_k share_{osk}      (signed_share where o is signed already)
    share_at_most     Σ_k share_{osk} ≤ exercise_{os}                  (the same; the largest part where share_step is)
    phase_after       after_share_min · Σ_{s ≤ τ} exercise_{os} ≤ Σ_{s ≤ τ, k} share_{o'sk}
                      o after o', at every commencement τ of o
    begun_once        Σ_d begin_{od} ≤ 1
    after_diligence   Σ_{s signed by n} exercise_{os} ≤ Σ_d begin_{od}, over the d from which diligence is over by n
    in_steps          Σ_{s,k} share_{osk} = min_share · Σ_s exercise_{os} + share_step · lots_o,  lots_o ∈ {0, …, N_o},
                      N_o the whole steps between min_share and 1
    substituted       Σ_k taken_over_{oskt} = Σ_k given_up_{oskt}
    held_at_least     Σ_{t' ≤ t} given_up_{oskt'} ≤ share_{osk} + Σ_{t' ≤ t} taken_over_{oskt'}
    backed_by         Σ_s held_{oskn} ≤ backs_{okn},  backs_{okn} ∈ {0, 1}
    backed_by_few     Σ_k backs_{okn} ≤ backers_max
    renewed_after     renew_{osdn} ≤ renew_{os·,n−1}, of the first one ≤ exercise_{os} − Σ_{d,y} ended_{osdy}
    kept_of_it        kept_{osdnk} ≤ share_{osk}
    kept_if_renewed   kept_{osdnk} ≤ renew_{osdn}
    all_is_kept       share_{osk} + renew_{osdn} − 1 ≤ kept_{osdnk}
    ended_once        Σ_{d,y} ended_{osdy} ≤ exercise_{os}
    ended_of_it       ended_part_{osdyk} ≤ share_{osk}
    ended_if_so       ended_part_{osdyk} ≤ ended_{osdy}
    all_of_it_ends    share_{osk} + ended_{osdy} − 1 ≤ ended_part_{osdyk}

Several guarantors may back parts of one lease, so that backing needs no binary unless backers_max limits them. Then
held_{osk0} is share_{osk}; where guarantors may be replaced in t, held_{osk,t+1} is that and what k has taken over less
what it has given up by then. As at most one commencement is exercised, one count of lots is enough for a phase.
Commencements include the delay. Of what is fixed nothing is asked: the shares of a lease signed already whose backers
are given and stay, and the order of two phases signed already if commences_on of the later one is given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyomo.core as pyo

from planner.instruments.shared.step_binaries import once
from planner.instruments.site_lease.diligence import beginnings, key_of, may_be_exercised, over_in
from planner.instruments.site_lease.renewals import Key, renewals
from planner.instruments.site_lease.substitutions import moves
from planner.instruments.site_lease.tables import SiteLease
from planner.instruments.site_lease.vintages import PhaseVintage, backed, backers, vintages
from planner.instruments.site_lease.whole_shares import largest_share, steps_of
from planner.interfaces.case_data import CaseData
from planner.tables.offer import OfferStatus


def build(b: pyo.Block, case: CaseData) -> None:
    """Add the constraints to the block that holds the variables."""
    by_key = {vintage.key: vintage for vintage in vintages(case)[0]}
    starts: dict[str, list[PhaseVintage]] = defaultdict(list)
    for vintage in by_key.values():
        starts[vintage.row.offer].append(vintage)
    names = {o: [backer.name for backer in backers(case, phases[0].row)] for o, phases in starts.items()}
    b.V = pyo.Set(initialize=list(by_key), dimen=2, ordered=True)

    once(b, b.exercise, by_key)

    to_share = [key for key, vintage in by_key.items() if not (vintage.sunk and _by_guarantors(case, vintage.row))]

    @b.Constraint(to_share)
    def share_at_least(b: pyo.Block, o: str, s: str) -> Any:
        row = by_key[o, s].row
        least = row.signed_share if row.status is OfferStatus.SIGNED else row.min_share
        return least * b.exercise[o, s] <= sum(b.share[o, s, k] for k in names[o])

    @b.Constraint(to_share)
    def share_at_most(b: pyo.Block, o: str, s: str) -> Any:
        row = by_key[o, s].row
        most = row.signed_share if row.status is OfferStatus.SIGNED else largest_share(row)
        return sum(b.share[o, s, k] for k in names[o]) <= most * b.exercise[o, s]

    in_order = [each for each in starts.values() if each[0].row.after and not _settled(by_key, each[0].row)]
    ordered = [vintage.key for phases in in_order for vintage in phases]

    @b.Constraint(ordered)
    def phase_after(b: pyo.Block, o: str, s: str) -> Any:
        row, by_then = by_key[o, s].row, by_key[o, s].starts
        before = [vintage.key for vintage in starts.get(row.after or "", []) if vintage.starts <= by_then]
        this = sum(b.exercise[vintage.key] for vintage in starts[o] if vintage.starts <= by_then)
        return row.after_share_min * this <= sum(b.share[*key, k] for key in before for k in names[key[0]])

    _build_diligence(b, case, starts)
    moved = {key: moves(case, vintage) for key, vintage in by_key.items()}
    settled = {o: phase[0].sunk and _by_guarantors(case, phase[0].row) for o, phase in starts.items()}
    _build_steps(b, starts, names)
    _build_moves(b, moved, names)
    _build_few(b, starts, names, moved, settled)
    _renewed(b, case, by_key)
    _end_early(b, by_key)


def _build_diligence(b: pyo.Block, case: CaseData, phases: Mapping[str, Sequence[PhaseVintage]]) -> None:
    """Exercise phases after their diligence, where that takes time and has not begun before the start."""
    begins = {o: found for o, phase in phases.items() if (found := beginnings(case, phase))}
    if not begins:
        return

    @b.Constraint([o for o in begins if len(begins[o]) > 1])
    def begun_once(b: pyo.Block, o: str) -> Any:
        return sum(b.begin[key_of(case.calendar, o, t)] for t in begins[o]) <= 1

    signings = {(o, vintage.signed) for o in begins for vintage in phases[o] if may_be_exercised(case, vintage)}

    @b.Constraint(sorted(signings))
    def after_diligence(b: pyo.Block, o: str, n: int) -> Any:
        row, calendar = phases[o][0].row, case.calendar
        exercised = sum(b.exercise[vintage.key] for vintage in phases[o] if vintage.signed <= n)
        over = [t for t in begins[o] if over_in(calendar, row, calendar.start_of(t)) <= n]
        return exercised <= sum(b.begin[key_of(calendar, o, t)] for t in over)


def _build_steps(
    b: pyo.Block, phases: Mapping[str, Sequence[PhaseVintage]], names: Mapping[str, Sequence[str]]
) -> None:
    """Exercise phases in whole steps; `phases` and `names` are the vintages and the backers of each phase."""
    rows = {o: each[0].row for o, each in phases.items()}
    stepped = [o for o, row in rows.items() if steps_of(row) and row.status is not OfferStatus.SIGNED and names[o]]
    if not stepped:
        return
    b.lots = pyo.Var(stepped, domain=pyo.NonNegativeIntegers, bounds=lambda _, o: (0, steps_of(rows[o])))

    @b.Constraint(stepped)
    def in_steps(b: pyo.Block, o: str) -> Any:
        taken = sum(b.share[*vintage.key, k] for vintage in phases[o] for k in names[o])
        least = rows[o].min_share * sum(b.exercise[vintage.key] for vintage in phases[o])
        return taken == least + (rows[o].share_step or 0.0) * b.lots[o]


def _build_moves(b: pyo.Block, times: Mapping[tuple[str, str], range], names: Mapping[str, Sequence[str]]) -> None:
    """Replace guarantors by others; `times` are the moves of each vintage, `names` the backers of each phase."""
    if not any(times.values()):
        return

    @b.Constraint([(*key, t) for key, when in times.items() for t in when])
    def substituted(b: pyo.Block, o: str, s: str, t: int) -> Any:
        taken = sum(b.taken_over[o, s, k, t] for k in names[o])
        return taken == sum(b.given_up[o, s, k, t] for k in names[o])

    @b.Constraint([(*key, k, t) for key, when in times.items() for k in names[key[0]] for t in when])
    def held_at_least(b: pyo.Block, o: str, s: str, k: str, t: int) -> Any:
        until = range(times[o, s].start, t + 1)
        given = sum(b.given_up[o, s, k, u] for u in until)
        return given <= b.share[o, s, k] + sum(b.taken_over[o, s, k, u] for u in until)


def _build_few(
    b: pyo.Block,
    phases: Mapping[str, Sequence[PhaseVintage]],
    names: Mapping[str, Sequence[str]],
    moved: Mapping[tuple[str, str], range],
    settled: Mapping[str, bool],
) -> None:
    """Let few guarantors back a phase at a time.

    `moved` are the periods in which guarantors of a vintage may be replaced; `settled` is true of the phases of which
    the case says who backs them.
    """
    most = {o: each[0].row.backers_max or len(names[o]) for o, each in phases.items()}
    times = {
        o: sorted({*([] if settled[o] else [0]), *(t + 1 for vintage in each for t in moved[vintage.key])})
        for o, each in phases.items()
        if most[o] < len(names[o])
    }
    if not any(times.values()):
        return
    b.backs = pyo.Var([(o, k, n) for o in times for k in names[o] for n in times[o]], domain=pyo.Binary)

    @b.Constraint(list(b.backs))
    def backed_by(b: pyo.Block, o: str, k: str, n: int) -> Any:
        held = sum(b.share[*vintage.key, k] for vintage in phases[o])
        for vintage in phases[o]:
            for t in moved[vintage.key]:
                if t < n:
                    held += b.taken_over[*vintage.key, k, t] - b.given_up[*vintage.key, k, t]
        return held <= b.backs[o, k, n]

    @b.Constraint([(o, n) for o in times for n in times[o]])
    def backed_by_few(b: pyo.Block, o: str, n: int) -> Any:
        return sum(b.backs[o, k, n] for k in names[o]) <= most[o]


def _renewed(b: pyo.Block, case: CaseData, by_key: Mapping[tuple[str, str], PhaseVintage]) -> None:
    """Add the constraints on renewals: one after the other, and all of what is leased or nothing."""
    before: dict[Key, Key | None] = {}
    for vintage in by_key.values():
        last: Key | None = None
        for each in renewals(case, vintage):
            if not each.taken:
                before[each.key(case.calendar)] = last
                last = each.key(case.calendar)
    if not before:
        return
    backed_by, ended = list(b.kept), _ended(b, by_key)

    @b.Constraint(list(before))
    def renewed_after(b: pyo.Block, *key: str) -> Any:
        earlier = before[key[0], key[1], key[2], key[3]]
        return b.renew[key] <= (b.exercise[key[:2]] - ended[key[0], key[1]] if earlier is None else b.renew[earlier])

    @b.Constraint(backed_by)
    def kept_of_it(b: pyo.Block, *key: str) -> Any:
        return b.kept[key] <= b.share[*key[:2], key[-1]]

    @b.Constraint(backed_by)
    def kept_if_renewed(b: pyo.Block, *key: str) -> Any:
        return b.kept[key] <= b.renew[key[:-1]]

    @b.Constraint(backed_by)
    def all_is_kept(b: pyo.Block, *key: str) -> Any:
        return b.share[*key[:2], key[-1]] + b.renew[key[:-1]] - 1.0 <= b.kept[key]


def _ended(b: pyo.Block, by_key: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    """By vintage what is 1 if it ends before its term is over."""
    decided = list(b.ended) if b.component("ended") is not None else []
    return {vintage: sum(b.ended[key] for key in decided if key[:2] == vintage) for vintage in by_key}


def _end_early(b: pyo.Block, by_key: Iterable[tuple[str, str]]) -> None:
    """Add the constraints on leases that end early: at most once, and all of what is leased."""
    if b.component("ended") is None:
        return
    ended, parts = _ended(b, by_key), list(b.ended_part)

    @b.Constraint(sorted({key[:2] for key in b.ended}))
    def ended_once(b: pyo.Block, o: str, s: str) -> Any:
        return ended[o, s] <= b.exercise[o, s]

    @b.Constraint(parts)
    def ended_of_it(b: pyo.Block, *key: str) -> Any:
        return b.ended_part[key] <= b.share[*key[:2], key[-1]]

    @b.Constraint(parts)
    def ended_if_so(b: pyo.Block, *key: str) -> Any:
        return b.ended_part[key] <= b.ended[key[:-1]]

    @b.Constraint(parts)
    def all_of_it_ends(b: pyo.Block, *key: str) -> Any:
        return b.share[*key[:2], key[-1]] + b.ended[key[:-1]] - 1.0 <= b.ended_part[key]


def _by_guarantors(case: CaseData, row: SiteLease) -> bool:
    """Whether the guarantors of a lease signed already are given."""
    return row.needs_guarantee and bool(backed(case, row))


def _settled(by_key: dict[tuple[str, str], PhaseVintage], row: SiteLease) -> bool:
    """Whether a phase and the one before it are signed already, and the case says when this one commences."""
    sunk = any(vintage.sunk for vintage in by_key.values() if vintage.row.offer == row.after)
    return row.commences_on is not None and sunk
