"""How much of an offer is signed, as those see it who require it.

The ledgers say it of every offer that somebody requires. An instrument that does not post them says only whether an
offer is signed, which then counts as all of it.
"""

from __future__ import annotations

from planner.ledgers.balances import Balance
from planner.ledgers.ledgers import Ledgers

RUNNING = "running_"
"""begins the names of the ledgers in which an offer counts while its term runs"""


def signed_of(ledgers: Ledgers, what: str, offer: str) -> Balance:
    """What is signed of an offer by the start of each period: its share `taken`, what is `met`, or what is `tied`.

    With the prefix `RUNNING`, only while its term runs, or that of a contract that renews it.
    """
    if not ledgers.posts.select("met", offer=offer):
        return ledgers.balance("signed", offer=offer)
    if what.startswith(RUNNING):
        return ledgers.balance(what, about=offer)
    return ledgers.balance(what, offer=offer)


def any_size_may_be_signed(ledgers: Ledgers, offer: str) -> bool:
    """Whether its smallest size is 0, so that what is met may lie between 0 and 1."""
    signatures = {j for post in ledgers.select("signed", offer=offer) for j in post.variables.tolist()}
    return any(j not in signatures for post in ledgers.select("met", offer=offer) for j in post.variables.tolist())
