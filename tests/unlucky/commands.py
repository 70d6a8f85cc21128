"""The commands, each with words that make it do its work on a small case, and the place to which it writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from planner.focus.export import focus_file
from planner.plan.plan import Plan
from planner.solve.solve import solve
from planner.workbooks.of_case.writing import data_of
from tests.small import cloud, demand, small

OUTPUT = "out"
"""what a command writes, within the folder of the trial"""


@dataclass(frozen=True)
class Command:
    """A command and its words; names in braces, such as `{case}`, stand for paths (`trial.run`)."""

    name: str
    words: tuple[str, ...]
    grows: bool = False
    """whether it keeps results one by one, so that some of them may be there in the end"""
    output: str = OUTPUT
    """the name of what it writes, where that must have a certain ending"""
    before: str = ""
    """the input of which a copy stands there before; blank: nothing does"""


def _command(name: str, words: str, grows: bool = False) -> Command:
    return Command(name, tuple(words.split()), grows)


COMMANDS = (
    _command("help", "--help"),
    _command("new", "new {out}"),
    _command("generate", "generate {out} --offers 3 --periods 2 --seed 1"),
    Command("import", ("import", "{focus}", "--into", "{out}", "--force"), before="case"),
    _command("check", "check {case}"),
    _command(
        "events", "events {case} -o {out} --futures 2 --law demand:demand[2026-07-01..,*,*].demand_gw*=normal(1,0.1)"
    ),
    _command("sources", "sources {case}"),
    _command("explain", "explain {case}"),
    _command("solve", "solve {case} -o {out}"),
    _command("json", "solve {case} -o {out} --json"),
    Command("replace", ("solve", "{case}", "-o", "{out}", "--force"), before="other"),
    _command("audit", "audit {plan}"),
    _command("compare", "compare {plan} {other} --csv {out}"),
    _command("report", "report {plan} -o {out}"),
    _command("network", "network {plan} --graphml {out}"),
    Command("export a case", ("export", "{case}", "-o", "{out}"), output=f"{OUTPUT}.xlsx"),
    _command("a case in a workbook", "export {book} -o {out}"),
    Command("export", ("export", "{plan}", "-o", "{out}"), output=f"{OUTPUT}.xlsx"),
    _command("export of books", "export {plan} --accounts ifrs16 -o {out}"),
    Command("export in FOCUS", ("export", "{plan}", "--focus", "{out}"), output=f"{OUTPUT}.csv"),
    _command("replan", "replan {case} --from {plan} -o {out}"),
    _command("prices", "prices {plan} --workers 2 --csv {out}"),
    _command("sweep", "sweep {case} -o {out} --workers 2 --vary rate:case.discount_rate=0.1|0.2", grows=True),
    _command("frontier", "frontier {case} --of use:cloud --points 2 --workers 2 --csv {out}"),
    _command("alternatives", "alternatives {case} --count 1 --workers 2 --csv {out}"),
    _command(
        "sweep of hedges", "sweep {case} --hedge -o {out} --workers 2 --vary fee:case.discount_rate=0.2", grows=True
    ),
    _command("price of prudence", "frontier {case} --hedge --of cvar --points 2 --workers 2 --csv {out}"),
    _command("other policies", "alternatives {case} --hedge --count 1 --workers 2 --csv {out}"),
    _command("one future at a time", "hedge {case} -o {out} --by-future --workers 2 --no-values"),
    _command("stress", "stress {plan} {events} -o {out}"),
    _command("horizons", "horizons {plan}"),
    _command("simulate", "simulate {case} -o {out} --worlds 2 --every 6 --workers 2", grows=True),
    _command("advance", "advance {plan} --to 2026-07-01 -o {out}"),
    _command("formulation", "formulation"),
    _command("schema", "schema"),
)


def write_inputs(folder: Path) -> None:
    """Write the case, also as a workbook, two plans, the events and the commitments that the commands read."""
    case = small(folder / "case", end=2027, months=6, demand=demand(1), **cloud())
    (folder / "case.xlsx").write_bytes(data_of(case))
    plan: Plan = solve(case)
    plan.write(folder / "plan")
    solve(case.change("cloud_tiers[deal,only].price_usd_bn_per_gw_year *= 2")).write(folder / "other")
    (folder / "focus.csv").write_bytes(focus_file(plan))
    (folder / "events.csv").write_text(
        "event,kind,subject,from_date,value\ngone,provider_gone,cloud,2026-07-01,\n", encoding="utf-8"
    )
