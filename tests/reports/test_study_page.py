"""The page of a study: what it shows is what the study's tables say; and the charts of frontiers and alternatives."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from planner.api import Case
from planner.basics.errors import DataError
from planner.cli import main
from planner.reports.page import frontier_charts
from planner.reports.page.bars import Interval, Intervals, Swing, Tornado
from planner.reports.page.colours import PAPER
from planner.reports.page.matrix import Matrix, MatrixCell
from planner.reports.page.runs import differences, distribution, limits, signed
from planner.reports.page.study_page import SECTIONS, StudyPage
from planner.reports.page.study_view import Study
from planner.studies.design import design
from planner.studies.engine import InThisProcess
from planner.studies.sweep import Sweep, sweep
from tests.reports.pages import COSTS, POINTS, SIGNED, Parsed
from tests.rules.deals import ALPHA, BETA, asking

HOSTILE = "</script><script>alert(1)</script>"
ALPHAS = "alpha: cloud_tiers[alpha_deal,*].price_usd_bn_per_gw_year *= "
DEMAND = "demand: demand[*,*,*].demand_gw *= "
IMPOSSIBLE = [
    "case.shortage_cost_usd_bn_per_gw_year = blank",
    "cloud_commitments[*].status = closed",
]
ASKED: dict[str, Any] = {
    "title": HOSTILE,
    "grid": [f"{ALPHAS}1 | 3", f"{DEMAND}1 | 2"],
    "one_at_a_time": [f"{DEMAND}0.5 | 1.5 | 2", f"{ALPHAS}0.9 | 1.1"],
    "named": [
        {"name": "nobody", "changes": IMPOSSIBLE},
        {"name": "+alpha", "changes": ["cloud_commitments[beta_deal].status = closed"]},
        {"name": "no alpha", "changes": ["cloud_commitments[alpha_deal].status = closed"]},
    ],
    "sample": {"count": 4, "seed": 1, "vary": [f"{DEMAND}uniform(1, 3)"]},
}


def case(folder: Path) -> Case:
    """1 GW for a year, from alpha at 10 or from beta at 20, which asks 1 for signing."""
    asking(folder, "provider_share_max,alpha,2026-01-01,1,", ALPHA, BETA)
    return Case.read(folder).change("cloud_commitments[beta_deal].signing_fee_usd_bn = 1")


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    return sweep(case(tmp_path_factory.mktemp("case")), design(ASKED, "study"), engine=InThisProcess)


@pytest.fixture(scope="module")
def folder(swept: Sweep, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    swept.write(folder)
    return folder


@pytest.fixture(scope="module")
def study(folder: Path) -> Study:
    return Study.read(folder)


@pytest.fixture(scope="module")
def page(study: Study) -> StudyPage:
    return StudyPage(study)


@pytest.fixture(scope="module")
def parsed(page: StudyPage) -> Parsed:
    return Parsed(page.html())


def layers(drawing: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The rows that each layer of a drawing carries."""
    return [
        drawing["datasets"][layer["data"]["name"]] if "name" in layer["data"] else layer["data"]["values"]
        for layer in drawing["layer"]
    ]


def run(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(word) for word in words])
    return result.exit_code, result.output


class TestReading:
    """What is written is what is read."""

    def test_tables_come_back(self, swept: Sweep, study: Study) -> None:
        assert study.results["run"].tolist() == swept.table["run"].tolist()
        assert "+alpha" in study.results["run"].tolist()
        assert study.results["objective_usd_bn"].tolist() == pytest.approx(
            swept.table["objective_usd_bn"].astype(float).tolist(), nan_ok=True
        )
        assert study.title == HOSTILE
        assert study.record.case == "small"

    def test_each_run_says_how_it_came_about(self, study: Study) -> None:
        assert study.results["by"].tolist() == [
            "base", *["grid"] * 4, *["one_at_a_time"] * 5, *["named"] * 3, *["sample"] * 4,
        ]  # fmt: skip
        assert study.record.runs[2].values == {"alpha": "1", "demand": "2"}

    def test_combinations_are_called_by_their_values(self, study: Study) -> None:
        assert [*study.labels.values()][:6] == ["base", "1 · 1", "1 · 2", "3 · 1", "3 · 2", "demand 0.5"]
        assert study.key == " Combinations are called by their values: alpha · demand."

    @pytest.mark.parametrize(
        ("name", "text", "said"),
        [
            ("study.json", None, "a study with study.json"),
            ("limits.csv", None, "a study with limits.csv"),
            ("study.json", "[]", "the design of a study"),
            ("study.json", '{"title": 3}', "the design of a study"),
            ("results.csv", "run,status\nbase,proven\n", "results.csv.*objective_usd_bn"),
        ],
    )
    def test_what_is_no_study_is_said(
        self, folder: Path, tmp_path: Path, name: str, text: str | None, said: str
    ) -> None:
        for file in folder.iterdir():
            (tmp_path / file.name).write_bytes(file.read_bytes())
        (tmp_path / name).unlink()
        if text is not None:
            (tmp_path / name).write_text(text)
        with pytest.raises(DataError, match=said):
            Study.read(tmp_path)

    def test_tables_of_another_study_are_refused(self, folder: Path, tmp_path: Path) -> None:
        for file in folder.iterdir():
            (tmp_path / file.name).write_bytes(file.read_bytes())
        lines = (tmp_path / "results.csv").read_text().splitlines()
        (tmp_path / "results.csv").write_text("\n".join([*lines[:-1], ""]))
        with pytest.raises(DataError, match=r"results\.csv.*the runs of study\.json"):
            Study.read(tmp_path)


