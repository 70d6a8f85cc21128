"""Equations of the instruments' docstrings against the numbers of the golden cases, worked out by hand.

Three must agree: what the docstring states with the figures of the case put in, what is worked out here, and what is
posted or constrained. The figures are those of `cases`.
"""

import tempfile
from dataclasses import dataclass
from functools import cache
from math import nan
from pathlib import Path

import pyomo.core as pyo
import pytest

from planner.catalogue import CATALOGUE
from planner.ledgers.ledgers import CONSTANT
from planner.portfolio.portfolio import Portfolio
from tests.golden.cases import GOLDEN
from tests.golden.equations import Figures, equation, evaluated, excess
from tests.golden.writer import blocks, posts


@dataclass(frozen=True)
class Posted:
    """What one unit of a decision posts to a line in the period that begins on a day."""

    case: str
    line: str
    """ledger, kind of cash and line, as in the docstring"""
    decision: str
    """blank: whatever is decided"""
    day: str
    figures: Figures
    value: float
    """worked out by hand"""
    equation: str = ""
    """where the value is that of another line of the docstring, negated if it begins with −; blank: that of the line"""


@dataclass(frozen=True)
class Row:
    """A row of a constraint, with values for its decisions: by how much the left side exceeds the right."""

    case: str
    constraint: str
    index: tuple[str | int, ...]
    decisions: dict[str, tuple[str, ...]]
    """symbol: names within the block"""
    values: dict[str, tuple[float, ...]]
    """symbol: values of those decisions"""
    figures: Figures
    excess: float
    """worked out by hand"""


V26, V27 = "take,2026-01-01,only", "take,2027-01-01,only"
SPV, ALONE = "spv,2026-01-01,maker", "spv,2026-01-01,(unsupported)"
FIRST, SECOND = "hall,2026-01-01", "annex,2027-01-01"
REPAID = 3 + (2 + 14 / 30) / 6
LEVEL = (1 - 0.21 / 1.21) / (1 / 1.1 + 1 / 1.21)
"""two yearly payments at 10 % that leave 0.21 of 1, which is 10/21"""

PAID = 0.3 * 20
"""what the SPV pays in 2028 for a GW ordered at 20 in 2026: 0.3 of it; for one that comes in 2028, 20 · 0.9² = 16.2"""

