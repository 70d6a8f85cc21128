"""What to sign now, and what depends on which news: as a tree, and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from planner.reports.hedged.policy import PolicyBranch, PolicyLine
from planner.reports.hedged.words import listed, month, percent
from planner.reports.page.hedge_view import HedgeView
from planner.reports.page.parts import Column, Figure, Part, Sentences, Sheet
from planner.reports.page.tree_chart import HELD, TreeBox, TreeChart

if TYPE_CHECKING:
    import pandas as pd

NAME, TITLE = "policy", "Now, and if … then"
LEAD = "What is signed before anything is known, and what each news then leads to."
FEW, MANY, HIGH = 8, 40, 64
"""least and most lines of a box, and the lines of all boxes one below the other where each has so many"""
NAMING_LEVELS = 4
"""up to how many levels a drawn tree names what is signed; the boxes of a deeper one are too narrow"""
LEAVES = 16
"""most ends of the tree that are drawn"""


def parts(view: HedgeView) -> list[Part]:
    """The tree, what is left open, and the policy as a table."""
    ends = max(1, _ends(pruned(view.policy.branches)))
    chart = TreeChart(boxed(view), max(FEW, min(MANY, HIGH // ends)))
    says = (
        "From left to right as news comes. A box names the news that leads there, how probable it is, and what is then "
        "signed, by month. Branches that sign the same are one; what all branches sign is said once."
    )
    columns = (
        Column("on", "Sign on"), Column("where", "If"), Column("probability", "Probability", 1, percent=True),
        Column("offer", "Offer"), Column("signs", "Terms"), Column("own_plans", "In own plans of futures"),
    )  # fmt: skip
    return [
        Figure("tree", "What to sign now, and what after which news", says, chart.span(), chart.draw),
        Sentences("open", tuple(_open(view))),
        Sheet("signatures", "What to sign, when, and on which news", table(view), columns, shown=20),
    ]


def boxed(view: HedgeView) -> TreeBox:
    """The boxes of the tree; of a tree with many ends only the first levels."""
    policy = view.policy
    now = _by_month(policy.now) or ["nothing is signed"]
    if policy.everywhere:
        now = [*now, "then, whatever the news", *_by_month(policy.everywhere)]
    root = TreeBox("Now", tuple(now), tuple(map(_box, pruned(policy.branches))))
    return root if root.levels <= NAMING_LEVELS else in_numbers(root)


def in_numbers(box: TreeBox) -> TreeBox:
    """A box that says how many offers are signed on each day, and not which, as it is too narrow for names."""
    lines = (f"  {each.count(', ') + 1} signed" if each.startswith("  ") else each for each in box.lines)
    return TreeBox(box.title, tuple(lines), tuple(map(in_numbers, box.following)))


def pruned(branches: Sequence[PolicyBranch], most: int = LEAVES) -> list[PolicyBranch]:
    """Branches with at most so many ends: without their last levels, and if need be the likeliest of them alone."""
    kept = list(branches)
    while _ends(kept) > most and any(each.branches for each in kept):
        deepest = max(map(_depth, kept))
        kept = [_cut(each, deepest - 1) for each in kept]
    if len(kept) > most:
        kept = sorted(kept, key=lambda each: -each.probability)[:most]
    return kept


def _ends(branches: Sequence[PolicyBranch]) -> int:
    return sum(_ends(each.branches) or 1 for each in branches)


def _depth(branch: PolicyBranch) -> int:
    return 1 + max(map(_depth, branch.branches), default=0)


def _cut(branch: PolicyBranch, levels: int) -> PolicyBranch:
    following = tuple(_cut(each, levels - 1) for each in branch.branches) if levels > 1 else ()
    return replace(branch, branches=following)


def _box(branch: PolicyBranch) -> TreeBox:
    lines = _by_month(branch.lines) or ([] if branch.branches else ["nothing else"])
    return TreeBox(f"if {branch.label}: {percent(branch.probability)}", tuple(lines), tuple(map(_box, branch.branches)))


def _by_month(lines: Sequence[PolicyLine]) -> list[str]:
    """What is signed, by month."""
    found: dict[str, list[str]] = {}
    for each in lines:
        found.setdefault(month(each.day), []).append(f"{each.offer} {each.size}".replace(" ", HELD))
    return [text for day, items in found.items() for text in (day, f"  {', '.join(items)}")]


def _open(view: HedgeView) -> list[str]:
    policy = view.policy
    found = []
    for probability, offers in policy.open_by_probability.items():
        how = "in every future, but not before the news" if probability > 1.0 - 1e-9 else (
            f"with probability {percent(probability)}")  # fmt: skip
        found.append(f"Left open now, and signed {how}: {listed(offers, most=len(offers))}.")
    if policy.idle:
        found.append(f"Nothing that is signed depends on {listed(policy.idle, 'or', most=len(policy.idle))}.")
    if policy.never:
        found.append(f"Signed in no future: {listed(policy.never, most=len(policy.never))}.")
    if policy.waits:
        waits = listed(policy.waits, most=len(policy.waits))
        found.append(f"Not signed now, though the plan for the expected future would: {waits}.")
    if policy.hedge.record.expected_signs_now and policy.more_now:
        more = listed(policy.more_now, most=len(policy.more_now))
        found.append(f"Signed now, though the plan for the expected future would not: {more}.")
    ends = _ends(policy.branches)
    if ends > LEAVES:
        found.append(f"The tree has {ends:,} ends, which are all in the table; only its first part is drawn.")
    return found


def table(view: HedgeView) -> pd.DataFrame:
    """The policy: now, and then branch by branch."""
    import pandas as pd

    count = len(view.probabilities)
    rows = [
        (
            month(each.day),
            "now",
            1.0,
            each.offer,
            each.says,
            "" if each.own_plans is None else f"{each.own_plans} of {count}",
        )
        for each in view.policy.now
    ]
    for said in view.policy.later:
        rows += [(month(x.day), said.where, said.probability, x.offer, x.says, "") for x in said.lines]
    return pd.DataFrame(rows, columns=["on", "where", "probability", "offer", "signs", "own_plans"])
