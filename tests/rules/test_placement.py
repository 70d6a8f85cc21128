"""Own chips stay where they stand, or are moved at a cost."""

from pathlib import Path

import pytest

from planner.api import Case
from tests.instruments.test_chip_lease import lease_tables
from tests.plans import cost, line, lines, solved
from tests.small import owned, posted, sites, small, used

CHIPS = (
    "chip,family,vendor,available_from,capex_usd_bn_per_gw,capex_decline_rate,life_years,opex_usd_bn_per_gw_year,"
    "move_usd_bn_per_gw,move_months\ntpu_a,tpu,maker,2026-01-01,20,0,{life},0,{cost},{months}\n"
)
HALLS = sites(
    {"offer": "hall", "rent_usd_per_kw_month": 0, "capacity_mw": 9000},
    {"offer": "other", "site": "Other", "rent_usd_per_kw_month": 0, "capacity_mw": 9000, "region": "there"},
)


def wanted(*regions: str) -> str:
    """1 GW in one region after the other, a year each; nothing reaches from one to the other."""
    rows = [
        f"{2026 + year}-01-01,{region},training,{float(region == now):g}"
        for year, now in enumerate(regions)
        for region in ("here", "there")
    ]
    return "\n".join(["from_date,region,workload,demand_gw", *rows, ""])


def alternating(
    folder: Path, *regions: str, price: str = "", months: int = 0, life: int = 20, region: str = "", **tables: str
) -> Case:
    """1 GW of own chips, and halls that cost nothing in both regions."""
    own = f"chip,in_service,gw,cost_usd_bn,region\ntpu_a,2026-01-01,1,0,{region}\n"
    given = {
        **owned(1), "owned_chips": own, "chips": CHIPS.format(life=life, cost=price, months=months),
        "site_leases": HALLS, "demand": wanted(*regions), **tables,
    }  # fmt: skip
    return small(folder, end=2026 + len(regions), **given)


# A year each: one of them is served, the other is short at 100.
def test_without_a_cost_they_stay(tmp_path: Path) -> None:
    plan = solved(alternating(tmp_path, "here", "there"))
    assert cost(plan) == pytest.approx(100)
    assert used(plan, "placement", "in_stock/tpu_a")["2027-01-01"] == pytest.approx((1, 1))


# Wherever they stand first, it costs nothing.
@pytest.mark.parametrize("where", ["here", "there"])
def test_the_first_place_is_free(tmp_path: Path, where: str) -> None:
    assert cost(solved(alternating(tmp_path, where, where))) == pytest.approx(0)


def test_a_move_is_paid_for(tmp_path: Path) -> None:
    plan = solved(alternating(tmp_path, "here", "there", "there", "here", price="5"))
    assert lines(plan) == pytest.approx({"chip_move": 10})
    moved = plan.capacity[plan.capacity["measure"] == "moved_in"]
    moved = moved[moved["gw"] > 1e-9]
    assert sorted(zip(moved["region"], moved["period"], moved["gw"], strict=True), key=lambda each: each[1]) == [
        ("there", "2027-01-01", pytest.approx(1)), ("here", "2029-01-01", pytest.approx(1)),
    ]  # fmt: skip


# Three months are a quarter of a year: 25 of shortage, by years, half-years and quarters alike.
@pytest.mark.parametrize("period", [12, 6, 3])
def test_what_is_moved_is_idle(tmp_path: Path, period: int) -> None:
    case = alternating(tmp_path, "here", "there", price="5", months=3).change(f"case.period_months = {period}")
    plan = solved(case)
    assert lines(plan) == pytest.approx({"chip_move": 5, "shortage": 25})
    assert plan.record.cost_in_money_usd_bn == pytest.approx(5)


# Eighteen months: all of the first year and half of the second.
def test_idle_for_longer_than_a_period(tmp_path: Path) -> None:
    plan = solved(alternating(tmp_path, "here", "here", "there", "there", "there", price="5", months=18))
    assert lines(plan) == pytest.approx({"chip_move": 5, "shortage": 150})


def test_three_months_unless_said_otherwise(tmp_path: Path) -> None:
    case = alternating(tmp_path, "here", "there", price="5").change("chips[tpu_a].move_months = blank")
    assert line(solved(case), "shortage") == pytest.approx(25)


