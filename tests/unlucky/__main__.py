"""Run the pairs and count them by outcome."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.unlucky.commands import COMMANDS, Command, write_inputs
from tests.unlucky.misfortunes import MISFORTUNES, Misfortune
from tests.unlucky.trial import NOTHING, Ended, judged, run

LONGEST_S = 300.0
"""after that a process counts as one that hangs"""


def main() -> int:
    """Run all pairs that are asked for; the exit status says whether each ended as it should."""
    parser = argparse.ArgumentParser(prog="python -m tests.unlucky")
    parser.add_argument("--only", nargs="*", default=[], metavar="WORD", help="pairs whose names contain all words")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="each N-th pair")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="how many at the same time")
    asked = parser.parse_args()
    pairs = [(command, misfortune) for misfortune in MISFORTUNES for command in COMMANDS]
    pairs = [each for each in pairs if all(word in f"{each[0].name} {each[1].name}" for word in asked.only)]
    pairs = pairs[:: asked.every]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(asked.jobs) as executor:
        inputs = Path(folder) / "inputs"
        write_inputs(inputs)
        names = {command.name: command for command, _ in pairs}
        usual = dict(zip(names, executor.map(lambda c: run(c, NOTHING, inputs, Path(folder) / c.name, LONGEST_S),
                                             names.values()), strict=True))  # fmt: skip
        outcomes = list(executor.map(lambda pair: outcome(*pair, inputs, Path(folder), usual), pairs))
    return told(pairs, outcomes)


def outcome(command: Command, misfortune: Misfortune, inputs: Path, folder: Path, usual: dict[str, Ended]) -> str:
    """What is wrong with a pair; it is printed as soon as it is known."""
    place = folder / f"{command.name} {misfortune.name}".replace(" ", "_")
    ended = run(command, misfortune, inputs, place, LONGEST_S)
    wrong = judged(command, misfortune, ended, usual[command.name])
    if wrong:
        last = ended.err.strip().rpartition("\n")[2]
        print(f"{command.name}, {misfortune.name}: {wrong} (status {ended.status}) {last[:160]}", flush=True)  # noqa: T201
    return wrong or ("as usual" if ended.status == usual[command.name].status else f"status {ended.status}, said why")


def told(pairs: list[tuple[Command, Misfortune]], outcomes: list[str]) -> int:
    """Print the counts; 1 where something is wrong."""
    print(f"\n{len(pairs)} pairs of a command and a misfortune")  # noqa: T201
    for name, count in sorted(Counter(outcomes).items(), key=lambda each: -each[1]):
        print(f"{count:5}  {name}")  # noqa: T201
    return int(any(not (each == "as usual" or each.endswith("said why")) for each in outcomes))


if __name__ == "__main__":
    sys.exit(main())
