"""A re-planned plan against the one before it: what is due, what has changed, and the bridge between the costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap

from planner.basics.display import AS_IT_IS, Display
from planner.basics.frames import Table, transposed
from planner.basics.outputs import write_file
from planner.basics.text import columns, counted
from planner.plan.replanned import NOT_ASKED, BridgeStep, DueDecision, NotKept, Replanned
from planner.tables import csvtext

WIDTH, BAR = 112, 32
"""characters of a line, and of the longest bar"""
SMALLEST = 5e-4
"""the smallest sum that is printed as more than 0 [USD bn]"""
WAITING = ("to wait costs", "")
"""columns of what it costs to wait"""
NUMBERS = ("low_usd_bn", "change_usd_bn", "high_usd_bn", "cumulative_usd_bn")
COLUMNS = ("step", "group", *NUMBERS, "says")
"""of the table of the bridge"""
STEP_NAMES = {
    "start": "the plan of {day}",
    "time": "time passed",
    "operation": "operation decided anew",
    "decisions": "signatures decided anew",
    "least change": "less change",
    "gap": "the gap",
}
NEW = "this plan"


@dataclass(frozen=True)
class CostBar:
    """A bar of the bridge: a cost, or a step from one cost to another."""

    label: str
    before: float
    after: float
    """both are the same for a cost"""
    low: float | None
    high: float | None
    """interval of the step, or of the cost; None where nothing is known"""
    whole: bool
    """whether it is a cost"""


def falls(replan: Replanned, bound: float | None) -> list[CostBar]:
    """The bars of the bridge; `bound` is that of the new plan."""
    found, reached = [], 0.0
    for each in replan.bridge:
        label, after = step_name(each, replan), each.cumulative_usd_bn
        if each.step == "start":
            found.append(CostBar(label, after, after, each.low_usd_bn, each.high_usd_bn, True))
        elif each.step != "gap":
            found.append(CostBar(label, reached, after, each.low_usd_bn, each.high_usd_bn, False))
        reached = after
    return [*found, CostBar(NEW, reached, reached, bound, reached, True)]


def step_name(step: BridgeStep, replan: Replanned) -> str:
    """What a step is called."""
    return step.group or STEP_NAMES[step.step].format(day=replan.plan_start)


def text(replan: Replanned, display: Display = AS_IT_IS) -> str:
    """All that a re-planned plan says of the plan before it; what is due comes first."""
    parts = (due(replan.due, replan.next_plan, display), changed(replan, display), bridge(replan, display))
    return "\n\n".join("\n".join(part) for part in parts)


def due(decisions: Sequence[DueDecision], next_plan: str, display: Display = AS_IT_IS) -> Iterator[str]:
    """What must be decided before the next plan, and what it costs to wait."""
    now = [each for each in decisions if each.signed]
    if not now:
        yield f"Nothing has to be signed before the next plan on {next_plan}"
    else:
        yield f"To be signed before the next plan on {next_plan}: {counted(len(now), 'offer')}"
        asked = [each for each in now if each.says != NOT_ASKED]
        rows = [[each.offer, each.last_day, *(_waiting(each, display) if asked else ())] for each in now]
        waiting = (*WAITING, f"[{display.money}]") if asked else ()
        yield from columns(["offer", "by", *waiting], rows, words=(0, 1, 3, 4))
        if not asked:
            yield f"  {NOT_ASKED[0].upper()}{NOT_ASKED[1:]}"
    lapsing = [f"{each.offer} on {each.last_day}" for each in decisions if not each.signed]
    if lapsing:
        yield from wrap(f"  Lapses unsigned: {', '.join(lapsing)}", WIDTH, subsequent_indent="  ")


def _waiting(each: DueDecision, display: Display) -> tuple[str, str, str]:
    if each.cost_usd_bn is None:
        return "", "", each.says
    first, *others = signed_sum(each.cost_usd_bn), *_between(each.low_usd_bn, each.high_usd_bn)
    one, other = (display.moved(text, "USD bn") for text in others)
    return display.moved(first, "USD bn"), one, other


def _between(low: float | None, high: float | None) -> tuple[str, str]:
    """An interval in words; nothing where both ends are printed alike."""
    if low is None or high is None:
        return "", "as far as is known"
    one, other = signed_sum(low), signed_sum(high)
    return ("", "") if one == other else (one, f"to {other}")


def signed_sum(value: float) -> str:
    """A difference with its sign; what would be printed as 0 is 0.

    >>> signed_sum(1.5), signed_sum(-0.0004), signed_sum(-2.0)
    ('+1.500', '0.000', '-2.000')
    """
    return f"{value:+,.3f}" if abs(value) >= SMALLEST else "0.000"


def changed(replan: Replanned, display: Display = AS_IT_IS, most: int = 12) -> Iterator[str]:
    """The fences, the index of change and the signatures that are not as they were."""
    yield f"Planned anew from {display.told(replan.text)}"
    yield (
        f"Index of change {replan.index:.3f} (0: the same is signed, 1: nothing in common); "
        f"{replan.index_of_least_cost:.3f} for the plan of least cost, {display.usd(replan.least_cost_usd_bn)}"
    )
    if not replan.least_change_proven:
        yield "It is NOT proven that no plan of this cost changes less: that search was stopped"
    if replan.frozen:
        kept = counted(len(replan.frozen), "decision")
        yield f"The freeze of {counted(replan.freeze_months, 'month')} keeps {kept} to sign or not"
    yield from _not_kept("Released from the freeze", replan.released)
    yield from _not_kept("No longer there", replan.gone)
    if replan.changes:
        rows = [
            [each.signature, each.was, each.now, f"{each.change:.3f}", f"{each.weight:.3f}"]
            for each in replan.changes[:most]
        ]
        yield from columns(["signature", "was", "is now", "change", "weight"], rows, words=(0, 1, 2))
        if len(replan.changes) > most:
            yield f"  and {len(replan.changes) - most:,} more, in plan.json"
    else:
        yield "Nothing is signed otherwise"


def _not_kept(what: str, names: Sequence[NotKept]) -> Iterator[str]:
    for each in names:
        yield from wrap(f"{what}: {each.signature}: {each.why}", WIDTH, subsequent_indent="  ")


def bridge(replan: Replanned, display: Display = AS_IT_IS) -> Iterator[str]:
    """The bridge with a bar for each step: `#` a cost, `+` a step up, `-` a step down."""
    fair = "; those of data are Shapley values" if replan.fair else ""
    said = f"From the cost of the plan before to that of this one [{display.money}]; "
    yield f"{said}signatures are held while data change{fair}"
    bars = falls(replan, None)
    ends = [value for each in bars for value in (each.before, each.after)]
    low, high = shown_span(ends)
    steps = [*(each for each in replan.bridge if each.step != "gap"), None]
    rows = []
    for each, step in zip(bars, steps, strict=True):
        interval = ("", "") if step is None else _between(step.low_usd_bn, step.high_usd_bn)
        change = "" if each.whole else signed_sum(each.after - each.before)
        if each.whole:
            interval = ("", "")
        sums = [display.moved(text, "USD bn") for text in (change, *interval, f"{each.after:,.3f}")]
        rows.append([each.label, *sums, _bar(each, low, high)])
    yield from columns(["", "change", "", "between", "cost", ""], rows, words=(0, 3, 5))
    if low > 0.0:
        yield f"  The bars begin at {display.amount(low, 'USD bn')}, not at 0"
    gap = next((each for each in replan.bridge if each.step == "gap"), None)
    if gap is not None and gap.low_usd_bn is not None and gap.low_usd_bn < -SMALLEST:
        yield f"  By its gap this plan may cost up to {display.number(-gap.low_usd_bn, 'USD bn')} more than the least"
    for each_step in replan.bridge:
        if each_step.says:
            yield from wrap(f"  {step_name(each_step, replan)}: {each_step.says}", WIDTH, subsequent_indent="    ")


def shown_span(ends: Sequence[float]) -> tuple[float, float]:
    """The amounts from which and up to which bars are drawn; most of what all have in common is cut off.

    >>> shown_span([10.0, 14.0]), shown_span([1.0, 14.0]), shown_span([5.0, 5.0]), shown_span([-1.0, 2.0])
    ((9.0, 14.0), (0.0, 14.0), (0.0, 5.0), (-1.0, 2.0))
    """
    low, high = min(ends, default=0.0), max(ends, default=1.0)
    if low < 0.0 or high - low < SMALLEST:
        return min(0.0, low), high
    return max(0.0, low - 0.25 * (high - low)), high


def _bar(each: CostBar, low: float, high: float) -> str:
    reach = (high - low) or 1.0
    first, last = (round(BAR * (value - low) / reach) for value in sorted((each.before, each.after)))
    if each.whole:
        return "#" * max(1, last)
    if abs(each.after - each.before) < SMALLEST:
        return f"{' ' * first}|"
    return " " * first + ("+" if each.after > each.before else "-") * max(1, last - first)


def table(replan: Replanned) -> Table:
    """The bridge as a table: COLUMNS."""
    rows = [
        [float("nan") if (value := getattr(each, name)) is None else value for name in COLUMNS]
        for each in replan.bridge
    ]
    return transposed(COLUMNS, NUMBERS, rows)


def write(replan: Replanned, file: Path) -> None:
    """Write the bridge as CSV."""
    write_file(file, csvtext.written(table(replan)))
