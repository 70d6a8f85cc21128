"""Workbooks as LibreOffice computes them: a second engine for every formula."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from planner.workbooks.layout import Value

SOFFICE = shutil.which("soffice")
needs_office = pytest.mark.skipif(SOFFICE is None, reason="soffice (Debian: libreoffice-calc) is not installed")
Cells = dict[tuple[str, str], Value]
"""values by sheet and cell"""


@dataclass(frozen=True)
class Compared:
    """How far a workbook's own values lie from those that LibreOffice computes."""

    formulas: int
    largest: float
    """relative to the larger of 1 and the value"""
    wrong: tuple[str, ...]


def recomputed(file: Path, folder: Path) -> Path:
    """The file as LibreOffice writes it once it has computed every formula anew.

    It would keep the values that stand beside formulas. openpyxl writes none, so all must be computed.
    """
    assert SOFFICE is not None
    out, home, bare = folder / "computed", folder / "office", folder / f"bare_{file.name}"
    openpyxl.load_workbook(file).save(bare)
    command = [
        SOFFICE,
        f"-env:UserInstallation={home.as_uri()}",
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
    ]
    subprocess.run([*command, "--outdir", str(out), str(bare)], check=True, capture_output=True, timeout=600)
    return out / bare.name


def values(file: Path) -> Cells:
    """The values that stand in a file, those of formulas among them."""
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in openpyxl.load_workbook(file, data_only=True)
        for row in sheet.iter_rows()
        for cell in row
    }


def formulas(file: Path) -> dict[tuple[str, str], str]:
    """The formulas of a file."""
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in openpyxl.load_workbook(file)
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def with_cell(file: Path, to: Path, name: str, value: float) -> None:
    """Write a copy of a file in which the cell of a defined name holds another value."""
    book = openpyxl.load_workbook(file)
    ((sheet, cell),) = book.defined_names[name].destinations
    book[sheet][cell] = value
    book.save(to)


def compared(file: Path, folder: Path) -> Compared:
    """Every formula of a file: the value beside it, and what LibreOffice computes."""
    ours, theirs = values(file), values(recomputed(file, folder))
    largest, wrong = 0.0, []
    found = formulas(file)
    for (sheet, cell), formula in found.items():
        one, two = ours[sheet, cell], theirs.get((sheet, cell))
        if isinstance(one, (int, float)) and isinstance(two, (int, float)):
            apart = abs(one - two) / max(1.0, abs(one))
            largest = max(largest, apart)
            if apart <= 1e-9:
                continue
        elif (one or None) == (two or None):
            continue
        wrong.append(f"{sheet}!{cell} {formula}: {one!r}, LibreOffice {two!r}")
    return Compared(len(found), largest, tuple(wrong))
