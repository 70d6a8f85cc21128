"""What the record of a re-planned plan says of the plan before it: fences, changes, what is due, and the bridge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from planner.basics.shapes import COUNT, NOT_NEGATIVE, NUMBER, TEXT, WORDS, Each, Keys, Leaf, OrNull, among

NOT_ASKED = "what it costs to wait was not asked for"
"""what a decision that is due says where waiting was not worked out"""


@dataclass(frozen=True)
class Changed:
    """A signature that is not as in the plan before."""

    signature: str
    """instrument and key: `cloud_commitment[deal,2027-01-01,standard]`"""
    offer: str
    day: str
    """on which it is signed, or was to be signed"""
    was: str
    """what the plan before had: `not signed`, or `signed` with the sum of its sizes in their unit"""
    now: str
    change: float
    """1 where it is signed in one of the two plans only, else the largest change of a size over the largest size"""
    weight: float
    """½ ^ years from the start to the day"""


@dataclass(frozen=True)
class NotKept:
    """A signature of the plan before that is not kept."""

    signature: str
    why: str


@dataclass(frozen=True)
class DueDecision:
    """A decision that must be taken before the next plan, and what it costs to wait until then."""

    offer: str
    last_day: str
    """the day of the signature, or the last day on which the offer can be signed"""
    signed: bool
    """whether the plan signs it before the next plan; False: the plan lets it lapse"""
    low_usd_bn: float | None
    """least that waiting costs, by the bounds; None: nothing is known, or there is no plan"""
    cost_usd_bn: float | None
    """what waiting costs, by the plans that were found; None: there is no plan if it waits"""
    high_usd_bn: float | None
    says: str


@dataclass(frozen=True)
class BridgeStep:
    """A step from the cost of the plan before to that of this one."""

    step: str
    """start, time, operation, data, decisions, least change or gap"""
    group: str
    """the tables that change; blank for other steps"""
    low_usd_bn: float | None
    """least that the step can be, by the bounds; None where a bound is missing. Of `start`: the bound"""
    change_usd_bn: float
    """by how much the plans that were found differ. Of `start`: the cost"""
    high_usd_bn: float | None
    cumulative_usd_bn: float
    """the cost after the step"""
    says: str
    """limits that are broken because signatures are held, signatures that cannot be held; blank: none"""


@dataclass(frozen=True)
class Replanned:
    """What a re-planned plan says of where it comes from."""

    plan_title: str
    """title of the plan before"""
    plan_objective_usd_bn: float
    """its present cost, at its start"""
    plan_sha256: str
    """SHA-256 of its `plan.json`"""
    plan_start: str
    """first day of its case"""
    freeze_months: int
    """signatures dated within so many months are kept"""
    within: float | None
    """share of the least cost that less change may cost; None where change has a price"""
    change_cost_usd_bn: float | None
    """price of a change of weight 1; None where change has none"""
    next_plan: str
    """the day of the next plan"""
    least_cost_usd_bn: float
    """the least cost that was found, whatever changes; what is frozen is kept"""
    least_bound_usd_bn: float | None
    """no plan that keeps what is frozen costs less"""
    index: float
    """index of change: 0 nothing, 1 everything"""
    index_of_least_cost: float
    """the index of the plan of least cost"""
    least_change_proven: bool
    """whether it is proven that no plan of that cost changes less"""
    fair: bool
    """whether the steps of data are Shapley values; else they are in the order of the tables"""
    changes: tuple[Changed, ...]
    frozen: tuple[str, ...]
    """signatures that the freeze keeps, signed or not signed"""
    released: tuple[NotKept, ...]
    """signatures within the freeze that could not be kept"""
    gone: tuple[NotKept, ...]
    """signatures of the plan before that the case no longer has"""
    due: tuple[DueDecision, ...]
    bridge: tuple[BridgeStep, ...]

    @property
    def text(self) -> str:
        """Which plan it comes from."""
        cost = f"{self.plan_objective_usd_bn:,.3f} USD bn"
        return f"{self.plan_title!r} of {self.plan_start} ({cost}, its plan.json {self.plan_sha256[:12]}…)"

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """What the key `replan` of a `plan.json` says, once its shape is checked."""
        lists: dict[str, Any] = {
            "changes": tuple(Changed(**each) for each in told["changes"]),
            "frozen": tuple(told["frozen"]),
            "released": tuple(NotKept(**each) for each in told["released"]),
            "gone": tuple(NotKept(**each) for each in told["gone"]),
            "due": tuple(DueDecision(**each) for each in told["due"]),
            "bridge": tuple(BridgeStep(**each) for each in told["bridge"]),
        }
        return cls(**{**told, **lists})


def _is_day(value: object) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


DAY = Leaf("a date such as 2027-01-31", _is_day)
SHARE = Leaf("a share from 0 to 1", lambda value: NOT_NEGATIVE.fits(value) and float(str(value)) <= 1.0)
YES = Leaf("true or false", lambda value: isinstance(value, bool))
NOT_KEPT = Each(Keys({"signature": WORDS, "why": WORDS}))
STEPS = ("start", "time", "operation", "data", "decisions", "least change", "gap")
"""the steps of a bridge, in their order; there may be several of data"""


def shape(sha256: Leaf) -> Keys:
    """The shape of the key `replan`; `sha256` is that of a hash."""
    return Keys(
        {
            "plan_title": TEXT,
            "plan_objective_usd_bn": NUMBER,
            "plan_sha256": sha256,
            "plan_start": DAY,
            "freeze_months": COUNT,
            "within": OrNull(NOT_NEGATIVE),
            "change_cost_usd_bn": OrNull(NOT_NEGATIVE),
            "next_plan": DAY,
            "least_cost_usd_bn": NUMBER,
            "least_bound_usd_bn": OrNull(NUMBER),
            "index": SHARE,
            "index_of_least_cost": SHARE,
            "least_change_proven": YES,
            "fair": YES,
            "changes": Each(
                Keys(
                    {
                        "signature": WORDS, "offer": WORDS, "day": DAY, "was": WORDS, "now": WORDS,
                        "change": SHARE, "weight": SHARE,
                    }
                )
            ),
            "frozen": Each(WORDS),
            "released": NOT_KEPT,
            "gone": NOT_KEPT,
            "due": Each(
                Keys(
                    {
                        "offer": WORDS, "last_day": DAY, "signed": YES, "low_usd_bn": OrNull(NUMBER),
                        "cost_usd_bn": OrNull(NUMBER), "high_usd_bn": OrNull(NUMBER), "says": WORDS,
                    }
                )
            ),
            "bridge": Each(
                Keys(
                    {
                        "step": among(*STEPS), "group": TEXT, "low_usd_bn": OrNull(NUMBER), "change_usd_bn": NUMBER,
                        "high_usd_bn": OrNull(NUMBER), "cumulative_usd_bn": NUMBER, "says": TEXT,
                    }
                )
            ),
        }
    )  # fmt: skip
