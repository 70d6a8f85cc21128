"""Random cases of any size for tests and benchmarks: valid, feasible, and in their proportions like the reference case.

`MAKERS` is the table of contents: an instrument whose offers are to be generated is one function in it. Everything is
drawn twice with the same random numbers, first at size 1; what that puts on offer against demand gives the sizes with
which it is drawn again. A case is feasible because shortage has a price, what is signed fits every limit, and the cash
covers what is signed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from planner import csvtext, shipped
from planner.calendar import Calendar, add_months
from planner.case import TABLES, Case
from planner.cells import text_of
from planner.csvtext import RawTable, Record
from planner.generate import chip_purchases, cloud_commitments, site_leases, surroundings
from planner.generate.draws import apportioned, between, rounded, stream
from planner.generate.frame import Frame, Made, Make, rows_of
from planner.generate.ratios import Ratios
from planner.instruments.chip_purchase.rows import ChipPurchase
from planner.instruments.cloud_commitment.rows import CloudCommitment
from planner.instruments.site_lease.rows import SiteLease
from planner.places import held
from planner.reports.check import Check
from planner.tables import Offer, Row

MAKERS: tuple[tuple[type[Offer], str, Make], ...] = (
    (CloudCommitment, "cloud", cloud_commitments.make),
    (SiteLease, "halls", site_leases.make),
    (ChipPurchase, "chips", chip_purchases.make),
)
"""Offer table, what it puts on offer (as `planner check` calls it), and who makes it."""

REFERENCE = "frontier-lab"
"""the shipped case that generated ones are like"""
START = date(2027, 1, 1)
AROUND = (0.9, 1.1)
"""how far from the reference's a ratio is drawn"""

_SETTINGS = """title = "{title}"
start = {start}
end = {end}
period_months = {period_months}
discount_rate = 0.10
lease_rate = 0.06
shortage_cost_usd_bn_per_gw_year = 60.0
resale_haircut_share = 0.20
opening_cash_usd_bn = {cash}

[solver]
gap = 0.01
time_limit_s = 600
threads = 1
seed = 1
"""

_README = """# {title}

Drawn at random, for tests and benchmarks; no figure stands for a contract, a company or a place. Made by

    planner generate {folder} --offers {offers} --periods {periods} --period-months {period_months} --seed {seed}

which gives the same files again with the same version of the planner. Its mix of offers, its GW on offer against
demand and its guarantors' caps against what they could be asked to cover are close to those of the shipped case
`{reference}`. It has a plan: shortage has a price, and what is signed fits its cash and limits.
"""


def write(folder: Path, offers: int, *, periods: int = 20, period_months: int = 6, seed: int = 1) -> None:
    """Write a case of so many offers and periods into a new folder.

    The same arguments give the same files. Raises FileExistsError where the folder exists.
    """
    if folder.exists():
        raise FileExistsError(f"{folder} exists")
    files = case_files(offers, periods=periods, period_months=period_months, seed=seed)
    files["README.md"] = _README.format(
        title=_title(offers, seed), folder=folder.name, offers=offers, periods=periods, period_months=period_months,
        seed=seed, reference=REFERENCE,
    ).encode()  # fmt: skip
    with held(folder) as place:
        place.put(lambda partial: _fill(partial, files))


def case_files(offers: int, *, periods: int = 20, period_months: int = 6, seed: int = 1) -> dict[str, bytes]:
    """The files of a case, by name."""
    calendar = Calendar(START, add_months(START, periods * period_months), period_months)
    reference = reference_ratios()
    counts = apportioned([reference.mix[table.about.name] for table, _, _ in MAKERS], offers)
    frame = surroundings.frame(stream(seed, "frame"), offers, calendar)
    peak = rounded(surroundings.PEAK_GW_PER_OFFER * offers * between(stream(seed, "peak"), 0.9, 1.1))
    title = _title(offers, seed)
    draft = Ratios.of(Check(_read(_files(title, frame, _made(frame, seed, counts, {}), seed, peak, 1.0 * peak))))
    rng = stream(seed, "ratios")
    sizes = {}
    for _, kind, _ in MAKERS:
        wanted = reference.gw_to_demand[kind] * between(rng, *AROUND)
        sizes[kind] = wanted / draft.gw_to_demand[kind] if draft.gw_to_demand[kind] else 1.0
    caps = peak
    if draft.cap_to_exposure and reference.cap_to_exposure:
        caps *= sizes["halls"] * reference.cap_to_exposure * between(rng, *AROUND) / draft.cap_to_exposure
    return _files(title, frame, _made(frame, seed, counts, sizes), seed, peak, caps)


@cache
def reference_ratios() -> Ratios:
    """The ratios of the reference case, its mix among the tables that can be made."""
    found = Ratios.of(Check(Case.read(shipped.path(REFERENCE))))
    return Ratios(made_mix(found), found.gw_to_demand, found.cap_to_exposure)


def made_mix(ratios: Ratios) -> dict[str, float]:
    """The part of each table that can be made, among the offers of those."""
    names = [table.about.name for table, _, _ in MAKERS]
    total = sum(ratios.mix.get(name, 0.0) for name in names)
    return {name: ratios.mix.get(name, 0.0) / total for name in names}


def _made(frame: Frame, seed: int, counts: Sequence[int], sizes: Mapping[str, float]) -> list[Made]:
    """Every maker's offers."""
    return [
        make(frame, stream(seed, table.about.name), count, sizes.get(kind, 1.0))
        for (table, kind, make), count in zip(MAKERS, counts, strict=True)
    ]


def _files(title: str, frame: Frame, made: list[Made], seed: int, peak: float, caps: float) -> dict[str, bytes]:
    """The case of some offers, with the peak of demand [reference GW] and all guarantors' caps together [USD bn]."""
    offers = rows_of(made)
    finance, cash = surroundings.treasury(
        stream(seed, "finance"), frame, peak, [due for each in made for due in each.dues]
    )
    rows = [
        *surroundings.grids(frame, offers),
        *surroundings.links(stream(seed, "links"), frame),
        *frame.workloads,
        *surroundings.demand(stream(seed, "demand"), frame, peak),
        *frame.chips,
        *surroundings.chip_tables(stream(seed, "chips"), frame),
        *offers,
        *surroundings.guarantors(stream(seed, "guarantors"), frame, offers, caps),
        *finance,
        *surroundings.sources(),
    ]
    calendar = frame.calendar
    settings = _SETTINGS.format(
        title=title, start=calendar.start, end=calendar.end, period_months=calendar.period_months, cash=cash
    )
    files = {"case.toml": settings.encode()}
    for table in TABLES:
        mine = [row for row in rows if type(row) is table]
        if mine:
            files[table.about.file] = csvtext.render(_raw(table, mine))
    return files


def _raw(table: type[Row], rows: list[Row]) -> RawTable:
    """Rows as text: the columns that must be there, and those in which some row says more than a blank does."""
    cells = table.cells()
    names = [
        name
        for name, cell in cells.items()
        if not cell.optional or any(getattr(row, name) != cell.default for row in rows)
    ]
    records = [Record(i, tuple(text_of(getattr(row, name)) for name in names)) for i, row in enumerate(rows, start=2)]
    return RawTable(tuple(names), tuple(records))


def _read(files: Mapping[str, bytes]) -> Case:
    """The case that files make."""
    with tempfile.TemporaryDirectory() as folder:
        _fill(Path(folder), files)
        return Case.read(folder)


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).write_bytes(data)


def _title(offers: int, seed: int) -> str:
    return f"Random case of {offers} offer{'s' * (offers != 1)}, seed {seed}"
