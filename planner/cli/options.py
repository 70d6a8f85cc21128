"""What commands share: exit statuses, options and their values."""

from __future__ import annotations

import functools
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

from planner.basics.errors import DataError, Disagrees, Infeasible, Problem, Stopped, Unbounded
from planner.basics.search_method import SearchMethod
from planner.basics.text import counted
from planner.cli.paths import FOLDER, TO_FILE, TO_FOLDER
from planner.cli.places import Places
from planner.cli.streams import fits

if TYPE_CHECKING:
    from pathlib import Path

    from planner.plan.audit import Audit
    from planner.plan.hedges.audit import HedgeAudit
    from planner.plan.hedges.hedge import Hedge
    from planner.plan.plan import Plan
    from planner.studies.engine import Engine

FAULT = FAILED = LACKING = 1
USAGE = 2
INVALID, INFEASIBLE, STOPPED, UNPROVEN, DISAGREES, UNREACHABLE = 3, 4, 5, 6, 7, 8
SHOWN = 40
"""how many findings of an audit are printed"""

P = ParamSpec("P")
Opened = TypeVar("Opened")


def ends_in_a_status(command: Callable[P, int | None]) -> Callable[P, None]:
    """Turn the result or the error of a command into its exit status. Errors give one message on standard error."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            with terminated_like_ctrl_c():
                status = command(*args, **kwargs)
            sys.exit(status or 0)
        except DataError as error:
            click.echo(str(error), err=True)
            count = len(error.problems)
            click.echo(f"{count} problem{'s' * (count != 1)}; nothing was done", err=True)
            sys.exit(INVALID)
        except Disagrees as error:
            click.echo(_told(error), err=True)
            click.echo(f"{counted(len(error.findings), 'finding')} of an audit; nothing was done", err=True)
            sys.exit(DISAGREES)
        except Infeasible as error:
            click.echo(f"Infeasible: {error}", err=True)
            sys.exit(INFEASIBLE)
        except Stopped as error:
            click.echo(f"No plan: {error}", err=True)
            sys.exit(STOPPED)
        except Unbounded as error:
            click.echo(f"Unbounded: {error}; this is a fault of the planner, nothing was written", err=True)
            sys.exit(FAULT)
        except FileExistsError as error:
            click.echo(not_written(str(error)), err=True)
            sys.exit(USAGE)
        except KeyboardInterrupt:
            click.echo(interrupted(), err=True)
            sys.exit(STOPPED)
        except MemoryError:  # told where the memory of the command is free again
            raise
        except Exception as error:
            sys.exit(_status_of(error))

    return run


def _status_of(error: Exception) -> int:
    """The exit status of a machine that lacks something or cannot read or write. Raises any other error again."""
    from planner.basics.resources import missing_resource

    lacking = missing_resource(error)
    if lacking is not None:
        click.echo(f"{not_written(lacking.why)}\n{lacking.hint}".rstrip(), err=True)
        return LACKING
    if not isinstance(error, OSError):
        raise error
    where = f"{error.filename}: " if error.filename else ""
    click.echo(not_written(f"{where}{error.strerror or error}"), err=True)
    return UNREACHABLE


def not_written(why: str) -> str:
    """Why a command ended early, and what it had written by then, if it writes anything."""
    places = _places()
    if written := places.written():
        return f"Cannot go on: {why}. Written before that: {', '.join(written)}"
    return f"{'Nothing was written' if places.before else 'Cannot go on'}: {why}"


def interrupted() -> str:
    """What a command says that was stopped by Ctrl-C or a signal."""
    written = ", ".join(_places().written())
    return f"Stopped by interruption{f'. Written before that: {written}' if written else ': nothing was written'}"


def _places() -> Places:
    context = click.get_current_context(silent=True)
    return Places() if context is None else context.find_object(Places) or Places()


ENDING = ("SIGTERM", "SIGHUP")
"""signals that end a program; not every system has all of them"""


def _told(error: Disagrees) -> str:
    """The first findings of an audit, one a line."""
    lines = str(error).splitlines()
    more = [f"… and {len(lines) - SHOWN:,} more; planner audit --json has them all"] if len(lines) > SHOWN else []
    return "\n".join([*lines[:SHOWN], *more])


def plans_in(*folders: Path, on_audit: Callable[[Audit], object] = lambda _: None) -> list[Plan]:
    """The plans in folders, once the audit of each has agreed; `on_audit` is called with each audit.

    Raises DataError where a folder is none of a plan, Disagrees where an audit does not agree. Where several are wrong,
    what is wrong with the others is printed first.
    """
    from planner.plan.audit import opened

    return _each([partial(opened, folder, on_audit=on_audit) for folder in folders])


def plans_or_hedges_in(*folders: Path) -> list[Plan | Hedge]:
    """The plans and hedges in folders, once the audit of each has agreed; raises as `plans_in` does."""
    from planner.plan.audit import opened
    from planner.plan.hedges.audit import opened_hedge
    from planner.plan.hedges.hedge import is_hedge

    def either(folder: Path) -> Plan | Hedge:
        return opened_hedge(folder) if is_hedge(folder) else opened(folder)

    return _each([partial(either, folder) for folder in folders])


def _each(openings: Sequence[Callable[[], Opened]]) -> list[Opened]:
    """What each of several functions opens; what is wrong with all but one of the others is printed first."""
    plans: list[Opened] = []
    errors: list[DataError | Disagrees] = []
    for opening in openings:
        try:
            plans.append(opening())
        except (DataError, Disagrees) as error:
            errors.append(error)
    errors.sort(key=lambda error: isinstance(error, DataError))
    for each in errors[:-1]:
        click.echo(_told(each) if isinstance(each, Disagrees) else str(each), err=True)
    if errors:
        raise errors[-1]
    return plans


def hedge_in(folder: Path) -> tuple[Hedge, HedgeAudit]:
    """The hedge in a folder, once its audit has agreed; raises as `plans_in` does."""
    from planner.plan.hedges.audit import audit
    from planner.plan.hedges.hedge import Hedge

    audited = audit(folder)
    if not audited.is_plan:
        raise DataError([Problem(f"{folder}/plan.json", None, "", "the record of a hedge", "no such record")])
    if not audited.agrees:
        raise Disagrees(str(folder), audited.findings)
    return Hedge.read(folder), audited


def start_in(folder: Path | None) -> Plan | None:
    """The plan from which a solve starts, if one is given; raises as `plans_in` does."""
    return None if folder is None else plans_in(folder)[0]


@contextmanager
def terminated_like_ctrl_c() -> Iterator[None]:
    """Let SIGTERM, and SIGHUP when the terminal is gone, do what Ctrl-C does, so that nothing is left half done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {}
    for number in (getattr(signal, name) for name in ENDING if hasattr(signal, name)):
        if signal.getsignal(number) not in (signal.SIG_IGN, None):
            before[number] = signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def changing(command: Callable[P, None]) -> Callable[P, None]:
    """The options that change a case before it is used."""
    command = click.option(
        "--period-months", type=click.Choice(["1", "3", "6", "12"]), help="Length of a period instead of the case's."
    )(command)
    return click.option(
        "--set", "changes", multiple=True, metavar="CHANGE",
        help="Change the case first, as in 'guarantor_caps[google,lease,*].cap_usd_bn *= 0.5'. May be repeated.",
    )(command)  # fmt: skip


