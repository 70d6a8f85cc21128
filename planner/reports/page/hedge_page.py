"""The page of a hedge: which sections it has, and in which order."""

from __future__ import annotations

from planner.reports.page.document import Document
from planner.reports.page.futures import costs, fans, headline, limits, policy, signed, tables, values
from planner.reports.page.hedge_view import HedgeView
from planner.reports.page.parts import Section

SECTIONS: tuple[Section[HedgeView], ...] = (headline, policy, signed, fans, limits, values, costs, tables)
"""the table of contents"""


class HedgePage(Document):
    """A plan for all futures of a case."""

    def __init__(self, view: HedgeView) -> None:
        versions = ", ".join(f"{name} {version}" for name, version in view.hedge.record.versions.items())
        super().__init__(
            "Compute plan for many futures",
            [view.hedge.record.title],
            [versions] if versions else [],
            "Every figure is from the hedge's folder, or from the plan of a future in it.",
            view.hedge.case.settings.shown_in,
        )
        self.view = view
        for section in SECTIONS:
            self.add(section, section.parts(view), appendix=section is tables)
