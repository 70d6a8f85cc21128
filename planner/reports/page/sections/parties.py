"""The counterparty network: who pays, funds, guarantees and supplies whom; circular flows; what rests on whom."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from planner.basics.display import Display
from planner.basics.text import fine
from planner.basics.words import LAB
from planner.reports.counterparties import reliance
from planner.reports.counterparties.flows import Flow, Tie
from planner.reports.page import charts
from planner.reports.page.bars import Bar, Bars
from planner.reports.page.colours import INK, LIMIT, PAPER, SHADES
from planner.reports.page.parts import Column, Drawing, Figure, Part, Sentences, Sheet, Span
from planner.reports.page.plan_view import View

NAME, TITLE = "parties", "Counterparties"
LEAD = (
    "Who pays, funds, guarantees and supplies whom, nominal and within the horizon; flows that come back are marked ↻."
)
LINES = {Tie.PAYS: "pays", Tie.FUNDS: "funds", Tie.GUARANTEES: "guarantees", Tie.BUYS: "buys chips"}
"""ties that are drawn; supplies mirror payments, and receipts are in the table"""
DASHES = [[1, 0], [8, 3], [2, 3], [8, 3, 2, 3]]
TIES = [SHADES[2], INK, LIMIT, SHADES[0]]
MOST = 30
"""largest number of parties that are drawn; the table has all of them"""
POINTS = 16
"""number of pieces that make up a curved line"""


def parts(view: View) -> list[Part]:
    """Circles, the drawing, concentration, what falls with whom, and the tables behind them."""
    network = view.network
    if not network.flows:
        return [Sentences("none", ("Nobody is paid and nobody pays.",))]
    shares = network.concentration
    most = shares[shares["paid_share"] >= 0.005].head(12)
    paid = Bars(
        tuple(
            Bar(
                str(row["party"]), {"paid": row["paid_usd_bn"]}, f"{fine(row['paid_usd_bn'])} ({row['paid_share']:.0%})"
            )
            for row in most.to_dict(orient="records")
        ),
        "USD bn",
    )
    falls = reliance.worst(network.falls)
    gravest = [fall for fall in falls if fall.share >= 0.005][:12]
    lost = Bars(
        tuple(
            Bar(fall.party, {"goes": fall.gone_share, "loses its backer": fall.unbacked_share},
                f"{fall.share:.0%} in {fall.year}")
            for fall in gravest
        ),
        "share of the year's demand",
    )  # fmt: skip
    shown_in = view.plan.case.settings.shown_in
    circles = tuple(f"↻ {circle.text(shown_in)}" for circle in network.circles) or ("There are no circular flows.",)
    sentences = tuple(fall.text(shown_in) for fall in falls[:8]) or ("The plan rests on nobody.",)
    span = Span(0.0, 1.0)
    return [
        Figure("graph", "The network",
               "The lab in the middle, guarantors and suppliers of clouds and chips to the left, landlords and others "
               "to the right; the wider a line, the more money. Dashed lines fund, dotted ones guarantee; ↻ marks who "
               "is part of a circular flow.", span, lambda span: _draw(network.flows, _circular(view), shown_in)),
        Sentences("circles", circles, "Circular flows", listed=True),
        Sentences("falls", sentences, "What falls with each party", listed=True),
        Figure("paid", "Where the money goes", "Payments to each party, and their share of all; those above half a "
               "per cent.", paid.span(), paid.draw, small=True),
        Figure("falls", "Demand that falls with each party", "Share of a year's demand that is served by what goes, or "
               "loses its backer, in the year in which it is most; before any work is moved to other machines and "
               "anything is signed in its place.", lost.span(), lost.draw, small=True),
        Sheet("flows", "Flows", flows(view), (
            Column("giver", "From"), Column("taker", "To"), Column("tie", "Does"), Column("kind", "For"),
            Column("amount", "Amount", 3), Column("unit", "Unit"), Column("first", "First"), Column("last", "Last"),
            Column("circular", "Circular"), Column("offers", "Offers"))),
        Sheet("concentration", "Concentration", shares, (
            Column("party", "Party"), Column("paid_usd_bn", "Paid, USD bn", 2),
            Column("paid_share", "Of all", 1, percent=True), Column("owed_usd_bn", "Owed in all, USD bn", 2),
            Column("served_gw_years", "Served, ref. GW-years", 2), Column("served_share", "Of demand", 1, percent=True),
            Column("halls_gw", "Halls, GW", 2), Column("guarantees_usd_bn", "Guarantees, USD bn", 2))),
        Sheet("falls", "What falls with each party, by year", gravest_first(network.falls), (
            Column("party", "Party"), Column("year", "Year"), Column("cloud_gw", "Cloud, GW", 2),
            Column("halls_gw", "Halls, GW", 2), Column("chips_gw", "Leased chips, GW", 2),
            Column("unbacked_halls_gw", "Halls without backer, GW", 2),
            Column("unbacked_chips_gw", "Chips without support, GW", 2),
            Column("gone_share", "Demand gone", 1, percent=True),
            Column("unbacked_share", "Demand without backer", 1, percent=True),
            Column("share", "Together", 1, percent=True))),
    ]  # fmt: skip


def gravest_first(falls: pd.DataFrame) -> pd.DataFrame:
    """The same rows, those with the largest share of a year's demand first."""
    return falls.sort_values(["share", "year", "party"], ascending=[False, True, True], ignore_index=True)


