"""The settings of a case: `case.toml`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum
from math import isfinite
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic import Field as SettingField

from planner.basics.calendar import month_position
from planner.basics.display import AS_IT_IS, Display, Money, Power
from planner.basics.errors import DataError, Problem
from planner.basics.search_method import SearchMethod
from planner.ledgers.objective import Horizon
from planner.tables import tomltext
from planner.tables.cells import shown, text_of
from planner.tables.fields import Field, InvalidValue, unit_of, value_type
from planner.tables.references import suggestion
from planner.tables.spellings import Spelling, spellings_of

FILE = "case.toml"
RENAMED = {"solver.race": "search"}
"""keys of earlier versions, and the key that has taken their place"""


class Recognition(StrEnum):
    """The day from which a lease counts as debt."""

    SIGNING = "signing"
    COMMENCEMENT = "commencement"


class SolverSettings(BaseModel):
    """How long to search and how close to the best plan: the section `[solver]`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gap: Annotated[float, Field("largest distance from proven best, as a part of the cost", least=0, most=1)] = 0.001
    time_limit_s: Annotated[float, Field("longest time", above=0)] = 600.0
    threads: Annotated[int, Field("processor threads", least=1, most=1024)] = 1
    seed: Annotated[int, Field("seed of the solver's random choices", least=0, most=1e9)] = 1
    search: Annotated[
        SearchMethod,
        Field(
            "which search solves the model: own (ours, HiGHS's where ours gives up), highs (HiGHS's alone) or race "
            "(both side by side; the plan may be another one each time)"
        ),
    ] = SearchMethod.OWN


class RiskSettings(BaseModel):
    """What counts where the future is not known: the section `[risk]`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Annotated[
        float,
        Field(
            "level of the conditional value at risk: 0.9 is the mean cost of the dearest tenth of the futures",
            least=0,
            most=0.999,
        ),
    ] = 0.9
    weight: Annotated[
        float,
        Field("weight of that in what is minimised; 0 is the expected cost alone, 1 the value at risk alone", least=0,
              most=1),
    ] = 0.0  # fmt: skip


class DisplaySettings(BaseModel):
    """The units of what is printed for people: the section `[display]`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    power: Annotated[Power, Field("unit of power in what is printed for people; files of plans are in GW")] = Power.GW
    money: Annotated[Money, Field("unit of money in what is printed for people; files of plans are in USD bn")] = (
        Money.USD_BN
    )


