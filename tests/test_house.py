"""The layout of the code: style, types, imports, names of classes, and the modules that load at the start."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests import imports

ROOT = Path(__file__).parents[1]

CHECKS = {
    "lint": ("-m", "ruff", "check"),
    "format": ("-m", "ruff", "format", "--check"),
    "types": ("-m", "mypy"),
    "imports": ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command([])"),
}

STARTS = {
    "import": "import planner",
    "help": "from planner.cli import main; main(['--help'], standalone_mode=False)",
}


MOST_IN_ROOT = 8
"""modules that may stand in `planner/` outside of any room"""

LATE = {
    # Pyomo takes a second to import, and only building and reading a model needs it.
    "planner.explain.feasibility": "pyomo",
    "planner.explain.search": "pyomo",
    "planner.explain.trees.explanation": "pyomo",
    "planner.hedge.by_future.proof": "pyomo",
    "planner.hedge.hedge": "pyomo",
    "planner.hedge.least_values": "pyomo",
    "planner.hedge.valuing": "pyomo",
    "planner.model.model": "pyomo",
    "planner.solver.expressions": "pyomo",
    **{f"planner.instruments.{name}.constraints": "pyomo" for name in (
        "chip_lease", "chip_purchase", "cloud_commitment", "own_fleet", "site_lease", "spare_capacity", "sublet",
        "term_loan",
    )},
    # Charts and pages need packages that not everybody has installed.
    "planner.reports.page.hedge_page": "altair",
    "planner.reports.page.page": "altair",
    "planner.reports.page.study_page": "altair",
    "planner.reports.page.simulation_page": "altair",
    "planner.reports.page.frontier_charts": "altair",
    "planner.reports.page.bridge_chart": "altair",
    "planner.workbooks.writing": "xlsxwriter",
    "planner.workbooks.of_case.reading": "openpyxl",
    "planner.workbooks.of_case.writing": "xlsxwriter",
    # `planner --help` does without numpy and pydantic, which take longer than all the rest.
    "planner.accounts.books": "pydantic",
    "planner.accounts.folder": "pydantic",
    "planner.api": "pydantic",
    "planner.case.plausibility": "pydantic",
    "planner.case.schema": "pydantic",
    "planner.catalogue": "pydantic",
    "planner.common.settings": "pydantic",
    "planner.common.unknown": "pydantic",
    "planner.focus.export": "pydantic",
    "planner.focus.importing": "pydantic",
    "planner.futures.asked": "pydantic",
    "planner.generate": "pydantic",
    "planner.plan.audit": "pydantic",
    "planner.plan.hedges.audit": "pydantic",
    "planner.plan.hedges.hedge": "pydantic",
    "planner.plan.plan": "pydantic",
    "planner.reports.compare": "pydantic",
    "planner.reports.compared_hedges": "pydantic",
    "planner.reports.counterparties.network": "pydantic",
    "planner.reports.formulation": "pydantic",
    "planner.reports.hedged.text": "pydantic",
    "planner.reports.futures": "pydantic",
    "planner.reports.page.study_view": "pydantic",
    "planner.reports.page.simulation_view": "pydantic",
    "planner.reports.page.hedge_view": "pydantic",
    "planner.reports.page.plan_view": "pydantic",
    "planner.reports.sources": "pydantic",
    "planner.reports.summary": "pydantic",
    "planner.plan.record": "pydantic",
    "planner.roll.advance": "concurrent.futures",
    "planner.roll.folder": "concurrent.futures",
    "planner.roll.readme": "pydantic",
    "planner.studies.prices": "pydantic",
    "planner.studies.other_horizons": "pydantic",
    "planner.studies.stress": "pydantic",
    "planner.studies.stress.stress": "pydantic",
    "planner.tables.csvtext": "numpy",
    "planner.reports.replanned": "numpy",
    "planner.workbooks.of_plan.workbook": "pandas",
    # It does without these of Python's own, too, and so does reading a case, as in `planner check`.
    "planner.basics.outputs": "tempfile",
    "planner.basics.resources": "importlib.metadata",
    "planner.case.shipped": "importlib.resources",
    "planner.roll.replanning.replan": "concurrent.futures",
    "planner.simulation.simulate": "concurrent.futures",
    "planner.simulation.text": "concurrent.futures",
    "planner.solve.solve": "concurrent.futures",
    "planner.solver": "concurrent.futures",
    "planner.solver.answer": "concurrent.futures",
    "planner.solver.interrupts": "concurrent.futures",
    "planner.studies.alternatives": "concurrent.futures",
    "planner.studies.cluster": "concurrent.futures",
    "planner.studies.design": "concurrent.futures",
    "planner.studies.engine": "concurrent.futures",
    "planner.studies.frontier": "concurrent.futures",
    "planner.studies.hedged.alternatives": "concurrent.futures",
    "planner.studies.hedged.frontier": "concurrent.futures",
    "planner.studies.hedged.prices": "concurrent.futures",
    "planner.studies.hedged.prudence": "concurrent.futures",
    "planner.studies.hedged.sweep": "concurrent.futures",
    "planner.studies.prices.results": "concurrent.futures",
    "planner.studies.sweep": "concurrent.futures",
}  # fmt: skip
"""The modules of the planner that may be imported inside a function, and the slow package that each of them imports."""


def run(*arguments: str) -> str:
    """The output of this Python, run on the arguments in the checkout. A failure shows all of it."""
    ended = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr}"
    return ended.stdout


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_check_passes(check: tuple[str, ...]) -> None:
    run(*check)


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_starting_up_loads_nothing_slow(start: str) -> None:
    loaded = run("-c", f"{start}; import sys; print('LOADED', *sys.modules)").rpartition("LOADED")[2].split()
    assert not {"highspy", "networkx", "numpy", "pandas", "pydantic", "pyomo"} & set(loaded)


def test_a_solve_loads_no_data_frames(tmp_path: Path) -> None:
    """Importing pandas takes longer than solving a small case."""
    arguments = ["solve", "data/starter", "-o", str(tmp_path / "plan")]
    ending = "import atexit, sys; atexit.register(lambda: print('LOADED', *sys.modules))"
    loaded = run("-c", f"{ending}; from planner.cli import main; main({arguments})").rpartition("LOADED")[2].split()
    assert "highspy" in loaded
    assert "pandas" not in loaded


def test_every_class_has_a_name_of_its_own() -> None:
    """Only `planner.api.Case` and `Plan` have the names of other classes: they are what a user meets."""
    texts = [path.read_text(encoding="utf-8") for path in imports.modules().values()]
    counts = Counter(name for text in texts for name in re.findall(r"^class (\w+)", text, flags=re.MULTILINE))
    assert {name for name, count in counts.items() if count > 1} == {"Case", "Plan"}
    assert counts["Case"] == counts["Plan"] == 2


def test_modules_stand_in_rooms() -> None:
    assert len(list((ROOT / "planner").glob("*.py"))) <= MOST_IN_ROOT


def late_imports() -> list[tuple[str, str]]:
    """Each module of the planner with one that it imports inside a function."""
    return [(module, late) for module in imports.modules() for late in sorted(imports.late_imports(module))]


def test_imports_inside_functions_have_a_reason() -> None:
    """The module that is imported brings a slow package that the importing module does not bring itself."""
    without = [
        f"{module} imports {late}"
        for module, late in late_imports()
        if late not in LATE or LATE[late] in imports.brought(module)
    ]
    assert without == []


@pytest.mark.parametrize("module", LATE)
def test_reasons_for_imports_inside_functions_hold(module: str) -> None:
    assert LATE[module] in imports.brought(module)
    assert module in {late for _, late in late_imports()}
