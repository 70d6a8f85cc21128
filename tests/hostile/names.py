"""Files whose names are almost those of a case."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from planner.api import Case
from planner.basics.errors import Problem
from planner.common import settings
from tests.hostile.judge import SAID, Mutant

TABLES = (
    "{t}.csv.txt", "{t}.csv.gz", "{t}.csv.bak", "{t}.csv~", "{t}.csv.old", "{t}.csv.orig", "{t}.csv.zip",
    "{t}.csv.xlsx", "{t}.csv.tmp", "{t}.csv.", "{t}.csv ", "{t}", "{T}.csv", "{U}.csv", "{t} .csv", " {t}.csv",
    "{t} (1).csv", "{t}_old.csv", "{t}-copy.csv", "Copy of {t}.csv", "{t} - Copy.csv", "{t}.v2.csv", "old_{t}.csv",
    "{s}.csv", "{t}s.csv", "{t}.CSV", "{t}.Csv", "{t}.tsv", "{t}.tab", "{t}.txt", "{t}.xlsx", "{t}.xls", "{t}.ods",
    "{t}.json", "{t}.parquet", "{t}.numbers", "{t}.cvs", "{t}csv", "{t},csv", "{t}_csv", ".{t}.csv", "_{t}.csv",
    "#{t}.csv#", "{t}.csv\u200b", "\u200b{t}.csv", "{h}.csv", "{h}.tsv", "{j}.csv", "{t}.csv.1", "{t}.1", "{t}.new",
    "{t}.csv.gpg", "{t}.csv\udcff",
)  # fmt: skip
"""names almost like {t}.csv; T, U: in capitals; s: without its last letter; h, j: joined by hyphens, or by nothing"""
SETTINGS = (
    "case.toml.bak", "case.toml~", "case.toml.txt", "case.toml.gz", "case.tml", "case.tom", "Case.toml", "CASE.TOML",
    "case.TOML", "case.yaml", "case.json", "case.ini", "case.cfg", "case", "case (1).toml", "case_old.toml",
    "cases.toml", ".case.toml", "case.toml.orig", "case.toml ", "case toml", "casetoml",
)  # fmt: skip


def names_of(table: str) -> list[str]:
    """Names almost like that of a table."""
    forms = {
        "t": table, "T": table.capitalize(), "U": table.upper(), "s": table[:-1], "h": table.replace("_", "-"),
        "j": table.replace("_", ""),
    }  # fmt: skip
    return [name for name in dict.fromkeys(form.format(**forms) for form in TABLES) if name != f"{table}.csv"]


def _read(case: Case, folder: Path, file: str, name: str, instead: bool, as_folder: bool) -> Case:
    """The case with a file under another name, instead of its own or beside it, or in a folder of that name."""
    shutil.rmtree(folder, ignore_errors=True)
    case.write(folder)
    data = case.files[file]
    if instead:
        (folder / file).unlink()
    if as_folder:
        (folder / name).mkdir()
        (folder / name / file).write_bytes(data)
    else:
        (folder / name).write_bytes(data)
    return Case.read(folder)


def mutants(case: Case, folder: Path, share: float, draw: random.Random) -> Iterator[Mutant]:
    """A share of the case's files under almost their names."""

    def made(file: str, name: str, instead: bool, as_folder: bool = False) -> Mutant:
        def about_it(problem: Problem) -> bool:
            return problem.file in (name, file) and (instead or problem.file == name)

        kind = ("instead of" if instead else "beside") + (" case.toml" if file == settings.FILE else " a table")
        read = partial(_read, case, folder, file, name, instead, as_folder)
        return Mutant(f"{'folder' if as_folder else 'name'} {kind}", ascii(f"{name} for {file}"), read, about_it, SAID)

    for file in sorted(case.files):
        stem = file.rpartition(".")[0]
        names = SETTINGS if file == settings.FILE else names_of(stem)
        for name in names:
            for instead in (True, False):
                if draw.random() < share:
                    yield made(file, name, instead)
        for name in (stem, "tables", f"{stem}.d", *([file] if file != settings.FILE else [])):
            if draw.random() < share:
                yield made(file, name, instead=True, as_folder=True)
