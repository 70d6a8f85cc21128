"""The page of a plan: what it shows is what the plan's files say, and it needs and runs nothing else."""

import json
import re
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from planner.api import Case
from planner.case.shipped import path
from planner.cli import main
from planner.interfaces.plain_lines import Meaning
from planner.reports.page import charts
from planner.reports.page.page import APPENDIX, SECTIONS, Page
from planner.reports.page.parts import Span
from planner.reports.page.plan_view import View
from planner.reports.page.sections import (
    cost,
    covenants,
    guarantees,
    idle,
    liquidity,
    obligations,
    offers,
    signing,
    supply,
    tables,
)
from tests.reports.pages import Parsed, viewed
from tests.small import small

HOSTILE = "</script><script>alert(1)</script><!--<img src=x onerror=alert(2)>&\"'"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plans")


@pytest.fixture(scope="module")
def view(folder: Path) -> View:
    return viewed(Case.read(path("starter")), folder / "starter")


@pytest.fixture(scope="module")
def dearer(folder: Path) -> View:
    """The starter with half the room that cirrus has, and a guarantor less."""
    case = Case.read(path("starter")).change("guarantor_caps[cirrus,lease,*].cap_usd_bn *= 0.5")
    return viewed(case, folder / "dearer")


@pytest.fixture(scope="module")
def page(view: View) -> Page:
    return Page(view)


@pytest.fixture(scope="module")
def parsed(page: Page) -> Parsed:
    return Parsed(page.html())


def drawn(drawing: dict[str, Any], layer: int) -> list[dict[str, Any]]:
    """The rows that a layer of a drawing carries."""
    found = drawing["layer"][layer]["data"]
    return drawing["datasets"][found["name"]] if "name" in found else found["values"]


def test_every_section_is_there_and_full(parsed: Parsed) -> None:
    found = {
        of: [attributes["id"] for tag, attributes in parsed.elements if tag == of] for of in ("section", "details")
    }
    assert found["section"] == [*(section.NAME for section in SECTIONS), "appendix"]
    closer = [name for name in found["details"] if str(name).endswith("-details")]
    assert [name for name in found["details"] if name not in closer] == [section.NAME for section in APPENDIX]
    assert {"signing-details", "covenants-details", "assumptions-details"} <= set(closer)
    assert set(parsed.having("data-drawing")) == set(parsed.data["drawings"])
    assert set(parsed.having("data-download")) == set(parsed.data["downloads"])
    assert len(parsed.data["drawings"]) > 20
    assert not parsed.open


def test_nothing_is_loaded_from_elsewhere(parsed: Parsed) -> None:
    for tag, attributes in parsed.elements:
        for name in ("src", "href", "action", "data", "poster", "srcset", "xlink:href"):
            assert re.match(r"#|data:,$", attributes.get(name) or "#"), f"<{tag} {name}={attributes[name]}>"
        assert not any(name.startswith("on") for name in attributes)
    assert not re.search(r"url\(|@import", "".join(re.findall(r"<style>(.*?)</style>", parsed.text, re.DOTALL)))
    policy = parsed.having("http-equiv")["Content-Security-Policy"]["content"]
    assert policy.startswith("default-src 'none';")
    assert "http" not in policy


def test_the_headline_is_the_record(view: View, parsed: Parsed) -> None:
    tiles = {key: json.loads(str(attributes["data-value"])) for key, attributes in parsed.having("data-key").items()}
    record = json.loads(view.plan.record.json())
    assert tiles.pop("audit") is True
    assert tiles.pop("least_cash_usd_bn") == pytest.approx(view.plan.cash["first_day_usd_bn"].min())
    bound = view.plan.maturities["owed_usd_bn"].sum() - tiles.pop("bound_in_twelve_months_usd_bn")
    assert bound == pytest.approx(2.6523 + 4.5 + 1.92, abs=1e-4)  # mesa_2 and an order of 2028; what was signed before
    assert len(tiles) == 7
    assert tiles["cost_in_money_usd_bn"] + tiles["penalties_usd_bn"] == pytest.approx(tiles["objective_usd_bn"])
    assert tiles == {key: record[key] for key in tiles}
    assert f"{record['objective_usd_bn']:,.3f}" in parsed.words


def test_no_number_is_a_zero_with_a_sign(view: View, dearer: View) -> None:
    """Nor does a hyphen stand for a minus before a number."""
    for page in (Page(view), Page(view, dearer)):
        for words in Parsed(page.html()).words:
            assert not re.search(r"(?<![\w.,])[-+−]0(\.0+)?%?(?![\d.,]*\d)|(?<![\w.,)])-\d", words), words


