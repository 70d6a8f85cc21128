"""Random cases of any size for tests and benchmarks: valid, feasible, and in their proportions like the reference case.

The offers come from the instruments of a catalogue: the record of each says in `generate` how its offers are made.
Everything is drawn twice with the same random numbers. The first draw has size 1; what it puts on offer against demand
gives the sizes of the second.

A case is feasible because shortage has a price, because what is signed fits every limit, and because the opening cash
covers what is signed. The plan that signs nothing more keeps every limit, and misses only policies with a penalty.

    mix            how many offers each instrument has, and the offers
    surroundings   regions, workloads, chips, demand, guarantors
    treasury       revenue, opening cash, limits on money
    policies       policies
    ratios         proportions that do not depend on a case's size
    contents       the contents of files
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np

from planner.basics.arrays import Vector
from planner.basics.calendar import Calendar, add_months
from planner.basics.draws import between, rounded, stream
from planner.basics.outputs import locked
from planner.case import shipped
from planner.case.case import Case
from planner.catalogue import CATALOGUE
from planner.common.guarantors import GuaranteeKind
from planner.generate import case_contents, mix, policies, regions_and_demand, treasury
from planner.generate.ratios import Ratios
from planner.interfaces.catalogue import Catalogue
from planner.interfaces.generation import Frame, Made, Supply, rows_of, with_terms
from planner.reports.check import Check
from planner.tables.table import Row

REFERENCE = "frontier-lab"
"""the shipped case that generated cases are like"""
START = date(2027, 1, 1)
AROUND = (0.9, 1.1)
"""a ratio is drawn between these multiples of the ratio of the reference case"""
SERVED, KEPT = (0.8, 0.85, 0.9, 0.95, 1.0, 1.2, 1.5), 0.8
"""demand as a part of what is on offer: parts that are tried, and the part of the wanted demand that must remain"""
ROUNDS = 30
"""rounds in which sizes and demand are made to agree"""


def write(
    folder: Path,
    offers: int,
    *,
    periods: int = 20,
    period_months: int = 6,
    seed: int = 1,
    terms: float = 0.0,
    catalogue: Catalogue = CATALOGUE,
) -> None:
    """Write a case of so many offers and periods into a new folder, with a README.

    The same arguments give the same files. Raises FileExistsError where the folder exists, and ValueError as
    `case_files` does.
    """
    if folder.exists():
        raise FileExistsError(f"{folder} exists")
    files = case_files(
        offers, periods=periods, period_months=period_months, seed=seed, terms=terms, catalogue=catalogue
    )
    command = (
        f"planner generate {folder.name} --offers {offers} --periods {periods} --period-months {period_months}"
        f" --seed {seed}{f' --terms {terms:g}' if terms else ''}"
    )
    if catalogue is not CATALOGUE:
        command = (
            f"planner.generate.write(Path('{folder.name}'), {offers}, periods={periods}, period_months={period_months},"
            f" seed={seed}{f', terms={terms:g}' if terms else ''}, catalogue=…)"
        )
    files["README.md"] = case_contents.readme(_title(offers, seed), command, REFERENCE)
    with locked(folder) as place:
        place.put(lambda partial: _fill(partial, files))


def case_files(
    offers: int,
    *,
    periods: int = 20,
    period_months: int = 6,
    seed: int = 1,
    terms: float = 0.0,
    catalogue: Catalogue = CATALOGUE,
) -> dict[str, bytes]:
    """The files of a case, by name; loan facilities count as offers.

    Every instrument of the catalogue with a `generate` takes part. It has the share of the offers that its record says.
    Without one it has the share that it has in the reference case, reduced in proportion where other instruments have
    shares of their own. About the part `terms` of what can have further terms, such as a right to end or to renew a
    contract, gets some; the case is the same but for them. Raises ValueError where shares add to more than 1, where an
    instrument neither says a share nor has offers in the reference case, and where `terms` is not between 0 and 1.
    """
    if not 0.0 <= terms <= 1.0:
        raise ValueError(f"terms: {terms:g} is not between 0 and 1")
    reference = reference_ratios()
    counts = mix.counts(catalogue, reference.mix, offers)
    calendar = Calendar(START, add_months(START, periods * period_months), period_months)
    drawing = _drawing(offers, calendar, seed, catalogue)
    caps = dict.fromkeys(GuaranteeKind, drawing.peak)
    same = np.full(len(drawing.steps), drawing.peak)
    draft = drawing.looked(drawing.made(counts, {}), same, caps)
    rng = stream(seed, "ratios")
    wanted = {Supply(name): ratio * between(rng, *AROUND) for name, ratio in reference.gw_to_demand.items()}
    on_offer = {Supply(name): gw for name, gw in draft.on_offer().items()}
    sizes, demand = _sizes(drawing, on_offer, wanted)
    exposed = Ratios.of(draft).cap_to_exposure
    backed = mix.backed(catalogue)
    for guarantee, ratio in reference.cap_to_exposure.items():
        close = ratio * between(rng, *AROUND)
        if guarantee in exposed:
            kind = GuaranteeKind(guarantee)
            supply = backed[kind]
            caps[kind] *= (1.0 if supply is None else sizes[supply]) * close / exposed[guarantee]
    made = drawing.made(counts, sizes)
    signed = treasury.Signed.of(drawing.looked(made, demand, caps))
    return drawing.files(made, demand, caps, signed, terms)


@cache
def reference_ratios() -> Ratios:
    """The ratios of the reference case."""
    return Ratios.of(Check(Case.read(shipped.path(REFERENCE), CATALOGUE).change(*mix.likeness(CATALOGUE))))


@dataclass(frozen=True)
class _Drawing:
    """What both draws of a case have in common."""

    title: str
    frame: Frame
    seed: int
    catalogue: Catalogue
    peak: float
    """largest demand [reference GW]"""
    steps: list[int]
    """when demand changes [months after the start]"""

    def made(self, counts: Sequence[int], sizes: Mapping[Supply, float]) -> list[Made]:
        """The offers of every maker."""
        return mix.made(self.catalogue, self.frame, self.seed, counts, sizes)

    def looked(self, made: Sequence[Made], demand: Vector, caps: Mapping[GuaranteeKind, float]) -> Check:
        """The case of some offers, looked at; debt and fixed payments have no limits yet."""
        return Check(Case.made_of(self.files(made, demand, caps, None), self.catalogue))

    def files(
        self,
        made: Sequence[Made],
        demand: Vector,
        caps: Mapping[GuaranteeKind, float],
        signed: treasury.Signed | None,
        terms: float = 0.0,
    ) -> dict[str, bytes]:
        """The files of the case of some offers.

        `demand` is the demand of each step [reference GW]; `caps` are the caps of all guarantors together [USD bn].
        Limits leave room for what is signed, once that is known. The part `terms` of what can have further terms has
        some.
        """
        frame, seed, offers = self.frame, self.seed, rows_of(made)
        halls, clouds = [each for one in made for each in one.halls], [each for one in made for each in one.clouds]
        dues = [due for one in made for due in one.dues]
        finance, cash = treasury.treasury(stream(seed, "finance"), frame, self.peak, dues, signed)
        rows: list[Row] = [
            *regions_and_demand.grids(frame, halls),
            *regions_and_demand.links(stream(seed, "links"), frame),
            *frame.workloads,
            *regions_and_demand.demand(stream(seed, "demand"), frame, self.steps, demand),
            *frame.chips,
            *regions_and_demand.chip_tables(stream(seed, "chips"), frame),
            *offers,
            *regions_and_demand.guarantors(stream(seed, "guarantors"), frame, offers, clouds, caps),
            *finance,
            *policies.policies(stream(seed, "policies"), frame, halls, clouds),
            *regions_and_demand.sources(),
        ]
        if terms > 0:
            rows = with_terms(mix.further_terms(self.catalogue), frame, seed, terms, rows)
        settings = case_contents.settings(self.title, frame.calendar, cash)
        return {"case.toml": settings, **case_contents.tables(self.catalogue, rows)}


def _drawing(offers: int, calendar: Calendar, seed: int, catalogue: Catalogue) -> _Drawing:
    """What follows from the number of offers, the calendar and the seed alone."""
    frame = regions_and_demand.frame(stream(seed, "frame"), offers, calendar)
    peak = rounded(regions_and_demand.PEAK_GW_PER_OFFER * offers * between(stream(seed, "peak"), 0.9, 1.1))
    steps = regions_and_demand.steps(stream(seed, "steps"), frame)
    return _Drawing(_title(offers, seed), frame, seed, catalogue, peak, steps)


def _sizes(
    drawing: _Drawing, on_offer: Mapping[Supply, Vector], wanted: Mapping[Supply, float]
) -> tuple[dict[Supply, float], Vector]:
    """By how much the offers of each supply are to be multiplied, and the demand of each step [reference GW].

    `on_offer` is what the offers give at size 1 in each period [GW]; `wanted` is what they should give as a multiple of
    mean demand. Demand stays within a part of what is on offer, and sizes follow from mean demand, so both are found in
    rounds. The part is the smallest of `SERVED` that leaves most of the demand.
    """
    frame, steps, peak = drawing.frame, drawing.steps, drawing.peak
    lengths = np.diff([*steps, frame.horizon_months])
    curve = peak * np.array([regions_and_demand.growth(frame, month) for month in steps])
    sizes, demand = dict.fromkeys(on_offer, 1.0), curve
    for share in SERVED:
        demand = curve
        for _ in range(ROUNDS):
            mean = float(demand @ lengths) / frame.horizon_months
            sizes = {kind: wanted[kind] * mean / float(gw.mean()) if gw.any() else 1.0 for kind, gw in on_offer.items()}
            served = {kind: sizes[kind] * gw for kind, gw in on_offer.items()}
            demand = regions_and_demand.within_reach(frame, steps, peak, served, share)
        if demand @ lengths >= KEPT * (curve @ lengths):
            break
    return sizes, demand


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).write_bytes(data)


def _title(offers: int, seed: int) -> str:
    return f"Random case of {offers} offer{'s' * (offers != 1)}, seed {seed}"
