"""A small instrument of a user's own: machines that somebody lends for a yearly sum, whole or in part.

signed_at_least   least_gw · sign_{os} ≤ size_{os}
signed_at_most    size_{os} ≤ max_gw · sign_{os}
within_size       use_{ot} ≤ Σ_{s ≤ t} size_{os}
once              Σ_s sign_{os} ≤ 1
"""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Annotated, Any, ClassVar

import numpy as np
import pyomo.core as pyo

from planner.basics.arrays import Vector
from planner.basics.draws import between, rounded
from planner.catalogue import CATALOGUE
from planner.common.chips import Chip
from planner.instruments.shared.signing_dates import signings
from planner.interfaces.case_data import CaseData
from planner.interfaces.generation import SOURCE, ChipFamily, Frame, Made, RandomOffers, Supply
from planner.interfaces.instrument import Instrument
from planner.interfaces.loosening import Loosening, last_signing, smaller
from planner.interfaces.plain_lines import Meaning, PlainLine
from planner.interfaces.reporting import CashLine
from planner.ledgers.contract_checks import ContractCheck
from planner.ledgers.decision_times import Moment, WithSignature
from planner.ledgers.ledgers import Ledgers
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Domain, PlanFile
from planner.tables.fields import Field
from planner.tables.offer import Offer, OfferStatus
from planner.tables.table import Table

NAME = "barter"
SHARE = 0.2


class Barter(Offer):
    about: ClassVar[Table] = Table("barters", "one row per barter", ("offer",))

    provider: Annotated[str, Field("who lends the machines", identifier=True)]
    chip: Annotated[str, Field("chip", refers="chips.chip")]
    region: Annotated[str, Field("region", refers="regions.region")]
    sign_by: Annotated[date | None, Field("last day on which it may be signed; blank: the case's end")] = None
    least_gw: Annotated[float, Field("least that is lent", least=0)] = 0.0
    max_gw: Annotated[float, Field("most that is lent", above=0)]
    price_usd_bn_per_gw_year: Annotated[float, Field("price of what is lent", least=0)]


def ways(case: CaseData) -> dict[tuple[str, str], tuple[Barter, int]]:
    found = {}
    for row in case.rows(Barter):
        if row.status is not OfferStatus.CLOSED:
            for t, day in signings(case.calendar, row.offer, row.status, None, row.sign_by, []):
                found[row.offer, day.isoformat()] = (row, t)
    return found


def post(case: CaseData, ledgers: Ledgers) -> None:
    calendar, found = case.calendar, ways(case)
    most = np.array([row.max_gw for row, _ in found.values()])
    dims = ("offer", "starts_on")
    on_signing = WithSignature("sign")
    sign = ledgers.declare(NAME, "sign", dims, found, unit="0 or 1", decided=on_signing, domain=Domain.BINARY)
    size = ledgers.declare(NAME, "size", dims, found, unit="GW", decided=on_signing, upper=most)
    keys = list(dict.fromkeys((row.offer, t) for row, first in found.values() for t in range(first, calendar.T)))
    use = ledgers.declare(
        NAME, "use", ("offer", "period"), keys, unit="GW", decided=Moment.DURING_PERIOD, file=PlanFile.CAPACITY
    )
    families = {chip.chip: chip.family for chip in case.rows(Chip)}
    labels = {
        row.offer: Labels(
            instrument=NAME, offer=row.offer, counterparty=row.provider, chip=row.chip, family=families[row.chip],
            region=row.region,
        )
        for row, _ in found.values()
    }  # fmt: skip
    for key, (row, first) in found.items():
        after = range(first, calendar.T)
        ledgers.post("signed", labels[row.offer], "signed", sign[key], after, 1.0)
        ledgers.post("rights", labels[row.offer], "rights", size[key], after, 1.0)
        paid = -row.price_usd_bn_per_gw_year * calendar.h
        ledgers.flow(Kind.COST, labels[row.offer], "barter", size[key], after, paid)
    for offer, t in keys:
        ledgers.post("in_use", labels[offer], "use", use[(offer, t)], [t], 1.0)
        ledgers.post("compute", labels[offer].supplying(), "use", use[(offer, t)], [t], 1.0)


