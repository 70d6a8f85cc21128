"""What each future signs: offers × futures."""

from __future__ import annotations

from planner.reports.hedged.words import percent
from planner.reports.page.bars import Bar, Bars
from planner.reports.page.hedge_view import HedgeView
from planner.reports.page.matrix import Matrix, MatrixCell
from planner.reports.page.parts import Figure, Part, Sentences

NAME, TITLE = "by-future", "What each future signs"
LEAD = "The offers that are signed in any future, with their GW at their highest."
MOST = 24
"""most futures that are drawn one by one"""
LONG = 24
"""letters of the name of a future from which on futures are numbered, as in their table"""
NOW, LATER = "signed now:", "signed after news:"


def parts(view: HedgeView) -> list[Part]:
    """The matrix; of many futures the likeliest, and how probably each offer is signed."""
    policy = view.policy
    if not policy.signed_in:
        return [Sentences("none", ("Nothing is signed in any future.",))]
    matrix, drawn = by_future(view), view.likeliest[:MOST]
    many = len(view.probabilities) > MOST
    share = sum(view.probabilities[name] for name in drawn)
    says = (
        "A column for each future, the likeliest first, with its probability; the darker, the more GW. Framed: "
        "signed in some futures only."
    )
    if max(map(len, drawn)) > LONG:
        says += " Futures have their numbers in the table of futures."
    found: list[Part] = [Figure("matrix", "Offers and futures", says, matrix.span(), matrix.draw)]
    if many:
        found.append(
            Sentences("rest", (f"The {MOST} likeliest futures of {len(view.probabilities)}, which hold "
                               f"{percent(share)} of the probability, are drawn.",))
        )  # fmt: skip
    open_ = {offer: policy.probability(offer) for offer in policy.signed_in if policy.probability(offer) < 1.0 - 1e-9}
    if open_:
        bars = Bars(
            tuple(
                Bar(offer, {"probability": p}, percent(p)) for offer, p in sorted(open_.items(), key=lambda x: -x[1])
            ),
            "probability",
        )
        says = "Offers that are signed in some futures only; all others of the matrix are signed in every future."
        found.append(Figure("probability", "How probably each offer is signed", says, bars.span(), bars.draw))
    return found


def by_future(view: HedgeView) -> Matrix:
    """Offers, those that are signed now first, × the likeliest futures."""
    policy, drawn = view.policy, view.likeliest[:MOST]
    long = max(map(len, drawn)) > LONG
    called = {name: f"future {view.numbers[name]}" if long else name for name in drawn}
    heads = {name: f"{called[name]} ({percent(view.probabilities[name])})" for name in drawn}
    now = dict.fromkeys(each.offer for each in policy.now)
    rows: list[str] = [NOW, *now] if now else []
    rows += [LATER, *policy.open] if policy.open else []
    cells = []
    for name in drawn:
        for row in view.hedge.plans[name].rows("offers"):
            offer = str(row.offer)
            if offer in policy.signed_in and row.signed == "yes":
                some = policy.probability(offer) < 1.0 - 1e-9
                cells.append(MatrixCell(offer, heads[name], float(row.peak_gw), framed=some))
    return Matrix(tuple(rows), tuple(heads.values()), tuple(cells), "GW", frozenset({NOW, LATER}))
