"""A hedge of the starter, tampered with or damaged, and what its audit makes of each.

Every draw changes one claim, cell, row, file or decision of the folder, some of them with all that follows from it. All
must be found: `planner audit` ends with status 7, or 3 where no record is left, and names the file and the key that was
changed. `python -m tests.hedge_tampering [SEED] [COUNT]` prints how many of each kind were found; every draw is seeded.
"""

from __future__ import annotations

import csv
import json
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from click.testing import CliRunner

from planner.api import Case
from planner.case import shipped
from planner.cli import main
from planner.futures.tree import Tree
from planner.hedge.hedge import hedge
from planner.hedge.valuing import ValuesAsked
from planner.plan.hedges.certificate import BOUNDS, MULTIPLIERS
from planner.plan.hedges.hedge import Hedge, place_of
from planner.plan.hedges.tables import COLUMNS, NUMBERS
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.solution import Solution
from planner.studies.engine import InThisProcess
from tests.hedges import alone, led, made

FOUND = (3, 7)
"""statuses of a command that refuses a hedge"""
EVENTS = "event,known_on\ndemand,2028-01-01\nmore,2029-01-01\n"
OUTCOMES = """\
event,outcome,probability,changes
demand,high,0.25,"demand[2029-01-01,west,*].demand_gw *= 1.3; demand[2028-01-01,east,*].demand_gw *= 1.5"
demand,same,0.75,
more,yes,0.5,"demand[2029-01-01,west,*].demand_gw *= 1.2"
more,no,0.5,
"""


@dataclass(frozen=True)
class Verdict:
    kind: str
    found: bool
    why: str = ""


class Bench:
    """The hedge of the starter, the plans for its single futures, and a place to spoil copies of it."""

    def __init__(self, place: Path) -> None:
        self.place = place

    @cached_property
    def case(self) -> Case:
        folder = self.place / "case"
        shutil.copytree(shipped.path("starter"), folder)
        (folder / "events.csv").write_text(EVENTS, encoding="utf-8")
        (folder / "outcomes.csv").write_text(OUTCOMES, encoding="utf-8")
        return Case.read(folder)

    @cached_property
    def own(self) -> dict[str, Plan]:
        return alone(self.case, Tree.of(self.case))

    @cached_property
    def hedge(self) -> Hedge:
        return led(self.case, "same/no", self.own)

    @cached_property
    def good(self) -> Path:
        """The folder of the hedge, which agrees with itself."""
        folder = self.place / "good"
        self.hedge.write(folder)
        status, said = audited(folder)
        assert status == 0, said
        return folder

    @cached_property
    def certified(self) -> Path:
        """The folder of a hedge that was made one future at a time."""
        folder = self.place / "certified"
        hedge(self.case, asked=ValuesAsked(usual=False), by_future=InThisProcess).write(folder)
        status, said = audited(folder)
        assert status == 0, said
        return folder

    def judge(self, spoil: Spoil, dice: random.Random) -> Verdict | None:
        """What the audit makes of a copy that was spoilt; None where the draw changed nothing."""
        folder = Path(tempfile.mkdtemp(dir=self.place)) / "hedge"
        shutil.copytree(self.certified if spoil in CERTIFICATES else self.good, folder)
        about = spoil(Draw(folder, dice, self))
        if about is None:
            return None
        kind = spoil.__name__
        status, said = audited(folder)
        file, _, key = about.partition(" ")
        named = "… and " in said or any(file in line and key in line for line in said.splitlines())
        if status in FOUND and named and "Traceback" not in said:
            shutil.rmtree(folder.parent)
            return Verdict(kind, found=True)
        return Verdict(kind, found=False, why=f"{about!r}: status {status}: {said[:400]} [{folder}]")


