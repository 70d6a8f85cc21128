"""The mix of offers: how many offers each instrument has in a generated case, and the offers themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planner.basics.draws import apportioned, stream
from planner.common.guarantors import GuaranteeKind
from planner.generate import indices
from planner.interfaces.catalogue import Catalogue
from planner.interfaces.generation import Frame, FurtherTerms, Made, RandomOffers, Supply


def makers(catalogue: Catalogue) -> list[tuple[str, RandomOffers]]:
    """The table of offers and the maker of each instrument that has a maker, in the order of the catalogue.

    Raises ValueError where an instrument has a maker but no table.
    """
    found = []
    for instrument in catalogue.instruments:
        if instrument.generate is not None:
            if not instrument.tables:
                raise ValueError(f"{instrument.name} generates offers but has no table")
            found.append((instrument.tables[0].about.name, instrument.generate))
    return found


def counts(catalogue: Catalogue, mix: Mapping[str, float], offers: int) -> list[int]:
    """How many of the offers each maker makes, where `mix` is the mix of the reference case by table.

    A maker with a share of its own makes that part of the offers. The others divide the rest as in the reference case.
    Raises ValueError where shares add to more than 1, and where a maker has no share and the reference case none of its
    offers.
    """
    found = makers(catalogue)
    own = sum(maker.share for _, maker in found if maker.share is not None)
    if own > 1.0:
        raise ValueError(f"shares of makers add to {own:g}, more than 1")
    for table, maker in found:
        if maker.share is None and table not in mix:
            raise ValueError(f"the reference case has no {table}: their maker must give its share of all offers")
    total = sum(mix[table] for table, maker in found if maker.share is None)
    rest = (1.0 - own) / total if own else 1.0
    return apportioned([mix[table] * rest if maker.share is None else maker.share for table, maker in found], offers)


def made(
    catalogue: Catalogue, frame: Frame, seed: int, each: Sequence[int], sizes: Mapping[Supply, float]
) -> list[Made]:
    """The offers of every maker: so many of each, their GW multiplied by the size of what they supply."""
    found = []
    for (table, maker), count in zip(makers(catalogue), each, strict=True):
        size = 1.0 if maker.supplies is None else sizes.get(maker.supplies, 1.0)
        found.append(maker.make(frame, stream(seed, table), count, size))
    for (_, maker), mine in zip(makers(catalogue), found, strict=True):
        if maker.complete is not None:
            maker.complete(mine, found)
    return found


def backed(catalogue: Catalogue) -> dict[GuaranteeKind, Supply | None]:
    """What guarantors stand behind, by kind of guarantee; of several instruments the first of the catalogue counts."""
    found: dict[GuaranteeKind, Supply | None] = {}
    for _, maker in makers(catalogue):
        if maker.guaranteed is not None:
            found.setdefault(maker.guaranteed.kind, maker.supplies)
    return found


def further_terms(catalogue: Catalogue) -> dict[str, FurtherTerms]:
    """What gives further terms, by instrument and rule, in the order of the catalogue, and then indices."""
    found = {
        instrument.name: instrument.generate.further_terms
        for instrument in catalogue.instruments
        if instrument.generate is not None
    } | {rule.name: rule.further_terms for rule in catalogue.rules}
    return {name: maker for name, maker in found.items() if maker is not None} | {"indices": indices.further_terms}


def likeness(catalogue: Catalogue) -> list[str]:
    """The changes to the reference case before its ratios are taken."""
    return [change for _, maker in makers(catalogue) for change in maker.likeness]
