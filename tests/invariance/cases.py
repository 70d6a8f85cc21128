"""Cases whose results must not change: small shipped ones, generated ones, one with every kind of policy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from planner.api import Case
from planner.generate import case_files

DATA = Path(__file__).parents[2] / "data"
POLICIES = (
    "loss,survive_loss_of_provider,,0.3,1",
    "loss_of_one,survive_loss_of_provider,cirrus,0.2,1",
    "own_all,own_capacity_min,,0.2,1",
    "own_here,own_capacity_min,west,0.1,1",
    "margin,reserve_margin_min,,0.05,1",
    "margin_here,reserve_margin_min,east,0.05,1",
    "margin_there,reserve_margin_min,west/interactive,0.1,1",
    "local,served_in_region_min,west,0.1,1",
    "local_part,served_in_region_min,west/training,0.1,1",
)
"""policies of the kinds that `starter` has none of; policy, kind, subject, value, penalty"""


def shipped(name: str) -> dict[str, bytes]:
    """The files of a shipped case."""
    return dict(Case.read(DATA / name).files)


def everything() -> dict[str, bytes]:
    """The starter case with a policy of every kind and subject, a group, and offers that require others."""
    added = []
    for text in POLICIES:
        policy, kind, subject, value, penalty = text.split(",")
        about = f"subject={subject}, " if subject else ""
        added.append(
            f"+policies{{policy={policy}, kind={kind}, {about}from_date=2027-01-01, value={value}, penalty={penalty}}}"
        )
    case = Case.read(DATA / "starter").change(
        *added,
        "site_leases[mesa_2].exclusive_group = sites",
        "site_leases[lake].exclusive_group = sites",
        "chip_purchases[gpu_order].requires_offer = mill",
    )
    return dict(case.files)


def generated(count: int, offers: int = 14) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Generated cases of one to eight periods, by name."""
    for seed in range(1, count + 1):
        yield f"generated {seed}", case_files(offers, periods=1 + seed % 8, period_months=12, seed=seed)