@dataclass(frozen=True)
class Draw:
    """A copy of the hedge's folder that is to be spoilt, and the dice."""

    folder: Path
    dice: random.Random
    bench: Bench

    @property
    def tree(self) -> Tree:
        return self.bench.hedge.futures_tree

    def json(self, name: str = "plan.json") -> Any:
        return json.loads((self.folder / name).read_text(encoding="utf-8"))

    def says(self, told: Any, name: str = "plan.json") -> None:
        (self.folder / name).write_text(json.dumps(told, indent=2), encoding="utf-8")

    def rows(self, name: str) -> list[list[str]]:
        return [line.split(",") for line in (self.folder / name).read_text(encoding="utf-8").splitlines()]

    def put_rows(self, name: str, rows: list[list[str]]) -> None:
        (self.folder / name).write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")

    def csv(self, name: str) -> list[list[str]]:
        return list(csv.reader((self.folder / name).read_text(encoding="utf-8").splitlines()))

    def put_csv(self, name: str, rows: list[list[str]]) -> None:
        with (self.folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)

    def future(self) -> tuple[int, str]:
        """Position and folder of some future."""
        i = self.dice.randrange(len(self.tree))
        return i, place_of(self.tree.futures[i]).as_posix()

    def moved(self, value: float) -> float:
        """Another number, too far off to be rounding."""
        return self.dice.choice([value * 1.0001 + 1e-4, value * 0.5 - 0.01, value + 3.0, -value - 1.0])


Spoil = Callable[[Draw], str | None]
"""Spoils a folder; what a finding must name, as `file` or `file key`, or None where the draw changed nothing."""


