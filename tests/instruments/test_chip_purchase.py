"""Chip purchases: profiles worked by hand, and optima that only show once solved."""

from pathlib import Path

import pytest

from planner.api import Case
from planner.instruments.chip_purchase.postings import needs_signature, vintages
from planner.instruments.chip_purchase.tables import ChipPurchase
from planner.instruments.shared.chips_held import resale_share
from planner.ledgers.ledgers import CONSTANT
from tests.plans import cost, solved
from tests.small import by_date, demand, keys, posted, profile, sites, small, sums, values

CHIPS = """
    chip,family,vendor,available_from,capex_usd_bn_per_gw,capex_decline_rate,life_years,opex_usd_bn_per_gw_year
    tpu_a,tpu,maker,{available},20,0.1,{life},{opex}
    """
RESALE = """
    chip,age_years,value_share
    tpu_a,0,1
    tpu_a,1,0.6
    tpu_a,2,0.3
    """


class TestOrder:
    """Half-years from 2026 to 2029, t = 0 … 5. Ordered on 1 July 2026: four tenths at once, the rest a year later.

    The chip's price of 20 falls by a tenth a year from July 2026 on, when it becomes available: 0.4 · 20 = 8, then
    0.6 · 18 = 10.8 per GW ordered. A quarter is deposited: 4.7; 6 and 8.1 are due on delivery.
    """

    def case(self, folder: Path, *, life: int = 2, months: tuple[int, int] = (0, 12), **order: str) -> Case:
        cells = {
            "offer": "order", "chip": "tpu_a", "vendor": "maker", "status": "open", "sign_from": "2026-07-01",
            "sign_by": "2026-07-01", "max_gw": "1", "deposit_share": "0.25", **order,
        }  # fmt: skip
        return small(
            folder,
            end=2029,
            months=6,
            chips=CHIPS.format(available="2026-07-01", life=life, opex=0.5),
            resale_values=RESALE,
            chip_purchases=f"{','.join(cells)}\n{','.join(cells.values())}\n",
            chip_deliveries=f"offer,months,delivered_share\norder,{months[0]},0.4\norder,{months[1]},0.6\n",
        )

    def test_payments(self, tmp_path: Path) -> None:
        ledgers = posted(self.case(tmp_path))
        assert sums(ledgers, "deposit") == [("cost", 0.5, pytest.approx(-4.7))]
        assert sums(ledgers, "balance") == [("cost", 0.5, pytest.approx(-6.0)), ("cost", 1.5, pytest.approx(-8.1))]
        assert profile(ledgers, "dues", "balance") == pytest.approx({1: 6.0, 3: 8.1})

    # The price in the table stands for all deliveries, whenever they come.
    def test_a_fixed_price(self, tmp_path: Path) -> None:
        ledgers = posted(self.case(tmp_path, price_usd_bn_per_gw="30"))
        assert sums(ledgers, "deposit") == [("cost", 0.5, -7.5)]
        assert sums(ledgers, "balance") == [("cost", 0.5, pytest.approx(-9.0)), ("cost", 1.5, pytest.approx(-13.5))]

    # A balance due on the day of measuring is paid: on the order's day only the second is owed, and on its own no more.
    def test_obligations(self, tmp_path: Path) -> None:
        assert profile(posted(self.case(tmp_path)), "obligations", "balance") == pytest.approx({1: 8.1, 2: 8.1})

    # Two years each: t = 1 … 4 and t = 3 … 6, of which 6 is past the end. Upkeep of 0.5 a year on every chip held.
    def test_chips_and_upkeep(self, tmp_path: Path) -> None:
        ledgers = posted(self.case(tmp_path))
        held = {1: 0.4, 2: 0.4, 3: 1.0, 4: 1.0, 5: 0.6}
        assert profile(ledgers, "chips", "chips") == pytest.approx(held)
        paid: dict[float, float] = {}
        for _, years, value in sums(ledgers, "upkeep"):
            paid[years] = paid.get(years, 0.0) + value
        assert paid == pytest.approx({(t + 0.5) / 2: -0.25 * gw for t, gw in held.items()})

    # On 1 January 2029 the first delivery is 2½ years old and past its life of two; the second, at 1½, is worth 0.45 of
    # what it cost, 4.86. With a life of three the first is worth 0.3, which holds beyond the last age: 2.4.
    def test_resale(self, tmp_path: Path) -> None:
        assert sums(posted(self.case(tmp_path / "two")), "resale") == [("credit", 3.0, pytest.approx(4.86))]
        three = posted(self.case(tmp_path / "three", life=3))
        assert sums(three, "resale") == [("credit", 3.0, pytest.approx(2.4)), ("credit", 3.0, pytest.approx(4.86))]
        case = self.case(tmp_path / "curve")
        assert [resale_share(case, "tpu_a", age) for age in (0, 0.5, 2, 9)] == pytest.approx([1.0, 0.8, 0.3, 0.3])

    # Five months after July is December, delivered in January; forty months after is past the end: its balance is
    # owed at the start of the first half of 2030, t = 8. The price then is 20 · 0.9^3.5.
    def test_deliveries_round_forward_and_may_lie_beyond(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, months=(5, 40))
        ledgers = posted(case)
        assert profile(ledgers, "chips", "chips") == pytest.approx(dict.fromkeys((2, 3, 4, 5), 0.4))
        assert [(kind, years) for kind, years, _ in sums(ledgers, "balance")] == [
            ("cost", 1.0),
            ("beyond_horizon", 4.0),
        ]
        price = 0.6 * 20 * 0.9**3.5
        assert sums(ledgers, "balance")[1] == ("beyond_horizon", 4.0, pytest.approx(-0.75 * price))
        first = 0.4 * 20 * 0.9**0.5
        assert sums(ledgers, "deposit") == [("cost", 0.5, pytest.approx(-0.25 * (first + price)))]

    # A price falls from the later of the case's start and the chip's first day: ordered before it, it is whole, and the
    # chips are held and kept up all the same.
    def test_bought_before_it_is_available(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, sign_from="2026-01-01", sign_by="2026-01-01")
        ledgers = posted(case)
        # January 2026: 0.4 · 20; January 2027, half a year after it became available: 0.6 · 20 · 0.9^½.
        assert profile(ledgers, "dues", "balance") == pytest.approx({0: 6.0, 2: 9.0 * 0.9**0.5})
        assert profile(ledgers, "chips", "chips")[0] == pytest.approx(0.4)

    # Ordered on 1 November 2025: a month later 0.4 GW came, paid and in service since; three months later, in February,
    # come 0.6. The deposit is sunk, 0.75 · 0.6 · 20 = 9 is due. Prices: the chip's, before it declines.
    def test_an_order_placed_already(self, tmp_path: Path) -> None:
        case = self.case(
            tmp_path, months=(1, 3), life=3, status="signed", sign_from="2025-11-01", sign_by="", min_gw="1"
        )
        ledgers = posted(case)
        order = ledgers.find("chip_purchase", "order")
        assert (order.keys, list(order.lower), list(order.upper)) == ((("order", "2025-11-01"),), [1.0], [1.0])
        assert not sums(ledgers, "deposit")
        assert sums(ledgers, "balance") == [("cost", pytest.approx(1 / 12), -9.0)]
        assert profile(ledgers, "obligations", "balance") == {0: 9.0}
        # The second come after one month of six; three years from December 2025 end a month before January 2029.
        held = {0: 0.4 + 0.6 * 5 / 6, 1: 1.0, 2: 1.0, 3: 1.0, 4: 1.0, 5: 0.4 * 5 / 6 + 0.6}
        assert profile(ledgers, "chips", "chips") == pytest.approx(held)
        # They can run from July 2026 on, so nothing is lost of a period in which they become available.
        assert not profile(ledgers, "unavailable", "chips")
        # At the end the first are 37 months old, past their life; the others 35: 0.3 of 12.
        assert sums(ledgers, "resale") == [("credit", 3.0, pytest.approx(3.6))]

    # Every period start in the window, each a vintage; a window with none is said, and only a required order is then
    # placed in the next period.
    def test_dates_of_the_order(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, sign_from="2026-02-01", sign_by="2027-07-31")
        assert [vintage.signed for vintage in vintages(case)[0]] == [1, 2, 3]
        case = self.case(tmp_path / "missed", sign_from="2026-02-01", sign_by="2026-05-31")
        missed = "the window from 2026-02-01 to 2026-05-31 holds no period start"
        assert vintages(case) == ([], [("order", f"{missed}: not offered")])
        found, notes = vintages(
            case.change("chip_purchases[order].min_gw = 0.1", "chip_purchases[order].status = required")
        )
        assert ([vintage.key for vintage in found], notes) == (
            [("order", "2026-07-01")],
            [("order", f"{missed}: signed on 2026-07-01")],
        )
        assert vintages(case.change("chip_purchases[order].status = closed")) == ([], [])

    # A binary only where somebody must know whether the order is placed at all.
    def test_when_a_signature_is_needed(self, tmp_path: Path) -> None:
        case = self.case(tmp_path)

        def needed(*changes: str) -> bool:
            changed = case.change(*changes)
            (row,) = changed.rows(ChipPurchase)
            return needs_signature(changed, row)

        assert not needed()
        assert not needed("chip_purchases[order].lot_gw = 0.5")
        assert needed("chip_purchases[order].min_gw = 0.1")
        assert needed("chip_purchases[order].signing_fee_usd_bn = 1")
        assert needed("chip_purchases[order].exclusive_group = chips")
        assert needed("chip_purchases[order].min_gw = 0.1", "chip_purchases[order].status = required")


