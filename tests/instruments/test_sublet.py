"""Sublets: idle halls and own machines that somebody else rents, by hand."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.api import Case
from planner.basics.errors import DataError
from planner.plan.plan import Plan
from planner.roll.advance import advance
from tests.hedge.plans import hedged
from tests.plans import cost, line, lines, solved
from tests.roll.holding import held_on_every_day, rolls
from tests.small import by_date, cloud, demand, owned, sites, small, used

ROOM: dict[str, str | float] = {
    "offer": "room", "tenant": "rival", "what": "halls", "region": "here", "family": "tpu", "max_gw": 1,
    "price_usd_bn_per_gw_year": 1, "notice_months": 0,
}  # fmt: skip
"""Up to 1 GW of halls at 1 a GW-year."""
HALL: dict[str, str | float] = {"capacity_mw": 1000, "stage": "existing", "status": "signed", "term_years": 20}
"""1 GW at 1.2 a year, signed already."""


def sublets(*rows: dict[str, str | float]) -> str:
    """A table of sublets that differ from `ROOM` in the cells given."""
    found = [ROOM | row for row in rows]
    names = list(dict.fromkeys(name for row in found for name in row))
    return "\n".join([",".join(names), *(",".join(str(row.get(name, "")) for name in names) for row in found), ""])


def letting(
    folder: Path, asked: tuple[float, ...], *rows: dict[str, str | float], gw: float = 2, **more: object
) -> Case:
    """A case with 1 GW of halls and some own chips that cost nothing; a year for each demand."""
    tables = {
        "end": 2026 + len(asked), "demand": demand(*asked), "site_leases": sites(HALL), "sublets": sublets(*rows),
        **owned(gw), **more,
    }  # fmt: skip
    return small(folder, **tables)  # type: ignore[arg-type]


def let(plan: Plan) -> dict[str, float]:
    """GW that are let, by period."""
    mine = plan.capacity[plan.capacity["measure"] == "let"]
    return {str(day): float(gw) for day, gw in mine.groupby("period")["gw"].sum().items() if gw > 1e-9}


class TestHalls:
    def test_what_stands_idle_is_let(self, tmp_path: Path) -> None:
        """Of 1 GW the lab needs 0.2, 0.6 and 1: it lets 0.8, 0.4 and nothing, at 1 a GW-year."""
        plan = solved(letting(tmp_path, (0.2, 0.6, 1.0), {}))
        assert lines(plan) == pytest.approx({"rent": 3.6, "sublet_rent": -1.2})
        assert by_date(plan, "sublet_rent") == pytest.approx({"2026-01-01": 0.8, "2027-01-01": 0.4})
        assert let(plan) == pytest.approx({"2026-01-01": 0.8, "2027-01-01": 0.4})
        assert used(plan, "hosting", "halls/here/tpu/0.0")["2026-01-01"] == pytest.approx((1, 1))
        held_on_every_day(plan)

    @pytest.mark.parametrize("months", [12, 6, 3, 1])
    def test_parts_of_periods_count(self, tmp_path: Path, months: int) -> None:
        """From April 2026 to the end of June 2027, of 1 GW 0.2 in use: 0.8 for 1.25 years."""
        row = {"from_date": "2026-04-01", "to_date": "2027-07-01"}
        plan = solved(letting(tmp_path, (0.2, 0.2), row, months=months))
        assert line(plan, "sublet_rent") == pytest.approx(-1.0)

    def test_no_more_than_the_tenant_wants(self, tmp_path: Path) -> None:
        plan = solved(letting(tmp_path, (0.2, 0.2), {"max_gw": 0.3}))
        assert line(plan, "sublet_rent") == pytest.approx(-0.6)

    def test_only_where_halls_admit_the_tenant_s_machines(self, tmp_path: Path) -> None:
        assert line(solved(letting(tmp_path, (0.2,), {"family": "gpu"})), "sublet_rent") == 0

    def test_it_is_money_at_hand_and_no_revenue(self, tmp_path: Path) -> None:
        """10 at the start, 1.2 of rent paid and 0.8 received in 2026."""
        plan = solved(letting(tmp_path, (0.2,), {}, toml="opening_cash_usd_bn = 10\n"))
        assert float(plan.tables["cash"]["closing_usd_bn"].astype(float).iloc[-1]) == pytest.approx(9.6)
        assert not [row for row in plan.ledger.to_dict("records") if row["kind"] == "operating"]


class TestNotice:
    """0.2 GW are needed in 2026 and 1 in 2027 and 2028. To run short costs 10 a GW-year."""

    @pytest.mark.parametrize(("months", "expected"), [(0, 0.8), (12, 0.8), (13, 0.0), (24, 0.0)])
    def test_it_is_let_for_whole_periods_of_notice(self, tmp_path: Path, months: int, expected: float) -> None:
        case = letting(tmp_path, (0.2, 1, 1), {"notice_months": months}, shortage=10.0)
        assert line(solved(case), "sublet_rent") == pytest.approx(-expected)

    def test_a_notice_that_is_under_way_is_kept(self, tmp_path: Path) -> None:
        """Let for two years from 2026, as 0.8 · 2 years at 11 pays for running short in 2027 (8), not in 2028."""
        row = {"notice_months": 24, "price_usd_bn_per_gw_year": 6}
        plan = solved(letting(tmp_path, (0.2, 1, 1), row, shortage=10.0))
        assert lines(plan) == pytest.approx({"rent": 3.6, "sublet_rent": -9.6, "shortage": 8})
        (first, *_) = held_on_every_day(plan)
        assert [
            (str(lot["kept_until"])[:10], lot["gw"]) for lot in first.case.frame("let_already").to_dict("records")
        ] == [("2028-01-01", pytest.approx(0.8))]

    def test_what_is_let_at_the_start(self, tmp_path: Path) -> None:
        """0.5 GW until 2027, though 1 GW is needed from the start: so 0.5 run short for a year."""
        lots = "offer,kept_until,gw\nroom,2027-01-01,0.5\n"
        plan = solved(letting(tmp_path, (1, 1), {}, let_already=lots))
        assert lines(plan) == pytest.approx({"rent": 2.4, "sublet_rent": -0.5, "shortage": 50})
        rolls(plan)


class TestChips:
    def test_own_machines_are_let_while_they_run(self, tmp_path: Path) -> None:
        """1 GW of halls with chips, 0.2 in use by the lab; power at 60 USD/MWh is paid for the tenant's 0.8 too."""
        hall = HALL | {"power_usd_per_mwh": 60}
        row = {"what": "chips", "price_usd_bn_per_gw_year": 9}
        plan = solved(letting(tmp_path, (0.2,), row, site_leases=sites(hall)))
        assert lines(plan) == pytest.approx({"rent": 1.2, "power": 0.5256, "sublet_rent": -7.2})
        held_on_every_day(solved(letting(tmp_path / "2", (0.2, 0.6), row)))

    def test_no_more_than_run(self, tmp_path: Path) -> None:
        """0.5 GW of chips: 0.3 are let."""
        row = {"what": "chips", "price_usd_bn_per_gw_year": 9}
        assert line(solved(letting(tmp_path, (0.2,), row, gw=0.5)), "sublet_rent") == pytest.approx(-2.7)


