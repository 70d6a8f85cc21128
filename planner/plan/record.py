"""The record of a plan, `plan.json`: the result, how it was found, and from which files."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from planner.basics.errors import DataError
from planner.basics.shapes import (
    COUNT,
    NOT_NEGATIVE,
    NUMBER,
    TEXT,
    WORDS,
    ByName,
    Each,
    Keys,
    Leaf,
    OrNull,
    among,
    parsed,
    problems,
)
from planner.ledgers.objective import Horizon
from planner.plan import hedged, replanned
from planner.plan.headline import Headline
from planner.plan.hedged import OneFuture
from planner.plan.replanned import Replanned
from planner.portfolio.portfolio import Portfolio

RECORD = "plan.json"
PROVEN = "proven"
STOPPED = "stopped"
ENDS = (
    "time limit", "interruption", "target met", "duality gap", "inexact", "unbounded", "lack of memory", "unknown",
    "error",
)  # fmt: skip
"""what may have stopped a search before its proof"""
NUMERICS = "the solver cannot be trusted with the numbers: "
"""how a note of a plan begins that says why"""
PHASES = ("post", "import", "build", "compile", "solve", "tables")
"""the phases of every solve, of which the record gives the seconds"""
WHEN_ASKED = ("write_mps", "ties")
"""phases of some solves"""
VERSIONS = ("planner", "pyomo", "highspy", "numpy", "pandas", "python")
"""what the record gives the version of"""
TOGETHER = "together"
"""names all events at once"""
ON_THE_SEARCHS_WORD = (
    "bound_usd_bn", "stopped_by", "seconds", "solver", "versions", "the notes on the solver's numbers",
    "changes other than the values set last",
)  # fmt: skip
"""what the record says that no file of a plan can confirm"""


@dataclass(frozen=True)
class Stressed:
    """What a stress plan says of where it comes from."""

    name: str
    """of the outcome: that of its event, or of all events together"""
    events: tuple[Mapping[str, str | float | None], ...]
    """the rows of the table of events, by column"""
    changes: tuple[str, ...]
    """the changes to the case that the events make, in the words of `--set`"""
    plan_title: str
    """title of the plan that was stressed"""
    plan_objective_usd_bn: float
    """its present cost"""
    plan_sha256: str
    """SHA-256 of its `plan.json`"""

    @property
    def text(self) -> str:
        """Which plan, under which events."""
        about = ", ".join(str(event["event"]) for event in self.events)
        cost = f"{self.plan_objective_usd_bn:,.3f} USD bn"
        return f"{self.plan_title!r} ({cost}, its plan.json {self.plan_sha256[:12]}…) under {about}"


@dataclass(frozen=True)
class Record:
    """What `plan.json` says: the result, how it was found, and from which files."""

    title: str
    status: str
    """`proven` to the gap asked for, or `stopped` before it; of a re-planned plan, the least cost in `replan` is, and
    of one future of a hedge, the hedge is"""
    stopped_by: str
    """one of ENDS, such as `time limit`; blank where the plan is proven"""
    objective_usd_bn: float
    """present cost at the discount rate; the sum of the next two"""
    cost_in_money_usd_bn: float
    """what is paid less what is received"""
    penalties_usd_bn: float
    """prices of demand not served, of policies missed and of limits broken under a waiver, which nobody pays"""
    bound_usd_bn: float | None
    """no plan costs less; None where the search stopped before any bound was known. Of one future of a hedge: the
    bound of plans for this future alone, if it is known"""
    gap: float | None
    """(objective − bound) / |objective|; None without a bound, or where the objective is 0 and the bound below it"""
    present_cost_at_lease_rate_usd_bn: float
    horizon: str
    """how what outlives the horizon is treated: fair, cut or charge"""
    present_cost_by_horizon_usd_bn: Mapping[str, float]
    """what the same decisions cost under each treatment"""
    owed_after_end_usd_bn: float
    """what is still to be paid after the end, undiscounted"""
    seconds: Mapping[str, float]
    """wall time by phase"""
    solver: Mapping[str, float | str]
    options: Mapping[str, float | str | None]
    versions: Mapping[str, str]
    inputs: Mapping[str, str]
    """SHA-256 of each file of the case as solved"""
    changes: tuple[str, ...] = ()
    """the changes that were made to the case since it was read, in the words of `--set` and in their order"""
    relaxed: tuple[str, ...] = ()
    """limits that a stress plan breaks, as `Limit.named` names them"""
    stress: Stressed | None = None
    """None where the plan is no stress plan"""
    replan: Replanned | None = None
    """what a re-planned plan says of the plan before it; None where it is none"""
    hedge: OneFuture | None = None
    """which future of a hedge it is; None where it is a plan by itself"""
    notes: tuple[str, ...] = field(default=())
    """remarks on offers and their windows"""

    @property
    def headline(self) -> Headline:
        """What the plan costs in money, and in penalties."""
        return Headline(self.cost_in_money_usd_bn, self.penalties_usd_bn)

    def json(self) -> str:
        """The record as the text of `plan.json`."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The record in the bytes of a `plan.json`. Raises DataError with every key that is not as it should be."""
        return cls.of(parsed(RECORD, data, "the record of a plan"))

    @classmethod
    def of(cls, told: Any) -> Self:
        """The record in the value of a `plan.json`. Raises as `parse` does."""
        found = list(problems(RECORD, told, SHAPE))
        if found:
            raise DataError(found)
        stress = told["stress"]
        if stress is not None:
            stress = Stressed(**{**stress, "events": tuple(stress["events"]), "changes": tuple(stress["changes"])})
        replan = None if told["replan"] is None else Replanned.of(told["replan"])
        parts = {
            "changes": tuple(told["changes"]),
            "relaxed": tuple(told["relaxed"]),
            "notes": tuple(told["notes"]),
            "stress": stress,
            "replan": replan,
            "hedge": None if told["hedge"] is None else OneFuture.of(told["hedge"]),
        }
        return cls(**{**told, **parts})


