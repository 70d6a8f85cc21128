"""Posts, with their labels and kinds, in the order in which they were made, found again without looking at all of them.

Once the variables have values, each post is worth amounts: the entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from operator import attrgetter
from threading import Lock
from typing import TypeVar, overload

import numpy as np
import numpy.typing as npt

from planner.basics.arrays import Index, Vector

T = TypeVar("T")


class Kind(StrEnum):
    """What a cash line counts in."""

    OPERATING = "operating"
    """revenue less other costs: in liquidity only"""
    COST = "cost"
    """in liquidity and in the objective"""
    FUNDING = "funding"
    """equity received, principal: in liquidity only"""
    CREDIT = "credit"
    """what comes back after the end: in the objective only"""
    PENALTY = "penalty"
    """shortage and soft policies: in the objective only"""
    BEYOND_HORIZON = "beyond_horizon"
    """owed after the end and charged: in the objective only"""


IN_OBJECTIVE = frozenset({Kind.COST, Kind.CREDIT, Kind.PENALTY, Kind.BEYOND_HORIZON})
IN_LIQUIDITY = frozenset({Kind.OPERATING, Kind.COST, Kind.FUNDING})


@dataclass(frozen=True)
class Labels:
    """What a post is about. Blank: does not apply. Balances are taken over any of them."""

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
    """of machines set to work a second time: the provider that is gone, or whose margin it is"""

    def supplying(self, firm: bool = True) -> Labels:
        """The same labels for supply that is firm, or that can be recalled."""
        return replace(self, firm="firm" if firm else "interruptible")

    def account(self) -> str:
        """The labels of `ACCOUNT` that are not blank, joined by slashes: for reading, not to be split again."""
        return "/".join(part for name in ACCOUNT if (part := getattr(self, name)))


ACCOUNT = tuple(each.name for each in fields(Labels) if each.name not in ("instrument", "offer", "counterparty"))
"""the labels that name an account within a ledger, but not whose offer it is"""


@dataclass(frozen=True)
class Post:
    """What variables do to one account: entry i adds `values[i]` per unit of `variables[i]` in `periods[i]`."""

    ledger: str
    labels: Labels
    line: str
    kind: Kind | None
    variables: Index
    periods: Index
    values: Vector
    years: Vector | None
    """of cash: when each value is discounted from [years after the case's start]"""


Account = tuple[str, ...]
"""values of some labels"""


_LOOKING = Lock()


@dataclass
class _Shelf:
    """Posts by the values of some labels, as far as they have been looked at."""

    accounts: dict[Account, list[Post]] = field(default_factory=dict)
    seen: int = 0


class Posts(Sequence[Post]):
    """All posts. They are only ever added; each lookup looks once at those that came since the last of its kind."""

    def __init__(self) -> None:
        self._all: list[Post] = []
        self._by_ledger: dict[str, list[Post]] = {}
        self._shelves: dict[tuple[str, ...], _Shelf] = {}

    def append(self, post: Post) -> None:
        """Add a post."""
        self._all.append(post)
        self._by_ledger.setdefault(post.ledger, []).append(post)

    def first(self, count: int) -> Posts:
        """So many posts, to which others may be added."""
        made = Posts()
        for post in self._all[:count]:
            made.append(post)
        return made

    def of(self, ledger: str) -> Sequence[Post]:
        """The posts of a ledger."""
        return self._by_ledger.get(ledger, ())

    def accounts(self, ledger: str, *names: str) -> dict[Account, list[Post]]:
        """The posts of a ledger by the values of the named labels, in the order of the first of each."""
        shelf = self._shelves.setdefault((ledger, *names), _Shelf())
        posts = self.of(ledger)
        if shelf.seen < len(posts):
            values = [attrgetter(name) for name in names]
            with _LOOKING:  # posts of a study's case are shared by its runs, which may be threads
                for post in posts[shelf.seen :]:
                    labels = post.labels
                    shelf.accounts.setdefault(tuple([value(labels) for value in values]), []).append(post)
                shelf.seen = len(posts)
        return shelf.accounts

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
    """Posts as amounts: one entry per variable and period that a post names. All arrays are over the entries."""

    posts: Sequence[Post]
    post: Index
    """number of the post that an entry is of"""
    variable: Index
    """CONSTANT: whatever is decided"""
    period: Index
    value: Vector
    """in the ledger's unit"""
    years: Vector
    """when cash is discounted from [years after the case's start]; NaN where it is not"""
    worth: Vector
    """what the entry adds to the objective [USD bn]"""

    def __len__(self) -> int:
        return len(self.post)

    def where(self, chosen: npt.NDArray[np.bool_]) -> Entries:
        """The entries chosen by a mask, and the posts that they are of."""
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
        """Whether each entry is of one of these ledgers."""
        return self.those(lambda post: post.ledger in ledgers)

    def those(self, chosen: Callable[[Post], bool]) -> npt.NDArray[np.bool_]:
        """Whether each entry is of a post that is chosen."""
        return np.array([chosen(post) for post in self.posts], dtype=bool)[self.post]

    def each(self, told: Callable[[Post], T]) -> list[T]:
        """What is told of the post of each entry."""
        known = [told(post) for post in self.posts]
        return [known[i] for i in self.post.tolist()]

    def labels(self, name: str) -> list[str]:
        """One label of each entry."""
        return self.each(attrgetter(f"labels.{name}"))
