"""The commitments of a plan as rows of the FOCUS 1.4 dataset Contract Commitment.

One row for each span of a contract, such as a contract year:

    ContractId, ContractCommitmentId        the offer; the offer and the number of the span: aws/2
    ContractCommitmentCost                  spend in USD; Category is Spend, BillingCurrency is USD
    ContractCommitmentLifecycleStatus       where the commitment stands on the first day of the plan's case
    …Created, …LastUpdated                  day of the signature, or the case's first day; the case's first day
    …Model, …FulfillmentInterval            Discontinuous, Full Period: spend counts over the span as a whole
    …PaymentModel, …UpfrontPercentage       No, Partial or All Upfront; the part of the contract paid as it starts
    …PaymentInterval                        One-Time where all is paid upfront, else Custom: use as it is used, the
                                            rest at the end of the span
    …BenefitCategory, …OfferCategory        Availability, Negotiated
    …Applicability                          chips are SkuId, regions RegionId; IsComplexScope where not every chip is
                                            provided in every region
    ServiceProviderName, InvoiceIssuerName  the seller

What FOCUS has no column for stands in columns that begin with `x_` (`planner.focus.own_columns`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date

from planner.basics.calendar import months_between
from planner.basics.errors import DataError, Problem
from planner.basics.text import counted
from planner.basics.units import MONTHS_PER_YEAR
from planner.focus import own_columns
from planner.focus.columns import CC, OF_1_4, UPFRONTS, USD, moment, plain, usd
from planner.interfaces.commitments import CommittedSpend
from planner.plan.plan import Plan
from planner.tables import csvtext
from planner.tables.csvtext import RawRecord, RawTable


def contract_commitments(plan: Plan) -> RawTable:
    """The rows of all commitments of a plan. Columns that begin with `x_` and are blank in every row are left out.

    Raises DataError where a plan commits to no spend.
    """
    made: list[dict[str, str]] = []
    known: list[str] = [own_columns.INSTRUMENT]
    files = own_columns.CellsInFiles(plan.case.raw, plan.case.catalogue.tables)
    for instrument in plan.case.catalogue.instruments:
        if (of := instrument.commitments) is not None:
            known += [name for name in own_columns.header(of) if name not in known]
            for spend in of.of_plan(plan):
                row = _row(spend, plan.case.settings.start) | {own_columns.INSTRUMENT: instrument.name}
                made.append(row | dict(own_columns.cells_of(spend.rows, of, files)))
    if not made:
        expected = "a plan that signs a commitment to spend"
        raise DataError([Problem("decisions.csv", None, "", expected, "none, so there is nothing to write")])
    header = (*OF_1_4, *(name for name in known if any(row.get(name) for row in made)))
    records = (RawRecord(i, tuple(row.get(name, "") for name in header)) for i, row in enumerate(made, start=2))
    return RawTable(header, tuple(records))


def focus_file(plan: Plan) -> bytes:
    """The same as the bytes of a CSV file."""
    return csvtext.render(contract_commitments(plan))


def _row(spend: CommittedSpend, day: date) -> dict[str, str]:
    """The cells of a commitment that are not blank, by column. `day` is the first of the case."""
    upfront = spend.upfront_share
    model = next((name for name, share in UPFRONTS.items() if share == upfront), "Partial Upfront")
    money, (first, after) = usd(spend.spend_usd_bn), spend.span
    found = {
        "BillingCurrency": USD,
        f"{CC}Applicability": _applicability(spend.provided),
        f"{CC}BenefitCategory": "Availability",
        f"{CC}Category": "Spend",
        f"{CC}Cost": money,
        f"{CC}Created": moment(min(spend.agreed_on, day)),
        f"{CC}Description": f"{spend.offer}: least spend in contract year {spend.number}",
        f"{CC}DurationType": _duration(first, after),
        f"{CC}FulfillmentInterval": "Full Period",
        f"{CC}Id": f"{spend.offer}/{spend.number}",
        f"{CC}LastUpdated": moment(day),
        f"{CC}LifecycleStatus": str(spend.lifecycle),
        f"{CC}Model": "Discontinuous",
        f"{CC}OfferCategory": "Negotiated",
        f"{CC}PaymentInterval": "One-Time" if model == "All Upfront" else "Custom",
        f"{CC}PaymentModel": model,
        f"{CC}PaymentUpfrontPercentage": plain(upfront),
        f"{CC}PeriodStart": moment(first),
        f"{CC}PeriodEnd": moment(after),
        f"{CC}Type": "Take-or-pay spend",
        "ContractId": spend.offer,
        "ContractPeriodStart": moment(spend.contract[0]),
        "ContractPeriodEnd": moment(spend.contract[1]),
        "InvoiceIssuerName": spend.seller,
        "PricingCurrency": USD,
        f"PricingCurrency{CC}Cost": money,
        "ServiceProviderName": spend.seller,
    }
    return found | {own_columns.chosen(column): text for column, text in spend.chosen.items()}


def _duration(first: date, after: date) -> str:
    """The length of a span: 1 Year, 6 Months, 40 Days."""
    months = months_between(first, after)
    if months is None:
        return counted((after - first).days, "Day")
    years, rest = divmod(months, MONTHS_PER_YEAR)
    return counted(months, "Month") if rest else counted(years, "Year")


def _applicability(provided: Sequence[tuple[str, str]]) -> str:
    """What the spend may be for, as JSON. FOCUS can say it where every chip is provided in every region."""
    chips, regions = sorted({chip for chip, _ in provided}), sorted({region for _, region in provided})
    if set(provided) != {(chip, region) for chip in chips for region in regions}:
        return json.dumps({"IsComplexScope": True})
    return json.dumps(
        {
            "IsGlobalScope": False,
            "InclusionOperator": "And",
            "Inclusions": list(_inclusions({"SkuId": chips, "RegionId": regions})),
        }
    )


def _inclusions(values: dict[str, list[str]]) -> Iterator[dict[str, object]]:
    for dimension, names in values.items():
        yield {"Dimension": dimension, "Operator": "In", "Values": names}