# A lot owned: held from its day, whatever is decided, kept up, and worth at the end what its age says of its cost.
# In service since 1 July 2025, with a life of two years: until July 2027, t = 0 … 2 of half-years. Another arrives in
# August 2026, after one month of the six of t = 1, and on 1 January 2028 is 17 months old: 0.6 − 0.3 · 5/12 = 0.475 of
# 10.
def test_owned_chips(tmp_path: Path) -> None:
    case = small(
        tmp_path,
        months=6,
        chips=CHIPS.format(available="2026-01-01", life=2, opex=0.5),
        resale_values=RESALE,
        owned_chips="""
            chip,in_service,gw,cost_usd_bn
            tpu_a,2025-07-01,0.2,5
            tpu_a,2026-08-01,0.5,10
            """,
    )
    ledgers = posted(case)
    assert {int(variable) for post in ledgers.select("chips") for variable in post.variables} == {CONSTANT}
    assert profile(ledgers, "chips", "chips") == pytest.approx({0: 0.2, 1: 0.2 + 0.5 * 5 / 6, 2: 0.7, 3: 0.5})
    assert sums(ledgers, "resale") == [("credit", 2.0, pytest.approx(4.75))]
    assert sum(value for _, _, value in sums(ledgers, "upkeep")) == pytest.approx(-0.25 * (3 * 0.2 + (2 + 5 / 6) * 0.5))