class TestPage:
    """Sections and figures, against the study's tables."""

    def test_every_section_is_there(self, parsed: Parsed) -> None:
        found = [str(attributes["id"]) for tag, attributes in parsed.elements if tag in ("section", "details")]
        assert found == [*(section.NAME for section in SECTIONS[:-1]), "appendix", SECTIONS[-1].NAME]
        assert set(parsed.having("data-drawing")) == set(parsed.data["drawings"])
        assert set(parsed.having("data-download")) == set(parsed.data["downloads"])
        assert not parsed.open

    def test_texts_are_shown_and_never_run(self, parsed: Parsed) -> None:
        assert len(parsed.scripts) == 3
        assert parsed.words.count(HOSTILE) == 2
        policy = parsed.having("http-equiv")["Content-Security-Policy"]["content"]
        assert policy.startswith("default-src 'none';")

    def test_the_headline(self, parsed: Parsed, study: Study) -> None:
        tiles = {key: json.loads(str(each["data-value"])) for key, each in parsed.having("data-key").items()}
        assert tiles["runs"] == 16
        assert tiles["objective_usd_bn"] == pytest.approx(10)
        assert tiles["range"] == pytest.approx([5, study.results["objective_usd_bn"].max()])
        assert "15 proven, 1 infeasible" in parsed.words

    def test_runs_without_a_plan_are_named_with_their_message(self, parsed: Parsed) -> None:
        (said,) = [words for words in parsed.words if words.startswith("nobody: infeasible")]
        assert said.startswith("nobody: infeasible, meet_demand")

    def test_each_run_against_the_base(self, study: Study, page: StudyPage) -> None:
        drawing = page.drawings["differences-runs"]
        ends = {row["label"]: row["right"] for row in layers(drawing)[0] if row["series"] == "certain"}
        for label, cost in {"1 · 2": 10, "3 · 1": 11, "3 · 2": 31, "demand 1.5": 5, "demand 2": 10}.items():
            assert ends[label] == pytest.approx(cost, abs=1e-5)
        texts = {row["label"]: row["text"] for row in layers(drawing)[1]}
        assert texts["1 · 1"] == texts["+alpha"] == "within the gaps"
        assert texts["demand 0.5"] == "−5.00"
        assert "nobody" not in texts
        assert len(texts) == len(study.compared) - 4

    def test_the_tornado_begins_with_the_widest(self, study: Study, page: StudyPage) -> None:
        assert {swing.label: swing.width for swing in differences.swings(study)} == pytest.approx(
            {"demand": 15, "alpha": 2}
        )
        drawing = page.drawings["differences-tornado"]
        assert drawing["layer"][0]["encoding"]["y"]["sort"] == ["demand", "alpha"]
        after, before, ticks = layers(drawing)[1:4]
        assert [row["text"] for row in after] == ["2: +10.00", "1.1: +1.00"]
        assert [row["text"] for row in before] == ["0.5: −5.00", "0.9: −1.00"]
        assert [row["value"] for row in ticks] == ["1.5: +5.00"]

    def test_samples_have_a_distribution(self, study: Study, page: StudyPage) -> None:
        costs = study.results.loc[study.results["by"] == "sample", "objective_usd_bn"]
        bars, marks = layers(page.drawings["distribution-costs"])[:2]
        assert sum(row["count"] for row in bars) == 4
        assert sorted(row["left"] for row in marks) == pytest.approx(sorted(costs))
        (tiles, _) = distribution.parts(study)
        assert tiles.tiles[1].text == f"{costs.median():,.3f}"  # type: ignore[union-attr]

    def test_what_is_signed_differently(self, study: Study, page: StudyPage) -> None:
        """Of 17 runs one has no plan. Three serve by beta alone: in them alpha, too dear or closed, is not signed."""
        counts, always = signed.divided(study)
        assert (counts, always) == ({"alpha_deal": 17 - 1 - 3, "beta_deal": 3}, [])
        there, framed, crosses = layers(page.drawings["signed-matrix"])[1:4]
        assert ("3 · 1", "beta_deal") in {(row["row"], row["column"]) for row in there}
        without = ["3 · 1", "3 · 2", "no alpha"]
        assert [(row["row"], row["column"]) for row in crosses] == [(run, "alpha_deal") for run in without]
        assert {(row["row"], row["column"]) for row in framed} == {
            (run, offer) for run in without for offer in ("alpha_deal", "beta_deal")
        }

    def test_the_tightest_limit_of_each_run(self, study: Study) -> None:
        table = limits.by_run(study).set_index("run")
        assert table.loc["base", ["limit", "subject"]].tolist() == ["policies", "provider_share_max/alpha"]
        assert table.loc["base", "headroom"] == pytest.approx(0)
        assert table.index.is_unique

    def test_tables_download_with_their_guards(self, page: StudyPage, folder: Path) -> None:
        assert page.downloads["tables-results-table"].splitlines()[12].startswith("'+alpha,")
        assert page.downloads["tables-offers-table"] == (folder / "offers.csv").read_text()


