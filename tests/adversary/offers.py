"""Fair offers of each instrument, as strategies: sizes near 0, odd dates and terms, conditions, ties."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from tests.adversary.market import CAPEX, HALL_RENT, MONTHLY, PRICE, Row, Tables, cloud, joined

sizes = st.sampled_from([1e-6, 0.001, 0.3, 1.0, 2.0])
markups = st.sampled_from([1.0, 1.0, 1.1, 3.0])
shares = st.sampled_from([0.0, 0.25, 1.0])
fees = st.sampled_from([0.0, 0.0, 0.5])
years = st.sampled_from([0.5, 1, 1.5, 2, 4, 5, 8])
days = st.sampled_from(["2027-01-01", "2027-07-01", "2028-03-15", "2029-12-31", "2030-01-01", "2030-12-01"])
chips = st.sampled_from(["good", "poor", "useless"])
rates = st.sampled_from([0.0, 0.05, 0.3])
flags = st.sampled_from(["true", "false"])
FAMILY = {"good": "tpu", "poor": "trainium", "useless": "gpu"}


@st.composite
def commitments(draw: st.DrawFn, rate: float, name: str = "deal", useless: bool = False) -> Tables:
    """Cloud at the market's price or above."""
    of = draw(st.sampled_from(["poor", "useless"])) if useless else draw(chips)
    capacity, price = draw(sizes), PRICE * draw(markups)
    least = draw(st.sampled_from([0.0, 0.01, 1.0]))
    shortfall = draw(st.sampled_from(["forfeit", "credit", "rollover"]))
    term, ended = draw(years), draw(st.booleans())
    right: Row = {"offer": name, "from_year": 2, "notice_months": 6, "fee_usd_bn_per_gw": draw(fees)}
    further: Tables = {"terminations": [right]} if ended and term > 1 else {}
    return further | cloud(
        name, f"{name}_provider",
        capacity=capacity, price=price, floor=price * capacity * draw(shares), years=term, of=of,
        scales=(least, 1.0), tier={"upfront_usd_bn": draw(fees)},
        sign_by="2030-12-31", shortfall=shortfall, rollover_share=0.5 if shortfall == "rollover" else "",
        prepay_share=draw(shares), signing_fee_usd_bn=draw(fees),
    )  # fmt: skip


@st.composite
def halls(draw: st.DrawFn, rate: float, name: str = "hall", useless: bool = False) -> Tables:
    """Halls whose rent alone is the market's price of a GW-year."""
    ready = draw(days)
    row: Row = {
        "offer": name, "site": name, "phase": 1, "region": "west", "developer": "landlord", "stage": "loi",
        "status": "open", "lead_months": 0, "ready_date": ready, "ready_by": "2030-12-31",
        "capacity_mw": 1000 * draw(sizes), "min_share": draw(st.sampled_from([0.0, 0.05, 1.0])),
        "rent_usd_per_kw_month": HALL_RENT * draw(markups), "escalator_rate": draw(rates), "term_years": draw(years),
        "deposit_months": draw(st.sampled_from([0, 6])), "diligence_usd_bn": draw(fees),
        "signing_fee_usd_bn": draw(fees), "pue": 1, "power_usd_per_mwh": 0, "load_factor_share": 1,
        "families": "tpu|trainium|gpu", "needs_guarantee": "false",
    }  # fmt: skip
    return {"site_leases": [row], **draw(lease_terms(row))}


@st.composite
def lease_terms(draw: st.DrawFn, row: Row) -> Tables:
    """Further terms of a lease, none of which makes it cheaper than the market; its row gets those that it holds."""
    notice = draw(st.sampled_from([0, 3, 6]))
    match draw(st.sampled_from(["", "", "renewed", "ended", "ramp", "fitted"])):
        case "renewed":
            row |= {"renew_years": draw(years), "renew_times": 2, "renew_rent": "fixed", "renew_notice_months": notice}
        case "ended" if float(str(row["term_years"])) > 1:
            fee = draw(fees)
            return {
                "terminations": [
                    {"offer": row["offer"], "from_year": 2, "notice_months": notice, "fee_usd_bn_per_gw": fee}
                ]
            }
        case "ramp" if float(str(row["term_years"])) > 1:
            rows: list[Row] = [{"offer": row["offer"], "months": 0, "share": 0.25}]
            return {"site_ramps": [*rows, {"offer": row["offer"], "months": 7, "share": 1}]}
        case "fitted":
            row |= {"fit_out_usd_bn_per_gw": draw(fees), "refit_usd_bn_per_gw": draw(fees)}
        case _:
            pass
    return {}


@st.composite
def orders(draw: st.DrawFn, rate: float, name: str = "order", useless: bool = False) -> Tables:
    """Chips at their price, delivered at once or later, after the end too."""
    size = draw(sizes)
    row: Row = {
        "offer": name, "chip": "useless" if useless else draw(chips), "vendor": "maker", "status": "open",
        "sign_from": draw(days), "min_gw": draw(st.sampled_from([0.0, size])), "max_gw": size,
        "price_usd_bn_per_gw": draw(st.sampled_from(["", CAPEX, CAPEX * 1.5])), "deposit_share": draw(shares),
        "signing_fee_usd_bn": draw(fees),
    }  # fmt: skip
    months = draw(st.sampled_from([0, 7, 12, 60]))
    return {
        "chip_purchases": [row],
        "chip_deliveries": [{"offer": name, "months": months, "delivered_share": 1}],
    }


