"""Whatever things are called, the result is the same: every word that the planner prints or uses inside is tried.

A case is solved with names that are found nowhere else, and again with words in their place. The words stand in the
same order as those names, and several kinds of things are called by the same word. So both programs have the same rows
and columns in the same order, and every figure must be the same to the last digits; every table and report must be the
same once the names are put back.
"""

from __future__ import annotations

import ast
import builtins
import json
import keyword
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import numpy as np

import planner
from planner.api import Case
from planner.basics.frames import frame
from planner.catalogue import CATALOGUE
from planner.ledgers.contract_checks import ContractCheck
from planner.model.model import model
from planner.plan.audit import audit
from planner.plan.plan import EXPORTS, Plan
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.solution import Solution
from planner.reports import summary
from planner.reports.check import Check
from planner.reports.compare import Comparison
from planner.reports.counterparties.network import Network
from planner.reports.sources import Sources
from planner.solver.program import Program
from planner.tables import cells, csvtext
from tests.invariance.cases import everything, generated, shipped
from tests.invariance.renaming import Names, names, renamed, tokens, worded

NASTY = (
    "all", "any", "others", "none", "null", "nan", "na", "nat", "true", "false", "yes", "no", "inf", "infinity", "own",
    "own_covenant", "unsupported", "own_fleet", "owned", "owned_chips", "power", "network", "lab", "the_lab", "nothing",
    "total", "other", "together", "base", "blank", "case", "index", "value", "period", "offer", "sources", "level_0",
    "count", "item", "class", "min", "max", "self", "t", "e1", "x1e5", "policies", "survive_loss_of_provider", "lease",
    "residual", "firm", "interruptible", "demand", "shortage", "cash", "cap", "spv", "backer", "decision", "limit_cap",
    "provider_share_max", "reserve_margin_min", "must_sign", "chips", "halls", "compute", "signed", "closed", "uses",
)  # fmt: skip
"""words tried first: those that meant something of their own, that readers of tables turn into something else, …"""
FEW = 50
"""of so many turns one is solved and told; of the others the program and the tables are compared"""
TOKEN = re.compile(r"zq[a-z]+\d{4}qz", re.IGNORECASE)
BREAKS = re.compile(r"[\s_\-|]+")
"""what separates words in reports, where links are written with dashes and titles with blanks"""
PARTS = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")


def every_word() -> list[str]:
    """Every word that the planner's code holds as a text, that its tables and plans hold, and that Python keeps."""
    found = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins)}
    for file in Path(planner.__file__).parent.rglob("*.py"):
        found.update(_texts(ast.parse(file.read_text(encoding="utf-8"))))
    for row in CATALOGUE.tables:
        found.update((row.about.name, *row.fields()))
    for name, files in (("starter", shipped("starter")), ("everything", everything())):
        plan = Case.made_of(files).solve()
        assert plan.proven, name
        for stem, export in EXPORTS:
            found.update((stem, *export.COLUMNS))
            for column in set(export.COLUMNS) - set(export.NUMBERS):
                found.update(part for text in plan.tables[stem][column] for part in PARTS.findall(str(text)))
    words = {part for text in found for part in (text.lower(), *PARTS.findall(text.lower()))}
    return [*NASTY, *sorted(word for word in words - {*NASTY} if _is_identifier(word))]


def _texts(tree: ast.Module) -> Iterator[str]:
    """The texts of a module that are no docstrings."""
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def _is_identifier(word: str) -> bool:
    try:
        return bool(cells.identifier(word))
    except ValueError:
        return False


