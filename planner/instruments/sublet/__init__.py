"""Idle halls and own machines, let to somebody else."""

from __future__ import annotations

from typing import Any

from planner.common.chips import Chip, ChipPerformance
from planner.instruments.sublet import advance, contract_checks, generate, plain_lines, postings, table_checks, tables
from planner.interfaces.case_data import CaseData
from planner.interfaces.instrument import Instrument
from planner.interfaces.reporting import CashLine


def _build(block: Any, case: CaseData) -> None:
    """Add the constraints to a Pyomo block; Pyomo is imported by the first call."""
    from planner.instruments.sublet.constraints import build

    build(block, case)


INSTRUMENT = Instrument(
    name=postings.NAME,
    word="sublet",
    tables=(tables.Sublet, tables.LetAlready),
    check=table_checks.check,
    reads=(Chip, ChipPerformance, "shortage_cost_usd_bn_per_gw_year"),
    post=postings.post,
    build=_build,
    contract_checks=contract_checks.contract_checks,
    needs=frozenset({"halls", "in_use"}),
    moved=None,
    advance=advance.advance,
    arrivals=(),
    settled=None,
    priced_by=None,
    steps=None,
    events=(),
    provider_gone=None,
    resale_down=None,
    not_paid=frozenset(),
    loosened_by=None,
    last_days=(),
    generate=generate.RANDOM_OFFERS,
    plain_lines=plain_lines.LINES,
    cash_lines={
        "sublet_rent": CashLine("sublet rent", received=True, for_goods=False, role="tenant", lease="sublease")
    },
    debt={},
    goes_with_counterparty=frozenset(),
    purchases=None,
    orders=None,
    terms=None,
    borrowing=None,
    unreachable=None,
    commitments=None,
)
