"""The instruments and rules of the planner, in the order of reports. No other module names one."""

from __future__ import annotations

from planner.common import chips, demand, guarantors, regions, sources, treasury, unknown, waivers
from planner.instruments import (
    chip_lease,
    chip_purchase,
    cloud_commitment,
    own_fleet,
    site_lease,
    spare_capacity,
    term_loan,
)
from planner.interfaces.catalogue import Catalogue
from planner.rules import (
    debt_cap,
    fixed_charge_cover,
    grid_limit,
    guarantor_cap,
    guarantor_tie,
    hosting,
    liquidity,
    meet_demand,
    obligations,
    offer_choice,
    placement,
    policies,
    reassignment,
    reserve,
    served_by,
    serving,
)

CATALOGUE = Catalogue(
    common=(
        regions.Region,
        regions.Link,
        demand.Workload,
        demand.Demand,
        chips.Chip,
        chips.ChipPerformance,
        chips.ResaleValue,
        chips.ResaleLevel,
        chips.OwnedChip,
        chips.ChipDelivery,
        chips.SignedDelivery,
        guarantors.Guarantor,
        guarantors.GuarantorCap,
        treasury.Finance,
        waivers.Waiver,
        unknown.UnknownEvent,
        unknown.EventOutcome,
        sources.Source,
    ),
    checks=(regions.check, demand.check, guarantors.check, unknown.check),
    instruments=(
        cloud_commitment.INSTRUMENT,
        site_lease.INSTRUMENT,
        chip_lease.INSTRUMENT,
        chip_purchase.INSTRUMENT,
        spare_capacity.INSTRUMENT,
        term_loan.INSTRUMENT,
        own_fleet.INSTRUMENT,
    ),
    rules=(
        serving.RULE,
        offer_choice.RULE,
        meet_demand.RULE,
        hosting.RULE,
        placement.RULE,
        guarantor_cap.RULE,
        guarantor_tie.RULE,
        liquidity.RULE,
        obligations.RULE,
        debt_cap.RULE,
        fixed_charge_cover.RULE,
        grid_limit.RULE,
        served_by.RULE,
        reassignment.RULE,
        reserve.RULE,
        policies.RULE,
    ),
)
"""The catalogue with which a case is read, planned and audited unless another is given."""
