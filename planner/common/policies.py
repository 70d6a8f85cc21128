"""Table of policies: requirements that the lab sets itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from planner.basics.errors import Problem
from planner.common.chips import Chip
from planner.common.demand import Workload
from planner.common.regions import Region
from planner.tables.cells import shown
from planner.tables.fields import Field
from planner.tables.reading import Rows
from planner.tables.references import suggestion
from planner.tables.table import Row, Table


class PolicyKind(StrEnum):
    """What a policy requires."""

    PROVIDER_SHARE_MAX = "provider_share_max"
    """largest share of a provider in what is served"""
    FAMILY_SHARE_MAX = "family_share_max"
    """largest share of a chip family in what is served"""
    SURVIVE_LOSS_OF_PROVIDER = "survive_loss_of_provider"
    """smallest share of each workload's demand that the machines of all other providers can serve"""
    OWN_CAPACITY_MIN = "own_capacity_min"
    """smallest sum of own halls that have commenced"""
    FUNDING_FROM_PROVIDER_MAX = "funding_from_provider_max"
    """largest equity from a provider, as a share of the spend with it"""
    RESERVE_MARGIN_MIN = "reserve_margin_min"
    """smallest margin above demand that all machines held could serve, as a share of demand"""
    SERVED_IN_REGION_MIN = "served_in_region_min"
    """smallest share of the demand served in a region that is served from the region itself"""


SECOND_SERVICES = (f"{PolicyKind.SURVIVE_LOSS_OF_PROVIDER}/", f"{PolicyKind.RESERVE_MARGIN_MIN}/")
"""beginnings of the subjects of policies for which work is assigned a second time: only as much is assigned as the
policy asks for, so their headroom says nothing"""


class Basis(StrEnum):
    """What a share is taken of."""

    SERVED = "served"
    """reference GW that serve demand"""
    NAMEPLATE = "nameplate"
    """GW in use, whatever they do"""


class Policy(Row):
    """A policy; of several of one kind and subject the latest holds, and in a period the strictest of those."""

    about: ClassVar[Table] = Table("policies", "one row per policy", ("policy",))

    policy: Annotated[str, Field("policy", identifier=True)]
    kind: Annotated[
        PolicyKind,
        Field(
            "provider_share_max, family_share_max: largest share of a provider or chip family in what is served;"
            " survive_loss_of_provider: smallest share of each workload's demand that all other machines serve if a"
            " provider is lost; own_capacity_min: smallest sum of own halls commenced; funding_from_provider_max:"
            " largest equity from a provider, as a share of the spend with it; reserve_margin_min: smallest margin"
            " above demand that all machines held could serve; served_in_region_min: smallest share of the demand"
            " served in a region that is served from there"
        ),
    ]
    subject: Annotated[
        str | None,
        Field(
            "provider, chip family, region or region/workload that the policy is about; blank: each provider in turn"
            " (survive_loss_of_provider), all halls (own_capacity_min) or all demand (reserve_margin_min)"
        ),
    ] = None
    from_date: Annotated[
        date,
        Field(
            "first day; the policy holds until the next date of the same kind and subject (funding_from_provider_max:"
            " over the whole horizon, whatever the date), and in the whole of the periods of its first and last day:"
            " of several in a period the strictest value counts, and of those with a penalty the highest"
        ),
    ]
    value: Annotated[
        float, Field("the share required; for own_capacity_min, GW", least=0, unit="share, or GW", usual_per_gw=20)
    ]
    penalty: Annotated[
        float | None,
        Field(
            "price of missing the policy, for a year and a reference GW, or a GW (own_capacity_min, and shares of"
            " nameplate), or once for a USD bn (funding_from_provider_max); blank: the policy must be kept",
            least=0,
            unit="USD bn per unit and year",
            usual=(0.005, 500),
        ),
    ] = None
    basis: Annotated[
        Basis | None,
        Field(
            "what a provider_share_max or family_share_max is a share of: served (reference GW that serve demand) or"
            " nameplate (GW in use); blank: served"
        ),
    ] = None

    missed_usd_bn: Annotated[
        float | None,
        Field(
            "of a funding_from_provider_max with a penalty: the miss for which it was charged before the case's start,"
            " and is not charged again; blank: 0",
            least=0,
        ),
    ] = None
    charged_on: Annotated[
        date | None,
        Field("day on which it was charged; a further miss is charged as if it had been on that day; blank: never"),
    ] = None

    @property
    def in_basis(self) -> Basis | None:
        """What the share is taken of; None where the kind has no choice."""
        return (self.basis or Basis.SERVED) if self.kind in WITH_BASIS else None


WITH_BASIS = frozenset({PolicyKind.PROVIDER_SHARE_MAX, PolicyKind.FAMILY_SHARE_MAX})
"""kinds whose share is of what is served or of nameplate"""


