"""Policies: what the price of each policy that is missed means to a reader."""

from __future__ import annotations

from planner.common.policies import PolicyKind
from planner.interfaces.plain_lines import Meaning, PlainLine, PlainLines

MISSED = {
    PolicyKind.PROVIDER_SHARE_MAX: "largest share of one provider",
    PolicyKind.FAMILY_SHARE_MAX: "largest share of one family of chips",
    PolicyKind.OWN_CAPACITY_MIN: "least own capacity",
    PolicyKind.RESERVE_MARGIN_MIN: "least reserve",
    PolicyKind.SERVED_IN_REGION_MIN: "least share served in the region itself",
    PolicyKind.FUNDING_FROM_PROVIDER_MAX: "largest funding from one provider",
    PolicyKind.SURVIVE_LOSS_OF_PROVIDER: "service after the loss of a provider",
}
LINES: PlainLines = {
    str(kind): PlainLine(
        f"Missed: {what}", f"The price of a policy that is not kept, which nobody is paid: {what}.", Meaning.PENALTIES
    )
    for kind, what in MISSED.items()
}
