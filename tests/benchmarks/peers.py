"""A problem that PyPSA and linopy express too: modules of capacity in regions that are joined, over years, no finance.

In region a modules of K_a GW can be added at the start of certain years, up to a number, each at a price that falls
with the year; they last to the end. A GW of them costs v_{ap} a year when it runs. Demand grows region by region and
must be met; regions stand in a line, and what one serves in another pays for every link between. With r the yearly
rate, least present cost is

    Σ_{a,p} upfront_{ap} · modules_{ap} · (1+r)^−p
        + Σ_t (1+r)^−(t+½) · (Σ_{a,p≤t} v_{ap} · use_{apt} + Σ_{a,b} |a−b| · egress · flow_{abt})
    use_{apt} ≤ K_a · modules_{ap},   Σ_b flow_{abt} ≤ Σ_p use_{apt},   demand_{bt} ≤ Σ_a flow_{abt},   modules whole

For the planner modules are the scale of a cloud commitment without floors, in steps of 1; for PyPSA generators with
`p_nom_mod` and a year in which they are built, in a network with investment periods, and links between neighbours. All
three are whole processes, from import to optimum, to the same gap and one thread.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from random import Random

from tests.benchmarks.cases import proven, record
from tests.benchmarks.measure import PLANNER, Run, Sample, interleaved, run
from tests.benchmarks.result import Row, Size, ratio, same_optimum

RATE = 0.08
FIRST_YEAR = 2027
MOST = 8
"""modules of a region and year"""
GOAL = 1.0
GAP = 1e-3
PEERS = ("linopy", "pypsa")


@dataclass(frozen=True)
class Kind:
    """Modules that can be added in a region at the start of a year."""

    region: int
    period: int
    size_gw: float
    """of one"""
    upfront_usd_bn: float
    """for one, as of its year"""
    price_usd_bn_per_gw_year: float
    """of what runs"""

    @property
    def name(self) -> str:
        """Of the offer or generator."""
        return f"kind_{self.region}_{self.period}"


@dataclass(frozen=True)
class Problem:
    """The numbers of one problem, always the same ones for its sizes."""

    regions: int
    years: int
    offers: int
    """kinds of modules in all, spread over regions and years"""

    @cached_property
    def kinds(self) -> list[Kind]:
        """By region and year; the first of each region can be had in the first year."""
        draw, each = Random(1), max(1, min(self.years, self.offers // self.regions))
        found = []
        for a in range(self.regions):
            size, price = round(draw.uniform(0.3, 0.9), 2), draw.uniform(7.0, 10.0)
            for i in range(each):
                p = i * self.years // each
                upfront = size * price * draw.uniform(1.6, 2.4) * 0.97**p
                running = price * draw.uniform(0.3, 0.4) * 0.96**p
                found.append(Kind(a, p, size, round(upfront, 3), round(running, 3)))
        return found

    @cached_property
    def egress_usd_bn_per_gw_year(self) -> float:
        """Of one link."""
        return 0.35

    @cached_property
    def demand_gw(self) -> list[list[float]]:
        """By region and year; the modules of the first year are enough for that year, all of them for all."""
        draw, found = Random(2), []
        each = max(1, min(self.years, self.offers // self.regions))
        for a in range(self.regions):
            size = next(kind.size_gw for kind in self.kinds if kind.region == a)
            peak = size * MOST * each * draw.uniform(0.35, 0.6)
            first = min(peak, size * MOST * draw.uniform(0.3, 0.5))
            found.append(
                [round(first + (peak - first) * t / max(1, self.years - 1) * 0.8, 3) for t in range(self.years)]
            )
        return found

    def paid(self, period: int) -> float:
        """Present worth of a sum at the start of a year."""
        return float((1.0 + RATE) ** -period)

    def running(self, period: int) -> float:
        """Present worth of a sum that is paid through a year."""
        return float((1.0 + RATE) ** -(period + 0.5))

    def write(self, folder: Path) -> Path:
        """As a case of the planner."""
        folder.mkdir(parents=True)
        settings = (
            f'title = "modules"\nstart = {FIRST_YEAR}-01-01\nend = {FIRST_YEAR + self.years}-01-01\n'
            f"period_months = 12\ndiscount_rate = {RATE}\nlease_rate = 0.06\n\n[solver]\ngap = {GAP}\nthreads = 1\n"
        )
        (folder / "case.toml").write_text(settings, encoding="utf-8")
        for name, lines in self._tables().items():
            (folder / f"{name}.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
        return folder

    def _tables(self) -> dict[str, list[str]]:
        regions = range(self.regions)
        return {
            "regions": ["region", *(f"region_{a}" for a in regions)],
            "links": [
                "region_a,region_b,latency_ms,egress_usd_bn_per_gw_year",
                *(f"region_{a},region_{a + 1},1,{self.egress_usd_bn_per_gw_year}" for a in regions[:-1]),
            ],
            "workloads": ["workload,max_latency_ms,interruptible_share", "compute,1000,0"],
            "demand": [
                "from_date,region,workload,demand_gw",
                *(
                    f"{FIRST_YEAR + t}-01-01,region_{a},compute,{gw}"
                    for a in regions
                    for t, gw in enumerate(self.demand_gw[a])
                ),
            ],
            "chips": [
                "chip,family,vendor,available_from,capex_usd_bn_per_gw,capex_decline_rate,life_years,"
                "opex_usd_bn_per_gw_year",
                f"chip,gpu,maker,{FIRST_YEAR}-01-01,20,0,5,0.5",
            ],
            "chip_performance": ["chip,workload,gw_equivalent", "chip,compute,1"],
            "cloud_commitments": [
                "offer,provider,status,sign_from,sign_by,start_date,term_years,shortfall",
                *(
                    f"{kind.name},cloud,open,{_day(kind)},{_day(kind)},{_day(kind)},{self.years - kind.period},forfeit"
                    for kind in self.kinds
                ),
            ],
            "cloud_tiers": [
                "offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max,scale_step,upfront_usd_bn",
                *(
                    f"{kind.name},modules,{kind.price_usd_bn_per_gw_year},0,{MOST},1,{kind.upfront_usd_bn}"
                    for kind in self.kinds
                ),
            ],
            "cloud_terms": ["offer,contract_year,capacity_gw,floor_usd_bn", *self._terms()],
            "cloud_products": [
                "offer,chip,region,price_factor,from_date",
                *(f"{kind.name},chip,region_{kind.region},1,{FIRST_YEAR}-01-01" for kind in self.kinds),
            ],
        }

    def _terms(self) -> Iterator[str]:
        for kind in self.kinds:
            for year in range(1, self.years - kind.period + 1):
                yield f"{kind.name},{year},{kind.size_gw},0"


def _day(kind: Kind) -> str:
    return f"{FIRST_YEAR + kind.period}-01-01"


def measure(size: Size) -> Sequence[Row]:
    """Small, medium and large, by turns."""
    problems = {
        "small": Problem(3, 8, 12),
        "medium": Problem(6, 15, 48),
        "large": Problem(12, 30, 144),
    }
    rows: list[Row] = []
    for name in size.pick(["small"], list(problems), list(problems)):
        rows += _measured(size, name, problems[name])
    return rows


def _measured(size: Size, name: str, problem: Problem) -> Sequence[Row]:
    case, plan = problem.write(size.folder / f"peers-{name}"), size.folder / f"peers-plan-{name}"
    sizes = tuple(map(str, (problem.regions, problem.years, problem.offers)))
    found = interleaved(
        {
            "planner": partial(run, (*PLANNER, "solve", case, "-o", plan, "--force")),
            **{peer: partial(_peer, size.peers, peer, sizes) for peer in PEERS},
        },
        size.repeats,
    )
    ours = proven(plan)
    taken = {way: Sample.of(runs) for way, runs in found.items()}
    title = f"{name}, {problem.regions} regions, {problem.years} years, {len(problem.kinds)} kinds"
    rows = []
    for peer in PEERS:
        said = json.loads(found[peer][0].out.splitlines()[-1])
        same_optimum(ours, said, f"{title}: {peer}")
        also = {"parts of planner solve [s of wall]": record(plan)["seconds"], "peer": said}
        rows.append(ratio(f"{title}: planner / {peer}", taken["planner"], taken[peer], goal=GOAL, also=also))
    return rows


def _peer(python: str, peer: str, sizes: Sequence[str]) -> Run:
    return run((python, "-P", "-m", f"tests.benchmarks.in_{peer}", *sizes))
