"""The page in a headless Chromium, where there is one: what a reader sees and what the buttons do."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Request, expect, sync_playwright
from playwright.sync_api import Page as Tab

from planner.api import Case
from planner.case.shipped import path
from planner.hedge.hedge import hedge
from planner.plan.hedges.audit import audit
from planner.plan.hedges.hedge import Hedge
from planner.reports.commitments import owed_by_what_is_signed
from planner.reports.page import frontier_charts
from planner.reports.page.document import Document
from planner.reports.page.hedge_page import HedgePage
from planner.reports.page.hedge_view import HedgeView
from planner.reports.page.page import Page
from planner.reports.page.plan_view import View
from planner.reports.page.simulation_page import SimulationPage
from planner.reports.page.simulation_view import SimulationView
from planner.reports.page.study_page import StudyPage
from planner.reports.page.study_view import Study
from planner.studies.design import design
from planner.studies.engine import InThisProcess
from planner.studies.sweep import sweep
from tests.reports.pages import COSTS, POINTS, SIGNED, viewed
from tests.simulation.test_by_hand import TestLimits
from tests.simulation.worlds import simulated

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))), None
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed: apt-get install chromium")

WIDTHS = (360, 390, 768, 1600)
PAGES_ON_PAPER = 12
"""most pages of A4 that the reference case takes by years"""


@dataclass
class Opened:
    """A page in the browser, with all that it said and asked for since."""

    tab: Tab
    page: Document
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


def plans(name: str, folder: Path) -> Page:
    """The reference case by year, to the first good plan; or two plans of the starter."""
    if name == "frontier-lab":
        case = Case.read(path("frontier-lab")).change("case.period_months = 12", "case.solver.gap = 0.05")
        return Page(viewed(case, folder / "plan"))
    case = Case.read(path("starter"))
    half = case.change("guarantor_caps[cirrus,lease,*].cap_usd_bn *= 0.5")
    return Page(viewed(case, folder / "plan"), viewed(half, folder / "half"))


def study(_: str, folder: Path) -> Document:
    """A study of the starter that varies in every way, to loose proofs, with a run that has no plan."""
    demand = "demand: demand[*,*,*].demand_gw *= "
    asked = {
        "changes": ["case.solver.gap = 0.05"],
        "grid": [f"{demand}1 | 1.2", "cirrus: cloud_tiers[cirrus_tpu,*].price_usd_bn_per_gw_year *= 1 | 1.2"],
        "one_at_a_time": [f"{demand}0.9 | 1.1", "mesa: site_leases[mesa_1].status = closed"],
        "named": [{"name": "none", "changes": ["case.opening_cash_usd_bn = 0"]}],
        "sample": {"count": 4, "vary": [f"{demand}uniform(0.9, 1.1)"]},
    }
    sweep(Case.read(path("starter")), design(asked, "study"), engine=InThisProcess).write(folder)
    return StudyPage(Study.read(folder))


def futures(_: str, folder: Path) -> Document:
    """A hedge of the starter with four futures, in one of which a limit is broken under a waiver."""
    case = Case.read(path("starter"))
    tables = {
        "events.csv": "event,known_on\ndemand,2027-07-01\nrevenue,2028-01-01\n",
        "outcomes.csv": (
            "event,outcome,probability,changes\ndemand,as_expected,0.5,\n"
            'demand,high,0.5,"demand[2027-07-01..,*,*].demand_gw *= 1.5"\nrevenue,as_expected,0.85,\n'
            'revenue,poor,0.15,"finance[2028-01-01].revenue_usd_bn_per_year *= 0.4"\n'
        ),
        "waivers.csv": (
            "rule,subject,price_usd_bn_per_unit_year,most,probability_max\n"
            "liquidity,,2,,\nfixed_charge_cover,,2,,\ndebt_cap,,2,,\n"
        ),
    }
    case = Case.made_of({**case.files, **{name: text.encode() for name, text in tables.items()}}, case.catalogue)
    hedge(case.change("case.solver.gap = 0.01")).write(folder / "hedge")
    return HedgePage(HedgeView(Hedge.read(folder / "hedge"), audit(folder / "hedge")))


def worlds(_: str, folder: Path) -> Document:
    """A simulation in which the policies without a hedge have no plan in half of the worlds."""
    simulated(TestLimits.lent(folder / "case", None), worlds=8).write(folder / "simulation")
    return SimulationPage(SimulationView.read(folder / "simulation"))


def charts(name: str, _: Path) -> Document:
    """A chart by itself."""
    chart = (
        frontier_charts.frontier(POINTS, "debt", "small")
        if name == "frontier"
        else frontier_charts.alternatives(SIGNED, COSTS, "small")
    )
    return chart.page()


def unfold(tab: Tab) -> None:
    """Show what is folded, and wait until all charts are drawn."""
    if tab.locator("[data-unfold]").count():
        tab.locator("[data-unfold]").click()
    tab.wait_for_function(
        "Number(document.documentElement.dataset.drawn) === document.querySelectorAll('[data-drawing]').length"
    )


def views(plan: Opened) -> tuple[View, ...]:
    """The plans on a page."""
    assert isinstance(plan.page, Page)
    return plan.page.views


PLANS = ("frontier-lab", "starter, compared")
PAGES = {
    **dict.fromkeys(PLANS, plans), "study": study, "simulation": worlds, "hedge": futures, "frontier": charts,
    "alternatives": charts,
}  # fmt: skip
"""what makes each page"""


@pytest.fixture(scope="module")
def opening(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Opened]:
    @cache
    def opening(name: str) -> Opened:
        folder = tmp_path_factory.mktemp("page")
        page = PAGES[name](name, folder)
        page.write(folder / "page.html")
        opened = Opened(browser.new_page(viewport={"width": 1600, "height": 900}), page)
        opened.tab.set_default_timeout(0)
        opened.tab.on("console", lambda message: opened.said.append(message.text))
        opened.tab.on("pageerror", lambda error: opened.said.append(str(error)))

        def asks(asked: Request) -> None:
            opened.asked.append(asked.url)

        opened.tab.on("request", asks)
        opened.tab.goto((folder / "page.html").as_uri())
        opened.tab.wait_for_function("document.documentElement.dataset.drawn")
        unfold(opened.tab)
        return opened

    return opening


@pytest.fixture(params=PAGES)
def opened(request: pytest.FixtureRequest, opening: Callable[[str], Opened]) -> Opened:
    """Each page."""
    return opening(request.param)


@pytest.fixture(params=PLANS)
def plan(request: pytest.FixtureRequest, opening: Callable[[str], Opened]) -> Opened:
    """Each page of plans."""
    return opening(request.param)


def test_it_says_nothing_and_asks_for_nothing(opened: Opened) -> None:
    assert opened.said == []
    assert [url for url in opened.asked if not url.startswith(("data:", "blob:"))] == [opened.tab.url]


def test_the_headline_is_what_the_plan_says(plan: Opened) -> None:
    first = views(plan)[0].plan.record
    tile = plan.tab.locator('[data-key="objective_usd_bn"]').first
    expect(tile).to_contain_text(f"{first.objective_usd_bn:,.3f}")
    shown = {name: tile.get_attribute(f"data-{name}") for name in ("key", "value")}
    assert json.loads(str(shown["value"])) == first.objective_usd_bn
    expect(plan.tab.locator('[data-key="bound_usd_bn"]').first).to_contain_text(f"{first.bound_usd_bn:,.3f}")
    expect(plan.tab.locator('[data-key="audit"]').first).to_contain_text("agrees")


def test_every_chart_is_drawn(opened: Opened) -> None:
    marks = opened.tab.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("[data-drawing]")].map((place) => [
            place.dataset.drawing,
            [...place.querySelectorAll("svg .role-mark path")].filter((path) => path.getBBox().width > 1).length,
        ]))"""
    )
    assert set(marks) == set(opened.page.drawings)
    assert [name for name, count in marks.items() if not count] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_scrolls_sideways(opened: Opened, width: int) -> None:
    opened.tab.set_viewport_size({"width": width, "height": 900})
    opened.tab.wait_for_function(
        "width => [...document.querySelectorAll('svg')].every(svg => svg.getBoundingClientRect().right <= width)",
        arg=width,
    )
    assert opened.tab.evaluate("document.documentElement.scrollWidth") <= width
    opened.tab.set_viewport_size({"width": 1600, "height": 900})


