"""`python -m tests.benchmarks`."""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
import time
from pathlib import Path

import click

from tests.benchmarks.result import Size, table, versions

NAMES = (
    "startup", "loading", "growth", "overhead", "search", "family", "sweep", "neighbours",
    "formulation", "anytime", "trees", "peers",
)  # fmt: skip
LIMITS_S = {"quick": 20.0, "default": 60.0, "full": 600.0}
REPEATS = {"quick": 1, "default": 3, "full": 7}


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(NAMES))
@click.option("--quick", "size", flag_value="quick", help="Smaller sizes.")
@click.option("--full", "size", flag_value="full", help="Larger sizes: hours.")
@click.option(
    "--limit",
    type=float,
    metavar="SECONDS",
    help="Longest search in `search`, `family` and `formulation`, of the processor.",
)
@click.option("--peers", default=sys.executable, metavar="PYTHON", help="The Python that has PyPSA and linopy.")
@click.option("--json", "file", type=click.Path(path_type=Path), metavar="FILE", help="Write what was measured.")
@click.option(
    "--compare", "before", type=click.Path(exists=True, path_type=Path), metavar="FILE",
    help="Print it beside an earlier --json.",
)  # fmt: skip
def main(
    names: tuple[str, ...], size: str | None, limit: float | None, peers: str, file: Path | None, before: Path | None
) -> None:
    """Measure how fast and how large the planner is; all of it unless some NAMES are given."""
    earlier = None if before is None else json.loads(before.read_text(encoding="utf-8"))
    size = size or "default"
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        asked = Size(size, REPEATS[size], limit or LIMITS_S[size], Path(folder), peers)
        for name in names or NAMES:
            began = time.perf_counter()
            click.echo(f"{name} ...", err=True, nl=False)
            results[name] = list(importlib.import_module(f"tests.benchmarks.{name}").measure(asked))
            click.echo(f" {time.perf_counter() - began:.0f} s", err=True)
            if file is not None:  # after each, as a later one may be stopped
                said = {key: [row.json() for row in rows] for key, rows in results.items()}
                found = {"size": size, "versions": versions(), "results": said}
                file.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    click.echo(table(results, earlier))


if __name__ == "__main__":
    main()
