"""The page of one plan, or of two side by side: which sections it has, and in which order."""

from __future__ import annotations

from dataclasses import replace

from planner.reports.compare import Comparison
from planner.reports.page.document import Document
from planner.reports.page.parts import Section
from planner.reports.page.plan_view import View
from planner.reports.page.sections import (
    assumptions,
    cost,
    covenants,
    difference,
    glossary,
    guarantees,
    headline,
    idle,
    liquidity,
    money,
    months,
    obligations,
    offers,
    parties,
    replanned,
    signing,
    summary,
    supply,
    tables,
)

SECTIONS: tuple[Section[View], ...] = (
    summary, signing, months, cost, money, liquidity, covenants, guarantees, obligations, supply, assumptions,
    glossary,
)  # fmt: skip
"""the table of contents"""
APPENDIX: tuple[Section[View], ...] = (headline, offers, idle, parties, tables)
"""sections for those who look closer"""


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
        ranks = tuple(dict.fromkeys(party for view in views for party in view.parties))
        self.views = tuple(replace(view, ranks=ranks) for view in views)
        for section in SECTIONS:
            self._section(section)
            if section is summary and any(view.plan.record.replan is not None for view in views):
                self.add(replanned, *(replanned.parts(view) for view in self.views))
            if two and section is summary:
                self.add(difference, difference.parts(Comparison(views[0].plan, views[1].plan)))
        for section in APPENDIX:
            self._section(section, appendix=True)

    def _section(self, section: Section[View], *, appendix: bool = False) -> None:
        """A section; one that is the same for both plans stands once."""
        sides = [section.parts(view) for view in self.views]
        self.add(section, *(sides[:1] if section is glossary else sides), appendix=appendix)
