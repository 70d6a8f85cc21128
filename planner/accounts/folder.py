"""The books of a plan as files: a folder of tables with a page that says what they rest on, or a workbook of them."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pandas as pd

from planner.accounts.books import Books, Standard
from planner.accounts.disclosures import MAKERS, tables
from planner.basics.outputs import locked
from planner.plan.plan import Plan
from planner.tables import csvtext

PAGE = "README.md"
NAMES = {Standard.IFRS16: "IFRS 16", Standard.ASC842: "ASC 842"}
BASIS = """# Leases of {title} under {name}

Money in USD bn. Made of the plan's ledger; `liability.csv` adds up to the plan's `debt.csv` by class.

- Payments are discounted at the case's `lease_rate`, {rate:.2%} a year, as the incremental borrowing rate.
- Leases are {classes}. Cloud commitments are services: nobody says which machines serve.
- Direct costs are diligence and fees on signing. Deposits come back and are no part of an asset; fit-out is not either.
- A lease that was recognised before {start} is taken to have an asset as large as its liability.
- What commences inside a period is recognised at the start of the next one; costs.csv shows what is paid before.
- Payments that follow an index are taken as the case foresees it, not as it stands on the day.
- An option to buy chips at the end counts when it is used. An early end takes from the asset what it takes from the
  liability.
- Spare machines are taken as leases of at most twelve months, whatever their least term. Sublets are taken as operating
  leases of the lab as a lessor.
- A year is a year of the case, from {start} on.
"""


def write(plan: Plan, standard: Standard, folder: Path, *, force: bool = False) -> None:
    """Write the tables and the page to a folder, all at once.

    Raises FileExistsError where another run writes there or `refuse_to_replace` does, OSError where files cannot be
    written.
    """
    made = files(plan, standard)

    def fill(place: Path) -> None:
        for name, data in made.items():
            (place / name).write_bytes(data)

    with locked(folder) as place:
        refuse_to_replace(folder, force=force)
        place.put(fill)


def refuse_to_replace(folder: Path, *, force: bool) -> None:
    """Raise FileExistsError where a folder exists that `force` does not cover, or that holds anything but books."""
    if not folder.exists():
        return
    if not force:
        raise FileExistsError(f"{folder} exists; --force replaces it")
    known = {*(f"{maker.__name__}.csv" for maker in MAKERS), PAGE}
    if not folder.is_dir() or not {each.name for each in folder.iterdir()} <= known:
        raise FileExistsError(f"{folder} holds other things than the books of a plan and is not replaced")


def files(plan: Plan, standard: Standard) -> Mapping[str, bytes]:
    """Every file by its name."""
    books = Books(plan, standard)
    found = {f"{name}.csv": csvtext.exported(table) for name, table in tables(books).items()}
    return {**found, PAGE: basis(books).encode()}


def workbook(plan: Plan, standard: Standard) -> bytes:
    """The tables as sheets of a workbook, behind one that says what they rest on."""
    books, file = Books(plan, standard), BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with pd.ExcelWriter(file, engine="xlsxwriter", engine_kwargs={"options": options}) as writer:
        lines = pd.DataFrame({"basis": basis(books).splitlines()})
        for name, table in {"basis": lines, **tables(books)}.items():
            table.to_excel(writer, sheet_name=name, index=False, freeze_panes=(1, 0))
            writer.sheets[name].set_column(0, max(0, len(table.columns) - 1), 120 if name == "basis" else 18)
    return file.getvalue()


def basis(books: Books) -> str:
    """What the tables rest on."""
    finance = sorted({each.contract.assets for each in books.entries if each.finance})
    others = [each for each in books.classes if each not in finance]
    said = {"finance leases": finance, "operating leases": others}
    kinds = (
        "all of one kind"
        if books.standard is Standard.IFRS16
        else "; ".join(f"{kind}: {', '.join(assets) or 'none'}" for kind, assets in said.items())
    )
    return BASIS.format(
        title=books.plan.record.title,
        name=NAMES[books.standard],
        rate=books.rate,
        classes=kinds,
        start=books.calendar.start.isoformat(),
    )
