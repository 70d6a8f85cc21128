"""What ends before its term is over demands of the decisions: one day, the right notice, and all of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from planner.basics.arrays import Vector
from planner.ledgers.contract_checks import ContractCheck, values
from planner.ledgers.ledgers import Ledgers


def ended_checks(
    ledgers: Ledgers, x: Vector, block: str, parts: Mapping[str, str], notice: Callable[[str, date, int], str]
) -> Iterator[ContractCheck]:
    """The checks of an instrument's early ends; x has shape (variables,).

    `parts` are decisions of what ends, each with that of the whole it is part of. `notice` gives the notice day of an
    offer with a first day for the start of a contract year; empty where it may not end then.
    """
    groups = {group.name for group in ledgers.groups if group.block == block}
    if "ended" not in groups:
        return
    numbers, ended = ledgers.find(block, "ended").numbers, values(ledgers, x, block, "ended")
    sign, total = values(ledgers, x, block, "sign"), defaultdict[tuple[object, ...], float](float)
    for key, ends in ended.items():
        offer, start, day, year = str(key[0]), date.fromisoformat(str(key[1])), str(key[3]), int(key[4])
        says = f"{offer}: decided on the notice day for the start of contract year {year}"
        yield ContractCheck(numbers[key], says, ends, float(day == notice(offer, start, year)))
        total[key[:3]] += ends
    for key in ended:
        yield ContractCheck(numbers[key], f"{key[0]}: ends once at most, if signed", total[key[:3]], sign[key[:3]])
    for name, of in parts.items():
        if name not in groups:
            continue
        numbers, whole = ledgers.find(block, name).numbers, values(ledgers, x, block, of)
        for key, part in values(ledgers, x, block, name).items():
            expected = whole[(*key[:3], *key[5:])] * ended[key[:5]]
            says = f"{key[0]}: all of its {of} ends where it ends"
            yield ContractCheck(numbers[key], f"{says}, and no more", part, expected)
            yield ContractCheck(numbers[key], says, expected, part)