def test_unserved_demand_and_revenue_are_spoken_of(parsed: Parsed) -> None:
    assert any("Revenue is given: demand that is not served does not lower it." in words for words in parsed.words)


def test_texts_of_a_case_are_shown_and_never_run(folder: Path) -> None:
    Case.read(path("starter")).write(folder / "hostile-case")
    settings = folder / "hostile-case" / "case.toml"
    settings.write_text(
        re.sub("^title = .*$", f"title = {json.dumps(HOSTILE)}", settings.read_text(), flags=re.MULTILINE)
    )
    sites = folder / "hostile-case" / "site_leases.csv"
    quoted = '"' + HOSTILE.replace('"', '""') + '"'
    sites.write_text(sites.read_text().replace("Mesa Power", quoted).replace("Lake Estates", "=1+1"), encoding="utf-8")
    page = Page(viewed(Case.read(folder / "hostile-case"), folder / "hostile"))
    parsed = Parsed(page.html())
    assert len(parsed.scripts) == 3
    assert "img" not in {tag for tag, _ in parsed.elements}
    assert parsed.words.count(HOSTILE) >= 3  # the title of the window, that of the page, and in tables
    assert not any("<" in text for text in re.findall(r'<script id="data".*?>(.*?)</script>', parsed.text, re.DOTALL))
    assert "'=1+1" in page.downloads["obligations-parties-table"]


def test_a_plan_that_signs_nothing_has_a_page_too(tmp_path: Path) -> None:
    page = Page(viewed(small(tmp_path), tmp_path / "plan"))
    parsed = Parsed(page.html())
    assert any("2 of 2 reference GW-years of demand are not served" in words for words in parsed.words)
    assert any("demand that is not served does not lower it" in words for words in parsed.words)
    assert "Nobody is paid and nobody pays." in parsed.words
    assert {"signing-timeline", "parties-graph"}.isdisjoint(page.drawings)
    # Two years at 100, none of it money; penalties have a colour of their own.
    rows = {row["label"]: row for row in drawn(page.drawings["cost-waterfall"], 0)}
    assert set(rows) == {"In money", "Penalties", "Present cost"}
    assert (rows["Penalties"]["series"], rows["Penalties"]["value"]) == ("penalties", pytest.approx(200))
    assert rows["In money"]["value"] == 0
    assert '"#a3360b"' in json.dumps(page.drawings["cost-waterfall"])
    assert parsed.having("data-key")["penalties_usd_bn"]["data-value"] == "200.0"


def test_a_script_cannot_be_ended_by_its_own_text() -> None:
    from planner.reports.page.document import _code

    assert _code("a = '</script>' + '</SCRIPT>'; b = 1 </ 2") == r"a = '<\/script>' + '<\/SCRIPT>'; b = 1 </ 2"


