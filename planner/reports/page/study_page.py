"""The page of a study: which sections it has, and in which order."""

from __future__ import annotations

from planner.reports.page.document import Document
from planner.reports.page.parts import Section
from planner.reports.page.runs import differences, distribution, headline, limits, signed, supply, tables
from planner.reports.page.study_view import Study

SECTIONS: tuple[Section[Study], ...] = (headline, differences, distribution, signed, supply, limits, tables)
"""the table of contents; sections that have nothing to show are left out"""


class StudyPage(Document):
    """A study."""

    def __init__(self, study: Study) -> None:
        versions = ", ".join(f"{name} {version}" for name, version in study.record.versions.items())
        super().__init__(
            "What if",
            [study.title],
            [versions] if versions else [],
            "Every figure is from the study's folder.",
            study.shown_in,
        )
        self.study = study
        for section in SECTIONS:
            parts = section.parts(study)
            if parts:
                self.add(section, parts, appendix=section is tables)