NEARLY = 1e-9
"""how far a sum may exceed its largest value by rounding, relatively"""
SHARES = frozenset(PolicyKind) - {PolicyKind.OWN_CAPACITY_MIN, PolicyKind.FUNDING_FROM_PROVIDER_MAX}
"""kinds whose value is at most 1"""
AT_LEAST = frozenset(
    {
        PolicyKind.OWN_CAPACITY_MIN,
        PolicyKind.RESERVE_MARGIN_MIN,
        PolicyKind.SERVED_IN_REGION_MIN,
        PolicyKind.SURVIVE_LOSS_OF_PROVIDER,
    }
)
"""kinds that are loosened by a smaller value"""
OF_PROVIDER = frozenset(
    {PolicyKind.PROVIDER_SHARE_MAX, PolicyKind.SURVIVE_LOSS_OF_PROVIDER, PolicyKind.FUNDING_FROM_PROVIDER_MAX}
)
"""kinds about providers"""
OF_ALL = frozenset({PolicyKind.SURVIVE_LOSS_OF_PROVIDER, PolicyKind.OWN_CAPACITY_MIN, PolicyKind.RESERVE_MARGIN_MIN})
"""kinds whose subject may be blank"""


def check(tables: Rows) -> Iterator[Problem]:
    """Problems of policies: unknown subjects, shares above 1, and two values for the same day."""
    first: dict[tuple[object, ...], Policy] = {}
    for row in tables.rows(Policy):
        yield from _subject(tables, row)
        if row.kind in SHARES and row.value > 1:
            yield row.problem("value", f"a share of at most 1 for {row.kind}")
        if row.basis is not None and row.kind not in WITH_BASIS:
            yield row.problem("basis", f"a blank for {row.kind}")
        yield from _charged(tables, row)
        earlier = first.setdefault((row.kind, row.subject, row.in_basis, row.from_date), row)
        if earlier is not row:
            expected = f"one value of {row.kind} for a subject and day ('{earlier.policy}' in line {earlier.line})"
            yield row.problem("policy", expected)


def _charged(tables: Rows, row: Policy) -> Iterator[Problem]:
    """Problems of what is said to have been charged before the start."""
    once = row.kind is PolicyKind.FUNDING_FROM_PROVIDER_MAX and row.penalty is not None
    for column, other in (("missed_usd_bn", "charged_on"), ("charged_on", "missed_usd_bn")):
        if getattr(row, column) is not None and not once:
            yield row.problem(column, "a blank unless kind is funding_from_provider_max, with a penalty")
        elif getattr(row, column) is None and getattr(row, other) is not None:
            yield row.problem(column, f"a value where {other} is given")
    equity = [
        float(getattr(offer, "equity_usd_bn", 0.0))
        for offer in tables.offers()
        if getattr(offer, "provider", None) == row.subject
    ]
    if once and row.missed_usd_bn is not None and row.missed_usd_bn > sum(equity) * (1 + NEARLY):
        yield row.problem("missed_usd_bn", f"a number not above all equity of {row.subject}, {sum(equity):g}")


def _subject(tables: Rows, row: Policy) -> Iterator[Problem]:
    """A problem where the subject is not one of those that the policy's kind is about."""
    if row.subject is None and row.kind in OF_ALL:
        return
    known = _subjects(tables, row.kind)
    if known is not None and row.subject not in (names := frozenset(known)):
        expected = {
            PolicyKind.FAMILY_SHARE_MAX: "a chip family of chips.csv",
            PolicyKind.OWN_CAPACITY_MIN: "a region of regions.csv, or a blank for all",
            PolicyKind.RESERVE_MARGIN_MIN: "a region, region/workload, or a blank for all",
            PolicyKind.SERVED_IN_REGION_MIN: "a region, or region/workload",
            PolicyKind.SURVIVE_LOSS_OF_PROVIDER: "a provider of any offer table, or a blank for each in turn",
        }.get(row.kind, "a provider of any offer table")
        yield row.problem(
            "subject", f"{expected} for {row.kind}", shown(row.subject) + suggestion(row.subject or "", names)
        )


def _subjects(tables: Rows, kind: PolicyKind) -> Iterable[str] | None:
    """Subjects that a kind of policy may have; None where they cannot be known, as some row is not valid."""
    if kind in OF_PROVIDER:
        classes = [row for row in {*tables.by_class, *tables.partial} if "provider" in row.model_fields]
        if not tables.complete(*classes):
            return None
        return [str(getattr(row, "provider", "")) for of in classes for row in tables.rows(of)]
    if kind is PolicyKind.FAMILY_SHARE_MAX:
        return [chip.family for chip in tables.rows(Chip)] if tables.complete(Chip) else None
    if not tables.complete(Region, Workload):
        return None
    regions = [region.region for region in tables.rows(Region)]
    if kind is PolicyKind.OWN_CAPACITY_MIN:
        return regions
    return [*regions, *(f"{region}/{row.workload}" for region in regions for row in tables.rows(Workload))]
