"""Compounding, present values, annuities, steps and values by age: pure functions of numbers and arrays.

Rates are effective, and yearly unless the name says per period. A rate of 0 is valid; every rate is above −1. Results
are in the unit of the arguments. Where a type is `Number`, a float gives a float and a vector gives a vector.

    discount_factor     (1 + r)^−y
    rate_per_period     (1 + r)^h − 1
    effective_rate      (1 + j/m)^m − 1
    present_value       Σ_k flow_k · (1 + r)^−y_k
    annuity_factor      a_n = (1 − (1 + i)^−n) / i, which is n where i = 0
    annuity_payment     (P − Z·(1 + i)^−n) / a_n, in advance divided by 1 + i
    annuity_balance     payment · a_{n−k} + Z·(1 + i)^−(n−k), in advance with the balloon a period further off
    level_payment       (P − Z·v^n) / Σ_k w_k·v^{t_k}, where v = 1 / (1 + i) and n is the last t_k
    level_balance       Σ_{t_k > t} L·w_k·v^(t_k − t) + Z·v^(n − t)
    escalated           (1 + g)^k
    declined_price      p·(1 − d)^y
    interpolate         linear between the given ages, the first value before them, the last value after them
    waterfall           resale pays fees, then claims in order; support pays the claims it covers

The formulas stand in any text on compound interest, such as S. G. Kellison, The Theory of Interest. numpy-financial has
those of payments and balances with the opposite sign.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np

from planner.basics.arrays import Vector

Number = TypeVar("Number", float, Vector)


def _as(given: Number, value: Any) -> Number:
    """The value as a float where `given` is one. Functions of numpy turn floats into numpy scalars."""
    result: Number = value if isinstance(given, np.ndarray) else float(value)
    return result


def discount_factor(rate: float, years: Number) -> Number:
    """Value now of 1 due in `years`, at a yearly effective rate: (1 + rate)^−years.

    >>> discount_factor(0.25, 2.0)
    0.64
    >>> discount_factor(0.0, np.array([0.0, 7.5]))
    array([1., 1.])
    """
    return _as(years, (1.0 + rate) ** -years)


def rate_per_period(rate: float, period_years: float) -> float:
    """Rate of a period of `period_years` = h that compounds to the yearly effective `rate`: (1 + rate)^h − 1.

    >>> round(rate_per_period(0.21, 0.5), 12)
    0.1
    """
    return math.expm1(period_years * math.log1p(rate))


def effective_rate(nominal_rate: float, periods_per_year: int) -> float:
    """Yearly effective rate of a nominal rate j charged m = `periods_per_year` times a year: (1 + j/m)^m − 1.

    >>> round(effective_rate(0.12, 12), 6)
    0.126825
    """
    return math.expm1(periods_per_year * math.log1p(nominal_rate / periods_per_year))


def present_value(flows: Vector, rate: float, years: Vector) -> float:
    """Value now of `flows[k]` due in `years[k]` [years], at a yearly effective rate.

    >>> present_value(np.array([10.0, 12.5]), 0.25, np.array([0.0, 1.0]))
    20.0
    """
    return float(flows @ discount_factor(rate, years))


def annuity_factor(rate_per_period: float, n: Number) -> Number:
    """Value, one period before the first, of n payments of 1 a period: (1 − (1 + i)^−n) / i, or n where i = 0.

    >>> round(annuity_factor(0.12, 10), 4)
    5.6502
    """
    if rate_per_period == 0.0:
        return _as(n, n)
    return _as(n, -np.expm1(-n * math.log1p(rate_per_period)) / rate_per_period)


def annuity_payment(
    principal: float, rate_per_period: float, n: int, balloon: float = 0.0, *, in_advance: bool = False
) -> float:
    """Level payment in n periods that repays `principal` P except a `balloon` Z due at the end of the last period.

    L = (P − Z·(1 + i)^−n) / a_n with payments at the end of each period, L / (1 + i) with payments at its start (in
    advance). Raises ValueError where n < 1.

    >>> round(annuity_payment(10_000.0, 0.075 / 12, 48), 2)
    241.79
    >>> annuity_payment(12.0, 0.0, 4, balloon=2.0)
    2.5
    """
    if n < 1:
        raise ValueError(f"an annuity needs at least one payment, not {n}")
    payment = (principal - balloon * discount_factor(rate_per_period, float(n))) / annuity_factor(rate_per_period, n)
    return payment / (1.0 + rate_per_period) if in_advance else payment


def annuity_balance(
    principal: float, rate_per_period: float, n: int, paid: Number, balloon: float = 0.0, *, in_advance: bool = False
) -> Number:
    """Balance outstanding just after `paid` of the n payments of `annuity_payment`, 0 ≤ paid ≤ n.

    It is the value of the later payments and the balloon. After the last payment at the end of a period it is the
    balloon.

    >>> round(annuity_balance(10_000.0, 0.075 / 12, 48, 1), 2)
    9820.71
    >>> annuity_balance(12.0, 0.0, 4, np.array([0.0, 1.0, 4.0]), balloon=2.0)
    array([12. ,  9.5,  2. ])
    """
    payment = annuity_payment(principal, rate_per_period, n, balloon, in_advance=in_advance)
    left = n - paid
    # In advance the first payment is due at once, and the balloon one period after the last payment.
    until_balloon = left + 1.0 if in_advance else left
    owed = payment * annuity_factor(rate_per_period, left) + balloon * discount_factor(rate_per_period, until_balloon)
    return _as(paid, np.where(np.equal(paid, 0.0), principal, owed))


def level_payment(principal: float, rate_per_period: float, weights: Vector, times: Vector, balloon: float) -> float:
    """Level payment L, of which `weights[k]` is paid at `times[k]` [periods], that repays all but the balloon Z.

    The balloon is due with the last payment. It serves terms that begin or end inside a period, where less than a whole
    payment is due. With weights of 1 at 1, …, n it is `annuity_payment`. Raises ValueError where there is no payment.

    >>> level_payment(10.0, 0.0, np.array([0.5, 1.0, 1.0]), np.array([0.5, 1.5, 2.5]), 5.0)
    2.0
    """
    if not len(times):
        raise ValueError("there is no payment")
    worth = discount_factor(rate_per_period, times)
    return (principal - balloon * float(worth[-1])) / float(weights @ worth)


def level_balance(
    payment: float, rate_per_period: float, weights: Vector, times: Vector, balloon: float, at: Vector
) -> Vector:
    """Balance outstanding at each time of `at` [periods], after the payment due then: the value of the later ones.

    From the last payment on it is 0, as the balloon is due with it.

    >>> level_balance(2.0, 0.0, np.array([0.5, 1.0, 1.0]), np.array([0.5, 1.5, 2.5]), 5.0, np.array([0.0, 1.5, 2.5]))
    array([10.,  7.,  0.])
    """
    sums = payment * weights
    sums[-1] += balloon
    worth = sums * discount_factor(rate_per_period, times)
    later = times > np.asarray(at)[:, np.newaxis] + 1e-9
    return (later @ worth) * (1.0 + rate_per_period) ** at


def escalated(rate: float, whole_years: Number) -> Number:
    """Factor on the rent of the first year after `whole_years` lease years: (1 + rate)^whole_years.

    >>> escalated(0.5, np.array([0.0, 1.0, 2.0]))
    array([1.  , 1.5 , 2.25])
    """
    return _as(whole_years, (1.0 + rate) ** whole_years)


def declined_price(price: float, decline_rate: float, years: Number) -> Number:
    """Price that falls by d = `decline_rate` a year, `years` after the date of its quote: price·(1 − d)^years.

    Before that date (years < 0) it is the quoted price.

    >>> declined_price(16.0, 0.25, 2.0)
    9.0
    >>> declined_price(16.0, 0.25, np.array([-1.0, 0.0, 1.0]))
    array([16., 16., 12.])
    """
    return _as(years, price * (1.0 - decline_rate) ** np.maximum(years, 0.0))


def interpolate(ages: Sequence[float], shares: Sequence[float], age: Number) -> Number:
    """Share at an age: linear between the given ages, the first share before them, the last share after them.

    It serves the run-off of a cover and the resale value of a chip. Raises ValueError where `ages` do not ascend.

    >>> interpolate([0.0, 2.0, 4.0], [1.0, 0.5, 0.25], np.array([-1.0, 1.0, 3.0, 9.0]))
    array([1.   , 0.75 , 0.375, 0.25 ])
    """
    if not ages or any(later <= earlier for earlier, later in pairwise(ages)):
        raise ValueError(f"ages must ascend: {list(ages)}")
    return _as(age, np.interp(age, ages, shares))


@dataclass(frozen=True)
class Waterfall:
    """Payments on a default. Each tuple has one entry per claim, in order of seniority."""

    fees: float
    """fees paid"""
    from_resale: tuple[float, ...]
    from_support: tuple[float, ...]
    left: float
    """resale left when every claim is paid; it belongs to the owners"""

    @property
    def paid(self) -> tuple[float, ...]:
        """Payment to each claim, from resale and support together."""
        return tuple(sold + paid for sold, paid in zip(self.from_resale, self.from_support, strict=True))

    @property
    def support(self) -> float:
        """Total payment of the supporter."""
        return sum(self.from_support, 0.0)


def waterfall(
    resale: float, fees: float, claims: Sequence[float], supported: Sequence[bool], support_limit: float = math.inf
) -> Waterfall:
    """Pay out the resale of chips on a default, then the support.

    The resale pays the fees, then each claim in order of seniority (senior, junior, equity) until it is spent. Then the
    support, up to its limit, pays what is still owed on the claims that it covers, in the same order.

    The model and the caps call max(0, Σ supported claims − resale) the exposure. The support equals it where the fees
    are paid in full and every supported claim is senior to every unsupported one.

    >>> without = waterfall(6.0, 1.0, [4.0, 3.0, 2.0], [False, False, False])
    >>> without.from_resale, without.support
    ((4.0, 1.0, 0.0), 0.0)
    >>> waterfall(3.0, 1.0, [4.0, 3.0, 2.0], [True, False, False]).paid
    (4.0, 0.0, 0.0)
    """
    if min(resale, fees, support_limit, *claims) < 0.0:
        raise ValueError("a waterfall pays out sums that are not negative")
    paid_fees = min(fees, resale)
    left, backing = resale - paid_fees, support_limit
    from_resale, from_support = [], []
    for claim in claims:
        from_resale.append(min(claim, left))
        left -= from_resale[-1]
    for claim, sold, covers in zip(claims, from_resale, supported, strict=True):
        from_support.append(min(claim - sold, backing) if covers else 0.0)
        backing -= from_support[-1]
    return Waterfall(paid_fees, tuple(from_resale), tuple(from_support), left)
