"""Checks of reserves, tests of debt and the lab's own part of the equity of an SPV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.basics.errors import Problem
from planner.instruments.chip_lease.tables import ChipLease, SpvTranche, TrancheKind
from planner.tables.offer import OfferStatus

OF_DEBT = ("reserve_months", "dscr_min", "llcr_min")


def equity_problems(lease: ChipLease, tranches: Sequence[SpvTranche]) -> Iterator[Problem]:
    """Problems of one lease.

    Its equity waits by data alone, so that of a lease with tests, or with equity of the lab's, the shares of the
    tranches are fixed. The lab's part of what the chips fetch at the end must be known too, so that they are new.
    """
    for part in tranches:
        for column in OF_DEBT:
            if getattr(part, column) and part.kind is not TrancheKind.DEBT:
                yield part.problem(column, "a blank where kind is equity")
        if part.lab_share and part.kind is not TrancheKind.EQUITY:
            yield part.problem("lab_share", "0 or a blank where kind is debt")
    tests = [part for part in tranches if part.dscr_min is not None or part.llcr_min is not None]
    own = [part for part in tranches if part.lab_share]
    yield from _tests(lease, tranches, tests)
    if tests or own:
        yield from _fixed(lease, tranches, "its debt has a test" if tests else "some of its equity is the lab's")
    if own and lease.buys_from is not None:
        yield own[0].problem("lab_share", f"0 or a blank, as {lease.offer} takes over chips of {lease.buys_from}")
    if lease.trapped_usd_bn is not None and lease.status not in (OfferStatus.SIGNED, OfferStatus.CLOSED):
        yield lease.problem("trapped_usd_bn", "a blank where status is not signed")
    elif lease.trapped_usd_bn and not tests:
        yield lease.problem("trapped_usd_bn", f"a blank, as no tranche of {lease.offer} has a test")


def _tests(lease: ChipLease, tranches: Sequence[SpvTranche], tests: Sequence[SpvTranche]) -> Iterator[Problem]:
    """Problems of tests: no equity waits for them, or they need to know rates that are not known on the day."""
    if tests and not any(part.kind is TrancheKind.EQUITY for part in tranches):
        column = "llcr_min" if tests[0].dscr_min is None else "dscr_min"
        yield tests[0].problem(column, f"a blank, as {lease.offer} has no equity that could wait")
    for part in tests:
        if part.llcr_min is not None and any(each.rate_index is not None for each in tranches):
            expected = (
                f"a blank, as a rate of {lease.offer} floats: what is to come is not known on the day of the test"
            )
            yield part.problem("llcr_min", expected)


def _fixed(lease: ChipLease, tranches: Sequence[SpvTranche], why: str) -> Iterator[Problem]:
    """Tranches whose share of the money is not fixed."""
    for part in tranches:
        if part.min_share < part.max_share and (lease.status is not OfferStatus.SIGNED or part.raised_usd_bn is None):
            expected = f"the same as max_share {part.max_share:g} in all tranches of {lease.offer}, as {why}"
            yield part.problem("min_share", expected)
