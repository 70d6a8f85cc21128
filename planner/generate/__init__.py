"""Random cases of any size for tests and benchmarks: valid, feasible, and in their proportions like the reference case.

`MAKERS` is the table of contents: an instrument whose offers are to be generated is one function in it. Everything is
drawn twice with the same random numbers, first at size 1; what that puts on offer against demand gives the sizes with
which it is drawn again. A case is feasible because shortage has a price, what is signed fits every limit, and the cash
covers what is signed: the plan that signs nothing more keeps every limit, and misses policies at their price only.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar, add_months
from planner.basics.outputs import locked
from planner.case import shipped
from planner.case.case import Case
from planner.catalogue import CATALOGUE
from planner.common.guarantors import GuaranteeKind
from planner.generate import (
    chip_leases,
    chip_purchases,
    cloud_commitments,
    policies,
    site_leases,
    spare_capacity,
    surroundings,
    term_loans,
    treasury,
)
from planner.generate.draws import apportioned, between, rounded, stream
from planner.generate.frame import Frame, Made, Make, rows_of
from planner.generate.ratios import Ratios
from planner.instruments.chip_lease.tables import ChipLease
from planner.instruments.chip_purchase.tables import ChipPurchase
from planner.instruments.cloud_commitment.tables import CloudCommitment
from planner.instruments.site_lease.tables import SiteLease
from planner.instruments.spare_capacity.tables import SpareCapacity
from planner.instruments.term_loan.tables import TermLoan
from planner.reports.check import Check
from planner.tables import csvtext
from planner.tables.cells import text_of
from planner.tables.csvtext import RawRecord, RawTable
from planner.tables.table import Row

MAKERS: tuple[tuple[type[Row], str, Make], ...] = (
    (CloudCommitment, "cloud", cloud_commitments.make),
    (SiteLease, "halls", site_leases.make),
    (ChipLease, "chips", chip_leases.make),
    (ChipPurchase, "chips", chip_purchases.make),
    (SpareCapacity, "cloud", spare_capacity.make),
    (TermLoan, "", term_loans.make),
)
"""Table of offers or facilities, what it puts on offer (as `planner check` calls it), and who makes it."""
BACKED = {GuaranteeKind.LEASE: "halls", GuaranteeKind.RESIDUAL: "chips"}
"""what guarantors stand behind, as `planner check` calls it"""

REFERENCE = "frontier-lab"
"""the shipped case that generated ones are like"""
START = date(2027, 1, 1)
AROUND = (0.9, 1.1)
"""how far from the reference's a ratio is drawn"""
SERVED, KEPT = (0.8, 0.85, 0.9, 0.95, 1.0, 1.2, 1.5), 0.8
"""demand as a part of what is on offer, and what must be left of it"""
ROUNDS = 30
"""until sizes and demand agree"""

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
    with locked(folder) as place:
        place.put(lambda partial: _fill(partial, files))


def case_files(offers: int, *, periods: int = 20, period_months: int = 6, seed: int = 1) -> dict[str, bytes]:
    """The files of a case, by name."""
    calendar = Calendar(START, add_months(START, periods * period_months), period_months)
    reference = reference_ratios()
    frame = surroundings.frame(stream(seed, "frame"), offers, calendar)
    peak = rounded(surroundings.PEAK_GW_PER_OFFER * offers * between(stream(seed, "peak"), 0.9, 1.1))
    title, counts = _title(offers, seed), _counts(offers)
    caps = dict.fromkeys(BACKED, peak)
    steps = surroundings.steps(stream(seed, "steps"), frame)
    same = np.full(len(steps), peak)
    draft = Check(_read(_files(title, frame, _made(frame, seed, counts, {}), seed, steps, same, caps, peak)))
    rng = stream(seed, "ratios")
    wanted = {kind: ratio * between(rng, *AROUND) for kind, ratio in reference.gw_to_demand.items()}
    sizes, demand = _sizes(frame, steps, peak, draft.on_offer(), wanted)
    exposed = Ratios.of(draft).cap_to_exposure
    for guarantee, ratio in reference.cap_to_exposure.items():
        close = ratio * between(rng, *AROUND)
        if guarantee in exposed:
            kind = GuaranteeKind(guarantee)
            caps[kind] *= sizes[BACKED[kind]] * close / exposed[guarantee]
    made = _made(frame, seed, counts, sizes)
    signed = treasury.Signed.of(Check(_read(_files(title, frame, made, seed, steps, demand, caps, peak))))
    return _files(title, frame, made, seed, steps, demand, caps, peak, signed)


