"""`python -m tests.golden`: compare the models of the small cases with the files, or write the files anew."""

from __future__ import annotations

import shutil
import sys

import click

from tests.golden.cases import GOLDEN
from tests.golden.saved import MODELS, difference, made


@click.command()
@click.option("--write", is_flag=True, help="Write the files anew.")
def main(*, write: bool) -> None:
    """Compare the models with the files; exit 1 where they differ."""
    found = {name: made(golden) for name, golden in GOLDEN.items()}
    differences = "".join(difference(name, files) for name, files in found.items())
    click.echo(differences or "the models are those of the files\n", nl=False)
    if write:
        shutil.rmtree(MODELS, ignore_errors=True)
        for name, files in found.items():
            (MODELS / name).mkdir(parents=True)
            for file, text in files.items():
                (MODELS / name / file).write_text(text, encoding="utf-8")
    elif differences:
        sys.exit(1)


if __name__ == "__main__":
    main()