def build(b: Any, case: CaseData) -> None:
    found = ways(case)
    keys, offers = list(found), list({offer: None for offer, _ in found})
    b.once = pyo.Constraint(offers, rule=lambda b, o: sum(b.sign[key] for key in keys if key[0] == o) <= 1)
    b.signed_at_least = pyo.Constraint(
        keys, rule=lambda b, *key: found[key][0].least_gw * b.sign[key] <= b.size[key]
    )  # fmt: skip
    b.signed_at_most = pyo.Constraint(keys, rule=lambda b, *key: b.size[key] <= found[key][0].max_gw * b.sign[key])
    b.within_size = pyo.Constraint(
        list(b.use),
        rule=lambda b, o, t: b.use[o, t] <= sum(b.size[key] for key in keys if key[0] == o and found[key][1] <= t),
    )


def contract_checks(case: CaseData, ledgers: Ledgers, x: Vector) -> Iterator[ContractCheck]:
    sign, size, use = (ledgers.find(NAME, name) for name in ("sign", "size", "use"))
    for key, (row, _) in ways(case).items():
        yield ContractCheck(size[key], "at least the least", row.least_gw * x[sign[key]], x[size[key]])
        yield ContractCheck(size[key], "at most the most", x[size[key]], row.max_gw * x[sign[key]])
    for offer in {offer for offer, _ in ways(case)}:
        mine = [key for key in size.keys if key[0] == offer]
        yield ContractCheck(sign[mine[0]], "signed once", sum(x[sign[key]] for key in mine), 1.0)
    for offer, t in use.keys:
        lent = sum(x[size[key]] for key, (row, first) in ways(case).items() if key[0] == offer and first <= int(t))
        yield ContractCheck(use[(offer, t)], "no more than is lent", x[use[(offer, t)]], lent)


def loosened_by(case: CaseData) -> Iterator[Loosening]:
    for row in case.rows(Barter):
        yield from smaller(row, "least_gw", "GW", NAME, "signed_at_least")


def make(frame: Frame, rng: Random, count: int, size: float) -> Made:
    made = Made()
    for i in range(count):
        chip = frame.of_family(ChipFamily.GPU)[0].chip
        window = frame.window(rng, 0.0, 0.2, 12)
        made.rows.append(
            Barter(
                offer=f"barter_{i + 1:05d}", status=OfferStatus.OPEN, provider=f"friend_{i + 1}", chip=chip,
                region=rng.choice(frame.regions).region, sign_by=window.last,
                max_gw=rounded(size * between(rng, 0.2, 0.4)),
                price_usd_bn_per_gw_year=between(rng, 8.0, 12.0), source=SOURCE,
            )
        )  # fmt: skip
    return made


BARTER = Instrument(
    name=NAME,
    word="barter",
    tables=(Barter,),
    reads=(Chip,),
    post=post,
    build=build,
    contract_checks=contract_checks,
    gives=frozenset({"rights", "in_use", "compute"}),
    moved=None,
    advance=None,
    arrivals=(),
    settled=None,
    priced_by=None,
    steps=None,
    events=(),
    provider_gone=None,
    resale_down=None,
    not_paid=frozenset(),
    loosened_by=loosened_by,
    last_days=(last_signing("sign_by"),),
    generate=RandomOffers(make=make, supplies=Supply.CLOUD, guaranteed=None, share=SHARE),
    plain_lines={"barter": PlainLine("Barter", "Paid for machines of a friend.", Meaning.CLOUD)},
    cash_lines={"barter": CashLine("spend")},
    debt={},
    goes_with_counterparty=frozenset(),
    purchases=None,
    orders=None,
    terms=None,
    borrowing=None,
    unreachable=None,
    commitments=None,
)
WITH_BARTER = CATALOGUE.extended(instruments=[BARTER])
