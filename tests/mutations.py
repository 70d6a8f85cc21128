"""Shipped cases, spoilt one thing at a time, and what the reader makes of each: refused in the right place, or right.

A mutant is a case of which one cell, row, column, key or file is changed as people and spreadsheets change them. It is

    rejected    with a problem that names the place, or one that hangs on the place and names it
    same        it reads like the original, row by row
    changed     it reads exactly as its text says, by a second reader that shares nothing with the planner's

and each kind says which of these it may be. All else is a fault: a crash, a problem elsewhere, a change lost or made
up. `python -m tests.mutations [ROUNDS]` prints how many there were of each; every draw is seeded.
"""

from __future__ import annotations

import csv
import io
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args, get_origin

from planner.api import Case
from planner.basics.errors import DataError, Problem
from planner.case import shipped
from planner.catalogue import CATALOGUE
from planner.common import settings
from planner.common.settings import Settings, SolverSettings
from planner.tables.fields import OFFERS, value_type
from planner.tables.offer import Offer
from planner.tables.table import Row, TableField


class Outcome(StrEnum):
    REJECTED = "rejected"
    SAME = "same"
    CHANGED = "changed"
    FAULT = "fault"


REJECTED, SAME, CHANGED = frozenset({Outcome.REJECTED}), frozenset({Outcome.SAME}), frozenset({Outcome.CHANGED})
EITHER = REJECTED | CHANGED
ANY = EITHER | SAME


@dataclass(frozen=True)
class Mutant:
    """A changed file of a case."""

    kind: str
    file: str
    data: bytes | None
    """content; None: the file is gone"""
    allowed: frozenset[Outcome]
    line: int | None = None
    """where the change is; None: the file as a whole"""
    column: str = ""
    words: tuple[str, ...] = ()
    """what a problem elsewhere would quote: old and new value, the row's key"""
    name: str = ""
    """under which the file stands; blank: its own"""
    plain: bytes | None = None
    """what says the same with commas and points, where the file has others"""


@dataclass(frozen=True)
class Sheet:
    """A table's file as cells, with the line on which each row starts."""

    header: list[str]
    rows: list[list[str]]
    lines: list[int]

    @classmethod
    def of(cls, data: bytes) -> Sheet:
        reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        header = next(reader)
        rows, lines, start = [], [], reader.line_num + 1
        for row in reader:
            if row:
                rows.append(row)
                lines.append(start)
            start = reader.line_num + 1
        return cls(header, rows, lines)

    def text(self, **how: Any) -> str:
        out = io.StringIO()
        csv.writer(out, lineterminator="\n", **how).writerows([self.header, *self.rows])
        return out.getvalue()

    def bytes(self) -> bytes:
        return self.text().encode()

    def line(self, i: int) -> int:
        """Line of row i in `text()`."""
        return 2 + sum(1 + sum(cell.count("\n") for cell in row) for row in self.rows[:i])

    def having(self, i: int, j: int, text: str) -> Sheet:
        """The sheet with another text in row i, column j."""
        rows = [list(row) for row in self.rows]
        rows[i][j] = text
        return Sheet(self.header, rows, self.lines)


# What the text says, read a second time


def second_reading(row: type[Row], data: bytes) -> list[dict[str, object]]:
    """The values of a table's rows, read loosely; ValueError or KeyError where there is no sense in them."""
    sheet = Sheet.of(data)
    cells = row.fields()
    names = [name.strip() for name in sheet.header]
    while names and not names[-1]:
        names.pop()
    found = []
    for whole in sheet.rows:
        record = [*whole]
        while len(record) > len(names) and not record[-1].strip():
            record.pop()
        if not any(text.strip() for text in record):
            continue
        texts = {name: text.strip() for name, text in zip(names, record, strict=True)}
        found.append(
            {
                name: _value(cell, texts[name]) if texts.get(name) else _blank(cell, name in names)
                for name, cell in cells.items()
            }
        )
        for name in names:
            cells[name]
    return found


def _blank(cell: TableField, there: bool) -> object:
    if not cell.optional:
        raise ValueError(f"{cell.name} is {'blank' if there else 'missing'}")
    return cell.default


