"""The solves that price a plan: with and without each offer, with each limit loosened, at prices in between."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

from planner.basics.errors import DataError, Problem
from planner.plan.plan import Plan
from planner.studies.engine import Engine, OnDone, carry_out
from planner.studies.prices.knobs import knob
from planner.studies.prices.limits import Lever, by_duals, levers
from planner.studies.prices.priced import LimitPrice, OfferPrice, Prices
from planner.studies.prices.walkaway import Found, Search
from planner.studies.runs import WITH_A_PLAN, Base, Run, RunResult, RunStatus, pack
from planner.tables.offer import Offer, OfferStatus
from planner.tables.references import suggestion


def prices(
    plan: Plan,
    *,
    offers: Collection[str] = (),
    with_limits: bool = True,
    engine: Engine | None = None,
    folder: Path | None = None,
    on_done: OnDone | None = None,
    on_phase: Callable[[str], None] = lambda _: None,
) -> Prices:
    """Price the offers named, or all, and the limits of a plan.

    Every solve starts from the plan, at its case's gap and time limit. `engine`, `folder` and `on_done` are those of
    `carry_out`. Raises DataError where an offer is not one of the case.
    """
    case = plan.case
    known = [offer.offer for offer in case.tables.offers()]
    wrong = [name for name in offers if name not in known]
    if wrong:
        raise DataError(
            Problem("--offer", None, "", "an offer of the case", repr(n) + suggestion(n, known)) for n in wrong
        )
    chosen = [offer for offer in case.tables.offers() if not offers or offer.offer in offers]
    steps = list(levers(case)) if with_limits else []
    base = Base.of(case, plan)

    def solved(runs: Sequence[Run]) -> list[RunResult]:
        return carry_out(base, runs, engine, folder=folder, on_done=on_done)

    on_phase("with and without each offer, and each limit loosened")
    runs = [*(_other(plan, offer) for offer in chosen if _open(offer)), *(Run(s.limit, (s.change,)) for s in steps)]
    first = dict(zip((run.name for run in runs), solved(runs), strict=True))
    searches = dict(_searches(plan, chosen, first))
    while wanted := [(name, run) for name, search in searches.items() if (run := search.next()) is not None]:
        on_phase("moving prices")
        for (name, _), outcome in zip(wanted, solved([run for _, run in wanted]), strict=True):
            searches[name].tell(outcome)
    duals = by_duals(plan, steps, on_phase) if steps else []
    return Prices(
        plan,
        tuple(_offer(plan, offer, first, searches.get(offer.offer)) for offer in chosen),
        tuple(_limit(plan, step, first[step.limit], value) for step, value in zip(steps, duals, strict=True)),
    )


def _open(offer: Offer) -> bool:
    return offer.status in (OfferStatus.OPEN, OfferStatus.REQUIRED)


def _is_signed(plan: Plan, offer: Offer) -> bool:
    mine = plan.offers[plan.offers["offer"] == offer.offer]
    return bool((mine["signed"] == "yes").any())


def _status(offer: Offer, status: OfferStatus) -> str:
    return f"{offer.about.name}[{offer.offer}].status = {status}"


def _other(plan: Plan, offer: Offer) -> Run:
    """The run without an offer that is signed, or with one that is not."""
    if _is_signed(plan, offer):
        return Run(f"without {offer.offer}", (_status(offer, OfferStatus.CLOSED),))
    return Run(f"with {offer.offer}", (_status(offer, OfferStatus.REQUIRED),))


def _as_outcome(plan: Plan) -> RunResult:
    """The plan as the outcome of a run."""
    with tempfile.TemporaryDirectory() as folder:
        plan.write(Path(folder) / "plan")
        packed = pack(Path(folder) / "plan")
    record = plan.record
    ended = RunStatus.PROVEN if plan.proven else RunStatus.UNPROVEN
    return RunResult(
        Run("plan"), ended, record.objective_usd_bn, record.bound_usd_bn, record.gap, packed=packed,
    )  # fmt: skip


def _searches(plan: Plan, chosen: Sequence[Offer], first: Mapping[str, RunResult]) -> Iterator[tuple[str, Search]]:
    """A search for each offer that something can be compared with."""
    here = _as_outcome(plan)
    for offer in chosen:
        if not _open(offer) or (what := knob(plan, offer)) is None:
            continue
        other = first[_other(plan, offer).name]
        signed = _is_signed(plan, offer)
        if signed and other.status not in WITH_A_PLAN:
            continue
        without, with_it = (other, here) if signed else (here, other if other.status in WITH_A_PLAN else None)
        assert without.objective_usd_bn is not None
        bound = without.objective_usd_bn if without.bound_usd_bn is None else without.bound_usd_bn
        search = Search(offer.offer, what, (bound, without.objective_usd_bn))
        search.start(with_it)
        yield offer.offer, search


def _apart(more: RunResult | Plan, less: RunResult | Plan) -> tuple[float, float] | None:
    """Least and most by which the least cost of one is above that of the other; None where one has no plan."""
    costs = []
    for each in (more, less):
        record = each.record if isinstance(each, Plan) else each
        if record.objective_usd_bn is None or record.bound_usd_bn is None:
            return None
        costs.append((record.bound_usd_bn, record.objective_usd_bn))
    (more_low, more_high), (less_low, less_high) = costs
    return more_low - less_high, more_high - less_low


def _offer(plan: Plan, offer: Offer, first: Mapping[str, RunResult], search: Search | None) -> OfferPrice:
    signed = _is_signed(plan, offer)
    if not _open(offer):
        remark = "signed already" if offer.status is OfferStatus.SIGNED else "closed"
        return OfferPrice(offer.offer, signed, None, None, None, None, remark)
    other = first[_other(plan, offer).name]
    worth = _apart(other, plan) if signed else _apart(plan, other)
    remark = "" if worth is not None else f"{'without' if signed else 'with'} it: {other.status}"
    if other.status is RunStatus.INVALID:
        remark = other.message.splitlines()[0]
    found = None if search is None else search.found
    away = search.price if search is not None and found is Found.PRICE else None
    return OfferPrice(offer.offer, signed, worth, None if search is None else search.knob, away, found, remark)


def _limit(plan: Plan, step: Lever, other: RunResult, value: float | None) -> LimitPrice:
    worth = _apart(plan, other)
    return LimitPrice(step, worth, value, "" if worth is not None else f"{other.status}")
