"""The page of a hedge: what it draws is what the hedge's tables and plans say; its texts are escaped."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.cli import main
from planner.hedge.hedge import hedge
from planner.plan.hedges.audit import audit
from planner.plan.hedges.hedge import Hedge
from planner.reports.page.futures import fans, limits, policy, signed
from planner.reports.page.futures.policy import in_numbers, pruned
from planner.reports.page.hedge_page import SECTIONS, HedgePage
from planner.reports.page.hedge_view import HedgeView
from planner.reports.page.parts import Span
from planner.reports.page.tree_chart import TreeBox, TreeChart
from tests.plan.hedges.test_hedge import case
from tests.reports.pages import Parsed
from tests.reports.test_hedged import policy as tree_policy
from tests.reports.test_hedged import tree
from tests.reports.test_study_page import layers

HOSTILE = "</script><script>alert(1)</script>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`late` is signed where demand is high, with a probability of 0.3, and costs 20."""
    made = case(tmp_path_factory.mktemp("case"), 0.3)
    folder = tmp_path_factory.mktemp("out") / "hedge"
    found = hedge(made.change(f"case.title = {HOSTILE} & Co", f"events[demand].title = {HOSTILE}"))
    found.write(folder)
    return folder


@pytest.fixture(scope="module")
def view(folder: Path) -> HedgeView:
    return HedgeView(Hedge.read(folder), audit(folder))


@pytest.fixture(scope="module")
def page(view: HedgeView) -> HedgePage:
    return HedgePage(view)


@pytest.fixture(scope="module")
def parsed(page: HedgePage) -> Parsed:
    return Parsed(page.html())


def run(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(word) for word in words])
    return result.exit_code, result.output


class TestPage:
    """The page as a whole."""

    def test_it_has_every_section(self, parsed: Parsed) -> None:
        ids = parsed.having("id")
        assert all(section.NAME in ids for section in SECTIONS)
        assert len({section.NAME for section in SECTIONS}) == len(SECTIONS)

    def test_texts_are_escaped(self, page: HedgePage, parsed: Parsed) -> None:
        words = " ".join(parsed.words)
        assert f"{HOSTILE} & Co" in words
        assert "told apart by what is not known yet: " + HOSTILE in words
        assert len(parsed.scripts) == 3
        assert "<script>alert" not in page.html()

    def test_without_scripts_the_tables_say_it_all(self, parsed: Parsed) -> None:
        words = " ".join(parsed.words)
        for text in ("if demand is high", "late", "1 GW from 2027-01 (tier only)", "Signed in no future: early."):
            assert text in words

    def test_the_tiles(self, parsed: Parsed) -> None:
        shown = {key: each["data-value"] for key, each in parsed.having("data-key").items()}
        assert float(str(shown["expected_cost_usd_bn"])) == pytest.approx(6.0)
        assert float(str(shown["cost_quantiles_usd_bn.p90"])) == pytest.approx(20.0)
        assert shown["audit"] == "true"

    def test_figures_are_written(self, page: HedgePage, tmp_path: Path) -> None:
        names = {file.name for file in page.write_figures(tmp_path)}
        assert {"policy-tree.svg", "by-future-matrix.png", "fans-cost.svg", "values-worth.svg"} <= names
        assert b"if demand is high: 30%" in (tmp_path / "policy-tree.svg").read_bytes()


class TestTree:
    """The tree as boxes."""

    def test_the_boxes(self, view: HedgeView) -> None:
        assert policy.boxed(view) == TreeBox(
            "Now",
            ("nothing is signed",),
            (
                TreeBox("if demand is high: 30%", ("2027-01", "  late\u00a01\u00a0GW")),
                TreeBox("if demand is low: 70%", ("nothing else",)),
            ),
        )

    def test_boxes_lie_apart(self, view: HedgeView) -> None:
        drawing = TreeChart(policy.boxed(view), 20).draw(Span())
        (boxes,) = [rows for rows in layers(drawing) if rows and set(rows[0]) == {"x", "x2", "y", "y2"}][:1]
        root, high, low = sorted(boxes, key=lambda box: (box["x"], box["y"]))
        assert high["y2"] < low["y"]
        assert root["x2"] < high["x"] == low["x"]
        assert high["y"] < (root["y"] + root["y2"]) / 2 < low["y2"]

    def test_a_long_box_is_cut(self) -> None:
        chart = TreeChart(TreeBox("Now", tuple(f"  offer_{i} 1 GW" for i in range(50))), 10)
        texts = [row["text"] for rows in layers(chart.draw(Span())) for row in rows if "text" in row]
        assert len(texts) == 11
        assert "… and more, in the table" in texts
        assert "offer_8 1 GW" in texts
        assert "offer_9 1 GW" not in texts

    # 3 · 2 · 2 · 2 = 24 ends that all sign something else; without the last news there are 12.
    def test_of_many_ends_the_first_levels_are_drawn(self) -> None:
        events = [("a", "2027-01-01", "x y z"), *((name, f"{2028 + i}-01-01", "x y") for i, name in enumerate("bcd"))]
        made = tree(*events)
        found = tree_policy(made, *((node.known, "2031", f"offer_{node.number}") for node in made.nodes[1:]))

        def ends(branches: object) -> int:
            return sum(ends(each.branches) or 1 for each in branches)  # type: ignore[attr-defined]

        assert ends(found.branches) == 24
        assert ends(pruned(found.branches)) == 12
        assert ends(pruned(found.branches, 2)) == 2


