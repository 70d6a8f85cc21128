"""The shipped cases are found, in a checkout and in a wheel alike."""

from pathlib import Path

import pytest

from planner.case import shipped


def test_every_name_is_a_folder_with_a_case() -> None:
    for name in shipped.names():
        assert (shipped.path(name) / "case.toml").is_file()


def test_an_unknown_name_is_refused_with_those_there_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "data" / "tiny").mkdir(parents=True)
    (tmp_path / "data" / "tiny" / "case.toml").touch()
    (tmp_path / "data" / "no_case").mkdir()
    monkeypatch.setattr(shipped, "files", lambda _: tmp_path)
    assert shipped.names() == ("tiny",)
    assert shipped.path("tiny") == tmp_path / "data" / "tiny"
    with pytest.raises(KeyError, match="no shipped case 'big'; there are tiny"):
        shipped.path("big")


def test_a_checkout_keeps_its_cases_beside_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "planner").mkdir()
    (tmp_path / "data" / "tiny").mkdir(parents=True)
    (tmp_path / "data" / "tiny" / "case.toml").touch()
    monkeypatch.setattr(shipped, "files", lambda _: tmp_path / "planner")
    assert shipped.path("tiny") == tmp_path / "data" / "tiny"