POSTED = (
    # Two GW at 10, in the other region at 1.2 times that; floors of 4 and 6, a quarter of them prepaid.
    Posted("cloud_commitment", "cash cost  spend", f"use[{V26},tpu_a,there,2027-01-01]", "2027-01-01",
           {"price_{vcat}": 10 * 1.2, "h": 1, "use_{vcat}": 1}, -12.0),
    Posted("cloud_commitment", "cash cost  prepayment", f"scale[{V27}]", "2027-01-01",
           {"prepaid_v": 0.25 * (4 + 6), "scale_v": 1}, -2.5),
    Posted("cloud_commitment", "cash cost  upfront", f"scale[{V26}]", "2026-01-01",
           {"upfront_v": 2, "scale_v": 1}, -2.0),
    Posted("cloud_commitment", "rights  right", f"scale[{V26}]", "2026-01-01", {"capacity_{vt}": 2, "scale_v": 1}, 2.0),
    Posted("cloud_commitment", "compute  use", f"use[{V26},tpu_a,here,2026-01-01]", "2026-01-01",
           {"availability_share_c": 0.9, "use_{vcat}": 1}, 0.9),
    Posted("cloud_commitment", "product_rights  right", f"scale[{V26}]", "2026-01-01",
           {"most_{cat}": 0.5, "scale_v": 1}, 0.5),
    # 0.5 GW at 1.2, so 0.6 a year, a tenth more each year; the cover of 8 a GW falls to three quarters in a year.
    Posted("site_lease", "cash cost  rent", f"share[{FIRST},strong]", "2027-01-01",
           {"rent": 1.2, "K": 0.5, "escalator": 0.1, "y": [0, 1], "level_y": [1, 1], "c_ty": [0, 1], "h": 1},
           -0.66, "−rent_t"),
    Posted("site_lease", "guarantees  termination", f"share[{FIRST},strong]", "2027-01-01",
           {"cover": 8, "K": 0.5, "runoff(age)": 0.75}, 3.0, "termination"),
    Posted("site_lease", "guarantees  remaining_rent", f"share[{SECOND},strong]", "2028-01-01",
           {"cover_share": 0.5, "rent_t'": [0.66, 0.726]}, 0.693, "remaining_rent"),
    Posted("site_lease", "obligations  rent", f"share[{FIRST},strong]", "2026-01-01",
           {"rent_t'": [0.6, 0.66], "share_{osk}": 1}, 1.26),
    Posted("site_lease", "cash cost  guarantee_fee", f"share[{FIRST},strong]", "2027-01-01",
           {"fee_rate_k": 0.02, "h": 1, "g_t": 1, "exposure_t": 3, "share_{osk}": 1}, -0.06),
    Posted("site_lease", "cash cost  deposit", f"share[{FIRST},strong]", "2026-01-01",
           {"deposit": 3 / 12 * 0.6, "share_{osk}": 1}, -0.15),
    # Under way since July 2025 for two years: its step comes in July 2026, and half of 2027 is left.
    Posted("site_lease_signed", "guarantees  pv_rent", "share[hall,2025-07-01,maker]", "2026-01-01",
           {"cover_share": 0.5, "rent_t'": [0.63, 0.33], "lease_rate": 0.06,
            "years from start of t to middle of t'": [0.5, 1.5]},
           0.5 * (0.63 / 1.06**0.5 + 0.33 / 1.06**1.5), "pv_rent"),
    # Half of the money is spent in 2026 and half in 2028, when the chip costs 20 · 0.9² = 16.2; two payments on each.
    Posted("chip_lease", "cash cost  lease_payment", f"tranche[{SPV},debt]", "2027-01-01",
           {"cover": 1.1, "w_t": [1], "level_nd": [0.5 * LEVEL]}, -1.1 * 0.5 * 10 / 21, "−payment_nt"),
    Posted("chip_lease", "obligations  lease_payment", f"tranche[{SPV},debt]", "2027-01-01",
           {"payment_{nt'}": [5.5 / 21] * 3, "tranche_{vn}": 1}, 16.5 / 21),
    Posted("chip_lease", "cash cost  guarantee_fee", f"support[{SPV},2027-01-01]", "2027-01-01",
           {"fee_rate": 0.05, "h": 1, "support_{vt}": 1}, -0.05),
    Posted("chip_lease", "cash cost  buyout", f"buyout[{SPV}]", "2028-01-01", {"δ_d": 0.5, "buyout_v": 1}, -0.5),
    Posted("chip_lease", "chips  chips", f"amount[{SPV}]", "2026-01-01", {"δ_d": 0.5, "price_d": 20}, 0.025, "chips_d"),
    # Of 1 at 25 % with 0.21 left after two payments; after one it is 1.25 less the payment.
    Posted("chip_lease_consolidated", "debt  spv_debt", f"tranche[{ALONE},debt]", "2027-01-01",
           {"balance_ndt": [1.25 - (1 - 0.21 / 1.5625) / (1 / 1.25 + 1 / 1.5625)]},
           1.25 - 1.3525 / 2.25, "outstanding_nt"),
    # 0.4 GW at 20 at once, 0.6 a year later at 18: 8 and 10.8 for each GW ordered.
    Posted("chip_purchase", "cash cost  deposit", "order[order,2026-01-01]", "2026-01-01",
           {"deposit_share": 0.25, "price": 8 + 10.8, "order_{os}": 1}, -4.7),
    Posted("chip_purchase", "cash cost  balance", "order[order,2026-01-01]", "2027-01-01",
           {"deposit_share": 0.25, "price": 10.8, "order_{os}": 1}, -8.1),
    Posted("chip_purchase", "cash cost  upkeep", "order[order,2026-01-01]", "2026-01-01",
           {"opex_c": 0.5, "h": 1, "chips_{ct}": 0.4}, -0.2),
    Posted("chip_purchase", "cash credit  resale", "order[order,2027-01-01]", "2028-01-01",
           {"cost": 0.4 * 18, "value_share(age)": 0.6}, 4.32),
    Posted("chip_purchase", "cash credit  resale", "", "2028-01-01", {"cost": 16, "value_share(age)": 0.3}, 4.8),
    Posted("chip_purchase", "chips  chips", "order[order,2026-01-01]", "2026-01-01",
           {"delivered_share": 0.4, "order_{os}": 1}, 0.4),
    # Half a billion a month for half-years, or 11 a GW-year.
    Posted("spare_capacity", "cash cost  spare_fee", "on[idle,2026-07-01]", "2026-07-01",
           {"fee_per_month": 0.5, "level_t": 1, "h": 0.5, "c_t": 1, "on_{ot}": 1}, -3.0),
    Posted("spare_capacity", "cash cost  spare_use", "use[paid_by_use,2026-01-01]", "2026-01-01",
           {"price": 11, "level_t": 1, "h": 0.5, "use_{ot}": 1}, -5.5),
    Posted("spare_capacity", "compute  use", "use[idle,2026-01-01]", "2026-01-01",
           {"availability_share_c": 0.9, "use_{ot}": 1}, 0.9),
    Posted("spare_capacity", "cash cost  signing_fee", "sign[idle,2026-01-01]", "2026-01-01",
           {"signing_fee": 0.2, "sign_{ot}": 1}, -0.2),
    # 21 % a year are a tenth a half-year. The club is paid back evenly until 15 September
    # 2027, after 3 + (2 + 14/30)/6 half-years.
    Posted("term_loan", "cash cost  interest", "draw[bank,2026-07-01]", "2027-01-01",
           {"rate": 0.21, "h": 0.5, "u_t": 3, "t": 2, "left_s(t)": 1, "draw_{fs}": 1}, -0.1),
    Posted("term_loan", "cash cost  interest", "draw[club,2026-01-01]", "2026-07-01",
           {"rate": 0.21, "h": 0.5, "u_t": 2, "t": 1, "left_s(t)": 1 - 1 / REPAID, "draw_{fs}": 1},
           -0.1 * (1 - 1 / REPAID)),
    Posted("term_loan", "debt  outstanding", "draw[club,2026-01-01]", "2027-01-01",
           {"left_s(t)": 1 - 2 / REPAID, "draw_{fs}": 1}, 1 - 2 / REPAID),
    Posted("term_loan", "cash cost  undrawn_fee", "", "2026-01-01",
           {"fee_rate": 0.02, "h": 0.5, "c_t": 1, "limit": 10, "all draws so far": 4}, -0.06),
    # Power at 50 · 8.76e-3 · 1.25 · 0.8 a GW-year.
    Posted("own_fleet", "cash cost  power", "draw[here,tpu,0.438,2026-07-01]", "2026-07-01",
           {"p": 50 * 8.76e-3 * 1.25 * 0.8, "h": 0.5, "draw_{aFpt}": 1}, -0.219),
    Posted("own_fleet", "compute  run", "run[tpu_a,here,tpu,2026-01-01]", "2026-01-01",
           {"availability_share_c": 0.9, "run_{caFt}": 1}, 0.9),
    Posted("own_fleet", "in_use  run", "run[gpu_a,here,gpu|tpu,2026-07-01]", "2026-07-01", {"run_{caFt}": 1}, 1.0),
    # Rent for April to June 2026, at 9 a GW-year; a tenth of the machines is never available.
    Posted("sublet", "cash cost  sublet_rent", "let[machines,2026-01-01]", "2026-01-01",
           {"price": 9, "h": 0.5, "c_t": 0.5, "let_{ot}": 1}, 2.25),
    Posted("sublet", "compute  let", "place[machines,tpu_a,tpu,,2026-01-01]", "2026-01-01",
           {"availability_share_c": 0.9, "place_{ocFpt}": 1}, -0.9),
)  # fmt: skip