def _sizes(
    frame: Frame, steps: list[int], peak: float, on_offer: Mapping[str, Vector], wanted: Mapping[str, float]
) -> tuple[dict[str, float], Vector]:
    """How many times as large offers are to be as at size 1, and the demand of each step [reference GW].

    Demand keeps within what is on offer, and what is on offer to the mean of demand, so each follows from the other.
    The share of it that is asked for is the smallest that leaves most of the demand.
    """
    lengths = np.diff([*steps, frame.horizon_months])
    curve = peak * np.array([surroundings.growth(frame, month) for month in steps])
    sizes, demand = dict.fromkeys(on_offer, 1.0), curve
    for share in SERVED:
        demand = curve
        for _ in range(ROUNDS):
            mean = float(demand @ lengths) / frame.horizon_months
            sizes = {kind: wanted[kind] * mean / float(gw.mean()) if gw.any() else 1.0 for kind, gw in on_offer.items()}
            served = {kind: sizes[kind] * gw for kind, gw in on_offer.items()}
            demand = surroundings.within_reach(frame, steps, peak, served, share)
        if demand @ lengths >= KEPT * (curve @ lengths):
            break
    return sizes, demand


@cache
def reference_ratios() -> Ratios:
    """The ratios of the reference case."""
    return Ratios.of(Check(Case.read(shipped.path(REFERENCE), CATALOGUE)))


def _counts(offers: int) -> list[int]:
    """How many of the offers are of each table, facilities among them."""
    mix = reference_ratios().mix
    return apportioned([mix[table.about.name] for table, _, _ in MAKERS], offers)


def _made(frame: Frame, seed: int, counts: Sequence[int], sizes: Mapping[str, float]) -> list[Made]:
    """Every maker's offers."""
    return [
        make(frame, stream(seed, table.about.name), count, sizes.get(kind, 1.0))
        for (table, kind, make), count in zip(MAKERS, counts, strict=True)
    ]


def _files(
    title: str,
    frame: Frame,
    made: list[Made],
    seed: int,
    steps: list[int],
    demand: Vector,
    caps: Mapping[GuaranteeKind, float],
    peak: float,
    signed: treasury.Signed | None = None,
) -> dict[str, bytes]:
    """The case of some offers, with all guarantors' caps together [USD bn] and the demand of each step [reference GW].

    What stands already, once known, is left room by covenants.
    """
    offers = chip_leases.taking_over(rows_of(made))
    finance, cash = treasury.treasury(
        stream(seed, "finance"), frame, peak, [due for each in made for due in each.dues], signed
    )
    rows = [
        *surroundings.grids(frame, offers),
        *surroundings.links(stream(seed, "links"), frame),
        *frame.workloads,
        *surroundings.demand(stream(seed, "demand"), frame, steps, demand),
        *frame.chips,
        *surroundings.chip_tables(stream(seed, "chips"), frame),
        *offers,
        *surroundings.guarantors(stream(seed, "guarantors"), frame, offers, caps),
        *finance,
        *policies.policies(stream(seed, "policies"), frame, offers),
        *surroundings.sources(),
    ]
    calendar = frame.calendar
    settings = _SETTINGS.format(
        title=title, start=calendar.start, end=calendar.end, period_months=calendar.period_months, cash=cash
    )
    files = {"case.toml": settings.encode()}
    for table in CATALOGUE.tables:
        mine = [row for row in rows if type(row) is table]
        if mine:
            files[table.about.file] = csvtext.render(_raw(table, mine))
    return files


def _raw(table: type[Row], rows: list[Row]) -> RawTable:
    """Rows as text: the columns that must be there, and those in which some row says more than a blank does."""
    cells = table.fields()
    names = [
        name
        for name, cell in cells.items()
        if not cell.optional or any(getattr(row, name) != cell.default for row in rows)
    ]
    records = [
        RawRecord(i, tuple(text_of(getattr(row, name)) for name in names)) for i, row in enumerate(rows, start=2)
    ]
    return RawTable(tuple(names), tuple(records))


def _read(files: Mapping[str, bytes]) -> Case:
    """The case that files make."""
    with tempfile.TemporaryDirectory() as folder:
        _fill(Path(folder), files)
        return Case.read(folder, CATALOGUE)


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).write_bytes(data)


def _title(offers: int, seed: int) -> str:
    return f"Random case of {offers} offer{'s' * (offers != 1)}, seed {seed}"
