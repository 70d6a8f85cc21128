"""What commands share: exit statuses, options and their values."""

from __future__ import annotations

import functools
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ParamSpec

import click

from planner.basics.errors import DataError, Infeasible, Stopped
from planner.basics.search_method import SearchMethod

if TYPE_CHECKING:
    from pathlib import Path

    from planner.api import Case
    from planner.plan.plan import Plan
    from planner.studies.engine import Engine

INVALID, INFEASIBLE, STOPPED, UNPROVEN, DISAGREES, UNREACHABLE = 3, 4, 5, 6, 7, 8
USAGE = 2

P = ParamSpec("P")


class PathType(click.Path):
    """A path of pathlib, which is imported only when there is one, so that `--help` is fast."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path. Raises click.BadParameter where it is a file instead of a folder, or the reverse."""
        from pathlib import Path

        try:
            possible = b"\0" not in os.fsencode(value)
        except UnicodeEncodeError:
            possible = False
        if not possible:
            self.fail(f"{os.fspath(value)!a} is a name that no file can have", param, ctx)
        return Path(os.fsdecode(super().convert(value, param, ctx)))


FOLDER = PathType(file_okay=False)
FILE = PathType(dir_okay=False)


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
        except Infeasible as error:
            click.echo(f"Infeasible: {error}", err=True)
            sys.exit(INFEASIBLE)
        except Stopped as error:
            click.echo(f"No plan: {error}", err=True)
            sys.exit(STOPPED)
        except FileExistsError as error:
            click.echo(f"Nothing was written: {error}", err=True)
            sys.exit(USAGE)
        except BrokenPipeError:  # the reader of the output has gone; click ends the program
            raise
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            click.echo(f"Nothing was written: {where}{error.strerror or error}", err=True)
            sys.exit(UNREACHABLE)
        except KeyboardInterrupt:
            click.echo("Stopped by interruption: nothing was written", err=True)
            sys.exit(STOPPED)

    return run


@contextmanager
def terminated_like_ctrl_c() -> Iterator[None]:
    """Let SIGTERM do what Ctrl-C does, so that nothing is left half done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ignored = signal.getsignal(signal.SIGTERM) in (signal.SIG_IGN, None)
    before = None if ignored else signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


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


def case_in(
    folder: Path,
    changes: tuple[str, ...],
    period_months: str | None,
    strict: bool = False,
    *,
    shows_slips: bool = False,
    **solver: float | str | None,
) -> Case:
    """The case in a folder with the changes of the options. Where `strict`, slips raise DataError.

    Otherwise they are printed on standard error, unless the command shows them itself.
    """
    from planner.api import Case
    from planner.case import plausibility

    texts = [*changes]
    if period_months is not None:
        texts.append(f"case.period_months = {period_months}")
    texts += [f"case.solver.{name} = {value}" for name, value in solver.items() if value is not None]
    case = Case.read(folder)
    case = case.change(*texts) if texts else case
    slips = plausibility.slips(case)
    if strict and slips:
        raise DataError(slips)
    if not shows_slips:
        for slip in slips:
            click.echo(f"Looks like a slip: {slip}", err=True)
    return case


def plan_in(folder: Path) -> Plan:
    """The plan in a folder. Files in its copy of the case that are not read are named on standard error."""
    from planner.plan.plan import Plan

    plan = Plan.read(folder)
    for problem in plan.case.unread:
        click.echo(f"Looks like a slip: {folder}: {problem}", err=True)
    return plan


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
    type=FOLDER,
    metavar="FOLDER",
    help="Keep every solve here. The same command goes on where it was stopped.",
)


TABLE = click.option("--csv", "file", type=FILE, metavar="FILE", help="Also write the table.")
RESULT = click.option("--json", "as_json", is_flag=True, help="Print the result for programs.")


@contextmanager
def reporting() -> Iterator[None]:
    """A block that imports charts and pages. A missing package ends as wrong usage."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise click.UsageError(f"{error.name} is not installed; pip install 'planner[report]' brings it") from None


CHARTS = (".svg", ".png", ".html")
"""endings of the files of charts"""


def _drawable(_: click.Context, __: click.Parameter, file: Path | None) -> Path | None:
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
        "--chart", type=FILE, metavar="FILE", callback=_drawable,
        help="Also draw it: a file ending in .svg, .png or .html.",
    )  # fmt: skip
    return changing(start(workers_or_cluster(keeping(chart(TABLE(RESULT(command)))))))


def engine_of(workers: int | None, address: str | None) -> Engine:
    """The engine that carries out the solves of a study."""
    from functools import partial

    from planner.studies import engine

    return engine.local(workers) if address is None else partial(engine.cluster, address)


def as_text(value: object) -> str:
    """A result as JSON."""
    import json

    return json.dumps(value, indent=2, ensure_ascii=False)
