"""How much of a plan depends on each party: concentration, and what falls with whom.

When a party fails, the clouds and spare machines that it provides go, and so do the halls that it lets and the chips
that it leases. What it guarantees remains without a backer. The landlord or the lenders decide whether they terminate
then, so this is counted apart. No work is moved to other machines and nothing is signed instead: the figures say what
would have to be replaced, not what would remain unserved.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from planner.basics.display import AS_IT_IS, Display
from planner.basics.frames import summed
from planner.plan.plan import Plan
from planner.reports.counterparties import service
from planner.reports.counterparties.flows import Tie, flows, held, posts

if TYPE_CHECKING:
    import pandas as pd

POOLS = {"halls": ["region", "families", "period"], "chips": ["chip", "period"]}
"""what is held and used as one pool: labels that tell the pools of a ledger apart, and the period"""
DIGITS = 9
"""digits to which shares and GW are compared, so that rounding decides no order"""


@dataclass(frozen=True)
class Fall:
    """What falls with a party in one calendar year."""

    party: str
    year: str
    cloud_gw: float
    """cloud and spare capacity that goes, where it is highest"""
    halls_gw: float
    """halls that go"""
    chips_gw: float
    """leased chips that go"""
    unbacked_halls_gw: float
    """halls that lose their backer"""
    unbacked_chips_gw: float
    """leased chips whose value is no longer supported"""
    gone_share: float
    """of the year's demand, served by what goes"""
    unbacked_share: float
    """of the year's demand, served by what loses its backer"""

    @property
    def share(self) -> float:
        """Of the year's demand, served by either."""
        return self.gone_share + self.unbacked_share

    def text(self, display: Display = AS_IT_IS) -> str:
        """The fall in one sentence."""
        parts = [
            f"{display.fixed(gw, 'GW', 1)} {display.power} of {what}"
            for gw, what in (
                (self.cloud_gw, "cloud goes"),
                (self.halls_gw, "halls go"),
                (self.chips_gw, "leased chips go"),
                (self.unbacked_halls_gw, "halls lose their backer"),
                (self.unbacked_chips_gw, "leased chips lose their support"),
            )
            if gw >= 0.05
        ]
        what = ", ".join(parts) or f"less than {display.amount(0.05, 'GW')} falls"
        return f"If {self.party} fails: {what}, {self.share:.0%} of {self.year} demand."

    def json(self) -> dict[str, Any]:
        """The fall for programs."""
        return {**asdict(self), "share": self.share, "text": self.text()}


def falls(plan: Plan) -> pd.DataFrame:
    """What falls with each party in each calendar year. Columns: the fields of Fall, and `share`."""
    import pandas as pd

    parts = [*_gone(plan), *_unbacked(plan)]
    columns = ["party", "period", "measure", "value"]
    table = pd.concat([part[columns] for part in parts if len(part)] or [pd.DataFrame(columns=columns)])
    table = summed(table.astype({"value": float}), ["party", "period", "measure"])
    table["year"] = table["period"].str[:4]
    measures = [name for name in Fall.__annotations__ if name.endswith(("_gw", "_share"))]
    demand = service.demand(plan)
    asked = demand.groupby(demand["period"].str[:4])["gw"].sum()
    shares = table["measure"].str.endswith("_share")
    highest = table[~shares].groupby(["party", "year", "measure"])["value"].max()
    served = table[shares].groupby(["party", "year", "measure"])["value"].sum()
    served = served / asked.reindex(served.index.get_level_values("year")).to_numpy()
    wide: pd.DataFrame = pd.concat([highest, served]).unstack("measure")
    wide = wide.reindex(columns=measures).fillna(0.0).reset_index()
    wide["share"] = wide["gone_share"] + wide["unbacked_share"]
    return wide[(wide[measures] > 1e-9).any(axis=1)].reset_index(drop=True)


def worst(table: pd.DataFrame) -> list[Fall]:
    """Each party of the table of `falls` in its worst year, by share of the demand; the gravest first."""
    size = table[["cloud_gw", "halls_gw", "chips_gw", "unbacked_halls_gw"]].sum(axis=1)
    keyed = table.assign(size=size.round(DIGITS), by=table["share"].round(DIGITS))
    gravest = keyed.sort_values(["by", "size", "year"], ascending=[False, False, True], kind="stable")
    fields = list(Fall.__annotations__)
    return [Fall(*row) for row in gravest.drop_duplicates("party")[fields].itertuples(index=False)]


