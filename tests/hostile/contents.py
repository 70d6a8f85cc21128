"""Files that are no text, no files or without end, and numbers, names and changes that nothing can hold."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from planner.api import Case
from planner.common import settings
from tests.hostile.judge import REFUSED, SAME, Mutant, Outcome

CELLS = (
    "1e400", "-1e400", "1e308", "-1e308", "9" * 5000, "9" * 120_000, "0." + "0" * 5000 + "1", "1e-400",
    "1e" + "9" * 5000, "nan", "inf", "0x10", "1_000", "١", "²", "1,5", "1\u00a0000", "=1+1", "\ud800", "\ufeff1",
    "1\u200b", "--1", "1e", "1e1e1", "x" * 200_000,
)  # fmt: skip
"""what no number is"""
TOML = {
    "digits": "discount_rate = " + "9" * 5000,
    "digits in hexadecimal": "discount_rate = 0x" + "f" * 20_000,
    "digits in a list": "discount_rate = [0x" + "f" * 20_000 + "]",
    "digits in an unknown key": "anything = 0x" + "f" * 20_000,
    "beyond a float": "discount_rate = 1e400",
    "infinite": "discount_rate = inf",
    "no number": "discount_rate = nan",
    "nested lists": "discount_rate = " + "[" * 50_000 + "]" * 50_000,
    "nested lists that are read": "discount_rate = " + "[" * 150 + "]" * 150,
    "nested tables": "a = " + "{a = " * 5_000 + "1" + "}" * 5_000,
    "dotted key": ".".join("a" * 20_000) + " = 1",
    "dotted key in quotes": ".".join(['"a"'] * 20_000) + " = 1",
    "dotted section": "[" + ".".join("a" * 20_000) + "]",
    "many sections": "\n".join(f"[a{i}]" for i in range(20_000)),
    "half a character": 'title = "\\ud800"',
    "open text": 'title = """',
    "control character": 'title = "a\x01"',
    "escaped control character": 'title = "a\\u0001"',
    "key twice": "discount_rate = 0.1\ndiscount_rate = 0.1",
    "date that is none": "start = 2026-02-30",
    "date with a time": "start = 2026-01-01T00:00:00Z",
    "date in text": "start = 9999999-01-01",
}
"""lines of case.toml that make it invalid"""
CHANGES = (
    "regions[" + '"' * 50, "regions[" + "'" * 51, "regions[" + '"' * 50_001 + "].grid_limit_gw = 1", '"' * 60_000,
    "regions[*].grid_limit_gw = " + '"' * 50_001, "+regions{" + "region = " * 5_000, "+regions{a=" + " " * 90_000 + '"',
    "regions[" + " " * 90_000 + '"', "case." + "a" * 90_000, "[" * 90_000, "regions[*]." * 9_000, "x" * 1_000_000,
    "regions[*].grid_limit_gw = 1e400", "regions[*].grid_limit_gw *= 1e400", "regions[*].grid_limit_gw *= 1e308",
    "regions[*].grid_limit_gw += 1e308", "regions[*].grid_limit_gw = " + "9" * 50_000,
    "regions[*].grid_limit_gw += 0e99999999999999999999x", "case.discount_rate = " + "9" * 50_000,
    "case.discount_rate *= 1e308", "case.title = a\ud800", "case.title = a\x00b", "case.title = \x1b[31m",
    "case.\ud800 = 1", "regions[\ud800].grid_limit_gw = 1", "+regions{region = \ud800}", "\ud800", "\x00", "",
    "case.start += 9999 months", "case.end -= 9999 months", "case.period_months = 99999999999999999999",
    "case.solver.seed = 1e300", "case.solver.threads = " + "1" * 4000, "regions[" + "*," * 40_000 + "*].region = a",
)  # fmt: skip
"""changes that cannot be made"""


def mutants(case: Case, folder: Path) -> Iterator[Mutant]:
    """Everything of this kind done to a case, in files below `folder`."""
    for file in sorted(case.files):
        yield from _bytes(case, file)
        yield from _no_files(case, folder, file)
    yield from _cells(case)
    original = case.files[settings.FILE].decode()
    for kind, line in TOML.items():
        key = line.partition(" = ")[0]
        kept = [each for each in original.splitlines() if kind == "key twice" or not each.startswith(f"{key} =")]
        text = "\n".join([line, *kept, ""]) if not line.startswith("[") else "\n".join([*kept, line, ""])
        data = text.encode()
        yield _of_files(case, "case.toml", kind, settings.FILE, data, REFUSED)
    for change in CHANGES:
        about = ascii(change if len(change) < 60 else f"{change[:60]}… ({len(change)})")
        yield Mutant("change", about, partial(case.change, change), lambda _: True, REFUSED)


def _of_files(case: Case, kind: str, about: str, file: str, data: bytes, allowed: frozenset[Outcome]) -> Mutant:
    read = partial(Case.made_of, {**case.files, file: data})
    return Mutant(kind, f"{about} in {file}", read, lambda problem: problem.file == file, allowed)


