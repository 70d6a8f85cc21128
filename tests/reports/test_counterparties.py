"""The counterparties of the starter's best plan, by the figures that `tests/starter.py` works out by hand."""

import re
from pathlib import Path

import networkx as nx
import pytest

from planner.api import Case
from planner.case.shipped import names, path
from planner.catalogue import CATALOGUE
from planner.ledgers.posts import Kind
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio
from planner.reports import formulation
from planner.reports.counterparties import reliance, service
from planner.reports.counterparties.circles import circles
from planner.reports.counterparties.flows import LAB, Flow, Tie
from planner.reports.counterparties.network import Network
from planner.reports.counterparties.reliance import worst
from planner.reports.page.plan_view import View
from planner.reports.page.sections import supply
from tests.neighbour import MOST, WITH_BARTER
from tests.plans import solved


@pytest.fixture(scope="module")
def network() -> Network:
    return Network(solved(Case.read(path("starter"))))


@pytest.fixture(scope="module")
def plan(network: Network) -> Plan:
    return network.plan


def flow(giver: str, taker: str, tie: Tie, kind: str, amount: float) -> Flow:
    return Flow(giver, taker, tie, kind, amount, "USD bn", "2027-01-01", "2028-01-01", "2027-01-01", (),
                {"2027-01-01": amount, "2028-01-01": amount / 2}, kind not in ("fees", "interest"))  # fmt: skip


def test_who_pays_funds_guarantees_and_supplies_whom(network: Network) -> None:
    """cirrus: 9 · 3.4 + 5 for cloud, at most 3.2 + 3.2 of guarantees at 2 %; the SPV raises 16 · 0.4 for TPUs."""
    found = {(flow.giver, flow.taker, flow.tie, flow.kind): flow for flow in network.flows}
    expected = {
        (LAB, "cirrus", Tie.PAYS, "spend"): 35.6,
        (LAB, "gpu_maker", Tie.PAYS, "chips"): 4.8,
        ("tpu_spv", LAB, Tie.RECEIVES, "chip_lease"): 6.0,
        ("cirrus", LAB, Tie.FUNDS, "equity"): 2.0,
        ("cirrus", "Mesa Power", Tie.GUARANTEES, "lease"): 6.4,
        ("bank", "Lake Estates", Tie.GUARANTEES, "lease"): 1.8,
        ("tpu_maker", "tpu_spv", Tie.GUARANTEES, "residual"): 0.555,
        ("tpu_spv", "tpu_maker", Tie.BUYS, "chips"): 6.0,
        ("Mesa Power", LAB, Tie.SUPPLIES, "halls"): 0.8,
        ("cirrus", LAB, Tie.SUPPLIES, "cloud"): 1.0,
        ("tpu_spv", LAB, Tie.SUPPLIES, "chips"): 0.4,
    }
    assert {key: found[key].amount for key in expected} == pytest.approx(expected)
    equity = found["cirrus", LAB, Tie.FUNDS, "equity"]
    assert (equity.first, equity.last, equity.offers) == ("2027-01-01", "2027-01-01", ("cirrus_tpu",))
    assert found["cirrus", "Mesa Power", Tie.GUARANTEES, "lease"].peak_on == "2028-01-01"


def test_payments_and_receipts_are_the_ledgers_cash(network: Network, plan: Plan) -> None:
    """All cost but the upkeep of chips owned already, which is paid to nobody by name, and deposits back at the end."""
    cash = plan.ledger[(plan.ledger["ledger"] == "cash") & (plan.ledger["counterparty"] != "")]
    counted = cash[(cash["kind"] == "cost") | (cash["line"] == "deposit_returned")]
    paid = sum(flow.amount for flow in network.flows if flow.tie is Tie.PAYS)
    received = sum(flow.amount for flow in network.flows if flow.tie is Tie.RECEIVES)
    assert paid - received == pytest.approx(-counted["value"].sum())


def test_circular_flows(network: Network) -> None:
    found = {(circle.kind, circle.party): circle for circle in network.circles}
    assert set(found) == {("equity", "cirrus"), ("backing", "cirrus"), ("support", "tpu_maker")}
    assert (found["equity", "cirrus"].gives_usd_bn, found["equity", "cirrus"].returns_usd_bn) == pytest.approx(
        (2, 35.6)
    )
    backing = found["backing", "cirrus"]
    assert backing.through == ("Mesa Power", LAB)
    assert (backing.gives_usd_bn, backing.returns_usd_bn) == pytest.approx((6.4, 35.6))
    support = found["support", "tpu_maker"]
    assert (support.gives_usd_bn, support.returns_usd_bn) == pytest.approx((0.555, 6.0))
    assert (
        found["equity", "cirrus"].text()
        == "cirrus pays 2.0 USD bn of equity into the lab and is paid 35.6 USD bn by it."
    )


