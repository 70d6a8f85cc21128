"""The command line. Each command calls functions of other rooms; slow modules are imported when a command needs them.

Exit status: 0 success: a proven plan, a valid case, an audit that agrees, or repairs of an impossible case; 1 a fault
of the program, or a machine that lacks memory, threads, processes or a package; 2 wrong usage; 3 an invalid case; 4 no
plan exists; 5 stopped before a plan was found; 6 a plan that was stopped before its gap; 7 an audit that does not
agree; 8 a file or folder that cannot be read or written. Closed or full output streams change no status.
"""

from __future__ import annotations

import atexit
import gc
from typing import Any

import click

from planner.basics.errors import LESS_MEMORY, MEMORY
from planner.cli import advance, cases, events, export, hedge, imports, pages, plans, replan, simulate, studies
from planner.cli.options import LACKING, STOPPED, interrupted, not_written
from planner.cli.places import Places
from planner.cli.streams import lenient_streams

COMMANDS = (
    cases.new, cases.generate, imports.import_, cases.check, events.events, cases.sources, cases.explain,
    plans.solve, plans.audit, plans.compare, plans.report, plans.network, export.export,
    hedge.hedge, advance.advance, replan.replan, simulate.simulate,
    studies.prices, studies.sweep, studies.frontier, studies.alternatives, studies.stress, studies.horizons,
    pages.formulation, pages.schema,
)  # fmt: skip
"""all commands, in the order of `planner --help`"""


class Commands(click.Group):
    """A group that lists its commands in the order in which they were added, and lets no stream or signal break one."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command as click does, with streams that never stop it."""
        places = Places()
        with lenient_streams(places.written):
            return super().main(*args, **{"obj": places, **kwargs})

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command of a context. Ctrl-C ends it also while its words are still being read."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo(interrupted(), err=True)
            ctx.exit(STOPPED)
        except MemoryError as error:
            error.__traceback__ = error.__context__ = None  # they hold the memory of the command
        click.echo(f"{not_written(MEMORY)}\n{LESS_MEMORY}", err=True)
        return ctx.exit(LACKING)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands."""
        return list(self.commands)


@click.group(cls=Commands, context_settings={"max_content_width": 120})
@click.version_option(package_name="planner")
def main() -> None:
    """Plan which compute contracts to sign, when, how much and with whose guarantee, at least present cost."""
    atexit.register(gc.freeze)  # saves the garbage collection at exit: a tenth of a second after Pyomo's import


for command in COMMANDS:
    main.add_command(command)
