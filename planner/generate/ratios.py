"""What makes a case like another, whatever its size: its mix of offers, and what is on offer against what is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from planner.basics.arrays import Vector
from planner.common.guarantors import GuaranteeKind
from planner.instruments.chip_lease import vintages as chip_lease
from planner.instruments.term_loan.tables import TermLoan
from planner.reports.check import Check


@dataclass(frozen=True)
class Ratios:
    """Ratios of a case; means are over its periods."""

    mix: Mapping[str, float]
    """part of each table among its offers, loan facilities among them"""
    gw_to_demand: Mapping[str, float]
    """mean GW on offer over mean demand: of clouds and spare machines, halls, and chips bought or leased"""
    cap_to_exposure: Mapping[str, float]
    """by kind of guarantee that is asked for: mean room of all guarantors over mean exposure, were everything that can
    be backed signed in full"""

    @staticmethod
    def of(looked: Check) -> Ratios:
        """The ratios of a case that has been looked at."""
        counts = {name: count.total() for name, count in looked.offers().items()}
        counts[TermLoan.about.name] = len(looked.case.rows(TermLoan))
        wanted = float(looked.demand().mean())
        on_offer = {name: float(gw.mean()) / wanted for name, gw in looked.on_offer().items()}
        exposed = {GuaranteeKind.LEASE: _rents(looked), GuaranteeKind.RESIDUAL: _values(looked)}
        caps = {
            str(kind): _room(looked, kind) / float(most.mean()) for kind, most in exposed.items() if most.mean() > 0
        }
        return Ratios({name: count / sum(counts.values()) for name, count in counts.items()}, on_offer, caps)


def _room(looked: Check, kind: GuaranteeKind) -> float:
    """Mean room of all guarantors of a kind [USD bn]."""
    rooms = looked.guarantor_room().items()
    return sum(float(room.mean()) for subject, room in rooms if subject.endswith(f"/{kind}"))


def _rents(looked: Check) -> Vector:
    """The most that each site lease can expose a guarantor to, summed over leases [USD bn]; shape (T,)."""
    by_offer: dict[str, Vector] = {}
    for post in looked.portfolio.ledgers.select("guarantees", cover=GuaranteeKind.LEASE):
        most = by_offer.setdefault(post.labels.offer, np.zeros(looked.case.calendar.T))
        np.maximum.at(most, post.periods, post.values)
    return sum(by_offer.values(), np.zeros(looked.case.calendar.T))


def _values(looked: Check) -> Vector:
    """The most that each chip lease can expose its supporter to, summed over leases [USD bn]; shape (T,).

    As much as can be is raised in supported tranches, the senior ones first.
    """
    case, by_offer = looked.case, dict[str, Vector]()
    for vintage in chip_lease.vintages(case)[0]:
        if vintage.supporter is None:
            continue
        left = 1.0 - sum(part.min_share for part in vintage.tranches)
        owed = np.zeros(vintage.stop)
        for part in vintage.tranches:
            more = min(left, part.max_share - part.min_share) if part.supported else 0.0
            left -= more
            if part.supported:
                owed += (part.min_share + more) * vintage.outstanding(part, case.calendar)
        when = np.arange(vintage.signed, min(vintage.stop, case.calendar.T))
        over = np.maximum(0.0, owed - chip_lease.stressed_value(case, vintage))[when]
        most = by_offer.setdefault(vintage.row.offer, np.zeros(case.calendar.T))
        most[when] = np.maximum(most[when], vintage.row.max_usd_bn * over)
    return sum(by_offer.values(), np.zeros(case.calendar.T))