class TestQuantity:
    """Orders delivered at once, at 20 a GW, worth nothing at the end; a hall that costs nothing."""

    def case(self, folder: Path, asked: str, *, opex: float = 0.0, end: int = 2027, **order: str) -> Case:
        cells = {
            "offer": "order", "chip": "tpu_a", "vendor": "maker", "status": "open", "max_gw": "1.5",
            "price_usd_bn_per_gw": "20", **order,
        }  # fmt: skip
        return small(
            folder,
            end=end,
            demand=asked,
            chips=CHIPS.format(available="2026-01-01", life=5, opex=opex),
            resale_values="chip,age_years,value_share\ntpu_a,0,0\n",
            chip_purchases=f"{','.join(cells)}\n{','.join(cells.values())}\n",
            chip_deliveries="offer,months,delivered_share\norder,0,1\n",
            site_leases=sites({"capacity_mw": 5000, "rent_usd_per_kw_month": 0}),
        )

    # 0.7 GW asked for: by itself 14. In lots of 0.5: 1 GW for 20, against 0.5 GW for 10 and 0.2 short at 100.
    def test_lots(self, tmp_path: Path) -> None:
        assert cost(solved(self.case(tmp_path / "any", demand(0.7)))) == pytest.approx(14.0)
        case = self.case(tmp_path / "lots", demand(0.7), lot_gw="0.5")
        plan = solved(case)
        assert (cost(plan), values(plan, "order", "offer")) == (pytest.approx(20.0), {"order": pytest.approx(1.0)})
        # At 41 the second lot costs 20.5 and would serve 0.2 GW, worth 20: it is left.
        assert cost(solved(case.change("chip_purchases[order].price_usd_bn_per_gw = 41"))) == pytest.approx(20.5 + 20)
        # One lot fits below a limit of 0.9.
        assert cost(solved(case.change("chip_purchases[order].max_gw = 0.9"))) == pytest.approx(10.0 + 20.0)

    # A least quantity of 0.6 in lots of 0.5 is 1 GW: 20, of which 0.1 GW is of use; shortage would be 10.
    def test_lots_and_a_least_quantity(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, demand(0.1), lot_gw="0.5", min_gw="0.6", status="required")
        assert cost(solved(case)) == pytest.approx(20.0)
        assert cost(solved(case.change("chip_purchases[order].status = open"))) == pytest.approx(10.0)

    # 0.4 GW asked for in the first year and 1 GW in the second; upkeep of 5 a year. Spread over the window: 0.4 and
    # then 0.6 GW, 20, and upkeep of 2 and 5. In one lot: 1 GW at once, 20, and upkeep of 10 (0.4 alone would leave 0.6
    # short at 100, 1 GW a year later 0.4).
    def test_spread_over_the_window_or_all_on_one_day(self, tmp_path: Path) -> None:
        asked = demand(0.4, 1.0)
        plan = solved(self.case(tmp_path / "spread", asked, opex=5, end=2028))
        assert cost(plan) == pytest.approx(27.0)
        assert values(plan, "order", "ordered_on") == pytest.approx({"2026-01-01": 0.4, "2027-01-01": 0.6})
        plan = solved(self.case(tmp_path / "lot", asked, opex=5, end=2028, min_gw="0.1"))
        assert cost(plan) == pytest.approx(30.0)
        assert values(plan, "order", "ordered_on") == pytest.approx({"2026-01-01": 1.0})

    # Spread again, with a fee of 1: paid once, with the first part.
    def test_one_fee_with_the_first_part(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, demand(0.4, 1.0), opex=5, end=2028, signing_fee_usd_bn="1"))
        assert cost(plan) == pytest.approx(28.0)
        assert by_date(plan, "signing_fee") == {"2026-01-01": -1.0}

    # The most is for all dates together: 0.7 GW, 0.4 at once and 0.3 a year later; 0.3 GW is short in the second year.
    def test_the_most_over_all_dates(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, demand(0.4, 1.0), opex=5, end=2028, max_gw="0.7"))
        assert cost(plan) == pytest.approx(14 + 2 + 3.5 + 30)

    # Nothing is asked for: an order that is required, or signed, is paid and kept up all the same.
    def test_required_and_signed_orders_are_paid(self, tmp_path: Path) -> None:
        asked = demand(0)
        assert cost(solved(self.case(tmp_path / "open", asked, opex=5, min_gw="0.5"))) == pytest.approx(0.0)
        required = self.case(tmp_path / "required", asked, opex=5, min_gw="0.5", status="required")
        assert cost(solved(required)) == pytest.approx(0.5 * 20 + 2.5)
        # Signed in December 2025 with a deposit of a quarter, sunk, and delivered a month on: 1.5 · 15 and upkeep.
        signed = self.case(
            tmp_path / "signed", asked, opex=5, min_gw="1.5", status="signed", sign_from="2025-12-01",
            deposit_share="0.25",
        ).change("chip_deliveries[order,0].months = 1")  # fmt: skip
        assert cost(solved(signed)) == pytest.approx(22.5 + 7.5)

    # Resale at the end: half of what a year-old chip cost comes back, at its value then: at 25 %, 20 − 10/1.25.
    def test_resale_is_credited(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, demand(1)).change(
            "resale_values[tpu_a,0].value_share = 0.5", "case.discount_rate = 0.25"
        )
        assert cost(solved(case)) == pytest.approx(20 - 10 / 1.25)


def test_no_order_no_variables(tmp_path: Path) -> None:
    assert not keys(posted(small(tmp_path)), "chip_purchase", "order")