def _value(cell: TableField, text: str) -> object:
    kind: Any = value_type(cell.annotation)
    if get_origin(kind) is frozenset:
        return frozenset(get_args(kind)[0](part.strip()) for part in text.split("|"))
    if kind is bool:
        return {"true": True, "false": False}[text.lower() if text.isupper() else text]
    if kind is date:
        return date.fromisoformat(text)
    if kind is int:
        return int(float(text))
    return kind(text)


# One cell


def _kind(cell: TableField) -> str:
    kind: Any = value_type(cell.annotation)
    if get_origin(kind) is frozenset:
        return "set"
    if kind in (bool, date, int, float):
        return {bool: "truth", date: "date", int: "whole", float: "number"}[kind]
    if kind is str:
        if cell.about.refers:
            return "reference"
        return "name" if cell.about.identifier else "text"
    return "choice"


def cell_mutants(file: str, row: type[Row], sheet: Sheet, i: int, j: int, draw: random.Random) -> Iterator[Mutant]:
    """Everything done to one cell."""
    name, old = sheet.header[j], sheet.rows[i][j].strip()
    cell = row.fields()[name]
    key = tuple(sheet.rows[i][sheet.header.index(column)].strip() for column in row.about.key)
    for kind, text, allowed in _texts(cell, old, [each[j].strip() for each in sheet.rows], draw):
        yield Mutant(
            kind, file, sheet.having(i, j, text).bytes(), allowed, sheet.line(i), name, (old, text.strip(), *key)
        )
    if issubclass(row, Offer) and cell.about.refers in (OFFERS, f"{row.about.name}.offer"):
        circle = sheet.having(i, j, key[0]).bytes()
        yield Mutant("circle", file, circle, REJECTED, sheet.line(i), name, key)
    quoted = sheet.having(i, j, "\1").text().replace("\1", '"' + old.replace('"', '""') + '"')
    yield Mutant("cell quoted", file, quoted.encode(), SAME, sheet.line(i), name)


def _texts(
    cell: TableField, old: str, others: list[str], draw: random.Random
) -> Iterator[tuple[str, str, frozenset[Outcome]]]:
    """Kind of mutation, text put into the cell, what may come of it."""
    kind = _kind(cell)
    if old:
        yield "cell blank", "", ANY if cell.optional else REJECTED
        yield "cell padded", f"  {old}\t", SAME
        yield "cell padded by a no-break space", f"\u00a0{old}\u202f", SAME
    loose = EITHER | SAME if kind in ("text", "name") or cell.about.foreseen else REJECTED
    yield "nan in a cell", draw.choice(["nan", "NaN", "NA", "null", "None"]), loose
    yield (
        "spreadsheet error in a cell",
        draw.choice(["#N/A", "#REF!", "#VALUE!", "#DIV/0!"]),
        (EITHER if kind == "text" else REJECTED),
    )
    yield (
        "formula in a cell",
        draw.choice(["=A1+1", "@SUM(A1)", "=cmd|' /C calc'!A0"]),
        (EITHER if kind == "text" else REJECTED),
    )
    yield (
        "control character in a cell",
        old + draw.choice(["\x00", "\x1b[31m", "\x7f", "\x85x", "\x08", "a\x0cb"]),
        REJECTED,
    )
    yield "cell too long", "x" * 140_000, REJECTED
    yield from {"number": _numbers, "whole": _numbers, "date": _dates, "truth": _truths}.get(kind, _words)(
        cell, old, others, draw
    )


Texts = Iterator[tuple[str, str, frozenset[Outcome]]]


