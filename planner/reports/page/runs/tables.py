"""The study's own tables, to sort and to download."""

from __future__ import annotations

from planner.catalogue import CATALOGUE
from planner.reports.page.parts import Part, Sheet, column
from planner.reports.page.study_view import Study

NAME, TITLE = "tables", "Tables"
LEAD = "As in the study's folder, where each run's plan is too, and every limit of machines and contracts."


def parts(study: Study) -> list[Part]:
    """Results, offers and limits."""
    limits = study.limits
    if len(limits):
        limits = limits[limits["limit"].isin(CATALOGUE.set_by_somebody)]
    tables = {
        "results": ("Every run: cost, proof, difference against the base, what is signed", study.results),
        "offers": ("Offers by run", study.offers),
        "limits": ("Limits that somebody set, by run, where their headroom is least", limits),
    }
    return [
        Sheet(name, title, frame, tuple(column(frame, str(key)) for key in frame.columns), shown=8)
        for name, (title, frame) in tables.items()
    ]