def flows(view: View) -> pd.DataFrame:
    """Every flow: giver, taker, tie, kind, amount, unit, first, last, circular (yes or blank), offers."""
    circular = _circular(view)
    rows = [
        {"giver": flow.giver, "taker": flow.taker, "tie": str(flow.tie), "kind": flow.kind, "amount": flow.amount,
         "unit": flow.unit, "first": flow.first, "last": flow.last,
         "circular": "yes" if _in(flow, circular) else "", "offers": " ".join(flow.offers)}
        for flow in view.network.flows
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=[
        "giver", "taker", "tie", "kind", "amount", "unit", "first", "last", "circular", "offers",
    ])  # fmt: skip


def _circular(view: View) -> set[tuple[str, str, Tie]]:
    """Flows that are part of a circle, by giver, taker and tie."""
    found = set()
    for circle in view.network.circles:
        giving = Tie.FUNDS if circle.kind == "equity" else Tie.GUARANTEES
        found |= {(circle.party, other, giving) for other in circle.through}
        if circle.kind == "support":
            found |= {(other, circle.party, Tie.BUYS) for other in circle.through}
        else:
            found.add((LAB, circle.party, Tie.PAYS))
    return found


def _in(flow: Flow, circular: set[tuple[str, str, Tie]]) -> bool:
    """Whether a flow is part of a circle. A payment that is not for goods never is."""
    return flow.for_goods and (flow.giver, flow.taker, flow.tie) in circular