def notes_of(portfolio: Portfolio) -> list[str]:
    """The remarks on offers and their windows."""
    return [*portfolio.case.implied.remarks.values(), *(f"{offer}: {text}" for offer, text in portfolio.ledgers.notes)]


def begins_like_a_record(data: bytes) -> bool:
    """Whether the bytes may be those of a record, even if they are damaged: an object in JSON begins.

    >>> begins_like_a_record(b'{"title": "cut sh'), begins_like_a_record(b""), begins_like_a_record(b"[]")
    (True, False, False)
    """
    return data.lstrip()[:1] == b"{"


VERSION = Leaf(
    "a version such as 1.2.3",
    lambda value: isinstance(value, str) and re.fullmatch(r"[0-9]+(\.[0-9A-Za-z+-]+)*", value) is not None,
)
SHA256 = Leaf(
    "a SHA-256 in 64 hexadecimal digits",
    lambda value: isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value) is not None,
)
TEXT_OR_NUMBER = Leaf("text or a finite number", lambda value: TEXT.fits(value) or NUMBER.fits(value))
EVENT = ("event", "kind", "subject", "from_date", "value")
"""the columns of the table of events"""
STRESS = Keys(
    {
        "name": WORDS,
        "events": Each(Keys({name: OrNull(TEXT_OR_NUMBER) for name in EVENT})),
        "changes": Each(WORDS),
        "plan_title": TEXT,
        "plan_objective_usd_bn": NUMBER,
        "plan_sha256": SHA256,
    }
)
SHAPE = Keys(
    {
        "title": TEXT,
        "status": among(PROVEN, STOPPED),
        "stopped_by": among("", *ENDS),
        "objective_usd_bn": NUMBER,
        "cost_in_money_usd_bn": NUMBER,
        "penalties_usd_bn": NUMBER,
        "bound_usd_bn": OrNull(NUMBER),
        "gap": OrNull(NOT_NEGATIVE),
        "present_cost_at_lease_rate_usd_bn": NUMBER,
        "horizon": among(*map(str, Horizon)),
        "present_cost_by_horizon_usd_bn": Keys({str(each): NUMBER for each in Horizon}),
        "owed_after_end_usd_bn": NUMBER,
        "seconds": Keys(dict.fromkeys(PHASES, NOT_NEGATIVE), dict.fromkeys(WHEN_ASKED, NOT_NEGATIVE)),
        "solver": Keys(
            {
                "name": WORDS,
                "nodes": COUNT,
                "seconds": NOT_NEGATIVE,
                "status": TEXT,
                "saved_after_proof_usd_bn": NOT_NEGATIVE,
            }
        ),
        "options": ByName(OrNull(TEXT_OR_NUMBER)),
        "versions": Keys(dict.fromkeys(VERSIONS, VERSION)),
        "inputs": ByName(SHA256),
        "changes": Each(WORDS),
        "relaxed": Each(WORDS),
        "stress": OrNull(STRESS),
        "replan": OrNull(replanned.shape(SHA256)),
        "hedge": OrNull(hedged.SHAPE),
        "notes": Each(TEXT),
    }
)
"""of a `plan.json`"""