def _numbers(cell: TableField, old: str, others: list[str], draw: random.Random) -> Texts:
    value = float(old or 7)
    size = abs(value) or 7.0
    yield (
        "text in a number",
        draw.choice(["abc", "1 GW", "5%", "$5", "n/a", "-", "1e", ".", "--1", "about 5"]),
        REJECTED,
    )
    yield "thousands separator", draw.choice(["1,234", "1 234", "1'234", "1_234", "1.234.567", "1\u202f234"]), REJECTED
    yield "wrong decimal sign", f"{size:.1f}".replace(".", draw.choice(",·٫")), REJECTED
    yield "infinity", draw.choice(["inf", "-inf", "Infinity", "1e999", "-1e400", "∞"]), REJECTED
    yield "too small to be told from 0", "1e-400", REJECTED
    yield "digits of another script", draw.choice(["٣", "５", "Ⅳ", "²", "−5", "0x10", "0b1", "(5)", "1/2"]), REJECTED
    yield "absurd number", f"{draw.choice(['', '-'])}{size:g}e12", REJECTED
    yield "number negative", f"-{size!r}", EITHER
    yield "number × 1000", repr(size * 1000), ANY
    yield "number ÷ 1000", repr(size / 1000), ANY
    yield "number × 100", repr(size * 100), ANY
    if old:
        yield "number respelled", draw.choice([f"+{value!r}", f"{value!r}e0", f"{value!r}E+00", f"00{value!r}"]), SAME
    if _kind(cell) == "whole":
        yield "fraction in a whole number", f"{int(size)}.5", REJECTED


def _dates(cell: TableField, old: str, others: list[str], draw: random.Random) -> Texts:
    day = date.fromisoformat(old or "2027-07-01")
    yield "Excel date", draw.choice(["46204", "46204.0", "1904-01-01", "1900-01-00"]), REJECTED
    spelled = [
            f"{day:%d/%m/%Y}", f"{day:%m/%d/%y}", f"{day:%Y/%m/%d}", f"{day:%d.%m.%Y}", f"{day:%d %b %Y}",
            f"{day:%Y%m%d}", f"{day:%Y-%m}", f"{day:%Y}", f"{day} 00:00:00", f"{day}T00:00", f"{day}Z",
            f"{day.year}-{day.month}-{day.day}", f"{day:%Y}-W01-1", f"{day.year}-182",
        ]  # fmt: skip
    yield "date spelled otherwise", draw.choice([text for text in spelled if text != day.isoformat()]), REJECTED
    yield (
        "date that is none",
        draw.choice(["2027-02-30", "2027-13-01", "2027-00-10", "0000-01-01", "2027-06-31"]),
        REJECTED,
    )
    yield "absurd date", draw.choice(["9999-12-31", "0001-01-01", "1899-12-30", "2207-07-01"]), REJECTED
    yield "date later", (day.replace(day=1, year=day.year + draw.choice([1, 3]))).isoformat(), ANY
    yield "date earlier", (day.replace(day=1, year=day.year - draw.choice([1, 3]))).isoformat(), ANY
    yield "number in a date", "7.5", REJECTED


def _truths(cell: TableField, old: str, others: list[str], draw: random.Random) -> Texts:
    yield (
        "truth spelled otherwise",
        draw.choice(["True", "False", "1", "0", "yes", "no", "y", "wahr", "T", "on"]),
        REJECTED,
    )
    yield "truth turned round", {"true": "false"}.get(old, "true"), ANY
    yield "truth in capitals", (old or "true").upper(), ANY


def _words(cell: TableField, old: str, others: list[str], draw: random.Random) -> Texts:
    kind = _kind(cell)
    known = [text for text in dict.fromkeys(others) if text and text != old]
    if known:
        yield "another word of the column", draw.choice(known), EITHER
    if kind == "text":
        yield "text changed", f'{old}, "or" else\nnot', CHANGED | REJECTED
        return
    strange = [
        "Über",
        "us-south",
        "us south",
        "9lives",
        "_x",
        "a__b",
        "x_",
        "аws",
        "a\u200bb",
        "../x",
        "x/y",
        "tpu;gpu",
    ]
    yield "word that is no name", draw.choice(strange), REJECTED
    yield "word in capitals", (old or "a").upper(), REJECTED
    foreseen = cell.about.foreseen
    yield "unknown name", "nowhere_to_be_found", EITHER if kind == "name" or foreseen else REJECTED
    if old:
        yield (
            "name mistyped",
            old[:-1] + ("a" if old[-1] != "a" else "e"),
            EITHER if kind == "name" or foreseen else REJECTED | (CHANGED if kind == "reference" else frozenset()),
        )
    if kind == "set":
        yield (
            "set joined otherwise",
            draw.choice(["tpu;gpu", "tpu,gpu", "tpu gpu", "tpu||gpu", "tpu|", "tpu|tpu"]),
            REJECTED,
        )
        yield "set in another order", "|".join(reversed(old.split("|"))), SAME


# Rows


