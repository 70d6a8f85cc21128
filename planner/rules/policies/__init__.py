"""Policies: requirements that the lab sets itself."""

from __future__ import annotations

from planner.common import policies
from planner.common.chips import ChipPerformance
from planner.common.demand import Demand, Workload
from planner.common.policies import Policy
from planner.interfaces.rule import Rule
from planner.rules.policies import limits, loosening, loosening_steps, plain_lines, provider_funding
from planner.tables.offer import Offer

RULE = Rule(
    name=limits.NAME,
    tables=(Policy,),
    check=policies.check,
    reads=(Demand, Workload, ChipPerformance, Offer),
    steps=loosening_steps.steps,
    events=(),
    post=limits.post,
    limits=limits.limits,
    advance=provider_funding.advance,
    loosened_by=loosening.loosened_by,
    follows_demand=loosening.follows_demand,
    plain_lines=plain_lines.LINES,
)
