"""An outcome may only change what happens once it is known. Each test states by hand what is too late, and what is not.

Years from 2026 to 2029; the news comes on 2028-01-01.
"""

from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.futures.causality import examined, problems_of_tree
from planner.futures.tree import Tree
from tests.small import demand, sites, small

LATER = {
    "cloud_commitments": (
        "offer,provider,status,sign_from,sign_by,lead_months,term_years,shortfall\n"
        "early,cloud,open,2026-01-01,2027-06-30,0,2,forfeit\n"
        "late,cloud,open,2028-01-01,2029-01-01,0,1,forfeit\n"
    ),
    "cloud_tiers": "offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max\nearly,only,10,1,1\nlate,only,10,1,1\n",
    "cloud_terms": (
        "offer,contract_year,capacity_gw,floor_usd_bn\nearly,1,5,0\nearly,2,5,0\nlate,1,5,0\n"
    ),
    "cloud_products": (
        "offer,chip,region,price_factor,from_date\nearly,tpu_a,here,1,2026-01-01\nlate,tpu_a,here,1,2026-01-01\n"
    ),
}  # fmt: skip


def case(folder: Path, changes: str, *, known_on: str = "2028-01-01", months: int = 12, **tables: str) -> Case:
    given = {
        "events": f"event,known_on\nnews,{known_on}\n",
        "outcomes": f'event,outcome,probability,changes\nnews,kept,0.5,\nnews,changed,0.5,"{changes}"\n',
        "demand": demand(1, 1, 1, 1),
    }
    return small(folder / "case", end=2030, months=months, **{**given, **LATER, **tables})


def found(case: Case) -> list[str]:
    return [str(problem) for problem in problems_of_tree(case, Tree.of(case))]


SOON = "outcomes.csv:3 changes: expected what happens from 2028-01-01 on, when news becomes known, found "
TOO_LATE = ": the news would come too late"


@pytest.mark.parametrize(
    "changes",
    [
        "demand[2028-01-01..,*,*].demand_gw *= 2",
        "demand[2028-07-01..2029-01-01,*,*].demand_gw = 3",
        "chips[tpu_a].available_from = 2028-01-01",
        "cloud_tiers[late,only].price_usd_bn_per_gw_year *= 2",
        "cloud_commitments[late].status = closed",
        "cloud_commitments[late].sign_by = 2028-01-01",
        "-cloud_tiers[late,*]; -cloud_terms[late,*]; -cloud_products[late,*,*]; -cloud_commitments[late]",
    ],
)
def test_what_happens_later_may_change(tmp_path: Path, changes: str) -> None:
    chips = (
        "chip,family,vendor,available_from,capex_usd_bn_per_gw,capex_decline_rate,life_years,opex_usd_bn_per_gw_year\n"
        "tpu_a,tpu,maker,2028-07-01,20,0,5,0.5\n"
    )
    assert found(case(tmp_path, changes, **({"chips": chips} if "chips[" in changes else {}))) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            "demand[2027-12-01..,*,*].demand_gw *= 2",
            "demand_gw of here, training in demand.csv from 2027-12-01 on",
        ),
        ("demand[*,*,*].demand_gw *= 2", "demand_gw of here, training in demand.csv from 2026-01-01 on"),
        (
            "chips[tpu_a].available_from += 36 months",
            "available_from of tpu_a in chips.csv from 2026-01-01 to 2029-01-01",
        ),
        (
            "cloud_commitments[late].sign_from = 2027-01-01",
            "sign_from of late in cloud_commitments.csv from 2028-01-01 to 2027-01-01",
        ),
        (
            "cloud_commitments[early].sign_by = 2029-01-01",
            "sign_by of early in cloud_commitments.csv from 2027-06-30 to 2029-01-01",
        ),
        (
            "cloud_tiers[early,only].price_usd_bn_per_gw_year *= 2",
            "price_usd_bn_per_gw_year of early, only in cloud_tiers.csv, which can be signed on 2027-01-01 for the last"
            " time",
        ),
        (
            "cloud_terms[early,2].capacity_gw = 1",
            "capacity_gw of early, 2 in cloud_terms.csv, which can be signed on 2027-01-01 for the last time",
        ),
        (
            "chips[tpu_a].opex_usd_bn_per_gw_year *= 2",
            "opex_usd_bn_per_gw_year of tpu_a in chips.csv, which holds from the start of the case",
        ),
        (
            "workloads[training].max_latency_ms = 5",
            "max_latency_ms of training in workloads.csv, which holds from the start of the case",
        ),
        ("+regions{region=nowhere}", "a row of nowhere in regions.csv, which holds from the start of the case"),
    ],
)
def test_news_that_comes_too_late(tmp_path: Path, changes: str, message: str) -> None:
    assert found(case(tmp_path, changes)) == [f"{SOON}{message}{TOO_LATE}"]


