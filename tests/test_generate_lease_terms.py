"""Generated cases with further terms of leases: every term is there, and the plan of such a case is audited."""

from pathlib import Path

import pytest

from planner.api import Case
from planner.common.terminations import Termination
from planner.generate import write
from planner.instruments.site_lease.delay_tables import SiteDelay
from planner.instruments.site_lease.profiles import SiteRamp
from planner.instruments.site_lease.tables import SiteLease
from planner.tables.offer import OfferStatus
from tests.plans import solved


def made(folder: Path, terms: float, seed: int = 2) -> Case:
    write(folder / f"case_{terms:g}", 24, periods=5, period_months=12, seed=seed, terms=terms)
    return Case.read(folder / f"case_{terms:g}")


def test_every_term_is_given_to_some_lease_and_none_to_those_that_are_signed(tmp_path: Path) -> None:
    cases = [made(tmp_path / str(seed), 1.0, seed) for seed in range(1, 5)]
    rows = [row for case in cases for row in case.rows(SiteLease)]
    further = [row for row in rows if row.rent_free_months or row.fit_out_usd_bn_per_gw or row.renew_times]
    assert all(row.status is OfferStatus.OPEN for row in further)
    assert {(row.rent_free_months > 0, row.refit_usd_bn_per_gw is not None, row.renew_times) for row in further} == {
        (True, False, 0), (False, True, 0), (False, False, 2),
    }  # fmt: skip
    assert any(case.rows(SiteRamp) for case in cases)
    assert any(case.rows(Termination) for case in cases)
    assert {row.status for row in rows if row.delay_damages_usd_bn_per_gw_year is not None} == {"open", "signed"}
    assert any(case.rows(SiteDelay) for case in cases)


def test_none_without_the_switch(tmp_path: Path) -> None:
    case = made(tmp_path, 0.0)
    assert not case.rows(SiteRamp)
    assert not case.rows(Termination)
    assert not any(row.renew_times or row.rent_free_months for row in case.rows(SiteLease))
    assert not any(row.delay_damages_usd_bn_per_gw_year for row in case.rows(SiteLease))
    assert not case.rows(SiteDelay)


@pytest.mark.parametrize("seed", [2, 3])
def test_they_can_be_planned(tmp_path: Path, seed: int) -> None:
    assert solved(made(tmp_path, 1.0, seed)).record.status == "proven"


# In the case of this seed it pays to let what is idle.
def test_tenants(tmp_path: Path) -> None:
    write(tmp_path / "case", 8, periods=5, period_months=6, seed=1, terms=1.0)
    plan = solved(Case.read(tmp_path / "case"))
    assert sum(value for name, value in plan.values.items() if name.startswith("sublet.let")) > 0.01
