"""A written table is compared, cell by cell, with the table that follows from the decisions.

Among rows with the same text, those with equal numbers are matched first. A row without a counterpart is compared with
the row most like it, so that a changed date or name is reported as that cell and not as two rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.basics.arrays import Index, Vector
from planner.basics.frames import Table, height
from planner.plan.audit.files import Written
from planner.plan.audit.rows import PAIRS, codes, match, most_alike, without, words

RELATIVE = 5e-7
"""how far a number may be from the one that follows, relative to the latter, however small that is"""
ROUNDING = 2.3e-16
"""a last digit: by how much more a difference of larger numbers may be off, relative to the largest in its row"""
REMAINDERS = {
    "capacity.csv": ("gw",),
    "cash.csv": ("opening_usd_bn", "first_day_usd_bn", "closing_usd_bn", "headroom_usd_bn"),
    "futures.csv": ("regret_usd_bn", "lowest_cash_headroom_usd_bn", "worst_headroom_share"),
    "risk.csv": ("headroom_p10", "headroom_p50"),
    "debt.csv": ("opening_usd_bn", "additions_usd_bn", "interest_usd_bn", "closing_usd_bn"),
    "limits.csv": ("used", "allowed", "headroom", "waived"),
    "offers.csv": ("cost_usd_bn", "present_cost_usd_bn", "cost_usd_bn_per_gw_year", "all_in_usd_bn_per_gw_year"),
    "supply.csv": ("present_cost_usd_bn", "present_cost_usd_bn_per_gw_year"),
}
"""columns whose numbers may be differences of larger ones, by file"""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Difference:
    """A cell, or a whole row, that is not what follows from the decisions."""

    line: int | None
    """None: a row that should be there is missing"""
    column: str
    """empty: the row as a whole"""
    says: str | float
    follows: str | float
    decision: str
    """the decision that the row names; empty where it names none"""
    row: str
    """the text of the row"""


def agree(says: Vector, follows: Vector, rounding: Vector | float = 0.0) -> Mask:
    """Whether numbers agree with those that follow. A blank is NaN, and agrees with a blank only."""
    close = np.abs(says - follows) <= RELATIVE * np.abs(follows) + rounding
    return np.asarray(close | (np.isnan(says) & np.isnan(follows)))


def header(written: Written, columns: Sequence[str]) -> list[Difference]:
    """How the header of a file differs from a table's columns."""
    want, have = list(columns), list(written.header)
    missing = [Difference(1, name, "", name, "", "") for name in want if name not in have]
    unknown = [Difference(1, name, name, "", "", "") for name in have if name not in want]
    twice = [Difference(1, name, name, "", "", "") for i, name in enumerate(have) if name in want and name in have[:i]]
    if not (missing or unknown or twice) and have != want:
        return [Difference(1, "", ",".join(have), ",".join(want), "", "")]
    return missing + unknown + twice


def compare(written: Written, table: Table) -> list[Difference]:
    """Every cell and row of a file that differs from a table with the same columns."""
    sides = _Sides(written, table)
    have, want = sides.counterparts()
    found = [each for name in sides.numbers for each in sides.unequal(name, have, want)]
    odd, lacking = without(have, len(written.rows)), without(want, sides.height)
    for h, w in sides.alike(odd, lacking):
        found += sides.row(h, w)
        odd, lacking = odd[odd != h], lacking[lacking != w]
    found += [sides.surplus(int(h)) for h in odd]
    found += [sides.missing(int(w)) for w in lacking]
    return found