def test_terms_of_an_offer_that_may_be_signed_before_the_news_are_remarked_on(tmp_path: Path) -> None:
    """The price of a contract that begins two years after its signature changes whenever it is signed."""
    late = "late,cloud,open,2028-01-01,2029-01-01,0"
    spanning = LATER["cloud_commitments"].replace(late, "late,cloud,open,2026-01-01,2027-01-01,24")
    made = case(
        tmp_path, "cloud_tiers[late,only].price_usd_bn_per_gw_year *= 2", known_on="2027-01-01",
        cloud_commitments=spanning,
    )  # fmt: skip
    told = examined(made, Tree.of(made))
    assert told.problems == ()
    assert told.remarks == (
        "news:changed changes price_usd_bn_per_gw_year of late, only also where late is signed before 2027-01-01, from"
        " 2026-01-01 on; two offers, one to be signed before that day and one after it, say otherwise",
    )
    assert "Terms that outcomes change for earlier signatures too" in made.check().text()


def test_known_at_the_start_everything_may_change(tmp_path: Path) -> None:
    assert found(case(tmp_path, "demand[*,*,*].demand_gw *= 2", known_on="2026-01-01")) == []
    assert (
        found(case(tmp_path / "b", "cloud_tiers[early,only].price_usd_bn_per_gw_year = 2", known_on="2025-01-01")) == []
    )


def test_settings_hold_in_every_future(tmp_path: Path) -> None:
    expected = "a change of a table: the settings of case.toml hold for the whole case, in every future"
    for setting in ("case.discount_rate = 0.2", "case.opening_cash_usd_bn = 5", "case.end = 2031-01-01"):
        (message,) = found(case(tmp_path / setting[5:8], setting, known_on="2026-01-01"))
        assert message == f"outcomes.csv:3 changes: expected {expected}, found '{setting}'"


def test_an_outcome_does_not_change_what_is_unknown(tmp_path: Path) -> None:
    assert found(case(tmp_path, "events[news].known_on = 2029-01-01")) == [
        "outcomes.csv:3 changes: expected a change of what happens, not of what is unknown, found"
        " 'events[news].known_on = 2029-01-01'"
    ]


def test_a_change_that_cannot_be_made_is_told_in_the_words_of_the_change(tmp_path: Path) -> None:
    change = "demand[2028-01-01..,*,*].demadn_gw *= 2"
    assert found(case(tmp_path, change)) == [
        "outcomes.csv:3 changes: expected changes that can be made, found 'demadn_gw'; did you mean 'demand_gw'? in"
        f" change '{change}', where a column of demand (from_date, region, workload, demand_gw, source) is expected"
    ]
    (message,) = found(case(tmp_path / "b", "nonsense"))
    assert message.startswith(
        "outcomes.csv:3 changes: expected changes that can be made, found none of these in change"
    )
    (message,) = found(case(tmp_path / "c", "demand[2028-01-01..,*,*].demand_gw -= 3"))
    assert "found '-2' after demand[2028-01-01..,*,*].demand_gw -= 3 in demand.csv:4, column demand_gw" in message


def test_an_event_after_the_end_of_the_case(tmp_path: Path) -> None:
    (message,) = found(case(tmp_path, "demand[2029-01-01..,*,*].demand_gw *= 2", known_on="2030-01-01"))
    assert message == "events.csv:2 known_on: expected a day before the end of the case, 2030-01-01, found '2030-01-01'"