@pytest.mark.parametrize(
    "flows",
    [
        [flow(LAB, "cloud", Tie.PAYS, "spend", 9), flow("cloud", LAB, Tie.SUPPLIES, "cloud", 1)],
        [flow(LAB, "bank", Tie.PAYS, "interest", 1), flow("bank", LAB, Tie.FUNDS, "loan", 9)],
        [
            flow(LAB, "bank", Tie.PAYS, "fees", 1),
            flow("bank", "landlord", Tie.GUARANTEES, "lease", 5),
            flow("landlord", LAB, Tie.SUPPLIES, "halls", 1),
        ],
        [flow("maker", "spv", Tie.GUARANTEES, "residual", 5), flow("spv", "other", Tie.BUYS, "chips", 9)],
    ],
    ids=["cloud paid and given", "loan", "guarantee for its fee", "another's chips"],
)
def test_what_is_no_circle(flows: list[Flow]) -> None:
    assert circles(flows) == []


def test_guarantees_of_one_guarantor_are_added_up_period_by_period() -> None:
    """5 and 5/2 for one landlord, 2 and 1 for the other: 7 at most, not the sum of what never stands together."""
    late = Flow("cloud", "late", Tie.GUARANTEES, "lease", 4, "USD bn", "2029-01-01", "2029-01-01", "2029-01-01", (),
                {"2029-01-01": 4.0})  # fmt: skip
    (circle,) = circles([
        flow(LAB, "cloud", Tie.PAYS, "spend", 9),
        flow("cloud", "one", Tie.GUARANTEES, "lease", 5), flow("one", LAB, Tie.SUPPLIES, "halls", 1),
        flow("cloud", "two", Tie.GUARANTEES, "lease", 2), flow("two", LAB, Tie.SUPPLIES, "halls", 1),
        late, flow("late", LAB, Tie.SUPPLIES, "halls", 1),
    ])  # fmt: skip
    assert (circle.kind, circle.gives_usd_bn, circle.last) == ("backing", 7, "2029-01-01")
    assert circle.text().startswith("cloud stands behind up to 7.0 USD bn of what the lab owes 3 landlords")


def test_work_adds_up_to_what_is_served(plan: Plan) -> None:
    done, asked = service.work(plan), service.demand(plan)
    served = asked.assign(gw=asked["gw"] - asked["unserved"]).groupby(["period", "workload"])["gw"].sum()
    able = done.groupby(["period", "workload"])["gw"].sum()
    assert able.to_dict() == pytest.approx(served.to_dict())


def test_what_falls_with_each_party(network: Network) -> None:
    """Of 2 GW asked for in 2029, cirrus serves 0.8 and backs Mesa's 0.8; of 1.6 in 2028 the SPV's chips do 0.4."""
    found = {fall.party: fall for fall in worst(network.falls)}
    cirrus = found["cirrus"]
    assert (cirrus.year, cirrus.cloud_gw, cirrus.unbacked_halls_gw) == ("2029", pytest.approx(1), pytest.approx(0.8))
    assert (cirrus.gone_share, cirrus.unbacked_share) == pytest.approx((0.4, 0.4))
    assert (
        cirrus.text() == "If cirrus fails: 1.0 GW of cloud goes, 0.8 GW of halls lose their backer, 80% of 2029 demand."
    )
    assert {party: (fall.year, fall.share) for party, fall in found.items()} == {
        "cirrus": ("2029", pytest.approx(0.8)),
        "Mesa Power": ("2029", pytest.approx(0.4)),
        "tpu_spv": ("2028", pytest.approx(0.25)),
        "tpu_maker": ("2028", pytest.approx(0.25)),
        "cloud_market": ("2027", pytest.approx(0.2 / 1.4)),
        "Mill Halls": ("2027", pytest.approx(0.2 / 1.4)),
        "Lake Estates": ("2028", pytest.approx(0.2 / 1.6)),
        "bank": ("2028", pytest.approx(0.2 / 1.6)),
    }
    assert next(iter(found)) == "cirrus"


