"""Cash flow, and sources and uses: by hand, and against the files of plans."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from planner.api import Case
from planner.basics.calendar import Calendar
from planner.case.shipped import path
from planner.interfaces.plain_lines import Meaning
from planner.plan.audit import audit
from planner.plan.plan import Plan
from planner.reports.cash_flow import CHANGE, CLOSING, OPENING, SOURCES, USES, cash_flow, sources_and_uses
from planner.reports.cost_lines import cost_by_line, cost_by_meaning, cost_by_name
from planner.reports.years import years
from tests.small import demand, small

FINANCE = "from_date,revenue_usd_bn_per_year,other_cost_share\n2026-01-01,10,0.4\n"


def planned(case: Case, folder: Path) -> Plan:
    """The plan of a case, audited."""
    plan = case.solve()
    plan.write(folder)
    assert audit(folder).agrees
    return plan


def names(start: str, end: str, months: int) -> list[tuple[str, range]]:
    found = years(Calendar(date.fromisoformat(start), date.fromisoformat(end), months))
    return [(year.name, year.periods) for year in found]


def test_years_follow_the_calendar_where_periods_do() -> None:
    assert names("2026-07-01", "2028-01-01", 6) == [("Jul 26 – Dec 26", range(1)), ("2027", range(1, 3))]
    assert names("2026-01-01", "2028-01-01", 3) == [("2026", range(4)), ("2027", range(4, 8))]
    assert names("2026-07-01", "2028-07-01", 12) == [("Jul 26 – Jun 27", range(1)), ("Jul 27 – Jun 28", range(1, 2))]
    assert names("2026-02-01", "2027-08-01", 6) == [("Feb 26 – Jan 27", range(2)), ("Feb 27 – Jul 27", range(2, 3))]


def test_revenue_less_other_costs_is_all_there_is(tmp_path: Path) -> None:
    """10 of revenue a year, 4 of it for other costs; nothing can be signed, so 6 stay each year."""
    plan = planned(small(tmp_path / "case", finance=FINANCE, demand=demand(0.0)), tmp_path / "plan")
    flow = cash_flow(plan)
    assert flow.row("Operations", "Revenue").amounts.tolist() == pytest.approx([10.0, 10.0])
    assert flow.row("Operations", "Costs other than compute").amounts.tolist() == pytest.approx([-4.0, -4.0])
    assert flow.row("Compute", "Compute together").amounts.tolist() == [0.0, 0.0]
    assert flow.row("", CHANGE).amounts.tolist() == pytest.approx([6.0, 6.0])
    opening = plan.case.settings.opening_cash_usd_bn
    assert flow.row("", CLOSING).amounts.tolist() == pytest.approx([opening + 6.0, opening + 12.0])
    both = sources_and_uses(plan)
    assert both.row(SOURCES, "Sources together").amounts.tolist() == pytest.approx([opening + 10.0, opening + 16.0])
    assert both.row(USES, "Costs other than compute").amounts.tolist() == pytest.approx([4.0, 4.0])


@pytest.fixture(scope="module", params=["case.period_months = 12", "case.period_months = 6"])
def starter(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """The starter by years and by half-years."""
    return planned(Case.read(path("starter")).change(request.param), tmp_path_factory.mktemp("plans") / "plan")


class TestStarter:
    def test_the_cash_flow_ends_in_the_cash_of_the_file(self, starter: Plan) -> None:
        flow, cash = cash_flow(starter), starter.cash
        last = [year.periods[-1] for year in flow.years]
        closing = cash["closing_usd_bn"].astype(float).to_numpy()
        assert len(flow.years) == 4
        assert flow.row("", CLOSING).amounts == pytest.approx(closing[last], abs=1e-9)
        opening = cash["opening_usd_bn"].astype(float).to_numpy()
        first = [year.periods[0] for year in flow.years]
        assert flow.row("", OPENING).amounts == pytest.approx(opening[first], abs=1e-9)
        moves = sum(cash[f"{name}_usd_bn"].astype(float).to_numpy() for name in ("operating", "cost", "funding"))
        by_year = [float(moves[list(year.periods)].sum()) for year in flow.years]
        assert flow.row("", CHANGE).amounts == pytest.approx(by_year, abs=1e-9)
        assert flow.row("Operations", "Operations together").amounts.sum() == pytest.approx(
            cash["operating_usd_bn"].astype(float).sum(), abs=1e-9
        )

    def test_each_group_adds_up(self, starter: Plan) -> None:
        flow = cash_flow(starter)
        for group in ("Operations", "Compute", "Capital", "Funding"):
            items = [row.amounts for row in flow.rows if row.group == group and not row.total]
            together = flow.row(group, f"{group} together").amounts
            assert together == pytest.approx(np.sum(items, axis=0) if items else 0 * together, abs=1e-12)

    def test_what_comes_in_is_what_goes_out_or_stays(self, starter: Plan) -> None:
        both = sources_and_uses(starter)
        sources, uses = (both.row(name, f"{name} together").amounts for name in (SOURCES, USES))
        assert sources == pytest.approx(uses, abs=1e-9)
        assert all((row.amounts >= -1e-9).all() for row in both.rows if row.item not in (OPENING, CLOSING))

    def test_costs_add_up_however_they_are_told(self, starter: Plan) -> None:
        objective = starter.record.objective_usd_bn
        for costs in (cost_by_line(starter), cost_by_name(starter), cost_by_meaning(starter)):
            assert sum(costs.values()) == pytest.approx(objective, abs=1e-9)
        money = sum(value for meaning, value in cost_by_meaning(starter).items() if meaning is not Meaning.PENALTIES)
        assert money == pytest.approx(starter.record.cost_in_money_usd_bn, abs=1e-9)
