"""Amounts by period as changes that are typed, and as words."""

from datetime import date

import numpy as np

from planner.basics.calendar import Calendar
from planner.interfaces.lines import Line, lowered, raised

YEARS = Calendar(date(2026, 1, 1), date(2030, 1, 1), 12)


def test_what_is_raised_throughout_at_the_end_and_in_between() -> None:
    where, says = "finance[{span}].debt_cap_usd_bn", "{by} more debt cap {when}"
    throughout = raised(YEARS, where, {0: 1.0, 1: 1.5, 2: 1.0, 3: 1.0}, says, "USD bn")
    assert [line.text for line in throughout] == ["finance[*].debt_cap_usd_bn += 1.5"]
    assert [line.words for line in throughout] == ["USD 1.5 bn more debt cap throughout"]
    twice = raised(YEARS, where, {1: 1.0, 3: 0.25}, says, "USD bn")
    assert [line.text for line in twice] == [
        "finance[2027-01-01..2028-01-01].debt_cap_usd_bn += 1",
        "finance[2029-01-01..].debt_cap_usd_bn += 0.25",
    ]
    assert twice[0].words == "USD 1 bn more debt cap from 2027-01-01 to 2027-12-31"


def test_neighbours_that_need_very_different_amounts_are_lines_of_their_own() -> None:
    lines = raised(YEARS, "t[{span}].x", {0: 10.0, 1: 9.0, 2: 1.0}, "{by} {when}", "")
    assert [line.text for line in lines] == ["t[2026-01-01..2028-01-01].x += 10", "t[2028-01-01..2029-01-01].x += 1"]


def test_what_is_lowered_by_more_than_it_is_at_some_time_is_lowered_by_a_part_of_itself() -> None:
    lowest, level = np.array([1.0, 0.2, 1.0, 1.0]), np.array([1.0, 0.6, 1.0, 1.0])
    lines = lowered(YEARS, "t[{span}].x", {0: 0.5}, lowest, level, "{by} less {when}", "GW")
    assert [line.text for line in lines] == ["t[2026-01-01..2027-01-01].x -= 0.5"]
    assert lines[0].words == "0.5 GW less from 2026-01-01 to 2026-12-31"
    lines = lowered(YEARS, "t[{span}].x", {1: 0.3}, lowest, level, "{by} less {when}", "GW")
    assert [line.text for line in lines] == ["t[2027-01-01..2028-01-01].x *= 0.5"]
    assert lines[0].words == "50 % less from 2027-01-01 to 2027-12-31"


def test_an_amount_is_rounded_outward_but_not_beyond_what_makes_sense() -> None:
    assert Line("t[a].x", "+=", 1.2341, "{by} more", "GW").text == "t[a].x += 1.24"
    assert Line("t[a].x", "-=", 0.99981, "{by} less", "", 0.9999).text == "t[a].x -= 0.9999"
    assert Line("t[a].x", "*=", 0.12345, "{by} less", "", 1.0).text == "t[a].x *= 0.876"


def test_half_of_a_line_is_half_of_its_amount_and_a_word_stays() -> None:
    assert Line("t[a].x", "*=", 0.5, "{by} less").times(0.5).text == "t[a].x *= 0.75"
    word = Line("t[a].status", "=", "open", "a open again")
    assert (word.times(0.5), word.is_amount, word.words) == (word, False, "a open again")
