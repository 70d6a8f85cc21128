"""Own chips stand in the case of a later day where they stood in the plan, and can do what they could do then."""

from dataclasses import replace
from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.instruments.own_fleet.tables import ChipMove, ChipPlacement
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.solution import Solution
from planner.solve.start import starting_values
from tests.plans import cost, lines, solved
from tests.roll.holding import kept, on_every_day
from tests.rules.test_placement import alternating
from tests.small import posted, sites, used

SIGNED = {
    "status": "signed", "stage": "existing", "ready_date": "2025-01-01", "rent_usd_per_kw_month": 0,
    "capacity_mw": 9000, "term_years": 20, "min_share": 1,
}  # fmt: skip
BOTH = sites({"offer": "hall", **SIGNED}, {"offer": "other", "site": "Other", "region": "there", **SIGNED})
"""halls in both regions, which cost nothing"""
TABLE = "chip,region,gw,moved_out_gw\n"


def stands(case: Case) -> dict[str, float]:
    """GW of the chip by region, as the case says."""
    return {row.region: round(row.gw, 9) for row in case.rows(ChipPlacement)}


class TestOpening:
    """1 GW that is owned somewhere since 2025, halls in both regions, a year each; what is short costs 100."""

    def case(
        self, folder: Path, *regions: str, price: str = "", region: str = "", months: int = 0, **tables: str
    ) -> Case:
        own = f"chip,in_service,gw,cost_usd_bn,region\ntpu_a,2025-01-01,1,0,{region}\n"
        return alternating(folder, *regions, price=price, months=months, **{"owned_chips": own, **tables})

    def test_they_stay(self, tmp_path: Path) -> None:
        there = TABLE + "tpu_a,there,1,\n"
        assert cost(solved(self.case(tmp_path / "1", "here", "here"))) == pytest.approx(0)
        assert cost(solved(self.case(tmp_path / "2", "here", "here", chip_placements=there))) == pytest.approx(200)
        moved = solved(self.case(tmp_path / "3", "here", "here", price="5", chip_placements=there))
        assert lines(moved) == pytest.approx({"chip_move": 5})

    # The row of the owned chips says here. They do not stand here a second time.
    def test_it_says_more_than_the_row_of_chips_owned(self, tmp_path: Path) -> None:
        there = TABLE + "tpu_a,there,1,\ntpu_a,here,0,1\n"
        case = self.case(tmp_path, "there", "there", region="here", chip_placements=there)
        plan = solved(case)
        assert cost(plan) == pytest.approx(0)
        assert used(plan, "placement", "stays/tpu_a/there")["2026-01-01"] == pytest.approx((1, 1))
        assert used(plan, "placement", "from_there/tpu_a/here") == {}
        assert plan.record.notes == ()

    # What it leaves out of them stands where they are owned.
    def test_what_it_leaves_out(self, tmp_path: Path) -> None:
        part = TABLE + "tpu_a,there,0.25,\ntpu_a,here,0,0.25\n"
        case = self.case(tmp_path, "here", "here", region="here", chip_placements=part)
        assert cost(solved(case)) == pytest.approx(50)
        (arrives,) = posted(case).select("arrives")
        assert (arrives.labels.region, arrives.values.tolist()) == ("here", [0.75])

    # Chips that come into service at the start or later still come.
    def test_new_ones_come(self, tmp_path: Path) -> None:
        own = "chip,in_service,gw,cost_usd_bn,region\ntpu_a,2025-01-01,1,0,\ntpu_a,2026-01-01,2,0,here\n"
        own += "tpu_a,2027-07-01,4,0,here\n"
        case = self.case(
            tmp_path, "there", "there", "there", chip_placements=TABLE + "tpu_a,there,1,\n", owned_chips=own
        )
        comes = [(post.labels.region, dict(zip(post.periods.tolist(), post.values.tolist(), strict=True)))
                 for post in posted(case).select("arrives")]  # fmt: skip
        assert comes == [("here", {0: 2.0, 1: 2.0, 2: 2.0})]

    # There are no halls left there.
    def test_where_no_halls_are(self, tmp_path: Path) -> None:
        halls = sites({"rent_usd_per_kw_month": 0, "capacity_mw": 9000})
        case = self.case(tmp_path, "here", site_leases=halls, chip_placements=TABLE + "tpu_a,there,1,\n")
        assert cost(solved(case)) == pytest.approx(100)

    # Moved in October 2025 for nine months: half of 2026 by years; half-years and quarters say the same.
    @pytest.mark.parametrize("period", [12, 6, 3])
    def test_still_being_moved(self, tmp_path: Path, period: int) -> None:
        moves = {
            "chip_placements": TABLE + "tpu_a,here,1,\n",
            "chip_moves": "chip,region,moved_on,gw\ntpu_a,here,2025-10-01,1\ntpu_a,here,2024-10-01,0.5\n",
        }
        case = self.case(tmp_path, "here", "here", price="5", months=9, **moves)
        plan = solved(case.change(f"case.period_months = {period}"))
        assert lines(plan) == pytest.approx({"shortage": 50})
        assert plan.record.notes == ()

    def notes(self, folder: Path, **tables: str) -> tuple[str, ...]:
        plan = solved(self.case(folder, "here", region="here", price="5", months=24, **tables))
        return plan.record.notes

    def test_more_than_is_held(self, tmp_path: Path) -> None:
        assert self.notes(tmp_path / "1", chip_placements=TABLE + "tpu_a,here,1,\ntpu_a,there,2,\n") == (
            "tpu_a: 3 GW stand somewhere by chip_placements.csv, and at most 1 GW are held in the first period: each"
            " region counts for its part",
        )
        # 2 GW there, and the one that is owned here and left out.
        assert self.notes(tmp_path / "2", chip_placements=TABLE + "tpu_a,there,2,\n") == (
            "tpu_a: 3 GW stand somewhere by chip_placements.csv, and at most 1 GW are held in the first period: each"
            " region counts for its part",
        )

    def test_more_moves_than_stand_there(self, tmp_path: Path) -> None:
        stand = {"chip_placements": TABLE + "tpu_a,here,1,\n"}
        moves = "chip,region,moved_on,gw\ntpu_a,here,{},{}\n"
        assert self.notes(tmp_path / "1", **stand, chip_moves=moves.format("2025-12-01", 2)) == (
            "tpu_a: 2 GW are being moved to here, and 1 GW stand there: no more count",
        )
        assert self.notes(tmp_path / "2", **stand, chip_moves=moves.format("2026-01-01", 1)) == (
            "tpu_a: moved_on 2026-01-01 is not before the start: the move does not count",
        )
        with pytest.raises(DataError, match=r"chip_moves.csv:2 region: expected a region in which tpu_a stands"):
            self.case(
                tmp_path / "3", "here", **stand, chip_moves=moves.replace("here", "there").format("2025-12-01", 1)
            )


