"""The command line. Each command is a few lines on the functions below; what is slow is imported when it is needed.

Exit status: 0 a proven plan, a clean check, an audit that agrees or an impossible case explained; 1 an error of ours;
2 wrong usage; 3 invalid case; 4 infeasible; 5 stopped before any plan; 6 a plan, but stopped before its gap; 7 an audit
that does not agree; 8 a file or folder that cannot be read or written.
"""

from __future__ import annotations

import atexit
import gc

import click

from planner.cli import cases, pages, plans, studies

COMMANDS = (
    cases.new, cases.generate, cases.check, cases.sources, cases.explain,
    plans.solve, plans.audit, plans.compare, plans.report, plans.network,
    studies.prices, studies.sweep, studies.frontier, studies.alternatives, studies.stress,
    pages.formulation, pages.schema,
)  # fmt: skip
"""all of them, in the order in which one meets them"""


class InOrder(click.Group):
    """Lists its commands in the order in which they were added."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        return list(self.commands)


@click.group(cls=InOrder, context_settings={"max_content_width": 120})
@click.version_option(package_name="planner")
def main() -> None:
    """Plan which compute contracts to sign, when, how much and with whose guarantee, at least present cost."""
    atexit.register(gc.freeze)  # no looking for garbage while everything goes: a tenth of a second after Pyomo's import


for command in COMMANDS:
    main.add_command(command)
