"""The solves that price a plan: with and without each offer, with each limit loosened, and at other prices."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from planner.basics.errors import DataError, Problem
from planner.case.case import Case
from planner.interfaces.pricing import LimitStep, MovablePrice
from planner.plan.exports.signed import signed_already
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio
from planner.studies.engine import Engine, OnDone, carry_out
from planner.studies.packing import pack
from planner.studies.prices.duals import by_duals
from planner.studies.prices.results import LimitPrice, OfferPrice, Prices
from planner.studies.prices.terms import by_size, priced, terms
from planner.studies.prices.walkaway import PriceSearch, PriceSearchEnd
from planner.studies.runs import WITH_A_PLAN, Base, Run, RunResult, RunStatus
from planner.tables.offer import Offer, OfferStatus
from planner.tables.references import suggestion

GIVEN = {OfferStatus.SIGNED: "signed already", OfferStatus.CLOSED: "closed"}
"""why nothing is decided about an offer, by its status"""
WORTH_LEARNING = 4
"""solves from which on one more is worth while, from which the others learn"""


def prices(
    plan: Plan,
    *,
    offers: Collection[str] = (),
    with_offers: bool = True,
    with_limits: bool = True,
    with_terms: bool = False,
    engine: Engine | None = None,
    folder: Path | None = None,
    on_done: OnDone | None = None,
    on_phase: Callable[[str], None] = lambda _: None,
) -> Prices:
    """Price the offers named, or all, and the limits of a plan, and the terms of the offers.

    The terms are those of the offers named or, where none is named, of all that the plan signs, and of guarantors,
    loans and the like. Every solve starts from the plan, at its case's gap and time limit. Where there are many, the
    case of the plan is solved first, from the plan too: what that search learns guides the others. `engine`, `folder`
    and `on_done` are those of `carry_out`. Raises DataError where an offer is not one of the case.
    """
    case = plan.case
    refuse_unknown(offers, case)
    named = [offer for offer in case.tables.offers() if not offers or offer.offer in offers]
    chosen = named if with_offers else []
    steps = limit_steps(case) if with_limits else []
    base, stated = Base.of(case, plan), []
    if with_terms:
        negotiable = [offer.offer for offer in named if offers or _is_signed(plan, offer)]
        stated = terms(case, negotiable, others=not offers)

    def solved(runs: Sequence[Run]) -> list[RunResult]:
        return carry_out(base, runs, engine, folder=folder, on_done=on_done)

    given = not_decided(case)
    on_phase("with and without each offer, and each limit loosened")
    runs = [
        *(_other(plan, offer) for offer in chosen if offer.offer not in given),
        *(Run(s.limit, (s.change,)) for s in steps),
        *(term.run for term in stated),
    ]
    if len(runs) >= WORTH_LEARNING:
        (taught,) = solved([Run("the plan again", teaches=True)])
        base = replace(base, learnt=taught.learnt)
    first = dict(zip((run.name for run in runs), solved(runs), strict=True))
    searches = dict(_searches(plan, [offer for offer in chosen if offer.offer not in given], first))
    while wanted := [(name, run) for name, search in searches.items() if (run := search.next()) is not None]:
        on_phase("moving prices")
        for (name, _), outcome in zip(wanted, solved([run for _, run in wanted]), strict=True):
            searches[name].tell(outcome)
    duals = by_duals(plan, steps, on_phase) if steps else []
    return Prices(
        tuple(_offer(plan, offer, given, first, searches.get(offer.offer)) for offer in chosen),
        tuple(_limit(plan, step, first[step.limit], value) for step, value in zip(steps, duals, strict=True)),
        by_size([priced(term, _apart(first[term.run.name], plan), first[term.run.name]) for term in stated]),
        plan,
    )


def refuse_unknown(offers: Collection[str], case: Case) -> None:
    """Raise DataError with every offer that is not one of the case."""
    known = [offer.offer for offer in case.tables.offers()]
    wrong = [name for name in offers if name not in known]
    if wrong:
        raise DataError(
            Problem("--offer", None, "", "an offer of the case", repr(n) + suggestion(n, known)) for n in wrong
        )


def limit_steps(case: Case) -> list[LimitStep]:
    """A step for every limit that the case sets, in the order in which they are listed."""
    return sorted((step for steps in case.catalogue.steps for step in steps(case)), key=lambda step: step.about)


def price_of(plan: Plan, offer: Offer) -> MovablePrice | None:
    """The price of an offer as the plan's case has it; None where it has none, or where it is 0 and cannot be moved."""
    priced_by = plan.case.catalogue.instrument_of(offer).priced_by
    found = None if priced_by is None else priced_by(plan, offer)
    return found if found is not None and found.now > 0 else None