class Renamed:
    """A case with names that are found nowhere else, solved and told, to be compared with other names."""

    def __init__(self, files: Mapping[str, bytes], tell: Callable[[Plan], Iterable[tuple[str, Any]]] | None = None):
        self.files, self.tell = files, told if tell is None else tell
        self.tokens = tokens(files)
        self.plan, tables = _solved(renamed(files, self.tokens))
        self.tables = tables
        self.said = list(self.tell(self.plan))
        portfolio = Portfolio.of(Case.made_of(self.plan.case.files))
        self.program = model(portfolio).program()
        self.x = np.array([self.plan.values.get(name, 0.0) for name in portfolio.ledgers.names])

    def back(self, new: Names) -> dict[str, str]:
        """The new name by the one that is found nowhere else."""
        return {self.tokens[kind][name]: word for kind, mine in new.items() for name, word in mine.items()}

    def unlike_in_model(self, new: Names) -> list[str]:
        """What is not the same in the program and in the tables of the same decisions; nothing is solved."""
        portfolio = Portfolio.of(Case.made_of(renamed(self.files, new)))
        program = model(portfolio).program()
        found = [
            f"program: {each.name} differs" for each in fields(Program)
            if isinstance(ours := getattr(program, each.name), np.ndarray)
            and not np.array_equal(ours, getattr(self.program, each.name), equal_nan=ours.dtype.kind == "f")
        ]  # fmt: skip
        if found:
            return found
        back, solution = self.back(new), Solution(portfolio, self.x)
        if any(check.broken for check in checks(solution)):
            found.append("a contract is broken")
        for stem, export in EXPORTS:
            data = csvtext.written(export.table(solution))
            read = csvtext.table(f"{stem}.csv", data, export.COLUMNS, export.NUMBERS)
            mine = list(frame(read).itertuples(index=False, name=None))
            found += _unlike(stem, mine, _put_back(self.tables[stem], back))
        return found

    def differences(self, new: Names) -> list[str]:
        """What is not the same with other names, once the case is solved, written, audited, read and told again."""
        back = self.back(new)
        plan, tables = _solved(renamed(self.files, new))
        found = []
        for name in ("objective_usd_bn", "bound_usd_bn", "present_cost_at_lease_rate_usd_bn"):
            ours, theirs = getattr(plan.record, name), getattr(self.plan.record, name)
            if not abs(ours - theirs) <= 1e-9 * max(1.0, abs(theirs)):
                found.append(f"{name}: {ours} instead of {theirs}")
        for stem, mine in tables.items():
            found += _unlike(stem, mine, _put_back(self.tables[stem], back))
        for (what, mine), (_, theirs) in zip(self.tell(plan), self.said, strict=True):
            found += _unlike_words(what, _plain(mine), _plain(theirs, back))
        return found


def checks(solution: Solution) -> Iterator[ContractCheck]:
    """What the contracts demand of the decisions."""
    portfolio = solution.portfolio
    for instrument in portfolio.case.catalogue.instruments:
        yield from instrument.contract_checks(portfolio.case, portfolio.ledgers, solution.x)


def _solved(files: Mapping[str, bytes]) -> tuple[Plan, dict[str, list[tuple[Any, ...]]]]:
    """The plan of a case as it is read back from its folder, which the audit agrees with; and its tables as rows."""
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder) / "plan"
        Case.made_of(files).solve().write(where)
        audited = audit(where)
        assert audited.agrees, audited.text()
        read = Plan.read(where)
        tables = {}
        for stem, export in EXPORTS:
            data = (where / f"{stem}.csv").read_bytes()
            told = csvtext.table(f"{stem}.csv", data, export.COLUMNS, export.NUMBERS)
            tables[stem] = list(frame(told).itertuples(index=False, name=None))
    return read, tables


def _put_back(rows: list[tuple[Any, ...]], back: Mapping[str, str]) -> list[tuple[Any, ...]]:
    return [tuple(_worded(cell, back) if isinstance(cell, str) else cell for cell in row) for row in rows]


def _worded(text: str, back: Mapping[str, str]) -> str:
    return TOKEN.sub(lambda found: back[found[0].lower()], text)


def _unlike(stem: str, mine: list[tuple[Any, ...]], theirs: list[tuple[Any, ...]]) -> Iterator[str]:
    """Rows of a table that are not the same, numbers to 1e-9."""
    key = lambda row: tuple(str(cell) for cell in row if isinstance(cell, str))  # noqa: E731
    ours, others = sorted(mine, key=key), sorted(theirs, key=key)
    if list(map(key, ours)) != list(map(key, others)):
        odd = Counter(map(key, ours)) - Counter(map(key, others))
        yield f"{stem}.csv: {len(ours)} rows instead of {len(others)}, such as {next(iter(odd), '')}"
        return
    one, other = (np.array([[c for c in row if not isinstance(c, str)] for row in rows]) for rows in (ours, others))
    if not np.allclose(one, other, rtol=1e-9, atol=1e-9, equal_nan=True):
        yield f"{stem}.csv: numbers differ"


