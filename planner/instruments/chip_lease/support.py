"""Chip lease: the support of its debt by a guarantor, its fee, and the spread on the debt supported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from planner.common.guarantors import GuaranteeKind
from planner.instruments.chip_lease.buyouts import at
from planner.instruments.chip_lease.endings import EndedLease
from planner.instruments.chip_lease.vintages import ChipLeaseVintage, stressed_value
from planner.interfaces.case_data import CaseData
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels


def exposed(case: CaseData, vintage: ChipLeaseVintage) -> list[int]:
    """Periods of the horizon in which the supporter may have to pay."""
    if vintage.supporter is None:
        return []
    owed = np.zeros(max(0, vintage.stop))
    for part in vintage.tranches:
        owed += part.supported * vintage.outstanding(part, case.calendar)
    return [int(t) for t in np.flatnonzero(owed > 1e-12) if vintage.signed <= t < case.calendar.T]


def is_tied(vintage: ChipLeaseVintage) -> bool:
    """Whether its supporter takes on new guarantees only while an offer runs."""
    return vintage.supporter is not None and vintage.supporter.requires_offer is not None


def post_support(
    case: CaseData,
    ledgers: Ledgers,
    labels: Labels,
    vintage: ChipLeaseVintage,
    support: Mapping[int, int],
    backing: int | None,
    amount: int,
    tranches: Sequence[int],
    aged: Mapping[int, list[tuple[int, float]]],
    ways: Sequence[EndedLease],
) -> None:
    """Post the exposure of the supporter, period by period, its peak where that matters, and its fee.

    `support` holds the variables of the exposure by period. `aged` is what chips that are taken over add to the value
    under stress, and `ways` are the ways in which the lease may end; the peak is that of a lease that does not.
    """
    if vintage.supporter is None or not vintage.batches:
        return
    calendar, name = case.calendar, vintage.supporter.guarantor
    guaranteed = replace(labels, guarantor=name, cover=GuaranteeKind.RESIDUAL)
    owed = [part.supported * vintage.outstanding(part, calendar) for part in vintage.tranches]
    value = stressed_value(case, vintage)
    over, exposures = max(calendar.position(batch.ends) for batch in vintage.batches), []
    for t, variable in support.items():
        more = aged.get(t, [])
        per_unit = [*(float(each[t]) for each in owed), -float(value[t])]
        factors, numbers = [*per_unit, *(-each for _, each in more)], [*tranches, amount, *(each for each, _ in more)]
        exposures.append(at(t, numbers, factors, calendar.T))
        ended = [way for way in ways if way.ending.at <= t]
        less = [number for way in ended for number in (*way.tranches, way.amount)]
        goes_on = at(t, [*numbers, *less], [*factors, *(-each for each in per_unit * len(ended))], calendar.T)
        ledgers.maximum(variable, goes_on if ended else exposures[-1])
        ledgers.post("guarantees", guaranteed, "support", variable, [t], 1.0)
        fee = -vintage.supporter.fee_rate * calendar.h * min(1.0, over - t)
        ledgers.flow(Kind.COST, replace(guaranteed, counterparty=name), "guarantee_fee", variable, [t], fee)
    if vintage.supporter.spread_rate:
        per_owed = -vintage.supporter.spread_rate * calendar.h
        of = replace(guaranteed, counterparty=name)
        for i, part in enumerate(vintage.tranches):
            if part.supported:
                sums = per_owed * vintage.owed_in(part, calendar)
                ledgers.flow(Kind.COST, of, "support_spread", tranches[i], range(len(sums)), sums)
                for way in ways:
                    later = range(way.ending.at, max(way.ending.at, len(sums)))
                    ledgers.flow(Kind.COST, of, "support_spread", way.tranches[i], later, -sums[way.ending.at :])
    if backing is not None:
        ledgers.maximum(backing, *exposures)
        ledgers.post("backed", guaranteed, "backed", backing, [vintage.signed], 1.0)