def row_mutants(file: str, row: type[Row], sheet: Sheet, i: int, draw: random.Random) -> Iterator[Mutant]:
    """Everything done to one row."""
    record, header = sheet.rows[i], sheet.header
    key = tuple(record[header.index(column)].strip() for column in row.about.key)

    def made(kind: str, rows: list[list[str]], allowed: frozenset[Outcome], at: int, column: str = "") -> Mutant:
        changed = Sheet(header, rows, [])
        return Mutant(kind, file, changed.bytes(), allowed, changed.line(at) if at < len(rows) else None, column, key)

    rows = sheet.rows
    end, where = len(rows), draw.randrange(len(rows) + 1)
    yield made("row dropped", rows[:i] + rows[i + 1 :], EITHER, end)
    yield made("row twice", [*rows, record], REJECTED, end)
    yield made("row twice", [*rows[:i], record, *rows[i:]], REJECTED, i + 1)
    yield made("rows in another order", draw.sample(rows, end), SAME, end)
    yield made("row blank", [*rows[:where], [""] * len(header), *rows[where:]], SAME, where)
    yield made("row too short", [*rows[:i], record[:-1], *rows[i + 1 :]], REJECTED, i)
    yield made("row too long", [*rows[:i], [*record, draw.choice(["x", "0"])], *rows[i + 1 :]], REJECTED, i)
    yield made("row with blanks behind it", [*rows[:i], [*record, "", ""], *rows[i + 1 :]], SAME, i)
    yield made("header again", [*rows[:where], header, *rows[where:]], REJECTED, where)
    yield made("comment", [*rows[:where], ["# checked"], *rows[where:]], REJECTED if len(header) > 1 else ANY, where)
    yield made("sum below", [*rows, ["Total", *record[1:]]], REJECTED, end)
    lines = sheet.text().splitlines(keepends=True)
    if len(lines) == len(rows) + 1:
        between = [*lines[: where + 1], "\n", *lines[where + 1 :]]
        yield Mutant("empty line", file, "".join(between).encode(), SAME)
        if len(header) > 1:
            text = "".join([*lines[: i + 1], lines[i + 1].replace(",", ";"), *lines[i + 2 :]])
            yield Mutant("one row by semicolons", file, text.encode(), REJECTED, 2 + i)
        quote = "".join([*lines[: i + 1], f'"{lines[i + 1]}', *lines[i + 2 :]])
        yield Mutant("quote not closed", file, quote.encode(), REJECTED, 2 + i)
    values = [c for c in header if c not in row.about.key and c != "source"]
    if values:
        j = header.index(draw.choice(values))
        twin = [*record]
        twin[j] = draw.choice([other[j] for other in rows])
        yield made("row twice with another value", [*rows, twin], REJECTED, end)
    if "from_date" in row.about.key and end > 1:
        others = [header.index(column) for column in row.about.key if column != "from_date"]
        when = header.index("from_date")
        series = [k for k in range(end) if k != i and all(rows[k][other] == record[other] for other in others)]
        if series:
            twin = [*record]
            twin[when] = rows[draw.choice(series)][when]
            yield made("dates overlap", [*rows[:i], twin, *rows[i + 1 :]], REJECTED, i)


# Columns