def test_a_study_of_samples_alone_has_no_tornado(tmp_path: Path) -> None:
    asked = {"sample": {"count": 2, "vary": [f"{DEMAND}uniform(1, 1.1)"]}}
    sweep(case(tmp_path / "case"), design(asked, "study"), engine=InThisProcess).write(tmp_path / "out")
    page = StudyPage(Study.read(tmp_path / "out"))
    assert "distribution-costs" in page.drawings
    assert "signed-matrix" not in page.drawings
    assert "differences" not in [chapter.name for chapter in page.chapters]
    assert "All demand is served in every run that has a plan." in Parsed(page.html()).words
    assert page.titles == ["small"]


class TestCharts:
    """The charts by themselves."""

    def test_what_is_certain_ends_where_the_gaps_begin(self) -> None:
        bars = Intervals(
            (Interval("up", 2.0, 3.0), Interval("down", -3.0, -2.0), Interval("none", -1.0, 1.0)), "USD bn"
        )
        rows = layers(bars.draw(bars.span()))[0]
        assert [(row["label"], row["series"], row["left"], row["right"]) for row in rows] == [
            ("up", "certain", 0, 2), ("up", "left open by the gaps", 2, 3),
            ("down", "certain", -2, 0), ("down", "left open by the gaps", -3, -2),
            ("none", "left open by the gaps", -1, 1),
        ]  # fmt: skip
        assert (bars.span().low, bars.span().high) == (-3, 3)

    def test_values_without_a_plan_are_named(self) -> None:
        tornado = Tornado((Swing("a", (), "2: no plan"), Swing("b", (Interval("1", -1, 1),))), "USD bn")
        texts = {row["label"]: row["text"] for row in layers(tornado.draw(tornado.span()))[1]}
        assert texts == {"b": "within the gaps", "a": "2: no plan"}

    def test_shades_rise_with_the_amount(self) -> None:
        cells = (*(MatrixCell("row", f"{gw}", gw) for gw in (0.0, 0.25, 0.26, 1.0)), MatrixCell("row", "none", None))
        matrix = Matrix(("row",), tuple(cell.column for cell in cells), cells, "GW")
        found = layers(matrix.draw(matrix.span()))
        assert [row["size"] for row in found[1]] == ["up to 0.25 GW"] * 2 + ["up to 0.5 GW", "up to 1 GW"]
        assert [row["short"] for row in found[1]] == ["0", ".25", ".26", "1.00"]
        assert [row["short"] for row in found[3]] == ["×"]


