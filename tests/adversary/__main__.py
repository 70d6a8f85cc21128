"""`python -m tests.adversary [MARKETS]`: look for money machines in that many fair markets of each claim."""

import sys
from collections import Counter

import click

from tests.adversary.hunt import CLAIMS, found_in


def main() -> int:
    """Exit status 1 where a gain was found; it is printed as small as it could be made."""
    markets = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seen, gains = Counter[str](), 0
    for claim in CLAIMS:
        for said in found_in(claim, markets, seen):
            gains += 1
            click.echo(f"GAIN {said}\n")
    for name, count in sorted(seen.items()):
        click.echo(f"{name:32} {count:6}")
    click.echo(f"{gains} kinds of gains")
    return int(gains > 0)


if __name__ == "__main__":
    sys.exit(main())