def column_mutants(file: str, row: type[Row], sheet: Sheet, j: int, draw: random.Random) -> Iterator[Mutant]:
    """Everything done to one column."""
    header, rows = sheet.header, sheet.rows
    name = header[j]
    optional = row.fields()[name].optional

    def made(kind: str, names: list[str], body: list[list[str]], allowed: frozenset[Outcome], word: str) -> Mutant:
        return Mutant(kind, file, Sheet(names, body, []).bytes(), allowed, 1, word)

    def named(other: str) -> list[str]:
        return [*header[:j], other, *header[j + 1 :]]

    yield made(
        "column dropped",
        header[:j] + header[j + 1 :],
        [r[:j] + r[j + 1 :] for r in rows],
        ANY if optional else REJECTED,
        name,
    )
    yield made("column twice", [*header, name], [[*r, r[j]] for r in rows], REJECTED, name)
    yield made("column twice, the second blank", [*header, name], [[*r, ""] for r in rows], REJECTED, name)
    yield made("column unknown", [*header, "remarks"], [[*r, ""] for r in rows], REJECTED, "remarks")
    yield made("column without a name", [*header, ""], [[*r, "0"] for r in rows], REJECTED, "")
    yield made("blank column without a name", [*header, ""], [[*r, ""] for r in rows], SAME, "")
    wrong = draw.choice([name[:-1], name.upper(), name.replace("_", " "), f"{name} (GW)", f"{name}s", f"\u200b{name}"])
    if wrong != name and wrong not in row.fields():
        yield made("column renamed", named(wrong), rows, REJECTED, wrong)
    unit = re.sub(
        "_(gw|mw|share|usd_bn|months|years)$",
        lambda m: {"_gw": "_kw", "_mw": "_kw", "_share": "_percent"}.get(m[0], "_k"),
        name,
    )
    if unit != name:
        yield made("column in another unit", named(unit), rows, REJECTED, unit)
    yield made("column named with blanks", named(f" {name} "), rows, SAME, name)
    order = draw.sample(range(len(header)), len(header))
    yield made(
        "columns in another order", [header[k] for k in order], [[r[k] for k in order] for r in rows], SAME, name
    )
    if len(header) > 1:
        k = draw.choice([k for k in range(len(header)) if k != j])
        swapped = list(header)
        swapped[j], swapped[k] = header[k], header[j]
        yield Mutant("two headings swapped", file, Sheet(swapped, rows, []).bytes(), ANY, None, "")


# Files


def file_mutants(file: str, row: type[Row] | None, data: bytes, draw: random.Random) -> Iterator[Mutant]:
    """Everything done to a file as a whole."""
    text = data.decode("utf-8-sig")

    def made(
        kind: str, content: bytes | None, allowed: frozenset[Outcome], line: int | None = None, name: str = ""
    ) -> Mutant:
        return Mutant(kind, file, content, allowed, line, "", (), name)

    yield made("byte order mark", b"\xef\xbb\xbf" + data, SAME)
    yield made("CRLF", text.replace("\n", "\r\n").encode(), SAME)
    yield made("no line end at the end", text.rstrip("\n").encode(), SAME)
    yield made("empty lines at the end", (text + "\n\n").encode(), SAME)
    yield made("empty file", b"", REJECTED)
    yield made("only blanks", draw.choice([b" \n", b"\n\n", b"\r\n"]), REJECTED)
    for code in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield made(f"in {code}", text.encode(code), REJECTED)
    lines = text.split("\n")
    at = draw.randrange(1, len(lines) - 1) if len(lines) > 2 else 0
    for code in ("latin-1", "cp1252", "cp037"):
        spoilt = "\n".join([*lines[:at], lines[at] + "é", *lines[at + 1 :]])
        yield made(f"in {code}", spoilt.encode(code, errors="replace"), REJECTED, None if code == "cp037" else at + 1)
    yield made("noise", draw.randbytes(2000), REJECTED)
    yield made("a spreadsheet file", b"PK\x03\x04" + draw.randbytes(500), REJECTED)
    gone = REJECTED if row is None or row.about.required else EITHER
    yield made("file gone", None, gone if row is None or row.about.implied is None else ANY)
    wrong = draw.choice([file.replace("s.", "."), file.upper(), file.replace(".csv", " (1).csv"), f"copy_{file}"])
    if file not in (wrong, settings.FILE):
        yield made("file renamed", data, REJECTED, name=wrong)
        saved = file.replace(".csv", draw.choice([".xlsx", ".XLS", ".ods", ".tsv", ".txt"]))
        yield made("file saved otherwise", data, REJECTED, name=saved)
    yield made("cut short", data[: draw.randrange(len(data))], ANY)
    if row is None:
        return
    sheet = Sheet.of(data)
    yield made("by tabs", sheet.text(delimiter="\t").encode(), REJECTED if len(sheet.header) > 1 else ANY)
    by_semicolons = sheet.text(delimiter=";")
    yield replace(made("by semicolons", by_semicolons.encode(), REJECTED | SAME), plain=data)
    said = made("by semicolons, as its first line says", f"sep=;\n{by_semicolons}".encode(), REJECTED | SAME)
    yield replace(said, plain=data)
    commas = Sheet(sheet.header, [[_with_comma(text) for text in r] for r in sheet.rows], [])
    decimal = made("decimal commas by semicolons", commas.text(delimiter=";").encode(), REJECTED | SAME)
    yield replace(decimal, plain=data)
    yield made("by bars", sheet.text(delimiter="|").encode(), REJECTED if len(sheet.header) > 1 else ANY)
    yield made("every cell quoted", sheet.text(quoting=csv.QUOTE_ALL).encode(), SAME)
    yield made(
        "CR", sheet.text().replace("\n", "\r").encode(), ANY if any("\n" in c for r in sheet.rows for c in r) else SAME
    )
    yield made("only a header", Sheet(sheet.header, [], []).bytes(), REJECTED if row.about.required else EITHER)
    yield made("no header", Sheet(sheet.rows[0], sheet.rows[1:], []).bytes(), REJECTED, 1)
    yield made("a title above the header", (f"{row.about.title}\n" + sheet.text()).encode(), REJECTED, 1)


