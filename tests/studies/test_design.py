"""Studies in words: what they ask for, and what is wrong with them."""

from pathlib import Path

import pytest

from planner.basics.errors import DataError
from planner.studies.design import design, read, variation

CAP = "guarantor_caps[google,lease,*].cap_usd_bn *= "


def wrong(**words: object) -> str:
    with pytest.raises(DataError) as error:
        design(words, "study.toml")
    return str(error.value)


def test_variations() -> None:
    google = variation(f"google: {CAP} 1 | 0.5")
    assert (google.name, google.values) == ("google", ("1", "0.5"))
    assert google.changes("0.5") == ("guarantor_caps[google,lease,*].cap_usd_bn *= 0.5",)
    late = variation("chips[trainium4].available_from = as is | 2027-07-01")
    assert late.name == "chips[trainium4].available_from ="
    assert late.changes("as is") == ()
    assert late.changes("2027-07-01") == ("chips[trainium4].available_from = 2027-07-01",)
    both = variation("aws: cloud_tiers[a,*].price *= {}; cloud_tiers[b,*].price *= {} for 1 | 1.2")
    assert both.changes("1.2") == ("cloud_tiers[a,*].price *= 1.2", "cloud_tiers[b,*].price *= 1.2")


@pytest.mark.parametrize("text", ["", "google", "google: caps", f"{CAP}1 | ", f"{CAP}"])
def test_variations_that_cannot_be_read(text: str) -> None:
    with pytest.raises(DataError, match=r"expected (name: change = value|values, each followed by)"):
        variation(text)


def test_grids_are_all_combinations_after_the_base() -> None:
    asked = design({"grid": [f"google: {CAP} 1 | 0.5", "rate: case.discount_rate = 0.08 | 0.1 | 0.12"]}, "study")
    runs = asked.runs()
    assert [run.name for run, _ in runs][:3] == ["base", "google 1, rate 0.08", "google 1, rate 0.1"]
    assert len(runs) == 1 + 6
    assert runs[-1][0].changes == (f"{CAP}0.5", "case.discount_rate = 0.12")
    assert runs[-1][1] == {"google": "0.5", "rate": "0.12"}
    assert asked.names == ("google", "rate")


def test_one_at_a_time_and_named() -> None:
    asked = design(
        {
            "one_at_a_time": ["rate: case.discount_rate = 0.08 | 0.12"],
            "named": [{"name": "both", "changes": ["case.discount_rate = 0.08", f"{CAP}2"]}],
        },
        "study",
    )
    assert [run.name for run, _ in asked.runs()] == ["base", "rate 0.08", "rate 0.12", "both"]


# As many in each tenth of the range as draws ask for, the same for the same seed.
def test_samples_are_spread_and_repeat() -> None:
    words = {"sample": {"count": 10, "seed": 3, "vary": ["rate: case.discount_rate = uniform(0.05, 0.15)"]}}
    runs = design(words, "study").runs()[1:]
    drawn = [float(values["rate"]) for _, values in runs]
    assert sorted(int((value - 0.05) / 0.01) for value in drawn) == list(range(10))
    assert [run.changes for run, _ in design(words, "study").runs()[1:]] == [run.changes for run, _ in runs]
    words["sample"]["seed"] = 4
    assert [float(values["rate"]) for _, values in design(words, "study").runs()[1:]] != drawn


@pytest.mark.parametrize(
    ("law", "low", "middle", "high"),
    [("triangular(1, 2, 5)", 1.0, 2.55, 5.0), ("normal(10, 2)", 2.0, 10.0, 18.0), ("uniform(1, 2)", 1.0, 1.5, 2.0)],
)
def test_laws(law: str, low: float, middle: float, high: float) -> None:
    asked = design({"sample": {"count": 101, "vary": [f"x: case.discount_rate = {law}"]}}, "study")
    drawn = sorted(float(values["x"]) for _, values in asked.runs()[1:])
    assert low <= drawn[0]
    assert drawn[-1] <= high
    assert drawn[50] == pytest.approx(middle, rel=0.05)


def test_everything_wrong_is_told_at_once() -> None:
    said = wrong(
        grids=[], title=3, one_at_a_time="demand", named=[{"name": "x"}],
        grid=["a: b", f"x: {CAP}1", f"x: {CAP}2"], sample={"count": 0, "vary": []},
    )  # fmt: skip
    assert "study.toml grids: expected one of title" in said
    assert "did you mean 'grid'" in said
    assert "study.toml title: expected a text, found 3" in said
    assert "study.toml one_at_a_time: expected a list of texts, found 'demand'" in said
    assert "study.toml named[0]: expected { name = …, changes = […] }" in said
    assert "expected name: change = value | value | …, found 'a: b'" in said
    assert "study.toml grid: expected names that differ, found 'x'" in said
    assert "study.toml sample.count: expected a whole number of at least 1, found 0" in said
    assert "expected something to vary" in wrong()


@pytest.mark.parametrize(
    "law", ["uniform(1)", "uniform(2, 1)", "normal(1, 0)", "cauchy(0, 1)", "uniform(a, b)", "1 | 2"]
)
def test_laws_that_are_none(law: str) -> None:
    assert "study.toml sample.vary: expected" in wrong(sample={"count": 2, "vary": [f"x: case.discount_rate = {law}"]})


def test_files(tmp_path: Path) -> None:
    study = tmp_path / "study.toml"
    study.write_text(f'title = "Half"\nchanges = ["case.solver.gap = 0.01"]\ngrid = ["google: {CAP} 1 | 0.5"]\n')
    asked = read(study)
    assert (asked.title, asked.changes) == ("Half", ("case.solver.gap = 0.01",))
    study.write_text("grid = [")
    with pytest.raises(DataError, match=r"study\.toml:1: expected TOML"):
        read(study)
    with pytest.raises(DataError, match="no such file"):
        read(tmp_path / "none.toml")


def test_each_run_is_told_with_its_kind_and_values() -> None:
    asked = design(
        {
            "title": "All",
            "grid": ["a: case.discount_rate = 0 | 0.1", "b: case.lease_rate = 0 | 0.1"],
            "one_at_a_time": ["c: case.lease_rate = 0.2"],
            "named": [{"name": "d", "changes": []}],
            "sample": {"count": 2, "vary": ["e: case.discount_rate = uniform(0, 1)"]},
        },
        "study",
    )
    told = asked.json()
    assert [run["by"] for run in told["runs"]] == [
        "base", *["grid"] * 4, "one_at_a_time", "named", *["sample"] * 2,
    ]  # fmt: skip
    assert [(run["run"], run["values"]) for run in told["runs"]] == [(run.name, values) for run, values in asked.runs()]
    assert told["varied"][0] == {
        "name": "a", "by": "grid", "changes": ["case.discount_rate = {}"], "values": ["0", "0.1"],
    }  # fmt: skip
    assert [each["by"] for each in told["varied"]] == ["grid", "grid", "one_at_a_time", "sample"]


def test_runs_of_one_name_are_told_apart() -> None:
    same = ["a: case.lease_rate = 0.2"]
    asked = design({"grid": same, "one_at_a_time": same, "named": [{"name": "base", "changes": []}]}, "study")
    assert [run.name for run, _ in asked.runs()] == ["base", "a 0.2", "a 0.2 (2)", "base (2)"]
