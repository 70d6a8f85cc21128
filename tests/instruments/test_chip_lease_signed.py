"""Leases that were signed before the start, as the tables state them, and what a plan leaves to a later day."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.common.chips import SignedDelivery
from planner.instruments.chip_lease.contract_checks import contract_checks
from planner.instruments.chip_lease.lessee_default import default
from planner.instruments.chip_lease.tables import AssignedChips, ChipLease, SpvTranche
from planner.instruments.chip_lease.vintages import liability, stressed_value, vintages
from planner.interfaces.advance import Act
from planner.interfaces.events import Event
from planner.ledgers.variables import parts_of
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio
from tests.instruments.test_chip_lease import lease_tables
from tests.plans import cost, solved
from tests.roll.holding import held, held_on_every_day
from tests.small import demand, keys, posted, sites, small, values

HALL = {"capacity_mw": 5000, "rent_usd_per_kw_month": 0, "min_share": 1, "status": "signed"}
SIGNED = {
    "status": "signed", "sign_from": "2025-01-01", "sign_by": "", "min_usd_bn": "2", "max_usd_bn": "40",
    "amount_usd_bn": "4", "support_guarantor": "",
}  # fmt: skip
STATED = "offer,signed_on,delivered_on,gw,cost_usd_bn,runs_from"
ASSIGNED = "offer,delivered_on,ordered_on,received_on,gw,paid_usd_bn"
ORDER = "offer,chip,vendor,status,min_gw,max_gw,price_usd_bn_per_gw,sign_by,deposit_share"
CHIPS = (
    "chip,family,vendor,available_from,capex_usd_bn_per_gw,capex_decline_rate,life_years,opex_usd_bn_per_gw_year\n"
    "tpu_a,tpu,maker,{available},20,{decline},{life},{opex}\n"
)


def raised(*tranches: tuple[str, str]) -> str:
    """Tranches without interest, each with what it raised."""
    rows = [f"spv,{name},{'debt' if name == 'A' else 'equity'},{i},0,1,0,0,false,{sum_}" for i, (name, sum_) in
            enumerate(tranches, start=1)]  # fmt: skip
    return "\n".join(
        ["offer,tranche,kind,seniority,min_share,max_share,rate,balloon_share,supported,raised_usd_bn", *rows, ""]
    )


def signed_case(
    folder: Path,
    *,
    stated: tuple[str, ...] = ("spv,2025-01-01,2025-01-01,0.125,2,", "spv,2025-01-01,2026-03-01,,2,"),
    assigned: tuple[str, ...] = (),
    tranches: str = raised(("A", "3"), ("equity", "1")),
    order: str = "",
    resale: tuple[float, ...] = (1.0, 0.6, 0.3),
    end: int = 2029,
    asked: str | None = None,
    toml: str = "resale_haircut_share = 0.1\n",
    **cells: str,
) -> Case:
    """A lease of 4 signed in January 2025: 2 were spent then, on 0.125 GW, and 2 are spent in March 2026."""
    tables = lease_tables(("A,debt,1,0,1,0,,0,false",), resale=resale, **{**SIGNED, **cells})
    tables["spv_tranches"] = tranches
    if order:
        tables["chip_purchases"] = f"{ORDER}\norder,tpu_a,maker,signed,0,1,15,,0\n"
        tables["chip_deliveries"] += "order,0,1\n"
    tables["signed_deliveries"] = "\n".join([STATED, *stated, *([order] if order else []), ""])
    if assigned:
        tables["assigned_chips"] = "\n".join([ASSIGNED, *assigned, ""])
    if asked is not None:
        tables["demand"] = asked
    chips = CHIPS.format(available="2025-01-01", decline=0, life=5, opex=0)
    return small(folder, end=end, toml=toml, chips=chips, site_leases=sites(HALL), **tables)


def fixed(case: Case, ledger: str, line: str, **labels: str) -> dict[float, float]:
    """What everything that is fixed posts, by period, or by years after the start where it is cash [GW or USD bn]."""
    ledgers = posted(case)
    lower = np.concatenate([group.lower for group in ledgers.groups])
    upper = np.concatenate([group.upper for group in ledgers.groups])
    found: dict[float, float] = {}
    for post in ledgers.select(ledger, **labels):
        when = post.periods if post.years is None else post.years
        for j, at, value in zip(post.variables.tolist(), when.tolist(), post.values.tolist(), strict=True):
            if post.line == line and lower[j] == upper[j] != 0:
                found[at] = found.get(at, 0.0) + value * float(lower[j])
    return {at: value for at, value in found.items() if abs(value) > 1e-12}


def assigned(plan: Plan) -> dict[tuple[str, ...], float]:
    """GW that an SPV takes over, by (offer, date of signing, backer, its delivery, date of the order, its delivery)."""
    found = {parts_of(name): gw for name, gw in plan.values.items()}
    return {key: gw for (block, name, key), gw in found.items() if (block, name) == ("chip_lease", "assign")}


class TestStated:
    """Years from 2026. The first delivery's term is 2025 and 2026; the second's ends on 1 March 2028, at 2 1/6."""

    def test_amount_and_tranches(self, tmp_path: Path) -> None:
        ledgers = posted(signed_case(tmp_path))
        found = {group.name: group for group in ledgers.groups if group.block == "chip_lease"}
        assert [(f.lower.tolist(), f.upper.tolist()) for f in (found["amount"], found["tranche"])] == [
            ([4.0], [4.0]), ([3.0, 1.0], [3.0, 1.0]),
        ]  # fmt: skip
        assert keys(ledgers, "chip_lease", "amount") == [("spv", "2025-01-01", "(unsupported)")]

    # 0.125 GW, as 2 bought at 16 in 2025, and 0.1 at 20, for ten twelfths of 2026.
    def test_chips(self, tmp_path: Path) -> None:
        held_gw = fixed(signed_case(tmp_path), "chips", "chips")
        assert held_gw == pytest.approx({0: 0.125 + 0.1 * 10 / 12, 1: 0.1, 2: 0.1 / 6})

    # Without interest half of each 2 a year, and of the second what each year covers.
    def test_payments(self, tmp_path: Path) -> None:
        paid = fixed(signed_case(tmp_path), "cash", "lease_payment")
        assert paid == pytest.approx({1.0: -1 - 10 / 12, 2.0: -1.0, 2 + 1 / 6: -1 / 6})

    # Half of 2 is left of the first; the second is owed from its delivery on.
    def test_what_is_measured(self, tmp_path: Path) -> None:
        case = signed_case(tmp_path, toml="resale_haircut_share = 0.1\nconsolidate_spv = true\n")
        assert fixed(case, "debt", "spv_debt") == pytest.approx({0: 0.75, 1: 3 / 4 * (2 - 10 / 12), 2: 3 / 4 / 6})
        (vintage,), _ = vintages(case)
        value = 4 * stressed_value(case, vintage)
        assert value == pytest.approx(0.9 * np.array([2 * 0.6, 2 * (1 - 0.4 * 10 / 12), 2 * (0.6 - 0.3 * 10 / 12)]))
        owed = 4 * liability(case, vintage, vintage.tranches[0])
        due = [(1.0, 1 + 10 / 12), (2.0, 1.0), (2 + 1 / 6, 1 / 6)]
        now = sum(sum_ * 1.06**-years for years, sum_ in due)
        assert case.settings.recognise_leases == "commencement"
        assert owed[0] == pytest.approx(1 / 1.06)
        signing = case.change("case.recognise_leases = signing")
        assert 4 * liability(signing, vintages(signing)[0][0], vintage.tranches[0])[0] == pytest.approx(now)

    def test_no_gw_stated(self, tmp_path: Path) -> None:
        case = signed_case(tmp_path).change("signed_deliveries[spv,2025-01-01,2025-01-01].gw = blank")
        assert fixed(case, "chips", "chips")[0] == pytest.approx(0.1 + 0.1 * 10 / 12)
        assert vintages(case)[1] == [("spv", "no GW are stated of what came on 2025-01-01: the price at the start")]

    # The chips of March wait until January 2027.
    def test_installed_later(self, tmp_path: Path) -> None:
        case = signed_case(tmp_path).change("signed_deliveries[spv,2025-01-01,2026-03-01].runs_from = 2027-01-01")
        assert fixed(case, "unavailable", "chips") == pytest.approx({0: 0.1 * 10 / 12})
        plan = solved(case.change("demand[2026-01-01,here,training].demand_gw = 0.5"))
        run = plan.capacity[plan.capacity["measure"] == "run"]
        assert dict(zip(run["period"], run["gw"], strict=True)) == pytest.approx(
            {"2026-01-01": 0.125, "2027-01-01": 0.1, "2028-01-01": 0.1 / 6}
        )

    @pytest.mark.parametrize(
        ("supported", "backer"), [("blank", "maker"), ("true", "maker"), ("false", "(unsupported)")]
    )
    def test_support(self, tmp_path: Path, supported: str, backer: str) -> None:
        case = signed_case(tmp_path, support_guarantor="maker").change(
            f"chip_leases[spv].supported = {supported}", "spv_tranches[spv,A].supported = true"
        )
        assert [vintage.backer for vintage in vintages(case)[0]] == [backer]

    # It raised nothing: it is signed, and its deliveries keep the days that they would have had.
    def test_nothing_raised(self, tmp_path: Path) -> None:
        case = signed_case(
            tmp_path, stated=(), amount_usd_bn="0", min_usd_bn="0", tranches=raised(("A", "0"), ("equity", "0")),
            signing_fee_usd_bn="1",
        )  # fmt: skip
        (vintage,), _ = vintages(case)
        assert [str(batch.delivery.on) for batch in vintage.batches] == ["2025-01-01"]
        assert cost(solved(case)) == pytest.approx(100 * 3)


class TestAssignedBefore:
    """The order got 0.3 GW in July 2024 for 4.5; the SPV took 0.1 of them over in July 2025 for 0.9.

    It spent 4 then, so it bought 3.1 / 16 = 0.19375 GW new. Its term ends in July 2027.
    """

    def case(self, folder: Path, **more: str) -> Case:
        return signed_case(
            folder,
            stated=("spv,2025-01-01,2025-07-01,0.25,4,",),
            assigned=("spv,2025-07-01,2024-07-01,2024-07-01,0.1,0.9",),
            order="order,2024-07-01,2024-07-01,0.3,4.5,",
            buys_from="order",
            **more,
        )

    def test_the_decision_is_fixed(self, tmp_path: Path) -> None:
        assign = posted(self.case(tmp_path)).find("chip_lease", "assign")
        key = ("spv", "2025-01-01", "(unsupported)", "2025-07-01", "2024-07-01", "2024-07-01")
        assert (assign.keys, assign.lower.tolist(), assign.upper.tolist()) == ((key,), [0.1], [0.1])

    def test_chips(self, tmp_path: Path) -> None:
        case = self.case(tmp_path)
        assert fixed(case, "chips", "chips", offer="order") == pytest.approx(dict.fromkeys(range(3), 0.2))
        assert fixed(case, "chips", "chips", offer="spv") == pytest.approx({0: 0.29375, 1: 0.29375 / 2})

    # Three and a half years old at the end of 2027 they would be worth 0.3: what is left to the order, 0.3 · 3.
    def test_cash(self, tmp_path: Path) -> None:
        case = self.case(tmp_path)
        assert fixed(case, "cash", "resale") == pytest.approx({3.0: 0.3 * 3})
        assert fixed(case, "cash", "assignment") == {}
        assert fixed(case, "dues", "balance") == {}

    # In January 2026 new ones are half a year old, 0.8 of 3.1; the others 1½, 0.45 of 1.5. A tenth is taken off.
    def test_value_under_stress(self, tmp_path: Path) -> None:
        case = self.case(tmp_path)
        plan = solved(case)
        event = Event(event="end", kind="lessee_default", subject="spv", from_date=date(2026, 1, 1), value=0.0)
        assert default(event, plan).resale == pytest.approx(0.9 * (0.8 * 3.1 + 0.45 * 1.5))

    # Resale values fall: what was paid does not, nor the GW that it bought.
    def test_news_of_resale_values(self, tmp_path: Path) -> None:
        case = self.case(tmp_path).change("resale_values[tpu_a,1].value_share = 0.5")
        assert fixed(case, "chips", "chips", offer="spv") == pytest.approx({0: 0.29375, 1: 0.29375 / 2})


class TestHeldToItsAdvance:
    """20 raised, 12 of it debt without interest, all spent in January 2027 on chips at 20 a GW: 12 and then 6 are owed.

    At an advance of 0.8, 16 and then 8 are covered. A GW of the order, a year old, may be assigned at its cost of 15:
    it is worth 7.5 under stress, where new ones for that sum would be worth 15, and 3.75, not 7.5, a year later. There
    are 4 for 6 a GW, and 2 for 3: two thirds of a GW, for 10. Else the whole GW is assigned, for 15.
    """

    def case(self, folder: Path, **cells: str) -> Case:
        return signed_case(
            folder,
            stated=("spv,2025-01-01,2027-01-01,,20,",),
            tranches=raised(("A", "12"), ("equity", "8")),
            order="order,2025-01-01,2026-01-01,1,15,",
            resale=(1.0, 0.5, 0.25, 0.0),
            toml="",
            asked=demand(0.0),
            **{"buys_from": "order", "amount_usd_bn": "20", "assign_within_months": "99", **cells},
        )

    @pytest.mark.parametrize(("supported", "gw"), [("false", 2 / 3), ("", 1.0)])
    def test_assigned(self, tmp_path: Path, supported: str, gw: float) -> None:
        plan = solved(self.case(tmp_path, supported=supported))
        assert values(plan, "assign", "offer") == pytest.approx({"spv": gw})
        assert cost(plan) == pytest.approx(15 + 20 - 15 * gw)

    # A lower advance leaves the debt above it whatever is done: nothing is assigned, and there is a plan.
    def test_above_it_already(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, supported="false", advance_share="0.5"))
        assert values(plan, "assign", "offer") == {}

    # Chips of a year that are taken over for their value, 7.5 a GW, are worth as much a year later, where new ones for
    # 7.5 are worth 3.75: a GW adds 3.75 in January 2028. 6.25 of 12.5 are owed then. At 0.625 the 10 that new chips are
    # worth cover that, at 0.55 only 5.5, and 0.75 / (0.55 · 3.75) GW are needed. The lab would rather keep them: at
    # the end they are worth 9.
    @pytest.mark.parametrize(("advance_share", "gw"), [("0.625", 0.0), ("0.55", 0.75 / (0.55 * 3.75))])
    def test_what_raises_the_value(self, tmp_path: Path, advance_share: str, gw: float) -> None:
        case = self.case(tmp_path, supported="false", assign_price="value", advance_share=advance_share).change(
            "resale_values[tpu_a,2].value_share = 0.5",
            "resale_values[tpu_a,3].value_share = 0.6",
            "spv_tranches[spv,A].raised_usd_bn = 12.5",
            "spv_tranches[spv,equity].raised_usd_bn = 7.5",
        )
        assert sum(assigned(solved(case)).values()) == pytest.approx(gw)


class TestTables:
    """Each slip has a message of its own."""

    LEASE = ("spv,2025-01-01,2025-07-01,0.25,4,",)
    ASSIGNED = ("spv,2025-07-01,2024-07-01,2024-07-01,0.1,0.9",)
    ORDER = "order,2024-07-01,2024-07-01,0.3,4.5,"

    @pytest.mark.parametrize(
        ("cells", "message"),
        [
            ({"amount_usd_bn": ""}, "max_usd_bn: expected the same as min_usd_bn 2 where status is signed and amount_"),
            ({"amount_usd_bn": "1"}, "amount_usd_bn: expected a number from min_usd_bn 2 to max_usd_bn 40, found '1'"),
            ({"supported": "true"}, "supported: expected false or a blank where support_guarantor is blank"),
            ({"sign_from": ""}, "sign_from: expected the date on which it was signed"),
            ({"status": "open"}, "chip_leases.csv:2 amount_usd_bn: expected a blank where status is not signed"),
            ({"status": "open", "supported": "false"}, "2 supported: expected a blank where status is not signed"),
            ({"status": "open"}, "spv_tranches.csv:2 raised_usd_bn: expected a blank, as the status of spv is not sig"),
            ({"status": "open"}, "signed_deliveries.csv:2 offer: expected an order, or a lease whose status is signed"),
            ({"tranches": raised(("A", "2"), ("equity", "1"))}, "raised_usd_bn: expected sums that add to 4 over all"),
            ({"tranches": raised(("A", ""), ("equity", "1"))}, "max_share: expected the same as min_share 0, as the"),
            ({"stated": ("spv,2025-01-02,2025-07-01,,4,",)}, "2 signed_on: expected 2025-01-01, the sign_from of spv"),
            ({"stated": ("spv,2025-01-01,2024-07-01,,4,",)}, "2 delivered_on: expected a date not before signed_on"),
            ({"stated": ("spv,2025-01-01,2025-07-01,,,",)}, "2 cost_usd_bn: expected the money spent on this delivery"),
            ({"stated": ("spv,2025-01-01,2025-07-01,0,4,",)}, "2 gw: expected a number above 0 or a blank, as spv"),
            ({"stated": ("spv,2025-01-01,2025-07-01,,3,",)}, "2 cost_usd_bn: expected sums that add to 4 over"),
            ({"buys_from": ""}, "assigned_chips.csv:2 offer: expected a lease whose status is signed and that"),
            (
                {"assigned": ("spv,2025-08-01,2024-07-01,2024-07-01,0.1,0.9",)},
                "assigned_chips.csv:2 delivered_on: expected a delivery of spv in signed_deliveries.csv",
            ),
            (
                {"assigned": ("spv,2025-07-01,2024-07-01,2024-08-01,0.1,0.9",)},
                "assigned_chips.csv:2 received_on: expected a delivery of order in signed_deliveries.csv",
            ),
            (
                {"assigned": ("spv,2025-07-01,2024-07-01,2025-08-01,0.1,0.9",)},
                "assigned_chips.csv:2 delivered_on: expected a date not before received_on",
            ),
            (
                {"assigned": ("spv,2025-07-01,2024-07-01,2024-07-01,0.4,0.9",)},
                "signed_deliveries.csv:3 gw: expected at least what was assigned of it in assigned_chips.csv, 0.4",
            ),
            (
                {"assigned": ("spv,2025-07-01,2024-07-01,2024-07-01,0.1,5",)},
                "signed_deliveries.csv:2 cost_usd_bn: expected at least what it paid in assigned_chips.csv for chips",
            ),
            (
                {"order": "order,2019-07-01,2019-07-01,0.3,4.5,",
                 "assigned": ("spv,2025-07-01,2019-07-01,2019-07-01,0.1,0.9",)},
                "assigned_chips.csv:2 delivered_on: expected a day before 2024-07-01, when the life of these chips is",
            ),
        ],
    )  # fmt: skip
    def test_refused(self, tmp_path: Path, cells: dict[str, object], message: str) -> None:
        given = {
            "stated": self.LEASE, "assigned": self.ASSIGNED, "order": self.ORDER, "buys_from": "order", **cells,
        }  # fmt: skip
        with pytest.raises(DataError) as caught:
            signed_case(tmp_path, **given)  # type: ignore[arg-type]
        assert message in str(caught.value)

    def test_deposits_are_of_orders(self, tmp_path: Path) -> None:
        case = signed_case(tmp_path)
        with pytest.raises(DataError) as caught:
            case.change("signed_deliveries[spv,2025-01-01,2026-03-01].deposit_paid_usd_bn = 1")
        assert "deposit_paid_usd_bn: expected a blank, as spv is a lease" in str(caught.value)


# What is fixed is moved, one thing at a time.
def test_the_audit_knows_what_was_raised(tmp_path: Path) -> None:
    case = TestAssignedBefore().case(tmp_path)
    ledgers = Portfolio.of(case).ledgers
    lower = np.concatenate([group.lower for group in ledgers.groups])

    def broken(name: str, by: float) -> set[str]:
        x = lower.copy()
        x[ledgers.names.index(name)] += by
        return {check.says for check in contract_checks(case, ledgers, x) if check.broken}

    of = "spv,2025-01-01,(unsupported)"
    signed = "spv signed on 2025-01-01, (unsupported)"
    assert broken(f"chip_lease.amount[{of}]", 0.0) == set()
    assert broken(f"chip_lease.amount[{of}]", 1.0) == {f"{signed}: amount no more than was raised"}
    assert broken(f"chip_lease.tranche[{of},A]", -1.0) == {f"{signed}: tranche A no less than was raised"}
    assign = f"chip_lease.assign[{of},2025-07-01,2024-07-01,2024-07-01]"
    assert broken(assign, 0.01) == {"spv: as was taken over on 2025-07-01, no more"}
    assert broken(assign, -0.01) == {"spv: as was taken over on 2025-07-01, no less"}


class TestLaterDay:
    """Half-years from 2026. An SPV spends a half of its money at once and a half a year later; the lab may assign chips
    that it has ordered outright, which are cheaper than the SPV's.
    """

    def case(
        self, folder: Path, *, months: int = 6, life: float = 5, available: str = "2026-01-01", deliveries: str = "",
        debt: str = "0.3,0.8,0.06,0.09,{balloon},true", balloon: float = 0.2, equity: str = "0.2,0.7",
        toml: str = "", **cells: str,
    ) -> Case:  # fmt: skip
        given = {
            "max_usd_bn": "20", "min_usd_bn": "1", "payment_cover": "0.3", "buys_from": "order", "advance_share": "0.7",
            "signing_fee_usd_bn": "0.1", "end_price_share": "0.1", **cells,
        }  # fmt: skip
        tables = lease_tables(
            (f"A,debt,1,{debt.format(balloon=balloon)}", f"equity,equity,2,{equity},0.12,,0,false"),
            deliveries=deliveries or "spv,0,0.5\nspv,12,0.5\norder,0,0.5\norder,6,0.5", **given,
        )  # fmt: skip
        return small(
            folder, end=2030, months=months, rate=0.08, toml=f"resale_haircut_share = 0.2\n{toml}",
            chips=CHIPS.format(available=available, decline=0.1, life=life, opex=0.3), site_leases=sites(HALL),
            chip_purchases=f"{ORDER}\norder,tpu_a,maker,open,0,2,12,2027-12-31,0.25\n",
            demand=demand(0.8, 1.2, 1.2, 1.0), **tables,
        )  # fmt: skip

    def test_what_is_written(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path))
        amount = values(plan, "amount", "backer")["maker"]
        later = held(plan, date(2026, 7, 1)).case
        (lease,) = later.rows(ChipLease)
        assert (lease.status, lease.sign_from, lease.supported) == ("signed", date(2026, 1, 1), True)
        assert lease.amount_usd_bn == pytest.approx(amount)
        assert (lease.min_usd_bn, lease.max_usd_bn) == (1.0, 20.0)
        assert sum(part.raised_usd_bn or 0.0 for part in later.rows(SpvTranche)) == pytest.approx(amount)
        rows = {str(row.delivered_on): (row.gw, row.cost_usd_bn) for row in later.rows(SignedDelivery)
                if row.offer == "spv"}  # fmt: skip
        assert rows["2026-01-01"] == pytest.approx((amount / 2 / 20, amount / 2))
        assert rows["2027-01-01"] == (None, pytest.approx(amount / 2))

    # Chips of January and July 2026 are taken over in January 2027; they are still to be on that day.
    def test_assigned_chips_are_written(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, assign_within_months="9"))
        assert {on for _, _, _, on, _, _ in assigned(plan)} == {"2027-01-01"}
        assert not held(plan, date(2027, 1, 1)).case.rows(AssignedChips)
        after = held(plan, date(2027, 7, 1)).case.rows(AssignedChips)
        for row in after:
            old = row.received_on == date(2026, 1, 1) and row.delivered_on == date(2027, 1, 1)
            assert row.paid_usd_bn == pytest.approx(12 * row.gw * (0.6 if old else 1.0))
        assert {tuple(map(str, (row.offer, *row.key_values()[1:]))): row.gw for row in after} == {
            (offer, on_day, ordered, received): gw
            for (offer, _, _, on_day, ordered, received), gw in assigned(plan).items()
        }

    @pytest.mark.parametrize(
        ("horizon", "cells"),
        [
            ("fair", {"end_option": "return", "assign_within_months": "0"}),
            ("charge", {"end_option": "buy", "assign_price": "value", "support_guarantor": ""}),
            ("fair", {"end_option": "buy", "term_years": "1.25", "assign_within_months": "24"}),
            ("fair", {"term_years": "3", "support_guarantor": "", "assign_within_months": "24"}),
            ("cut", {"term_years": "2.5", "assign_within_months": "9"}),
        ],
    )
    def test_every_day(self, tmp_path: Path, cells: dict[str, str], horizon: str) -> None:
        case = self.case(tmp_path, **cells).change(f"case.horizon = {horizon}")
        rolled = held_on_every_day(solved(case))
        assert any(each.case.rows(AssignedChips) for each in rolled)

    # A price of the chips that is due on the day is still to be paid; the term of the second delivery ends after the
    # horizon.
    @pytest.mark.parametrize("term", ["1", "2", "3.5"])
    def test_buyouts(self, tmp_path: Path, term: str) -> None:
        held_on_every_day(solved(self.case(tmp_path, end_option="buy", term_years=term, balloon=0.4)))

    @pytest.mark.parametrize("settings", ["consolidate_spv = true", 'recognise_leases = "signing"'])
    def test_debt(self, tmp_path: Path, settings: str) -> None:
        held_on_every_day(solved(self.case(tmp_path, toml=f"{settings}\n")))

    # Seven months of quarters, a term that ends inside one, chips that come before they are available.
    @pytest.mark.parametrize("available", ["2026-02-16", "2027-02-01"])
    def test_rounded_days(self, tmp_path: Path, available: str) -> None:
        case = self.case(
            tmp_path, months=3, available=available, term_years="1.25", end_option="buy",
            deliveries="spv,0,0.5\nspv,7,0.4\nspv,50,0.1\norder,1,0.5\norder,4,0.5", assign_within_months="6",
        )  # fmt: skip
        plan = solved(case)
        for t in (1, 2, 3, 5, 8, 12):
            held(plan, case.calendar.start_of(t))

    # Signed in November 2025 with true days.
    @pytest.mark.parametrize("end_option", ["return", "buy"])
    def test_a_lease_signed_already(self, tmp_path: Path, end_option: str) -> None:
        case = self.case(
            tmp_path, status="signed", sign_from="2025-11-16", sign_by="", max_usd_bn="8", min_usd_bn="8",
            debt="0.8,0.8,0.06,0.09,{balloon},true", equity="0.2,0.2", end_option=end_option,
        )  # fmt: skip
        rolled = held_on_every_day(solved(case))
        days = {str(row.delivered_on) for row in rolled[0].case.rows(SignedDelivery) if row.offer == "spv"}
        assert days == {"2025-11-16", "2026-11-16"}

    def test_twice_is_once(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, assign_within_months="9"))
        once = held(plan, date(2028, 1, 1)).case
        halfway = solved(held(plan, date(2027, 1, 1)).case)
        twice = held(halfway, date(2028, 1, 1)).case
        for table in (SignedDelivery, AssignedChips, SpvTranche, ChipLease):
            one = {row.key_values(): row.model_dump() for row in once.rows(table)}
            two = {row.key_values(): row.model_dump() for row in twice.rows(table)}
            assert one.keys() == two.keys()
            for key, cells in one.items():
                for name, value in cells.items():
                    assert two[key][name] == (pytest.approx(value) if isinstance(value, float) else value)

    # The terms end in January 2028 and 2029. Chips that were assigned live on until 2031, no longer with the order.
    def test_what_is_over(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path / "long", assign_within_months="24"))
        assert held(plan, date(2029, 7, 1)).case.rows(ChipLease)
        short = solved(self.case(tmp_path / "short", buys_from=""))
        assert held(short, date(2028, 7, 1)).case.rows(ChipLease)
        over = held(short, date(2029, 1, 1))
        assert (over.case.rows(ChipLease), over.case.rows(SpvTranche)) == ((), ())
        assert {change.act for change in over.changes if change.table is ChipLease} == {Act.LEAVE_OUT}

    # A default says the same whether the plan is the old one or that of the later day.
    def test_default(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, assign_within_months="24"))
        event = Event(event="end", kind="lessee_default", subject="spv", from_date=date(2027, 7, 1), value=0.1)
        before = default(event, plan)
        after = default(event, solved(held(plan, date(2027, 7, 1)).case))
        assert (after.resale, after.room) == pytest.approx((before.resale, before.room))
        assert [claim.owed for claim in after.claims] == pytest.approx([claim.owed for claim in before.claims])
