"""Plans of the starter, tampered with or damaged, and what every command that reads a plan makes of each.

    tampered    a claim, a key, a file or a decision was changed, and all files can still be read
    damaged     a file or folder is not what it should be: cut short, empty, missing, binary, a link, another encoding
    kept        a result that a study keeps was edited or damaged

All must be found: a command ends with status 7 (the audit does not agree) or 3 (no plan at all), names the file and the
key that was changed, and writes nothing. A kept result must be solved again. All else is a fault: a traceback, a status
of 0, a message that is silent on the place. `python -m tests.tampering [SEED] [COUNT]` prints how many there were of
each, for at least COUNT of each family; every draw is seeded.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from click.testing import CliRunner

from planner.api import Case
from planner.case import shipped
from planner.catalogue import CATALOGUE
from planner.cli import main
from planner.model.limit_rows import Leeway
from planner.plan.audit import audit
from planner.plan.plan import Plan
from planner.plan.tables import EXPORTS
from planner.portfolio.may_break import loose_in
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.solution import Solution
from planner.rules.meet_demand import NAME as MEET_DEMAND
from planner.solve.solve import solve
from planner.solve.study_options import StudyOptions
from planner.studies.engine import InThisProcess, carry_out
from planner.studies.runs import Base, Run

STEMS = [stem for stem, _ in EXPORTS]
NUMBERS = {stem: tuple(export.NUMBERS) for stem, export in EXPORTS}
EVENTS = "event,kind,subject,from_date,value\ndown,guarantor_downgraded,cirrus,2028-06-01,0.5\n"
FOUND = (3, 7)
"""statuses of a command that refuses a plan"""


class Outcome(StrEnum):
    FOUND = "found"
    AS_GOOD = "as good"
    """decisions of another plan that keeps every limit and costs the same"""
    FAULT = "fault"


@dataclass(frozen=True)
class Verdict:
    family: str
    kind: str
    outcome: Outcome
    why: str = ""


@dataclass(frozen=True)
class Draw:
    """A copy of a plan's folder that is to be spoilt, and the dice."""

    folder: Path
    dice: random.Random
    plan: Plan = field(repr=False)
    """what stands in the folder before it is spoilt"""

    def record(self) -> dict[str, Any]:
        return json.loads((self.folder / "plan.json").read_text(encoding="utf-8"))

    def says(self, **changes: Any) -> None:
        self.put("plan.json", json.dumps({**self.record(), **changes}, indent=2))

    def put(self, name: str, text: str | bytes) -> None:
        (self.folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    def rows(self, name: str) -> list[list[str]]:
        return [line.split(",") for line in (self.folder / name).read_text(encoding="utf-8").splitlines()]

    def put_rows(self, name: str, rows: list[list[str]]) -> None:
        self.put(name, "".join(",".join(row) + "\n" for row in rows))

    def file(self, *, case: bool = True) -> str:
        """The name of one of the plan's files with rows, or of its record."""
        names = ["plan.json", *(f"{stem}.csv" for stem in STEMS)]
        if case:
            names += [f"case/{path.name}" for path in sorted((self.folder / "case").iterdir())]
        return self.dice.choice(names)

    def table(self) -> str:
        """The name of one of the plan's tables that has rows."""
        return self.dice.choice([f"{stem}.csv" for stem in STEMS if len(self.rows(f"{stem}.csv")) > 2])


Spoil = Callable[[Draw], str | None]
"""Spoils a folder; what a finding must name, as `file` or `file key`, or None where the draw changed nothing."""


# Tampered: claims and keys of plan.json


NUMERIC = ("objective_usd_bn", "bound_usd_bn", "gap", "present_cost_at_lease_rate_usd_bn")


def number_moved(draw: Draw) -> str:
    key = draw.dice.choice(NUMERIC)
    by = draw.dice.choice([1e-4, 0.01, 0.5, 3.0])
    value = float(draw.record()[key])
    draw.says(**{key: value * (1 + by) + (by if abs(value) < 1e-6 else 0)})
    return f"plan.json {key}"


def bound_lowered(draw: Draw) -> str:
    record = draw.record()
    bound = record["objective_usd_bn"] * draw.dice.uniform(0.1, 0.999)
    consistent = draw.dice.random() < 0.5
    gap = (record["objective_usd_bn"] - bound) / record["objective_usd_bn"] if consistent else record["gap"]
    draw.says(bound_usd_bn=bound, gap=gap, status="proven", stopped_by="")
    return "plan.json status"


def bound_blank(draw: Draw) -> str:
    draw.says(bound_usd_bn=None, gap=draw.dice.choice([None, 0.0]))
    return "plan.json"


def status_contradicts(draw: Draw) -> str:
    status, by, key = draw.dice.choice(
        [
            ("proven", "time limit", "stopped_by"), ("proven", "interruption", "stopped_by"),
            ("stopped", "", "stopped_by"), ("optimal", "", "status"), ("Proven", "", "status"), ("", "", "status"),
            ("stopped", "boredom", "stopped_by"), ("proven", " ", "stopped_by"),
        ]
    )  # fmt: skip
    draw.says(status=status, stopped_by=by)
    return f"plan.json {key}"


def option_changed(draw: Draw) -> str:
    options = draw.record()["options"]
    key = draw.dice.choice(sorted(options))
    value = options[key]
    others = [True, None, [], {}, "", "x", 0.123, -1, 10**30]
    if isinstance(value, int | float):
        others += [value * 2 + 1, str(value)]
    options[key] = draw.dice.choice([each for each in others if each != value])
    draw.says(options=options)
    return f"plan.json options.{key}"


def title_changed(draw: Draw) -> str:
    draw.says(title=draw.dice.choice(["", "Another lab", draw.record()["title"] + " ", "a\u001b[2Jb", "\ud800", 5]))
    return "plan.json title"


def note_made_up(draw: Draw) -> str:
    draw.says(notes=[*draw.record()["notes"], "lake: may be signed twice"])
    return "plan.json notes"


def version_wrong(draw: Draw) -> str:
    versions = draw.record()["versions"]
    key = draw.dice.choice(sorted(versions))
    versions[key] = draw.dice.choice([None, 1.0, "", "newest", [], "v1", {"a": "1.0"}])
    draw.says(versions=versions)
    return f"plan.json versions.{key}"


def input_wrong(draw: Draw) -> str:
    inputs = draw.record()["inputs"]
    key = draw.dice.choice(sorted(inputs))
    match draw.dice.randrange(4):
        case 0:
            digit = draw.dice.randrange(64)
            other = draw.dice.choice([each for each in "0123456789abcdef" if each != inputs[key][digit]])
            inputs[key] = inputs[key][:digit] + other + inputs[key][digit + 1 :]
        case 1:
            del inputs[key]
        case 2:
            inputs[f"other_{key}"] = inputs[key]
            draw.says(inputs=inputs)
            return f"case/other_{key}"
        case _:
            inputs[key] = draw.dice.choice(["", None, 5, inputs[key].upper() + "g", []])
            draw.says(inputs=inputs)
            return f"plan.json inputs.{key}"
    draw.says(inputs=inputs)
    return f"case/{key}"


def key_places(record: dict[str, Any]) -> list[tuple[str, ...]]:
    """Every key of a record that may not be left out, by its path."""
    inner = ("solver", "options", "versions", "seconds")
    return [*((key,) for key in record), *((key, each) for key in inner for each in record[key])]


def key_removed(draw: Draw) -> str:
    record = draw.record()
    path = draw.dice.choice(key_places(record))
    where = record
    for key in path[:-1]:
        where = where[key]
    del where[path[-1]]
    draw.put("plan.json", json.dumps(record))
    return f"plan.json {'.'.join(path)}"


def change_made_up(draw: Draw) -> str:
    """Changes that are none, that cannot have been made, or that set what the case does not hold."""
    text = draw.dice.choice(
        [
            "case.opening_cash_usd_bn = 21.5", "cloud_tiers[on_demand,single].price_usd_bn_per_gw_year = 14",
            "chips[no_such].life_years = 4", "site_leases[mesa_1].pue = much", "rents were lowered", "", "case.gap",
        ]
    )  # fmt: skip
    draw.says(changes=[*draw.record()["changes"], text])
    return "plan.json changes"


def key_unknown(draw: Draw) -> str:
    record = draw.record()
    place = draw.dice.choice(["", "solver", "options", "versions", "seconds"])
    name = draw.dice.choice(["note", "Title", "gap_reached", "relaxed ", "x\u200b", "objective"])
    (record[place] if place else record)[name] = draw.dice.choice([1.0, "1.0", None])
    draw.put("plan.json", json.dumps(record, indent=2))
    return f"plan.json {place}"


def key_twice(draw: Draw) -> str:
    record = draw.record()
    key = draw.dice.choice(sorted(record))
    text = (draw.folder / "plan.json").read_text(encoding="utf-8")
    other = json.dumps(draw.dice.choice([record[key], 1.0, "proven"]))
    if draw.dice.random() < 0.3:
        key = "post"
        text = text.replace('"post":', '"post": 0.5, "post":', 1)
    elif draw.dice.random() < 0.5:
        text = text.replace("{", f'{{"{key}": {other},', 1)
    else:
        text = text.rstrip()[:-1] + f', "{key}": {other}}}\n'
    draw.put("plan.json", text)
    return f"plan.json {key}"


def not_a_number(draw: Draw) -> str:
    record = draw.record()
    key = draw.dice.choice([*NUMERIC, "solver.seconds", "seconds.solve", "options.gap"])
    word = draw.dice.choice(["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "true", '"1.0"', "[]", "9" * 400])
    where = record
    for each in key.split(".")[:-1]:
        where = where[each]
    where[key.split(".")[-1]] = "@@"
    draw.put("plan.json", json.dumps(record, indent=2).replace('"@@"', word))
    return f"plan.json {key}"


def type_wrong(draw: Draw) -> str:
    record = draw.record()
    path = draw.dice.choice(key_places(record))
    where = record
    for key in path[:-1]:
        where = where[key]
    now = where[path[-1]]
    others = [[1], {"a": 1}, True, "text\u0007", -7.5, [None], [[]], {"": ""}]
    if path[-1] in ("relaxed", "notes"):
        others += [None, "none", {}]
    where[path[-1]] = draw.dice.choice([each for each in others if each != now])
    draw.put("plan.json", json.dumps(record))
    return f"plan.json {'.'.join(path)}"


# Tampered: limits and events


def relaxed_named(draw: Draw) -> str:
    """A limit that holds, or none at all, is named as broken."""
    limits = [",".join(row[:3]) for row in draw.rows("limits.csv")[1:]]
    rule, subject, period = draw.dice.choice(limits).split(",")
    name = draw.dice.choice([f"{rule} {subject} on {period}", f"{rule} {subject}", "everything", "", " "])
    draw.says(relaxed=[*draw.record()["relaxed"], name])
    return "plan.json relaxed"


def stress_wrong(draw: Draw) -> str | None:
    """Something in the record of a stress plan that cannot be."""
    stress = draw.record()["stress"]
    if stress is None:
        return None
    event = stress["events"][0]
    key, value = draw.dice.choice(
        [
            ("name", "up"), ("name", ""), ("name", None), ("events", []), ("events", {}), ("changes", []),
            ("changes", [5]), ("plan_title", None), ("plan_objective_usd_bn", "57"), ("plan_sha256", "57"),
            ("plan_sha256", None), ("events", [event, event]), ("events", [{**event, "kind": "weather"}]),
            ("events", [{**event, "from_date": "2031-06-01"}]), ("events", [{**event, "from_date": "soon"}]),
            ("events", [{**event, "from_date": None}]), ("events", [{**event, "event": None}]),
            ("events", [{**event, "value": "half"}]), ("events", [{**event, "value": -1}]),
            ("events", [{**event, "subject": 5}]), ("events", [{"event": "down"}]), ("events", ["down"]),
            ("events", [{**event, "more": 1}]), ("events", [{**event, "kind": "lessee_default"}]), ("more", 1),
        ]
    )  # fmt: skip
    draw.says(stress={**stress, key: value})
    return "plan.json stress"


def stress_denied(draw: Draw) -> str | None:
    """A stress plan that breaks limits, without saying so or without saying of which plan."""
    record = draw.record()
    if not record["relaxed"]:
        return None
    if draw.dice.random() < 0.3:
        draw.says(stress=draw.dice.choice([None, {}, "down", []]))
        return "plan.json"
    kept = [name for name in record["relaxed"] if draw.dice.random() < 0.5][:-1]
    draw.says(relaxed=kept, stress=draw.dice.choice([record["stress"], None]))
    return "limits.csv" if kept == [] else ""


# Tampered: decisions, cells and files


def cell_moved(draw: Draw) -> str | None:
    name = draw.table()
    rows = draw.rows(name)
    columns = [i for i, column in enumerate(rows[0]) if column in NUMBERS[name.removesuffix(".csv")]]
    row, column = draw.dice.choice(rows[1:]), draw.dice.choice(columns)
    if not row[column]:
        return None
    value = float(row[column])
    factor, instead = draw.dice.choice([1.00001, 0.5, -1.0, 1e6, 1e300]), draw.dice.choice([1e-3, -5.0])
    row[column] = repr(value * factor if value else instead)
    draw.put_rows(name, rows)
    return ""


def cell_spoilt(draw: Draw) -> str:
    name = draw.table()
    rows = draw.rows(name)
    columns = [i for i, column in enumerate(rows[0]) if column in NUMBERS[name.removesuffix(".csv")]]
    row, column = draw.dice.choice(rows[1:]), draw.dice.choice(columns)
    row[column] = draw.dice.choice(["nan", "inf", "1e999", "1_000", "x", "0x1p3", "--1", "1 2", "१", "1e-400"])
    draw.put_rows(name, rows)
    return name


def words_changed(draw: Draw) -> str:
    name = draw.table()
    rows = draw.rows(name)
    columns = [i for i, column in enumerate(rows[0]) if column not in NUMBERS[name.removesuffix(".csv")]]
    row, column = draw.dice.choice(rows[1:]), draw.dice.choice(columns)
    row[column] = draw.dice.choice(["another", f"{row[column]}x", "nan", "'", "\u001b[2J", "2027-01-02"])
    draw.put_rows(name, rows)
    return name


def decisions_forged(draw: Draw) -> str:
    """Other decisions, with every table and the cost as they follow, and with the proof of the plan before."""
    values = dict(draw.plan.values)
    for name in draw.dice.sample(sorted(values), draw.dice.choice([1, 1, 2, 5])):
        values[name] *= draw.dice.choice([0.0, 0.5, 0.9, 1.1, 2.0, 10.0])
    portfolio = Portfolio.of(draw.plan.case)
    solution = Solution(portfolio, np.array([values.get(name, 0.0) for name in portfolio.ledgers.names]))
    record = draw.plan.record
    bound = record.bound_usd_bn if draw.dice.random() < 0.5 else min(solution.objective, record.objective_usd_bn)
    gap = max(0.0, solution.objective - (bound or 0.0)) / abs(solution.objective or 1.0)
    told = replace(
        record, objective_usd_bn=solution.objective, bound_usd_bn=bound, gap=gap,
        present_cost_at_lease_rate_usd_bn=solution.present_cost_at_lease_rate,
    )  # fmt: skip
    shutil.rmtree(draw.folder)
    Plan.of(solution, told).write(draw.folder)
    return ""


FOREIGN = (
    "notes.txt", ".DS_Store", "plan.json~", "cash.csv.bak", "CASH.csv", "case/notes.md", "case/.hidden", "case/x.csv",
    "case/sub/demand.csv", "deep/er/file", "case.toml", "ledger.parquet", "case/plan.json", ".git/config", "~$cash.csv",
    "\udcff\udcfe",
)  # fmt: skip


def file_foreign(draw: Draw) -> str:
    unused = [row.about for row in CATALOGUE.tables if not (draw.folder / "case" / row.about.file).exists()]
    name = draw.dice.choice([*FOREIGN, *(f"case/{about.file}" for about in unused)])
    path = draw.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    match draw.dice.randrange(4):
        case 0:
            path.mkdir()
        case 1:
            path.symlink_to(draw.folder / "cash.csv")
        case 2:
            os.mkfifo(path)
        case _:
            path.write_bytes(draw.dice.choice([b"", b"a,b\n1,2\n", b"\x00\xff"]))
    first = name.split("/")
    return "/".join(first[:2]) if first[0] == "case" and len(first) > 1 else first[0] if name.isprintable() else ""


TAMPERED: tuple[Spoil, ...] = (
    number_moved, bound_lowered, bound_blank, status_contradicts, option_changed, title_changed, note_made_up,
    version_wrong, input_wrong, change_made_up, key_removed, key_unknown, key_twice, not_a_number, type_wrong,
    relaxed_named, stress_wrong, stress_denied, cell_moved, cell_spoilt, words_changed, decisions_forged, file_foreign,
)  # fmt: skip


# Damaged


def cut_short(draw: Draw) -> str:
    name = draw.file()
    data = (draw.folder / name).read_bytes().rstrip()
    draw.put(name, data[: draw.dice.randrange(1, len(data) - 1)])
    return name


def emptied(draw: Draw) -> str:
    name = draw.file()
    draw.put(name, draw.dice.choice([b"", b"\n", b" ", b"\n\n\n"]))
    return name


def missing(draw: Draw) -> str:
    name = draw.dice.choice([draw.file(), "case"])
    path = draw.folder / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    return name


def binary(draw: Draw) -> str:
    name = draw.file()
    draw.put(name, draw.dice.choice([draw.dice.randbytes(400), b"\x00" * 50, b"PK\x03\x04" + bytes(range(256))]))
    return name


def byte_changed(draw: Draw) -> str:
    name = draw.file()
    while name == "plan.json":  # the seconds and versions there are the search's word
        name = draw.file()
    data = bytearray((draw.folder / name).read_bytes())
    at = draw.dice.choice([i for i, byte in enumerate(data) if chr(byte).isalnum() and chr(byte) != "z"])
    data[at : at + 1] = draw.dice.choice([b"\xff", b"\x00", b"z", b'"', b"\n", b","])
    draw.put(name, bytes(data))
    return name


def other_encoding(draw: Draw) -> str:
    name = draw.file()
    text = (draw.folder / name).read_text(encoding="utf-8")
    how = draw.dice.choice(["utf-16", "utf-16-le", "utf-32", "cp037"])
    draw.put(name, text.encode(how, errors="replace"))
    return name


def header_changed(draw: Draw) -> str:
    name = draw.table()
    rows = draw.rows(name)
    i = draw.dice.randrange(len(rows[0]))
    match draw.dice.randrange(4):
        case 0:
            rows[0][i] = draw.dice.choice(["", "x", rows[0][i].upper(), rows[0][i - 1]])
        case 1:
            rows = [[*row[:i], *row[i + 1 :]] for row in rows]
        case 2:
            rows = [[*row, row[i]] for row in rows]
        case _:
            rows = [[*reversed(row)] for row in rows]
    draw.put_rows(name, rows)
    return name


def row_changed(draw: Draw) -> str:
    name = draw.table()
    rows = draw.rows(name)
    i = draw.dice.randrange(1, len(rows))
    match draw.dice.randrange(5):
        case 0:
            rows.insert(i, rows[i])
        case 1:
            del rows[i]
        case 2:
            rows[i] = rows[i][:-1]
        case 3:
            rows[i] = [*rows[i], "1"]
        case _:
            rows += rows[1:]
    draw.put_rows(name, rows)
    return name


def csv_broken(draw: Draw) -> str:
    name = draw.table()
    text = (draw.folder / name).read_text(encoding="utf-8")
    end = text.index("\n")
    draw.put(
        name,
        draw.dice.choice(
            [
                text.replace(",", ";"), text.replace(",", "\t"), f'"{text}', text + '"', f"{text[:end]}\0{text[end:]}",
                text[end + 1 :], text[: end + 1], text + "x" * 200_000 + "\n", text.replace(",", ",\x1b[2J", 3),
                "<html>" + text + "</html>",
            ]
        ),
    )  # fmt: skip
    return name


def json_broken(draw: Draw) -> str:
    text = (draw.folder / "plan.json").read_text(encoding="utf-8")
    deep = 100_000
    spoilt = [
        text.replace(":", "=", 1), text.replace(",", "", 1), text + "}", text + text, f"[{text}]", "[]", "null", "5",
        '"plan"', "{}", "{", "[" * deep, '{"a":' * deep, text.replace('"', "'"), f"// plan\n{text}", "true",
        text.replace('"title"', "title"), f"{text.rstrip()[:-1]},}}", "﻿" + text, '{"title": ' + "9" * 5000 + "}",
    ]  # fmt: skip
    draw.put("plan.json", draw.dice.choice(spoilt))
    return "plan.json"


def not_a_file(draw: Draw) -> str:
    """Something else stands where a file or the folder of the case should stand."""
    name = draw.dice.choice([draw.file(), draw.file(), "case"])
    path, aside = draw.folder / name, draw.folder.parent / "aside"
    path.rename(aside)
    match draw.dice.randrange(5):
        case 0 if name != "case":
            path.mkdir()
        case 1:
            path.symlink_to(aside)
        case 2:
            path.symlink_to(draw.folder / "nowhere")
        case 3:
            path.symlink_to(path)
        case _:
            os.mkfifo(path)
    return name


def renamed(draw: Draw) -> str:
    name = draw.file()
    path = draw.folder / name
    path.rename(path.with_name(draw.dice.choice([path.name.upper(), f"{path.name}.txt", f" {path.name}", "a.csv"])))
    return name


def exchanged(draw: Draw) -> str:
    one, two = draw.dice.sample([f"{stem}.csv" for stem in STEMS], 2)
    data = (draw.folder / one).read_bytes(), (draw.folder / two).read_bytes()
    draw.put(one, data[1])
    draw.put(two, data[0])
    return one


def not_readable(draw: Draw) -> str | None:
    if os.geteuid() == 0:
        return None
    name = draw.dice.choice([draw.file(), "case"])
    (draw.folder / name).chmod(0)
    return name


def no_plan(draw: Draw) -> str:
    shutil.rmtree(draw.folder)
    match draw.dice.randrange(4):
        case 0:
            shutil.copytree(shipped.path("starter"), draw.folder)
        case 1:
            draw.folder.mkdir()
        case 2:
            draw.folder.symlink_to(draw.folder.parent / "nowhere")
        case _:
            draw.folder.mkdir()
            draw.put("plan.json", draw.dice.choice([b"", b"[]", b"\x89PNG", b"5"]))
    return ""


DAMAGED: tuple[Spoil, ...] = (
    cut_short, emptied, missing, binary, byte_changed, other_encoding, header_changed, row_changed, csv_broken,
    json_broken, not_a_file, renamed, exchanged, not_readable, no_plan,
)  # fmt: skip


# What is made of them


COMMANDS: dict[str, Callable[[Path, Bench], list[str | Path]]] = {
    "audit": lambda plan, _: ["audit", plan],
    "audit --json": lambda plan, _: ["audit", plan, "--json"],
    "compare": lambda plan, bench: ["compare", bench.good, plan, "--csv", bench.out / "a.csv"],
    "compare, first": lambda plan, bench: ["compare", plan, bench.good, "--json"],
    "report": lambda plan, bench: ["report", plan, "-o", bench.out / "a.html"],
    "report, second": lambda plan, bench: ["report", bench.good, plan, "-o", bench.out / "a.html"],
    "network": lambda plan, bench: ["network", plan, "--graphml", bench.out / "a.graphml"],
    "export": lambda plan, bench: ["export", plan, "-o", bench.out / "a.xlsx"],
    "export, accounts": lambda plan, bench: ["export", plan, "--accounts", "ifrs16", "-o", bench.out / "books"],
    "export, focus": lambda plan, bench: ["export", plan, "--focus", bench.out / "a.csv"],
    "prices": lambda plan, bench: ["prices", plan, "--workers", "1", "--csv", bench.out / "a.csv"],
    "stress": lambda plan, bench: ["stress", plan, bench.events, "-o", bench.out / "stress"],
    "advance": lambda plan, bench: ["advance", plan, "--to", "2028-01-01", "-o", bench.out / "later"],
    "solve": lambda plan, bench: ["solve", bench.case, "-o", bench.out / "plan", "--start", plan],
    "replan": lambda plan, bench: ["replan", bench.case, "--from", plan, "-o", bench.out / "plan"],
    "frontier": lambda plan, bench: [
        "frontier", bench.case, "--of", "debt", "--start", plan, "--csv", bench.out / "a.csv",
    ],
    "alternatives": lambda plan, bench: [
        "alternatives", bench.case, "--start", plan, "--csv", bench.out / "a.csv",
    ],
    "sweep": lambda plan, bench: [
        "sweep", bench.case, "--vary", "case.discount_rate = 0.1", "--start", plan, "-o", bench.out / "sweep",
    ],
}  # fmt: skip
"""every command that reads a plan, with words that make it read one"""


@dataclass(frozen=True)
class Bench:
    """Plans that agree, and a place for copies of them."""

    place: Path

    @cached_property
    def case(self) -> Path:
        return shipped.path("starter")

    @cached_property
    def good(self) -> Path:
        folder = self.place / "good"
        solve(Case.read(self.case)).write(folder)
        assert audit(folder).agrees
        return folder

    @cached_property
    def events(self) -> Path:
        file = self.place / "events.csv"
        file.write_text(EVENTS, encoding="utf-8")
        return file

    @cached_property
    def stressed(self) -> Path:
        """A stress plan that breaks limits."""
        result = CliRunner().invoke(main, list(map(str, ["stress", self.good, self.events, "-o", self.place / "s"])))
        assert result.exit_code == 0, result.output
        assert audit(self.place / "s" / "down").bought_out == 3
        return self.place / "s" / "down"

    @cached_property
    def out(self) -> Path:
        (self.place / "out").mkdir()
        return self.place / "out"

    @cached_property
    def plans(self) -> dict[Path, Plan]:
        return {folder: Plan.read(folder) for folder in (self.good, self.stressed)}

    def spoilt(self, spoil: Spoil, dice: random.Random) -> tuple[Path, str] | None:
        """A copy of a plan that is spoilt, and what a finding must name; None where the draw changed nothing."""
        source = dice.choice([self.good, self.stressed])
        folder = Path(tempfile.mkdtemp(dir=self.place)) / "plan"
        shutil.copytree(source, folder)
        about = spoil(Draw(folder, dice, self.plans[source]))
        return None if about is None else (folder, about)

    def judge(self, family: str, spoil: Spoil, dice: random.Random, commands: list[str]) -> Iterator[Verdict]:
        """The verdicts on one draw, a verdict for each command; none where the draw changed nothing."""
        found = self.spoilt(spoil, dice)
        if found is None:
            return
        folder, about = found
        for command in commands:
            outcome, why = self._run(command, folder, about)
            yield Verdict(family, f"{spoil.__name__}: {command}", outcome, why and f"{why} [{folder}]")
        if not os.environ.get("KEEP_SPOILT"):
            shutil.rmtree(folder.parent)

    def _run(self, command: str, folder: Path, about: str) -> tuple[Outcome, str]:
        result = CliRunner().invoke(main, list(map(str, COMMANDS[command](folder, self))))
        said = result.output
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            return Outcome.FAULT, f"ends in {result.exception!r}"
        if result.exit_code == 0 and about == "" and command.startswith("audit"):
            plan, good = Plan.read(folder), Plan.read(self.good)
            if abs(plan.record.objective_usd_bn - good.record.objective_usd_bn) <= 1e-6:
                return Outcome.AS_GOOD, ""
        if result.exit_code not in FOUND:
            return Outcome.FAULT, f"status {result.exit_code}: {said[-300:]}"
        if "Traceback" in said or list(self.out.iterdir()):
            return Outcome.FAULT, f"traceback, or something was written: {said[-300:]}"
        if not self._named(said, about, as_json=command == "audit --json"):
            return Outcome.FAULT, f"does not name {about!r}: {said[:300]}"
        return Outcome.FOUND, ""

    def _named(self, said: str, about: str, *, as_json: bool) -> bool:
        """Whether what a command said names the file and the key that were changed."""
        file, _, key = about.partition(" ")
        if as_json and said.startswith("{"):
            findings = json.loads(said)["findings"]
            return any(each["file"].startswith(file) and each["column"].startswith(key) for each in findings)
        if "… and " in said:  # the first findings only
            return True
        return any(file in line and key in line for line in said.splitlines())


def drawn(
    family: str, kinds: tuple[Spoil, ...], count: int, seed: int, commands: list[str] | None, place: Path
) -> Iterator[Verdict]:
    """The verdicts on so many spoilt plans, kind by kind in turn; of all commands, or of one drawn for each plan."""
    bench = Bench(place)
    done = n = 0
    while done < count:
        spoil, dice = kinds[n % len(kinds)], random.Random(f"{family} {seed} {n}")
        verdicts = [*bench.judge(family, spoil, dice, commands or ["audit --json", dice.choice([*COMMANDS][2:])])]
        done, n = done + bool(verdicts), n + 1
        yield from verdicts


# Limits dropped, and named as broken


def without_limits(bench: Bench, dice: random.Random) -> tuple[Plan, list[str]]:
    """A plan that may break any limits but some, whose record names those that it breaks as a stress plan's would."""
    case = Case.read(bench.case)
    rules = sorted({limit.rule for limit in Portfolio.of(case).limits} - {MEET_DEMAND})
    dropped = rules if dice.random() < 0.3 else dice.sample(rules, dice.randint(1, len(rules)))
    leeway = Leeway(lambda limit: limit.rule in dropped, 1e6)
    plan = solve(case, study=StudyOptions(leeway=leeway))
    return plan, dropped


def judge_without_limits(bench: Bench, dice: random.Random) -> Iterator[Verdict]:
    """No limit may be dropped by a plan that says of no event; with an event, only what a stress may loosen."""
    plan, dropped = without_limits(bench, dice)
    stress = Plan.read(bench.stressed).record.stress
    for kind, told in (("no event", None), ("an event", stress)):
        folder = Path(tempfile.mkdtemp(dir=bench.place)) / "plan"
        replace(plan, record=replace(plan.record, stress=told)).write(folder)
        found = audit(folder)
        loose = loose_in(plan.case)
        portfolio = Portfolio.of(plan.case)
        x = np.array([plan.values.get(name, 0.0) for name in portfolio.ledgers.names])
        strict = [limit for limit, _ in Solution(portfolio, x).breaches() if told is None or not loose(limit)]
        fine = found.agrees is not bool(strict)
        why = "" if fine else f"{plan.record.objective_usd_bn:.3f} without {dropped}: {found.text()[-300:]} [{folder}]"
        yield Verdict("tampered", f"limits dropped, {kind}", Outcome.FOUND if fine else Outcome.FAULT, why)


# What studies keep


def edited(place: Path, dice: random.Random) -> str:
    """Edit or damage what a study keeps of a run; in words what was done."""
    outcome, plan = place / "outcome.json", place / "plan"
    told = json.loads(outcome.read_text(encoding="utf-8"))
    files = [path for path in sorted(plan.rglob("*")) if path.is_file()]
    how = dice.randrange(9)
    if how in (0, 1):
        key = dice.choice(["objective_usd_bn", "bound_usd_bn", "gap", "status", "seconds", "message", "run", "more"])
        told[key] = dice.choice([each for each in (1.0, "proven", "infeasible", None, []) if each != told.get(key, 0)])
        outcome.write_text(json.dumps(told), encoding="utf-8")
        return f"{key} edited"
    if how == 2:
        outcome.write_bytes(dice.choice([b"", b"{", b"[]", b"\xff", b"[" * 100_000, outcome.read_bytes()[:-9]]))
        return "outcome spoilt"
    if how == 3:
        outcome.unlink()
        return "outcome missing"
    path = dice.choice(files)
    match how:
        case 4:
            path.write_bytes(path.read_bytes() + b"\n")
        case 5:
            path.unlink()
        case 6:
            shutil.rmtree(plan)
        case 7:
            (plan / "more.txt").write_text("more", encoding="utf-8")
        case _:
            shutil.rmtree(place)
            dice.choice([lambda: place.write_bytes(b""), lambda: place.symlink_to("nowhere"), place.mkdir])()
            return "another thing in its place"
    return f"{path.name} of the plan, way {how}"


def judge_kept(place: Path, dice: random.Random, tries: int = 20) -> Iterator[Verdict]:
    """A kept result that was edited is solved again and replaced, and its folder is named."""
    base = Base.of(Case.read(shipped.path("starter")))
    run = Run("rate", ("case.discount_rate = 0.1",))
    folder = Path(tempfile.mkdtemp(dir=place))
    (first,) = carry_out(base, [run], InThisProcess, folder=folder)
    (kept,) = folder.iterdir()
    for _ in range(tries):
        how = edited(kept, dice)
        (again,) = carry_out(base, [run], InThisProcess, folder=folder)
        (third,) = carry_out(base, [run], InThisProcess, folder=folder)
        same = (again.objective_usd_bn, again.status) == (first.objective_usd_bn, first.status)
        fine = same and again.replaced == kept and third.replaced is None and third.packed == again.packed
        why = "" if fine else f"{how}: {again.status} {again.objective_usd_bn} replaced {again.replaced} [{folder}]"
        yield Verdict("kept", how.split(",")[0], Outcome.FOUND if fine else Outcome.FAULT, why)


def table(verdicts: list[Verdict]) -> str:
    """How many there were by family, kind and outcome, and in all."""
    counts = Counter((each.family, each.kind.split(":")[0], each.outcome) for each in verdicts)
    kinds = sorted({(family, kind) for family, kind, _ in counts})
    lines = [f"{'':45}" + "".join(f"{outcome:>9}" for outcome in Outcome)]
    for family, kind in kinds:
        lines.append(f"{family:10}{kind:35}" + "".join(f"{counts[family, kind, o] or '-':>9}" for o in Outcome))
    total = Counter(each.outcome for each in verdicts)
    lines.append(f"{f'{len(verdicts)} verdicts':45}" + "".join(f"{total[o] or '-':>9}" for o in Outcome))
    return "\n".join(lines)


def faults(verdicts: list[Verdict]) -> list[str]:
    """What went wrong, draw by draw."""
    return [f"{each.family}, {each.kind}: {each.why}" for each in verdicts if each.outcome is Outcome.FAULT]


def everything(seed: int, count: int, place: Path) -> Iterator[Verdict]:
    """The verdicts on so many plans of each family, through every command where they are damaged."""
    yield from drawn("tampered", TAMPERED, count, seed, None, place)
    yield from drawn("damaged", DAMAGED, count, seed, [*COMMANDS], place)
    bench = Bench(place)
    for n in range(max(1, count // 20)):
        yield from judge_without_limits(bench, random.Random(f"limits {seed} {n}"))
        yield from judge_kept(place, random.Random(f"kept {seed} {n}"))


if __name__ == "__main__":
    asked = [int(word) for word in sys.argv[1:]] + [1, 300][len(sys.argv) - 1 :]
    with tempfile.TemporaryDirectory() as temporary:
        found = list(everything(asked[0], asked[1], Path(temporary)))
    print(*faults(found), table(found), sep="\n")  # noqa: T201
    sys.exit(bool(faults(found)))
