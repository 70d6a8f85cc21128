"""At its own rate every financing is worth what it raised, also where its term begins or ends inside a period."""

from pathlib import Path

import numpy as np
import pytest

from planner.api import Case
from planner.instruments.chip_lease.vintages import liability, vintages
from planner.instruments.shared.levels import RateOverTime, rate_over_time
from planner.ledgers.ledgers import CONSTANT, Ledgers
from tests.plans import solved
from tests.small import posted, sites, small

MONTHS = (12, 6, 3, 1)
LEASES = (
    "offer,spv,chip,status,sign_from,sign_by,min_usd_bn,max_usd_bn,term_years,payment_cover,advance_share,end_option,"
    "end_price_share"
)
TRANCHES = "offer,tranche,kind,seniority,min_share,max_share,rate,balloon_share,supported"


def leased(
    folder: Path,
    months: int,
    *tranches: str,
    term: float,
    deliveries: tuple[str, ...] = ("0,1",),
    status: str = "required",
    signed: str = "2026-01-01",
    end_option: str = "buy",
) -> Case:
    """A lease of 16 USD bn, signed on a day; chips are worth their cost at every age."""
    return small(
        folder,
        end=2033,
        months=months,
        chip_leases=f"{LEASES}\nspv,SPV,tpu_a,{status},{signed},{signed},16,16,{term},1,1,{end_option},0\n",
        spv_tranches="\n".join([TRANCHES, *(f"spv,{tranche}" for tranche in tranches), ""]),
        chip_deliveries="\n".join(["offer,months,delivered_share", *(f"spv,{each}" for each in deliveries), ""]),
        resale_values="chip,age_years,value_share\ntpu_a,0,1\n",
    )


def worth(ledgers: Ledgers, line: str, variable: int, rate: float) -> float:
    """Value at the start, at a rate, of the cash of a line per unit of a variable; what is paid counts below 0."""
    return float(
        sum(
            post.values[post.variables == variable] @ (1 + rate) ** -post.years[post.variables == variable]
            for post in ledgers.select("cash")
            if post.line == line and post.years is not None
        )
    )


BASE = "index,from_date,level\nbase,2024-01-01,0.04\nbase,2026-05-01,0.09\nbase,2027-07-01,0.05\n"


def floating(
    folder: Path,
    months: int,
    tranche: str,
    *,
    term: float,
    deliveries: tuple[str, ...] = ("0,1",),
    status: str = "required",
    signed: str = "2026-01-01",
    indices: str = BASE,
) -> Case:
    """A lease of 16 USD bn, as in `leased`, with one tranche whose rate may float."""
    return small(
        folder,
        end=2033,
        months=months,
        indices=indices,
        chip_leases=f"{LEASES}\nspv,SPV,tpu_a,{status},{signed},{signed},16,16,{term},1,1,buy,0\n",
        spv_tranches=f"{TRANCHES},rate_index,rate_cap\nspv,{tranche}\n",
        chip_deliveries="\n".join(["offer,months,delivered_share", *(f"spv,{each}" for each in deliveries), ""]),
        resale_values="chip,age_years,value_share\ntpu_a,0,1\n",
    )


def worth_along(ledgers: Ledgers, line: str, variable: int, rate: RateOverTime) -> float:
    """Value at the start, at the rates in force, of the cash of a line per unit of a variable."""
    return sum(
        value / (1 + rate.growth(0.0, years / rate.h))
        for post in ledgers.select("cash")
        if post.line == line and post.years is not None
        for number, years, value in zip(post.variables.tolist(), post.years.tolist(), post.values.tolist(), strict=True)
        if number == variable
    )


# Tranches of 7 % with and without a balloon. The buy-out costs what the balloons are, so payments and balloon together
# are worth the money on the days on which it is spent: the second delivery comes seven months on, or later.
@pytest.mark.parametrize("months", MONTHS)
@pytest.mark.parametrize("term", [3, 2.5, 2.25, 0.25])
@pytest.mark.parametrize("balloon", [0.0, 0.4])
@pytest.mark.parametrize("deliveries", [("0,1",), ("0,0.25", "7,0.75")])
def test_a_chip_lease(tmp_path: Path, months: int, term: float, balloon: float, deliveries: tuple[str, ...]) -> None:
    case = leased(tmp_path, months, f"d,debt,1,1,1,0.07,{balloon},false", term=term, deliveries=deliveries)
    ledgers = posted(case)
    tranche, buyout = (ledgers.find("chip_lease", name) for name in ("tranche", "buyout"))
    paid = worth(ledgers, "lease_payment", tranche.first, 0.07)
    paid += balloon * worth(ledgers, "buyout", buyout.first, 0.07)
    (vintage, *_) = vintages(case)[0]
    raised = sum(batch.share * 1.07 ** -case.calendar.years(batch.delivery.on) for batch in vintage.batches)
    assert -paid == pytest.approx(raised, rel=1e-12)


