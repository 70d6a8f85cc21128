"""The page of one plan, or of two side by side: which sections it has, and in which order."""

from __future__ import annotations

from planner.reports.compare import Comparison
from planner.reports.page.document import Document
from planner.reports.page.parts import Section
from planner.reports.page.plan_view import View
from planner.reports.page.sections import (
    covenants,
    difference,
    guarantees,
    headline,
    idle,
    liquidity,
    obligations,
    offers,
    parties,
    replanned,
    signing,
    supply,
    tables,
)

SECTIONS: tuple[Section[View], ...] = (
    headline, signing, supply, liquidity, covenants, guarantees, obligations, offers, idle, parties, tables,
)  # fmt: skip
"""the table of contents"""


class Page(Document):
    """One plan, or two side by side."""

    def __init__(self, *views: View) -> None:
        two = len(views) == 2
        super().__init__(
            "Compute plans compared" if two else "Compute plan",
            [view.title for view in views],
            [", ".join(f"{name} {version}" for name, version in v.plan.record.versions.items()) for v in views],
            "Every figure is from the plan's folder.",
            views[0].plan.case.settings.shown_in,
        )
        self.views = views
        for section in SECTIONS:
            self.add(section, *(section.parts(view) for view in views))
            if section is headline and any(view.plan.record.replan is not None for view in views):
                self.add(replanned, *(replanned.parts(view) for view in views))
            if two and section is headline:
                self.add(difference, difference.parts(Comparison(views[0].plan, views[1].plan)))
