"""Tranches whose rate floats: each payment is worked out anew, at the rate of its own time, on the balance left.

Payment k falls due at u_k, for the part w_k of a whole one; s_k is when the one before it fell due, or the delivery.
The rate in force from s_k to u_k makes 1 grow to 1 + g_k; where it moves within that time, interest compounds over the
pieces. i_k is the rate per period at which it would grow as much, and v_k = 1 / (1 + i_k). The payment is the level one
that would repay the balance but for the balloon Z until the end of the term at e, if that rate held for good:

    level_k        (balance_k − Z · v_k^(e − s_k)) / Σ_{j ≥ k} w_j · v_k^(u_j − s_k)
    payment_k      w_k · level_k
    balance_k+1    balance_k · (1 + g_k) − payment_k

The last payment leaves the balloon. So discounted at the rates in force, payments and balloon are worth the money
raised, whatever the rates do; where the rate never moves, the payments are those of a fixed rate.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.basics.arrays import Vector
from planner.instruments.shared.levels import RateOverTime


class Schedule(NamedTuple):
    """Payments without the cover, and what is left after each [USD bn]."""

    payments: Vector
    balances: Vector


def schedule(money: float, rate: RateOverTime, begins: float, due: Vector, weights: Vector, balloon: float) -> Schedule:
    """The payments on money lent at `begins` [USD bn]; `due` and `weights` are u and w, with the shape (payments,)."""
    payments, balances, left = np.zeros(len(due)), np.zeros(len(due)), money
    starts = np.concatenate([[begins], due[:-1]])
    for k in range(len(due)):
        grows = 1.0 + rate.growth(float(starts[k]), float(due[k]))
        per_period = grows ** (1.0 / (due[k] - starts[k]))
        later = per_period ** (starts[k] - due[k:])
        payments[k] = weights[k] * (left - balloon * later[-1]) / (weights[k:] @ later)
        left = left * grows - payments[k]
        balances[k] = left
    return Schedule(payments, balances)
