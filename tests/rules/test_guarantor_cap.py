"""Guarantor cap: room by date and kind, which opens with the offer that a guarantor requires."""

from pathlib import Path

import numpy as np
import pytest

from planner.api import Case
from planner.portfolio.portfolio import Portfolio
from tests.plans import cost, solved
from tests.small import cloud, demand, owned, sites, small, used, values

COVERED = {"needs_guarantee": "true", "cover_measure": "termination", "cover_usd_bn_per_gw": 8, "term_years": 2}


def backed(folder: Path, caps: str, *, requires: str = "", months: int = 12, **tables: str) -> Case:
    """Two years; 0.5 GW asked for and owned; halls under a cover of 4, of which 0.6 is left after a year."""
    given = {
        "demand": demand(0.5),
        "site_leases": sites(COVERED),
        "cover_runoff": "age_years,cover_share\n0,1\n1,0.6\n",
        "guarantors": (
            f"guarantor,kind,families,fee_rate,requires_offer\nbank,lease,tpu,0.01,{requires}\nbank,residual,tpu,0,\n"
        ),
        "guarantor_caps": f"guarantor,kind,from_date,cap_usd_bn,used_usd_bn\n{caps}bank,residual,2026-01-01,0,0\n",
        **owned(0.5),
        **tables,
    }
    return small(folder, months=months, **given)


def room(case: Case) -> list[float]:
    """What the bank may still take on, by period."""
    portfolio = Portfolio.of(case)
    (limit,) = (limit for limit in portfolio.limits if limit.subject == "bank/lease")
    return limit.allowed.evaluate(np.ones(portfolio.ledgers.size)).tolist()


# Caps less what is used: 10 − 6 = 4; 9 − 6 = 3 from July 2026; 5 − 6, so nothing, from April 2027; 9 from 2028 on. The
# strictest of each period, whenever in it the date lies; what follows the end does not matter.
def test_room_by_date(tmp_path: Path) -> None:
    caps = """\
bank,lease,2026-01-01,10,6
bank,lease,2026-07-01,9,6
bank,lease,2027-04-01,5,6
bank,lease,2028-01-01,9,0
"""
    case = backed(tmp_path, caps)
    assert room(case) == [3.0, 0.0]
    assert room(case.change("case.period_months = 6")) == [4.0, 3.0, 0.0, 0.0]
    assert room(case.change("case.period_months = 3")) == [4.0, 4.0, 3.0, 3.0, 3.0, 0.0, 0.0, 0.0]


# The cover is 4, then 2.4, of the share. Room of 4 and then of 1.2 lets half of it be signed: rent 2 · 0.3, fees of 1 %
# on 2 and 1.2, and 0.25 GW short in each year. The residual kind, without any room, has nothing to do with it.
def test_the_tightest_date_counts(tmp_path: Path) -> None:
    plan = solved(backed(tmp_path, "bank,lease,2026-01-01,4,0\nbank,lease,2027-01-01,1.2,0\n"))
    assert values(plan, "share", "backer") == pytest.approx({"bank": 0.5})
    assert cost(plan) == pytest.approx(0.6 + 0.02 + 0.012 + 50)
    assert used(plan, "guarantor_cap", "bank/lease") == {
        "2026-01-01": pytest.approx((2.0, 4.0)),
        "2027-01-01": pytest.approx((1.2, 1.2)),
    }


# Exposure counts from signing, a year before the halls: with room for half of the cover in that year, half is signed.
def test_exposure_from_signing(tmp_path: Path) -> None:
    case = backed(
        tmp_path,
        "bank,lease,2026-01-01,2,0\nbank,lease,2027-01-01,9,0\n",
        site_leases=sites({**COVERED, "ready_date": "2027-01-01", "lead_months": 12}),
    )
    assert values(solved(case), "share", "backer") == pytest.approx({"bank": 0.5})


class TestRequiredOffer:
    """The bank requires a deal with a floor of 3 a year and nothing in return."""

    def case(self, folder: Path) -> Case:
        return backed(folder, "bank,lease,2026-01-01,9,0\n", requires="deal", **cloud(floors=(3, 3), capacity=0))

    # Rent 1.2 and fees of 0.04 + 0.024, with the deal's floors of 6, against 100 of shortage.
    def test_opens_the_room(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path))
        assert cost(plan) == pytest.approx(1.2 + 0.064 + 6)
        assert values(plan, "sign", "offer") == {"deal": 1.0}

    # Closed, or not worth its price, there are no halls.
    def test_without_it_nothing_is_backed(self, tmp_path: Path) -> None:
        case = self.case(tmp_path)
        assert cost(solved(case.change("cloud_commitments[deal].status = closed"))) == pytest.approx(100.0)
        cheap = case.change("case.shortage_cost_usd_bn_per_gw_year = 7")
        assert cost(solved(cheap)) == pytest.approx(7.0)

    # It can be signed from 2027 only: no cover before that, and the site is ready in 2026.
    def test_by_then(self, tmp_path: Path) -> None:
        later = self.case(tmp_path).change(
            "cloud_commitments[deal].sign_from = 2027-01-01", "cloud_commitments[deal].sign_by = 2027-01-01"
        )
        assert cost(solved(later)) == pytest.approx(100.0)
        # Ready in 2027 as well: 50 short, then rent 0.6, a fee of 0.04 and the floor of 3 that is within the horizon.
        both = later.change("site_leases[hall].ready_by = 2027-01-01")
        assert cost(solved(both)) == pytest.approx(50 + 0.6 + 0.04 + 3)
