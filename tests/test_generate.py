"""Generated cases: valid, with a plan, the same for the same arguments, and in their proportions like the reference."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from planner.api import Case
from planner.case.shipped import path
from planner.cli import main
from planner.common.chips import Chip
from planner.common.demand import Workload
from planner.common.guarantors import GuaranteeKind, Guarantor
from planner.common.policies import Policy, PolicyKind
from planner.common.regions import Link, Region
from planner.common.sources import Source
from planner.common.treasury import Finance
from planner.generate import REFERENCE, Ratios, reference_ratios, write
from planner.instruments.chip_lease.tables import ChipLease, EndOption, SpvTranche, TrancheKind
from planner.instruments.chip_purchase.tables import ChipPurchase
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudProduct, CloudTier, Shortfall
from planner.instruments.site_lease.tables import CoverMeasure, SiteLease
from planner.instruments.spare_capacity.tables import SpareCapacity
from planner.instruments.term_loan.tables import TermLoan
from planner.reports.check import Check
from planner.tables.offer import OfferStatus
from tests.plans import solved

SEEDS = (1, 2, 3)


def case(folder: Path, offers: int, seed: int = 1, **options: int) -> Case:
    write(folder / "case", offers, seed=seed, **options)
    return Case.read(folder / "case")


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def total(made: Case) -> int:
    """Offers and facilities."""
    return len(made.tables.offers()) + len(made.rows(TermLoan))


def near_the_reference(looked: Check) -> None:
    """GW on offer against demand and caps against exposures, within 25 %."""
    reference, found = reference_ratios(), Ratios.of(looked)
    for of, wanted in (
        (found.gw_to_demand, reference.gw_to_demand),
        (found.cap_to_exposure, reference.cap_to_exposure),
    ):
        assert of == {name: pytest.approx(value, rel=0.25) for name, value in wanted.items()}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("offers", [1, 2, 3, 10, 30])
def test_a_case_is_valid_and_nothing_looks_wrong(offers: int, seed: int, tmp_path: Path) -> None:
    looked = Check(case(tmp_path, offers, seed))
    assert total(looked.case) == offers
    assert looked.broken_by_signed() == []
    assert looked.notes() == []
    assert looked.floors_out_of_reach() == []


@pytest.mark.parametrize("offers", [1, 4, 11])
@pytest.mark.parametrize(
    ("periods", "period_months"), [(1, 1), (1, 12), (2, 1), (2, 6), (7, 3), (5, 12), (10, 12), (24, 1), (40, 3)]
)
def test_any_calendar_will_do(periods: int, period_months: int, offers: int, tmp_path: Path) -> None:
    looked = Check(case(tmp_path, offers, seed=offers, periods=periods, period_months=period_months))
    assert looked.case.calendar.T == periods
    assert looked.case.calendar.period_months == period_months
    assert looked.broken_by_signed() == []
    assert looked.notes() == []
    if offers > 10:
        near_the_reference(looked)


def test_hundreds_of_offers_are_no_other_matter(tmp_path: Path) -> None:
    looked = Check(case(tmp_path, 256))
    assert total(looked.case) == 256
    assert looked.broken_by_signed() == []
    assert looked.notes() == []
    assert Ratios.of(looked).mix == {
        name: pytest.approx(value, rel=0.25) for name, value in reference_ratios().mix.items()
    }
    near_the_reference(looked)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_arguments_give_the_same_bytes_and_others_give_others(tmp_path: Path) -> None:
    for name, seed in {"a/case": 5, "b/case": 5, "c/case": 6}.items():
        write(tmp_path / name, 12, seed=seed)
    first, again, other = (files(tmp_path / name / "case") for name in "abc")
    assert first == again
    assert {name for name in first if first[name] == other.get(name)} <= {"sources.csv", "cover_runoff.csv"} | {
        "regions.csv", "workloads.csv", "resale_values.csv"
    }  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("offers", [10, 17, 30, 75])
def test_ratios_are_near_the_reference(offers: int, seed: int, tmp_path: Path) -> None:
    """Of each table there are as many offers as in the reference, give or take 25 %, or what whole numbers ask for."""
    looked = Check(case(tmp_path, offers, seed))
    mix = Ratios.of(looked).mix
    for name, part in reference_ratios().mix.items():
        count, exact = mix.get(name, 0.0) * offers, part * offers
        assert count == pytest.approx(exact, rel=0.25) or abs(count - exact) < 1
    near_the_reference(looked)


@pytest.mark.parametrize("seed", SEEDS)
def test_as_many_offers_as_the_reference_has_are_of_the_same_tables(seed: int, tmp_path: Path) -> None:
    reference = Case.read(path(REFERENCE))
    assert Ratios.of(Check(case(tmp_path, total(reference), seed))).mix == pytest.approx(reference_ratios().mix)


@pytest.mark.parametrize("seed", SEEDS)
def test_forty_offers_hold_every_kind_of_term(seed: int, tmp_path: Path) -> None:
    made = case(tmp_path, 40, seed)
    clouds, sites, orders = made.rows(CloudCommitment), made.rows(SiteLease), made.rows(ChipPurchase)
    assert {row.shortfall for row in clouds} == set(Shortfall)
    assert {row.cover_measure for row in sites} >= set(CoverMeasure)
    assert {row.needs_guarantee for row in sites} == {True, False}
    for rows in (clouds, sites, orders):
        assert {row.status for row in rows} == {OfferStatus.OPEN, OfferStatus.SIGNED}
    assert any(row.after for row in sites)
    assert any(row.exclusive_group for row in clouds)
    assert any(row.exclusive_group for row in sites)
    assert any(row.requires_offer for row in clouds)
    assert sum(row.requires_offer is not None for row in made.rows(Guarantor)) == 1
    assert len(made.rows(CloudTier)) > len(clouds)
    assert any(row.max_gw is not None for row in made.rows(CloudProduct))
    assert any(row.available_from > made.calendar.start for row in made.rows(Chip))
    assert any(row.min_gw > 0 for row in orders)
    assert any(row.lot_gw for row in orders)
    inside = {row.sign_from for row in orders if row.sign_from} | {row.ready_date for row in sites}
    assert any(made.calendar.position(day) % 1 for day in inside)
    assert 3 <= len(made.rows(Region)) <= 6
    assert len(made.rows(Link)) >= len(made.rows(Region)) - 1
    assert 2 <= len(made.rows(Workload)) <= 4


def test_a_hundred_offers_hold_every_kind_of_lease_loan_and_policy(tmp_path: Path) -> None:
    made = case(tmp_path, 100)
    leases, spare = made.rows(ChipLease), made.rows(SpareCapacity)
    assert {row.end_option for row in leases} == set(EndOption)
    assert {row.support_guarantor is None for row in leases} == {True, False}
    assert {row.min_usd_bn == row.max_usd_bn for row in leases} == {True, False}
    taking = [row for row in leases if row.buys_from]
    orders = {row.offer: row.chip for row in made.rows(ChipPurchase)}
    assert taking
    assert len({row.buys_from for row in taking}) == len(taking)
    assert all(orders[row.buys_from or ""] == row.chip for row in taking)
    assert {row.kind for row in made.rows(SpvTranche)} == set(TrancheKind)
    assert {row.fee_usd_bn_per_month is None for row in spare} == {True, False}
    assert {row.kind for row in made.rows(Guarantor)} == set(GuaranteeKind)
    assert made.rows(TermLoan)
    kinds = {row.kind: row.penalty is None for row in made.rows(Policy)}
    assert kinds == {
        PolicyKind.OWN_CAPACITY_MIN: False,
        PolicyKind.SURVIVE_LOSS_OF_PROVIDER: False,
        PolicyKind.PROVIDER_SHARE_MAX: True,
        PolicyKind.FAMILY_SHARE_MAX: True,
        PolicyKind.FUNDING_FROM_PROVIDER_MAX: True,
    }
    for row in made.rows(Finance):
        assert None not in (row.debt_multiple_max, row.debt_cap_usd_bn, row.cover_min, row.min_cash_usd_bn)


@pytest.mark.parametrize("seed", SEEDS)
def test_demand_keeps_within_what_is_on_offer(seed: int, tmp_path: Path) -> None:
    looked = Check(case(tmp_path, 40, seed))
    gw = looked.on_offer()
    served = gw["cloud"] + np.minimum(gw["halls"], gw["chips"])
    assert (looked.demand() <= served).all()


def test_phases_of_a_site_stand_in_order(tmp_path: Path) -> None:
    made = case(tmp_path, 100)
    sites = {row.offer: row for row in made.rows(SiteLease)}
    for row in sites.values():
        if row.after is not None:
            before = sites[row.after]
            assert (row.site, row.phase, row.region) == (before.site, before.phase + 1, before.region)
            assert row.ready_date >= before.ready_date


def test_every_row_rests_on_one_assumption(tmp_path: Path) -> None:
    made = case(tmp_path, 10)
    (source,) = made.rows(Source)
    assert (source.key, source.kind) == ("generated", "assumption")
    assert {count["none"] for count in Check(made).assumptions().values()} == {0}


@pytest.mark.parametrize(
    ("offers", "seed", "periods", "period_months"),
    [(1, 1, 4, 6), (3, 2, 6, 6), (6, 3, 6, 6), (10, 1, 6, 6), (8, 5, 8, 3)],
)
def test_a_case_has_a_plan_that_audits(
    offers: int, seed: int, periods: int, period_months: int, tmp_path: Path
) -> None:
    plan = solved(case(tmp_path, offers, seed, periods=periods, period_months=period_months))
    assert plan.record.gap is not None
    assert plan.record.gap <= 0.01


def test_the_command_says_how_to_make_it_again_and_replaces_nothing(tmp_path: Path) -> None:
    words = ("--offers", "4", "--periods", "6", "--period-months", "12", "--seed", "9")
    assert run("generate", tmp_path / "mine", *words).exit_code == 0
    assert run("check", tmp_path / "mine").exit_code == 0
    readme = (tmp_path / "mine" / "README.md").read_text(encoding="utf-8")
    assert "planner generate mine --offers 4 --periods 6 --period-months 12 --seed 9" in readme
    before = files(tmp_path / "mine")
    refused = run("generate", tmp_path / "mine", *words[:-1], "10")
    assert refused.exit_code == 2
    assert "mine exists" in refused.output
    assert files(tmp_path / "mine") == before
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("words", [("--seed", "1"), ("--offers", "0", "--seed", "1"), ("--offers", "5")])
def test_size_and_seed_are_asked_for(words: tuple[str, ...], tmp_path: Path) -> None:
    assert run("generate", tmp_path / "mine", *words).exit_code == 2