# The same with a rate that floats: 4 %, from May 2026 on 9 %, and from July 2027 on 5 %, with a margin of 1 % and
# perhaps a cap of 8 %. Discounted at the rates in force, payments and balloon are worth the money on the days of the
# deliveries.
@pytest.mark.parametrize("months", MONTHS)
@pytest.mark.parametrize("term", [3, 2.25])
@pytest.mark.parametrize("balloon", [0.0, 0.4])
@pytest.mark.parametrize("cap", ["", "0.08"])
@pytest.mark.parametrize("deliveries", [("0,1",), ("0,0.25", "7,0.75")])
def test_a_floating_chip_lease(
    tmp_path: Path, months: int, term: float, balloon: float, cap: str, deliveries: tuple[str, ...]
) -> None:
    case = floating(tmp_path, months, f"d,debt,1,1,1,0.01,{balloon},false,base,{cap}", term=term, deliveries=deliveries)
    ledgers = posted(case)
    tranche, buyout = (ledgers.find("chip_lease", name) for name in ("tranche", "buyout"))
    rate = rate_over_time(case, 0.01, "base", None, float(cap) if cap else None)
    paid = worth_along(ledgers, "lease_payment", tranche.first, rate)
    paid += balloon * worth_along(ledgers, "buyout", buyout.first, rate)
    (vintage, *_) = vintages(case)[0]
    raised = sum(each.share / (1 + rate.growth(0.0, each.begins)) for each in vintage.batches)
    assert -paid == pytest.approx(raised, rel=1e-12)
    (part,) = vintage.tranches
    owed = vintage.outstanding(part, case.calendar)
    assert owed[0] == pytest.approx(vintage.batches[0].share, rel=1e-12)


# A lease signed already, on its own days: what is outstanding at the start is worth what is paid from then on.
@pytest.mark.parametrize("months", MONTHS)
@pytest.mark.parametrize("signed", ["2024-05-01", "2025-09-16"])
def test_a_floating_lease_under_way(tmp_path: Path, months: int, signed: str) -> None:
    case = floating(tmp_path, months, "d,debt,1,1,1,0.01,0,false,base,", term=2.5, status="signed", signed=signed)
    ledgers = posted(case)
    rate = rate_over_time(case, 0.01, "base", None, None)
    paid = worth_along(ledgers, "lease_payment", ledgers.find("chip_lease", "tranche").first, rate)
    (vintage, *_) = vintages(case)[0]
    (part,) = vintage.tranches
    assert -paid == pytest.approx(vintage.outstanding(part, case.calendar)[0], rel=1e-12)


# An index that never moves makes a fixed rate.
@pytest.mark.parametrize("months", MONTHS)
def test_a_floating_rate_that_stays(tmp_path: Path, months: int) -> None:
    tranche = "d,debt,1,1,1,{rate},0.3,false,{index},"
    flat = "index,from_date,level\nbase,2020-01-01,0.05\n"
    one, other = (
        floating(tmp_path / name, months, tranche.format(rate=rate, index=index), term=2.25, indices=flat)
        for name, rate, index in (("floats", 0.01, "base"), ("fixed", 0.06, ""))
    )
    (floats, *_), (fixed, *_) = vintages(one)[0], vintages(other)[0]
    for vintage in (floats, fixed):
        assert len(vintage.batches) == 1
    payments = [
        np.array(list(each.payments(each.tranches[0], one.calendar, each.batches[0]).values()))
        for each in (floats, fixed)
    ]
    assert payments[0] == pytest.approx(payments[1], rel=1e-11)
    left = [each.outstanding(each.tranches[0], one.calendar) for each in (floats, fixed)]
    assert left[0] == pytest.approx(left[1], rel=1e-11)


# Drawn at the start of each period at a rate that floats, with a cap and a floor that bind at times.
@pytest.mark.parametrize("months", MONTHS)
@pytest.mark.parametrize("amortises", ["true", "false"])
@pytest.mark.parametrize("repay_by", ["2029-01-01", "2028-08-16", "2033-01-01"])
def test_a_floating_loan(tmp_path: Path, months: int, amortises: str, repay_by: str) -> None:
    case = small(
        tmp_path,
        end=2033,
        months=months,
        indices=BASE,
        term_loans=(
            "facility,lender,from_date,to_date,limit_usd_bn,rate,repay_by,amortises,drawn_usd_bn,rate_index,rate_floor,"
            f"rate_cap\nbank,A bank,2026-01-01,2027-12-31,10,0.02,{repay_by},{amortises},4,base,0.065,0.1\n"
        ),
    )
    ledgers = posted(case)
    rate = rate_over_time(case, 0.02, "base", 0.065, 0.1)
    assert rate.rates.values.tolist() == pytest.approx([0.065, 0.1, 0.07])
    draw = ledgers.find("term_loan", "draw")
    for variable in [*draw.numbers.values(), CONSTANT]:
        paid = worth_along(ledgers, "repayment", variable, rate) + worth_along(ledgers, "interest", variable, rate)
        drawn = 4.0 if variable == CONSTANT else worth_along(ledgers, "drawdown", variable, rate)
        assert -paid == pytest.approx(drawn, rel=1e-12)