def test_concentration(network: Network) -> None:
    table = network.concentration.set_index("party")
    assert table["paid_share"].sum() == pytest.approx(1)
    assert table.loc["cirrus", "served_share"] == pytest.approx(3.4 / 7)  # of 1.4 + 1.6 + 2 + 2
    assert table.loc["cirrus", "guarantees_usd_bn"] == pytest.approx(6.4)
    assert table.loc["Mesa Power", "halls_gw"] == pytest.approx(0.8)
    assert table["owed_usd_bn"].sum() == pytest.approx(network.plan.maturities["owed_usd_bn"].sum())
    assert next(iter(table.index)) == "cirrus"


def test_graphml_reads_back(network: Network, tmp_path: Path) -> None:
    network.write(tmp_path / "network.graphml")
    read = nx.read_graphml(tmp_path / "network.graphml", force_multigraph=True)
    assert set(read.nodes) == set(network.graph.nodes)
    assert read.nodes["cirrus"]["roles"] == "cloud guarantor investor"
    edges = {(giver, taker, data["tie"], data["kind"]): data["amount"] for giver, taker, data in read.edges(data=True)}
    assert edges == {(f.giver, f.taker, str(f.tie), f.kind): pytest.approx(f.amount) for f in network.flows}


def test_it_prints(network: Network) -> None:
    text = network.text()
    assert "13 parties, 33 flows" in text
    assert "If Mesa Power fails: 0.8 GW of halls go, 40% of 2029 demand." in text


def test_halls_lose_only_the_backer_of_their_own_part() -> None:
    """Of mesa_1 cirrus backs 0.3 GW, which admit TPUs, and the bank 0.1, which admit GPUs, as lake's 0.2 do.

    Of mesa_2 the bank backs 0.2 from 2029 on.
    """
    changes = ("guarantors[bank,lease].families = gpu", "guarantor_caps[cirrus,lease,*].cap_usd_bn = 4")
    plan = Network(solved(Case.read(path("starter")).change(*changes))).plan
    halls = reliance.backed(plan, "halls").groupby(["guarantor", "families", "period"])["value"].sum()
    assert halls.drop("2030-01-01", level="period").to_dict() == {
        ("cirrus", "tpu", "2028-01-01"): pytest.approx(0.3),
        ("cirrus", "tpu", "2029-01-01"): pytest.approx(0.3),
        ("bank", "gpu", "2028-01-01"): pytest.approx(0.3),
        ("bank", "gpu", "2029-01-01"): pytest.approx(0.5),
    }
    chips = reliance.backed(plan, "chips")
    assert set(chips["guarantor"]) == {"tpu_maker"}
    assert chips.groupby("period")["value"].sum().tolist() == pytest.approx([0.3] * 3)


def test_machines_that_run_in_no_halls_are_not_own_ones() -> None:
    """Barter gives 0.1 GW, and half of another 0.1, without a contract; it is paid, so the work is its own."""
    plan = Network(Case.read(path("starter"), WITH_BARTER).solve()).plan
    done = service.work(plan)
    assert set(done[service.own(done)]["instrument"]) == {"own_fleet"}
    mine = done[done["instrument"] == "barter"].groupby("period")["gw"].sum()
    assert mine.tolist() == pytest.approx([1.5 * MOST] * 4)
    served = supply.by_source(View(plan, None))  # type: ignore[arg-type]
    assert list(served["neighbour"].values()) == pytest.approx([1.5 * MOST] * 4)


def test_every_line_of_cash_with_a_counterparty_is_explained_and_no_other() -> None:
    """All that is posted in the shipped cases is explained; what is explained stands on the page of mathematics."""
    explained = {each.name: set(each.cash_lines) for each in (*CATALOGUE.instruments, *CATALOGUE.rules)}
    for name in names():
        for post in Portfolio.of(Case.read(path(name)).change("case.horizon = charge")).ledgers.posts.of("cash"):
            if post.labels.counterparty:
                assert post.line in explained[post.labels.instrument], post
    for name, lines in explained.items():
        text = "\n".join(formulation.section(CATALOGUE, name))
        kinds = "|".join(kind.value for kind in Kind)
        assert lines <= set(re.findall(rf"^cash (?:{kinds})  +(\w+)", text, flags=re.MULTILINE))


def test_what_goes_with_a_counterparty_is_posted() -> None:
    ledgers = [Portfolio.of(Case.read(path(name))).ledgers for name in names()]
    for each in CATALOGUE.instruments:
        posted = {post.ledger for one in ledgers for post in one.posts if post.labels.instrument == each.name}
        assert each.goes_with_counterparty <= posted & {"rights", "halls", "chips"}