def _with_comma(text: str) -> str:
    """A number with a decimal comma; any other text as it is."""
    return text.replace(".", ",") if re.fullmatch(r"[+-]?\d+\.\d+", text) else text


# Settings

_KEY = re.compile(r"^(\w+) = (.*)$")


def key_mutants(data: bytes, draw: random.Random) -> Iterator[Mutant]:
    """Everything done to the keys of `case.toml`."""
    lines = data.decode().splitlines()
    section = next((n for n, line in enumerate(lines) if line.startswith("[")), len(lines))
    for n, line in enumerate(lines):
        found = _KEY.match(line)
        if found is None:
            continue
        prefix, model = ("", Settings) if n < section else ("solver.", SolverSettings)
        key, old = found[1], found[2]

        def made(kind: str, text: str, allowed: frozenset[Outcome], column: str = "") -> Mutant:
            joined = "\n".join([*lines[:n], *text.split("\n"), *lines[n + 1 :]]) + "\n"  # noqa: B023
            return Mutant(kind, settings.FILE, joined.encode(), allowed, n + 1, column or prefix + key)  # noqa: B023

        required = model.model_fields[key].is_required()
        yield made("key dropped", "", REJECTED if required else ANY)
        for wrong in {key[:-1], key.upper(), f"{key}s"}:
            yield made("key renamed", f"{wrong} = {old}", REJECTED, prefix + wrong)
        twice = made("key twice", f"{line}\n{line}", REJECTED)
        yield replace(twice, line=n + 2)
        yield made("key with a comment", f"# so\n{line}  # = 5", SAME)
        yield made("key quoted", f'"{key}" = {old}', SAME)
        yield made("key blank", f'{key} = ""', REJECTED if required else ANY)
        yield made("key without a value", f"{key} =", REJECTED)
        for text in ("nan", "inf", "-inf", "1e999", "[1]", "{a = 1}", "1979-05-27T07:32:00Z", "07:32:00"):
            yield made("absurd key", f"{key} = {text}", REJECTED)
        yield made("text in a key", f"{key} = many", REJECTED)
        if not old.startswith('"') and old not in ("true", "false"):
            yield made("text in a key", f'{key} = "{old}"', REJECTED if "-" not in old else ANY)
            yield made("wrong decimal sign in a key", f"{key} = 0,5", REJECTED)
            yield made("absurd key", f"{key} = 9e99", REJECTED)
            yield made("number negative", f"{key} = -3", EITHER)
        elif old in ("true", "false"):
            yield made("text in a key", f'{key} = "{old}"', REJECTED)
            yield made("truth spelled otherwise", f"{key} = {draw.choice(['True', '1', 'yes', '0'])}", REJECTED)
        else:
            yield made("number in a key", f"{key} = 5", REJECTED)
            control = f'{key} = "a\\u001b[31m"'
            yield made("control character in a key", control, REJECTED)
    order = draw.sample(lines[:section], section)
    yield Mutant("keys in another order", settings.FILE, "\n".join([*order, *lines[section:]]).encode(), SAME)
    yield Mutant(
        "section renamed", settings.FILE, data.replace(b"[solver]", b"[solvers]"), REJECTED, section + 1, "solvers"
    )
    yield Mutant("section twice", settings.FILE, data + b"\n[solver]\n", REJECTED)


