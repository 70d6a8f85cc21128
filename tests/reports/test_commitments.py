"""What signatures bind and until when they can be decided, against the starter by hand and against a plan's files."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.display import Display, Money
from planner.basics.errors import DataError
from planner.case.plausibility import slips
from planner.case.shipped import path
from planner.reports.commitments import Commitment, commitments, is_due, owed_by_what_is_signed
from planner.reports.loans import draws, facilities
from planner.reports.page.limit_words import limit_words, used_in_full
from planner.reports.page.page import Page
from planner.reports.page.plan_view import View
from planner.reports.page.sections import months, signing, summary
from planner.reports.priced import COLUMNS, NOT_KNOWN, OfferPrices
from planner.reports.sources import by_source
from tests.reports.pages import Parsed, viewed
from tests.small import small


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    return viewed(Case.read(path("starter")), tmp_path_factory.mktemp("plan") / "starter")


@pytest.fixture(scope="module")
def found(view: View) -> dict[tuple[str, str], Commitment]:
    return {(each.offer, each.signature.day): each for each in commitments(view.plan)}


def priced(folder: Path, *rows: str) -> Path:
    file = folder / "prices.csv"
    file.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n", encoding="utf-8")
    return file


def test_a_lease_binds_its_rent_to_the_end_of_its_term(found: dict[tuple[str, str], Commitment]) -> None:
    """Mesa, second phase: 0.4 GW at 100 USD per kW and month, 5 % more each year, for five years; a deposit of six
    months and diligence of 0.04 on signing; a fee of 2 % a year on a guarantee of 3.2."""
    mesa = found["mesa_2", "2028-01-01"]
    assert mesa.binds_usd_bn == pytest.approx(0.48 * sum(1.05**year for year in range(5)))
    assert mesa.on_signing_usd_bn == pytest.approx(0.04 + 0.24)
    assert mesa.first_year_usd_bn == pytest.approx(0.28 + 0.02 * 3.2)
    assert mesa.guarantees == {"cirrus": pytest.approx(3.2)}
    assert (mesa.title, mesa.party, mesa.word) == ("Mesa, phase 2", "Mesa Power", "halls")


def test_money_that_comes_in_on_signing_is_taken_off(found: dict[tuple[str, str], Commitment]) -> None:
    """cirrus: floors of 3 and three times 5; 5 are paid on signing and 2 of equity come in; 9 are spent in the year."""
    cirrus = found["cirrus_tpu", "2027-01-01"]
    assert cirrus.binds_usd_bn == pytest.approx(18)
    assert (cirrus.on_signing_usd_bn, cirrus.first_year_usd_bn) == (pytest.approx(3), pytest.approx(12))


def test_each_order_is_a_signature_of_its_own(found: dict[tuple[str, str], Commitment]) -> None:
    """Of 6, 1.5 are paid on order. The SPV takes over what is due of the first order, and not that of the second."""
    first, second = found["tpu_order", "2027-01-01"], found["tpu_order", "2028-01-01"]
    assert (first.binds_usd_bn, second.binds_usd_bn) == (pytest.approx(0), pytest.approx(4.5))
    assert first.on_signing_usd_bn == second.on_signing_usd_bn == pytest.approx(1.5)


def test_all_signatures_and_what_is_signed_add_up_to_the_maturities(
    view: View, found: dict[tuple[str, str], Commitment]
) -> None:
    """Signed already is the old mill: 0.2 GW at 100 USD per kW and month from 2027 to the end of its term in 2034."""
    already = owed_by_what_is_signed(view.plan, list(found.values()))
    assert already == pytest.approx(0.24 * 8)
    total = already + sum(each.binds_usd_bn for each in found.values())
    assert total == pytest.approx(view.plan.maturities["owed_usd_bn"].sum())


def test_halls_are_decided_on_as_late_as_they_can_be_built_in_time(
    tmp_path: Path, found: dict[tuple[str, str], Commitment]
) -> None:
    """Twelve months before they commence, though the window is open for half a year longer; with nine it is later."""
    assert found["mesa_2", "2028-01-01"].decide_by == date(2028, 1, 1)
    sooner = Case.read(path("starter")).change(
        "site_leases[mesa_2].lead_months = 9", "site_leases[mesa_1].lead_months = 3"
    )
    days = {each.offer: each.decide_by for each in commitments(viewed(sooner, tmp_path / "plan").plan)}
    assert days["mesa_2"] == date(2028, 4, 1)
    assert days["mesa_1"] == date(2027, 6, 30)  # the window ends before 1 October


def test_names_that_are_given_stand_in_place_of_identifiers(tmp_path: Path) -> None:
    case = Case.read(path("starter"))
    table = "identifier,name\nmesa_1,Mesa one\ncirrus,Cirrus Inc.\ncirus,Nobody\n"
    case = Case.made_of({**case.files, "names.csv": table.encode()}, case.catalogue)
    (slip,) = [each for each in slips(case) if each.file == "names.csv"]
    assert str(slip).startswith("names.csv:4 identifier: expected an identifier of another table, found 'cirus'; did")
    view = viewed(case, tmp_path / "plan")
    titles = {each.offer: each.title for each in view.commitments}
    assert (titles["mesa_1"], titles["mesa_2"], titles["gpu_order"]) == ("Mesa one", "Mesa, phase 2", "gpu order")
    words = Parsed(Page(view).html()).words
    assert {"Mesa one", "Cirrus Inc."} <= set(words)
    assert any("guarantees of Cirrus Inc. for leases" in said for said in words)
    assert "names" not in by_source(case)


def test_only_what_is_signed_within_twelve_months_is_due(view: View, found: dict[tuple[str, str], Commitment]) -> None:
    assert {key for key, each in found.items() if not is_due(view.plan, each)} == {
        ("mesa_2", "2028-01-01"), ("tpu_order", "2028-01-01"),
    }  # fmt: skip
    sheets = {part.name: part for part in signing.parts(view)}
    due, later = (sheets[name] for name in ("due", "later"))
    assert due.total["binds_usd_bn"].item() == pytest.approx(31.902303)
    assert later.total["binds_usd_bn"].item() == pytest.approx(2.652303 + 4.5)
    assert "missed" not in {column.key for column in due.columns}


def test_a_facility_that_is_not_drawn_says_so(view: View, tmp_path: Path) -> None:
    (bridge,) = facilities(view.plan)
    assert (bridge.lender, bridge.limit_usd_bn, draws(view.plan, bridge)) == ("house_bank", 3.0, [])
    (sheet,) = signing.loans(view)
    assert sheet.frame["day"].tolist() == ["not drawn"]


def test_a_plan_that_signs_nothing_says_so(tmp_path: Path) -> None:
    page = Page(viewed(small(tmp_path), tmp_path / "plan"))
    words = " ".join(Parsed(page.html()).words)
    assert "Nothing is to be signed before" in words
    assert "There are no offers" not in words


class TestPrices:
    """What the next best plan costs, from the table that `planner prices --csv` writes."""

    def test_what_is_missed_is_said_in_the_table(self, view: View, tmp_path: Path) -> None:
        file = priced(tmp_path, "offer,mesa_1,yes,1.234,1.678,,,,,,", "offer,lake,yes,,,,,,,,no plan without it")
        prices = OfferPrices.read(file, view.plan)
        assert prices.missed("mesa_1", Display()) == "1.23 to 1.68 USD bn more"
        assert prices.missed("mesa_1", Display(money=Money.USD_M)).endswith("1,230 to 1,680 USD m more")
        assert prices.missed("lake", Display()) == "no plan without it"
        assert prices.missed("cirrus_tpu", Display()) == NOT_KNOWN
        words = Parsed(Page(View(view.plan, view.audit, prices)).html()).words
        assert "1.23 to 1.68 USD bn more" in words

    @pytest.mark.parametrize(
        ("row", "says"),
        [
            ("offer,nobody,yes,1,1,,,,,,", "prices.csv:2 name: expected an offer of the plan, found 'nobody'"),
            (
                "offer,mesa_1,no,1,1,,,,,,",
                "prices.csv:2 signed: expected yes as in the plan; these are prices of another",
            ),
            ("offer,mesa_1,yes,much,1,,,,,,", "prices.csv:2 worth_from_usd_bn: expected a number, found 'much'"),
        ],
    )
    def test_prices_of_another_plan_are_refused(self, view: View, tmp_path: Path, row: str, says: str) -> None:
        with pytest.raises(DataError) as error:
            OfferPrices.read(priced(tmp_path, row), view.plan)
        assert says in str(error.value)

    def test_another_table_is_refused(self, view: View, tmp_path: Path) -> None:
        (tmp_path / "other.csv").write_text("a,b\n1,2\n")
        with pytest.raises(DataError, match="section: expected a column"):
            OfferPrices.read(tmp_path / "other.csv", view.plan)


class TestWords:
    """The sentences of the first screen."""

    def test_what_binds_is_named(self, view: View) -> None:
        (full,) = used_in_full(view.plan, view.names)
        assert (full.text, full.periods) == ("guarantees of cirrus for leases (in Jan 28)", 1)
        assert limit_words("obligations", "all") == "the cap on obligations"

    def test_the_sentences_say_what_the_files_say(self, view: View) -> None:
        (brief,) = summary.parts(view)
        said = dict(brief.points)
        record = view.plan.record
        assert f"costs USD {record.cost_in_money_usd_bn:,.1f} bn in money" in said["What it costs"]
        assert said["What to sign"].startswith("7 signatures in the first twelve months, by 1 Jan 2027.")
        assert "USD 31.9 bn" in said["What to sign"]
        assert "guarantees of cirrus for leases" in said["What limits it"]
        assert f"no plan costs less than USD {record.bound_usd_bn:,.1f} bn" in said["How sure it is"]
        assert len(brief.tiles) == 3

    def test_an_unproven_plan_is_never_called_proven(self, view: View) -> None:
        record = replace(view.plan.record, status="unproven", stopped_by="time")
        (brief,) = summary.parts(View(replace(view.plan, record=record), view.audit))
        assert "NOT proven" in dict(brief.points)["How sure it is"]
        assert "NOT proven" in brief.foot[0].text


def test_the_calendar_holds_every_payment_of_the_first_year(view: View) -> None:
    """The dated payments of the first day and those over the year are all that the cash table has of that year."""
    table = months.months(view)
    moved = table["received_usd_bn"].fillna(0).sum() - table["paid_usd_bn"].fillna(0).sum()
    cash = view.plan.cash.iloc[0]
    assert moved == pytest.approx(cash["closing_usd_bn"] - cash["opening_usd_bn"], abs=1e-3)
    assert "by 1 Jan 2027" in set(table["when"])
