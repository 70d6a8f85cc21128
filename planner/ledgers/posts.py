"""Posts in the order in which they were made, with an index of them by their labels.

Once the variables have values, each post gives amounts: the entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from operator import attrgetter
from typing import TypeAlias, TypeVar, overload

import numpy as np
import numpy.typing as npt

from planner.basics.arrays import Index, Vector

T = TypeVar("T")


class Kind(StrEnum):
    """What cash counts in: the liquidity limit, the objective, or both."""

    OPERATING = "operating"
    """revenue less other costs; in liquidity only"""
    COST = "cost"
    """in liquidity and in the objective"""
    FUNDING = "funding"
    """equity received and principal of loans; in liquidity only"""
    CREDIT = "credit"
    """receipts after the end of the horizon; in the objective only"""
    PENALTY = "penalty"
    """shortage, missed policies and limits broken under a waiver; in the objective only"""
    BEYOND_HORIZON = "beyond_horizon"
    """payments that are still owed after the end of the horizon; in the objective as `Horizon` says"""
    HORIZON_VALUE = "horizon_value"
    """what outlives the horizon and is paid for: in the objective as `Horizon` says"""


IN_LIQUIDITY = frozenset({Kind.OPERATING, Kind.COST, Kind.FUNDING})
PROMISED = "promised"
"""line of what a guarantor has taken on although its exposure counts later only"""


@dataclass(frozen=True)
class Labels:
    """What a post is about. A blank label does not apply. A balance adds up posts by any of the labels."""

    instrument: str = ""
    offer: str = ""
    counterparty: str = ""
    chip: str = ""
    family: str = ""
    region: str = ""
    to_region: str = ""
    workload: str = ""
    families: str = ""
    power_class: str = ""
    guarantor: str = ""
    cover: str = ""
    debt_class: str = ""
    firm: str = ""
    """`firm` or `interruptible`"""
    about: str = ""
    """of machines that are counted a second time: the provider that is lost, or the subject of a reserve margin; of
    other cash what it is"""

    def supplying(self, firm: bool = True) -> Labels:
        """The same labels, for supply that is firm or for supply that can be recalled."""
        return replace(self, firm="firm" if firm else "interruptible")

    def account(self) -> str:
        """The labels of `ACCOUNT` that are not blank, joined by slashes: for reading, not to be split again."""
        return "/".join(part for name in ACCOUNT if (part := getattr(self, name)))


ACCOUNT = tuple(each.name for each in fields(Labels) if each.name not in ("instrument", "offer", "counterparty"))
"""the labels that name an account within a ledger, but not whose offer it is"""


@dataclass(frozen=True)
class Post:
    """The effect of variables on one account: `values[i]` per unit of `variables[i]` in `periods[i]`, for each i."""

    ledger: str
    labels: Labels
    line: str
    kind: Kind | None
    variables: Index
    periods: Index
    values: Vector
    years: Vector | None
    """of cash: the time to which each value belongs, for discounting [years after the start of the case]"""


Account: TypeAlias = tuple[str, ...]
"""values of some labels"""


class _Index:
    """The posts of a ledger by the values of some labels."""

    def __init__(self, names: tuple[str, ...], posts: Iterable[Post]) -> None:
        self._values = [attrgetter(name) for name in names]
        self.accounts: dict[Account, list[Post]] = {}
        for post in posts:
            self.add(post)

    def add(self, post: Post) -> None:
        """Add a post."""
        labels = post.labels
        self.accounts.setdefault(tuple([value(labels) for value in self._values]), []).append(post)


class Posts(Sequence[Post]):
    """All posts. Posts are only ever added.

    The first lookup by some labels makes an index, which is complete before it is kept, and each post that is added
    afterwards enters the indexes of its ledger. So threads may look up posts side by side as long as none adds any.
    """

    def __init__(self) -> None:
        self._all: list[Post] = []
        self._by_ledger: dict[str, list[Post]] = {}
        self._indexes: dict[str, dict[tuple[str, ...], _Index]] = {}

    def append(self, post: Post) -> None:
        """Add a post."""
        self._all.append(post)
        self._by_ledger.setdefault(post.ledger, []).append(post)
        if indexes := self._indexes.get(post.ledger):
            for index in indexes.values():
                index.add(post)

    def first(self, count: int) -> Posts:
        """The first posts, as a collection of their own to which others may be added."""
        made = Posts()
        for post in self._all[:count]:
            made.append(post)
        return made

    def of(self, ledger: str) -> Sequence[Post]:
        """The posts of a ledger."""
        return self._by_ledger.get(ledger, ())

    def accounts(self, ledger: str, *names: str) -> Mapping[Account, Sequence[Post]]:
        """The posts of a ledger by the values of the named labels, in the order of each account's first post."""
        indexes = self._indexes.setdefault(ledger, {})
        index = indexes.get(names)
        if index is None:
            index = indexes[names] = _Index(names, self.of(ledger))
        return index.accounts

    def select(self, ledger: str, **labels: str) -> Sequence[Post]:
        """The posts of a ledger whose labels have the values given."""
        return self.accounts(ledger, *labels).get(tuple(labels.values()), ()) if labels else self.of(ledger)

    @overload
    def __getitem__(self, which: int) -> Post: ...
    @overload
    def __getitem__(self, which: slice) -> list[Post]: ...
    def __getitem__(self, which: int | slice) -> Post | list[Post]:
        return self._all[which]

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Post]:
        return iter(self._all)


@dataclass(frozen=True, eq=False)
class Entries:
    """Posts as amounts: one entry per variable and period of a post. All arrays have the shape (entries,)."""

    posts: Sequence[Post]
    post: Index
    """position in `posts` of the post of an entry"""
    variable: Index
    """number of the variable; CONSTANT where none has an influence"""
    period: Index
    value: Vector
    """in the ledger's unit"""
    years: Vector
    """time of cash, for discounting [years after the start of the case]; NaN where it is not discounted"""
    worth: Vector
    """the entry's part of the objective [USD bn]"""

    def __len__(self) -> int:
        return len(self.post)

    def where(self, chosen: npt.NDArray[np.bool_]) -> Entries:
        """The entries where a mask is true, and their posts."""
        used, post = np.unique(self.post[chosen], return_inverse=True)
        return Entries(
            [self.posts[i] for i in used.tolist()],
            post,
            self.variable[chosen],
            self.period[chosen],
            self.value[chosen],
            self.years[chosen],
            self.worth[chosen],
        )

    def of(self, *ledgers: str) -> npt.NDArray[np.bool_]:
        """A mask of the entries of some ledgers."""
        return self.those(lambda post: post.ledger in ledgers)

    def those(self, chosen: Callable[[Post], bool]) -> npt.NDArray[np.bool_]:
        """A mask of the entries whose post is chosen."""
        return np.array([chosen(post) for post in self.posts], dtype=bool)[self.post]

    def each(self, of: Callable[[Post], T]) -> list[T]:
        """For each entry what a function gives for its post."""
        known = [of(post) for post in self.posts]
        return [known[i] for i in self.post.tolist()]

    def labels(self, name: str) -> list[str]:
        """The value of a label for each entry."""
        return self.each(attrgetter(f"labels.{name}"))
