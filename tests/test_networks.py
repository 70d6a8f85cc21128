"""Quickest, then cheapest paths, and circles, against every path and every walk of small graphs."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.basics.networks import Link, Path, circles, reach

REGIONS = ("a", "b", "c", "d", "e")

links = st.lists(
    st.tuples(
        st.sampled_from(REGIONS),
        st.sampled_from(REGIONS),
        st.sampled_from([0.0, 0.1, 0.2, 0.3, 10.0]),  # 0.1 + 0.2 is as quick as 0.3, whatever floats say
        st.sampled_from([0.0, 0.25, 1.0, 2.5]),
    ),
    max_size=8,
)


def best_by_trying(links: list[Link], a: str, b: str) -> tuple[float, float] | None:
    """Of every simple path, the one of least latency (to a millionth of a ms), then of least egress."""
    if a == b:
        return 0.0, 0.0
    between = [region for region in REGIONS if region not in (a, b)]
    found = []
    for length in range(len(between) + 1):
        for stops in permutations(between, length):
            ways = [(0.0, 0.0)]
            for u, v in zip((a, *stops), (*stops, b), strict=True):
                steps = [link[2:] for link in links if link[:2] in {(u, v), (v, u)}]
                ways = [(x + latency, y + egress) for x, y in ways for latency, egress in steps]
            found += [(round(latency, 6), egress) for latency, egress in ways]
    return min(found, default=None)


@given(links)
def test_reach_is_the_best_of_all_paths(links: list[Link]) -> None:
    reached = reach(links, REGIONS)
    for a in REGIONS:
        for b in REGIONS:
            best = best_by_trying(links, a, b)
            if best is None:
                assert (a, b) not in reached
            else:
                assert reached[a, b] == pytest.approx(best)


@given(links)
def test_links_have_no_direction(links: list[Link]) -> None:
    reached = reach(links, REGIONS)
    turned = reach([(b, a, latency, egress) for a, b, latency, egress in links], REGIONS)
    assert turned.keys() == reached.keys()
    for (a, b), path in reached.items():
        assert turned[a, b] == pytest.approx(path)
        assert reached[b, a] == pytest.approx(path)


def test_of_equally_quick_paths_the_cheapest() -> None:
    # a–b–d and a–c–d both take 20 ms; a–d takes 30 ms and is free.
    square = [
        ("a", "b", 10.0, 0.5),
        ("b", "d", 10.0, 0.5),
        ("a", "c", 5.0, 0.3),
        ("c", "d", 15.0, 0.4),
        ("a", "d", 30.0, 0.0),
    ]
    assert reach(square, "abcd")["a", "d"] == pytest.approx(Path(20.0, 0.7))


def test_islands_and_no_links() -> None:
    assert reach([], ["a", "b"]) == {("a", "a"): Path(0.0, 0.0), ("b", "b"): Path(0.0, 0.0)}


def test_a_relay_that_is_no_region_is_passed_through() -> None:
    assert reach([("a", "x", 1.0, 0.1), ("x", "b", 2.0, 0.2)], ["a", "b"])["a", "b"] == pytest.approx(Path(3.0, 0.3))
    assert set(reach([("a", "x", 1.0, 0.1)], ["a"])) == {("a", "a")}


def test_phases_in_order_have_no_circle() -> None:
    assert circles({}) == []
    assert circles({"two": "one", "three": "two", "four": "two"}) == []


@given(st.dictionaries(st.sampled_from(REGIONS), st.sampled_from(REGIONS)))
def test_circles_are_found_by_walking(after: dict[str, str]) -> None:
    expected = set()
    for start in after:
        walk = [start]
        while walk[-1] in after and after[walk[-1]] not in walk:
            walk.append(after[walk[-1]])
        if after.get(walk[-1]) == start:
            first = walk.index(min(walk))
            expected.add((*walk[first:], *walk[:first]))
    found = circles(after)
    assert len(found) == len(expected)
    assert set(found) == expected