ROWS = (
    Row("cloud_commitment", "scale_in_steps", ("take", "2026-01-01", "only"),
        {"scale_v": (f"scale[{V26}]",), "sign_v": (f"sign[{V26}]",), "steps_v": (f"steps[{V26}]",)},
        {"scale_v": (1.75,), "sign_v": (1,), "steps_v": (3,)},
        {"scale_min": 1, "scale_step": 0.5}, 1.75 - (1 + 0.5 * 3)),
    Row("cloud_commitment", "short_at_most", ("take", "2026-01-01", "only", 2),
        {"short_{vy}": (f"short[{V26},2]",), "scale_v": (f"scale[{V26}]",)},
        {"short_{vy}": (7,), "scale_v": (1.5,)}, {"left_{vy}": 6}, 7 - 6 * 1.5),
    Row("cloud_commitment_under_way", "rolled_from_before", ("rolled", "2025-01-01", "only", 2),
        {"rolled_in_{vy}": ("rolled_in[rolled,2025-01-01,only,2]",)},
        {"rolled_in_{vy}": (3,)}, {"rollover_v": 1}, 3 - 1),
    Row("cloud_commitment_under_way", "credit_that_lasts", ("credited", "2024-07-01", "only", 3),
        {"credit_used_{vy'}": ("credit_used[credited,2024-07-01,only,3]",),
         "short_{vy'}": ("short[credited,2024-07-01,only,2]",)},
        {"credit_used_{vy'}": (4,), "short_{vy'}": (0.5,)}, {"credits_v": 3, "lapsing_v": 2}, 4 - 1 - 0.5),
    Row("cloud_commitment", "drawn_from_prepaid", ("take", "2026-01-01", "only"),
        {"drawn_{vt}": (f"drawn[{V26},2026-01-01]", f"drawn[{V26},2027-01-01]"), "scale_v": (f"scale[{V26}]",)},
        {"drawn_{vt}": (1, 4), "scale_v": (1.5,)}, {"drawable_v": 2.5}, 1 + 4 - 2.5 * 1.5),
    Row("cloud_commitment", "within_capacity", ("take", "2026-01-01", "only", 0),
        {"use_{vcat}": (f"use[{V26},tpu_a,here,2026-01-01]", f"use[{V26},tpu_a,there,2026-01-01]"),
         "scale_v": (f"scale[{V26}]",)},
        {"use_{vcat}": (1, 0.5), "scale_v": (0.5,)}, {"capacity_{vt}": 2}, 1 + 0.5 - 2 * 0.5),
    Row("cloud_commitment_shortfalls", "rolled_if_above", ("rolled", "2026-01-01", "only", 2),
        {"rolled_in_{vy}": ("rolled_in[rolled,2026-01-01,only,2]",), "above_{o,y−1}": ("above[rolled,1]",)},
        {"rolled_in_{vy}": (2,), "above_{o,y−1}": (1,)},
        {"rollover_share": 0.5, "floor_{vy}": 6, "scale_max": 2}, 2 - 0.5 * 6 * 2),
    Row("site_lease", "share_at_least", ("hall", "2026-01-01"),
        {"exercise_{os}": (f"exercise[{FIRST}]",), "share_{osk}": (f"share[{FIRST},strong]",)},
        {"exercise_{os}": (1,), "share_{osk}": (0.3,)}, {"min_share": 0.5}, 0.5 - 0.3),
    Row("site_lease", "phase_after", ("annex", "2027-01-01"),
        {"exercise_{os}": (f"exercise[{SECOND}]",),
         "share_{o'sk}": (f"share[{FIRST},strong]", "share[hall,2027-01-01,strong]")},
        {"exercise_{os}": (1,), "share_{o'sk}": (0.25, 0.5)}, {"after_share_min": 1.0}, 1 - 0.75),
    Row("site_lease_signed", "share_at_most", ("hall", "2025-07-01"),
        {"share_{osk}": ("share[hall,2025-07-01,strong]", "share[hall,2025-07-01,maker]"),
         "exercise_{os}": ("exercise[hall,2025-07-01]",)},
        {"share_{osk}": (0.75, 0.5), "exercise_{os}": (1,)}, {}, 0.25),
    # Chips bought in 2026 fetch 0.6 of their price after a year, less a tenth; at 25 % 1.25 − payment is then owed.
    Row("chip_lease", "advance", ("spv", "2026-01-01", "(unsupported)", 1),
        {"tranche_{vn}": (f"tranche[{ALONE},debt]",), "amount_v": (f"amount[{ALONE}]",)},
        {"tranche_{vn}": (8,), "amount_v": (10,)},
        {"outstanding_{nt}": 0.5 * (1.25 - 1.3525 / 2.25), "advance_share": 0.8, "stressed_t": 0.5 * 0.6 * 0.9},
        4 * (1.25 - 1.3525 / 2.25) - 2.16),
    Row("chip_lease", "assign_within_money", ("spv", "2026-01-01", "maker", "2028-01-01"),
        {"assign_{vdef}": tuple(f"assign[{SPV},2028-01-01,2026-01-01,{day}]" for day in ("2026-01-01", "2028-01-01")),
         "amount_v": (f"amount[{SPV}]",)},
        {"assign_{vdef}": (1, 0.5), "amount_v": (16,)}, {"δ_d": 0.5, "paid_{def}": (PAID, 16.2)}, PAID + 8.1 - 8),
    Row("chip_lease", "tranche_at_least", ("spv", "2026-01-01", "maker", "debt"),
        {"tranche_{vn}": (f"tranche[{SPV},debt]",), "amount_v": (f"amount[{SPV}]",)},
        {"tranche_{vn}": (4,), "amount_v": (10,)}, {"min_share_n": 0.5}, 5 - 4),
    Row("chip_purchase", "order_in_lots", ("lots", "2026-01-01"),
        {"order_{os}": ("order[lots,2026-01-01]",), "lots_{os}": ("lots[lots,2026-01-01]",)},
        {"order_{os}": (1.75,), "lots_{os}": (3,)}, {"lot_gw": 0.5}, 1.75 - 1.5),
    Row("chip_purchase", "order_at_least", ("lots", "2026-01-01"),
        {"order_{os}": ("order[lots,2026-01-01]",), "sign_{os}": ("sign[lots,2026-01-01]",)},
        {"order_{os}": (0.25,), "sign_{os}": (1,)}, {"min_gw": 0.5}, 0.25),
    Row("chip_purchase", "order_at_most", ("order",),
        {"order_{os}": ("order[order,2026-01-01]", "order[order,2027-01-01]")},
        {"order_{os}": (1.5, 1)}, {"max_gw": 2}, 0.5),
    Row("spare_capacity", "start_if_new", ("idle", 1),
        {"on_{ot}": ("on[idle,2026-07-01]",), "on_{o,t−1}": ("on[idle,2026-01-01]",),
         "start_{ot}": ("start[idle,2026-07-01]",)},
        {"on_{ot}": (1,), "on_{o,t−1}": (0.25,), "start_{ot}": (0.5,)}, {}, 0.25),
    Row("spare_capacity", "use_while_on", ("idle", 0),
        {"use_{ot}": ("use[idle,2026-01-01]",), "on_{ot}": ("on[idle,2026-01-01]",)},
        {"use_{ot}": (0.75,), "on_{ot}": (0.5,)}, {"c_t": 1, "max_gw": 1}, 0.25),
    # Kept for nine months, two periods: what starts in the first or second is on in the second.
    Row("spare_capacity", "stays_on", ("idle", 1),
        {"start_{os}": ("start[idle,2026-01-01]", "start[idle,2026-07-01]"), "on_{ot}": ("on[idle,2026-07-01]",)},
        {"start_{os}": (1, 0.5), "on_{ot}": (1,)}, {}, 0.5),
    Row("term_loan", "within_limit", ("bank",),
        {"draw_{ft}": ("draw[bank,2026-01-01]", "draw[bank,2026-07-01]")},
        {"draw_{ft}": (5, 3)}, {"limit": 10, "drawn before the start": 4}, 5 + 3 - 6),
    Row("own_fleet", "power_follows_run", ("here", "gpu|tpu", 1),
        {"draw_{aFpt}": ("draw[here,gpu|tpu,0.876,2026-07-01]",),
         "run_{caFt}": ("run[tpu_a,here,gpu|tpu,2026-07-01]", "run[gpu_a,here,gpu|tpu,2026-07-01]")},
        {"draw_{aFpt}": (1,), "run_{caFt}": (0.25, 0.5)}, {}, 0.25),
    Row("sublet", "begun", ("room", 1),
        {"let_{ot}": ("let[room,2026-07-01]",), "let_{o,t−1}": ("let[room,2026-01-01]",),
         "begins_{ot}": ("begins[room,2026-07-01]",)},
        {"let_{ot}": (0.3,), "let_{o,t−1}": (0.1,), "begins_{ot}": (0.05,)}, {}, 0.15),
    # Of what was let before, 0.1 GW are kept until July; with a year of notice both halves of 2026 count.
    Row("sublet", "lasts", ("room", 1),
        {"begins_{os}": ("begins[room,2026-01-01]", "begins[room,2026-07-01]"), "let_{ot}": ("let[room,2026-07-01]",)},
        {"begins_{os}": (0.2, 0.1), "let_{ot}": (0.25,)}, {"kept_{ot}": 0}, 0.05),
)  # fmt: skip


