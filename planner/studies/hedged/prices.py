"""What offers and limits are worth in a plan for all futures, by solving for all futures again.

The worth of an offer, its walk-away price and the value of a limit are those of `planner.studies.prices`, with the
objective of the plan for all futures in place of the present cost. A limit is loosened in every future, and an offer is
`signed` if some future signs it, now or later. Duals would tell what a step is worth with everything signed kept, in
each future by itself; they are not worked out here.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from planner.basics.display import Display
from planner.interfaces.pricing import LimitStep, MovablePrice
from planner.plan.hedges.hedge import Hedge
from planner.plan.plan import Plan
from planner.studies.engine import Engine, OnDone, carry_out
from planner.studies.hedged.policy import NO, policy
from planner.studies.packing import pack
from planner.studies.prices.pricing import limit_steps, not_decided, price_of, refuse_unknown, with_status
from planner.studies.prices.results import LimitPrice, OfferPrice, PriceTable
from planner.studies.prices.terms import by_size, priced, terms
from planner.studies.prices.walkaway import PriceSearch, PriceSearchEnd
from planner.studies.runs import WITH_A_PLAN, Base, Run, RunResult, RunStatus
from planner.tables.offer import Offer, OfferStatus

NO_DUALS = "By duals: not worked out for a plan for all futures"


@dataclass(frozen=True)
class HedgedPrices(PriceTable):
    """Offers and limits of a plan for all futures, priced."""

    hedge: Hedge

    def json(self) -> dict[str, Any]:
        """The table's rows, and the plan for all futures that they are about."""
        record = self.hedge.record
        told = {
            name: getattr(record, name)
            for name in ("title", "objective_usd_bn", "expected_cost_usd_bn", "cvar_usd_bn", "bound_usd_bn")
        }
        return {**told, "remark": NO_DUALS, "rows": self.rows()}

    @property
    def shown_in(self) -> Display:
        """The units in which amounts are printed."""
        return self.hedge.case.settings.shown_in

    def text(self) -> str:
        """Offers, then limits, as text tables."""
        record, shown_in = self.hedge.record, self.shown_in
        weight = record.risk["weight"]
        least = (
            ""
            if record.bound_usd_bn is None
            else f"; no plan for all futures has less than {shown_in.plain(record.bound_usd_bn, 'USD bn')}"
        )
        lines = [
            record.title,
            f"Plan for all futures: objective {shown_in.plain(record.objective_usd_bn, 'USD bn')} {shown_in.money}, "
            f"with weight {weight:g} of the CVaR{least}. Intervals are as wide as the gaps of the two plans compared.",
            f"An offer is signed if some future signs it, now or later. {NO_DUALS}.",
            "",
            *self.lines(with_duals=False),
        ]
        return "\n".join(line.rstrip() for line in lines)


def prices_hedged(
    hedge: Hedge,
    *,
    offers: Collection[str] = (),
    with_offers: bool = True,
    with_limits: bool = True,
    with_terms: bool = False,
    engine: Engine | None = None,
    folder: Path | None = None,
    on_done: OnDone | None = None,
    on_phase: Callable[[str], None] = lambda _: None,
) -> HedgedPrices:
    """Price the offers named, or all, the limits and the terms of a plan for all futures, as `prices` does.

    Raises DataError where an offer is not one of the case.
    """
    case = hedge.case
    refuse_unknown(offers, case)
    base, given = Base.of(case, hedged=True), not_decided(case)
    named = [offer for offer in case.tables.offers() if not offers or offer.offer in offers]
    chosen = named if with_offers else []
    steps = limit_steps(case) if with_limits else []
    signed = {each.offer: each.signed != NO for each in policy(hedge)}
    negotiable = [offer.offer for offer in named if offers or signed[offer.offer]]
    stated = terms(case, negotiable, others=not offers) if with_terms else []
    other = {offer.offer: _other(offer, signed[offer.offer]) for offer in chosen if offer.offer not in given}

    def solved(runs: Sequence[Run]) -> list[RunResult]:
        return carry_out(base, runs, engine, folder=folder, on_done=on_done)

    on_phase("with and without each offer, and each limit loosened")
    runs = [*other.values(), *(Run(step.limit, (step.change,)) for step in steps), *(term.run for term in stated)]
    first = dict(zip((run.name for run in runs), solved(runs), strict=True))
    here = _as_outcome(hedge)
    pairs = {
        name: (here, first[run.name]) if not signed[name] else (first[run.name], here) for name, run in other.items()
    }
    searches = dict(_searches(hedge, [offer for offer in chosen if offer.offer in other], pairs))
    while wanted := [(name, run) for name, search in searches.items() if (run := search.next()) is not None]:
        on_phase("moving prices")
        for (name, _), outcome in zip(wanted, solved([run for _, run in wanted]), strict=True):
            searches[name].tell(outcome)
    return HedgedPrices(
        tuple(
            _offer(offer, signed[offer.offer], given, pairs.get(offer.offer), searches.get(offer.offer))
            for offer in chosen
        ),
        tuple(_limit(step, here, first[step.limit]) for step in steps),
        by_size([priced(term, _apart(first[term.run.name], here), first[term.run.name]) for term in stated]),
        hedge,
    )


