"""Own chips that run in leased halls."""

from __future__ import annotations

from typing import Any

from planner.common.chips import Chip, OwnedChip
from planner.common.indices import IndexLevel
from planner.instruments.own_fleet import advance, contract_checks, plain_lines, postings, tables
from planner.interfaces.case_data import CaseData
from planner.interfaces.instrument import Instrument
from planner.interfaces.reporting import CashLine


def _build(block: Any, case: CaseData) -> None:
    """Add the constraints to a Pyomo block; Pyomo is imported by the first call."""
    from planner.instruments.own_fleet.constraints import build

    build(block, case)


INSTRUMENT = Instrument(
    name=postings.NAME,
    word="own",
    tables=(tables.ChipPlacement, tables.ChipMove),
    check=tables.check,
    reads=(Chip, IndexLevel, OwnedChip),
    post=postings.post,
    build=_build,
    contract_checks=contract_checks.contract_checks,
    gives=frozenset({"in_use", "compute"}),
    needs=frozenset({"halls", "sites", "chips"}),
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
    generate=None,
    plain_lines=plain_lines.LINES,
    cash_lines={"power": CashLine("power", role="power"), "chip_move": CashLine("moves", for_goods=False)},
    debt={},
    goes_with_counterparty=frozenset(),
    purchases=None,
    orders=None,
    terms=None,
    borrowing=None,
    unreachable=None,
    commitments=None,
)
