"""Units: the only module that holds a conversion factor.

Inside the planner money is USD bn, power is GW of critical IT power and time is years or months. Prices are quoted
in the trade's own units; each function below turns one of them into the planner's. All of them are linear, so they
take arrays as well as numbers.
"""

from __future__ import annotations

MONTHS_PER_YEAR = 12
HOURS_PER_YEAR = 8760
"""of a year of 365 days, as power is budgeted"""

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
    """Rent of a GW for a year [USD bn/GW-year] from a rent in USD per kW and month: 0.012 of it.

    >>> rent_usd_bn_per_gw_year(150.0)
    1.8
    """
    return usd_per_kw_month * MONTHS_PER_YEAR * _KW_PER_GW / _USD_PER_USD_BN


def power_usd_bn_per_gw_year(usd_per_mwh: float, pue: float, load_factor_share: float) -> float:
    """Power of a GW of IT load for a year [USD bn/GW-year]: 8.76e-3 × price × PUE × load factor.

    `pue` is the site's power per unit of IT power, `load_factor_share` the mean draw per GW installed.

    >>> round(power_usd_bn_per_gw_year(60.0, pue=1.2, load_factor_share=0.9), 6)
    0.567648
    """
    usd_bn_per_gw_year = usd_per_mwh * _MW_PER_GW * HOURS_PER_YEAR / _USD_PER_USD_BN
    return usd_bn_per_gw_year * pue * load_factor_share


def per_month(per_year: float) -> float:
    """A month's part of a yearly amount, as a deposit of so many months' rent needs it.

    >>> per_month(1.8)
    0.15
    """
    return per_year / MONTHS_PER_YEAR


def per_year(per_month: float) -> float:
    """A monthly amount per year, such as a fee.

    >>> per_year(1.25)
    15.0
    """
    return per_month * MONTHS_PER_YEAR