@cache
def portfolio(name: str) -> Portfolio:
    with tempfile.TemporaryDirectory() as folder:
        return Portfolio.of(GOLDEN[name].case(Path(folder)))


def posted(case: str, line: str, decision: str, day: str) -> float:
    """What one unit of a decision posts to a line in the period that begins on a day."""
    made, owner = portfolio(case), GOLDEN[case].owner
    title, _, name = line.partition("  ")
    calendar, total, found = made.case.calendar, 0.0, False
    for post in posts(made.case, owner):
        if (post.ledger if post.kind is None else f"{post.ledger} {post.kind}", post.line) == (title, name):
            for variable, t, value in zip(post.variables, post.periods, post.values, strict=True):
                about = "" if variable == CONSTANT else made.ledgers.names[variable].partition(".")[2]
                if about == decision and calendar.start_of(int(t)).isoformat() == day:
                    total, found = total + float(value), True
    return total if found else nan


def name_of(each: Posted | Row) -> str:
    return f"{each.case} {each.line}" if isinstance(each, Posted) else f"{each.case} {each.constraint}"


@pytest.mark.parametrize("each", POSTED, ids=name_of)
def test_a_post_is_what_the_docstring_states(each: Posted) -> None:
    owner, sign = GOLDEN[each.case].owner, -1 if each.equation.startswith("−") else 1
    stated = equation(owner, *([each.equation.lstrip("−")] if each.equation else each.line.split("  ")))
    assert sign * evaluated(stated, each.figures) == pytest.approx(each.value, rel=1e-12)
    assert posted(each.case, each.line, each.decision, each.day) == pytest.approx(each.value, rel=1e-12)


