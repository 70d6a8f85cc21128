"""What to sign, and when: a timeline of every contract, and the signatures by date."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import altair as alt

from planner.basics.display import Display
from planner.basics.frames import records
from planner.basics.text import fine
from planner.reports.page import charts
from planner.reports.page.parts import Column, Drawing, Figure, Part, Sentences, Sheet, Span
from planner.reports.page.plan_view import View
from planner.reports.signatures import signatures

if TYPE_CHECKING:
    import pandas as pd

NAME, TITLE = "signing", "What to sign, and when"
LEAD = "Each contract from the day it is signed (diamond) over the time in which it gives machines or halls (bar)."


def parts(view: View) -> list[Part]:
    """The timeline, the signatures and what is not signed."""
    rows = contracts(view)
    first, last = view.horizon
    offers = view.plan.tables["offers"]
    unsigned = offers[(offers["signed"] == "no") & (offers["status"] != "closed")]["offer"].tolist()
    said = f"Not signed, though on offer: {', '.join(unsigned)}." if unsigned else "Everything on offer is signed."
    if not rows:
        return [Sentences("unsigned", (said,))]
    return [
        Figure(
            "timeline", "Timeline of contracts",
            "A bar says from when to when a contract gives anything within the horizon, and how many GW at its "
            "highest; a diamond says when it is signed. Contracts without a diamond are signed already.",
            Span(first=first, last=last), lambda span: _draw(rows, span, view.plan.case.settings.shown_in),
        ),
        Sheet(
            "signatures", "Signatures by date", signed(view),
            (Column("date", "Sign on"), Column("offer", "Offer"), Column("kind", "What"),
             Column("with", "With"), Column("terms", "Terms")),
            shown=12,
        ),
        Sentences("unsigned", (said,)),
    ]  # fmt: skip


def words(view: View) -> dict[str, str]:
    """What a contract of each table of offers is called, in the order of the catalogue."""
    catalogue = view.plan.case.catalogue
    return {table.about.name: catalogue.instrument_of(table).word for table in catalogue.offer_tables}


def contracts(view: View) -> list[dict[str, Any]]:
    """What is signed, and when it gives something; sorted by kind and then by the first date that is known.

    Keys: offer, kind, with, first, last (blank where it gives nothing), gw, signed (dates, empty where signed already).
    """
    held = _held(view.plan.tables["capacity"])
    parties = _parties(view.plan.tables["ledger"])
    dates = signed(view).groupby("offer")["date"].agg(lambda days: sorted(set(days))).to_dict()
    called, found = words(view), []
    for offer in records(view.plan.tables["offers"]):
        if offer.signed == "yes":
            first, last = held.get(offer.offer, ("", ""))
            found.append(
                {"offer": offer.offer, "kind": called[offer.table],
                 "with": parties.get(offer.offer, ""), "first": first, "last": view.ends.get(last, ""),
                 "gw": float(offer.peak_gw),
                 "signed": dates.get(offer.offer, [])}
            )  # fmt: skip
    kinds = list(called.values())
    return sorted(found, key=lambda row: (kinds.index(row["kind"]), [*row["signed"], row["first"]][0], row["offer"]))


def signed(view: View) -> pd.DataFrame:
    """Signatures: date, offer, kind, with (the counterparty), terms."""
    import pandas as pd

    parties, called = _parties(view.plan.tables["ledger"]), words(view)
    kinds = view.plan.tables["offers"].set_index("offer")["table"].map(called)
    rows = [
        (
            each.day,
            each.offer,
            kinds[each.offer],
            parties.get(each.offer, ""),
            each.text_in(view.plan.case.settings.shown_in),
        )
        for each in signatures(view.plan)
    ]
    return pd.DataFrame(rows, columns=["date", "offer", "kind", "with", "terms"])


def _held(capacity: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """First and last period in which an offer gives something."""
    mine = capacity[capacity["measure"].isin(["right", "halls", "chips"]) & (capacity["gw"] > 1e-9)]
    dates = mine.astype({"period": str}).groupby("offer")["period"].agg(["min", "max"])
    return {str(row.Index): (str(row.min), str(row.max)) for row in dates.itertuples()}


def _parties(ledger: pd.DataFrame) -> dict[str, str]:
    """Whom an offer is signed with: the counterparty of what is signed or given."""
    mine = ledger[ledger["ledger"].isin(["signed", "rights", "halls", "chips"]) & (ledger["counterparty"] != "")]
    return {str(offer): str(party) for offer, party in mine.groupby("offer")["counterparty"].first().items()}


def _room(span: Span) -> alt.OpacityValue:
    """Opacity of a text that begins where a bar begins: 0 where a narrow screen has no room to the right."""
    first, last = (date.fromisoformat(day) for day in (span.first, span.last))
    late = charts.local((last - (last - first) / 4).isoformat())
    return alt.OpacityValue(alt.ExprRef(f"containerSize()[0] < 420 && datum.start > toDate('{late}') ? 0 : 1"))


def _draw(contracts: list[dict[str, Any]], span: Span, shown_in: Display) -> Drawing:
    kinds = list(dict.fromkeys(row["kind"] for row in contracts))
    shades = dict(zip(kinds, charts.shaded(kinds), strict=True))
    x = charts.over_time()
    y = alt.Y(
        "offer:N", sort=[row["offer"] for row in contracts], title=None,
        axis=charts.names_of_rows(),
    )  # fmt: skip
    bars = [
        {**row, "start": charts.local(row["first"]), "end": charts.local(row["last"]),
         "size": shown_in.told(f"{fine(row['gw'], 2)} GW"), "on": ", ".join(row["signed"]) or "already"}
        for row in contracts
        if row["last"]
    ]  # fmt: skip
    tips = [
        alt.Tooltip(f"{field}:N", title=title)
        for field, title in {
            "offer": "offer", "with": "with", "on": "signed", "first": "from", "last": "to", "size": "at most",
        }.items()
    ]  # fmt: skip
    layers = [
        charts.timeline(span),
        alt.Chart(charts.data(bars))
        .mark_bar(height={"band": 0.7}, stroke="white", strokeWidth=0.5)
        .encode(
            x=x, x2="end", y=y, tooltip=tips,
            color=alt.Color("kind:N", sort=kinds, legend=charts.legend(kinds, beside=120),
                            scale=alt.Scale(domain=kinds, range=[*shades.values()])),
        )
    ]  # fmt: skip
    for light in (True, False):
        mine = [row for row in bars if (shades[row["kind"]] in charts.LIGHT_TEXT_ON) is light]
        if mine:
            layers.append(
                alt.Chart(charts.data(mine))
                .mark_text(align="left", dx=8, fontSize=10, color="white" if light else charts.INK, clip=True)
                .encode(x=x, y=y, text="size:N", opacity=_room(span))
            )
    marks = [
        {"offer": row["offer"], "start": charts.local(date), "date": date}
        for row in contracts
        for date in row["signed"]
    ]
    if marks:
        layers.append(
            alt.Chart(charts.data(marks))
            .mark_point(shape="diamond", filled=True, size=70, color=charts.LIMIT, stroke="white", strokeWidth=1,
                        opacity=1)
            .encode(x=x, y=y, tooltip=[alt.Tooltip("offer:N"), alt.Tooltip("date:N", title="sign on")])
        )  # fmt: skip
    return charts.finished(layers, 18 * len(contracts))
