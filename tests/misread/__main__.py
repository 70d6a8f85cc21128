"""`python -m tests.misread`: every case that was misread: what was said before, what is said now, what is right."""

import sys
import tempfile
from pathlib import Path

import click

from planner.basics.text import columns
from tests.misread.reading import Misread


def main() -> int:
    """Exit status 1 where a value is not the right one."""
    rows, wrong = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for each in Misread.all():
            for months in each.months:
                found = each.found(Path(folder) / each.name / str(months), months)
                agrees = abs(found - each.right) <= 1e-6 * max(1.0, abs(each.right))
                wrong += not agrees
                rows.append(
                    [
                        each.name,
                        str(months),
                        each.about,
                        each.before,
                        f"{found:.6f}",
                        f"{each.right:.6f}",
                        "" if agrees else "WRONG",
                    ]
                )
    click.echo("\n".join(columns(["case", "months", "of", "before", "now", "by hand", ""], rows, words=(0, 2, 6))))
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