# What becomes of them


@dataclass(frozen=True)
class Verdict:
    mutant: Mutant
    outcome: Outcome
    why: str = ""


class Bench:
    """A shipped case in a folder of its own, in which one file at a time is changed and put back."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        self.original = Case.read(shipped.path(name))
        self.original.write(folder)

    def judge(self, mutant: Mutant) -> Verdict:
        """What the reader makes of a mutant."""
        path, stands = self.folder / mutant.file, self.folder / (mutant.name or mutant.file)
        try:
            path.unlink()
            if mutant.data is not None:
                stands.write_bytes(mutant.data)
            outcome, why = self._read(mutant)
        finally:
            stands.unlink(missing_ok=True)
            path.write_bytes(self.original.files[mutant.file])
        if outcome not in mutant.allowed and outcome is not Outcome.FAULT:
            outcome, why = Outcome.FAULT, f"{outcome}: {why}"
        return Verdict(mutant, outcome, why)

    def _read(self, mutant: Mutant) -> tuple[Outcome, str]:
        try:
            case = Case.read(self.folder)
        except DataError as error:
            if any(blames(problem, mutant) for problem in error.problems):
                return Outcome.REJECTED, str(error)
            return Outcome.FAULT, f"no problem names the place:\n{error}"
        except Exception as error:  # a crash is what is looked for
            return Outcome.FAULT, f"crash: {error!r}"
        if mutant.file == settings.FILE:
            return self._settings(case, mutant)
        (row,) = (row for row in CATALOGUE.tables if row.about.file == mutant.file)
        for other in CATALOGUE.tables:
            if other is not row and case.rows(other) != self.original.rows(other):
                return Outcome.FAULT, f"{other.about.name} changed"
        if case.settings != self.original.settings:
            return Outcome.FAULT, "settings changed"
        try:
            says = (
                implied(row, self.original.files)
                if mutant.data is None
                else second_reading(row, mutant.plain or mutant.data)
            )
        except (ValueError, KeyError, csv.Error, StopIteration) as error:
            return Outcome.FAULT, f"accepted what has no sense: {error!r}"
        read = [{name: getattr(each, name) for name in row.fields()} for each in case.rows(row)]
        if read != says:
            return (
                Outcome.FAULT,
                f"read otherwise than it says: {[a for a, b in zip(read, says, strict=False) if a != b][:1]}",
            )
        mine, before = case.rows(row), self.original.rows(row)
        same = mine == before or (len(mine) == len(before) and set(mine) == set(before))
        return (Outcome.SAME if same else Outcome.CHANGED), ""

    def _settings(self, case: Case, mutant: Mutant) -> tuple[Outcome, str]:
        if case.tables.by_class != self.original.tables.by_class:
            return Outcome.FAULT, "tables changed"
        if case.settings == self.original.settings:
            return Outcome.SAME, ""
        changed = {
            name
            for name in Settings.model_fields
            if name != "solver" and getattr(case.settings, name) != getattr(self.original.settings, name)
        } | {
            f"solver.{name}"
            for name in SolverSettings.model_fields
            if getattr(case.settings.solver, name) != getattr(self.original.settings.solver, name)
        }
        if mutant.column and changed != {mutant.column}:
            return Outcome.FAULT, f"changed {changed}"
        return Outcome.CHANGED, ""


def blames(problem: Problem, mutant: Mutant) -> bool:
    """Whether a problem names the place that was changed, or hangs on it and names it.

    It names the place if file, line and column are the change's; where two columns contradict each other, the one
    changed may be named, or its value quoted, in what is expected. It hangs on it if it names another row with which
    the changed one makes a whole (`over all rows of`, `as the first of`, `line 7 has this one`), or if it stands
    elsewhere, names the changed file and quotes what stood or stands there.
    """
    text, said = str(problem), f"{problem.column} {problem.expected}"
    if problem.file == (mutant.name or mutant.file):
        if mutant.line is None or mutant.name:
            return True
        whole = not mutant.column or not problem.column
        if problem.line == mutant.line and (whole or _names(said, mutant.column) or _quotes(text, mutant)):
            return True
        if (problem.line is None or mutant.line == 1) and mutant.column and _names(said, mutant.column):
            return True
        together = re.search(r"over all rows of|as the first|has this one|a circle|in line \d+\b", text)
        if together and (not mutant.column or _names(text, mutant.column) or _quotes(text, mutant)):
            return True
    elsewhere = re.search(rf"{mutant.file.removesuffix('.csv')}|any offer table", problem.expected)
    return elsewhere is not None and (mutant.line in (None, 1) or _quotes(text, mutant))


def _quotes(text: str, mutant: Mutant) -> bool:
    return any(word and _names(text, word) for word in mutant.words)


def _names(text: str, column: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(column)}(?!\w)", text) is not None


def mutants(name: str, files: dict[str, bytes], share: float, rounds: int, seed: int) -> Iterator[Mutant]:
    """A share of the mutants of a case, drawn in as many rounds, each from other cells and rows."""
    by_file = {row.about.file: row for row in CATALOGUE.tables}
    for n in range(rounds):
        draw = random.Random(f"{name} {seed} {n}")
        for file, data in sorted(files.items()):
            row = by_file.get(file)
            found: list[Mutant] = [*file_mutants(file, row, data, draw)]
            if row is None:
                found += key_mutants(data, draw)
            else:
                sheet = Sheet.of(data)
                for j in range(len(sheet.header)):
                    filled = [i for i in range(len(sheet.rows)) if sheet.rows[i][j]]
                    i = draw.choice(filled) if filled and draw.random() < 0.9 else draw.randrange(len(sheet.rows))
                    found += cell_mutants(file, row, sheet, i, j, draw)
                    found += column_mutants(file, row, sheet, j, draw)
                for i in draw.sample(range(len(sheet.rows)), min(3, len(sheet.rows))):
                    found += row_mutants(file, row, sheet, i, draw)
            yield from (mutant for mutant in found if draw.random() < share)


def judged(
    name: str, share: float, rounds: int = 1, seed: int = 1, kinds: Container[str] | None = None
) -> Iterator[Verdict]:
    """The verdicts on the mutants of a shipped case, of all kinds or of some."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(name, Path(folder))
        for mutant in mutants(name, dict(bench.original.files), share, rounds, seed):
            if kinds is None or mutant.kind in kinds:
                yield bench.judge(mutant)


