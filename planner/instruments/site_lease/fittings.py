"""Fitting out the halls of a lease: what that costs at the commencement, and which halls may be fitted for what.

Halls are fitted out once, for whatever family, on the day on which they commence. It costs fit_out_usd_bn_per_gw for
each GW of the phase that is exercised, and serves for the term, so that at the end of the horizon the unused part is
credited. Of a lease that commences after the end it is owed there, and not charged otherwise. It is owed from signing
on. Where refit_usd_bn_per_gw is given, the rule `refitting` says what it costs to fit halls for another family; this
module posts what it needs to know. By vintage and backer,

    hall_stock     K · the largest part of the halls that has stood by the end of t, while the term runs
    hall_new       its rise over the period before; of a lease of which fitted_halls says what its halls are fitted for
                   at the start, what stood by then is not new
    refit_price    refit, in every period
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.errors import Problem
from planner.common.fitted_halls import FittedHalls
from planner.instruments.shared.horizon import UNUSED, post_unused
from planner.instruments.site_lease.profiles import largest_part, ramps
from planner.instruments.site_lease.tables import SiteLease
from planner.instruments.site_lease.vintages import PhaseVintage
from planner.interfaces.case_data import CaseData
from planner.ledgers.ledgers import CONSTANT, Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.tables.offer import OfferStatus
from planner.tables.table import Tables


def post_fit_out(case: CaseData, ledgers: Ledgers, labels: Labels, vintage: PhaseVintage, share: int) -> None:
    """Post what fitting out the halls of a whole phase costs on the day of its commencement."""
    calendar, years = case.calendar, case.calendar.years(vintage.starts)
    cost = (vintage.row.fit_out_usd_bn_per_gw or 0.0) * vintage.capacity_gw
    if cost == 0.0:
        return
    if vintage.starts >= calendar.end:
        ledgers.dated(Kind.BEYOND_HORIZON, labels, "fit_out", share, years, -cost)
        ledgers.dated(Kind.HORIZON_VALUE, labels, UNUSED, share, years, cost)
    else:
        post_unused(case, ledgers, labels, share, cost, vintage.starts, vintage.ends)
    if vintage.starts < calendar.start:
        return
    if vintage.starts < calendar.end:
        ledgers.dated(Kind.COST, labels, "fit_out", share, years, -cost)
    ledgers.due(labels, "fit_out", share, [calendar.back(vintage.starts)], [cost], [years])
    owed = range(vintage.signed, calendar.forward(vintage.starts))
    ledgers.post("obligations", labels, "fit_out", share, owed, cost)


def post_stock(
    case: CaseData, ledgers: Ledgers, halls: Labels, vintage: PhaseVintage, share: int, *, ends: date | None = None
) -> None:
    """Post the halls of one backer that can be fitted for one family or another.

    With a day `ends` on which they are given back, what is posted from the next period on is taken back.
    """
    row = vintage.row
    if row.refit_usd_bn_per_gw is None:
        return
    ramp = case.derived(ramps).get(row.offer, ())
    stock = vintage.capacity_gw * _stock(case, vintage)
    before = 0.0
    if any(each.offer == row.offer for each in case.rows(FittedHalls)):
        before = vintage.capacity_gw * largest_part(ramp, vintage.starts, case.calendar.start)
    new = np.maximum(0.0, np.diff(np.concatenate([[before], stock])))
    if ends is not None:
        back = -1.0 * (np.array(vintage.periods) >= case.calendar.forward(ends))
        stock, new = stock * back, new * back
    ledgers.post("hall_stock", halls, "hall_stock", share, vintage.periods, stock)
    ledgers.post("hall_new", halls, "hall_new", share, vintage.periods, new)


def post_price(case: CaseData, ledgers: Ledgers, labels: Labels, row: SiteLease) -> None:
    """Post what it costs to fit a GW of the halls of a phase for another family."""
    if row.refit_usd_bn_per_gw is not None:
        periods = case.calendar.periods
        ledgers.post("refit_price", labels, "refit_price", CONSTANT, periods, row.refit_usd_bn_per_gw)


def _stock(case: CaseData, vintage: PhaseVintage) -> Vector:
    """The part of the halls that has stood by the end of each period of the term."""
    ramp, calendar = case.derived(ramps).get(vintage.row.offer, ()), case.calendar
    return np.array([largest_part(ramp, vintage.starts, calendar.start_of(t + 1)) for t in vintage.periods])


def check(tables: Tables) -> Iterator[Problem]:
    """Problems of what halls are fitted for."""
    sites = {row.offer: row for row in tables.rows(SiteLease)}
    total: dict[str, float] = {}
    for row in tables.rows(FittedHalls):
        site = sites.get(row.offer)
        if site is None:
            continue
        if site.refit_usd_bn_per_gw is None or site.status is not OfferStatus.SIGNED:
            expected = "a phase whose status is signed and whose refit_usd_bn_per_gw is given"
            yield row.problem("offer", expected, row.offer)
        elif row.family not in site.families:
            yield row.problem("family", f"one of {', '.join(sorted(site.families))}, which its halls admit")
        total[row.offer] = total.get(row.offer, 0.0) + row.gw
        most = site.capacity_mw / 1000 * site.signed_share
        if total[row.offer] > most * (1 + 1e-6):
            yield row.problem("gw", f"at most {most:g} GW over all rows of {row.offer}", f"{total[row.offer]:g}")
