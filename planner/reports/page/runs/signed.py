"""What runs sign differently from the base, and how often each offer is signed."""

from __future__ import annotations

from planner.reports.page.bars import Bar, Bars
from planner.reports.page.matrix import Matrix, MatrixCell
from planner.reports.page.parts import Figure, Part, Sentences
from planner.reports.page.study_view import Study

NAME, TITLE = "signed", "What is signed differently"
LEAD = "Offers that some run signs and another does not; all others are signed in every run, or in none."
MOST = 40
"""largest number of runs that are drawn; the table has all of them"""


def parts(study: Study) -> list[Part]:
    """How often each offer is signed, and runs × offers."""
    signed = study.signed
    if len(signed) < 2:
        return []
    open_, always = divided(study)
    said = f"Signed in every run: {', '.join(always)}." if always else "No offer is signed in every run."
    if not open_:
        return [Sentences("same", ("Every run signs the same offers, though not always as much of each.", said))]
    often = Bars(
        tuple(Bar(offer, {"runs": float(count)}, f"{count} of {len(signed)}") for offer, count in open_.items()), "runs"
    )
    base = str(study.base["run"])
    runs = [base, *(run for run in signed if run != base and otherwise(study, run))] if base in signed else list(signed)
    drawn = runs[:MOST]
    cells = tuple(cell for run in drawn for cell in _cells(study, run, base, list(open_)))
    matrix = Matrix(tuple(study.labels[run] for run in drawn), tuple(open_), cells, "GW")
    unlike = len(runs) - (base in signed)
    found: list[Part] = [
        Sentences("always", (said,)),
        Figure("often", "How often each offer is signed", "Of the runs that have a plan, the base among them.",
               often.span(), often.draw),
        Figure(
            "matrix", "Runs that sign something else",
            "GW at their highest; the darker, the more. Framed: signed though the base does not sign it. A cross: not "
            "signed though the base signs it." + study.key,
            matrix.span(), matrix.draw,
        ),
        Sentences("rest", (
            f"{unlike} of {len(signed) - (base in signed)} runs sign other offers than the base"
            + (f"; the first {MOST - 1} are drawn." if len(runs) > MOST else "; the others are not drawn."),
        )),
    ]  # fmt: skip
    return found


def divided(study: Study) -> tuple[dict[str, int], list[str]]:
    """How many runs sign each offer that some do not sign, the most frequent first; and the offers that all sign."""
    signed = study.signed
    offers = list(dict.fromkeys(offer for run in signed.values() for offer in run))
    counts = {offer: sum(offer in run for run in signed.values()) for offer in offers}
    always = [offer for offer in offers if counts[offer] == len(signed)]
    rest = sorted((offer for offer in offers if offer not in always), key=lambda offer: -counts[offer])
    return {offer: counts[offer] for offer in rest}, always


def otherwise(study: Study, run: str) -> set[str]:
    """Offers that either a run or the base signs, but not both."""
    return study.signed[run].keys() ^ study.signed[str(study.base["run"])].keys()


def _cells(study: Study, run: str, base: str, offers: list[str]) -> list[MatrixCell]:
    mine, its = study.signed[run], study.signed.get(base)
    found = []
    for offer in offers:
        if offer in mine:
            found.append(MatrixCell(study.labels[run], offer, mine[offer], framed=its is not None and offer not in its))
        elif its is not None and offer in its:
            found.append(MatrixCell(study.labels[run], offer, None))
    return found
