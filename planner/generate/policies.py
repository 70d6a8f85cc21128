"""Policies like those of the reference case.

A policy that must be kept is kept by a plan that signs nothing; the others have a penalty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from planner.basics.draws import between, rounded
from planner.common.policies import Basis, Policy, PolicyKind
from planner.interfaces.generation import SOURCE, ChipFamily, Frame, OfferedCloud, OfferedHalls
from planner.tables.table import Row

BEGINS, GOAL = 0.15, 0.55
"""when most policies begin, and when most of the halls must have commenced, as shares of the horizon"""
SHARES = ((0.55, 0.65), (0.45, 0.55))
"""largest shares of the two largest providers of clouds, where there are at least three"""


def policies(rng: Random, frame: Frame, halls: Sequence[OfferedHalls], clouds: Sequence[OfferedCloud]) -> list[Row]:
    """Own halls and the loss of a provider have a penalty; shares and equity have none."""
    begins, goal = (int(share * frame.horizon_months) for share in (BEGINS, GOAL))
    halls_gw = sum(each.gw for each in halls)
    providers = _providers(clouds)
    found: list[Row] = []

    def add(kind: PolicyKind, subject: str | None, month: int, value: float, penalty: float | None = None) -> None:
        name = f"policy_{len(found) + 1:02d}"
        found.append(
            Policy(
                policy=name, kind=kind, subject=subject, from_date=frame.day(month), value=rounded(value),
                penalty=penalty, source=SOURCE,
                basis=Basis.NAMEPLATE if kind is PolicyKind.FAMILY_SHARE_MAX else None,
            )
        )  # fmt: skip

    if halls_gw:
        add(PolicyKind.OWN_CAPACITY_MIN, None, begins, 0.1 * halls_gw, 3.0)
        if goal > begins:
            add(PolicyKind.OWN_CAPACITY_MIN, None, goal, between(rng, 0.65, 0.8) * halls_gw, 3.0)
    if len(providers) > 2:
        for provider, share in zip(providers, SHARES, strict=False):
            add(PolicyKind.PROVIDER_SHARE_MAX, provider, begins, between(rng, *share))
        add(PolicyKind.FAMILY_SHARE_MAX, ChipFamily.TPU, begins, between(rng, 0.7, 0.85))
        add(PolicyKind.SURVIVE_LOSS_OF_PROVIDER, None, begins, between(rng, 0.55, 0.65), 8.0)
    for provider in _funders(clouds):
        add(PolicyKind.FUNDING_FROM_PROVIDER_MAX, provider, 0, between(rng, 0.05, 0.2))
    return found


def _providers(clouds: Sequence[OfferedCloud]) -> list[str]:
    """Providers of clouds, the largest first, by the largest capacity of all their offers."""
    totals: dict[str, float] = {}
    for each in clouds:
        totals[each.provider] = totals.get(each.provider, 0.0) + each.most_gw
    return sorted(totals, key=lambda provider: (-totals[provider], provider))


def _funders(clouds: Sequence[OfferedCloud]) -> Iterator[str]:
    """Providers that pay equity in."""
    yield from sorted({each.provider for each in clouds if each.equity_usd_bn > 0})