@st.composite
def leases(draw: st.DrawFn, rate: float, name: str = "lease", useless: bool = False, may_end: bool = True) -> Tables:
    """Chips of an SPV whose money costs at least the lab's own rate."""
    end = draw(st.sampled_from(["return", "buy"]))
    row: Row = {
        "offer": name, "spv": f"SPV of {name}", "chip": "useless" if useless else draw(chips), "status": "open",
        "sign_from": draw(days), "min_usd_bn": draw(st.sampled_from([0.0, 1.0])), "max_usd_bn": draw(sizes) * CAPEX + 1,
        "term_years": draw(years), "payment_cover": draw(st.sampled_from([1.0, 1.05])), "advance_share": draw(shares),
        "end_option": end, "end_price_share": draw(shares) if end == "buy" else 0, "signing_fee_usd_bn": draw(fees),
    }  # fmt: skip
    parts: list[Row] = [
        {"offer": name, "tranche": "a", "kind": "debt", "seniority": 1, "min_share": 0, "max_share": 1,
         "rate": rate + draw(rates), "balloon_share": draw(st.sampled_from([0.0, 0.2])), "supported": "false"},
        {"offer": name, "tranche": "e", "kind": "equity", "seniority": 2, "min_share": 0, "max_share": 1,
         "rate": rate + draw(rates), "balloon_share": 0, "supported": "false"},
    ]  # fmt: skip
    months, ended = draw(st.sampled_from([0, 7, 12])), may_end and draw(st.booleans())
    right: Row = {"offer": name, "from_year": 2, "notice_months": 6, "fee_usd_bn_per_gw": draw(fees)}
    further: Tables = {"terminations": [right]} if ended and float(str(row["term_years"])) > 1 else {}
    return further | {
        "chip_leases": [row],
        "spv_tranches": parts,
        "chip_deliveries": [{"offer": name, "months": months, "delivered_share": 1}],
    }


@st.composite
def assigned(draw: st.DrawFn, rate: float, name: str = "swap", useless: bool = False) -> Tables:
    """An order whose chips an SPV may take over."""
    order, lease = (
        draw(orders(rate, f"{name}_order", useless)),
        draw(leases(rate, f"{name}_lease", useless, may_end=False)),
    )
    (ordered,), (leased,) = order["chip_purchases"], lease["chip_leases"]
    return joined(order, {**lease, "chip_leases": [{**leased, "chip": ordered["chip"], "buys_from": ordered["offer"]}]})


@st.composite
def spares(draw: st.DrawFn, rate: float, name: str = "spare", useless: bool = False) -> Tables:
    """Idle machines at the market's price or above."""
    size, markup = draw(sizes), draw(markups)
    by_fee = draw(st.booleans())
    row: Row = {
        "offer": name, "provider": f"{name}_owner", "status": "open",
        "chip": draw(st.sampled_from(["poor", "useless"])) if useless else draw(chips), "region": "west",
        "from_date": draw(days), "max_gw": size, "firm": draw(flags), "signing_fee_usd_bn": draw(fees),
        "fee_usd_bn_per_month": MONTHLY * size * markup if by_fee else "",
        "price_usd_bn_per_gw_year": "" if by_fee else PRICE * markup,
        "min_months": draw(st.sampled_from([0, 5, 12])) if by_fee else "",
        "notice_months": draw(st.sampled_from([0, 3])) if by_fee else "",
    }  # fmt: skip
    return {"spare_capacity": [row]}


@st.composite
def loans(draw: st.DrawFn, rate: float, name: str = "loan", useless: bool = False) -> Tables:
    """Money at the lab's own rate or above."""
    row: Row = {
        "facility": name, "lender": "bank", "from_date": draw(days), "limit_usd_bn": draw(sizes) * 10,
        "rate": rate + draw(rates), "fee_rate": 0,
        "repay_by": draw(st.sampled_from(["2031-03-15", "2030-12-31", "2035-01-01"])), "amortises": draw(flags),
    }  # fmt: skip
    return {"term_loans": [row]}


KINDS: dict[str, Callable[..., st.SearchStrategy[Tables]]] = {
    "cloud_commitment": commitments,
    "site_lease": halls,
    "chip_purchase": orders,
    "chip_lease": leases,
    "assigned": assigned,
    "spare_capacity": spares,
    "term_loan": loans,
}
"""strategies by instrument; `assigned` is an order and the lease that takes its chips over"""


@st.composite
def several(draw: st.DrawFn, rate: float, useless: bool = False) -> tuple[tuple[str, ...], Tables]:
    """One to three offers, some of which may require another or exclude one another; their kinds and tables."""
    names = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=3))
    tables = [draw(KINDS[kind](rate, f"{'abc'[i]}_{kind}", useless)) for i, kind in enumerate(names)]
    found = joined(*tables)
    offers = [row for name in OFFERS for row in found.get(name, ())]
    if len(offers) > 1 and draw(st.booleans()):
        offers[0]["requires_offer"] = offers[1]["offer"]
    elif len(offers) > 1 and draw(st.booleans()):
        offers[0]["exclusive_group"] = offers[1]["exclusive_group"] = "either"
    return tuple(names), found


OFFERS = ("cloud_commitments", "site_leases", "chip_purchases", "chip_leases", "spare_capacity")
"""tables of offers that may require one another"""
