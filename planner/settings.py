"""The settings of a case: `case.toml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated

import tomlkit
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from tomlkit.exceptions import ParseError, TOMLKitError

from planner.calendar import month_position
from planner.cells import shown
from planner.columns import Column, Unfit, value_type
from planner.errors import Problem
from planner.references import meant

FILE = "case.toml"
SECTION = "solver"


class Recognition(StrEnum):
    """From when a lease counts as debt."""

    SIGNING = "signing"
    COMMENCEMENT = "commencement"


class SolverSettings(BaseModel):
    """How long and how exactly to solve: the section `[solver]`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gap: Annotated[float, Column("largest distance from proven best, as a part of the cost", least=0, most=1)] = 0.001
    time_limit_s: Annotated[float, Column("longest time", above=0)] = 600.0
    threads: Annotated[int, Column("processor threads", least=1, most=1024)] = 1
    seed: Annotated[int, Column("seed of the solver's random choices", least=0, most=1e9)] = 1


class Settings(BaseModel):
    """What holds for the case as a whole."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Annotated[str, Column("what the case is")]
    start: Annotated[date, Column("first day; the first of a month")]
    end: Annotated[date, Column("first day after the last period")]
    period_months: Annotated[int, Column("length of a period", among=(1, 3, 6, 12))]
    discount_rate: Annotated[float, Column("yearly cost of the lab's own money", least=0, most=1)]
    lease_rate: Annotated[
        float, Column("yearly incremental borrowing rate, for present values of leases", least=0, most=1)
    ]
    shortage_cost_usd_bn_per_gw_year: Annotated[
        float | None, Column("penalty on demand not served; blank: all must be served", least=0)
    ] = None
    resale_haircut_share: Annotated[float, Column("what is taken off resale values under stress", least=0, most=1)] = (
        0.0
    )
    opening_cash_usd_bn: Annotated[float, Column("cash at the start")] = 0.0
    charge_beyond_horizon: Annotated[
        bool, Column("whether what is still owed at the end is charged at its present value")
    ] = False
    recognise_leases: Annotated[Recognition, Column("from when a lease counts as debt: signing or commencement")] = (
        Recognition.COMMENCEMENT
    )
    consolidate_spv: Annotated[
        bool, Column("whether an SPV's debt counts as the lab's, instead of its lease payments")
    ] = False
    solver: SolverSettings = Field(default_factory=SolverSettings)


def columns(model: type[BaseModel]) -> dict[str, tuple[object, Column]]:
    """Type and meaning of the keys of `Settings` or of its section."""
    found: dict[str, tuple[object, Column]] = {}
    for name, field in model.model_fields.items():
        for item in field.metadata:
            if isinstance(item, Column):
                found[name] = (field.annotation, item)
    return found


def read_settings(data: bytes) -> tuple[Settings | None, list[Problem]]:
    """The settings in the bytes of `case.toml`, and what is wrong with them."""
    try:
        text = data.decode("utf-8-sig")
        document = tomlkit.parse(text).unwrap()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return None, [Problem(FILE, line, "", "UTF-8 text", f"the byte 0x{data[error.start]:02x}")]
    except ParseError as error:
        why = str(error).removesuffix(f" at line {error.line} col {error.col}")
        return None, [Problem(FILE, error.line, "", "TOML", why)]
    except (TOMLKitError, ValueError) as error:
        return None, [Problem(FILE, None, "", "TOML", str(error))]
    lines = _lines(text)
    problems = list(_keys(document, Settings, "", lines))
    section = document.get(SECTION, {})
    if isinstance(section, dict):
        problems += _keys(section, SolverSettings, f"{SECTION}.", lines)
    else:
        problems.append(Problem(FILE, lines.get(SECTION), SECTION, f"a section [{SECTION}]", shown(section)))
    if problems:
        return None, problems
    blank = {name for name, value in document.items() if value == ""}
    try:
        settings = Settings.model_validate({name: value for name, value in document.items() if name not in blank})
    except ValidationError as error:  # pragma: no cover - every key has been checked above
        raise RuntimeError(str(error)) from error
    return settings, list(_horizon(settings, lines))


def _keys(
    given: Mapping[str, object], model: type[BaseModel], prefix: str, lines: Mapping[str, int]
) -> Iterator[Problem]:
    known = columns(model)
    for name, value in given.items():
        if name not in model.model_fields:
            free = [other for other in model.model_fields if other not in given]
            where = f"a key of [{SECTION}]" if prefix else "a key of the case"
            yield Problem(FILE, lines.get(prefix + name), prefix + name, where, shown(name) + meant(name, free))
        elif name in known:
            annotation, column = known[name]
            optional = not model.model_fields[name].is_required()
            if not (value == "" and optional) and not _fits(value, annotation, column):
                expected = column.expected(annotation)
                found = "a blank" if value == "" else shown(value)
                yield Problem(FILE, lines.get(prefix + name), prefix + name, expected, found)
    for name, (annotation, column) in known.items():
        if model.model_fields[name].is_required() and name not in given:
            yield Problem(FILE, None, prefix + name, column.expected(annotation), "no such key")


def _fits(value: object, annotation: object, column: Column) -> bool:
    if isinstance(value, str) and (not value or value_type(annotation) in (float, int, bool)):
        return False
    try:
        column.reader(annotation)(value)
    except Unfit:
        return False
    return True


def _horizon(settings: Settings, lines: Mapping[str, int]) -> Iterator[Problem]:
    if settings.start.day != 1:
        yield Problem(FILE, lines.get("start"), "start", "the first day of a month", shown(settings.start))
        return
    months = month_position(settings.end) - month_position(settings.start)
    if months <= 0:
        yield Problem(FILE, lines.get("end"), "end", f"a date after start {settings.start}", shown(settings.end))
    elif months % settings.period_months:
        periods = f"a whole number of periods of {settings.period_months} months"
        expected = f"a date {periods} after start {settings.start}"
        yield Problem(FILE, lines.get("end"), "end", expected, shown(settings.end))


def _lines(text: str) -> dict[str, int]:
    """Line of each key, as `key` or `section.key`."""
    found: dict[str, int] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if stripped.startswith("["):
            section = stripped.strip("[]").partition("]")[0].strip()
            found.setdefault(section, number)
            section += "."
        elif "=" in stripped and not stripped.startswith("#"):
            found.setdefault(section + stripped.partition("=")[0].strip().strip("\"'"), number)
    return found