@pytest.mark.parametrize("each", ROWS, ids=name_of)
def test_a_constraint_is_what_the_docstring_states(each: Row) -> None:
    made, owner = portfolio(each.case), GOLDEN[each.case].owner
    given = {symbol: values[0] if len(values) == 1 else list(values) for symbol, values in each.values.items()}
    assert excess(equation(owner, each.constraint), {**each.figures, **given}) == pytest.approx(each.excess, abs=1e-12)
    block = blocks(made).component(owner)
    named = {variable.name.partition(".")[2]: variable for variable in block.component_data_objects(pyo.Var)} | {
        name.partition(".")[2]: block.component(group.name)[key]
        for group in made.ledgers.groups
        if group.block == owner
        for key, name in zip(group.keys, group.names, strict=True)
    }
    for symbol, names in each.decisions.items():
        for name, value in zip(names, each.values[symbol], strict=True):
            named[name].set_value(value, skip_validation=True)
    row = block.component(each.constraint)[each.index if len(each.index) > 1 else each.index[0]]
    used = {id(variable) for variable in pyo.expr.identify_variables(row.body)}
    assert used == {id(named[name]) for names in each.decisions.values() for name in names}
    body = pyo.value(row.body)
    excess_of_row = body - pyo.value(row.upper) if row.upper is not None else pyo.value(row.lower) - body
    assert excess_of_row == pytest.approx(each.excess, abs=1e-12)


@pytest.mark.parametrize("owner", [part.name for part in CATALOGUE.instruments])
def test_three_equations_at_least_of_every_instrument(owner: str) -> None:
    assert len({name_of(each) for each in (*POSTED, *ROWS) if GOLDEN[each.case].owner == owner}) >= 3


def test_a_formula_that_is_wrong_is_found_out() -> None:
    figures = {"rate": 0.21, "h": 0.5, "left_{st}": 1, "draw_{fs}": 1}
    assert evaluated("−((1 + rate)^h − 1) · left_{st} · draw_{fs}", figures) == pytest.approx(-0.1)
    assert evaluated("−((1 + rate · h) − 1) · left_{st} · draw_{fs}", figures) == pytest.approx(-0.105)
    with pytest.raises(LookupError, match="more in it"):
        evaluated("−fee · ((1 + rate)^h − 1) · left_{st} · draw_{fs}", figures)
    with pytest.raises(LookupError, match="no 'h' in"):
        evaluated("−rate · left_{st} · draw_{fs}", figures)
