"""`python -m tests.mutants [NAME]`: plant the faults, or those whose name or room holds NAME, and see which live."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from tests.mutants.faults import FAULTS
from tests.mutants.planting import copy_of_checkout, judged, run


@click.command()
@click.argument("name", default="")
def main(name: str) -> None:
    """Plant the faults one at a time; exit 1 where one lives, or where the tests fail without any."""
    chosen = [fault for fault in FAULTS if name in fault.name or name in fault.where]
    with tempfile.TemporaryDirectory() as folder:
        root = copy_of_checkout(Path(folder))
        sound = run(sorted({test for fault in chosen for test in fault.tests.split()}), root)
        if sound.returncode:
            click.echo(sound.stdout + sound.stderr)
            sys.exit("the tests fail without any fault")
        width = max(len(fault.name) for fault in chosen)
        alive = 0
        for fault in chosen:
            verdict = judged(fault, root)
            alive += verdict.lives
            said = f"LIVES: {verdict.said}" if verdict.lives else verdict.killed_by
            click.echo(f"{fault.name:{width}}  {verdict.seconds:5.1f} s  {said}")
    click.echo(f"{len(chosen) - alive} of {len(chosen)} faults are noticed")
    if alive:
        sys.exit(1)


if __name__ == "__main__":
    main()