def test_both_outcomes_of_a_kind_are_told_once_each(tmp_path: Path) -> None:
    outcomes = (
        "event,outcome,probability,changes\nnews,kept,0.5,\n"
        'news,a,0.25,"demand[*,*,*].demand_gw *= 2"\nnews,b,0.25,"demand[*,*,*].demand_gw *= 3"\n'
    )
    messages = found(case(tmp_path, "", outcomes=outcomes))
    assert [message.partition(" ")[0] for message in messages] == ["outcomes.csv:3", "outcomes.csv:4"]


def test_an_outcome_comes_after_the_one_that_it_is_given(tmp_path: Path) -> None:
    """A row that one outcome adds may be changed by another that is given it, and by no other."""
    added = "+demand{from_date=2029-06-01, region=here, workload=training, demand_gw=2}"
    row = "demand[2029-06-01,here,training].demand_gw = 4"
    tables = {
        "events": "event,known_on\nfirst,2028-01-01\nthen,2029-01-01\n",
        "outcomes": (
            "event,outcome,given,probability,changes\n"
            f'first,grows,,0.5,"{added}"\nfirst,kept,,0.5,\n'
            f'then,more,first:grows,1,"{row}"\nthen,kept,,1,\n'
        ),
    }
    assert found(small(tmp_path / "a", end=2030, **LATER, **tables)) == []
    tables["outcomes"] = tables["outcomes"].replace("first:grows", "first:kept")
    (message,) = found(small(tmp_path / "b", end=2030, **LATER, **tables))
    assert message.startswith("outcomes.csv:4 changes: expected changes that can be made, found ")


def test_outcomes_that_only_fail_together_are_told_with_their_future(tmp_path: Path) -> None:
    tables = {
        "events": "event,known_on\nfirst,2028-01-01\nthen,2029-01-01\n",
        "outcomes": (
            "event,outcome,probability,changes\n"
            'first,gone,0.5,"-cloud_tiers[late,*]; -cloud_terms[late,*]; -cloud_products[late,*,*];'
            ' -cloud_commitments[late]"\nfirst,kept,0.5,\n'
            'then,more,0.5,"demand[2029-01-01..,*,*].demand_gw *= 2; cloud_commitments[late].sign_by = 2029-06-01"\n'
            "then,kept,0.5,\n"
        ),
    }
    (message,) = found(small(tmp_path, end=2030, **LATER, **tables))
    assert message.startswith(
        "outcomes.csv:4 changes: expected changes that can be made one after another in the future gone/more, found"
        " 'late'"
    )


def test_the_net_below_the_tables_finds_what_no_date_shows(tmp_path: Path) -> None:
    """The hall is ready on 2027-01-01: that it is late is seen on that day, a year before the news."""
    tables = {"site_leases": sites({"ready_date": "2027-01-01", "status": "signed"})}
    (message,) = found(case(tmp_path, "site_leases[hall].delay_months += 12", **tables))
    assert message == f"{SOON}rent (cash) of hall in the period from 2027-01-01: 0 instead of -0.6{TOO_LATE}"


def test_a_signed_hall_that_is_ready_after_the_news_may_be_late(tmp_path: Path) -> None:
    tables = {"site_leases": sites({"ready_date": "2028-01-01", "status": "signed"})}
    assert found(case(tmp_path, "site_leases[hall].delay_months += 12", **tables)) == []


def test_a_period_during_which_the_news_comes_is_not_looked_at(tmp_path: Path) -> None:
    """Demand of 2028 rises from July on, when the news comes: the year as a whole is not the past."""
    assert found(case(tmp_path, "demand[2028-07-01..,*,*].demand_gw *= 2", known_on="2028-07-01")) == []


def test_check_refuses_it_and_solve_does_not_look(tmp_path: Path) -> None:
    late = case(tmp_path, "demand[*,*,*].demand_gw *= 2")
    with pytest.raises(DataError, match="the news would come too late"):
        late.check()
    assert late.solve().record.status == "proven"
