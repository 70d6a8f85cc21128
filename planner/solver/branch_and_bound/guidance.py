"""From the experience of one search to guidance for another, through the presolve of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.basics.arrays import Index, Vector
from planner.solver.branch_and_bound.branchings import Advice
from planner.solver.branch_and_bound.presolved import Presolved
from planner.solver.branch_and_bound.relaxation import Relaxation, RelaxationResult
from planner.solver.branch_and_bound.tree import SearchTree
from planner.solver.experience import MOST_SOLUTIONS, NOWHERE, UNKNOWN, Experience, Statuses
from planner.solver.program import Index32, Program

if TYPE_CHECKING:
    from highspy import HighsBasis


@dataclass(frozen=True, eq=False)
class Guidance:
    """What an earlier search advises, in terms of a presolved program and of the integers of its relaxation."""

    advice: Advice
    pseudo_costs: tuple[Index, Vector, Index]
    """integers, mean gains and how often they were rounded"""
    basis: HighsBasis
    """of the first relaxation, which HiGHS completes where presolve has kept something else"""
    cuts: bool
    """whether cutting planes were worth while"""
    solutions: list[tuple[Index, Vector]]
    """integers of the relaxation, and their values in a solution; the best first"""

    @staticmethod
    def of(experience: Experience, presolved: Presolved, integers: Index | Index32) -> Guidance | None:
        """The guidance for a search of a presolved program, of which the relaxation has these integers.

        None where it is not known which variables presolve has kept.
        """
        if presolved.columns is None or presolved.rows is None:
            return None
        n = len(experience.variables)
        position = np.full(n + 1, NOWHERE)  # the last is that of no variable
        position[presolved.columns[integers]] = np.arange(len(integers))
        known = position[experience.integers] != NOWHERE
        chosen = position[experience.chosen]
        there = chosen != NOWHERE
        return Guidance(
            Advice(position[experience.variable], experience.floor, experience.below),
            (position[experience.integers][known], experience.gain[:, known], experience.times[:, known]),
            _basis(experience.variables[presolved.columns], experience.rows[presolved.rows]),
            experience.cuts,
            [(chosen[there], values[there]) for values in experience.solutions],
        )


def gathered(
    program: Program,
    presolved: Presolved,
    relaxation: Relaxation,
    tree: SearchTree,
    root: RelaxationResult,
    solutions: Sequence[Vector],
) -> Experience | None:
    """What a search has learnt, in terms of the program before presolve; solutions of it, the best last.

    None where it is not known which variables presolve has kept.
    """
    if presolved.columns is None or presolved.rows is None:
        return None
    made, columns = tree.branchings, presolved.columns[relaxation.integers]
    known, whole = tree.pseudo_costs.known, np.flatnonzero(program.integer)
    distinct = list({np.round(x[whole]).tobytes(): np.round(x[whole]) for x in reversed(solutions)}.values())
    variables = np.full(len(program.cost), UNKNOWN, dtype=np.int8)
    rows = np.full(len(program.row_lower), UNKNOWN, dtype=np.int8)
    if root.basis is not None:
        variables[presolved.columns] = [int(each) for each in root.basis.col_status]
        rows[presolved.rows] = [int(each) for each in root.basis.row_status[: len(presolved.rows)]]
    return Experience(
        columns[np.array(made.variable, dtype=np.int64)],
        np.array(made.floor, dtype=np.float64),
        np.array(made.below, dtype=np.int64).reshape(-1, 2),
        columns[known],
        *tree.pseudo_costs.of(known),
        variables,
        rows,
        bool(relaxation.cuts),
        whole,
        np.array(distinct[:MOST_SOLUTIONS], dtype=np.float64).reshape(-1, len(whole)),
    )


def _basis(variables: Statuses, rows: Statuses) -> HighsBasis:
    """A basis of HiGHS; what it says nothing of is at its lower bound, or basic if it is a row."""
    import highspy

    status = {int(each): each for each in highspy.HighsBasisStatus.__members__.values()}
    made = highspy.HighsBasis()
    made.col_status = [status.get(each, highspy.HighsBasisStatus.kNonbasic) for each in variables.tolist()]
    made.row_status = [status.get(each, highspy.HighsBasisStatus.kBasic) for each in rows.tolist()]
    made.valid, made.alien = True, True
    return made
