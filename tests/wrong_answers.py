"""Small programs on which some version of HiGHS gives a wrong answer, with the right one by hand or by enumeration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.solver import Program

INF = float("inf")
HUNDRED = (-100.0, 100.0, False), (-100.0, 100.0, False), (-100.0, 100.0, True), (-100.0, 100.0, True)


@dataclass(frozen=True)
class Known:
    """A program and its least cost."""

    says: str
    """what goes wrong, and in which version"""
    cost: tuple[float, ...]
    variables: tuple[tuple[float, float, bool], ...]
    """of each: bounds, and whether it is whole"""
    rows: tuple[tuple[float, tuple[float, ...], float], ...]
    """least, coefficients, most"""
    right: float | None
    """least cost; None where there is no solution"""
    constant: float = 0.0

    def program(self) -> Program:
        """As arrays."""
        lower, upper, whole = (np.array(each) for each in zip(*self.variables, strict=True))
        dense = np.array([row for _, row, _ in self.rows], dtype=float)
        column, row = np.nonzero(dense.T)
        return Program(
            cost=np.array(self.cost),
            constant=self.constant,
            lower=lower,
            upper=upper,
            integer=whole,
            row_lower=np.array([least for least, _, _ in self.rows]),
            row_upper=np.array([most for _, _, most in self.rows]),
            start=np.append(0, np.cumsum(np.bincount(column, minlength=len(self.cost)))).astype(np.int32),
            index=row.astype(np.int32),
            value=dense.T[column, row],
        )


def switches(count: int) -> Known:
    """Several times: 2x + y ≥ 10 with a switch x and y from 9 up, at the cost 2x + y; x = 0, y = 10 costs 10."""
    rows = []
    for k in range(count):
        row = np.zeros(2 * count)
        row[k], row[count + k] = 2.0, 1.0
        rows.append((10.0, tuple(row.tolist()), INF))
    variables = ((0.0, 1.0, True),) * count + ((9.0, INF, False),) * count
    return Known("1.14: switches on for nothing", (2.0,) * count + (1.0,) * count, variables, tuple(rows), 10.0 * count)


KNOWN = (
    Known(
        # 8a − 7b − 8c − 5d + 100. a is −2, c is −1 or −2, b from 1 up. The rows ask 5b + 4c + 2e ≤ 1.7125 and
        # 2d − e ≤ 2. With c = −1: 5b + 2e ≤ 5.7125, b = 1, d = 1, e = 0: −16 − 7 + 8 − 5 + 100 = 80. With c = −2:
        # 5b + 2e ≤ 9.7125, b = 1, d = 1: 88.
        "1.15.1: fractional bounds of integers",
        (8.0, -7.0, -8.0, -5.0, 0.0),
        ((-2.0, -1.6, True), (0.5, 5.0, True), (-2.0, -1.0, True), (-2.0, 1.0, True), (0.0, INF, False)),
        ((-INF, (3.0, 5.0, 4.0, 0.0, 2.0), -4.2875), (-INF, (3.0, 0.0, 0.0, 2.0, -1.0), -4.0)),
        80.0,
        constant=100.0,
    ),
    Known(
        # x + z ≥ 4.5 at 2x + 3z, z whole: x alone costs 9.
        "1.14: the dearer of two that fill a row",
        (2.0, 3.0),
        ((0.0, 10.0, False), (0.0, 10.0, True)),
        ((4.5, (1.0, 1.0), INF),),
        9.0,
    ),
    Known(
        # One of two loads of 1000 is carried; what is not costs 10 or 8 each: 8000.
        "1.14: the wrong one of two that exclude each other",
        (0.0, 0.0, 0.0, 0.0, 10.0, 8.0),
        ((0.0, 1.0, True),) * 2 + ((0.0, 1000.0, False),) * 4,
        (
            (-INF, (-1000.0, 0.0, 1.0, 0.0, 0.0, 0.0), 0.0),
            (-INF, (0.0, -1000.0, 0.0, 1.0, 0.0, 0.0), 0.0),
            (1000.0, (0.0, 0.0, 1.0, 0.0, 1.0, 0.0), 1000.0),
            (1000.0, (0.0, 0.0, 0.0, 1.0, 0.0, 1.0), 1000.0),
            (-INF, (1.0, 1.0, 0.0, 0.0, 0.0, 0.0), 1.0),
        ),
        8000.0,
    ),
    Known(
        # gap + x = 3 at 100 gap + 0.01 |x|: x = 3 costs 0.03.
        "1.14: far from a target that can be reached",
        (100.0, 0.01, 0.0),
        ((0.0, INF, False), (-INF, INF, False), (0.0, INF, True)),
        (
            (3.0, (1.0, 0.0, 1.0), 3.0),
            (-INF, (0.0, -1.0, 1.0), 0.0),
            (-INF, (0.0, -1.0, -1.0), 0.0),
            (-INF, (0.0, 0.0, 1.0), 3.0),
            (-INF, (0.0, 0.0, -1.0), -0.45),
        ),
        0.03,
    ),
    Known(
        # x1 ≥ x2 ≥ 0, and nothing keeps x2 from 0: 0. (With whole x0 and x3, x2 = x3 − x0 is whole, and at most 12/68.)
        "1.15.1: an integer by implication with a fractional bound",
        (0.0, 1.0, 0.0, 0.0),
        ((-INF, INF, True), (-INF, INF, True), (0.0, INF, False), (0.0, INF, True)),
        ((0.0, (0.0, 1.0, -1.0, 0.0), INF), (0.0, (1.0, 0.0, 1.0, -1.0), 0.0), (-12.0, (0.0, 0.0, -68.0, -1.0), INF)),
        0.0,
    ),
    Known(
        "1.15.1: a solution that is not whole",
        (0.0, 0.0, 3.0),
        ((-INF, 4.5, True), (-INF, INF, True), (0.0, 0.0, True)),
        ((-15.5, (1.0, 0.0, 0.0), INF),),
        0.0,
    ),
    Known(
        # y = 1 needs x = 1, as y ≤ 1e6 x.
        "1.2: a large coefficient lets a row be broken",
        (0.0, 0.0),
        ((0.0, 1.0, True), (-INF, INF, False)),
        ((1.0, (0.0, 1.0), 1.0), (-INF, (-1e6, 1.0), 0.0)),
        0.0,
    ),
    Known(
        # For each whole c and d a linear program in a and b: the best has c = 0, d = 4. There the second row and the
        # fifth bind, 3.14a + 78.02b = 50.5404 and 79.17a + 1.73b = 704.323: a = 8.89, b = 0.29, at the cost of −175.91.
        "1.11: infeasible, by presolve",
        (-24.0, 5.0, 7.4, 9.0),
        HUNDRED,
        (
            (-INF, (96.55, 0.0, -32.45, 88.78), 1216.06),
            (-INF, (-3.14, -78.02, 0.0, 0.0), -50.5404),
            (-INF, (0.0, 11.8, -21.94, 0.0), 3.422),
            (-INF, (0.0, 0.0, 91.59, -10.58), -35.25),
            (-INF, (79.17, 1.73, 0.0, -73.23), 411.403),
            (-INF, (-10.61, -94.66, 0.0, 76.88), 195.69),
        ),
        -175.91,
    ),
    Known("1.11: a half of one that is whole", (0.0,), ((0.0, 1.0, True),), ((0.5, (1.0,), 0.5),), None),
    switches(10),
)