class TestWritten:
    # It ran here in 2026. A hall there that is offered in 2027 is of no use to it.
    def test_chips_that_could_stand_in_one_region_only(self, tmp_path: Path) -> None:
        case = kept(solved(alternating(tmp_path, "here", "there", site_leases=sites(SIGNED))), "2027-01-01").case
        assert stands(case) == {"here": 1.0}
        assert cost(solved(case)) == pytest.approx(100)
        there = case.change("site_leases[hall].region = there")
        assert cost(solved(there)) == pytest.approx(100)
        assert cost(solved(there.change("-chip_placements[tpu_a,here]"))) == pytest.approx(0)

    # Those that ran here until 2027 are gone. Those that come then have not stood anywhere.
    def test_others_come_as_they_go(self, tmp_path: Path) -> None:
        own = "chip,in_service,gw,cost_usd_bn\ntpu_a,2024-01-01,1,0\ntpu_a,2027-01-01,0.75,0\n"
        plan = solved(alternating(tmp_path, "here", "here", life=3, owned_chips=own, site_leases=sites(SIGNED)))
        assert cost(plan) == pytest.approx(25)
        assert stands(kept(plan, "2027-01-01").case) == {}
        both = {"owned_chips": own.replace("2027", "2026"), "site_leases": sites({**SIGNED, "power_usd_per_mwh": 1})}
        some = alternating(tmp_path / "some", "here", "here", life=3, **both)
        # 1.75 GW in 2026, of which 1 ran here. As many leave, so that none of the others has to have run.
        assert stands(kept(solved(some), "2027-01-01").case) == {}

    # 1 GW is placed there in 2027, where it can no longer run: what the plan says can be said in the later case.
    def test_placed_where_nothing_runs_any_more(self, tmp_path: Path) -> None:
        over = {"offer": "other", "site": "Other", "region": "there", **SIGNED, "term_years": 2}
        own = "chip,in_service,gw,cost_usd_bn\ntpu_a,2025-01-01,2,0\n"
        case = alternating(
            tmp_path, "here", "here", owned_chips=own, site_leases=sites({"offer": "hall", **SIGNED}, over)
        )
        plan = solved(case)
        portfolio = Portfolio.of(plan.case)
        x = starting_values(portfolio, plan)
        placed = portfolio.ledgers.find("own_fleet", "placed")
        for region, by_year in {"here": (1.0, 1.0), "there": (0.0, 1.0)}.items():
            for t, gw in enumerate(by_year):
                x[placed["tpu_a", region, t]] = gw
        idle = Plan.of(Solution(portfolio, x), replace(plan.record))
        assert stands(kept(idle, "2027-01-01").case) == {"here": 1.0, "there": 0.0}

    def test_moved_and_idle(self, tmp_path: Path) -> None:
        plan = solved(
            alternating(
                tmp_path, "here", "there", "there", "there", price="5", months=18, region="here", site_leases=BOTH
            )
        )
        case = kept(plan, "2028-01-01").case
        assert stands(case) == {"here": 0.0, "there": 1.0}
        assert [row.moved_out_gw for row in case.rows(ChipPlacement) if row.region == "here"] == [1.0]
        assert [(str(row.moved_on), row.gw) for row in case.rows(ChipMove)] == [("2027-01-01", pytest.approx(1))]
        assert not kept(plan, "2029-01-01").case.rows(ChipMove)