class TestFigures:
    """What is drawn, against the plan's tables."""

    def test_cost_by_line_adds_up_to_the_objective(self, view: View, page: Page) -> None:
        objective = view.plan.record.objective_usd_bn
        rows = drawn(page.drawings["cost-waterfall"], 0)
        assert rows[-1]["label"] == "Present cost"
        assert rows[-1]["value"] == pytest.approx(objective, rel=1e-6)
        assert sum(row["value"] for row in rows[:-1]) == pytest.approx(objective, rel=1e-6)
        table = cost.lines(view)
        assert table["present_cost_usd_bn"].sum() == pytest.approx(objective, abs=1e-9)
        by_meaning = table.groupby("meaning")["present_cost_usd_bn"].sum().to_dict()
        drawn_ = {row["label"]: row["value"] for row in rows[:-1]}
        assert drawn_ == pytest.approx({name: value for name, value in by_meaning.items() if abs(value) > 1e-6})

    def test_demand_is_served(self, view: View) -> None:
        """2 GW in 2029 and 2030, which cirrus serves with 0.8, what was bought and leased with 1.2."""
        assert supply.asked(view) == pytest.approx(dict(zip(view.ends, (1.4, 1.6, 2.0, 2.0), strict=True)))
        sources = supply.by_source(view)
        assert sources["cirrus"]["2029-01-01"] == pytest.approx(0.8)
        assert sources["(own fleet)"]["2029-01-01"] == pytest.approx(1.2)
        for period, gw in supply.asked(view).items():
            assert sum(amounts.get(period, 0.0) for amounts in sources.values()) == pytest.approx(gw)
        assert supply.unserved(view)["unserved_gw_years"].sum() == 0
        east = supply.by_region(view)["east"]
        assert east["west"]["2028-01-01"] == pytest.approx(0.2)

    def test_cash_is_the_tables(self, view: View, page: Page) -> None:
        closing = dict(zip(view.plan.cash["period"], view.plan.cash["closing_usd_bn"], strict=True))
        assert liquidity.column(view, "closing_usd_bn") == pytest.approx(closing)
        rows = drawn(page.drawings["liquidity-closing"], 1)
        assert {row["period"]: row["value"] for row in rows} == pytest.approx(closing)

    def test_each_limit_that_somebody_set_has_its_headroom(self, view: View) -> None:
        table = covenants.headroom(view).set_index(["limit", "subject"])
        assert table.loc[("guarantor_cap", "cirrus/lease"), "headroom"] == pytest.approx(0)
        assert table.loc[("guarantor_cap", "cirrus/lease"), "period"] == "2028-01-01"
        assert not {"meet_demand", "hosting", "offer_choice"} & set(table.index.get_level_values("limit"))
        assert table["headroom_share"].dropna().is_monotonic_increasing

    def test_exposure_stays_under_its_room(self, view: View, page: Page) -> None:
        limits = view.plan.limits
        mine = limits[limits["subject"] == "cirrus/lease"]
        drawing = page.drawings["guarantees-cap-cirrus-lease"]
        used = {row["period"]: row["value"] for row in drawn(drawing, 1)}
        assert used == pytest.approx(dict(zip(mine["period"], mine["used"], strict=True)))
        behind = guarantees.behind(view).set_index("counterparty")
        assert behind.loc["Mesa Power", "peak_usd_bn"] == pytest.approx(6.4)
        assert behind.loc["Mesa Power", "fees_usd_bn"] == pytest.approx(0.4224)

    def test_obligations_by_year_and_by_party_are_the_same(self, view: View) -> None:
        years, kinds = obligations.by_year(view)
        table = obligations.by_party(view)
        total = sum(sum(amounts.values()) for amounts in kinds.values())
        assert total == pytest.approx(view.plan.maturities["owed_usd_bn"].sum())
        assert table["owed_usd_bn"].sum() == pytest.approx(total)
        assert (table["within_usd_bn"] + table["beyond_usd_bn"]).tolist() == pytest.approx(
            table["owed_usd_bn"].tolist()
        )
        late = [amounts.get(f"{year}-01-01", 0.0) for amounts in kinds.values() for year in years if year >= "2031"]
        assert table["beyond_usd_bn"].sum() == pytest.approx(sum(late))

    def test_what_is_held_and_not_used_is_idle(self, view: View) -> None:
        """cirrus gives 1 GW and serves 1.0, 0.8, 0.8, 0.8; on_demand gives 0.5 and serves 0.2 in 2027."""
        cloud = idle.unused_cloud(view)
        assert cloud["cirrus_tpu"] == pytest.approx({"2028-01-01": 0.2, "2029-01-01": 0.2, "2030-01-01": 0.2})
        assert cloud["on_demand"]["2027-01-01"] == pytest.approx(0.3)

    def test_contracts_run_from_their_start_to_the_horizon(self, view: View) -> None:
        rows = {row["offer"]: row for row in signing.contracts(view)}
        assert (rows["mesa_2"]["signed"], rows["mesa_2"]["first"]) == (["2028-01-01"], "2029-01-01")
        assert (rows["mill"]["signed"], rows["mill"]["with"]) == ([], "Mill Halls")
        assert rows["mesa_1"]["last"] == "2031-01-01"
        assert rows["tpu_order"]["signed"] == ["2027-01-01", "2028-01-01"]
        assert set(rows) == set(view.plan.offers.loc[view.plan.offers["signed"] == "yes", "offer"])

    def test_tables_are_the_plans(self, view: View, page: Page) -> None:
        table = view.plan.ledger[view.plan.ledger["ledger"] == "cash"]
        assert tables.ledger(view)["value"].sum() == pytest.approx(table["value"].sum())
        assert page.downloads["tables-cash-table"] == view.plan.cash.to_csv(index=False)
        assert len(offers.offers(view)) == len(view.plan.offers)


def test_figures_are_written_as_svg_and_png(page: Page, tmp_path: Path) -> None:
    written = page.write_figures(tmp_path)
    assert len(written) == 2 * len(page.drawings)
    for file in written:
        data = file.read_bytes()
        assert data.startswith(b"<svg" if file.suffix == ".svg" else b"\x89PNG"), file.name
    marks = (tmp_path / "cost-waterfall.svg").read_text()
    assert all(f">{line}<" in marks for line in ("Cloud", "Chips", "Value left at the end"))