def not_decided(case: Case) -> dict[str, str]:
    """The offers on which a plan of the case does not decide, and why."""
    ledgers = Portfolio.of(case).ledgers
    posted, already = {post.labels.offer for post in ledgers.posts}, signed_already(case)
    found = {}
    for offer in case.tables.offers():
        if offer.status in GIVEN:
            found[offer.offer] = GIVEN[offer.status]
        elif offer.offer in already:
            found[offer.offer] = "a part of it is ordered already"
        elif offer.offer not in posted:
            said = [text for name, text in ledgers.notes if name == offer.offer]
            found[offer.offer] = "; ".join(said) or "it cannot be signed within the horizon"
    return found


def _is_signed(plan: Plan, offer: Offer) -> bool:
    mine = plan.offers[plan.offers["offer"] == offer.offer]
    return bool((mine["signed"] == "yes").any())


def with_status(offer: Offer, status: OfferStatus) -> str:
    """The change that gives an offer a status."""
    return f"{offer.about.name}[{offer.offer}].status = {status}"


def _other(plan: Plan, offer: Offer) -> Run:
    """The run without an offer that is signed, or with one that is not."""
    if _is_signed(plan, offer):
        return Run(f"without {offer.offer}", (with_status(offer, OfferStatus.CLOSED),))
    return Run(f"with {offer.offer}", (with_status(offer, OfferStatus.REQUIRED),))


def _as_outcome(plan: Plan) -> RunResult:
    """The plan as the result of a run."""
    with tempfile.TemporaryDirectory() as folder:
        plan.write(Path(folder) / "plan")
        packed = pack(Path(folder) / "plan")
    record = plan.record
    ended = RunStatus.PROVEN if plan.proven else RunStatus.UNPROVEN
    return RunResult(
        Run("plan"), ended, record.objective_usd_bn, record.cost_in_money_usd_bn, record.penalties_usd_bn,
        record.bound_usd_bn, record.gap, packed=packed,
        catalogue=plan.case.catalogue,
    )  # fmt: skip


def _searches(plan: Plan, chosen: Sequence[Offer], first: Mapping[str, RunResult]) -> Iterator[tuple[str, PriceSearch]]:
    """A search for each offer whose price can be moved, where there is a plan without the offer."""
    here = _as_outcome(plan)
    for offer in chosen:
        if (price := price_of(plan, offer)) is None:
            continue
        other = first[_other(plan, offer).name]
        signed = _is_signed(plan, offer)
        if signed and other.status not in WITH_A_PLAN:
            continue
        without, with_it = (other, here) if signed else (here, other if other.status in WITH_A_PLAN else None)
        assert without.objective_usd_bn is not None
        bound = without.objective_usd_bn if without.bound_usd_bn is None else without.bound_usd_bn
        search = PriceSearch(offer.offer, price, (bound, without.objective_usd_bn))
        search.start(with_it)
        yield offer.offer, search


def _apart(more: RunResult | Plan, less: RunResult | Plan) -> tuple[float, float] | None:
    """Least and most by which the least cost of `more` is above that of `less`; None where one of them has no plan."""
    costs = []
    for each in (more, less):
        record = each.record if isinstance(each, Plan) else each
        if record.objective_usd_bn is None or record.bound_usd_bn is None:
            return None
        costs.append((record.bound_usd_bn, record.objective_usd_bn))
    (more_low, more_high), (less_low, less_high) = costs
    return more_low - less_high, more_high - less_low


def _offer(
    plan: Plan,
    offer: Offer,
    given: Mapping[str, str],
    first: Mapping[str, RunResult],
    search: PriceSearch | None,
) -> OfferPrice:
    signed = _is_signed(plan, offer)
    if offer.offer in given:
        return OfferPrice(offer.offer, signed, None, None, None, None, given[offer.offer])
    other = first[_other(plan, offer).name]
    worth = _apart(other, plan) if signed else _apart(plan, other)
    remark = "" if worth is not None else f"{'without' if signed else 'with'} it: {other.status}"
    if other.status is RunStatus.INVALID:
        remark = other.message.splitlines()[0]
    found = None if search is None else search.found
    away = search.price if search is not None and found is PriceSearchEnd.PRICE else None
    return OfferPrice(offer.offer, signed, worth, None if search is None else search.movable, away, found, remark)


def _limit(plan: Plan, step: LimitStep, other: RunResult, value: float | None) -> LimitPrice:
    worth = _apart(plan, other)
    return LimitPrice(step, worth, value, "" if worth is not None else f"{other.status}")
