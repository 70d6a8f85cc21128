"""Each delivery of a chip lease is a lease of its own for accounts: with a commencement, a term and payments."""

from __future__ import annotations

from collections.abc import Iterator

from planner.common.settings import Recognition
from planner.instruments.chip_lease.vintages import vintages
from planner.interfaces.case_data import CaseData
from planner.interfaces.debt import LeasePart
from planner.ledgers.variables import decision_name

NAME = "chip_lease"


def parts(case: CaseData) -> Iterator[LeasePart]:
    """The deliveries of every lease, per USD bn of each tranche."""
    at_signing = case.settings.recognise_leases is Recognition.SIGNING
    for vintage in vintages(case)[0]:
        for tranche in vintage.tranches:
            decision = decision_name(NAME, "tranche", [*vintage.key, tranche.tranche])
            for batch in vintage.batches:
                payments = vintage.payments(tranche, case.calendar, batch).values()
                recognised = vintage.signed if at_signing else batch.starts.start
                yield LeasePart(decision, recognised, batch.ends, tuple((years, sum_) for sum_, years in payments))
