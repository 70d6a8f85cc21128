"""Ledgers: each effect of a decision is posted once, and everything else reads the posts.

A *variable* is one decision. Variables that share a name, unit and domain form a group, which is one indexed variable
of the model. A *post* holds what one unit of some variables adds to one ledger in some periods. A *balance* adds up
posts by any labels. Pyomo is not known here.

The ledgers:

    signed           1 per offer signed by then
    taken            share of an offer's largest size that is signed by then; of offers that somebody requires
    met              the same, but 1 once an offer with a smallest size is signed: what counts as signed
    tied             share of an offer in proportion to which others act, at most 1
    running_taken    taken, met and tied while the offer's term runs; the label `about` names the offer that is
    running_met          required: the offer itself, or one that it renews
    running_tied
    opened           1 where enough of the offer is signed to which a guarantor is tied, by then or while it runs
    backed           USD bn of a guarantor's exposure at its peak, in the period in which it is signed
    raised           USD bn raised under a programme, in the period in which it is signed or drawn
    halls_financed   GW of halls leased under a programme, likewise
    chips_financed   GW of chips bought with the money of leases under a programme, likewise
    raised_before    what was signed or drawn under a programme before the start, in the first period
    halls_financed_before
    chips_financed_before
    rights           GW that may be used under a cloud contract, or of spare capacity while it is taken
    product_rights   GW of one chip in one region that may be used, where a cloud contract limits it
    in_use           GW that runs
    compute          GW in use times availability, firm or interruptible
    halls            GW of IT power leased
    hall_stock       GW of halls that have stood by the end of a period and can be fitted for one chip family or another
    hall_new         GW of them that were not there before
    refit_price      USD bn per GW, for fitting them for another family
    fitted           GW of them that are fitted for a family, in a period
    fitted_before        in the period before
    fitted_first         for the first time
    refitted             anew
    hosts            GW of a family that may run in halls
    hosts_fitted         of them in halls that must be fitted for it
    chips            GW of chips held
    unavailable      GW of chips held before they can run, from the period in which they become available
    placed           GW of own chips by region, where a chip can stand in more than one
    placed_before    the same in the period before, without those that have left the stock since
    arrives          GW of own chips that come to stand in a region without a decision
    leaving          GW of own chips that leave the stock at the end of a period
    given_up         GW that a region gives up of them
    moved_in         GW moved to a region at the start of a period
    moved_out        GW moved away from it
    moved_out_before    GW of chips owned in a region that were moved away from it before the start of the case
    moving           GW moved to a region that is still idle
    power            GW drawn in halls
    let              GW of halls, or of own chips that run, that are let to tenants
    work             GW set to a workload
    serves           GW of a provider's machines that serve a workload, where a policy or a move needs to know
    reassigned       GW in use of other providers, set to a workload after the loss of one
    held             GW that could be in use, counted for a reserve margin
    reserve          GW held times availability
    reserve_work     GW of reserve set to a workload
    capability       reference GW of work
    served_by        reference GW of serves
    homes            reference GW of a workload that live on a provider's chips of one family
    homes_before     the same in the period before
    moved_home       reference GW that moved there
    grown            reference GW of growth that first live there
    unneeded         reference GW served beyond the demand
    resilience       reference GW of reassigned
    reserve_capability    reference GW of reserve_work
    service          reference GW served
    reserve_service  reference GW that could be served
    shortage         reference GW not served
    missed           amount by which a policy is missed, in its unit: GW, reference GW or USD bn
    guarantees       USD bn of a guarantor's exposure at the start of a period
    locked           USD bn of cash that is locked up as collateral from the start of a period on
    debt             USD bn of each class, at the start of a period
    obligations      USD bn still owed, undiscounted, at the start of a period
    fixed_charges    USD bn of fixed payments in the twelve months from the start of a period
    dues             USD bn owed, in the period in which it falls due, also after the end of the horizon
    received_before  USD bn of equity, or rent, that a provider paid in before the start of the case
    paid_before      USD bn that a provider was paid for compute before the start of the case
    rollover         USD bn of spend carried from one contract year to the next
    cash             USD bn by kind; receipts are positive, payments negative

Each cash post has its times, in years after the start of the case, from which it is discounted. The objective is minus
the present value of the posts of the kinds that `objective.in_objective` names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from planner.basics.arrays import Index, Vector
from planner.basics.calendar import Calendar
from planner.ledgers.balances import Balance
from planner.ledgers.decision_times import Decided, misfit
from planner.ledgers.deliveries import AssignableDelivery
from planner.ledgers.posts import IN_LIQUIDITY, Kind, Labels, Post, Posts
from planner.ledgers.variables import UNITS, Domain, Key, Maximum, PlanFile, VariableGroup

Scalar = TypeVar("Scalar", bound=np.generic)
AFTER_THE_END = frozenset({Kind.CREDIT, Kind.BEYOND_HORIZON, Kind.HORIZON_VALUE})
"""kinds of cash that may lie after the end of the horizon"""
SAME_TIME = 1e-9
"""difference up to which two times are the same [periods]"""
CONSTANT = -1
"""In place of the number of a variable: the value of the post counts whatever is decided."""


@dataclass(frozen=True)
class Counts:
    """How many groups, posts and so on some ledgers hold. All of them are only ever added to."""

    groups: int
    posts: int
    assignable: int
    maxima: int
    notes: int
    sites: int = 0


@dataclass
class Ledgers:
    """All variables and posts of one future. Instruments and rules fill them; afterwards they are only read."""

    calendar: Calendar
    groups: list[VariableGroup] = field(default_factory=list)
    posts: Posts = field(default_factory=Posts)
    assignable: list[AssignableDelivery] = field(default_factory=list)
    """deliveries of chips that their holder may assign to somebody else"""
    maxima: list[Maximum] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    """(offer, remark for a reader), for instance that its window holds no start of a period"""
    sites: list[tuple[str, str]] = field(default_factory=list)
    """(region, chip families that they admit) of halls that somebody offers, be it after the end of the horizon"""

    @property
    def size(self) -> int:
        """Number of variables."""
        return sum(len(group.keys) for group in self.groups)

    @property
    def names(self) -> list[str]:
        """The decisions' names, in the order of the variables."""
        return [name for group in self.groups for name in group.names]

    @property
    def counts(self) -> Counts:
        """How many groups, posts and so on there are."""
        held = (self.groups, self.posts, self.assignable, self.maxima, self.notes, self.sites)
        return Counts(*(len(each) for each in held))

    def up_to(self, counts: Counts) -> Ledgers:
        """A copy of the first groups, posts and so on, to which others may be added."""
        return Ledgers(
            self.calendar,
            self.groups[: counts.groups],
            self.posts.first(counts.posts),
            self.assignable[: counts.assignable],
            self.maxima[: counts.maxima],
            self.notes[: counts.notes],
            self.sites[: counts.sites],
        )

    def declare(
        self,
        block: str,
        name: str,
        dims: tuple[str, ...],
        keys: Iterable[Key],
        *,
        unit: str,
        decided: Decided,
        domain: Domain = Domain.NONNEGATIVE,
        lower: Vector | None = None,
        upper: Vector | None = None,
        file: PlanFile = PlanFile.DECISIONS,
    ) -> VariableGroup:
        """Declare a group of variables; `decided` says when they are decided.

        Unless bounds are given, each is at least 0, and a binary at most 1. Raises ValueError where the key holds no
        such time, or the plan's file cannot hold their unit.
        """
        if unit not in UNITS.get(file, (unit,)):
            holds = " or ".join(UNITS[file])
            raise ValueError(f"variables {block}.{name} are in {unit}, but {file}.csv holds {holds}")
        earlier = {group.name: group.dims for group in self.groups if group.block == block}
        if wrong := misfit(decided, name, dims, earlier):
            raise ValueError(f"{block}.{name}: {wrong}")
        keys = tuple(keys)
        high = 1.0 if domain is Domain.BINARY else np.inf
        made = VariableGroup(
            block,
            name,
            dims,
            keys,
            unit,
            domain,
            np.zeros(len(keys)) if lower is None else lower,
            np.full(len(keys), high) if upper is None else upper,
            self.size,
            file,
            self.calendar,
            decided,
        )
        self.groups.append(made)
        return made

    def maximum(self, variable: int, *balances: tuple[Balance, int]) -> None:
        """State that a variable is the largest of 0 and the values of some balances, each in the period beside it.

        The balances must not depend on a variable that is itself such a maximum.
        """
        forms = []
        for balance, t in balances:
            variables, values = balance.by_period()[t]
            forms.append((variables, values, float(balance.constant[t])))
        self.maxima.append(Maximum(variable, tuple(forms)))

    def find(self, block: str, name: str) -> VariableGroup:
        """The group of that block and name. Raises KeyError where none was declared."""
        for group in self.groups:
            if (group.block, group.name) == (block, name):
                return group
        raise KeyError(f"no variables {block}.{name}")

    def post(
        self,
        ledger: str,
        labels: Labels,
        line: str,
        variables: int | Sequence[int] | Index,
        periods: Sequence[int] | Index | range,
        values: float | Sequence[float] | Vector,
    ) -> None:
        """Post a quantity: `values[i]` per unit of `variables[i]` in `periods[i]`.

        A single variable or value holds for all periods. Periods outside the horizon and zero values are left out.
        """
        self._post(ledger, labels, line, None, variables, periods, values, None)

    def due(
        self,
        labels: Labels,
        line: str,
        variable: int,
        periods: Sequence[int] | Index | range,
        values: Sequence[float] | Vector,
        years: Sequence[float] | Vector | None = None,
    ) -> None:
        """Post what one unit of a variable owes, by period to the end of its term [USD bn].

        Without `years` it falls due evenly over the period, otherwise at `years` after the start of the case.
        """
        self._post("dues", labels, line, None, variable, periods, values, None if years is None else np.asarray(years))

    def flow(
        self,
        kind: Kind,
        labels: Labels,
        line: str,
        variables: int | Sequence[int] | Index,
        periods: Sequence[int] | Index | range,
        values: float | Sequence[float] | Vector,
    ) -> None:
        """Post cash that flows evenly over periods [USD bn], discounted from their middle.

        Periods after the end are left out unless the kind is one of `AFTER_THE_END`.
        """
        when = _numbers(periods)
        years = (when.astype(float) + 0.5) * self.calendar.h
        self._post("cash", labels, line, kind, variables, when, values, years)

    def dated(
        self,
        kind: Kind,
        labels: Labels,
        line: str,
        variables: int | Sequence[int] | Index,
        years: float | Sequence[float] | Vector,
        values: float | Sequence[float] | Vector,
    ) -> None:
        """Post sums of cash [USD bn] at points in time [years after the start], discounted from there.

        A sum at the start of a period counts in that period, on its first day. One on the day on which the horizon ends
        counts in the last period, at its end. Credits at or after the end, and later sums, count in period T, which
        only the kinds of `AFTER_THE_END` may do.
        """
        when = np.atleast_1d(np.asarray(years, dtype=float))
        T = self.calendar.T
        periods = np.minimum(np.floor(when / self.calendar.h + SAME_TIME).astype(np.int64), T)
        if kind in IN_LIQUIDITY:
            periods = np.where(np.abs(when / self.calendar.h - T) <= SAME_TIME, T - 1, periods)
        self._post("cash", labels, line, kind, variables, periods, values, when)

    def at_end(
        self,
        kind: Kind,
        labels: Labels,
        line: str,
        variables: int | Sequence[int] | Index,
        periods: Sequence[int] | Index | range,
        values: float | Sequence[float] | Vector,
        years: Sequence[float] | Vector | None = None,
    ) -> None:
        """Post cash that falls due in arrears [USD bn]: it belongs to a period, and is due at the end of that period.

        Where a contract ends inside the period, `years` says when it is due [years after the start].
        """
        when = _numbers(periods)
        due = (when.astype(float) + 1.0) * self.calendar.h if years is None else np.asarray(years, dtype=float)
        self._post("cash", labels, line, kind, variables, when, values, due)

    def _post(
        self,
        ledger: str,
        labels: Labels,
        line: str,
        kind: Kind | None,
        variables: int | Sequence[int] | Index,
        periods: Sequence[int] | Index | range,
        values: float | Sequence[float] | Vector,
        years: Vector | None,
    ) -> None:
        when = _numbers(periods)
        what = _along(np.asarray(variables, dtype=np.int64), when)
        much = _along(np.asarray(values, dtype=float), when)
        keep = much != 0.0
        if ledger != "dues" and kind not in AFTER_THE_END:
            keep &= (when >= 0) & (when < self.calendar.T)
        if np.count_nonzero(keep) < len(keep):
            what, when, much = what[keep], when[keep], much[keep]
            years = None if years is None else years[keep]
        if len(when):
            self.posts.append(Post(ledger, labels, line, kind, what, when, much, years))

    def select(self, ledger: str, kinds: frozenset[Kind] | None = None, /, **labels: str) -> Iterator[Post]:
        """Posts of a ledger whose labels have the values given; of some kinds only if `kinds` is given."""
        for post in self.posts.select(ledger, **labels):
            if kinds is None or post.kind in kinds:
                yield post

    def balance(self, ledger: str, kinds: frozenset[Kind] | None = None, /, **labels: str) -> Balance:
        """The sum of the posts that `select` gives, in the periods of the horizon."""
        T = self.calendar.T
        parts = list(self.select(ledger, kinds, **labels))
        if not parts:
            return Balance.of(np.zeros(T))
        periods = np.concatenate([part.periods for part in parts])
        variables = np.concatenate([part.variables for part in parts])
        values = np.concatenate([part.values for part in parts])
        inside, fixed = periods < T, variables == CONSTANT
        keep, given = inside & ~fixed, inside & fixed
        constant = np.bincount(periods[given], weights=values[given], minlength=T).astype(float)
        return Balance(periods[keep], variables[keep], values[keep], constant)

    def accounts(self, ledger: str, *names: str) -> list[tuple[str, ...]]:
        """The different values of the named labels among the posts of a ledger, in the order of their first posts."""
        return list(self.posts.accounts(ledger, *names))

    def present_value(self, rate: float, kinds: frozenset[Kind]) -> tuple[float, Vector]:
        """Present cost of cash of some kinds at a yearly effective rate [USD bn].

        It is affine in the variables. The result is its constant and its coefficients, shape (variables,).
        """
        posts = [(post, post.years) for post in self.posts.of("cash") if post.kind in kinds and post.years is not None]
        if not posts:
            return 0.0, np.zeros(self.size)
        variables = np.concatenate([post.variables for post, _ in posts])
        values = np.concatenate([post.values for post, _ in posts])
        worth = -values * (1.0 + rate) ** -np.concatenate([years for _, years in posts])
        fixed = variables == CONSTANT
        coefficients = np.bincount(variables[~fixed], weights=worth[~fixed], minlength=self.size).astype(float)
        return float(worth[fixed].sum()), coefficients


def _numbers(periods: Sequence[int] | Index | range) -> Index:
    """Periods as an array."""
    if isinstance(periods, range):
        return np.arange(periods.start, periods.stop, periods.step, dtype=np.int64)
    return np.asarray(periods, dtype=np.int64)


def _along(values: npt.NDArray[Scalar], periods: Index) -> npt.NDArray[Scalar]:
    """One value per period, also where a single one is given for all."""
    if values.ndim == 0:
        return values.repeat(periods.size)
    return values if values.shape == periods.shape else np.full(periods.shape, values, dtype=values.dtype)