def _other(offer: Offer, signed: bool) -> Run:
    """The run without an offer that is signed in some future, or with one that is not."""
    if signed:
        return Run(f"without {offer.offer}", (with_status(offer, OfferStatus.CLOSED),))
    return Run(f"with {offer.offer}", (with_status(offer, OfferStatus.REQUIRED),))


def _as_outcome(hedge: Hedge) -> RunResult:
    """The hedge as the result of a run."""
    with tempfile.TemporaryDirectory() as folder:
        hedge.write(Path(folder) / "hedge")
        packed = pack(Path(folder) / "hedge")
    record, ended = hedge.record, RunStatus.PROVEN if hedge.proven else RunStatus.UNPROVEN
    return RunResult(
        Run("plan"), ended, record.objective_usd_bn, bound_usd_bn=record.bound_usd_bn, gap=record.gap, packed=packed,
        catalogue=hedge.case.catalogue,
    )  # fmt: skip


def _searches(
    hedge: Hedge, chosen: Sequence[Offer], pairs: Mapping[str, tuple[RunResult, RunResult]]
) -> Iterator[tuple[str, PriceSearch]]:
    """A search for each offer whose price can be moved, where there is a plan without the offer."""
    for offer in chosen:
        without, with_it = pairs[offer.offer]
        price = _price(hedge, offer)
        if price is None or without.status not in WITH_A_PLAN or without.objective_usd_bn is None:
            continue
        bound = without.objective_usd_bn if without.bound_usd_bn is None else without.bound_usd_bn
        search = PriceSearch(offer.offer, price, (bound, without.objective_usd_bn))
        search.start(with_it if with_it.status in WITH_A_PLAN else None)
        yield offer.offer, search


def _price(hedge: Hedge, offer: Offer) -> MovablePrice | None:
    """The price of an offer as the hedge's case has it, for what the likeliest future that signs it does."""

    def rank(name: str) -> tuple[bool, float]:
        return _signs(hedge.plan(name), offer), hedge.futures_tree.future(name).probability

    best = max((future.name for future in hedge.futures_tree.futures), key=rank)
    return price_of(replace(hedge.plan(best), case=hedge.case), offer)


def _signs(plan: Plan, offer: Offer) -> bool:
    mine = plan.offers[plan.offers["offer"] == offer.offer]
    return bool((mine["signed"] == "yes").any())


def _apart(more: RunResult, less: RunResult) -> tuple[float, float] | None:
    """Least and most by which the least objective of `more` is above that of `less`; None where one has no plan."""
    if more.objective_usd_bn is None or more.bound_usd_bn is None:
        return None
    if less.objective_usd_bn is None or less.bound_usd_bn is None:
        return None
    return more.bound_usd_bn - less.objective_usd_bn, more.objective_usd_bn - less.bound_usd_bn


def _offer(
    offer: Offer,
    signed: bool,
    given: Mapping[str, str],
    pair: tuple[RunResult, RunResult] | None,
    search: PriceSearch | None,
) -> OfferPrice:
    if pair is None:
        return OfferPrice(offer.offer, signed, None, None, None, None, given[offer.offer])
    without, with_it = pair
    worth, other = _apart(without, with_it), without if signed else with_it
    remark = "" if worth is not None else f"{'without' if signed else 'with'} it: {other.status}"
    if other.status is RunStatus.INVALID:
        remark = other.message.splitlines()[0]
    found = None if search is None else search.found
    away = search.price if search is not None and found is PriceSearchEnd.PRICE else None
    return OfferPrice(offer.offer, signed, worth, None if search is None else search.movable, away, found, remark)


def _limit(step: LimitStep, here: RunResult, other: RunResult) -> LimitPrice:
    worth = _apart(here, other)
    return LimitPrice(step, worth, None, "" if worth is not None else f"{other.status}")
