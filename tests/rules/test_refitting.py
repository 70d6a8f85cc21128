"""Halls are fitted out once, and fitted anew where chips of another family move in.

A year or half a year each, without discounting; what is short costs 100 a GW-year.
"""

from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.common.fitted_halls import FittedHalls
from tests.hedge.plans import costs, hedged
from tests.plans import cost, line, solved
from tests.roll.holding import at_every_start, still_best
from tests.small import by_date, posted, profile, sites, small, sums

CHIPS = """
    chip,family,vendor,available_from,capex_usd_bn_per_gw,capex_decline_rate,life_years,opex_usd_bn_per_gw_year
    tpu_a,tpu,maker,2026-01-01,20,0,20,0
    gpu_a,gpu,maker,2026-01-01,20,0,20,0
    """
ABLE = "chip,workload,gw_equivalent\ntpu_a,training,1\ngpu_a,chat,1\n"
WORKLOADS = """
    workload,max_latency_ms,interruptible_share
    training,1000,0
    chat,1000,0
    """
OWNED = "chip,in_service,gw,cost_usd_bn\ntpu_a,2026-01-01,1,0\ngpu_a,2026-01-01,1,0\n"
HALL: dict[str, str | float] = {
    "capacity_mw": 1000, "min_share": 0, "families": "tpu|gpu", "rent_usd_per_kw_month": 0, "refit_usd_bn_per_gw": 4,
}  # fmt: skip
FREE = {"status": "signed", "stage": "existing", "min_share": 1}


def wanted(*years: str) -> str:
    """1 GW of training (t), of chat (c) or of nothing (-) in each year."""
    rows = [
        f"{2026 + i}-01-01,here,{w},{int(w[0] == year)}" for i, year in enumerate(years) for w in ("training", "chat")
    ]
    return "\n".join(["from_date,region,workload,demand_gw", *rows, ""])


def changing(folder: Path, years: str, *phases: dict[str, str | float], months: int = 12, **tables: str) -> Case:
    """1 GW of chips of either family, and halls for one of them."""
    given = {
        "chips": CHIPS, "chip_performance": ABLE, "workloads": WORKLOADS, "owned_chips": OWNED,
        "resale_values": "chip,age_years,value_share\ntpu_a,0,1\ngpu_a,0,1\n", "demand": wanted(*years), **tables,
    }  # fmt: skip
    return small(
        folder, end=2026 + len(years), months=months, site_leases=sites(*(HALL | each for each in phases)), **given
    )


class TestFitOut:
    # 3 a GW of 0.5 GW, half of it: 0.75 on the day of commencement, a year after signing; owed until then.
    def test_paid_on_commencement(self, tmp_path: Path) -> None:
        phase: dict[str, str | float] = {
            "lead_months": 12, "ready_date": "2027-01-01", "fit_out_usd_bn_per_gw": 3, "term_years": 4,
            "families": "tpu",
        }  # fmt: skip
        ledgers = posted(small(tmp_path, end=2029, months=6, site_leases=sites(phase)))
        assert sums(ledgers, "fit_out") == [("cost", 1.0, -1.5)]
        assert profile(ledgers, "obligations", "fit_out") == {0: 1.5, 1: 1.5}
        assert profile(ledgers, "dues", "fit_out") == {2: 1.5}
        assert sums(ledgers, "unused_part") == [("horizon_value", 3.0, 0.75)]

    # Signed and under way: it is paid. Signed and late beyond the end: owed there, and no more than that.
    def test_signed_already(self, tmp_path: Path) -> None:
        signed = FREE | {"families": "tpu", "fit_out_usd_bn_per_gw": 3, "term_years": 3}
        before = posted(small(tmp_path / "1", site_leases=sites(signed | {"ready_date": "2025-01-01"})))
        assert not sums(before, "fit_out")
        inside = posted(small(tmp_path / "2", site_leases=sites(signed | {"ready_date": "2026-04-01"})))
        assert sums(inside, "fit_out") == [("cost", 0.25, -1.5)]
        later = posted(small(tmp_path / "3", site_leases=sites(signed | {"ready_date": "2028-07-01"})))
        assert sums(later, "fit_out") == [("beyond_horizon", 2.5, -1.5)]
        assert sums(later, "unused_part") == [("horizon_value", 2.5, 1.5)]

    # Half of its four years lies inside: 1.5 of 3 are paid for what comes after. So it is no reason to sign or not.
    def test_fair(self, tmp_path: Path) -> None:
        phase = {"fit_out_usd_bn_per_gw": 3, "term_years": 4, "refit_usd_bn_per_gw": ""}
        plan = solved(changing(tmp_path, "tt", phase).change('case.horizon = "fair"'))
        assert line(plan, "fit_out") == pytest.approx(3)
        assert cost(plan) == pytest.approx(1.5)


