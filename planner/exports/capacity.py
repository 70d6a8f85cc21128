"""`capacity.csv`: GW held and in use, by period.

Measures: `right` (what a cloud contract lets one use), `use` (of it, by chip and region), `halls` and `chips` held by
offer, `run` (own chips running), `power` (drawn in halls of one power cost), `idle_halls` and `idle_chips`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.frames import arranged
from planner.solution import Solution

if TYPE_CHECKING:
    import pandas as pd

VALUE = "gw"
COLUMNS = (
    "measure", "instrument", "offer", "chip", "region", "families", "power_usd_bn_per_gw_year", "period",
    VALUE, "decision",
)  # fmt: skip
DECIDED = ("in_use", "power")
"""ledgers whose posts are the decisions themselves, GW for GW"""


def table(solution: Solution) -> pd.DataFrame:
    """Columns as in COLUMNS; `decision` is named where the row is a decision."""
    import pandas as pd

    posts = solution.posts.rename(columns={"power_class": "power_usd_bn_per_gw_year", "value": VALUE})
    decided = posts[posts["ledger"].isin(DECIDED)].copy()
    decided["measure"] = decided["line"].replace({"draw": "power"})
    decided["decision"] = solution.decision_names(decided["column"].to_numpy())
    held = posts[posts["ledger"].isin(("rights", "halls", "chips"))].copy()
    held["measure"] = held["ledger"].replace({"rights": "right"})
    held["decision"] = ""
    keys = [name for name in COLUMNS if name not in (VALUE, "decision")]
    held = held.groupby(keys, sort=False, as_index=False)[VALUE].sum().assign(decision="")
    parts = [decided, held, _idle(posts, "halls", "power", ["region", "families", "power_usd_bn_per_gw_year"])]
    parts.append(
        _idle(posts[~posts["instrument"].isin(("cloud_commitment", "spare_capacity"))], "chips", "in_use", ["chip"])
    )
    joined = pd.concat(parts, ignore_index=True)
    joined["period"] = solution.dates(joined["period"].to_numpy())
    return arranged(joined, COLUMNS, {VALUE})


def _idle(posts: pd.DataFrame, held: str, used: str, by: list[str]) -> pd.DataFrame:
    """What is held less what runs, where anything is held."""
    sums = posts[posts["ledger"].isin((held, used))].groupby(["ledger", *by, "period"])[VALUE].sum()
    have = sums[sums.index.get_level_values("ledger") == held].droplevel("ledger")
    busy = sums[sums.index.get_level_values("ledger") == used].droplevel("ledger")
    idle = have.sub(busy.reindex(have.index, fill_value=0.0)).reset_index()
    idle[VALUE] = idle[VALUE].where(idle[VALUE].abs() > 1e-9, 0.0)
    return idle.assign(measure=f"idle_{held}", decision="")
