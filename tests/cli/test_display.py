"""What every command prints for people, in MW and USD m: no GW, no USD bn, and the same amounts."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.case.shipped import path
from planner.cli import main

DISPLAY = '\n[display]\npower = "MW"\nmoney = "USD m"\n'
UNITS = re.compile(r"(?<![A-Za-z_])(?:GW|GW-years)(?![A-Za-z_])|USD bn|USD [\d.,]+ bn")
NUMBER = re.compile(r"(?<![\w.])[+−-]?\d[\d,]*(?:\.\d+)?(?![\w])")
SHOWN = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL)
EVENTS = (
    "event,kind,subject,from_date,value\ngone,provider_gone,cirrus,2029-01-01,\nlate,site_late,mesa_1,2027-06-01,12\n"
)
OUTCOMES = "event,outcome,given,probability,changes\n" + "".join(
    f'growth,{name},,0.5,"demand[2029-01-01..,west,*].demand_gw *= {factor}"\n'
    for name, factor in (("high", 1.1), ("low", 0.8))
)


def run(*arguments: str | Path) -> str:
    """What a command prints."""
    found = CliRunner().invoke(main, [str(each) for each in arguments])
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    assert found.exit_code in (0, 4), found.output
    return found.output


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two folders with the same case, its plan, a study and events: in GW and USD bn, and in MW and USD m."""
    made = []
    for name in ("bn", "m"):
        folder = tmp_path_factory.mktemp(name)
        case = folder / "case"
        case.mkdir()
        for file in path("starter").iterdir():
            (case / file.name).write_bytes(file.read_bytes())
        if name == "m":
            with (case / "case.toml").open("a") as toml:
                toml.write(DISPLAY)
        (folder / "stress.csv").write_text(EVENTS)
        run("solve", case, "-o", folder / "plan")
        made.append(folder)
    return made[0], made[1]


COMMANDS: dict[str, Callable[[Path], str]] = {
    "check": lambda at: run("check", at / "case"),
    "audit": lambda at: run("audit", at / "plan"),
    "network": lambda at: run("network", at / "plan"),
    "horizons": lambda at: run("horizons", at / "plan"),
    "stress": lambda at: run("stress", at / "plan", at / "stress.csv"),
    "prices": lambda at: run("prices", at / "plan", "--terms", "--workers", "1", "--offer", "cirrus_tpu",
                                "--offer", "mesa_1", "--offer", "tpu_lease"),
    "frontier": lambda at: run("frontier", at / "case", "--of", "unserved", "--points", "3", "--workers", "1",
                               "--start", at / "plan"),
    "frontier of debt": lambda at: run("frontier", at / "case", "--of", "debt", "--points", "3", "--workers", "1",
                                       "--start", at / "plan"),
    "alternatives": lambda at: run("alternatives", at / "case", "--within", "0.02", "--count", "2", "--widest",
                                   "own_halls", "--workers", "1", "--start", at / "plan"),
    "explain": lambda at: run("explain", at / "case", "--set", "finance[*].min_cash_usd_bn = 40"),
}  # fmt: skip


def alike(ours: str, theirs: str) -> None:
    """Fail where amounts in MW and USD m are not those in GW and USD bn, or are not in these units."""
    assert not UNITS.findall(theirs), [line for line in theirs.splitlines() if UNITS.search(line)][:5]
    bn, m = (NUMBER.findall(text) for text in (ours, theirs))
    assert len(bn) == len(m), (ours, theirs)
    wrong = [(one, other) for one, other in zip(bn, m, strict=True) if not _same(one, other)]
    assert not wrong, wrong


def _same(one: str, other: str) -> bool:
    """Whether a number is the other one, or a thousandth of it, as far as the digits go that are printed."""
    value, unlike = (float(each.replace(",", "").replace("−", "-")) for each in (one, other))
    last = 0.5 * 10.0 ** -len(one.partition(".")[2])
    return any(abs(unlike - value * k) <= last * k * 1.01 + 6e-4 * abs(unlike) for k in (1.0, 1000.0))