class _Sides:
    """A written table and the one that follows from the decisions, side by side."""

    def __init__(self, written: Written, table: Table) -> None:
        self.written, self.words, self.height = written, words(table), height(table)
        self.codes = codes(written, table)
        self.follows = {name: np.asarray(table[name], dtype=float) for name in table if name not in self.words}
        self.numbers = list(self.follows)
        self.says, self.no_number = {}, {}
        for name in self.numbers:
            self.says[name], wrong = written.numbers(name)
            self.no_number[name] = np.isin(np.arange(len(written.rows)), wrong)
        sizes = [np.ones(self.height), *(np.abs(values) for values in self.follows.values())]
        self.largest: Vector = np.fmax.reduce(sizes)

    def equal(self, name: str, have: Index, want: Index) -> Mask:
        """Whether the numbers of a column agree, for pairs of rows."""
        rounding = ROUNDING * self.largest[want] if name in REMAINDERS.get(self.written.file, ()) else 0.0
        close = agree(self.says[name][have], self.follows[name][want], rounding)
        return np.asarray(close & ~self.no_number[name][have])

    def counterparts(self) -> tuple[Index, Index]:
        """Pairs of a row of the file and a row that follows with the same text."""
        having, wanting = self.codes
        have, want = match(having, wanting)
        width = int(max(having.max(initial=0), wanting.max(initial=0))) + 1
        repeats = np.maximum(np.bincount(having, minlength=width), np.bincount(wanting, minlength=width)) > 1
        once = ~repeats[having[have]]
        parts = [(have[once], want[once])]
        for code in np.unique(having[have][~once]):
            parts.append(self._equal_first(np.flatnonzero(having == code), np.flatnonzero(wanting == code)))
        return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])

    def _equal_first(self, have: Index, want: Index) -> tuple[Index, Index]:
        """Pairs among rows with the same text: those with equal numbers, the nearest first, then the others."""
        every = np.repeat(have, len(want)), np.tile(want, len(have))
        equal = np.logical_and.reduce([self.equal(name, *every) for name in self.numbers]).reshape(len(have), len(want))
        near = -np.abs(have[:, None] - want[None, :]).astype(float)
        pairs = most_alike(np.where(equal, near, -np.inf), -float(len(self.written.rows) + self.height))
        left = without(np.array([i for i, _ in pairs], dtype=np.int64), len(have))
        lack = without(np.array([k for _, k in pairs], dtype=np.int64), len(want))
        found = np.array([*pairs, *zip(left.tolist(), lack.tolist(), strict=False)], dtype=np.int64).reshape(-1, 2)
        return have[found[:, 0]], want[found[:, 1]]

    def alike(self, odd: Index, lacking: Index) -> list[tuple[int, int]]:
        """Pairs of a row without a counterpart and a missing row that agree in at least half of their text."""
        if not 0 < len(odd) * len(lacking) <= PAIRS:
            return []
        score = -np.abs(odd[:, None] - lacking[None, :]) / (4.0 * (len(self.written.rows) + self.height))
        for name, follows in self.words.items():
            says = np.array(self.written.words(name), dtype=object)[odd]
            score += says[:, None] == np.array(follows, dtype=object)[lacking][None, :]
        for name in self.numbers:
            score += 0.5 * agree(self.says[name][odd][:, None], self.follows[name][lacking][None, :])
        return [(int(odd[i]), int(lacking[k])) for i, k in most_alike(score, len(self.words) / 2)]

    def unequal(self, name: str, have: Index, want: Index) -> list[Difference]:
        """The numbers of a column that do not agree, for pairs of rows."""
        wrong = ~self.equal(name, have, want)
        return [self._number(name, int(h), int(w)) for h, w in zip(have[wrong], want[wrong], strict=True)]

    def row(self, h: int, w: int) -> list[Difference]:
        """Every cell of a row of the file that does not agree with a row that follows."""
        found = []
        for name, column in self.words.items():
            says, follows = self.written.words(name)[h], column[w]
            if says != follows:
                found.append(Difference(self._line(h), name, says, follows, self._decision(w), self._reads(w)))
        for name in self.numbers:
            if not self.equal(name, np.array([h]), np.array([w]))[0]:
                found.append(self._number(name, h, w))
        return found

    def surplus(self, h: int) -> Difference:
        """A row of the file that follows from nothing."""
        decision = self.written.words("decision")[h] if "decision" in self.words else ""
        return Difference(self._line(h), "", "a row", "", decision, "")

    def missing(self, w: int) -> Difference:
        """A row that the file should have."""
        return Difference(None, "", "", "a row", self._decision(w), self._reads(w))

    def _number(self, name: str, h: int, w: int) -> Difference:
        text, value = self.written.words(name)[h], float(self.says[name][h])
        says = text if self.no_number[name][h] or np.isnan(value) else value
        follows = float(self.follows[name][w])
        return Difference(
            self._line(h), name, says, "" if np.isnan(follows) else follows, self._decision(w), self._reads(w)
        )

    def _line(self, h: int) -> int:
        return int(self.written.lines[h])

    def _decision(self, w: int) -> str:
        return self.words["decision"][w] if "decision" in self.words else ""

    def _reads(self, w: int) -> str:
        return ", ".join(f"{name} {words[w]}" for name, words in self.words.items() if words[w])