def _draw(every: list[Flow], circular: set[tuple[str, str, Tie]], shown_in: Display) -> Drawing:
    shown = [flow for flow in every if flow.tie in LINES]
    places = _places(every, shown)
    edges: dict[tuple[str, str, Tie], float] = {}
    for flow in shown:
        if flow.giver in places and flow.taker in places:
            key = (flow.giver, flow.taker, flow.tie)
            edges[key] = edges.get(key, 0.0) + flow.amount
    widest = max(edges.values(), default=1.0)
    points = [
        {"edge": f"{giver} → {taker}, {LINES[tie]}", "tie": LINES[tie], "x": x, "y": y, "order": i,
         "value": shown_in.of(amount, "USD bn"),
         "width": 1.0 + 9.0 * (amount / widest) ** 0.5}
        for (giver, taker, tie), amount in sorted(edges.items(), key=lambda item: -item[1])
        for i, (x, y) in enumerate(_curve(places[giver], places[taker], tie))
    ]  # fmt: skip
    marked = {party for giver, taker, tie in circular for party in (giver, taker)} - {LAB}
    nodes: list[dict[str, Any]] = [
        {"party": party, "x": x, "y": y, "label": f"{'↻ ' * (party in marked)}{party}"}
        for party, (x, y) in places.items()
    ]
    ties = [LINES[tie] for tie in LINES if any(key[2] is tie for key in edges)]
    pick = [list(LINES.values()).index(tie) for tie in ties]
    x = alt.X(
        "x:Q",
        axis=None,
        scale=alt.Scale(
            domainMin=alt.ExprRef("width < 420 ? -0.95 : -0.45"),
            domainMax=alt.ExprRef("width < 420 ? 1.95 : 1.45"),
        ),
    )
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-0.04, 1.06]))
    layers: list[alt.Chart] = [
        alt.Chart(charts.data(points))
        .mark_line(opacity=0.75, strokeCap="butt")
        .encode(
            x=x, y=y, detail="edge:N", order="order:Q",
            strokeWidth=alt.StrokeWidth("width:Q", scale=alt.Scale(domain=[1, 10], range=[1, 10]), legend=None),
            strokeDash=alt.StrokeDash("tie:N", scale=alt.Scale(domain=ties, range=[DASHES[i] for i in pick]),
                                      legend=charts.legend(ties, "stroke")),
            color=alt.Color("tie:N", scale=alt.Scale(domain=ties, range=[TIES[i] for i in pick]),
                            legend=charts.legend(ties, "stroke")),
            tooltip=[alt.Tooltip("edge:N", title=" "), alt.Tooltip("value:Q", title=shown_in.money, format=",.4~r")],
        ),
        alt.Chart(charts.data(nodes)).mark_point(filled=True, size=50, color=INK, opacity=1)
        .encode(x="x:Q", y="y:Q", tooltip=[alt.Tooltip("party:N", title=" ")]),
    ]  # fmt: skip
    for side, align, dx in ((0.0, "right", -8), (0.5, "center", 0), (1.0, "left", 8)):
        mine = [node for node in nodes if abs(node["x"] - side) < 0.3]
        texts = alt.Chart(charts.data(mine)).encode(x="x:Q", y="y:Q", text="label:N")
        style: dict[str, Any] = {
            "align": align, "dx": dx, "dy": -14 if side == 0.5 else 0, "fontSize": 11,
            "fontWeight": "bold" if side == 0.5 else "normal", "dir": "rtl" if side == 1.0 else "ltr",
            "limit": alt.ExprRef("width * (width < 420 ? 0.31 : 0.225)"),
        }  # fmt: skip
        layers.append(texts.mark_text(color=PAPER, stroke=PAPER, strokeWidth=4, **style))
        layers.append(texts.mark_text(color=INK, **style))
    tallest = max(sum(1 for place in places.values() if place[0] == side) for side in (0.0, 1.0))
    return charts.finished(layers, max(240, 24 * tallest))


def _places(every: list[Flow], shown: list[Flow]) -> dict[str, tuple[float, float]]:
    """Where each party stands: the lab at (½, ½), the others in two columns from top to bottom, largest first."""
    sizes: dict[str, float] = {}
    for flow in shown:
        for party in (flow.giver, flow.taker):
            sizes[party] = sizes.get(party, 0.0) + flow.amount
    sizes.pop(LAB, None)
    largest = sorted(sizes, key=lambda party: (-sizes[party], party))[:MOST]
    landlords = {flow.giver for flow in every if flow.tie is Tie.SUPPLIES and flow.kind == "halls"}
    sellers = {flow.giver for flow in every if flow.tie is Tie.SUPPLIES and flow.kind != "halls"}
    backers = {flow.giver for flow in every if flow.tie in (Tie.GUARANTEES, Tie.FUNDS)}
    left = [party for party in largest if party in (sellers | backers) - landlords]
    right = [party for party in largest if party not in left]
    found = {LAB: (0.5, 0.5)}
    for x, column in ((0.0, left), (1.0, right)):
        for i, party in enumerate(column):
            found[party] = (x, 1.0 - (i + 0.5) / len(column))
    return found


def _curve(first: tuple[float, float], last: tuple[float, float], tie: Tie) -> list[tuple[float, float]]:
    """Points of a curve; ties of the same two parties bend differently."""
    bend = {Tie.PAYS: 0.0, Tie.FUNDS: 0.045, Tie.GUARANTEES: 0.0, Tie.BUYS: 0.03}[tie]
    (x0, y0), (x1, y1) = first, last
    out = 0.22 if x0 == x1 else 0.0
    found = []
    for i in range(POINTS + 1):
        t = i / POINTS
        smooth = t * t * (3 - 2 * t)
        found.append((x0 + (x1 - x0) * t + out * 4 * t * (1 - t), y0 + (y1 - y0) * smooth + bend * 4 * t * (1 - t)))
    return found