def told(plan: Plan) -> Iterator[tuple[str, Any]]:
    """What the reports say of a plan and its case."""
    network, check, sources = Network(plan), Check(plan.case), Sources(plan.case)
    yield "summary", summary.text(plan)
    yield "network", network.text(1000)
    yield "network for programs", network.json()
    yield "check", check.text()
    yield "check for programs", check.json()
    yield "sources", sources.markdown()
    yield "sources for programs", sources.json()
    compared = Comparison(plan, plan)
    yield "comparison", compared.text()
    yield "comparison for programs", compared.json()


def paged(plan: Plan) -> Iterator[tuple[str, Any]]:
    """What the page shows of a plan: its texts, its tables and the rows that its charts draw."""
    from planner.reports.page.page import Page
    from planner.reports.page.plan_view import View

    with tempfile.TemporaryDirectory() as folder:
        plan.write(Path(folder) / "plan")
        page = Page(View(plan, audit(Path(folder) / "plan")))
    for chapter in page.chapters[1:]:  # the first says how many seconds it took
        yield chapter.title, [
            (shown.kind, shown.id, getattr(shown.part, "title", ""), getattr(shown.part, "says", ""),
             getattr(shown.part, "sentences", ""), shown.rows)
            for row in chapter.rows for shown in row
        ]  # fmt: skip
    yield "charts", {name: sorted(map(_plain_row, _values(drawing))) for name, drawing in page.drawings.items()}


def _values(drawing: Any) -> Iterator[Mapping[str, Any]]:
    """The rows that a chart draws."""
    if isinstance(drawing, Mapping):
        if isinstance(drawing.get("values"), list):
            yield from (row for row in drawing["values"] if isinstance(row, Mapping))
        for part in drawing.values():
            yield from _values(part)
    elif isinstance(drawing, list):
        for part in drawing:
            yield from _values(part)


def _plain_row(row: Mapping[str, Any]) -> str:
    return json.dumps(dict(row), sort_keys=True, default=str)


def _plain(said: Any, back: Mapping[str, str] | None = None) -> Counter[str]:
    """The words of a text or of a value for programs, whatever their order; numbers to nine digits."""
    text = said if isinstance(said, str) else json.dumps(said, default=str, ensure_ascii=False)
    text = re.sub(r"-?\d+\.\d{7,}(?:e[-+]?\d+)?", lambda found: f"{float(found[0]):.7g}", text)
    return Counter(BREAKS.split((text if back is None else _worded(text, back)).lower()))


def _unlike_words(what: str, mine: Counter[str], theirs: Counter[str]) -> Iterator[str]:
    if mine != theirs:
        yield f"{what}: {list((mine - theirs).items())[:6]} instead of {list((theirs - mine).items())[:6]}"


def turns(files: Mapping[str, bytes], words: list[str]) -> range:
    """The turns after which each word has been some name of every kind."""
    return range(0, len(words), min(map(len, names(files).values())))


def run() -> int:
    """Try every word at every name of the case with everything, and some at others; the number of differences."""
    words, wrong = every_word(), 0
    click.echo(f"{len(words)} words")
    case = Renamed(everything())
    for turn in turns(case.files, words):
        found = case.unlike_in_model(worded(case.files, words, turn))
        if turn % FEW == 0 or turn < len(NASTY):
            found += case.differences(worded(case.files, words, turn))
        for said in found:
            wrong += 1
            click.echo(f"{words[turn]}: {said}")
    others = [(name, shipped(name)) for name in ("starter", "gpu-campus")]
    for name, files in (*others, *generated(30)):
        case, many = Renamed(files), max(map(len, names(files).values()))
        for turn in range(0, len(NASTY), max(many, len(NASTY) // 4)):
            for said in case.differences(worded(files, words, turn)):
                wrong += 1
                click.echo(f"{name}, {words[turn]}: {said}")
    click.echo(f"{wrong} differences")
    return wrong