def normal(text: str, folder: Path) -> str:
    """A text without the folder that it stands in, seconds and the bars of numbers."""
    text = text.replace(str(folder), "")
    return "\n".join(line for line in text.splitlines() if not line.startswith(("It took", "Written to")))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_prints_the_units_of_the_case(both: tuple[Path, Path], command: str) -> None:
    ours, theirs = (normal(COMMANDS[command](folder), folder) for folder in both)
    assert UNITS.search(ours)
    alike(ours, theirs)


def test_a_plan_is_printed_and_its_files_keep_their_units(both: tuple[Path, Path]) -> None:
    ours, theirs = both
    for file in sorted((ours / "plan").glob("*.csv")):
        assert file.read_bytes() == (theirs / "plan" / file.name).read_bytes(), file.name
    first, second = (json.loads((at / "plan" / "plan.json").read_text()) for at in both)
    assert first["objective_usd_bn"] == second["objective_usd_bn"]
    said = [run("solve", at / "case", "-o", at / "again", "--force") for at in both]
    alike(*(normal(text, at) for text, at in zip(said, both, strict=True)))


def test_the_page_is_in_the_units_of_the_case(both: tuple[Path, Path]) -> None:
    """Its texts, and the titles of its charts; the data of the charts are a thousand times as large."""
    pages = []
    for at in both:
        run("report", at / "plan", "-o", at / "plan.html")
        pages.append((at / "plan.html").read_text())
    shown = [SHOWN.sub(" ", page) for page in pages]
    assert UNITS.search(shown[0])
    assert not UNITS.findall(shown[1]), [shown[1][m.start() - 80 : m.end() + 20] for m in UNITS.finditer(shown[1])][:5]
    drawings = re.search(r'{"drawings":.*?}(?=</script>)', pages[1], re.DOTALL)
    assert drawings is not None
    data = json.loads(drawings[0])["drawings"]
    titles = [text for text in texts(data) if UNITS.search(text)]
    assert not titles, titles[:5]


def texts(value: object) -> list[str]:
    """Every text in a value."""
    if isinstance(value, str):
        return [value]
    each = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in each for text in texts(one)]


def test_comparisons_and_later_days(both: tuple[Path, Path]) -> None:
    said: list[list[str]] = []
    for at in both:
        run("solve", at / "case", "-o", at / "other", "--force", "--set", "demand[*,*,*].demand_gw *= 0.9")
        lines = [run("compare", at / "plan", at / "other")]
        lines.append(run("advance", at / "plan", "--to", "2028-01-01", "-o", at / "later", "--force"))
        lines.append(run("replan", at / "later", "--from", at / "plan", "-o", at / "next", "--force"))
        lines.append((at / "later" / "README.md").read_text())
        said.append([normal(text, at) for text in lines])
    for other in said[1]:
        assert not UNITS.findall(other), [line for line in other.splitlines() if UNITS.search(line)]
    for one, other in list(zip(*said, strict=True))[:2]:
        alike(one, other)


def test_studies_and_plans_for_many_futures(both: tuple[Path, Path]) -> None:
    said = []
    for at in both:
        vary = "demand: demand[*,*,*].demand_gw *= 0.9 | 1.05"
        lines = [run("sweep", at / "case", "--vary", vary, "-o", at / "study", "--workers", "1")]
        run("report", at / "study", "-o", at / "study.html")
        lines.append(SHOWN.sub(" ", (at / "study.html").read_text()))
        (at / "case" / "events.csv").write_text("event,known_on\ngrowth,2029-01-01\n")
        (at / "case" / "outcomes.csv").write_text(OUTCOMES)
        lines.append(run("hedge", at / "case", "-o", at / "hedge"))
        lines.append(run("audit", at / "hedge"))
        lines.append(run("compare", at / "plan", at / "hedge"))
        run("report", at / "hedge", "-o", at / "hedge.html")
        lines.append(SHOWN.sub(" ", (at / "hedge.html").read_text()))
        for name in ("events.csv", "outcomes.csv"):
            (at / "case" / name).unlink()
        said.append([normal(text, at) for text in lines])
    for ours, theirs in zip(*said, strict=True):
        assert UNITS.search(ours)
        assert not UNITS.findall(theirs), [theirs[m.start() - 60 : m.end()] for m in UNITS.finditer(theirs)][:4]