class TestFrontier:
    def test_the_line_leaves_out_what_is_dominated(self) -> None:
        line, whiskers, *_ = layers(
            frontier_charts.frontier(POINTS, "debt", "small").page().drawings["frontier-points"]
        )
        assert [(row["measured"], row["cost"]) for row in line] == [(0, 20), (2, 11), (4, 10)]
        assert sorted((row["bound"], row["cost"]) for row in whiskers) == [(9.5, 10), (11, 11), (20, 20)]

    def test_ends_and_knee_are_named_and_dominated_points_hollow(self) -> None:
        drawing = frontier_charts.frontier(POINTS, "use:aws", "small").page().drawings["frontier-points"]
        said = {rows[0]["said"] for rows in layers(drawing) if "said" in rows[0]}
        assert {"cheapest, 10.00", "least use of aws, 20.00", "knee, 11.00"} <= said
        fills = {
            rows[0]["said"]: layer["mark"].get("fill")
            for layer, rows in zip(drawing["layer"], layers(drawing), strict=True)
            if layer["mark"]["type"] == "point"
        }
        assert fills["dominated"] == PAPER != fills["on the frontier"]

    def test_more_of_what_is_good_costs_more(self) -> None:
        halls = POINTS.assign(measured=[1.0, 2.0, 2.0, 3.0])
        drawing = frontier_charts.frontier(halls, "own_halls", "small").page().drawings["frontier-points"]
        assert drawing["layer"][0]["mark"]["interpolate"] == "step-before"
        assert any(rows[0].get("said") == "most own halls, 20.00" for rows in layers(drawing))

    def test_one_point_and_none(self) -> None:
        assert frontier_charts.frontier(POINTS.head(1), "debt", "small").page().drawings
        assert frontier_charts.frontier(POINTS.head(0), "debt", "small").page().drawings


class TestAlternatives:
    def drawing(self) -> dict[str, Any]:
        chart = frontier_charts.alternatives(SIGNED, COSTS, "small")
        return chart.page().drawings["alternatives-signed"]

    def test_offers_are_grouped_and_plans_headed(self) -> None:
        encoding = self.drawing()["layer"][1]["encoding"]
        assert encoding["y"]["sort"] == ["must:", "a", "may:", "c", "never:", "b"]
        assert encoding["x"]["sort"] == ["1: 10.00 (+0.00 %)", "least debt: 10.10 (+1.00 %)"]

    def test_what_is_signed_is_there_however_little(self) -> None:
        found = [(row["row"], row["column"][:5], row["short"]) for row in layers(self.drawing())[1]]
        assert found == [("a", "1: 10", ".50"), ("a", "least", ".40"), ("c", "1: 10", "0")]


class TestCommands:
    def test_a_report_of_a_sweep(self, folder: Path, page: StudyPage, tmp_path: Path) -> None:
        code, output = run("report", folder, "-o", tmp_path / "page.html", "--figures", tmp_path / "figures")
        assert (code, f"{2 * len(page.drawings)} files of charts" in output) == (0, True), output
        assert (tmp_path / "page.html").read_text(encoding="utf-8") == page.html()
        for file in (tmp_path / "figures").iterdir():
            assert file.read_bytes().startswith(b"<svg" if file.suffix == ".svg" else b"\x89PNG"), file.name

    @pytest.mark.parametrize("other", ["itself", "plan"])
    def test_a_sweep_is_reported_by_itself(self, folder: Path, tmp_path: Path, other: str) -> None:
        folders = [folder, folder if other == "itself" else tmp_path]
        for first, second in (folders, folders[::-1]):
            code, output = run("report", first, second, "-o", tmp_path / "page.html")
            assert (code, "is the folder of a sweep, which is reported by itself" in output) == (2, True)
        assert not (tmp_path / "page.html").exists()

    @pytest.mark.parametrize("command", [("frontier", "--of", "use:alpha", "--points", "2"), ("alternatives",)])
    def test_charts_are_written(self, tmp_path: Path, command: tuple[str, ...]) -> None:
        case(tmp_path / "case").write(tmp_path / "priced")
        for suffix, begins in {"svg": b"<svg", "png": b"\x89PNG", "HTML": b"<!DOCTYPE html>"}.items():
            file = tmp_path / f"chart.{suffix}"
            words = (command[0], tmp_path / "priced", *command[1:], "--workers", "1", "--keep", tmp_path / "kept")
            code, output = run(*words, "--chart", file)
            assert code == 0, output
            assert file.read_bytes().lstrip().startswith(begins)

    @pytest.mark.parametrize("command", [("frontier", "--of", "debt"), ("alternatives",)])
    def test_nothing_is_solved_for_a_chart_that_cannot_be_drawn(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
    ) -> None:
        words = (command[0], tmp_path / "no case", *command[1:])
        code, output = run(*words, "--chart", tmp_path / "chart.pdf")
        assert (code, "must end in .svg, .png or .html" in output) == (2, True)
        for name in [name for name in sys.modules if re.match(r"planner\.reports\.page(\.|$)", name)]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, "vl_convert", None)
        code, output = run(*words, "--chart", tmp_path / "chart.svg")
        assert code == 2
        assert "vl_convert is not installed; pip install 'planner[report]' brings it" in output
