"""What an instrument's maker of random offers is given, and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from random import Random
from typing import Protocol

from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar, add_months
from planner.basics.draws import stream
from planner.common.chips import Chip
from planner.common.demand import Workload
from planner.common.guarantors import GuaranteeKind
from planner.common.regions import Region
from planner.interfaces.case_data import CaseData
from planner.ledgers.ledgers import Ledgers
from planner.tables.table import Row

SOURCE = "generated"
"""key of the only source, which every row names"""
SUPPORTER = "tpu_maker"
"""the guarantor of the residual values of TPUs, for offers that want one"""


class ChipFamily(StrEnum):
    """The families of generated chips."""

    TPU = "tpu"
    TRAINIUM = "trainium"
    GPU = "gpu"


@dataclass(frozen=True)
class Window:
    """When something may happen: from day `first` to day `last`, between which periods `begin` to `end` start."""

    first: date
    last: date
    begin: int
    end: int


@dataclass(frozen=True)
class Frame:
    """What a generated case stands on: its calendar, regions, workloads and chips."""

    calendar: Calendar
    regions: tuple[Region, ...]
    workloads: tuple[Workload, ...]
    chips: tuple[Chip, ...]

    @property
    def horizon_months(self) -> int:
        """Length of the horizon [months]."""
        return self.calendar.T * self.calendar.period_months

    @property
    def homes(self) -> list[str]:
        """Regions where halls can be leased: the first region and every second one after it."""
        return [row.region for row in self.regions[::2]]

    def day(self, months: int) -> date:
        """The date so many months after the start."""
        return add_months(self.calendar.start, months)

    def of_family(self, family: ChipFamily) -> list[Chip]:
        """Chips of a family, by date; the first is available at the start."""
        return sorted((chip for chip in self.chips if chip.family == family), key=lambda chip: chip.available_from)

    def on_sale(self, family: ChipFamily, t: int) -> list[Chip]:
        """Chips of a family that are available at the start of period t, by date."""
        day = self.calendar.start_of(t)
        return [chip for chip in self.of_family(family) if chip.available_from <= day]

    def lead(self, months: int) -> int:
        """A lead time, cut so that it ends within the horizon [months]."""
        return min(months, (self.calendar.T - 1) * self.calendar.period_months)

    def window(self, rng: Random, early: float, late: float, length_months: int, lead: int = 0) -> Window:
        """A window that opens between two shares of the horizon and holds the start of a period.

        What is signed in it commences within the horizon, `lead` months later. Half of the windows open on the start
        of a period, the others up to a period before; the same holds for the end.
        """
        months = self.calendar.period_months
        latest = self.calendar.T - 1 + (-lead) // months
        begin = min(latest, int(self.calendar.T * (early + (late - early) * rng.random())))
        end = min(latest, begin + max(1, length_months // months))
        before = rng.randrange(months) if rng.random() < 0.5 else 0
        after = rng.randrange(months) if rng.random() < 0.5 else 0
        first = self.day(max(0, begin * months - before))
        return Window(first, self.day(end * months + after), begin, end)


@dataclass(frozen=True)
class Due:
    """Money that stands to be paid whatever is decided: on contracts that are signed, and on facilities."""

    months: int
    """after the start; a negative number counts as the start"""
    usd_bn: float


@dataclass(frozen=True)
class OfferedCloud:
    """A contract for capacity that a provider runs for years."""

    offer: str
    provider: str
    most_gw: float
    """capacity in its largest year"""
    equity_usd_bn: float
    """what the provider pays in"""
    signed: bool


@dataclass(frozen=True)
class OfferedHalls:
    """Halls that can be leased, or are leased already."""

    region: str
    gw: float
    signed: bool


@dataclass(frozen=True)
class OfferedChips:
    """An order whose chips somebody else may take over."""

    offer: str
    chip: str
    sign_from: date | None


@dataclass
class Made:
    """The offers that a maker has made, and what the makers of other rows ask about them."""

    rows: list[Row] = field(default_factory=list)
    """of all its tables"""
    dues: list[Due] = field(default_factory=list)
    """its signed offers take at least these sums, and no sum later than it says"""
    clouds: list[OfferedCloud] = field(default_factory=list)
    """a guarantor may require the first that is not signed; policies are about the providers"""
    halls: list[OfferedHalls] = field(default_factory=list)
    """grids carry them, and policies ask for part of them"""
    orders: list[OfferedChips] = field(default_factory=list)


class Make(Protocol):
    """Makes one instrument's offers."""

    def __call__(self, frame: Frame, rng: Random, count: int, size: float) -> Made:
        """`count` offers whose GW are multiplied by `size`; it takes the same random numbers for every size."""


class Supply(StrEnum):
    """What offers give, as `planner check` calls it."""

    CLOUD = "cloud"
    HALLS = "halls"
    CHIPS = "chips"


@dataclass(frozen=True)
class Guaranteed:
    """What an instrument asks guarantors to stand behind."""

    kind: GuaranteeKind
    most: Callable[[CaseData, Ledgers], Mapping[str, Vector]]
    """by offer, the largest exposure of a guarantor in each period, were it signed in full [USD bn]; shape (T,)"""


class FurtherTerms(Protocol):
    """Gives a part of the rows of a generated case terms that they need not have.

    The plan that signs nothing more must keep every limit with them too, so what is signed already keeps its terms.
    """

    def __call__(self, frame: Frame, rng: Random, part: float, rows: Sequence[Row]) -> list[Row]:
        """All rows, of which about `part` of those that can have further terms have some, and rows that these need."""


@dataclass(frozen=True)
class RandomOffers:
    """How an instrument takes part in generated cases.

    Raises ValueError where `share` is not between 0 and 1.
    """

    make: Make
    supplies: Supply | None
    """what its offers give, which says with which size they are made; None: neither cloud, halls nor chips, size 1"""
    guaranteed: Guaranteed | None
    """None: it asks for no guarantor"""
    share: float | None = None
    """its part of all offers; None: as in the reference case, which must hold offers of it"""
    complete: Callable[[Made, Sequence[Made]], None] | None = None
    """changes its own rows once all offers are made, for what they say of other offers; None: nothing to change"""
    further_terms: FurtherTerms | None = None
    """gives its offers further terms where a case is to have some; None: there are none"""
    likeness: tuple[str, ...] = ()
    """changes to the reference case before its ratios are taken, where generated offers are not like all of its"""

    def __post_init__(self) -> None:
        if self.share is not None and not 0.0 <= self.share <= 1.0:
            raise ValueError(f"share: {self.share:g} is not between 0 and 1")


def with_terms(makers: Mapping[str, FurtherTerms], frame: Frame, seed: int, part: float, rows: list[Row]) -> list[Row]:
    """The rows of a case, with the further terms that each maker gives to a part of them; the makers have names."""
    for name, maker in makers.items():
        rows = maker(frame, stream(seed, f"terms of {name}"), part, rows)
    return rows


def rows_of(made: Sequence[Made]) -> list[Row]:
    """All rows, maker after maker."""
    return [row for each in made for row in each.rows]
