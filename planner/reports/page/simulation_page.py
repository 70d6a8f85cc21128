"""The page of a simulation: which sections it has, and in which order."""

from __future__ import annotations

from planner.reports.page.document import Document
from planner.reports.page.parts import Section
from planner.reports.page.simulation_view import SimulationView
from planner.reports.page.worlds import beside, breaches, costs, headline, regret, supply, tables

SECTIONS: tuple[Section[SimulationView], ...] = (headline, beside, costs, regret, supply, breaches, tables)
"""the table of contents; sections that have nothing to show are left out"""


class SimulationPage(Document):
    """A simulation."""

    def __init__(self, view: SimulationView) -> None:
        versions = ", ".join(f"{name} {version}" for name, version in view.record.versions.items())
        super().__init__(
            "Ways of planning",
            [view.title],
            [versions] if versions else [],
            "Every figure is from the simulation's folder.",
            view.shown_in,
        )
        self.view = view
        for section in SECTIONS:
            parts = section.parts(view)
            if parts:
                self.add(section, parts)
