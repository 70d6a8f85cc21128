"""Files of the user: what cannot be read has one message, and whatever stands at a path, reading ends."""

import os
import threading
from pathlib import Path

import pytest

from planner.basics.errors import DataError, Problem
from planner.basics.inputs import kind_of, names_in, read_file
from planner.case.grammar import LONGEST, parse
from planner.studies import design
from planner.tables import csvtext, tomltext


def said(error: pytest.ExceptionInfo[DataError]) -> str:
    return str(error.value)


def test_a_file_is_read_whole_up_to_its_most(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"12345")
    assert read_file(file, 5) == b"12345"
    with pytest.raises(DataError) as error:
        read_file(file, 4)
    assert said(error) == "file: expected a file of at most 4 bytes, found 5 bytes"


def test_a_pipe_is_read_where_it_may_be_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(DataError) as error:
        read_file(pipe)
    assert said(error) == "pipe: expected a file that can be read, found a named pipe"
    assert read_file(pipe, pipe=True) == b""  # nobody writes
    holds = os.open(pipe, os.O_RDWR)
    writer = threading.Thread(target=lambda: (os.write(holds, b"x" * 100_000), os.close(holds)))
    writer.start()
    try:
        with pytest.raises(DataError) as error:
            read_file(pipe, 50_000, pipe=True)
    finally:
        writer.join()
    assert said(error) == "pipe: expected a file of at most 50,000 bytes, found more"


def test_names_that_no_file_can_have(tmp_path: Path) -> None:
    for name in ("a\0b", "a\ud800"):
        with pytest.raises(DataError) as error:
            read_file(tmp_path / name)
        assert said(error).endswith("expected a file that can be read, found a name that no file can have")
    with pytest.raises(DataError, match="no such folder"):
        names_in(tmp_path / "none")
    assert kind_of(tmp_path) == "a folder"


def test_a_message_is_one_line_of_printable_text() -> None:
    problem = Problem("a\nb\udcff.csv", 1, "c\x1b", "one\ntwo", "\ud800")
    assert str(problem) == "a\\nb\\udcff.csv:1 c\\x1b: expected one\\ntwo, found \\ud800"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = 1\nb = " + "9" * 5000, "f:2: expected TOML, found a number with too many digits"),
        ("\n" + ".".join("a" * 300) + " = 1", "f:2: expected TOML, found a line with more than 200 dots"),
        ("a = " + "[" * 50_000, "f: expected TOML, found brackets within brackets without end"),
        ("a = 1\n= 2", "f:2: expected TOML, found '= 2' (invalid statement)"),
    ],
)
def test_toml_without_end(text: str, message: str) -> None:
    with pytest.raises(DataError) as error:
        tomltext.parse("f", text.encode())
    assert said(error) == message


def test_dots_in_quotes_are_no_keys() -> None:
    assert tomltext.parse("f", b'title = "' + b"." * 500 + b'"') == {"title": "." * 500}


def test_a_table_of_too_many_rows_or_too_long_a_line() -> None:
    assert len(csvtext.parse("t.csv", b"a\n1\n2\n", 2).records) == 2
    with pytest.raises(DataError) as error:
        csvtext.parse("t.csv", b"a\n1\n2\n3\n", 2)
    assert said(error) == "t.csv: expected at most 2 rows, found more"
    with pytest.raises(DataError) as error:
        csvtext.parse("t.csv", b"a\n1\n" + b"," * 3_000_000)
    assert said(error) == "t.csv:3: expected lines of at most 1,000,000 bytes, found a longer one"
    assert len(csvtext.parse("t.csv", b"a\r" * 1_500_000).records) == 1_499_999


def test_a_hundred_thousand_unknown_columns_are_counted(tmp_path: Path) -> None:
    from planner.api import Case
    from tests.inputs import write_case

    header = ",".join(f"{i:x}" for i in range(100_000))
    with pytest.raises(DataError) as error:
        Case.read(write_case(tmp_path, regions=f"{header}\n"))
    mine = [str(problem) for problem in error.value.problems if problem.file == "regions.csv"]
    assert len(mine) == 103
    assert sum("99,900 more that are none" in each for each in mine) == 1


def test_a_change_without_end_is_cut_in_its_message() -> None:
    with pytest.raises(DataError) as error:
        parse("x" * (LONGEST + 1))
    assert said(error).endswith("…': expected a change of at most 100,000 letters, found 100,001")
    with pytest.raises(DataError) as error:
        parse("regions[" + '"' * 50)
    assert "none of these" in said(error)


def test_a_study_of_too_many_runs() -> None:
    values = " | ".join(f"0.{i:03}" for i in range(1, 1000))
    grid = [f"{name}: case.{name} = {values}" for name in ("discount_rate", "lease_rate")]
    with pytest.raises(DataError) as error:
        design.design({"grid": grid}, "study")
    assert said(error) == "study: expected at most 100,000 runs, found 998001"
