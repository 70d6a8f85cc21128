"""What to sign: each signature with what it binds and until when it can be decided, loans, and a timeline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import altair as alt

from planner.basics.calendar import add_months
from planner.basics.frames import records
from planner.basics.spans import day_text
from planner.basics.text import counted, fine
from planner.interfaces.reporting import LoanFacility
from planner.reports.commitments import DUE, Commitment, is_due, owed_by_what_is_signed
from planner.reports.loans import draws, facilities
from planner.reports.page import charts
from planner.reports.page.colours import LIMIT, OTHERS, PAPER, text_on
from planner.reports.page.parts import Column, Drawing, Figure, Part, Sentences, Sheet, Span
from planner.reports.page.plan_view import View
from planner.reports.priced import NOT_KNOWN
from planner.reports.signatures import signatures

if TYPE_CHECKING:
    import pandas as pd

NAME, TITLE = "signing", "What to sign"
LEAD = (
    "What a signature binds is all that falls due under the contract, undiscounted, to its end, besides what is paid "
    "on signing. Cash is what is paid less what is received, so a minus is money that comes in. Money in USD bn."
)
TO_SIGN = (
    Column("decide_by", "Decide by"), Column("title", "Contract", beside="offer"), Column("party", "With"),
    Column("word", "What"), Column("gw", "GW", 2), Column("binds_usd_bn", "Binds", 1),
    Column("on_signing_usd_bn", "Cash on signing", 1), Column("first_year_usd_bn", "Cash in first year", 1),
    Column("guarantee_usd_bn", "Guarantee used", 1, beside="backers"),
    Column("missed", "If missed, the next best plan costs"),
)  # fmt: skip
LATER = (
    Column("year", "In"), *(column for column in TO_SIGN if column.key not in ("decide_by", "missed")),
    Column("decide_by", "Decide by"),
)  # fmt: skip
NO_PRICES = "What the next best plan costs where a signature is missed was not worked out for this report."
SUMS = ("binds_usd_bn", "on_signing_usd_bn", "first_year_usd_bn")


def parts(view: View) -> list[Part]:
    """What to sign in twelve months, what later, loans, the timeline and what is not signed."""
    rows = contracts(view)
    first, last = view.horizon
    offers, titles = view.plan.tables["offers"], view.names.titles
    unsigned = [titles[name] for name in offers[(offers["signed"] == "no") & (offers["status"] != "closed")]["offer"]]
    said = f"Not signed, though on offer: {', '.join(unsigned)}." if unsigned else "Everything on offer is signed."
    found: list[Part] = [*to_sign(view), *loans(view)]
    if rows:
        found.append(
            Figure(
                "timeline", "Contracts over time",
                "A bar says from when to when a contract gives anything within the horizon, with whom, and how many GW "
                "at its highest; a diamond says when it is signed. Contracts without a diamond are signed already.",
                Span(first=first, last=last), lambda span: _draw(rows, span, view), detail=True,
            )
        )  # fmt: skip
    return [*found, Sentences("unsigned", (said,))]


def to_sign(view: View) -> list[Part]:
    """Signatures of the first twelve months, those after them, and what is signed already."""
    due, later = ([each for each in view.commitments if is_due(view.plan, each) is now] for now in (True, False))
    end = day_text(add_months(view.plan.case.calendar.start, DUE))
    found: list[Part] = []
    if due:
        table = _table(view, due)
        columns = tuple(column for column in TO_SIGN if column.key != "missed" or view.prices is not None)
        title = f"To be signed before {end}"
        found.append(Sheet("due", title, table, columns, shown=len(table), total=_total(table)))
    else:
        found.append(Sentences("none", (f"Nothing is to be signed before {end}.",)))
    if later:
        table = _table(view, later)
        says = "The plan as it stands; each is decided on anew when its time comes."
        title = f"Planned for later, not yet to be signed ({counted(len(later), 'signature')})"
        found.append(Sheet("later", title, table, LATER, shown=12, total=_total(table), says=says))
    already = owed_by_what_is_signed(view.plan, view.commitments)
    together = already + sum(each.binds_usd_bn for each in view.commitments)
    return [
        *found,
        Sentences("bound", (
            f"What is signed already owes {fine(already)} USD bn more; with all signatures of the plan "
            f"{fine(together)} USD bn fall due, as the plan's maturities say.",
            *([NO_PRICES] if due and view.prices is None else []),
        )),
    ]  # fmt: skip


def loans(view: View) -> list[Part]:
    """Each facility, and what the plan draws of it."""
    found = facilities(view.plan)
    if not found:
        return []
    rows = [_loan(view, each, *draw) for each in found for draw in draws(view.plan, each) or [("", 0.0)]]
    columns = (
        Column("day", "Draw on"), Column("lender", "Facility of", beside="facility"),
        Column("drawn_usd_bn", "Drawn, USD bn", 1), Column("limit_usd_bn", "Facility, USD bn", 1),
        Column("until", "Can be drawn until"), Column("repay_by", "Repaid by"),
    )  # fmt: skip
    return [Sheet("loans", "Loans and what is drawn", _frame(rows), columns, shown=len(rows))]


def _loan(view: View, facility: LoanFacility, day: str, drawn: float) -> dict[str, object]:
    return {
        "day": day_text(date.fromisoformat(day)) if day else "not drawn", "lender": view.names.of(facility.lender),
        "facility": facility.offer, "drawn_usd_bn": drawn, "limit_usd_bn": facility.limit_usd_bn,
        "until": day_text(facility.until), "repay_by": day_text(facility.repay_by),
    }  # fmt: skip


def _table(view: View, those: Sequence[Commitment]) -> pd.DataFrame:
    """Signatures as rows; columns as in TO_SIGN and LATER."""
    return _frame([_row(view, each) for each in those])


def _row(view: View, each: Commitment) -> dict[str, object]:
    display = view.plan.case.settings.shown_in
    missed = NOT_KNOWN if view.prices is None else view.prices.missed(each.offer, display)
    backers = ", ".join(view.names.of(name) for name, value in each.guarantees.items() if value > 5e-3)
    return {
        "year": str(each.day.year), "decide_by": day_text(each.decide_by), "signed": each.signature.day,
        "offer": each.offer, "title": each.title, "party": view.names.of(each.party), "word": each.word,
        "gw": each.signature.gw, "binds_usd_bn": each.binds_usd_bn, "on_signing_usd_bn": each.on_signing_usd_bn,
        "first_year_usd_bn": each.first_year_usd_bn, "guarantee_usd_bn": sum(each.guarantees.values()) or float("nan"),
        "backers": backers, "missed": missed, "terms": each.signature.terms,
    }  # fmt: skip


def _total(table: pd.DataFrame) -> pd.DataFrame:
    """The sums of a table, as a row of it; GW of halls and of chips, and guarantees at different times, are not."""
    row: dict[str, object] = dict.fromkeys(table.columns, "")
    row |= {name: float(table[name].sum()) for name in SUMS} | dict.fromkeys(("gw", "guarantee_usd_bn"), float("nan"))
    return _frame([row | {"title": "Together"}])


def _frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows)


def words(view: View) -> dict[str, str]:
    """What a contract of each table of offers is called, in the order of the catalogue."""
    catalogue = view.plan.case.catalogue
    return {table.about.name: catalogue.instrument_of(table).word for table in catalogue.offer_tables}


def contracts(view: View) -> list[dict[str, Any]]:
    """What is signed, and when it gives something; sorted by kind and then by the first date that is known.

    Keys: offer, title, kind, with, first, last (blank where it gives nothing), gw, signed (dates, none where signed
    already).
    """
    held = _held(view.plan.tables["capacity"])
    parties = _parties(view.plan.tables["ledger"])
    dates = signed(view).groupby("offer")["date"].agg(lambda days: sorted(set(days))).to_dict()
    called, titles, found = words(view), view.names.titles, []
    for offer in records(view.plan.tables["offers"]):
        if offer.signed == "yes":
            first, last = held.get(offer.offer, ("", ""))
            found.append(
                {"offer": offer.offer, "title": titles[offer.offer], "kind": called[offer.table],
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
    return alt.OpacityValue(alt.ExprRef(f"width < 420 && datum.start > toDate('{late}') ? 0 : 1"))


def _draw(contracts: list[dict[str, Any]], span: Span, view: View) -> Drawing:
    shown_in = view.plan.case.settings.shown_in
    x = charts.over_time()
    y = alt.Y("title:N", sort=[row["title"] for row in contracts], title=None, axis=charts.names_of_rows())
    bars = [
        {**row, "start": charts.local(row["first"]), "end": charts.local(row["last"]),
         "size": shown_in.told(f"{row['gw']:.2f} GW, {view.names.of(row['with'])}"),
         "on": ", ".join(row["signed"]) or "already", "colour": view.colours.get(row["with"], OTHERS)}
        for row in contracts
        if row["last"]
    ]  # fmt: skip
    tips = [
        alt.Tooltip(f"{field}:N", title=title)
        for field, title in {
            "title": "contract", "with": "with", "on": "signed", "first": "from", "last": "to", "size": "at most",
        }.items()
    ]  # fmt: skip
    layers = [
        charts.timeline(span),
        alt.Chart(charts.data(bars))
        .mark_bar(height={"band": 0.78}, stroke=PAPER, strokeWidth=0.5)
        .encode(x=x, x2="end", y=y, tooltip=tips, color=alt.Color("colour:N", scale=None)),
    ]
    for ink in dict.fromkeys(text_on(row["colour"]) for row in bars):
        mine = [row for row in bars if text_on(row["colour"]) == ink]
        layers.append(
            alt.Chart(charts.data(mine))
            .mark_text(align="left", dx=8, fontSize=10, color=ink, clip=True)
            .encode(x=x, y=y, text="size:N", opacity=_room(span))
        )
    marks = [
        {"title": row["title"], "start": charts.local(day), "date": day} for row in contracts for day in row["signed"]
    ]
    if marks:
        layers.append(
            alt.Chart(charts.data(marks))
            .mark_point(shape="diamond", filled=True, size=70, color=LIMIT, stroke=PAPER, strokeWidth=1, opacity=1)
            .encode(x=x, y=y, tooltip=[alt.Tooltip("title:N"), alt.Tooltip("date:N", title="sign on")])
        )
    return charts.finished(layers, 18 * len(contracts))
