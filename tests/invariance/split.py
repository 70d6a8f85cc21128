"""What is divided costs the same: demand in two regions without distance, a contract in two halves.

Contracts are halved where they are signed in a fixed size, as a lab may sign one half of two alone.
"""

from __future__ import annotations

from collections.abc import Iterator

import click

from planner.api import Case
from planner.common.demand import Demand
from planner.common.policies import Policy
from planner.instruments.cloud_commitment.tables import CloudCommitment, CloudProduct, CloudTerm, CloudTier
from planner.plan.plan import Plan
from tests.invariance.kinds import compared, generated, solved
from tests.plans import decided

TWIN = "twin_of_it"


def demand_in_two(case: Case) -> Case | None:
    """The case with half of a region's demand in another one beside it; None where a policy is about the region."""
    region = case.rows(Demand)[0].region
    if any((row.subject or "").partition("/")[0] == region for row in case.rows(Policy)):
        return None
    changes = [
        f"+regions{{region={TWIN}}}",
        f"+links{{region_a={region}, region_b={TWIN}, latency_ms=0, egress_usd_bn_per_gw_year=0}}",
    ]
    for row in case.rows(Demand):
        if row.region == region:
            half = f"from_date={row.from_date}, workload={row.workload}, demand_gw={row.demand_gw / 2!r}"
            changes.append(f"+demand{{region={TWIN}, {half}}}")
            changes.append(f"demand[{row.from_date},{region},{row.workload}].demand_gw = {row.demand_gw / 2!r}")
    return case.change(*changes)


def contracts(case: Case, plan: Plan) -> Iterator[tuple[str, Case, Case]]:
    """Each cloud contract that a plan signs: the case with it signed in that size, and with two halves of it."""
    signed = plan.offers[(plan.offers["signed"] == "yes") & (plan.offers["status"] == "open")]
    dates = dict(zip(signed["offer"], signed["signed_on"], strict=True))
    for row in case.rows(CloudCommitment):
        scales = decided(plan, "scale", row.offer, "tier")
        if row.offer in dates and scales and not row.exclusive_group:
            ((tier, scale),) = scales.items()
            fixed = case.change(*_fixed(case, row.offer, tier, scale, str(dates[row.offer])))
            yield row.offer, fixed, fixed.change(*_halves(fixed, row.offer))


def _fixed(case: Case, offer: str, tier: str, scale: float, day: str) -> list[str]:
    where, mine = f"cloud_commitments[{offer}]", f"cloud_tiers[{offer},{tier}]"
    others = [row.tier for row in case.rows(CloudTier) if row.offer == offer and row.tier != tier]
    return [
        f"{where}.status = required", f"{where}.sign_from = {day}", f"{where}.sign_by = {day}",
        *(f"-cloud_tiers[{offer},{other}]" for other in others),
        f"{mine}.scale_step = blank", f"{mine}.scale_min = {scale!r}", f"{mine}.scale_max = {scale!r}",
    ]  # fmt: skip


def _halves(case: Case, offer: str) -> list[str]:
    """Changes that halve a contract and add the same half again."""
    twin, changes = f"{offer}_twin", list[str]()
    tables = (
        (CloudCommitment, ("signing_fee_usd_bn", "equity_usd_bn"), ("offer",)),
        (CloudTier, ("upfront_usd_bn",), ("offer", "tier")),
        (CloudTerm, ("capacity_gw", "floor_usd_bn"), ("offer", "contract_year")),
        (CloudProduct, ("max_gw",), ("offer", "chip", "region")),
    )
    for table, halved, key in tables:
        name = table.about.name
        for row in case.rows(table):
            if row.offer != offer:
                continue
            cells = {each: getattr(row, each) for each in table.model_fields if getattr(row, each) not in (None, "")}
            at = ",".join(str(cells[each]) for each in key)
            for each in halved:
                if cells.get(each):
                    cells[each] = cells[each] / 2
                    changes.append(f"{name}[{at}].{each} = {cells[each]!r}")
            cells["offer"] = twin
            written = ", ".join(
                f"{each}={_text(value)}" for each, value in cells.items() if each not in ("line", "file")
            )
            changes.append(f"+{name}{{{written}}}")
    return changes


def _text(value: object) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def differences(number: int) -> Iterator[str]:
    """What is not the same in the random case of a number once something of it is divided."""
    case = generated(number)
    plan = solved(case)
    divided = demand_in_two(case)
    if divided is not None and (found := compared(plan, solved(divided), 1.0)):
        yield f"demand in two regions: {found}"
    for offer, whole, halves in () if plan is None else contracts(case, plan):
        if found := compared(solved(whole), solved(halves), 1.0):
            yield f"{offer} in two halves: {found}"


def run(cases: int = 60) -> int:
    """That many random cases; the number of differences."""
    wrong = 0
    for number in range(1, cases + 1):
        for said in differences(number):
            wrong += 1
            click.echo(f"case {number}, {said}")
    click.echo(f"split: {cases} cases, {wrong} differences")
    return wrong