class TestOwnedSomewhere:
    # They stand there; all of the demand is here.
    def test_they_stay(self, tmp_path: Path) -> None:
        assert cost(solved(alternating(tmp_path, "here", "here", region="there"))) == pytest.approx(200)
        assert cost(solved(alternating(tmp_path / "there", "there", "there", region="there"))) == pytest.approx(0)

    def test_they_are_moved_at_the_start(self, tmp_path: Path) -> None:
        plan = solved(alternating(tmp_path, "here", "here", region="there", price="5"))
        assert lines(plan) == pytest.approx({"chip_move": 5})

    # 1 GW stands here for good, 1 GW that is nowhere yet ends its life in 2027. That it was never placed does not set
    # the other free: it stays here, or is moved for 5.
    @pytest.mark.parametrize(("price", "expected"), [("", 100), ("5", 5)])
    def test_what_leaves_unplaced_sets_nothing_free(self, tmp_path: Path, price: str, expected: float) -> None:
        own = "chip,in_service,gw,cost_usd_bn,region\ntpu_a,2026-01-01,1,0,here\ntpu_a,2007-01-01,1,0,\n"
        plan = solved(alternating(tmp_path, "here", "there", price=price, owned_chips=own))
        assert cost(plan) == pytest.approx(expected)

    # There is no hall there at all, which is no reason for them to be here.
    def test_where_they_cannot_run(self, tmp_path: Path) -> None:
        halls = sites({"rent_usd_per_kw_month": 0, "capacity_mw": 9000})
        assert cost(solved(alternating(tmp_path, "here", region="there", site_leases=halls))) == pytest.approx(100)


ORDER = {
    "chip_purchases": "offer,chip,vendor,status,sign_by,max_gw,price_usd_bn_per_gw\norder,tpu_a,maker,open,,5,20\n",
    "chip_deliveries": "offer,months,delivered_share\norder,0,1\n",
    "resale_values": "chip,age_years,value_share\ntpu_a,0,0\n",
}


# Chips whose life is over after a year make no room for others to be moved; new ones stand where they are first placed.
def test_chips_at_the_end_of_their_life(tmp_path: Path) -> None:
    assert cost(solved(alternating(tmp_path, "here", "there", life=1, **ORDER))) == pytest.approx(20)
    assert cost(solved(alternating(tmp_path / "longer", "here", "there", life=2, **ORDER))) == pytest.approx(20)
    # 2 GW with a life of two years, 1 of it since a year: in 2027 one is left, which is the one there.
    two = "chip,in_service,gw,cost_usd_bn\ntpu_a,2025-01-01,1,0\ntpu_a,2026-01-01,1,0\n"
    both = "from_date,region,workload,demand_gw\n2026-01-01,here,training,1\n2026-01-01,there,training,1\n"
    case = alternating(tmp_path / "two", "here", "there", life=2, owned_chips=two, demand=both)
    assert cost(solved(case)) == pytest.approx(100)
    # Nor can the one that stays in 2027 change places with the one that leaves.
    swapped = (
        both.replace("there,training,1", "there,training,0")
        + "2027-01-01,here,training,0\n2027-01-01,there,training,1\n"
    )
    assert cost(solved(alternating(tmp_path / "swap", "here", "there", life=2, owned_chips=two, demand=swapped))) == (
        pytest.approx(0)  # one is placed there from the start, where it waits
    )


# An SPV that takes chips over leaves them where they stand.
def test_a_change_of_holder_is_no_move(tmp_path: Path) -> None:
    tables = lease_tables(
        ("equity,equity,1,0,1,0,,0,false",), deliveries="spv,12,1\norder,0,1", buys_from="order", support_guarantor="",
        min_usd_bn="20", max_usd_bn="20", status="required",
    )  # fmt: skip
    tables |= {"chip_purchases": ORDER["chip_purchases"].replace(",open,,5", ",open,2026-01-01,1")}
    tables["owned_chips"] = "chip,in_service,gw,cost_usd_bn\ntpu_a,2026-01-01,0,0\n"
    ledgers = posted(alternating(tmp_path, "here", "there", "there", life=2, **tables))
    leaving: dict[tuple[str, int], list[float]] = {}
    for post in ledgers.select("leaving"):
        for variable, t, gw in zip(post.variables.tolist(), post.periods.tolist(), post.values.tolist(), strict=True):
            leaving.setdefault((ledgers.names[variable].partition("[")[0], t), []).append(gw)
    # Nothing leaves when they change hands, in 2027. They keep their age: what is assigned leaves with the end of 2027
    # like the rest of the order, not as the order's but as the SPV's.
    assert leaving == {("chip_purchase.order", 1): [1.0], ("chip_lease.assign", 1): [-1.0, 1.0]}


# A margin is held by machines where they stand: 2 GW here serve here and leave 1 there without any.
def test_a_reserve_stands_somewhere(tmp_path: Path) -> None:
    margin = "policy,kind,subject,from_date,value,penalty\nm,reserve_margin_min,there,2026-01-01,1,7\n"
    two = "chip,in_service,gw,cost_usd_bn,region\ntpu_a,2026-01-01,2,0,{}\n"
    both = "from_date,region,workload,demand_gw\n2026-01-01,here,training,1\n2026-01-01,there,training,0.5\n"
    free = alternating(tmp_path, "here", owned_chips=two.format(""), demand=both, policies=margin)
    assert cost(solved(free)) == pytest.approx(0)  # 1 here and 1 there
    here = alternating(tmp_path / "here", "here", owned_chips=two.format("here"), demand=both, policies=margin)
    assert cost(solved(here)) == pytest.approx(50 + 7)