def audited(folder: Path) -> tuple[int, str]:
    """Status and output of `planner audit`."""
    result = CliRunner().invoke(main, ["audit", str(folder)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        return -1, f"ends in {result.exception!r}"
    return result.exit_code, result.output


# The record


NUMERIC = ("expected_cost_usd_bn", "cvar_usd_bn", "objective_usd_bn", "gap")


def number_moved(draw: Draw) -> str:
    told = draw.json()
    key = draw.dice.choice(NUMERIC)
    told[key] = abs(draw.moved(told[key]))
    draw.says(told)
    return f"plan.json {key}"


def quantile_moved(draw: Draw) -> str:
    told = draw.json()
    key = draw.dice.choice(["p10", "p50", "p90"])
    told["cost_quantiles_usd_bn"][key] = draw.moved(told["cost_quantiles_usd_bn"][key])
    draw.says(told)
    return f"plan.json cost_quantiles_usd_bn.{key}"


def chance_moved(draw: Draw) -> str:
    """Probabilities of two futures moved in opposite directions, and the expected cost with them."""
    told = draw.json()
    i, k = draw.dice.sample(range(len(told["futures"])), 2)
    by = draw.dice.choice([1e-6, 0.01, 0.1])
    told["futures"][i]["probability"] += by
    told["futures"][k]["probability"] -= by
    if draw.dice.random() < 0.5:
        told["expected_cost_usd_bn"] = told["objective_usd_bn"] = sum(
            each["probability"] * each["cost_usd_bn"] for each in told["futures"]
        )
    draw.says(told)
    return f"plan.json futures[{min(i, k)}].probability"


def cost_moved(draw: Draw) -> str:
    """The cost of a future, and the sums that follow from it."""
    told = draw.json()
    i = draw.dice.randrange(len(told["futures"]))
    told["futures"][i]["cost_usd_bn"] = draw.moved(told["futures"][i]["cost_usd_bn"])
    if draw.dice.random() < 0.5:
        told["expected_cost_usd_bn"] = told["objective_usd_bn"] = sum(
            each["probability"] * each["cost_usd_bn"] for each in told["futures"]
        )
    draw.says(told)
    return f"plan.json futures[{i}].cost_usd_bn"


def own_bound_raised(draw: Draw) -> str:
    told = draw.json()
    i = draw.dice.randrange(len(told["futures"]))
    told["futures"][i]["own_bound_usd_bn"] = told["futures"][i]["cost_usd_bn"] * 1.01
    draw.says(told)
    return f"plan.json futures[{i}].own_bound_usd_bn"


def own_moved(draw: Draw) -> str:
    told = draw.json()
    i = draw.dice.randrange(len(told["futures"]))
    told["futures"][i][draw.dice.choice(["own_cost_usd_bn", "own_bound_usd_bn"])] -= 1.0
    draw.says(told)
    return "plan.json"


def bound_raised(draw: Draw) -> str:
    told = draw.json()
    told["bound_usd_bn"] = told["objective_usd_bn"] * 1.001
    told["gap"] = 0.0
    draw.says(told)
    return "plan.json bound_usd_bn"


def status_claimed(draw: Draw) -> str:
    told = draw.json()
    how = draw.dice.randrange(4)
    claims = [("proven", ""), ("stopped", ""), ("proven", "interruption"), ("done", "")]
    told["status"], told["stopped_by"] = claims[how]
    if how == 0 and draw.dice.random() < 0.5:  # with a bound that would prove it, and the values as they were
        told["bound_usd_bn"], told["gap"] = told["objective_usd_bn"], 0.0
        draw.says(told)
        return "plan.json"
    draw.says(told)
    return f"plan.json {['status', 'stopped_by', 'stopped_by', 'status'][how]}"


def value_moved(draw: Draw) -> str:
    told = draw.json()
    how = draw.dice.randrange(5)
    if how == 0:
        told["values"]["evpi"] = [told["values"]["evpi"][0], told["values"]["evpi"][1] + 1.0]
    elif how == 1:
        told["values"]["vss"] = [1.0, 0.5]
    elif how == 2:
        told["values"]["vms"] = [-2.0, -1.0]
    elif how == 3:
        told["values"]["evpi"] = None
        told["reasons"]["evpi"] = "forgotten"
    else:
        del told["reasons"]["vms"]
    draw.says(told)
    return f"plan.json {['values.evpi', 'values.vss', 'values.vms', 'values.evpi', 'reasons.vms'][how]}"


def names_moved(draw: Draw) -> str:
    told = draw.json()
    futures = told["futures"]
    match draw.dice.randrange(4):
        case 0:
            futures[0], futures[1] = futures[1], futures[0]
        case 1:
            futures[0]["name"] = "other"
        case 2:
            del futures[0]
        case _:
            futures.append(futures[0])
    draw.says(told)
    return "plan.json futures"


def setting_moved(draw: Draw) -> str:
    told = draw.json()
    part, key = draw.dice.choice([("risk", "level"), ("risk", "weight"), ("search", "gap"), ("search", "seed")])
    told[part][key] = draw.dice.choice([0.5, 2, 0.123])
    draw.says(told)
    return f"plan.json {part}.{key}"


def name_made_up(draw: Draw) -> str:
    told = draw.json()
    key = draw.dice.choice(["news", "options", "title", "kind", "more"])
    if key == "news":
        told[key]["weather"] = [0.0, 1.0]
    elif key == "options":
        told[key]["moon"] = {"tree": [0.0, 1.0], "expected": None}
    else:
        told[key] = "Another"
    draw.says(told)
    return f"plan.json {key}"


def key_removed(draw: Draw) -> str:
    told = draw.json()
    key = draw.dice.choice(sorted(told))
    del told[key]
    draw.says(told)
    return f"plan.json {key}"


# The tables


def cell_moved(draw: Draw) -> str | None:
    stem = draw.dice.choice(sorted(COLUMNS))
    rows = draw.rows(f"{stem}.csv")
    row = draw.dice.choice(rows[1:])
    if len(row) != len(rows[0]):  # a name in quotes
        return None
    at = draw.dice.randrange(len(row))
    column, before = rows[0][at], row[at]
    if column == "own_plans":
        row[at] = draw.dice.choice(["9", "x", "-1", "1.0"])
    elif column in NUMBERS[stem]:
        row[at] = repr(draw.moved(float(before))) if before else "1.0"
    else:
        row[at] = draw.dice.choice(["another", f"{before}x", "7", "2031-01-01", ""])
    if row[at] == before:
        return None
    draw.put_rows(f"{stem}.csv", rows)
    return f"{stem}.csv"


def row_moved(draw: Draw) -> str:
    stem = draw.dice.choice(sorted(COLUMNS))
    lines = (draw.folder / f"{stem}.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    at = draw.dice.randrange(1, len(lines))
    if draw.dice.random() < 0.5:
        del lines[at]
    else:
        lines.insert(at, lines[at])
    (draw.folder / f"{stem}.csv").write_text("".join(lines), encoding="utf-8")
    return f"{stem}.csv"


def column_moved(draw: Draw) -> str:
    stem = draw.dice.choice(sorted(COLUMNS))
    path = draw.folder / f"{stem}.csv"
    header, _, rest = path.read_text(encoding="utf-8").partition("\n")
    name = draw.dice.choice(header.split(","))
    path.write_text(header.replace(name, f"{name}_x", 1) + "\n" + rest, encoding="utf-8")
    return f"{stem}.csv"


# The case and the plans


def outcomes_moved(draw: Draw) -> str:
    """Other probabilities in the case, with the hash of the file."""
    path = draw.folder / "case" / "outcomes.csv"
    text = path.read_text(encoding="utf-8").replace("high,0.25", "high,0.2").replace("same,0.75", "same,0.8")
    path.write_text(text, encoding="utf-8")
    if draw.dice.random() < 0.3:
        return "case/outcomes.csv"
    told = draw.json()
    told["inputs"]["outcomes.csv"] = sha256(path.read_bytes()).hexdigest()
    if draw.dice.random() < 0.5:
        for each in told["futures"]:
            each["probability"] = 0.1 if each["name"].startswith("high") else 0.4
    draw.says(told)
    return ""


def news_moved(draw: Draw) -> str:
    """News on another day, with the hash of the file."""
    path = draw.folder / "case" / "events.csv"
    text = path.read_text(encoding="utf-8").replace("demand,2028-01-01", "demand,2029-01-01")
    path.write_text(text, encoding="utf-8")
    told = draw.json()
    told["inputs"]["events.csv"] = sha256(path.read_bytes()).hexdigest()
    draw.says(told)
    return "tree.csv"


def case_of_future_moved(draw: Draw) -> str:
    """A file of the case of one future, with its hash in the record of the plan."""
    _, place = draw.future()
    path = draw.folder / place / "case" / "case.toml"
    path.write_bytes(path.read_bytes() + b"# as it was\n")
    told = draw.json(f"{place}/plan.json")
    told["inputs"]["case.toml"] = sha256(path.read_bytes()).hexdigest()
    draw.says(told, f"{place}/plan.json")
    return f"{place}/case/case.toml"


def plan_says_other(draw: Draw) -> str:
    """What the record of a plan says of the hedge."""
    i, place = draw.future()
    told = draw.json(f"{place}/plan.json")
    how = draw.dice.randrange(8)
    match how:
        case 0:
            told["hedge"]["probability"] = 0.3
        case 1:
            told["hedge"]["expected_cost_usd_bn"] += 0.01
        case 2:
            told["hedge"]["futures"] = 3
        case 3:
            told["hedge"]["known"] = told["hedge"]["known"][:1]
        case 4:
            other = draw.tree.futures[(i + 1) % len(draw.tree)]
            told["hedge"]["future"] = other.name
            told["hedge"]["known"] = [outcome.name for outcome in other.outcomes if outcome is not None]
        case 5:
            told["hedge"] = None
        case 6:
            told["status"], told["stopped_by"] = "proven", ""
        case _:
            told["bound_usd_bn"] *= 0.9
            told["gap"] = (told["objective_usd_bn"] - told["bound_usd_bn"]) / told["objective_usd_bn"]
    draw.says(told, f"{place}/plan.json")
    keys = ("hedge.probability", "hedge.expected", "hedge.futures", "hedge.", "hedge.", "hedge", "stat", "bound_usd_bn")
    return f"{place}/plan.json {keys[how]}"


def plan_cell_moved(draw: Draw) -> str | None:
    """A number in a table of a plan."""
    _, place = draw.future()
    name = f"{place}/{draw.dice.choice(['decisions', 'capacity', 'service', 'ledger', 'cash', 'limits'])}.csv"
    rows = [row for row in draw.rows(name) if '"' not in ",".join(row)]
    everything = draw.rows(name)
    at = next(i for i, each in enumerate(rows[0]) if each in ("value", "gw", "closing_usd_bn", "used"))
    if len(rows) < 2:
        return None
    row = draw.dice.choice(rows[1:])
    everything[everything.index(row)][at] = repr(draw.moved(float(row[at])))
    draw.put_rows(name, everything)
    return place


def futures_swapped(draw: Draw) -> str:
    one, other = (place_of(each) for each in draw.dice.sample(draw.tree.futures, 2))
    spare = draw.folder.parent / "spare"
    (draw.folder / one).rename(spare)
    (draw.folder / other).rename(draw.folder / one)
    spare.rename(draw.folder / other)
    return f"{one.as_posix()}/"


def branch_forged(draw: Draw) -> str:
    """One future has the plan for itself, and everything follows from that but for the first decisions."""
    hedge, own = draw.bench.hedge, draw.bench.own
    name = draw.dice.choice([name for name in own if name != "same/no"])
    shutil.rmtree(draw.folder)
    made(hedge.case, hedge.futures_tree, {**hedge.plans, name: own[name]}, own).write(draw.folder)
    return f"futures/{name}/"


def decision_forged(draw: Draw) -> str | None:
    """A decision on one branch, with every table and cost as they follow."""
    hedge, own = draw.bench.hedge, draw.bench.own
    i = draw.dice.randrange(len(hedge.futures_tree))
    name = hedge.futures_tree.futures[i].name
    plan = hedge.plans[name]
    values = dict(plan.values)
    start = f"{hedge.case.calendar.start}"
    first = [each for each in values if start in each and not each.startswith("served_by")]
    chosen = draw.dice.choice(sorted(first))
    values[chosen] *= draw.dice.choice([0.5, 0.9, 1.1])
    portfolio = Portfolio.of(plan.case)
    solution = Solution(portfolio, np.array([values.get(each, 0.0) for each in portfolio.ledgers.names]))
    forged = Plan.of(solution, replace(plan.record, objective_usd_bn=solution.objective, bound_usd_bn=None, gap=None))
    shutil.rmtree(draw.folder)
    made(hedge.case, hedge.futures_tree, {**hedge.plans, name: forged}, own).write(draw.folder)
    return f"futures/{name}/"


def file_foreign(draw: Draw) -> str:
    _, place = draw.future()
    name = draw.dice.choice(
        ["notes.txt", "decisions.csv", "case/x.csv", "case/links~", "futures/other", "futures/high/diary.txt",
         f"{place}/more.csv", "futures/high/yes/yes", "ledger.csv"]
    )  # fmt: skip
    path = draw.folder / name
    if draw.dice.random() < 0.3:
        path.mkdir()
    elif draw.dice.random() < 0.3:
        path.symlink_to(draw.folder / "plan.json")
    else:
        path.write_bytes(b"a,b\n1,2\n")
    return name


def file_missing(draw: Draw) -> str:
    files = [path for path in sorted(draw.folder.rglob("*")) if path.is_file()]
    path = draw.dice.choice(files)
    if draw.dice.random() < 0.3:
        path = draw.folder / draw.dice.choice(["plan.json", "tree.csv", "risk.csv", "signatures.csv", "futures.csv"])
    elif draw.dice.random() < 0.3:
        path = draw.folder / draw.dice.choice(["case", "futures", "futures/high", "futures/same/no"])
    name = path.relative_to(draw.folder).as_posix()
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    if draw.dice.random() < 0.3:
        path.symlink_to("nowhere")
    return name


def file_damaged(draw: Draw) -> str:
    path = draw.folder / draw.dice.choice(["plan.json", *(f"{stem}.csv" for stem in COLUMNS), "case/outcomes.csv"])
    data = path.read_bytes().rstrip()
    path.write_bytes(
        draw.dice.choice([b"", b"\xff\xfe", data[: len(data) // 2], data.replace(b",", b";"), b"{" + data, b"[" * 9000])
    )
    return path.relative_to(draw.folder).as_posix()


# The certificate of a bound


def multiplier_moved(draw: Draw) -> str:
    """One multiplier, so that those of its decision no longer add up to 0."""
    rows = draw.csv(MULTIPLIERS)
    row = draw.dice.choice(rows[1:])
    row[3] = repr(draw.moved(float(row[3])))
    draw.put_csv(MULTIPLIERS, rows)
    return f"{MULTIPLIERS} value"


def multipliers_moved(draw: Draw) -> str:
    """Those of a decision in all futures, up and down by as much, which leaves the bounds as they were."""
    rows = draw.csv(MULTIPLIERS)
    told = draw.json()
    plan = draw.dice.choice(told["futures"])["name"]
    taken = Hedge.read(draw.folder).plan(plan).values
    mine = [row for row in rows[1:] if row[2] == plan and taken.get(row[1], 0.0) > 0.01]
    row = draw.dice.choice(mine)
    other = next(each for each in rows[1:] if each[:2] == row[:2] and each[2] != plan)
    by = 1e4
    row[3], other[3] = repr(float(row[3]) + by), repr(float(other[3]) - by)
    draw.put_csv(MULTIPLIERS, rows)
    return BOUNDS


def multiplier_of_another(draw: Draw) -> str:
    """Another node, decision or future, or a row twice."""
    rows = draw.csv(MULTIPLIERS)
    row = draw.dice.choice(rows[1:])
    how = draw.dice.randrange(5)
    if how == 0:
        row[0] = draw.dice.choice(["9", "-1", "x", str(len(draw.tree.nodes) - 1)])
    elif how == 1:
        row[1] = draw.dice.choice(["site_lease.sign[moon]", row[1][:-2], ""])
    elif how == 2:
        row[2] = draw.dice.choice(["high", "other", ""])
    elif how == 3:
        rows.append(list(row))
    else:
        rows.remove(row)
    draw.put_csv(MULTIPLIERS, rows)
    return MULTIPLIERS


def certified_bound_raised(draw: Draw) -> str:
    """The bound of a future, and often that of all with it."""
    rows = draw.rows(BOUNDS)
    row = draw.dice.choice(rows[1:])
    by = draw.dice.choice([0.01, 1.0, 30.0])
    row[2] = repr(float(row[2]) + by)
    draw.put_rows(BOUNDS, rows)
    told = draw.json()
    if by > told["objective_usd_bn"] - told["bound_usd_bn"] and draw.dice.random() < 0.5:
        told["bound_usd_bn"] += by
        draw.says(told)
        return BOUNDS
    return "plan.json bound_usd_bn"


def certified_weight_moved(draw: Draw) -> str:
    rows = draw.rows(BOUNDS)
    one, other = draw.dice.sample(rows[1:], 2)
    one[1] = repr(float(one[1]) + 0.01)
    if draw.dice.random() < 0.5:
        other[1] = repr(float(other[1]) - 0.01)
    draw.put_rows(BOUNDS, rows)
    return f"{BOUNDS} weight"


def certificate_damaged(draw: Draw) -> str:
    """A table that is missing, cut off or renamed, or a record that does not speak of it."""
    name = draw.dice.choice([BOUNDS, MULTIPLIERS])
    how = draw.dice.randrange(4)
    path = draw.folder / name
    if how == 0:
        path.unlink()
    elif how == 1:
        path.write_bytes(path.read_bytes()[:40])
    elif how == 2:
        path.write_bytes(path.read_bytes().replace(b"future", b"scenario", 1))
    else:
        told = draw.json()
        told["solver"]["method"] = "merged"
        draw.says(told)
        return BOUNDS
    return name


def bound_of_record_moved(draw: Draw) -> str:
    told = draw.json()
    told["bound_usd_bn"] -= 0.01
    told["gap"] = (told["objective_usd_bn"] - told["bound_usd_bn"]) / told["objective_usd_bn"]
    draw.says(told)
    return "plan.json bound_usd_bn"


CERTIFICATES: tuple[Spoil, ...] = (
    multiplier_moved, multipliers_moved, multiplier_of_another, certified_bound_raised, certified_weight_moved,
    certificate_damaged, bound_of_record_moved,
)  # fmt: skip
"""those that spoil a hedge that was made one future at a time"""
TAMPERED: tuple[Spoil, ...] = (
    number_moved, quantile_moved, chance_moved, cost_moved, own_bound_raised, own_moved, bound_raised, status_claimed,
    value_moved, names_moved, setting_moved, name_made_up, key_removed, cell_moved, cell_moved, cell_moved, row_moved,
    column_moved, outcomes_moved, news_moved, case_of_future_moved, plan_says_other, plan_says_other, plan_cell_moved,
    futures_swapped, branch_forged, decision_forged, file_foreign, file_missing, file_damaged, *CERTIFICATES,
)  # fmt: skip


def drawn(place: Path, seed: int, count: int) -> Iterator[Verdict]:
    """The verdicts on so many spoilt hedges, kind by kind in turn."""
    bench = Bench(place)
    done = n = 0
    while done < count:
        verdict = bench.judge(TAMPERED[n % len(TAMPERED)], random.Random(f"hedge {seed} {n}"))
        n += 1
        if verdict is not None:
            done += 1
            yield verdict


def table(verdicts: list[Verdict]) -> str:
    """How many were found, by kind."""
    counts = Counter((each.kind, each.found) for each in verdicts)
    lines = [f"{'':24}{'found':>8}{'missed':>8}"]
    for kind in dict.fromkeys(spoil.__name__ for spoil in TAMPERED):
        lines.append(f"{kind:24}{counts[kind, True]:>8}{counts[kind, False] or '-':>8}")
    lines.append(f"{len(verdicts):,} hedges, {sum(each.found for each in verdicts):,} found")
    return "\n".join(lines)


if __name__ == "__main__":
    asked = [int(word) for word in sys.argv[1:]] + [1, 200][len(sys.argv) - 1 :]
    with tempfile.TemporaryDirectory() as temporary:
        result = list(drawn(Path(temporary), *asked))
    print(*(f"{each.kind}: {each.why}" for each in result if not each.found), table(result), sep="\n")  # noqa: T201
    sys.exit(not all(each.found for each in result))
