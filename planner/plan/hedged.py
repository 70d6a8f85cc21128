"""What the record of a plan says that is one future of a hedge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from planner.basics.shapes import COUNT, NUMBER, WORDS, Each, Keys, Leaf, is_number

HEDGE = "hedge"
"""the kind of the record of a hedge, which says it first; the record of a plan has none"""
SHARE = Leaf(
    "a probability above 0 and at most 1", lambda value: is_number(value) and 0.0 < float(str(value)) <= 1.0 + 1e-9
)
SHAPE = Keys(
    {
        "future": WORDS,
        "probability": SHARE,
        "known": Each(WORDS),
        "futures": COUNT,
        "expected_cost_usd_bn": NUMBER,
    }
)
"""of the key `hedge` of a `plan.json`"""


@dataclass(frozen=True)
class OneFuture:
    """Which future of which hedge a plan is. It is not the cheapest of its future, for it prepares for the others."""

    future: str
    """its name: `high/late`"""
    probability: float
    known: tuple[str, ...]
    """how each event turns out in it, as `event:outcome`, in the order in which this becomes known"""
    futures: int
    """number of futures of the hedge"""
    expected_cost_usd_bn: float
    """of the hedge, over all futures"""

    @property
    def text(self) -> str:
        """Which future, of which hedge.

        >>> OneFuture("high/late", 0.25, ("demand:high", "site:late"), 4, 812.5).text
        "'high/late' (probability 0.25), one of 4 futures of a hedge whose expected cost is 812.500 USD bn"
        """
        return (
            f"{self.future!r} (probability {self.probability:.4g}), one of {self.futures:,} futures of a hedge whose "
            f"expected cost is {self.expected_cost_usd_bn:,.3f} USD bn"
        )

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """What the key `hedge` of a `plan.json` says, once its shape is checked."""
        return cls(**{**told, "known": tuple(told["known"])})


def tells_of_a_hedge(data: bytes) -> bool:
    """Whether the bytes of a `plan.json` are those of a hedge, even if they are damaged behind their beginning.

    >>> tells_of_a_hedge(b'{"kind": "hedge", "ti'), tells_of_a_hedge(b'{"title": "starter"}')
    (True, False)
    """
    begin = b"".join(data[:200].split())
    return begin.startswith(b'{"kind":"hedge"')