class TestMachines:
    """What a careless optimiser would do."""

    def test_a_provider_s_machines_are_not_let(self, tmp_path: Path) -> None:
        """The cloud sells TPUs at 10, a tenant pays 50 for own ones, of which there are none."""
        row = {"what": "chips", "price_usd_bn_per_gw_year": 50}
        case = small(tmp_path, end=2027, demand=demand(1), sublets=sublets(row), **cloud())  # type: ignore[arg-type]
        assert lines(solved(case)) == pytest.approx({"spend": 10})

    def test_letting_is_bounded_by_what_is_wanted_and_held(self, tmp_path: Path) -> None:
        """Halls at 1.2 are leased for a tenant at 3, but no more than max_gw."""
        halls = sites({"offer": "a", "capacity_mw": 5000, "term_years": 1})
        plan = solved(letting(tmp_path, (0.0,), {"price_usd_bn_per_gw_year": 3}, gw=0, site_leases=halls))
        assert line(plan, "sublet_rent") == pytest.approx(-3)

    def test_a_sublet_opens_no_door(self, tmp_path: Path) -> None:
        tables = cloud()
        tables["cloud_commitments"] = tables["cloud_commitments"].replace("shortfall\n", "shortfall,requires_offer\n")
        tables["cloud_commitments"] = tables["cloud_commitments"].replace("forfeit\n", "forfeit,room\n")
        with pytest.raises(DataError, match="requires_offer: expected an offer that is signed, which a sublet is not"):
            letting(tmp_path, (1,), {}, **tables)

    def test_what_needs_a_signature_is_refused(self, tmp_path: Path) -> None:
        rows = (
            {"offer": "a", "status": "required"}, {"offer": "b", "signing_fee_usd_bn": 1},
            {"offer": "c", "exclusive_group": "g"}, {"offer": "d", "from_date": "2027-01-01", "to_date": "2026-01-01"},
        )  # fmt: skip
        lots = "offer,kept_until,gw\na,2027-01-01,0.75\na,2028-01-01,0.5\nz,2027-01-01,1\n"
        with pytest.raises(DataError) as raised:
            letting(tmp_path, (1,), *rows, let_already=lots)
        found = str(raised.value)
        for place in (
            "sublets.csv:2 status", "sublets.csv:3 signing_fee_usd_bn", "sublets.csv:4 exclusive_group",
            "sublets.csv:5 to_date", "let_already.csv:3 gw", "let_already.csv:4 offer",
        ):  # fmt: skip
            assert place in found

    def test_halls_that_are_let_are_no_own_capacity(self, tmp_path: Path) -> None:
        """At least 0.5 GW must be own: so 0.5 may be let."""
        policies = "policy,kind,from_date,value\np,own_capacity_min,2026-01-01,0.5\n"
        plan = solved(letting(tmp_path, (0.2,), {}, policies=policies))
        assert line(plan, "sublet_rent") == pytest.approx(-0.5)

    def test_what_is_let_is_no_reserve(self, tmp_path: Path) -> None:
        """0.4 in use with a margin of a half: 0.6 must be held, so 0.4 may be let."""
        policies = "policy,kind,from_date,value\np,reserve_margin_min,2026-01-01,0.5\n"
        for what, price in (("halls", 1), ("chips", 1)):
            row = {"what": what, "price_usd_bn_per_gw_year": price}
            plan = solved(letting(tmp_path / what, (0.4,), row, policies=policies))
            assert line(plan, "sublet_rent") == pytest.approx(-0.4)

    def test_the_rent_of_a_provider_is_money_from_it(self, tmp_path: Path) -> None:
        """Of what cloud is paid, 10 for 1 GW, it may fund a hundredth: so 0.1 GW is let to it at 1, not 1 GW."""
        policies = "policy,kind,subject,from_date,value\np,funding_from_provider_max,cloud,2026-01-01,0.01\n"
        tables = {**owned(0.0001), **cloud()}
        case = letting(tmp_path, (1, 1), {"tenant": "cloud"}, gw=0, policies=policies, **tables)
        plan = solved(case)
        assert line(plan, "spend") == pytest.approx(20, rel=1e-2) or line(plan, "spend") == pytest.approx(10, rel=1e-2)
        assert -line(plan, "sublet_rent") == pytest.approx(0.01 * line(plan, "spend"))
        rolls(plan)

    def test_letting_before_serving_is_remarked(self, tmp_path: Path) -> None:
        case = letting(tmp_path, (1,), {"what": "chips", "price_usd_bn_per_gw_year": 101})
        assert "let before demand is served" in case.check().text()


