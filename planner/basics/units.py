"""Units. Only this module holds conversion factors.

Inside the planner money is in USD bn, power in GW of critical IT power, time in years or months. Prices in tables have
the usual units of the trade, and each function converts one of them. All are linear, so they also take arrays.
"""

from __future__ import annotations

MONTHS_PER_YEAR = 12
HOURS_PER_YEAR = 8760
"""hours of a year of 365 days, as power budgets count them"""
HOURS_OF_A_YEAR_OF_RENT = 8766
"""hours of a year of 365.25 days, for which chips are rented by the hour"""

_USD_PER_USD_BN = 1e9
_MW_PER_GW = 1e3
_KW_PER_GW = 1e6


def gw(mw: float) -> float:
    """Power given in MW [GW].

    >>> gw(245.0)
    0.245
    """
    return mw / _MW_PER_GW


def rent_usd_bn_per_gw_year(usd_per_kw_month: float) -> float:
    """Rent per GW and year [USD bn/GW-year] from a rent per kW and month [USD/kW-month]: 0.012 × rent.

    >>> rent_usd_bn_per_gw_year(150.0)
    1.8
    """
    return usd_per_kw_month * MONTHS_PER_YEAR * _KW_PER_GW / _USD_PER_USD_BN


def power_usd_bn_per_gw_year(usd_per_mwh: float, pue: float, load_factor_share: float) -> float:
    """Cost of power per GW of IT load and year [USD bn/GW-year]: 8.76e-3 × price × PUE × load factor.

    The price is in USD/MWh. `pue` is the power of the site per unit of IT power, `load_factor_share` the mean draw per
    unit of capacity.

    >>> round(power_usd_bn_per_gw_year(60.0, pue=1.2, load_factor_share=0.9), 6)
    0.567648
    """
    usd_bn_per_gw_year = usd_per_mwh * _MW_PER_GW * HOURS_PER_YEAR / _USD_PER_USD_BN
    return usd_bn_per_gw_year * pue * load_factor_share


def per_month(per_year: float) -> float:
    """The part of a yearly amount that falls on one month.

    >>> per_month(1.8)
    0.15
    """
    return per_year / MONTHS_PER_YEAR


def per_year(per_month: float) -> float:
    """The yearly amount of a monthly one.

    >>> per_year(1.25)
    15.0
    """
    return per_month * MONTHS_PER_YEAR
