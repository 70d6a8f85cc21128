"""What a plan for all futures signs now and later, offer by offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.basics.risk import expected
from planner.plan.hedges.hedge import Hedge

if TYPE_CHECKING:
    import pandas as pd

NOW, LATER, NO = "yes", "later", "no"
"""whether an offer is signed: before any news, in some future after it, or in none"""
ROOT = 0


@dataclass(frozen=True)
class SignedOffer:
    """How firmly a hedge signs an offer."""

    offer: str
    signed: str
    """one of NOW, LATER and NO"""
    probability: float
    """of the futures in which it is signed at all"""


def signed_now(found: Hedge) -> list[str]:
    """The offers of which something is signed before any news, in the order of the case."""
    table = found.signatures
    mine = set(table.loc[table["node"] == ROOT, "offer"])
    return [offer.offer for offer in found.case.tables.offers() if offer.offer in mine]


def policy(found: Hedge) -> list[SignedOffer]:
    """Every offer of the case, and how firmly it is signed. What is signed already counts as signed now."""
    now, futures = set(signed_now(found)), found.futures_tree.futures
    signing = {future.name: _signed(found.plan(future.name).offers) for future in futures}
    before = set.intersection(*signing.values()) - _decided(found)
    offers = []
    for offer in (each.offer for each in found.case.tables.offers()):
        probability = sum(future.probability for future in futures if offer in signing[future.name])
        said = NOW if offer in now or offer in before else LATER if probability > 0.0 else NO
        offers.append(SignedOffer(offer, said, min(1.0, probability)))
    return offers


def _signed(offers: pd.DataFrame) -> set[str]:
    return {str(name) for name in offers.loc[offers["signed"] == "yes", "offer"]}


def _decided(found: Hedge) -> set[str]:
    """The offers on which the hedge decides in some node."""
    return set(found.signatures["offer"])


def offers_of(found: Hedge) -> pd.DataFrame:
    """The offers of the case: how firmly each is signed, its highest GW in any future, and what is expected of it.

    Used GW-years and present cost are expected values, over all futures. `signed_on` is blank where the days differ.
    """
    import pandas as pd

    futures = found.futures_tree.futures
    weights = [future.probability for future in futures]
    plans = [
        {str(row["offer"]): row for row in found.plan(future.name).offers.to_dict("records")} for future in futures
    ]
    rows = []
    for each in policy(found):
        mine = [plan.get(each.offer, {}) for plan in plans]
        days = {str(row["signed_on"]) for row in mine if row.get("signed") == "yes" and str(row["signed_on"])}
        used, cost = (
            expected([float(row.get(name, 0.0)) for row in mine], weights)
            for name in ("used_gw_years", "present_cost_usd_bn")
        )
        rows.append(
            {
                "offer": each.offer, "signed": each.signed, "probability": each.probability,
                "signed_on": days.pop() if len(days) == 1 else "",
                "peak_gw": max(float(row.get("peak_gw", 0.0)) for row in mine),
                "used_gw_years": used, "present_cost_usd_bn": cost,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)