class TestNews:
    def test_notice_is_given_before_the_news(self, tmp_path: Path) -> None:
        """0.2 GW now, and 1 or 0.2 from 2027 on. With two years of notice at 1: 1.6, less 4 if 1 GW is needed.

        Letting 0.8 in 2026 and 2027 brings 1.6 and costs 0.8 · 10 · ½ = 4 on average: nothing is let in 2026, and 0.8
        in 2027 where little is needed: 2.4 − 0.8 · ½.
        """
        tables = {
            "events": "event,known_on\nmore,2027-01-01\n",
            "outcomes": (
                "event,outcome,probability,changes\nmore,yes,0.5,\n"
                'more,no,0.5,"demand[2027-01-01..,here,training].demand_gw = 0.2"\n'
            ),
        }
        found = hedged(letting(tmp_path, (0.2, 1), {"notice_months": 24}, shortage=10.0, **tables))
        assert found.record.objective_usd_bn == pytest.approx(2.4 - 0.4)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asked=st.lists(st.sampled_from([0.1, 0.5, 1.0]), min_size=4, max_size=4),
    notice=st.sampled_from([0, 6, 12, 18, 30]),
    price=st.sampled_from([0.5, 4.0, 9.0]),
    what=st.sampled_from(["halls", "chips"]),
)
def test_a_longer_notice_never_helps_and_time_passes_alike(
    tmp_path_factory: pytest.TempPathFactory, asked: list[float], notice: int, price: float, what: str
) -> None:
    """Whatever is asked: the cost rises with the notice, letting never costs, and every day has its case."""
    row: dict[str, str | float] = {"what": what, "notice_months": notice, "price_usd_bn_per_gw_year": price}
    case = letting(tmp_path_factory.mktemp("let"), tuple(asked), row, months=6, shortage=5.0)
    plan = solved(case)
    alone = cost(case.change("sublets[room].status = closed").solve())
    free = cost(case.change("sublets[room].notice_months = 0").solve())
    assert free <= cost(plan) + 1e-6 <= alone + 2e-6
    rolls(plan)
    later = advance(plan, case.calendar.start_of(3))
    assert later.identity.error <= 1e-9
