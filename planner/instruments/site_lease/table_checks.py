"""Checks of the tables of site leases: the parts of phases that are taken, and who backs them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from planner.basics.errors import Problem
from planner.instruments.shared.table_checks import ADDS_UP
from planner.instruments.site_lease.tables import LeaseBacker, SiteLease
from planner.instruments.site_lease.whole_shares import largest_share
from planner.tables.offer import OfferStatus
from planner.tables.table import Tables


def check(tables: Tables) -> Iterator[Problem]:
    """Problems of steps, of the number of guarantors, and of guarantors that may be replaced."""
    sites = tables.rows(SiteLease)
    by_offer = {site.offer: site for site in sites}
    for site in sites:
        before = by_offer.get(site.after or "")
        if before is not None and before.share_step is not None:
            largest = largest_share(before)
            if site.after_share_min > largest + ADDS_UP:
                expected = f"at most {largest:.7g}, the largest part of {before.offer} that its share_step allows"
                yield site.problem("after_share_min", expected)
        if site.substitution_fee_usd_bn_per_gw is not None and site.refit_usd_bn_per_gw is not None:
            expected = "a blank where refit_usd_bn_per_gw is given, as its halls are fitted already"
            yield site.problem("substitution_fee_usd_bn_per_gw", expected)
        yield from _diligence(site)
    given = Counter(row.offer for row in tables.rows(LeaseBacker))
    for offer, count in given.items():
        backed = by_offer.get(offer)
        if backed is not None and backed.backers_max is not None and count > backed.backers_max:
            yield backed.problem("backers_max", f"at least {count}, the number of its rows in {LeaseBacker.about.file}")


def _diligence(site: SiteLease) -> Iterator[Problem]:
    """Problems of due diligence that takes time: were it free, it would begin everywhere."""
    if site.diligence_months > 0 and site.diligence_usd_bn == 0:
        yield site.problem("diligence_usd_bn", "a number above 0 where diligence_months is above 0")
    if site.diligence_from is None:
        return
    if site.diligence_months == 0:
        yield site.problem("diligence_from", "a blank where diligence_months is 0")
    elif site.status is OfferStatus.SIGNED:
        yield site.problem("diligence_from", "a blank where status is signed")
