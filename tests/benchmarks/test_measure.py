import sys
from functools import partial

import pytest

from tests.benchmarks.measure import Run, Sample, interleaved, peak, run, timed

BUSY = "import time\nwhile time.process_time() < 0.3: pass\nprint('done')"
HUNDRED_MIB = "held = bytearray(100 * 1024 * 1024); held[::1024] = b'x' * len(held[::1024])"


def test_a_process_is_charged_what_it_burns() -> None:
    busy = run((sys.executable, "-c", BUSY))
    assert busy.out == "done\n"
    assert busy.cpu >= 0.3
    assert busy.wall >= busy.cpu / 2


def test_a_process_is_charged_what_it_holds() -> None:
    assert run((sys.executable, "-c", HUNDRED_MIB)).peak >= 100


def test_children_count_too() -> None:
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}], check=True)"
    assert run((sys.executable, "-c", parent)).cpu >= 0.3


def test_a_process_that_fails_says_so_unless_it_may() -> None:
    with pytest.raises(RuntimeError, match="status 3"):
        run((sys.executable, "-c", "raise SystemExit(3)"))
    assert run((sys.executable, "-c", "raise SystemExit(3)"), allowed=(3,)).status == 3


def test_the_checkout_is_what_is_imported() -> None:
    found = run((sys.executable, "-P", "-c", "import tests.benchmarks.measure as m; print(m.ROOT)"))
    from tests.benchmarks.measure import ROOT

    assert found.out.strip() == str(ROOT)


def test_ways_take_turns() -> None:
    called: list[str] = []

    def way(name: str) -> Run:
        called.append(name)
        return Run(1.0, 0.5, 1.0, 0)

    found = interleaved({name: partial(way, name) for name in "ab"}, 3)
    assert called == list("ababab")
    assert [len(runs) for runs in found.values()] == [3, 3]


def test_parts_of_a_process_are_timed_and_its_memory_only_grows() -> None:
    taken: list[tuple[float, float]] = []
    before = peak()
    with timed(taken):
        held = bytearray(50 * 1024 * 1024)
        held[::1024] = b"x" * len(held[::1024])
        sum(range(300_000))
    ((wall, cpu),) = taken
    assert wall > 0.0
    assert cpu > 0.0
    assert peak() >= before


def test_samples_add_up_repeat_by_repeat() -> None:
    first, second = Sample((1.0, 3.0, 2.0), (1.0, 1.0, 1.0)), Sample((1.0, 1.0, 5.0), (0.5, 0.5, 0.5))
    assert Sample.added([first, second]).wall == (2.0, 4.0, 7.0)
    assert first.less(second).wall == (0.0, 2.0, 1.0)
    assert first.times(2).wall == (2.0, 6.0, 4.0)
    assert first.median("wall") == 2.0
    assert first.least("wall") == 1.0