def table(verdicts: list[Verdict]) -> str:
    """How many mutants there were by kind and outcome."""
    counts = Counter((verdict.mutant.kind, verdict.outcome) for verdict in verdicts)
    kinds = sorted({kind for kind, _ in counts})
    width = max(map(len, kinds))
    lines = [f"{'':{width}} " + "".join(f"{outcome:>10}" for outcome in Outcome)]
    lines += [f"{kind:{width}} " + "".join(f"{counts[kind, o] or '-':>10}" for o in Outcome) for kind in kinds]
    total = Counter(verdict.outcome for verdict in verdicts)
    lines.append(f"{f'{len(verdicts)} mutants':{width}} " + "".join(f"{total[o] or '-':>10}" for o in Outcome))
    return "\n".join(lines)


def implied(row: type[Row], files: Mapping[str, bytes]) -> list[dict[str, object]]:
    """What a table says by not being there: the names that other tables have."""
    rule, found = row.about.implied, dict[str, None]()
    for file, column in (target.split(".") for target in (() if rule is None or rule.asked else rule.of)):
        sheet = Sheet.of(files.get(f"{file}.csv", f"{column}\n".encode()))
        found |= dict.fromkeys(cells[sheet.header.index(column)] for cells in sheet.rows)
    (key, *_), blank = row.about.key, {name: field.default for name, field in row.fields().items()}
    given = {} if rule is None else {name: float(text) for name, text in rule.cells.items()}
    return [{**blank, key: name, **given} for name in found]


def faults(verdicts: list[Verdict]) -> list[str]:
    """What went wrong, mutant by mutant."""
    found = [(each.mutant, each.why) for each in verdicts if each.outcome is Outcome.FAULT]
    return [f"{at.kind} in {at.file}:{at.line} {at.column} {at.words}: {why}" for at, why in found]


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    everything = [verdict for name in shipped.names() for verdict in judged(name, 1.0, asked)]
    print(*faults(everything), table(everything), sep="\n")  # noqa: T201