OWNED = "chip,in_service,gw,cost_usd_bn,region\n"
LOTS = {
    "open": OWNED + "tpu_a,2025-04-01,1,0,\ntpu_a,2026-06-01,1,0,\n",
    "in a region": OWNED + "tpu_a,2025-04-01,1,0,here\ntpu_a,2026-06-01,1,0,there\n",
    "ends on a day": OWNED + "tpu_a,2024-07-01,1,0,here\ntpu_a,2024-07-02,1,0,\ntpu_a,2026-07-01,0.5,0,there\n",
    "inside a period": OWNED + "tpu_a,2024-08-10,1,0,here\ntpu_a,2024-11-20,1,0,\ntpu_a,2026-09-15,0.5,0,there\n",
}
"""of 3 years of life, so that the older ones end within 2027"""


def changing(folder: Path, months: int, *, cost_of: str = "", idle: int = 0, life: int = 3, **tables: str) -> Case:
    """1.5 GW are asked for here, then there, from 2026 to 2029."""
    rows = [
        f"{2026 + t // 4}-{1 + 3 * (t % 4):02d}-01,{region},training,{1.5 if (t // 3) % 2 == at else 0.4}"
        for t in range(12)
        for at, region in enumerate(("here", "there"))
    ]
    asked = "\n".join(["from_date,region,workload,demand_gw", *rows, ""])
    base = alternating(
        folder,
        "here",
        "there",
        "here",
        price=cost_of,
        months=idle,
        life=life,
        **{"site_leases": BOTH, **tables, "demand": asked},
    )
    return base.change(
        f"case.period_months = {months}", "case.discount_rate = 0.1", "chips[tpu_a].available_from = 2024-01-01"
    )


GRID = [(lots, *move, months) for lots in LOTS for move in (("", 0), ("3", 0), ("3", 5)) for months in (12, 6, 3)]
BY_MONTHS = [("inside a period", "3", 5, 1), ("open", "", 0, 1)]


@pytest.mark.parametrize(("lots", "cost_of", "idle", "months"), GRID + BY_MONTHS)
def test_on_every_later_day(tmp_path: Path, lots: str, cost_of: str, idle: int, months: int) -> None:
    case = changing(tmp_path, months, cost_of=cost_of, idle=idle, owned_chips=LOTS[lots])
    for day, then in on_every_day(case):
        assert then.settings.start == day


SIGNED_ORDER = {
    "chip_purchases": (
        "offer,chip,vendor,status,sign_from,min_gw,max_gw,price_usd_bn_per_gw\n"
        "order,tpu_a,maker,signed,2025-06-01,1.5,1.5,20\n"
    ),
    "chip_deliveries": "offer,months,delivered_share\norder,0,0.4\norder,14,0.6\n",
}
"""0.6 GW came before the start, 0.9 come in August 2026; they run for three years beside those that are owned"""


@pytest.mark.parametrize("months", [12, 6, 3])
@pytest.mark.parametrize("halls", ["both", "one"])
def test_an_order_on_every_later_day(tmp_path: Path, halls: str, months: int) -> None:
    leases, lots = (BOTH, LOTS["inside a period"]) if halls == "both" else (sites(SIGNED), LOTS["open"])
    given = {**SIGNED_ORDER, "site_leases": leases, "owned_chips": lots}
    found = dict(on_every_day(changing(tmp_path, months, cost_of="3", idle=5, **given)))
    for case in found.values():
        assert set(stands(case)) == ({"here", "there"} if halls == "both" else {"here"})
