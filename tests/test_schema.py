"""The data dictionary describes every column as the reader of tables treats it."""

import json

from planner.case import schema
from planner.catalogue import CATALOGUE
from planner.tables.fields import unit_of
from planner.tables.reading import OFFER_TARGETS


def test_markdown_of_a_table() -> None:
    section = schema.markdown(CATALOGUE).split("\n## ")[5]
    assert section.splitlines() == [
        "regions.csv",
        "",
        "One row per region. Required, or implied. Key: `region`. Where the file is missing, the regions are those "
        "that demand.csv and links.csv name.",
        "",
        "| column | meaning | unit | values | blank | refers to |",
        "|---|---|---|---|---|---|",
        "| `region` | region |  | a name of lower-case words joined by underscores | no |  |",
        "| `grid_limit_gw` | IT power of own halls that the region's grid can carry; blank: no limit | GW | "
        "a number of at least 0 | yes |  |",
        "| `reference_rent_usd_per_kw_month` | market rent of halls after the end of the case; blank: the mean rent of "
        "the case's leases there then, by capacity | USD per kW and month | a number of at least 0 | yes |  |",
        "| `source` | where the row's figures come from |  | a name of lower-case words joined by underscores | yes | "
        "`sources.key` |",
    ]


def test_markdown_of_settings_defaults_and_references() -> None:
    lines = schema.markdown(CATALOGUE).splitlines()
    assert "| `period_months` | length of a period | months | one of 1, 3, 6, 12 | no |" in lines
    assert "| `time_limit_s` | longest time | s | a number above 0 | 600 |" in lines
    assert (
        "| `availability_share` | part of nameplate that is delivered | share | a number above 0 and at most 1 "
        "| 1 |  |" in lines
    )
    assert (
        "| `families` | chip families that its halls are fitted for |  | names of lower-case words joined by "
        "underscores, joined by \\| | no | `chips.family` |"
    ) in lines
    assert (
        "| `requires_offer` | offer signed no later than this one |  | a name of lower-case words joined by "
        "underscores | yes | any offer |"
    ) in lines


def test_every_table_and_column_is_listed() -> None:
    sections = {text.splitlines()[0]: text for text in schema.markdown(CATALOGUE).split("\n## ")[5:]}
    assert list(sections) == [row.about.file for row in CATALOGUE.tables]
    for row in CATALOGUE.tables:
        listed = [line.split("`")[1] for line in sections[row.about.file].splitlines() if line.startswith("| `")]
        assert listed == list(row.fields())
        assert set(listed) == set(row.model_fields)
        assert set(row.about.key) <= set(listed)


def test_every_reference_has_a_target() -> None:
    there = {
        f"{row.about.name}.{name}"
        for row in CATALOGUE.tables
        for name, field in row.fields().items()
        if field.about.identifier
    }
    refers = (field.about.refers.split("|") for row in CATALOGUE.tables for field in row.fields().values())
    referred = {target for targets in refers for target in targets} - {"", *OFFER_TARGETS}
    assert referred <= there


def test_numbers_have_a_unit_or_are_pure() -> None:
    pure = {
        "pue",
        "price_factor",
        "phase",
        "seniority",
        "scale_min",
        "scale_max",
        "scale_step",
        "signed_scale",
        "backers_max",
    }
    for row in CATALOGUE.tables:
        for name, field in row.fields().items():
            if field.annotation in (float, int, float | None, int | None) and name not in pure:
                assert field.unit, f"{row.about.name}.{name}"


def test_the_longest_ending_gives_the_unit() -> None:
    names = [
        "rent_usd_per_kw_month",
        "price_usd_bn_per_gw_year",
        "price_usd_bn_per_gw",
        "equity_usd_bn",
        "max_gw",
        "families",
    ]
    assert [unit_of(name) for name in names] == [
        "USD per kW and month",
        "USD bn per GW and year",
        "USD bn per GW",
        "USD bn",
        "GW",
        "",
    ]


def test_json_schema_of_a_table() -> None:
    found = json.loads(json.dumps(schema.json_schema(CATALOGUE)))
    assert found["required"] == ["case", "demand", "chips"]
    assert found["properties"]["guarantors"] == {
        "type": "array",
        "description": "one row per guarantor and kind",
        "x-file": "guarantors.csv",
        "x-key": ["guarantor", "kind"],
        "items": {
            "type": "object",
            "properties": {
                "guarantor": {"type": "string", "description": "guarantor"},
                "kind": {
                    "enum": ["lease", "residual"],
                    "description": "what is guaranteed: rent of halls (lease) or value of chips (residual)",
                },
                "families": {
                    "type": "array",
                    "items": {"type": "string"},
                    "uniqueItems": True,
                    "minItems": 1,
                    "description": "chip families in halls that it backs",
                    "x-refers": "chips.family",
                },
                "fee_rate": {
                    "type": "number",
                    "description": "yearly fee, as a part of the exposure",
                    "x-unit": "per year",
                    "minimum": 0,
                    "maximum": 1,
                },
                "requires_offer": {
                    "type": "string",
                    "description": "offer to which its guarantees are tied: it takes on new ones from the day that"
                    " offer is signed to the end of its term, and stands by those that it has",
                    "x-refers": "offers",
                },
                "requires_scale_min": {
                    "type": "number",
                    "description": "part of the largest size of the offer in requires_offer that must be signed by"
                    " then; blank: its smallest size, or all of it where any size may be signed",
                    "x-unit": "share",
                    "exclusiveMinimum": 0,
                    "maximum": 1,
                },
                "scales": {
                    "type": "boolean",
                    "description": "true: its room is in proportion to the part of the offer in requires_offer that is"
                    " signed; false: it is whole once that offer is signed",
                    "default": True,
                },
                "collateral_share": {
                    "type": "number",
                    "minimum": 0,
                    "maximum": 1,
                    "description": "part of the exposure for which the lab has to lock up cash, as for a letter of"
                    " credit: it stays the lab's, and counts on top of the minimum of cash",
                    "x-unit": "share",
                    "default": 0.0,
                },
                "spread_rate": {
                    "type": "number",
                    "minimum": 0,
                    "maximum": 1,
                    "description": "yearly fee as a part of what is still owed on the tranches that it supports, on top"
                    " of fee_rate; blank: none; blank where kind is lease",
                    "x-unit": "per year",
                },
                "source": {
                    "type": "string",
                    "description": "where the row's figures come from",
                    "x-refers": "sources.key",
                },
            },
            "required": ["guarantor", "kind", "families", "fee_rate"],
            "additionalProperties": False,
        },
    }


def test_json_schema_of_settings() -> None:
    case = json.loads(json.dumps(schema.json_schema(CATALOGUE)))["properties"]["case"]
    assert case["required"] == ["title", "start", "end", "period_months", "discount_rate", "lease_rate"]
    assert case["properties"]["period_months"] == {
        "enum": [1, 3, 6, 12],
        "description": "length of a period",
        "x-unit": "months",
    }
    assert case["properties"]["solver"]["properties"]["gap"] == {
        "type": "number",
        "description": "largest distance from proven best, as a part of the cost",
        "default": 0.001,
        "minimum": 0,
        "maximum": 1,
    }