class TestCharts:
    """What the charts hold."""

    # The lab has 100, and pays 20 in the middle of 2027 where demand is high: nothing else moves.
    def test_paths_and_quantiles(self, view: HedgeView) -> None:
        assert view.cost == {
            "high": {"2027-01-01": 0.0, "2028-01-01": pytest.approx(20.0)},
            "low": {"2027-01-01": 0.0, "2028-01-01": 0.0},
        }
        assert view.cash["high"]["2028-01-01"] == pytest.approx(80.0)
        assert view.held["high"] == {"2026-01-01": 0.0, "2027-01-01": 1.0}
        assert view.used["low"] == {"2026-01-01": 0.0, "2027-01-01": 0.0}
        found = view.quantiles(view.cost)
        assert (found["p10"]["2028-01-01"], found["p50"]["2028-01-01"]) == (0.0, 0.0)
        assert found["p90"]["2028-01-01"] == pytest.approx(20.0)

    def test_a_fan_ends_at_the_costs_of_the_futures(self, view: HedgeView) -> None:
        figure = next(part for part in fans.parts(view) if part.name == "cost")
        drawing = figure.draw(figure.span)  # type: ignore[union-attr]
        lines = next(rows for rows in layers(drawing) if rows and "future" in rows[0])
        last = {row["future"]: row["value"] for row in lines}
        costs = {each.name: each.cost_usd_bn for each in view.hedge.record.futures}
        assert last == pytest.approx(costs)

    def test_each_future_and_what_it_signs(self, view: HedgeView) -> None:
        matrix = signed.by_future(view)
        assert matrix.rows == (signed.LATER, "late")
        assert matrix.columns == ("low (70%)", "high (30%)")
        assert [(cell.row, cell.column, cell.amount, cell.framed) for cell in matrix.cells] == [
            ("late", "high (30%)", 1.0, True)
        ]

    def test_no_limit_breaks(self, view: HedgeView) -> None:
        assert limits.breaches(view).rows == ()
        assert "No limit is broken in any future." in str(limits.parts(view)[0])


# Where demand is high, late is used and paid with 20, of which the lab has 10. To be 10 below the minimum of 0 for a
# year costs 10 at the price of the waiver; not to serve the GW would cost 100.
def test_breaches_by_limit_and_year(tmp_path: Path) -> None:
    made = case(tmp_path, 0.3, toml="\nopening_cash_usd_bn = 10.0\n")
    made = made.change("cloud_commitments[early].status = closed")
    files = {
        **made.files,
        "finance.csv": b"from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn\n2026-01-01,0,0,0\n",
        "waivers.csv": b"rule,subject,price_usd_bn_per_unit_year,most,probability_max\nliquidity,,1,,\n",
    }
    found = hedge(type(made).made_of(files, made.catalogue))
    found.write(tmp_path / "hedge")
    audited = audit(tmp_path / "hedge")
    assert audited.agrees, audited.text()
    view = HedgeView(found, audited)
    matrix = limits.breaches(view)
    assert matrix.columns == ("2026", "2027")
    (cell,) = [each for each in matrix.cells if each.row == "liquidity cash"]
    assert (cell.column, cell.amount) == ("2027", pytest.approx(30.0))
    assert any("liquidity cash by up to 10 USD bn, in 2027-01" in str(part) for part in limits.parts(view))


class TestCommands:
    """What commands make of the folder of a hedge."""

    def test_report(self, folder: Path, tmp_path: Path) -> None:
        status, _ = run("report", folder, "-o", tmp_path / "page.html")
        assert status == 0
        assert "Compute plan for many futures" in (tmp_path / "page.html").read_text()

    def test_report_of_one_future_says_so(self, folder: Path, tmp_path: Path) -> None:
        status, _ = run("report", folder / "futures" / "high", "-o", tmp_path / "page.html")
        assert status == 0
        assert "One future of a hedge: " in " ".join(Parsed((tmp_path / "page.html").read_text()).words)

    def test_report_beside_another(self, folder: Path, tmp_path: Path) -> None:
        status, said = run("report", folder, folder / "futures" / "high", "-o", tmp_path / "page.html")
        assert status == 2
        assert "is a hedge, which is reported by itself" in said

    def test_report_of_a_hedge_that_does_not_agree(self, folder: Path, tmp_path: Path) -> None:
        found = Hedge.read(folder)
        worse = replace(found, record=replace(found.record, expected_cost_usd_bn=5.0))
        worse.write(tmp_path / "worse")
        status, said = run("report", tmp_path / "worse", "-o", tmp_path / "page.html")
        assert status == 7
        assert "expected_cost_usd_bn" in said
        assert not (tmp_path / "page.html").exists()

    @pytest.mark.parametrize("command", ["network", "prices", "horizons", "advance --to 2027-01-01 -o {out}"])
    def test_a_plan_of_one_future_is_named(self, folder: Path, tmp_path: Path, command: str) -> None:
        name, *options = command.format(out=tmp_path / "out").split()
        status, said = run(name, folder, *options)
        assert status == 3
        plan = folder / "futures" / "high"
        assert f"expected the record of a plan, such as that in {plan}, found that of a hedge" in said


def test_narrow_boxes_count_what_is_signed() -> None:
    """Names do not fit into the boxes of a deep tree."""
    last = TreeBox(
        "if demand is high: 10%", ("2028-01", "  lake 0.2 GW, mesa 0.4 GW", "2029-01", "  order 1,200 GW"), ()
    )
    counted = in_numbers(TreeBox("Now", ("nothing is signed",), (last,)))
    assert counted.lines == ("nothing is signed",)
    assert counted.following[0].lines == ("2028-01", "  2 signed", "2029-01", "  1 signed")
