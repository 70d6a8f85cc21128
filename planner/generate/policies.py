"""Policies like the reference's. What must be kept is kept by a plan that signs nothing; the rest has a price."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from planner.basics import units
from planner.common.chips import ChipFamily
from planner.generate.draws import between, rounded
from planner.generate.frame import SOURCE, Frame
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudTerm
from planner.instruments.site_lease.tables import SiteLease
from planner.rules.policies.tables import Policy, PolicyKind
from planner.tables.table import Row

BEGINS, GOAL = 0.15, 0.55
"""when most of them begin, and by when most of the halls are to have commenced, as shares of the horizon"""
SHARES = ((0.55, 0.65), (0.45, 0.55))
"""largest shares of the two largest providers of clouds, where there are three or more"""


def policies(rng: Random, frame: Frame, offers: Sequence[Row]) -> list[Row]:
    """Own halls and the loss of a provider at a price; shares and equity without one."""
    begins, goal = (int(share * frame.horizon_months) for share in (BEGINS, GOAL))
    halls = sum(units.gw(row.capacity_mw) for row in offers if isinstance(row, SiteLease))
    providers = _providers(offers)
    found: list[Row] = []

    def add(kind: PolicyKind, subject: str | None, month: int, value: float, penalty: float | None = None) -> None:
        name = f"policy_{len(found) + 1:02d}"
        found.append(
            Policy(
                policy=name, kind=kind, subject=subject, from_date=frame.day(month), value=rounded(value),
                penalty=penalty, source=SOURCE,
            )
        )  # fmt: skip

    if halls:
        add(PolicyKind.OWN_CAPACITY_MIN, None, begins, 0.1 * halls, 3.0)
        if goal > begins:
            add(PolicyKind.OWN_CAPACITY_MIN, None, goal, between(rng, 0.65, 0.8) * halls, 3.0)
    if len(providers) > 2:
        for provider, share in zip(providers, SHARES, strict=False):
            add(PolicyKind.PROVIDER_SHARE_MAX, provider, begins, between(rng, *share))
        add(PolicyKind.FAMILY_SHARE_MAX, ChipFamily.TPU, begins, between(rng, 0.7, 0.85))
        add(PolicyKind.SURVIVE_LOSS_OF_PROVIDER, None, begins, between(rng, 0.55, 0.65), 8.0)
    for provider in _funders(offers):
        add(PolicyKind.FUNDING_FROM_PROVIDER_MAX, provider, 0, between(rng, 0.05, 0.2))
    return found


def _providers(offers: Sequence[Row]) -> list[str]:
    """Providers of clouds, the largest first, by the capacity of all their offers at its highest."""
    peaks: dict[str, float] = {}
    for row in offers:
        if isinstance(row, CloudTerm):
            peaks[row.offer] = max(peaks.get(row.offer, 0.0), row.capacity_gw)
    totals: dict[str, float] = {}
    for row in offers:
        if isinstance(row, CloudCommitment):
            totals[row.provider] = totals.get(row.provider, 0.0) + peaks[row.offer]
    return sorted(totals, key=lambda provider: (-totals[provider], provider))


def _funders(offers: Sequence[Row]) -> Iterator[str]:
    """Providers that pay equity in."""
    yield from sorted({row.provider for row in offers if isinstance(row, CloudCommitment) and row.equity_usd_bn > 0})