class TestRefit:
    # Training, then chat: without a price they take turns; at 4 a GW halls are fitted anew; at 200 chat is short.
    def test_what_another_family_costs(self, tmp_path: Path) -> None:
        assert cost(solved(changing(tmp_path / "1", "tc", {"refit_usd_bn_per_gw": ""}))) == pytest.approx(0)
        plan = solved(changing(tmp_path / "2", "tc", {}))
        assert by_date(plan, "refit") == {"2027-01-01": pytest.approx(-4)}
        assert cost(plan) == pytest.approx(4)
        assert cost(solved(changing(tmp_path / "3", "tc", {"refit_usd_bn_per_gw": 200}))) == pytest.approx(100)

    # A year in which the halls stand idle makes no difference, and back costs as much as forth.
    def test_idle_halls_stay_fitted(self, tmp_path: Path) -> None:
        assert cost(solved(changing(tmp_path / "1", "t-c", {}))) == pytest.approx(4)
        assert cost(solved(changing(tmp_path / "2", "t-t", {}))) == pytest.approx(0)
        assert cost(solved(changing(tmp_path / "3", "tct", {}))) == pytest.approx(8)
        # Fitted for chat from the start, though nothing runs in the first year.
        assert cost(solved(changing(tmp_path / "4", "-c", {}))) == pytest.approx(0)

    # Halls that come in 2027 are new then; those that must be fitted for it are only used as far as that is cheaper.
    def test_new_halls_and_halls_that_admit_any(self, tmp_path: Path) -> None:
        late = {"offer": "late", "site": "Late", "ready_date": "2027-01-01", "rent_usd_per_kw_month": 100}
        assert cost(solved(changing(tmp_path / "1", "tc", {}, late))) == pytest.approx(1.2)
        some = {"offer": "any", "site": "Any", "refit_usd_bn_per_gw": "", "capacity_mw": 400, "power_usd_per_mwh": 0}
        plan = solved(changing(tmp_path / "2", "tc", {}, some))
        # Training takes the 0.4 that admit any and 0.6 of the others, whose rest is fitted for chat from the start.
        assert by_date(plan, "refit") == {"2027-01-01": pytest.approx(-4 * 0.2)}

    # Cheap power in halls that are fitted for training does not serve chat: power at 100 USD per MWh is 0.876.
    def test_power_is_drawn_where_chips_run(self, tmp_path: Path) -> None:
        dear = {"offer": "dear", "site": "Dear", "power_usd_per_mwh": 100, "refit_usd_bn_per_gw": 0.5}
        plan = solved(changing(tmp_path, "tc", {}, dear))
        assert cost(plan) == pytest.approx(0.876)  # fitted for chat from the start
        assert by_date(plan, "refit") == {}

    # A half of the halls ends: what remains is fitted for what it was.
    def test_a_ramp_brings_new_halls(self, tmp_path: Path) -> None:
        ramp = "offer,months,share\nhall,0,0.5\nhall,12,1\n"
        half = changing(tmp_path, "tc", {}, site_ramps=ramp)
        # 0.5 GW are short in 2026; in 2027 half of the halls are new and half are fitted anew.
        assert cost(solved(half)) == pytest.approx(50 + 2)

    # By half-years and by years the same.
    @pytest.mark.parametrize("months", [12, 6, 3])
    def test_whatever_the_periods(self, tmp_path: Path, months: int) -> None:
        assert cost(solved(changing(tmp_path, "tct", {}, months=months))) == pytest.approx(8)


