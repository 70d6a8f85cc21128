"""A finding: one place in a plan's files that does not agree with what follows from the others."""

from __future__ import annotations

from dataclasses import dataclass

from planner.basics.text import escaped


@dataclass(frozen=True)
class Finding:
    """What is wrong, and where.

    >>> print(Finding("cash.csv", 7, "closing_usd_bn", "says 21.4, the ledger gives 21.3"))
    cash.csv:7 closing_usd_bn: says 21.4, the ledger gives 21.3
    >>> print(Finding("case/demand.csv", None, "", "is not the file that was solved"))
    case/demand.csv: is not the file that was solved
    """

    file: str
    """within the folder of the plan"""
    line: int | None
    """line in the file, the header being 1; None where the file as a whole is meant"""
    column: str
    """column, or key of `plan.json`; empty where the line or the file as a whole is meant"""
    what: str

    def __post_init__(self) -> None:
        for name in ("file", "column", "what"):  # a name in the folder may have any bytes
            object.__setattr__(self, name, escaped(getattr(self, name)))

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}{' ' * bool(self.column)}{self.column}: {self.what}"


def apart(one: float, other: float) -> tuple[str, str]:
    """Two numbers with as few digits as it takes to tell them apart, at least four.

    >>> apart(21.4, 21.3), apart(1.000002, 1.0)
    (('21.4', '21.3'), ('1.000002', '1'))
    """
    for digits in range(4, 17):
        texts = f"{one:.{digits}g}", f"{other:.{digits}g}"
        if texts[0] != texts[1]:
            return texts
    return repr(one), repr(other)