def test_two_plans_stand_side_by_side(view: View, dearer: View) -> None:
    page = Page(view, dearer)
    parsed = Parsed(page.html())
    both = {name[:-2] for name in page.drawings if name.endswith("-a")}
    assert both == {name[:-2] for name in page.drawings if name.endswith("-b")}
    assert both >= set(Page(view).drawings)
    for name in both:
        one, two = (page.drawings[f"{name}-{side}"] for side in "ab")
        axes = [layer["encoding"].get("y", {}).get("scale") for layer in (one["layer"][1], two["layer"][1])]
        assert axes[0] == axes[1], name
    difference = dearer.plan.record.objective_usd_bn - view.plan.record.objective_usd_bn
    assert f"{difference:+,.3f} USD bn" in parsed.words
    first, *moves, second = drawn(page.drawings["difference-cost"], 0)
    assert (first["value"], second["value"]) == pytest.approx(
        (view.plan.record.objective_usd_bn, dearer.plan.record.objective_usd_bn), rel=1e-6
    )
    assert sum(row["value"] for row in moves) == pytest.approx(difference, abs=1e-5)
    assert {row["label"] for row in moves} <= {str(meaning) for meaning in Meaning}
    rows = page.downloads["difference-table-table"].splitlines()
    assert any(row.startswith("limits,guarantor_cap cirrus/lease,") for row in rows)


def test_a_plan_against_itself_differs_in_nothing(view: View) -> None:
    assert "Nothing differs." in Parsed(Page(view, view).html()).words


class TestCharts:
    """The few kinds of chart, without a plan."""

    def test_amounts_are_stacked_away_from_zero(self) -> None:
        steps = charts.Steps({"in": {"2027-01-01": 2.0}, "more": {"2027-01-01": 1.0}, "out": {"2027-01-01": -4.0}},
                             {"2027-01-01": "2028-01-01"}, "USD bn")  # fmt: skip
        rows = drawn(steps.draw(steps.span()), 1)
        assert [(row["bottom"], row["top"]) for row in rows] == [(0, 2), (2, 3), (-4, 0)]
        assert (steps.span().low, steps.span().high) == (-4, pytest.approx(3.18))

    def test_shades_are_told_apart_by_lightness_alone(self) -> None:
        def lightness(shade: str) -> float:
            red, green, blue = (int(shade[i : i + 2], 16) for i in (1, 3, 5))
            return 0.2126 * red + 0.7152 * green + 0.0722 * blue

        for count in range(2, 7):
            names = [*map(str, range(count))]
            for series in (names, [*names[:-1], charts.REST]):
                found = [lightness(shade) for shade in charts.shaded(series)]
                assert all(light - dark > 18 for dark, light in pairwise(found)), series

    def test_the_smallest_series_become_one(self) -> None:
        amounts = {name: {"2027-01-01": float(value)} for value, name in enumerate("abcdefgh", 1)}
        found = charts.largest(amounts)
        assert list(found) == ["h", "g", "f", "e", "d", charts.REST]
        assert found[charts.REST] == {"2027-01-01": 1 + 2 + 3}

    def test_spans_are_taken_together(self) -> None:
        one, two = (
            Span(0, 3, "2027-01-01", "2031-01-01", ("a", "b")),
            Span(-1, 2, "2026-01-01", "2030-01-01", ("c", "a")),
        )
        assert one | two == Span(-1, 3, "2026-01-01", "2031-01-01", ("a", "b", "c"))


def run(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(word) for word in words])
    return result.exit_code, result.output


def test_the_commands(view: View, folder: Path, tmp_path: Path) -> None:
    assert run("report", folder / "starter", "-o", tmp_path / "one.html") == (
        0,
        f"Written to {tmp_path / 'one.html'}\n",
    )
    assert (tmp_path / "one.html").read_text(encoding="utf-8") == Page(view).html()
    code, output = run("report", folder / "starter", folder / "starter", "-o", tmp_path / "x.html", "--sweep", folder)
    assert (code, "--prices and --sweep go with one plan" in output) == (2, True)
    code, output = run("network", folder / "starter", "--json", "--graphml", tmp_path / "network.graphml")
    assert code == 0
    assert json.loads(output)["worst"][0]["party"] == "cirrus"
    assert (tmp_path / "network.graphml").read_text().startswith("<?xml")


@pytest.mark.parametrize("missing", ["altair", "jinja2", "vl_convert"])
def test_what_is_missing_is_named(
    view: View, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    for name in [name for name in sys.modules if re.match(r"planner\.reports\.page(\.|$)", name)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    code, output = run("report", folder / "starter", "-o", tmp_path / "none.html")
    assert code == 2
    assert f"{missing} is not installed; pip install 'planner[report]' brings it" in output
    assert not (tmp_path / "none.html").exists()
