"""Random cases whose contracts have further terms, some of them changed at random: solved, audited and rolled once.

    python -m tests.terms --count 500 --seed 1 --scip 100

Each case is generated with further terms, and up to three of its terms are struck or changed. Its plan is audited and
taken to one later day, on which its remaining decisions must say the same, and on which the case is solved again. SCIP
solves the first cases too, from the file that `--write-mps` writes.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from planner import generate
from planner.api import Case
from planner.basics.errors import DataError, Infeasible
from planner.case.grammar import quoted
from planner.plan.audit import audit
from planner.roll.advance import advance
from planner.solve.solve import solve
from planner.tables.cells import text_of
from planner.tables.table import Row
from tests.roll.generated import EXACT, OPTIMAL

PART = 0.7
"""part of what can have further terms that has some"""
FACTORS = ("0.5", "0.8", "1.25", "2")
SCIP_GAP = 1e-7


@dataclass(frozen=True)
class Tried:
    """A case, and what is wrong with its plan."""

    seed: int
    changes: tuple[str, ...]
    used: frozenset[str]
    """the columns and tables of terms that it states"""
    feasible: bool = True
    rolled: bool = False
    scip: bool = False
    wrong: tuple[str, ...] = field(default=())


def case_of(seed: int) -> tuple[Case, tuple[str, ...]]:
    """A case of 3 to 8 offers and 3 to 6 periods with further terms, and what was changed in it."""
    dice = random.Random(seed)
    offers, periods, months = dice.randint(3, 8), dice.randint(3, 6), dice.choice((3, 6, 12))
    files = generate.case_files(offers, periods=periods, period_months=months, seed=seed, terms=PART)
    horizon = dice.choice(("fair", "cut", "charge"))
    case = Case.made_of(files).change("case.solver.gap = 0.0000001", f"case.horizon = {horizon}")
    made: list[str] = []
    for _ in range(dice.randint(0, 3)):
        change = _change(case, dice)
        try:
            case = case.change(change) if change else case
        except DataError:
            continue  # what cannot be said is refused
        made += [change] if change else []
    return case, tuple(made)


def _change(case: Case, dice: random.Random) -> str:
    """A change that strikes a term of a random row, or makes more or less of it; empty where there is none."""
    stated = list(_stated(case))
    if not stated:
        return ""
    row, column = dice.choice(stated)
    key = ", ".join(quoted(text_of(value)) for value in row.key_values())
    where, value = f"{row.about.name}[{key}].{column}", getattr(row, column)
    if isinstance(value, float | int) and not isinstance(value, bool) and dice.random() < 0.7:
        factor = dice.choice(FACTORS)
        return f"{where} *= {factor}"
    return f"{where} = {row.fields()[column].about.without or 'blank'}"


def _stated(case: Case) -> Iterator[tuple[Row, str]]:
    """The rows and columns that state a term."""
    for table in case.catalogue.tables:
        for column, about in table.fields().items():
            without = about.about.without
            if without is not None:
                nothing = about.read(without) if without else None
                yield from ((row, column) for row in case.rows(table) if getattr(row, column) not in (None, nothing))


def used(case: Case) -> frozenset[str]:
    """The columns of terms that a case states, and its tables whose rows are terms."""
    found = {f"{row.about.name}.{column}" for row, column in _stated(case)}
    return frozenset(
        found | {table.about.name for table in case.catalogue.tables if table.about.strikes and case.rows(table)}
    )


def tried(seed: int, *, scip: bool = False) -> Tried:
    """A case, solved, audited and taken to one later day."""
    case, changes = case_of(seed)
    says = used(case)
    with tempfile.TemporaryDirectory() as folder:
        mps = Path(folder) / "case.mps"
        try:
            plan = solve(case, mps=mps if scip else None)
        except Infeasible:
            return Tried(seed, changes, says, feasible=False)
        plan.write(Path(folder) / "plan")
        audited = audit(Path(folder) / "plan")
        wrong = [] if audited.agrees else [f"audit: {audited.text()}"]
        cost = plan.record.objective_usd_bn
        if scip:
            wrong += _by_scip(mps, cost)
    made = advance(plan, case.calendar.start_of(random.Random(seed).randrange(1, case.calendar.T)))
    identity = made.identity
    if identity.error > EXACT or identity.broken:
        wrong.append(f"on {made.day}: {identity.error:.1e} {'; '.join(identity.broken)}")
    wrong += [f"{each.what} on {each.period}: {each.before} {each.after}" for each in identity.differences(EXACT)]
    least = solve(made.case).record.objective_usd_bn
    if abs(least - identity.rest) > OPTIMAL * max(abs(least), abs(identity.rest), 1e-3 * abs(identity.cost)):
        wrong.append(f"on {made.day} the least cost is {least:.9g}, and the plan has {identity.rest:.9g} left")
    return Tried(seed, changes, says, rolled=True, scip=scip, wrong=tuple(wrong))


def _by_scip(mps: Path, cost: float) -> list[str]:
    """What SCIP finds wrong with a cost."""
    from pyscipopt import Model

    model = Model()
    model.hideOutput()
    model.readProblem(str(mps))
    model.setParam("limits/gap", SCIP_GAP)
    model.optimize()
    found = float(model.getObjVal())
    same = abs(found - cost) <= 1e-5 * max(1.0, abs(found), abs(cost))
    return [] if same else [f"SCIP finds {found:.9g}, the planner {cost:.9g}"]


def main() -> None:
    """Try as many cases as the command line says."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--count", type=int, default=500)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--scip", type=int, default=100)
    asked = words.parse_args()
    seen, counts = Counter[str](), Counter[str]()
    for i, seed in enumerate(range(asked.seed, asked.seed + asked.count)):
        try:
            each = tried(seed, scip=i < asked.scip)
        except Exception as error:  # the count goes on, and says which seed it was
            each = Tried(seed, (), frozenset(), wrong=(f"{type(error).__name__}: {error}",))
        seen.update(each.used)
        counts.update({"solved": each.feasible, "rolled": each.rolled, "by SCIP": each.scip, "wrong": bool(each.wrong)})
        if each.wrong:
            sys.stdout.write(f"seed {seed} {each.changes}: {'; '.join(each.wrong)[:600]}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{asked.count} cases: {dict(counts)}\n")
    sys.stdout.writelines(f"  {count:5d} {name}\n" for name, count in sorted(seen.items()))
    sys.exit(1 if counts["wrong"] else 0)


if __name__ == "__main__":
    main()
