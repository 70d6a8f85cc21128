"""What has changed in the data since the old plan: groups of tables that can change one after another.

A group is a table whose rows differ, in the order of the catalogue, and at last the settings. Tables that only make a
valid case together, such as a new offer and its terms, are one group.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from math import factorial

from planner.basics.errors import DataError
from planner.case.case import Case
from planner.common import settings

FREE = {"solver": None, "title": ""}
"""settings that do not change a plan"""


@dataclass(frozen=True)
class DataGroup:
    """Files that change together."""

    files: tuple[str, ...]

    @property
    def name(self) -> str:
        """The tables that change: `chips + chip_performance`, or `settings`."""
        return " + ".join("settings" if file == settings.FILE else file.removesuffix(".csv") for file in self.files)

    def __add__(self, other: DataGroup) -> DataGroup:
        """Both together."""
        return DataGroup(self.files + other.files)


def changed_groups(before: Case, after: Case) -> list[DataGroup]:
    """A group for each table whose rows differ or stand elsewhere, and one for the settings if those differ."""
    found = list[DataGroup]()
    for table in before.catalogue.tables:
        name, both = table.about.name, (before, after)
        there = [name in case.raw for case in both]
        if before.rows(table) != after.rows(table) or (before.rows(table) and there[0] != there[1]):
            files = [table.about.file] if any(there) else []
            files += [file for case in both for file in case.implied.files(name)]
            shared = [group for group in found if not set(files).isdisjoint(group.files)]
            files = [*(file for group in shared for file in group.files), *files]
            found = [*(group for group in found if group not in shared), DataGroup(tuple(dict.fromkeys(files)))]
    one, other = (case.settings.model_copy(update=FREE) for case in (before, after))
    return [*found, DataGroup((settings.FILE,))] if one != other else found


def mixed(before: Case, after: Case, groups: Iterable[DataGroup]) -> Case:
    """The case before with the files of some groups as they are after. Raises DataError where it is not valid."""
    files: dict[str, bytes] = dict(before.files)
    for group in groups:
        for file in group.files:
            files.pop(file, None)
            if file in after.files:
                files[file] = after.files[file]
    return type(after).made_of(files, after.catalogue, before)


def valid(before: Case, after: Case, groups: Collection[DataGroup]) -> bool:
    """Whether the case with these groups changed is valid."""
    try:
        mixed(before, after, groups)
    except DataError:
        return False
    return True


def in_order(groups: list[DataGroup], possible: Callable[[list[DataGroup]], bool]) -> list[DataGroup]:
    """The groups, joined to the next one while the groups up to one of them are not `possible` together.

    >>> parts = [DataGroup((f"{name}.csv",)) for name in "abc"]
    >>> [g.name for g in in_order(parts, lambda some: len(some) != 1 or len(some[0].files) > 1)]
    ['a + b', 'c']
    """
    found: list[DataGroup] = []
    waiting: DataGroup | None = None
    for group in groups:
        waiting = group if waiting is None else waiting + group
        if possible([*found, waiting]):
            found.append(waiting)
            waiting = None
    if waiting is not None:
        found = [*found[:-1], found[-1] + waiting] if found else [waiting]
    return found


def whole(groups: list[DataGroup], possible: Callable[[tuple[DataGroup, ...]], bool]) -> list[DataGroup]:
    """The groups, joined until each of them is `possible` by itself."""
    return _joined(groups, possible, lambda found: [(each,) for each in found])


def separable(groups: list[DataGroup], possible: Callable[[tuple[DataGroup, ...]], bool]) -> list[DataGroup]:
    """The groups, joined until any of them are `possible` without the others. There are 2^groups sets to try."""
    return _joined(groups, possible, subsets)


def _joined(
    groups: list[DataGroup],
    possible: Callable[[tuple[DataGroup, ...]], bool],
    sets: Callable[[list[DataGroup]], list[tuple[DataGroup, ...]]],
) -> list[DataGroup]:
    """The groups, joined until all `sets` of them are possible; all of them together always are.

    Of a set that is not possible, and what it lacks, one group is made.
    """
    found = list(groups)
    while len(found) > 1 and (bad := next((some for some in sets(found) if not possible(some)), None)):
        needed = found
        for each in found:
            without = [other for other in needed if other != each]
            if each not in bad and possible(tuple(without)):
                needed = without
        first, *others = needed
        joined = DataGroup(first.files + tuple(file for each in others for file in each.files))
        found = [joined if each == first else each for each in found if each not in others]
    return found


def subsets(groups: list[DataGroup]) -> list[tuple[DataGroup, ...]]:
    """All sets of some of the groups, the smallest first."""
    some = [tuple(g for i, g in enumerate(groups) if mask >> i & 1) for mask in range(1, 1 << len(groups))]
    return sorted(some, key=len)


def share(
    group: DataGroup,
    groups: list[DataGroup],
    step: Callable[[frozenset[DataGroup], frozenset[DataGroup]], float],
) -> float:
    """The Shapley value of a group: the mean of the steps that it makes, over all orders of the groups.

    φ_g = Σ_S |S|! (n − |S| − 1)! / n! · (v(S ∪ g) − v(S)) over the sets S without g. They add up to v(all) − v(none).
    `step` gives the difference of the values of two sets.

    >>> a, b = DataGroup(("a",)), DataGroup(("b",))
    >>> of = {frozenset(): 0.0, frozenset([a]): 4.0, frozenset([b]): 2.0, frozenset([a, b]): 10.0}
    >>> [share(each, [a, b], lambda one, other: of[one] - of[other]) for each in (a, b)]
    [6.0, 4.0]
    """
    n, others = len(groups), [each for each in groups if each is not group]
    found = 0.0
    for some in [(), *subsets(others)]:
        weight = factorial(len(some)) * factorial(n - len(some) - 1) / factorial(n)
        found += weight * step(frozenset([*some, group]), frozenset(some))
    return found