SEARCH = click.option(
    "--search", type=click.Choice([str(each) for each in SearchMethod]),
    help="Our search, HiGHS's alone, or both side by side: sooner, but perhaps another plan each time.",
)  # fmt: skip
STRICT = click.option("--strict", is_flag=True, help="Treat slips as errors.")


def workers_or_cluster(command: Callable[P, None]) -> Callable[P, None]:
    """The options for the machines that carry out the solves of a study."""
    command = click.option(
        "--cluster", "address", metavar="ADDRESS", help="Solve on the workers of this Dask scheduler."
    )(command)
    return click.option("--workers", type=click.IntRange(1), help="Processes on this machine; default: one per core.")(
        command
    )


keeping = click.option(
    "--keep",
    type=TO_FOLDER,
    metavar="FOLDER",
    help="Keep every solve here. The same command goes on where it was stopped.",
)


TABLE = click.option("--csv", "file", type=TO_FILE, metavar="FILE", help="Also write the table.")
RESULT = click.option("--json", "as_json", is_flag=True, help="Print the result for programs.")


@contextmanager
def bringing(extra: str) -> Iterator[None]:
    """A block that imports the packages of an extra. A missing one ends as wrong usage."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise click.UsageError(f"{error.name} is not installed; pip install 'planner[{extra}]' brings it") from None


def reporting() -> AbstractContextManager[None]:
    """A block that imports charts and pages. A missing package ends as wrong usage."""
    return bringing("report")


CHARTS = (".svg", ".png", ".html")
"""endings of the files of charts"""


def drawable(_: click.Context, __: click.Parameter, file: Path | None) -> Path | None:
    """Check the file of a chart before anything is solved."""
    if file is not None:
        if file.suffix.lower() not in CHARTS:
            raise click.BadParameter(f"{file.name} must end in {', '.join(CHARTS[:-1])} or {CHARTS[-1]}")
        with reporting():
            import planner.reports.page.frontier_charts  # noqa: F401
    return file


def around_the_cheapest(command: Callable[P, None]) -> Callable[P, None]:
    """The options of studies that start from the least-cost plan of a case and draw their result."""
    start = click.option("--start", type=FOLDER, metavar="PLAN", help="The least-cost plan, if it was solved already.")
    chart = click.option(
        "--chart", type=TO_FILE, metavar="FILE", callback=drawable,
        help="Also draw it: a file ending in .svg, .png or .html.",
    )  # fmt: skip
    return changing(start(workers_or_cluster(keeping(chart(TABLE(RESULT(command)))))))


def engine_of(workers: int | None, address: str | None) -> Engine:
    """The engine that carries out the solves of a study. Raises click.BadParameter where the address is none."""
    from functools import partial

    from planner.studies import engine
    from planner.studies.cluster import checked, cluster

    if address is None:
        return engine.local(workers)
    try:
        checked(address)
    except ValueError as error:
        said = f"{address!r} is no address such as tcp://host:8786: {error}"
        raise click.BadParameter(said, param_hint="--cluster") from None
    return partial(cluster, address, partial(click.echo, err=True))


def as_text(value: object) -> str:
    """A result as JSON, in letters that standard output has."""
    import json

    text = json.dumps(value, indent=2, ensure_ascii=False)
    return text if fits(text, getattr(sys.stdout, "encoding", None) or "utf-8") else json.dumps(value, indent=2)