class Settings(BaseModel):
    """The settings that hold for the whole case."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Annotated[str, Field("what the case is")]
    start: Annotated[date, Field("first day; the first of a month")]
    end: Annotated[date, Field("first day after the last period")]
    period_months: Annotated[int, Field("length of a period", among=(1, 3, 6, 12))]
    discount_rate: Annotated[float, Field("yearly cost of the lab's own money", least=0, most=1, usual=(0.002, 0.5))]
    lease_rate: Annotated[
        float,
        Field("yearly incremental borrowing rate, for present values of leases", least=0, most=1, usual=(0.002, 0.5)),
    ]
    shortage_cost_usd_bn_per_gw_year: Annotated[
        float | None,
        Field("penalty on demand that is not served; blank: all of it must be served", least=0, usual=(0.1, 1_500)),
    ] = None
    resale_haircut_share: Annotated[float, Field("part taken off resale values under stress", least=0, most=1)] = 0.0
    opening_cash_usd_bn: Annotated[float, Field("cash at the start")] = 0.0
    horizon: Annotated[
        Horizon,
        Field(
            "what outlives the horizon: fair (what is owed after the end is charged, less what it buys is worth; unused"
            " parts of what is paid are credited), cut (none of it counts) or charge (what is owed is charged in full)"
        ),
    ] = Horizon.FAIR
    charge_beyond_horizon: Annotated[
        bool | None,
        Field("key of earlier versions: true is the same as horizon = charge, false says nothing; use horizon"),
    ] = None
    recognise_leases: Annotated[
        Recognition, Field("day from which a lease counts as debt: signing or commencement")
    ] = Recognition.COMMENCEMENT
    consolidate_spv: Annotated[
        bool, Field("whether an SPV's debt counts as the lab's, instead of its lease payments")
    ] = False
    solver: SolverSettings = SettingField(default_factory=SolverSettings)
    risk: RiskSettings = SettingField(default_factory=RiskSettings)
    display: DisplaySettings = SettingField(default_factory=DisplaySettings)

    @property
    def shown_in(self) -> Display:
        """The units in which amounts are printed for people."""
        return Display(self.display.power, self.display.money)

    @property
    def horizon_treatment(self) -> Horizon:
        """How the objective treats what outlives the horizon, by `horizon` or by the key of earlier versions."""
        return Horizon.CHARGE if self.charge_beyond_horizon else self.horizon


SECTIONS: Mapping[str, type[BaseModel]] = {"solver": SolverSettings, "risk": RiskSettings, "display": DisplaySettings}
"""the sections of `case.toml` by name"""


def setting_fields(model: type[BaseModel]) -> dict[str, tuple[object, Field]]:
    """The keys of `Settings` or of one of its sections: the type of each and its field."""
    found: dict[str, tuple[object, Field]] = {}
    for name, field in model.model_fields.items():
        for item in field.metadata:
            if isinstance(item, Field):
                found[name] = (field.annotation, item)
    return found


def setting_spellings(model: type[BaseModel]) -> dict[str, Spelling]:
    """The other units of the keys of `Settings` or of one of its sections, by the key as it is written."""
    return {each.column: each for name in setting_fields(model) if unit_of(name) for each in spellings_of(name)}


def key_suggestion(key: str, names: Iterable[str]) -> str:
    """`; did you mean 'x'?` for an unknown `key` or `section.key`, where `names` holds a close one or it was renamed.

    >>> key_suggestion("solver.race", ["gap"]), key_suggestion("solver.gapp", ["gap"])
    ("; did you mean 'search'?", "; did you mean 'gap'?")
    """
    return f"; did you mean '{RENAMED[key]}'?" if key in RENAMED else suggestion(key.rpartition(".")[2], names)


def read_settings(data: bytes) -> tuple[Settings | None, list[Problem]]:
    """The settings in the bytes of `case.toml`, and their problems."""
    try:
        document = tomltext.parse(FILE, data)
    except DataError as error:
        return None, list(error.problems)
    lines = _lines(data.decode("utf-8-sig"))
    document, as_it_is, problems = _own_units(document, lines)
    problems += (as_it_is(problem) for problem in _keys(document, Settings, "", lines))
    given = _without_blanks(document)
    for name, model in SECTIONS.items():
        section = document.get(name, {})
        if isinstance(section, dict):
            problems += _keys(section, model, f"{name}.", lines)
            if name in given:
                given[name] = _without_blanks(section)
        else:
            problems.append(Problem(FILE, lines.get(name), name, f"a section [{name}]", shown(section)))
    if problems:
        return None, problems
    try:
        settings = Settings.model_validate(given)
    except ValidationError as error:  # pragma: no cover - every key has been checked above
        raise RuntimeError(str(error)) from error
    return settings, list(_horizon(settings, lines))


def shown_in(folder: Path) -> Display:
    """The units in which the case of a folder is printed; USD bn and GW where it does not say so, or is none."""
    try:
        found, _ = read_settings((folder / FILE).read_bytes())
    except (OSError, UnicodeDecodeError):
        found = None
    return AS_IT_IS if found is None else found.shown_in


def _own_units(
    document: dict[str, Any], lines: dict[str, int]
) -> tuple[dict[str, Any], Callable[[Problem], Problem], list[Problem]]:
    """The settings with every key in the planner's unit; how to tell a problem of them as they are written; problems.

    `lines` gets the lines of the planner's keys.
    """
    others, made, problems = setting_spellings(Settings), dict[str, Any](), list[Problem]()
    written: dict[str, tuple[str, object]] = {}
    for key, value in document.items():
        how = others.get(key)
        own = key if how is None else how.own
        if own in made:
            both = f"{written[own][0] if own in written else own} or {key}"
            problems.append(Problem(FILE, lines.get(key), key, both, "both"))
            continue
        made[own] = value
        if how is not None:
            written[own] = (key, value)
            if key in lines:
                lines[own] = lines[key]
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                made[own] = float(how.to_own(text_of(float(value)))) if isfinite(value) else value

    def as_it_is(problem: Problem) -> Problem:
        if problem.column not in written:
            return problem
        key, value = written[problem.column]
        return replace(problem, column=key, found=shown(value))

    return made, as_it_is, problems


def _without_blanks(given: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in given.items() if value != ""}


def _keys(
    given: Mapping[str, object], model: type[BaseModel], prefix: str, lines: Mapping[str, int]
) -> Iterator[Problem]:
    known = setting_fields(model)
    for name, value in given.items():
        if name not in model.model_fields:
            free = [other for other in model.model_fields if other not in given]
            where = f"a key of [{prefix[:-1]}]" if prefix else "a key of the case"
            yield Problem(
                FILE,
                _line(lines, prefix + name),
                prefix + name,
                where,
                shown(name) + key_suggestion(prefix + name, free),
            )
        elif name in known:
            annotation, column = known[name]
            optional = not model.model_fields[name].is_required()
            if not (value == "" and optional) and not _fits(value, annotation, column):
                expected = column.expected(annotation)
                found = "a blank" if value == "" else shown(value)
                yield Problem(FILE, _line(lines, prefix + name), prefix + name, expected, found)
    for name, (annotation, column) in known.items():
        if model.model_fields[name].is_required() and name not in given:
            yield Problem(FILE, None, prefix + name, column.expected(annotation), "no such key")


def _fits(value: object, annotation: object, column: Field) -> bool:
    if isinstance(value, str) and (not value or value_type(annotation) in (float, int, bool)):
        return False
    try:
        column.reader(annotation)(value)
    except InvalidValue:
        return False
    return True


def _horizon(settings: Settings, lines: Mapping[str, int]) -> Iterator[Problem]:
    if settings.charge_beyond_horizon and "horizon" in settings.model_fields_set and settings.horizon != Horizon.CHARGE:
        expected = f"'{Horizon.CHARGE}' where charge_beyond_horizon is true; leave charge_beyond_horizon out"
        yield Problem(FILE, lines.get("horizon"), "horizon", expected, shown(str(settings.horizon)))
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


def _line(lines: Mapping[str, int], name: str) -> int | None:
    """Line of a key. Where the section stands in one line, it is the line of the section."""
    return lines.get(name, lines.get(name.rpartition(".")[0]))


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
