"""What stands at a path, by what is in it, so that a file or folder in the wrong place is called by its name.

    plan.json                            a plan, or a hedge where its record says so
    case.toml                            a case
    study.json                           a sweep
    simulate.json                        a simulation
    only tables of actuals               a folder of actuals
    a header with columns of FOCUS       a file of commitments, or a bill
    a header event, kind, subject        a file of events
    PK and the ending .xlsx              a workbook
    plan.json, case.toml, case tables    a file of a plan or a case, which is its folder

Each is told with the command that takes it. Nothing else is recognised.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PLAN, SETTINGS, SWEEP, SIMULATION = "plan.json", "case.toml", "study.json", "simulate.json"
"""files that tell folders of another kind"""
CASE = "case"
"""folder of the case in the folder of a plan"""
ACTUALS = frozenset({"cash.csv", "usage.csv", "deliveries.csv", "demand.csv", "prices.csv"})
COMMITMENTS, BILL = "ContractCommitmentId", "ChargePeriodStart"
"""columns that tell the datasets of FOCUS"""
EVENTS = ("event", "kind", "subject")
"""first columns of a file of events"""
WORKBOOK = ".xlsx"
BEGINNING = 20_000
"""bytes of a file that are looked at"""


def described(path: Path) -> str:
    """What stands at a path and which command takes it; empty where it is nothing known."""
    with suppress(OSError, ValueError):
        if path.is_dir():
            return _folder(path)
        if path.is_file():
            return _file(path)
    return ""


def _folder(path: Path) -> str:
    names = {each.name for each in path.iterdir()}
    if PLAN in names:
        begin = b"".join(_beginning(path / PLAN)[:200].split())
        if begin.startswith(b'{"kind":"hedge"'):
            return f"a hedge, which holds a plan for each future; its case is in {path / CASE}"
        return f"a plan; its case is in {path / CASE}"
    if SETTINGS in names:
        return "a case; planner solve makes a plan of it"
    if SWEEP in names:
        return "a sweep, with its plans in runs; planner report shows it"
    if SIMULATION in names:
        return "a simulation of planner simulate"
    tables = {name for name in names if name.endswith(".csv")}
    if tables and tables <= ACTUALS and tables != {"demand.csv"} and CASE not in names:
        return "a folder of actuals; planner advance reads it with --actuals"
    return ""


def _file(path: Path) -> str:
    begin = _beginning(path)
    if path.name == PLAN:
        return f"the record of a plan; the plan is its folder, {path.parent}"
    if path.name == SETTINGS:
        return f"the settings of a case; the case is their folder, {path.parent}"
    if path.suffix.lower() == WORKBOOK and begin.startswith(b"PK"):
        return "a workbook; commands that take a case read it"
    header = next(_rows(begin), [])
    if COMMITMENTS in header:
        return "a FOCUS Contract Commitment file; planner import reads it"
    if BILL in header:
        return "a FOCUS Cost and Usage file; planner import reads it"
    if tuple(header[: len(EVENTS)]) == EVENTS:
        return "a file of events; planner stress reads it"
    if path.suffix.lower() == ".csv":
        for name, what in ((PLAN, "plan"), (SETTINGS, "case")):
            if (path.parent / name).is_file():
                return f"a table of a {what}; the {what} is its folder, {path.parent}"
    return ""


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(BEGINNING)


def _rows(begin: bytes) -> Iterator[list[str]]:
    """The rows of a text of comma-separated cells; none where it is no text."""
    try:
        text = begin.decode("utf-8-sig", "strict" if len(begin) < BEGINNING else "ignore")
        yield from ([cell.strip() for cell in row] for row in csv.reader(text.splitlines()) if row)
    except (UnicodeDecodeError, csv.Error):
        return