def concentration(plan: Plan) -> pd.DataFrame:
    """How much of the plan each party has; the largest payments first.

    Columns: party, paid_usd_bn (nominal, within the horizon), paid_share, owed_usd_bn (dues to the
    end of the longest term), served_gw_years (reference, by its clouds and spare machines), served_share (of all
    demand), halls_gw and guarantees_usd_bn (where highest).
    """
    import pandas as pd

    h, paying = plan.case.calendar.h, defaultdict[str, float](float)
    for flow in flows(plan):
        if flow.tie is Tie.PAYS:
            paying[flow.taker] += flow.amount
    paid = pd.Series(paying, dtype=float)
    owed = posts(plan, "dues").groupby("counterparty")["value"].sum()
    done = service.work(plan)
    served = done[done["counterparty"] != ""].groupby("counterparty")["gw"].sum() * h
    halls = posts(plan, "halls").groupby(["counterparty", "period"])["value"].sum().groupby("counterparty").max()
    exposed = posts(plan, "guarantees").groupby(["guarantor", "period"])["value"].sum()
    backed = exposed.groupby("guarantor").max()
    columns = {
        "paid_usd_bn": paid, "owed_usd_bn": owed, "served_gw_years": served, "halls_gw": halls,
        "guarantees_usd_bn": backed,
    }  # fmt: skip
    table = pd.DataFrame(columns).fillna(0.0)
    table = table[(table.index != "") & (table.abs() > 1e-9).any(axis=1)]
    asked = float(service.demand(plan)["gw"].sum() * h)
    table.insert(1, "paid_share", table["paid_usd_bn"] / total if (total := table["paid_usd_bn"].sum()) else 0.0)
    table.insert(4, "served_share", table["served_gw_years"] / asked if asked else 0.0)
    table = table.rename_axis("party").reset_index()
    return table.sort_values(["paid_usd_bn", "party"], ascending=[False, True], ignore_index=True)


def _gone(plan: Plan) -> list[pd.DataFrame]:
    """What goes with its provider: GW by kind, and the work that it does."""
    found = [
        _of_party(_going(plan, ledger), "counterparty", name)
        for ledger, name in (("rights", "cloud_gw"), ("halls", "halls_gw"), ("chips", "chips_gw"))
    ]
    done = service.work(plan)
    clouds = done[done["counterparty"] != ""].rename(columns={"gw": "value"})
    found.append(_of_party(clouds, "counterparty", "gone_share"))
    for ledger, pool in POOLS.items():
        found.append(_attributed(done, _shares(plan, ledger, _going(plan, ledger), "counterparty"), pool, "gone_share"))
    return found


def _unbacked(plan: Plan) -> list[pd.DataFrame]:
    """What loses its backer: GW by kind, and the work that it does."""
    halls, chips = (backed(plan, ledger) for ledger in POOLS)
    done = service.work(plan)
    found = [_of_party(halls, "guarantor", "unbacked_halls_gw"), _of_party(chips, "guarantor", "unbacked_chips_gw")]
    for (ledger, pool), mine in zip(POOLS.items(), (halls, chips), strict=True):
        found.append(_attributed(done, _shares(plan, ledger, mine, "guarantor"), pool, "unbacked_share"))
    return found


def _going(plan: Plan, ledger: str) -> pd.DataFrame:
    """The part of a ledger that goes with its counterparty, as its instrument says."""
    names = [each.name for each in plan.case.catalogue.instruments if ledger in each.goes_with_counterparty]
    table = held(plan, ledger)
    return table[table["instrument"].isin(names)]


def backed(plan: Plan, ledger: str) -> pd.DataFrame:
    """The part of a ledger that a guarantor stands behind, with a column `guarantor`.

    A guarantee that is posted by the decision that holds something is for that alone. A guarantee that is posted by
    another decision is for everything that its offer holds.
    """
    import pandas as pd

    table, given = posts(plan, ledger).drop(columns="guarantor"), posts(plan, "guarantees")
    alone = given["decision"].isin(table["decision"])
    of_decisions = given.loc[alone, ["decision", "guarantor"]].drop_duplicates()
    of_offers = given.loc[~alone, ["offer", "guarantor"]].drop_duplicates()
    parts = [table.merge(of_decisions, on="decision"), table.merge(of_offers, on="offer")]
    return pd.concat(parts, ignore_index=True)


def _shares(plan: Plan, ledger: str, mine: pd.DataFrame, by: str) -> pd.DataFrame:
    """The share of each pool of halls or chips that `mine` is of it, by party: party, the labels of the pool, share."""
    pool = POOLS[ledger]
    whole = summed(posts(plan, ledger), pool).rename(columns={"value": "pool"})
    return _share(summed(mine.assign(party=mine[by]), ["party", *pool]).merge(whole, on=pool))


def _share(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(share=table["value"] / table["pool"]).drop(columns=["value", "pool"])


def _attributed(done: pd.DataFrame, shares: pd.DataFrame, by: list[str], measure: str) -> pd.DataFrame:
    """The work of own machines that a party's share of their pool does."""
    own = done[service.own(done)].merge(shares, on=by)
    return _of_party(own.assign(value=own["gw"] * own["share"]), "party", measure)


def _of_party(table: pd.DataFrame, by: str, measure: str) -> pd.DataFrame:
    sums = summed(table[table[by] != ""], [by, "period"]).rename(columns={by: "party"})
    return sums.assign(measure=measure)