def _bytes(case: Case, file: str) -> Iterator[Mutant]:
    """The file in other bytes."""
    data = case.files[file]
    middle = len(data) // 2
    first, _, rest = data.partition(b"\n")
    hostile = {
        "NUL": data[:middle] + b"\0" + data[middle:],
        "NULs": b"\0" * 100_000,
        "half a character": data[:middle] + b"\xed\xa0\x80" + data[middle:],
        "Latin-1": data + "é".encode("latin-1"),
        "UTF-16": data.decode().encode("utf-16"),
        "UTF-16 without a mark": data.decode().encode("utf-16-le"),
        "UTF-32": data.decode().encode("utf-32"),
        "compressed": b"\x1f\x8b\x08\x00" + data[:100],
        "a workbook": b"PK\x03\x04\x14\x00\x06\x00" + data[:100],
        "open quote": data + b'"',
        "empty": b"",
        "blanks": b"  \n \n",
    }
    if file != settings.FILE:
        hostile |= {
            "a line without end": first + b"," + b"a" * 3_000_000 + b"\n" + rest,
            "100,000 columns": first + b"".join(b",c%d" % i for i in range(100_000)) + b"\n" + rest,
            "100,000 short columns": b",".join(b"%x" % i for i in range(100_000)) + b"\n",
            "100,000 times a column": first + (b"," + first.partition(b",")[0]) * 50_000 + b"\n" + rest,
            "a header of quotes": b'"' * 10_001 + b"\n" + rest,
            "a row of quotes": data + b'"' * 10_001,
        }
    for about, changed in hostile.items():
        yield _of_files(case, "bytes", about, file, changed, REFUSED)
    lines = data.decode().splitlines()
    harmless = {
        "byte order mark": b"\xef\xbb\xbf" + data,
        "CR LF": "\r\n".join([*lines, ""]).encode(),
        "mixed line ends": "".join(line + ("\r\n" if i % 2 else "\n") for i, line in enumerate(lines)).encode(),
        "no last line end": data.rstrip(b"\n"),
        "blank lines": data + b"\n\n\n",
    }
    if file != settings.FILE:
        harmless |= {
            "100,000 blank columns": first + b"," * 100_000 + b"\n" + rest,
            "a row of commas": data + b"," * 500_000 + b"\n",
            "semicolons": data.replace(b",", b";"),
            "semicolons, as the first line says": b"sep=;\n" + data.replace(b",", b";"),
        }
    for about, changed in harmless.items():
        yield _of_files(case, "bytes that say the same", about, file, changed, SAME)


def _cells(case: Case) -> Iterator[Mutant]:
    """What no number is, as the first grid limit."""
    from tests.mutations import Sheet

    file, column = "regions.csv", "grid_limit_gw"
    sheet = Sheet.of(case.files[file])
    j = sheet.header.index(column)
    for text in CELLS:
        data = sheet.having(0, j, text).text().encode(errors="surrogatepass")
        about = ascii(text if len(text) < 40 else f"{text[:40]}… ({len(text)})")
        yield _of_files(case, "cell", about, file, data, REFUSED)


def _no_files(case: Case, folder: Path, file: str) -> Iterator[Mutant]:
    """Something else than a file in the file's place."""

    def listening(path: Path) -> None:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(str(path))

    def sparse(path: Path) -> None:
        with path.open("wb") as made:
            made.truncate(50_000_000_000)

    things: dict[str, Callable[[Path], object]] = {
        "a named pipe": os.mkfifo,
        "a link to zeros": lambda path: path.symlink_to("/dev/zero"),
        "a link to a terminal": lambda path: path.symlink_to("/dev/tty"),
        "a link to itself": lambda path: path.symlink_to(path.name),
        "a link to nothing": lambda path: path.symlink_to("nothing"),
        "a folder": os.mkdir,
        "a socket": listening,
        "50 GB of nothing": sparse,
    }

    def read(make: Callable[[Path], object]) -> Case:
        shutil.rmtree(folder, ignore_errors=True)
        case.write(folder)
        (folder / file).unlink()
        make(folder / file)
        try:
            return Case.read(folder)
        finally:
            (folder / file).rmdir() if (folder / file).is_dir() else (folder / file).unlink()

    for about, make in things.items():
        yield Mutant(
            "no file", f"{about} as {file}", partial(read, make), lambda problem: problem.file == file, REFUSED
        )


def paths(folder: Path) -> Iterator[tuple[str, str]]:
    """Names of folders and files that are none, with what they are."""
    folder.mkdir(exist_ok=True)
    pipe, loop = folder / "pipe", folder / "loop"
    if not pipe.exists():
        os.mkfifo(pipe)
        loop.symlink_to(loop.name)
    yield "a device without end", "/dev/zero"
    yield "a named pipe", str(pipe)
    yield "a link to itself", str(loop)
    yield "a name that is no text", os.fsdecode(os.fsencode(folder) + b"/\xff\xfe")
    yield "half a character", f"{folder}/\ud800"
    yield "a NUL", f"{folder}/\0"
    yield "a very long name", f"{folder}/{'x' * 5_000}"
    yield "a very long path", "/".join([str(folder), *["x" * 200] * 50])
    yield "nothing", ""
    yield "an option", f"{folder}/--help"
    yield "control characters", f"{folder}/\x1b[31m\n"
