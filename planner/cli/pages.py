"""Commands that print the mathematics and the tables of the planner."""

from __future__ import annotations

import click

from planner.cli.options import as_text, ends_in_a_status


@click.command()
@ends_in_a_status
def formulation() -> int:
    """Print the mathematics as Markdown: variables, constraints, limits, ledgers and posts."""
    from planner.catalogue import CATALOGUE
    from planner.reports.formulation import markdown

    click.echo(markdown(CATALOGUE))
    return 0


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON Schema instead of Markdown.")
@ends_in_a_status
def schema(as_json: bool) -> int:
    """Print the data dictionary: every table and column of a case."""
    from planner.case import schema as dictionary
    from planner.catalogue import CATALOGUE

    click.echo(as_text(dictionary.json_schema(CATALOGUE)) if as_json else dictionary.markdown(CATALOGUE))
    return 0
