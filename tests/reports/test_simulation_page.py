"""The page of a simulation: what it shows is what the simulation's tables say."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from planner.basics.errors import DataError
from planner.cli import main
from planner.reports.page.shares import STYLES, Shares
from planner.reports.page.simulation_page import SECTIONS, SimulationPage
from planner.reports.page.simulation_view import SimulationView
from planner.reports.page.whiskers import Whisker, Whiskers
from planner.reports.page.worlds import breaches, costs, headline, regret
from planner.simulation.policies import SimulatedPolicy
from planner.simulation.simulation import Simulation
from tests.reports.pages import Parsed
from tests.simulation.test_by_hand import TestLimits
from tests.simulation.worlds import simulated, staying

HOSTILE = "</script><script>alert(1)</script>"
NONE = float("nan")


def layers(drawing: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The rows that each layer of a drawing carries; those of a single layer stand with the drawing."""
    found = [layer.get("data", drawing.get("data")) for layer in drawing["layer"]]
    return [drawing["datasets"][each["name"]] if "name" in each else each["values"] for each in found]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    """In half of the worlds a lender allows less: who signed for more has no plan then."""
    lent = TestLimits.lent(tmp_path_factory.mktemp("case"), None)
    return simulated(lent.change(f"case.title = '{HOSTILE}'"), worlds=8)


@pytest.fixture(scope="module")
def folder(found: Simulation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulation")
    found.write(folder)
    return folder


@pytest.fixture(scope="module")
def view(folder: Path) -> SimulationView:
    return SimulationView.read(folder)


@pytest.fixture(scope="module")
def page(view: SimulationView) -> SimulationPage:
    return SimulationPage(view)


@pytest.fixture(scope="module")
def parsed(page: SimulationPage) -> Parsed:
    return Parsed(page.html())


def run(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(word) for word in words])
    return result.exit_code, result.output


class TestReading:
    """What is written is what is read."""

    def test_tables_come_back(self, found: Simulation, view: SimulationView) -> None:
        for name in ("summary", "breaches"):
            assert list(getattr(view, name).columns) == list(getattr(found, name).columns)
        assert view.results["cost_usd_bn"].tolist() == pytest.approx(found.table["cost_usd_bn"].tolist(), nan_ok=True)
        assert view.title == HOSTILE
        assert view.policies == [str(each) for each in SimulatedPolicy]

    def test_laws_have_a_column(self, tmp_path: Path) -> None:
        law = "growth: demand[2027-01-01..,here,training].demand_gw = uniform(1, 2)"
        simulated(staying(tmp_path / "case"), worlds=3, policies=("expected",), laws=(law,)).write(tmp_path / "out")
        view = SimulationView.read(tmp_path / "out")
        assert view.worlds["growth"].between(1.0, 2.0).all()
        page = SimulationPage(view)
        assert "regret" not in [chapter.name for chapter in page.chapters]  # nobody has foresight
        assert f"Drawn from a law: {law}." in Parsed(page.html()).words

    @pytest.mark.parametrize(
        ("name", "text", "said"),
        [
            ("worlds.csv", None, r"a simulation with worlds\.csv"),
            ("simulate.json", "[]", "what a simulation was asked"),
            ("summary.csv", "policy\nhedge\n", r"summary\.csv.*mean_usd_bn"),
        ],
    )
    def test_what_is_none_is_said(self, folder: Path, tmp_path: Path, name: str, text: str | None, said: str) -> None:
        copy = tmp_path / "copy"
        shutil.copytree(folder, copy)
        (copy / name).unlink()
        if text is not None:
            (copy / name).write_text(text)
        with pytest.raises(DataError, match=said):
            SimulationView.read(copy)

    @pytest.mark.parametrize("name", ["summary", "results", "worlds"])
    def test_tables_of_another_simulation_are_refused(self, folder: Path, tmp_path: Path, name: str) -> None:
        copy = tmp_path / "copy"
        shutil.copytree(folder, copy)
        lines = (copy / f"{name}.csv").read_text().splitlines()
        (copy / f"{name}.csv").write_text("\n".join([*lines[:-1], ""]))
        with pytest.raises(DataError, match=rf"{name}\.csv.*of simulate\.json"):
            SimulationView.read(copy)


