"""What `planner check` says of limits that may be missed or broken at a price: policies and waivers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from planner.basics.display import Display
from planner.basics.text import number
from planner.case.case import Case
from planner.common.policies import Policy, PolicyKind
from planner.common.waivers import Waiver


def policies(case: Case) -> Iterator[str]:
    """Each policy that the lab sets itself, and what a miss costs."""
    shown_in = case.settings.shown_in
    for row in case.rows(Policy):
        about = f" {row.subject}" if row.subject else ""
        price = "to be kept" if row.penalty is None else _missed(row, row.penalty, shown_in)
        value = shown_in.number(row.value, "GW" if row.kind is PolicyKind.OWN_CAPACITY_MIN else "")
        yield f"{row.policy}: {row.kind}{about} {value} from {row.from_date}, {price}"


def _missed(row: Policy, penalty: float, display: Display) -> str:
    """What a policy costs for each GW, or USD bn, that it is missed by."""
    unit = "USD bn" if row.kind is PolicyKind.FUNDING_FROM_PROVIDER_MAX else "GW"
    return f"{display.price(penalty, unit)} {display.money} for each it is missed by"


def waivers(case: Case, units: Mapping[str, str]) -> list[str]:
    """Each waiver: what may be broken, how far, how probably, and at what price; `units` are those of the rules."""
    found, shown_in = [], case.settings.shown_in
    for row in case.rows(Waiver):
        unit, about = units.get(row.rule, ""), row.subject or "of any subject"
        most = "" if row.most is None else f", by {shown_in.number(row.most, unit)} at most"
        if row.probability_max is not None:
            most += f", in futures of probability {number(row.probability_max)} at most"
        price = f"{shown_in.price(row.price_usd_bn_per_unit_year, unit)} {shown_in.money} for a unit and year"
        found.append(f"{row.rule} {about}: {price}{most}")
    return found
