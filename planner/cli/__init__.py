"""The command line. Each command calls functions of other rooms; slow modules are imported when a command needs them.

Exit status: 0 success: a proven plan, a valid case, an audit that agrees, or repairs of an impossible case; 1 a fault
of the program; 2 wrong usage; 3 an invalid case; 4 no plan exists; 5 stopped before a plan was found; 6 a plan that was
stopped before its gap; 7 an audit that does not agree; 8 a file or folder that cannot be read or written.
"""

from __future__ import annotations

import atexit
import gc
import io
import sys

import click

from planner.cli import cases, pages, plans, studies

COMMANDS = (
    cases.new, cases.generate, cases.check, cases.sources, cases.explain,
    plans.solve, plans.audit, plans.compare, plans.report, plans.network,
    studies.prices, studies.sweep, studies.frontier, studies.alternatives, studies.stress,
    pages.formulation, pages.schema,
)  # fmt: skip
"""all commands, in the order of `planner --help`"""


class InOrder(click.Group):
    """A group that lists its commands in the order in which they were added."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands."""
        return list(self.commands)


@click.group(cls=InOrder, context_settings={"max_content_width": 120})
@click.version_option(package_name="planner")
def main() -> None:
    """Plan which compute contracts to sign, when, how much and with whose guarantee, at least present cost."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # names that are no text are printed as escapes
            stream.reconfigure(errors="backslashreplace")
    atexit.register(gc.freeze)  # saves the garbage collection at exit: a tenth of a second after Pyomo's import


for command in COMMANDS:
    main.add_command(command)