class TestPage:
    """Sections and figures, against the tables; costs are those of `tests.simulation.test_by_hand`."""

    def test_every_section_is_there(self, parsed: Parsed) -> None:
        sections = [attributes["id"] for tag, attributes in parsed.elements if tag == "section"]
        assert sections == [section.NAME for section in SECTIONS]
        assert set(parsed.having("data-drawing")) == set(parsed.data["drawings"])
        assert set(parsed.having("data-download")) == set(parsed.data["downloads"])
        assert not parsed.open

    def test_texts_are_shown_and_never_run(self, parsed: Parsed) -> None:
        assert len(parsed.scripts) == 3
        assert HOSTILE in parsed.words

    def test_the_headline(self, parsed: Parsed) -> None:
        tiles = {key: json.loads(str(each["data-value"])) for key, each in parsed.having("data-key").items()}
        assert tiles["worlds"] == 8
        assert tiles["mean_usd_bn.hedge"] == pytest.approx(50.6)
        assert tiles["mean_usd_bn.expected"] == pytest.approx(1.2)
        assert any(words.endswith("no plan in 4 worlds") for words in parsed.words)

    def test_every_policy_is_explained(self) -> None:
        assert list(headline.POLICIES) == [str(each) for each in SimulatedPolicy]

    def test_each_two_are_beside_one_another(self, found: Simulation, page: SimulationPage, parsed: Parsed) -> None:
        """The hedge costs 49.4 more where both have a plan."""
        for each in found.comparisons:
            assert each.text in parsed.words
        texts = {row["label"]: row["text"] for row in layers(page.drawings["beside-saved"])[-2]}
        assert texts["hedge or expected"] == "−49.4, not clearly"
        assert texts["expected or wait"] == "the same"

    def test_costs(self, view: SimulationView, page: SimulationPage) -> None:
        by_label = {each.label: each for each in costs.whiskers(view)}
        assert by_label["foresight"].far == pytest.approx((1.2, 50.6))
        assert by_label["foresight"].amount == pytest.approx(25.9)
        assert by_label["wait"].text == "1.20, no plan in 4 worlds"
        rows = layers(page.drawings["costs-shares"])[0]
        ends = {row["series"]: row["share"] for row in rows}
        assert ends == {"hedge": 100, "foresight": 100, "expected": 50, "at_start": 50, "wait": 50}

    def test_regret(self, view: SimulationView) -> None:
        cells = {(cell.row, cell.column): cell.amount for cell in regret.by_future(view).cells}
        assert cells["free (4)", "hedge"] == pytest.approx(49.4)
        assert cells["tight (4)", "hedge"] == pytest.approx(0.0, abs=1e-6)
        assert cells["tight (4)", "expected"] is None

    def test_tables_are_downloaded_as_they_are(self, page: SimulationPage, folder: Path) -> None:
        for name in ("summary", "worlds", "results"):
            lines = page.downloads[f"tables-{name}-table"].splitlines()
            assert len(lines) == len((folder / f"{name}.csv").read_text().splitlines())
            assert lines[0] == (folder / f"{name}.csv").read_text().splitlines()[0]


def test_broken_limits(tmp_path: Path) -> None:
    """Under a waiver the limit is broken in half of the worlds, by all policies."""
    simulated(TestLimits.lent(tmp_path / "case", "debt_cap,cap,1,,\n")).write(tmp_path / "out")
    view = SimulationView.read(tmp_path / "out")
    matrix = breaches.by_year(view)
    assert matrix.columns == ("2027",)
    assert {cell.amount for cell in matrix.cells} == {50.0}
    assert matrix.rows[0] == "expected: debt_cap cap"
    assert "breaches-years" in SimulationPage(view).drawings


def test_other_units(tmp_path: Path) -> None:
    """A case in millions says so in the record, and its page is in millions."""
    case = staying(tmp_path / "case").change("case.display.money = 'USD m'")
    simulated(case, policies=("expected", "at_start")).write(tmp_path / "out")
    page = SimulationPage(SimulationView.read(tmp_path / "out"))
    parsed = Parsed(page.html())
    assert "Mean cost, expected, USD m" in parsed.words
    assert "5,100" in parsed.words
    assert json.loads(str(parsed.having("data-key")["mean_usd_bn.expected"]["data-value"])) == pytest.approx(5.1)
    dots = [row for row in layers(page.drawings["beside-saved"])[1] if "said" in row]
    assert [row["low"] for row in dots] == pytest.approx([8500.0])


class TestCharts:
    def test_ranges_that_are_not_known_are_left_out(self) -> None:
        chart = Whiskers((Whisker("a", 2.0, (NONE, NONE), (1.0, 4.0)), Whisker("b", 3.0, (2.5, 3.5), (NONE, NONE))), "")
        assert (chart.span().low, chart.span().high) == (1.0, 4.0)
        far, near, dots, _ = layers(chart.draw(chart.span()))
        assert [(row["label"], row["low"], row["high"]) for row in far] == [("a", 1.0, 4.0)]
        assert [(row["label"], row["low"], row["high"]) for row in near] == [("b", 2.5, 3.5)]
        assert [row["low"] for row in dots] == [2.0, 3.0]

    def test_shares_of_all_cases(self) -> None:
        """Of five cases two cost 1 and one costs 3; two have no amount."""
        chart = Shares({"a": (3.0, 1.0, 1.0)}, 5, "USD bn", "worlds")
        (rows,) = layers(chart.draw(chart.span()))
        corners = [(row["amount"], row["share"]) for row in rows]
        assert corners == [(1.0, 0.0), (1.0, 40.0), (3.0, 60.0), (pytest.approx(3.06), 60.0)]

    def test_every_policy_has_a_style(self) -> None:
        assert len(STYLES) >= len(SimulatedPolicy)
        assert len({(shade, *dashes) for shade, dashes in STYLES}) == len(STYLES)


class TestCommand:
    def test_a_report_of_a_simulation(self, folder: Path, page: SimulationPage, tmp_path: Path) -> None:
        code, output = run("report", folder, "-o", tmp_path / "page.html", "--figures", tmp_path / "figures")
        assert (code, f"{2 * len(page.drawings)} files of charts" in output) == (0, True), output
        assert (tmp_path / "page.html").read_text(encoding="utf-8") == page.html()
        for file in (tmp_path / "figures").iterdir():
            assert file.read_bytes().startswith(b"<svg" if file.suffix == ".svg" else b"\x89PNG"), file.name

    def test_it_is_reported_by_itself(self, folder: Path, tmp_path: Path) -> None:
        for folders in ((folder, tmp_path), (tmp_path, folder)):
            code, output = run("report", *folders, "-o", tmp_path / "page.html")
            assert (code, "is the folder of a simulation, which is reported by itself" in output) == (2, True)
        assert not (tmp_path / "page.html").exists()
