"""The cases that come with the planner. A wheel has them beside the code, a checkout in its folder `data`."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def names() -> tuple[str, ...]:
    """The names of the shipped cases, in alphabetical order."""
    return tuple(sorted(case.parent.name for case in _folder().glob("*/case.toml")))


def path(name: str) -> Path:
    """The folder of a shipped case. Raises KeyError, which lists all names, where there is none of that name."""
    if name not in names():
        raise KeyError(f"no shipped case {name!r}; there are {', '.join(names()) or 'none'}")
    return _folder() / name


def _folder() -> Path:
    package = Path(str(files("planner")))
    installed = package / "data"
    return installed if installed.is_dir() else package.parent / "data"