def test_tables_sort_by_number_and_by_word(plan: Opened) -> None:
    sheet = plan.tab.locator(".sheet[id^=parties-flows]").first
    amounts = [flow.amount for flow in views(plan)[0].network.flows]
    cells = sheet.locator("tbody tr td:nth-child(5)")
    for expected, direction in ((sorted(amounts, reverse=True), "descending"), (sorted(amounts), "ascending")):
        sheet.get_by_role("button", name="Amount").click()
        assert sheet.locator("th:nth-child(5)").get_attribute("aria-sort") == direction
        assert cells.evaluate_all("cells => cells.map(cell => Number(cell.dataset.order))") == expected
    sheet.get_by_role("button", name="To", exact=True).click()
    names = sheet.locator("tbody tr td:nth-child(2)").all_text_contents()
    assert names == sorted(names, key=str.lower)
    assert sheet.locator("tbody tr:visible").count() == 10
    sheet.get_by_role("button", name="All").click()
    assert sheet.locator("tbody tr:visible").count() == len(amounts)


def test_tables_and_charts_download(opened: Opened, tmp_path: Path) -> None:
    tab = opened.tab
    button = tab.locator("[data-download]").last
    name = str(button.get_attribute("data-download"))
    with tab.expect_download() as download:
        button.click()
    assert download.value.suggested_filename == f"{name}.csv"
    download.value.save_as(tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_text() == opened.page.downloads[name]
    for kind, begins in (("svg", b"<svg"), ("png", b"\x89PNG")):
        with tab.expect_download() as download:
            tab.locator(f"figure [data-save={kind}]").first.click()
        download.value.save_as(tmp_path / kind)
        assert (tmp_path / kind).read_bytes().startswith(begins)
    assert opened.said == []


def test_it_prints(opened: Opened) -> None:
    """Nothing is wider than the paper, which would have all of it printed smaller; no table is cut off."""
    opened.tab.emulate_media(media="print")
    opened.tab.set_viewport_size({"width": 703, "height": 1000})
    opened.tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert opened.tab.evaluate("document.documentElement.scrollWidth") <= 703
    cut = """() => [...document.querySelectorAll(".scroll")].filter((each) => each.scrollWidth > each.clientWidth + 1)
        .map((each) => each.getAttribute("aria-label"))"""
    assert opened.tab.evaluate(cut) == []
    opened.tab.evaluate("dispatchEvent(new Event('afterprint'))")
    opened.tab.emulate_media(media="screen")
    opened.tab.set_viewport_size({"width": 1600, "height": 900})
    assert opened.tab.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(opened: Opened, scheme: Literal["light", "dark"]) -> None:
    """Everything is unfolded. The policy of the page forbids scripts from elsewhere; axe alone is let by."""
    axe = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python brings axe")
    context = opened.tab.context.browser.new_context(bypass_csp=True, color_scheme=scheme)
    tab = context.new_page()
    tab.set_default_timeout(0)
    tab.goto(opened.tab.url)
    tab.wait_for_function("document.documentElement.dataset.drawn")
    unfold(tab)
    tab.evaluate((Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    found = tab.evaluate("axe.run(document, {resultTypes: ['violations']})")
    context.close()
    assert len(found["passes"]) > 15
    said = [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]]
    assert said == []


def test_charts_are_dark_where_the_system_is(opened: Opened) -> None:
    """Texts of axes and the background change with the system, and back; files that are saved stay as they are."""
    colours = """() => [getComputedStyle(document.body).backgroundColor,
        ...new Set([...document.querySelectorAll("svg .role-axis-label text")].map(
            (text) => getComputedStyle(text).fill))]"""
    opened.tab.emulate_media(color_scheme="dark")
    dark = opened.tab.evaluate(colours)
    opened.tab.emulate_media(color_scheme="light")
    light = opened.tab.evaluate(colours)
    assert light[0] == "rgb(255, 255, 255)"
    assert dark[0] == "rgb(20, 24, 30)"
    assert set(dark).isdisjoint(light)


def test_the_keyboard_alone_reaches_everything(opened: Opened) -> None:
    """By the tabulator: every link, button, summary and table that scrolls, as far as it can be seen."""
    asked = """() => [...document.querySelectorAll("a[href], button, summary, [tabindex='0']")]
        .filter((each) => each.checkVisibility()).length"""
    wanted = opened.tab.evaluate(asked)
    opened.tab.evaluate("document.activeElement.blur(); window.getSelection().removeAllRanges(); scrollTo(0, 0)")
    opened.tab.evaluate(
        """() => {
            window.reached = new Set();
            document.addEventListener("focusin", (event) => window.reached.add(event.target));
            document.querySelector("a.skip").focus();
        }"""
    )
    for _ in range(wanted - 1):
        opened.tab.keyboard.press("Tab")
    assert opened.tab.evaluate("window.reached.size") == wanted
    outlined = "getComputedStyle(document.activeElement).outlineStyle"
    assert opened.tab.evaluate(outlined) != "none"


def test_a_folded_part_opens_by_key_and_by_link(opening: Callable[[str], Opened]) -> None:
    opened = opening("starter, compared")
    tab = opened.tab.context.browser.new_page()
    tab.set_default_timeout(0)
    tab.goto(opened.tab.url)
    tab.wait_for_function("document.documentElement.dataset.drawn")
    first = tab.locator("details").first
    assert first.get_attribute("open") is None
    first.locator("summary").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_function("document.querySelectorAll('details[open]').length === 1")
    tab.goto(f"{opened.tab.url}#tables")
    tab.wait_for_function("document.getElementById('tables').open")
    assert tab.locator("#tables table").first.is_visible()
    tab.close()


def test_the_first_screen_fits(opening: Callable[[str], Opened]) -> None:
    tab = opening("frontier-lab").tab
    tab.set_viewport_size({"width": 1400, "height": 900})
    tab.evaluate("scrollTo(0, 0)")
    foot = tab.locator(".brief .foot").bounding_box()
    assert foot is not None
    assert foot["y"] + foot["height"] <= 900
    assert len(tab.locator(".brief dd").all()) == 5
    assert len(tab.locator(".brief .tile").all()) == 3
    tab.set_viewport_size({"width": 1600, "height": 900})


def test_the_signatures_add_up_to_the_files(opening: Callable[[str], Opened]) -> None:
    opened = opening("frontier-lab")
    (view,) = views(opened)
    bound = sum(
        float(str(cell.get_attribute("data-order")))
        for sheet in ("due", "later")
        for cell in opened.tab.locator(f"#signing-{sheet}-table tfoot td[data-order]").all()[1:2]
    )
    already = owed_by_what_is_signed(view.plan, view.commitments)
    assert bound + already == pytest.approx(view.plan.maturities["owed_usd_bn"].sum())


def test_the_reference_case_prints_on_twelve_pages(opening: Callable[[str], Opened]) -> None:
    """Folded parts are not printed, all rows of tables are; pages are numbered."""
    opened = opening("frontier-lab")
    tab = opened.tab.context.browser.new_page()
    tab.set_default_timeout(0)
    tab.goto(opened.tab.url)
    tab.wait_for_function("document.documentElement.dataset.drawn")
    printed = tab.pdf(prefer_css_page_size=True)
    tab.emulate_media(media="print")
    assert tab.locator("#signing-later-table tbody tr").last.is_visible()
    tab.close()
    pages = re.findall(rb"/Type\s*/Page\b", printed)
    assert 4 < len(pages) <= PAGES_ON_PAPER
