"""The hedge's own tables, to sort and to download."""

from __future__ import annotations

from planner.reports.page.hedge_view import HedgeView
from planner.reports.page.parts import Part, Sheet, column

NAME, TITLE = "tables", "Tables"
LEAD = "As in the hedge's folder, where the plan of each future is too."


def parts(view: HedgeView) -> list[Part]:
    """The nodes of the tree, and every decision on signing by node."""
    tree, signatures = view.hedge.tree, view.hedge.signatures
    tree = tree.assign(
        node=tree["node"].astype(str), before=tree["before"].astype(str).where(tree["before"].notna(), "")
    )
    counts = signatures["own_plans"].astype(str).where(signatures["own_plans"].notna(), "")
    signatures = signatures.assign(node=signatures["node"].astype(str), own_plans=counts)
    tables = {
        "tree": ("Nodes of the tree: what is known from which day on", tree),
        "decisions": ("Every decision on signing, by node of the tree", signatures),
    }
    return [
        Sheet(name, title, frame, tuple(column(frame, str(key)) for key in frame.columns), shown=8)
        for name, (title, frame) in tables.items()
    ]