# At the lease rate of 6 % the payments still to come are what is outstanding: 1 on the day of the delivery. A lease
# signed already keeps its days, here inside a period, so its first and its last payment are for a part of one.
@pytest.mark.parametrize("months", MONTHS)
@pytest.mark.parametrize(
    ("status", "signed"), [("required", "2026-01-01"), ("signed", "2024-05-01"), ("signed", "2025-09-16")]
)
def test_a_lease_liability(tmp_path: Path, months: int, status: str, signed: str) -> None:
    case = leased(
        tmp_path, months, "d,debt,1,1,1,0.06,0,false", term=2.5, deliveries=("0,0.5", "10,0.5"), status=status,
        signed=signed,
    )  # fmt: skip
    (vintage, *_) = vintages(case)[0]
    (part,) = vintage.tranches
    left, owed = liability(case, vintage, part), vintage.outstanding(part, case.calendar)
    assert left[: len(owed)] == pytest.approx(owed, rel=1e-12, abs=1e-13)
    assert not left[len(owed) :].any()
    if status == "required":
        assert owed[0] == pytest.approx(0.5, rel=1e-12)


# 16 at the tranche's rate of 6 % over 2½ years, in a plan: the liability opens at 16, interest and payments close it.
@pytest.mark.parametrize("months", MONTHS)
def test_debt_of_a_lease(tmp_path: Path, months: int) -> None:
    case = leased(tmp_path, months, "d,debt,1,1,1,0.06,0,false", term=2.5, end_option="return")
    plan = solved(case)
    debt = plan.debt[plan.debt["class"] == "chip_lease"]
    assert debt["additions_usd_bn"].to_list() == pytest.approx([16.0] + [0.0] * (len(debt) - 1))
    closing = debt["closing_usd_bn"].to_numpy()
    year = 12 // months
    assert closing[3 * year - 1 :] == pytest.approx(np.zeros(len(debt) - 3 * year + 1), abs=1e-9)
    assert debt["repayment_usd_bn"].sum() - debt["interest_usd_bn"].sum() == pytest.approx(16.0)


# Drawn at the start of each period of the window, and before the start; repaid on the last day of a period, or inside
# one. Fees are none, so what is paid is worth what was drawn.
@pytest.mark.parametrize("months", MONTHS)
@pytest.mark.parametrize("amortises", ["true", "false"])
@pytest.mark.parametrize("repay_by", ["2029-01-01", "2028-08-16", "2033-01-01"])
def test_a_term_loan(tmp_path: Path, months: int, amortises: str, repay_by: str) -> None:
    case = small(
        tmp_path,
        end=2033,
        months=months,
        term_loans=(
            "facility,lender,from_date,to_date,limit_usd_bn,rate,repay_by,amortises,drawn_usd_bn\n"
            f"bank,A bank,2026-01-01,2027-12-31,10,0.07,{repay_by},{amortises},4\n"
        ),
    )
    ledgers = posted(case)
    draw = ledgers.find("term_loan", "draw")
    assert len(draw.keys) == 24 // months
    for variable in [*draw.numbers.values(), CONSTANT]:
        paid = worth(ledgers, "repayment", variable, 0.07) + worth(ledgers, "interest", variable, 0.07)
        drawn = 4.0 if variable == CONSTANT else worth(ledgers, "drawdown", variable, 0.07)
        assert -paid == pytest.approx(drawn, rel=1e-12)


# 16 at 10 % for three years, discounted at 10 %: the case in which it was first seen that a lease cost more than that.
@pytest.mark.parametrize("months", MONTHS)
def test_a_lease_at_the_discount_rate(tmp_path: Path, months: int) -> None:
    tables = {
        "site_leases": sites(
            {"capacity_mw": 1000, "rent_usd_per_kw_month": 0, "status": "signed", "stage": "existing"}
        ),
        "chip_leases": f"{LEASES}\nspv,SPV,tpu_a,required,2026-01-01,2026-01-01,16,16,3,1,1,return,0\n",
        "spv_tranches": f"{TRANCHES}\nspv,d,debt,1,1,1,0.1,0,false\n",
        "chip_deliveries": "offer,months,delivered_share\nspv,0,1\n",
        "resale_values": "chip,age_years,value_share\ntpu_a,0,1\n",
    }
    case = small(tmp_path, end=2029, months=months, rate=0.1, shortage=0.0, **tables)
    plan = solved(case.change("chips[tpu_a].opex_usd_bn_per_gw_year = 0"))
    assert plan.record.objective_usd_bn == pytest.approx(16.0, rel=1e-12)