class TestOpening:
    FITTED = "offer,family,gw\nhall,tpu,{}\n"

    # Fitted for training: chat costs 4. Without rows it is open. Halls that are fitted for nothing cost as much.
    @pytest.mark.parametrize(("rows", "expected"), [("1", 4.0), ("0.25", 4.0), (None, 0.0)])
    def test_what_halls_are_fitted_for(self, tmp_path: Path, rows: str | None, expected: float) -> None:
        tables = {} if rows is None else {"fitted_halls": self.FITTED.format(rows)}
        case = changing(tmp_path, "c", FREE | {"ready_date": "2025-01-01"}, **tables)
        assert cost(solved(case)) == pytest.approx(expected)

    # Nor is it free where chips of the other family only are left.
    @pytest.mark.parametrize(("rows", "expected"), [("1", 4.0), (None, 0.0)])
    def test_one_family_is_left(self, tmp_path: Path, rows: str | None, expected: float) -> None:
        tables = {} if rows is None else {"fitted_halls": self.FITTED.format(rows)}
        owned = "chip,in_service,gw,cost_usd_bn\ngpu_a,2026-01-01,1,0\n"
        case = changing(tmp_path, "cc", FREE | {"ready_date": "2025-01-01"}, owned_chips=owned, **tables)
        plan = solved(case)
        assert cost(plan) == pytest.approx(expected)
        at_every_start(plan)
        still_best(plan, "2027-01-01")

    def test_refused(self, tmp_path: Path) -> None:
        with pytest.raises(DataError) as refused:
            changing(tmp_path, "c", FREE, fitted_halls=self.FITTED.format(1.1) + "hall,trainium,0.1\n")
        assert [str(each) for each in refused.value.problems] == [
            "fitted_halls.csv:2 gw: expected at most 1 GW over all rows of hall, found 1.1",
            "fitted_halls.csv:3 family: expected one of gpu, tpu, which its halls admit, found 'trainium'",
            "fitted_halls.csv:3 gw: expected at most 1 GW over all rows of hall, found 1.2",
        ]
        with pytest.raises(DataError, match="refit_usd_bn_per_gw is given"):
            changing(tmp_path / "2", "c", {}, fitted_halls=self.FITTED.format(1))

    @pytest.mark.parametrize("months", [12, 6])
    def test_the_later_case_says_the_same(self, tmp_path: Path, months: int) -> None:
        ramp = "offer,months,share\nlate,0,0.5\nlate,18,1\n"
        late = {
            "offer": "late", "site": "Late", "ready_date": "2026-04-01", "status": "signed", "stage": "existing",
            "fit_out_usd_bn_per_gw": 2, "term_years": 2.5,
        }  # fmt: skip
        plan = solved(
            changing(
                tmp_path, "tctc", {"capacity_mw": 600, "fit_out_usd_bn_per_gw": 1}, late, months=months, site_ramps=ramp
            )
        )
        assert by_date(plan, "refit")
        later = at_every_start(plan)
        rows = {(row.offer, str(row.family)): row.gw for row in later["2027-01-01"].case.rows(FittedHalls)}
        assert rows["hall", "tpu"] + rows["hall", "gpu"] == pytest.approx(0.6)
        still_best(plan, "2027-01-01", "2028-01-01")


# Chat or training in 2027, as likely, known at its start: only the future with chat fits the halls anew, 4 of 1.
def test_in_a_tree_of_futures(tmp_path: Path) -> None:
    case = changing(
        tmp_path, "tt", {}, events="event,known_on\nturn,2027-01-01\n",
        outcomes="event,outcome,given,probability,changes\n"
        'turn,chat,,0.5,"demand[2027-01-01,here,chat].demand_gw = 1; demand[2027-01-01,here,training].demand_gw = 0"\n'
        'turn,stay,,0.5,\n',
    )  # fmt: skip
    found = hedged(case)
    assert costs(found) == pytest.approx({"chat": 4.0, "stay": 0.0})
