"""What is let to tenants: it is in the lab's halls, and among its chips that run, but not for its own use."""

from __future__ import annotations

from collections.abc import Iterable

from planner.ledgers.balances import Balance
from planner.ledgers.ledgers import Ledgers


def own_use(ledgers: Ledgers, held: Balance, let: Iterable[Balance]) -> Balance:
    """What is held without what of it is let; the same balance where nothing may be let."""
    parts = [each for each in let if len(each.variables)]
    return held.minus(Balance.total(parts, ledgers.calendar.T)) if parts else held


def let_chips(ledgers: Ledgers, **labels: str) -> list[Balance]:
    """Chips that are let, by their labels [GW]."""
    chips = [chip for (chip,) in ledgers.accounts("let", "chip") if chip]
    wanted = [chip for chip in chips if labels.get("chip", chip) == chip]
    return [ledgers.balance("let", **{**labels, "chip": chip}) for chip in wanted]
