"""Sublet: what a row demands of the decisions, restated.

size      at most max_gw is let, and all of it stands somewhere, in halls or machines that fit
begins    what is let more than in the period before begins
notice    what begins stays let in every period that starts within notice_months, and what was let before the start
          until its kept_until, as far as the sublet lasts
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from planner.basics.arrays import Vector
from planner.basics.calendar import add_months
from planner.instruments.sublet.tables import LetAlready, Sublet
from planner.interfaces.case_data import CaseData
from planner.ledgers.contract_checks import ContractCheck, values
from planner.ledgers.ledgers import Ledgers

NAME = "sublet"


def contract_checks(case: CaseData, ledgers: Ledgers, x: Vector) -> Iterator[ContractCheck]:
    """What every sublet demands of the decisions x; shape (variables,)."""
    calendar, numbers = case.calendar, ledgers.find(NAME, "let").numbers
    let, begins = _by_offer(ledgers, x, "let"), _by_offer(ledgers, x, "begins")
    placed: dict[tuple[str, int], float] = defaultdict(float)
    for key, gw in values(ledgers, x, NAME, "place").items():
        placed[str(key[0]), int(key[-1])] += gw
    for row in case.rows(Sublet):
        lots = [lot for lot in case.rows(LetAlready) if lot.offer == row.offer]
        mine, new = let.get(row.offer, {}), begins.get(row.offer, {})
        opening = sum(lot.gw for lot in lots)
        for t, gw in mine.items():
            day, says, variable = calendar.start_of(t), f"{row.offer} on {calendar.start_of(t)}", numbers[row.offer, t]
            yield ContractCheck(variable, f"{says}: at most max_gw is let", gw, row.max_gw)
            yield ContractCheck(variable, f"{says}: what is let stands somewhere", gw, placed[row.offer, t])
            yield ContractCheck(variable, f"{says}: nothing else stands there", placed[row.offer, t], gw)
            before = mine.get(t - 1, opening if t == 0 else 0.0)
            yield ContractCheck(variable, f"{says}: what is let anew begins", gw - before, new[t])
            kept = sum(lot.gw for lot in lots if lot.kept_until > day)
            running = [
                s for s in new if s <= t and (s == t or add_months(calendar.start_of(s), row.notice_months) > day)
            ]
            least = kept + sum(new[s] for s in running)
            yield ContractCheck(variable, f"{says}: let for {row.notice_months} months", least, gw)


def _by_offer(ledgers: Ledgers, x: Vector, name: str) -> dict[str, dict[int, float]]:
    """Values of the variables of one name, by offer and period."""
    found: dict[str, dict[int, float]] = defaultdict(dict)
    for key, value in values(ledgers, x, NAME, name).items():
        found[str(key[0])][int(key[1])] = value
    return found
