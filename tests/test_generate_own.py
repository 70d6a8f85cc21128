"""Generated cases with another catalogue: an instrument of one's own takes part, one that is left out does not."""

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from planner import generate
from planner.api import Case
from planner.catalogue import CATALOGUE
from planner.generate import mix
from planner.interfaces.catalogue import Catalogue
from planner.interfaces.generation import RandomOffers
from planner.plan.audit import audit
from planner.reports.check import Check
from planner.solve.solve import solve
from planner.tables.table import Table
from tests.barter import BARTER, SHARE, WITH_BARTER, Barter


class Swap(Barter):
    about: ClassVar[Table] = replace(Barter.about, name="swaps")


def with_share(share: float | None) -> Catalogue:
    """The planner's catalogue and a barter with that share of the offers."""
    assert BARTER.generate is not None
    return CATALOGUE.extended(instruments=[replace(BARTER, generate=replace(BARTER.generate, share=share))])


def counts(catalogue: Catalogue, offers: int) -> dict[str, int]:
    tables = [table for table, _ in mix.makers(catalogue)]
    return dict(zip(tables, mix.counts(catalogue, generate.reference_ratios().mix, offers), strict=True))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_has_its_share_of_a_valid_case(seed: int) -> None:
    made = Case.made_of(generate.case_files(40, seed=seed, catalogue=WITH_BARTER), WITH_BARTER)
    looked = Check(made)
    assert len(made.rows(Barter)) == SHARE * 40
    assert looked.broken_by_signed() == []
    assert looked.notes() == []
    on_offer, wanted = looked.on_offer()["cloud"].mean(), looked.demand().mean()
    assert on_offer / wanted == pytest.approx(generate.reference_ratios().gw_to_demand["cloud"], rel=0.25)


def test_the_case_has_a_plan_that_audits(tmp_path: Path) -> None:
    generate.write(tmp_path / "case", 10, periods=6, catalogue=WITH_BARTER)
    plan = solve(Case.read(tmp_path / "case", WITH_BARTER))
    plan.write(tmp_path / "plan")
    assert audit(tmp_path / "plan", WITH_BARTER).agrees
    readme = (tmp_path / "case" / "README.md").read_text(encoding="utf-8")
    assert "planner.generate.write(Path('case'), 10, periods=6, period_months=6, seed=1, catalogue=…)" in readme


def test_the_others_divide_the_rest_as_they_do_without_it() -> None:
    before, after = counts(CATALOGUE, 640), counts(WITH_BARTER, 800)
    assert after.pop("barters") == 160
    assert after == {name: pytest.approx(count, abs=1) for name, count in before.items()}


def test_all_offers_may_be_of_one_instrument() -> None:
    assert {name: count for name, count in counts(with_share(1.0), 7).items() if count} == {"barters": 7}


def test_the_share_must_be_known() -> None:
    with pytest.raises(ValueError, match="the reference case has no barters"):
        generate.case_files(10, catalogue=with_share(None))


def test_shares_add_to_one_at_most() -> None:
    other = replace(BARTER, name="swap", tables=(Swap,))
    with pytest.raises(ValueError, match=r"add to 1\.2, more than 1"):
        generate.case_files(10, catalogue=with_share(1.0).extended(instruments=[other]))
    assert BARTER.generate is not None
    with pytest.raises(ValueError, match=r"share: 1\.2 is not between 0 and 1"):
        RandomOffers(make=BARTER.generate.make, supplies=None, guaranteed=None, share=1.2)


def test_offers_that_are_generated_need_a_table() -> None:
    catalogue = CATALOGUE.extended(instruments=[replace(BARTER, tables=())])
    with pytest.raises(ValueError, match="barter generates offers but has no table"):
        generate.case_files(10, catalogue=catalogue)


def test_a_catalogue_with_fewer_instruments() -> None:
    """Without chips that are leased nobody stands behind their value; without orders no lease takes one over."""
    for name in ("chip_lease", "chip_purchase"):
        fewer = replace(CATALOGUE, instruments=tuple(each for each in CATALOGUE.instruments if each.name != name))
        made = Case.made_of(generate.case_files(30, catalogue=fewer), fewer)
        assert sum(counts(fewer, 30).values()) == 30
        assert len(made.offers()) > 20
