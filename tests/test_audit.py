"""Audits: plans that agree, and every way in which one can be made not to."""

import csv
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from pathlib import Path

import numpy as np
import pyomo.environ as pyo
import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.case import shipped
from planner.catalogue import CATALOGUE
from planner.generate import case_files
from planner.interfaces.instrument import Instrument
from planner.model.model import model
from planner.plan.audit import Audit, Finding, attribution, audit, files, values
from planner.plan.audit.attribution import Evidence
from planner.plan.contents import Contents
from planner.plan.plan import EXPORTS, Plan
from planner.portfolio.portfolio import Portfolio
from planner.portfolio.solution import Solution
from planner.solve.solve import solve
from tests.inputs import write_case

TOML = """\
title = "every instrument"
start = 2026-01-01
end = 2028-01-01
period_months = 6
discount_rate = 0.1
lease_rate = 0.06
shortage_cost_usd_bn_per_gw_year = 200
opening_cash_usd_bn = 60

[solver]
gap = 1e-6
"""

EVERYTHING = {
    "links": """
        region_a,region_b,latency_ms,egress_usd_bn_per_gw_year
        here,there,20,0.1
        """,
    "workloads": """
        workload,max_latency_ms,interruptible_share
        training,1000,0.5
        chat,10,0
        """,
    "demand": """
        from_date,region,workload,demand_gw
        2026-01-01,here,training,1
        2027-01-01,here,training,1.5
        2026-01-01,there,chat,0.1
        """,
    "chip_performance": """
        chip,workload,gw_equivalent
        tpu_a,training,1
        tpu_a,chat,0.7
        """,
    "resale_values": """
        chip,age_years,value_share
        tpu_a,0,1
        tpu_a,4,0.2
        """,
    "cloud_commitments": """
        offer,provider,status,start_date,term_years,shortfall,rollover_share,prepay_share,equity_usd_bn
        credits,cloud_a,required,2026-01-01,3,credit,,0.2,1
        carries,cloud_b,required,2026-01-01,2,rollover,0.5,0,0
        """,
    "cloud_tiers": """
        offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max,scale_step
        credits,small,12,0.3,1,0.1
        credits,large,11,1,2,
        carries,only,13,1,1,
        """,
    "cloud_terms": """
        offer,contract_year,capacity_gw,floor_usd_bn
        credits,1,0.5,7
        credits,2,0.6,4
        credits,3,0.6,4
        carries,1,0.4,3
        carries,2,0.4,6
        """,
    "cloud_products": """
        offer,chip,region,price_factor,from_date,max_gw
        credits,tpu_a,there,1,2026-01-01,
        carries,tpu_a,here,1,2026-01-01,0.35
        """,
    "site_leases": """
        offer,site,phase,region,developer,stage,status,lead_months,ready_date,ready_by,capacity_mw,min_share,\
diligence_usd_bn,rent_usd_per_kw_month,escalator_rate,term_years,deposit_months,pue,power_usd_per_mwh,\
load_factor_share,families,needs_guarantee,cover_measure,cover_share,after,after_share_min
        hall_one,hall,1,here,builder,loi,required,0,2026-01-01,2026-07-01,300,0.2,0.01,150,0.03,5,3,1.2,60,0.9,tpu,true,pv_rent,0.8,,
        hall_two,hall,2,here,builder,loi,required,0,2026-07-01,2027-01-01,300,0.2,0.01,150,0.03,5,3,1.2,60,0.9,tpu,false,,,hall_one,0.2
        """,
    "guarantors": """
        guarantor,kind,families,fee_rate
        backer,lease,tpu,0.01
        """,
    "guarantor_caps": """
        guarantor,kind,from_date,cap_usd_bn,used_usd_bn
        backer,lease,2026-01-01,1.5,0.2
        """,
    "chip_purchases": """
        offer,chip,vendor,status,sign_from,sign_by,min_gw,max_gw,lot_gw,deposit_share
        lots,tpu_a,maker,required,2026-01-01,2026-07-01,0.1,0.4,0.05,0.3
        """,
    "chip_deliveries": """
        offer,months,delivered_share
        lots,0,0.5
        lots,6,0.5
        """,
    "owned_chips": """
        chip,in_service,gw,cost_usd_bn
        tpu_a,2025-01-01,0.05,1
        """,
    "finance": """
        from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn,obligations_cap_usd_bn
        2026-01-01,20,0.4,5,60
        2027-01-01,30,0.4,5,60
        """,
}
"""Both shortfall rules that carry something on, two tiers, a prepayment, phases, a guarantor, lots, owned chips."""

TINY = {
    "cloud_commitments": """
        offer,provider,status,start_date,term_years,shortfall
        deal,cloud,open,2026-01-01,1,forfeit
        """,
    "cloud_tiers": """
        offer,tier,price_usd_bn_per_gw_year,scale_min,scale_max
        deal,only,10,0.5,1
        """,
    "cloud_terms": """
        offer,contract_year,capacity_gw,floor_usd_bn
        deal,1,0.8,5
        """,
    "cloud_products": """
        offer,chip,region,price_factor,from_date
        deal,tpu_a,here,1,2026-01-01
        """,
    "finance": """
        from_date,revenue_usd_bn_per_year,other_cost_share,min_cash_usd_bn
        2026-01-01,20,0.4,5
        """,
}
"""One commitment and a shortage."""

TINY_TOML = TOML.replace("every instrument", "tiny").replace("2028-01-01", "2027-01-01")


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan in which every instrument is signed."""
    return _plan(tmp_path_factory.mktemp("everything"), TOML, EVERYTHING)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest plan that has a contract."""
    return _plan(tmp_path_factory.mktemp("tiny"), TINY_TOML, TINY)


def _plan(folder: Path, toml: str, tables: dict[str, str]) -> Path:
    solve(Case.read(write_case(folder / "case", toml, **tables))).write(folder / "plan")
    return folder / "plan"


@pytest.fixture
def plan(everything: Path, tmp_path: Path) -> Path:
    """A copy of the plan with every instrument, to be changed."""
    return shutil.copytree(everything, tmp_path / "plan")


@dataclass(frozen=True)
class Cell:
    """A cell with a number."""

    stem: str
    row: int
    line: int
    column: str
    value: float

    @property
    def place(self) -> tuple[str, int, str]:
        return f"{self.stem}.csv", self.line, self.column

    @property
    def changed(self) -> float:
        """A number that is off by twice what an audit must see."""
        return self.value * (1 + 2e-6) if self.value else 1e-3


@dataclass(frozen=True)
class Desk:
    """A plan's files in memory, and audits of them with some cells changed."""

    folder: Path

    @cached_property
    def files(self) -> files.Files:
        return files.read(Contents.of(self.folder, CATALOGUE))

    @cached_property
    def portfolio(self) -> Portfolio:
        return Portfolio.of(Case.read(self.folder / "case"))

    @cached_property
    def names(self) -> dict[str, int]:
        return {name: j for j, name in enumerate(Solution(self.portfolio, np.zeros(0)).names)}

    def cells(self) -> Iterator[Cell]:
        """Every cell with a number that is not a name: its column has numbers only."""
        plan = Plan.read(self.folder)
        for stem, written in self.files.tables.items():
            for column in plan.tables[stem].select_dtypes(include="number").columns:
                if column not in ("year", "contract_year", "power_usd_bn_per_gw_year"):
                    numbers, _ = written.numbers(column)
                    for i in np.flatnonzero(~np.isnan(numbers)):
                        yield Cell(stem, int(i), int(written.lines[i]), column, float(numbers[i]))

    def audit(self, *changed: Cell) -> tuple[Finding, ...]:
        tables = dict(self.files.tables)
        for cell in changed:
            written = tables[cell.stem]
            rows = [list(row) for row in written.rows]
            rows[cell.row][written.header.index(cell.column)] = repr(cell.changed)
            tables[cell.stem] = files.Written(written.file, written.header, written.lines, tuple(map(tuple, rows)))
        stated = values.stated(self.portfolio, self.names, tables)
        reading = attribution.likeliest(Evidence(self.portfolio, self.files.record, tables, stated, self.names))
        return reading.findings


def places(findings: tuple[Finding, ...]) -> list[tuple[str, int | None, str]]:
    return [(finding.file, finding.line, finding.column) for finding in findings]


def texts(audited: Audit) -> list[str]:
    return [str(finding) for finding in audited.findings]


def rewrite(path: Path, change: Callable[[list[list[str]]], object]) -> None:
    """Change the rows of a CSV file, header included."""
    rows = list(csv.reader(io.StringIO(path.read_text())))
    change(rows)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    path.write_text(out.getvalue())


def put(path: Path, line: int, column: str, text: str) -> str:
    """Write a cell; returns what stood there."""
    found = []

    def change(rows: list[list[str]]) -> None:
        at = rows[0].index(column)
        found.append(rows[line - 1][at])
        rows[line - 1][at] = text

    rewrite(path, change)
    return found[0]


def line_of(path: Path, *words: str) -> int:
    """The first line with all these words."""
    return next(i for i, line in enumerate(path.read_text().splitlines(), 1) if all(word in line for word in words))


class TestAgreement:
    def test_a_plan_agrees(self, everything: Path) -> None:
        audited = audit(everything)
        assert audited.agrees, audited.text()
        record = json.loads((everything / "plan.json").read_text())
        assert audited.objective_usd_bn == pytest.approx(record["objective_usd_bn"], rel=1e-9)
        assert audited.cells > audited.posts > audited.decisions > 0
        assert audited.limits > 0
        assert audited.terms > 0
        assert audited.worst_headroom is not None
        assert audited.worst_headroom > -1e-6
        assert audited.text().startswith("The plan agrees with itself: ")
        assert json.loads(json.dumps(audited.json()))["agrees"] is True

    def test_every_kind_of_decision_is_there(self, everything: Path) -> None:
        plan = Plan.read(everything)
        kinds = set(plan.decisions["what"])
        assert kinds == {
            "sign", "scale", "short", "drawn", "credit_used", "rolled_in", "exercise", "share", "order",
            "floor_owed", "floor_next", "floor_due", "floor_late",
        }  # fmt: skip

    def test_neither_model_nor_solver_nor_data_frames_are_loaded(self, everything: Path) -> None:
        program = (
            "import sys; from planner.plan.audit import audit; assert audit(sys.argv[1]).agrees;"
            "print(*{'pyomo', 'highspy', 'pandas'} & set(sys.modules))"
        )
        ended = subprocess.run(
            [sys.executable, "-c", program, str(everything)], capture_output=True, text=True, check=True
        )
        assert ended.stdout.split() == []

    def test_the_order_of_rows_does_not_matter(self, plan: Path) -> None:
        for stem, _ in EXPORTS:
            rewrite(plan / f"{stem}.csv", lambda rows: rows.__setitem__(slice(1, None), rows[:0:-1]))
        audited = audit(plan)
        assert audited.agrees, audited.text()

    def test_a_folder_that_is_not_there_is_no_plan(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="expected the folder of a plan, found no such folder"):
            audit(tmp_path / "nowhere")


class TestOneNumberChanged:
    """By two parts in a million, or from 0: it is named, and nothing else is."""

    @pytest.mark.parametrize("stem", [stem for stem, _ in EXPORTS])
    def test_every_number_of_the_smallest_plan(self, tiny: Path, stem: str) -> None:
        desk = Desk(tiny)
        assert desk.audit() == ()
        for cell in desk.cells():
            if cell.stem == stem:
                assert places(desk.audit(cell)) == [cell.place]

    @pytest.mark.parametrize("stem", [stem for stem, _ in EXPORTS])
    def test_some_numbers_of_each_column_of_a_larger_one(self, everything: Path, stem: str) -> None:
        desk = Desk(everything)
        mine = [cell for cell in desk.cells() if cell.stem == stem]
        for _, column in groupby(sorted(mine, key=lambda cell: cell.column), key=lambda cell: cell.column):
            cells = list(column)
            for cell in cells[:: max(1, len(cells) // 4)]:
                assert places(desk.audit(cell)) == [cell.place]

    def test_several_at_once(self, everything: Path) -> None:
        desk = Desk(everything)
        cells = list(desk.cells())
        for start in range(0, len(cells), 97):
            chosen = {cell.place: cell for cell in cells[start :: len(cells) // 3]}
            assert set(places(desk.audit(*chosen.values()))) == set(chosen)

    def test_a_decision_is_told_from_its_consequences(self, plan: Path) -> None:
        line = line_of(plan / "decisions.csv", "cloud_commitment.scale[carries")
        put(plan / "decisions.csv", line, "value", "0.9")
        (finding,) = texts(audit(plan))
        assert finding.startswith(f"decisions.csv:{line} value: says 0.9, the ledger (")
        assert finding.endswith(" rows) implies 1")

    def test_a_post_is_told_from_its_decision(self, plan: Path) -> None:
        line = line_of(plan / "ledger.csv", "rolled_in")
        put(plan / "ledger.csv", line, "value", "1.4")
        found = texts(audit(plan))
        assert f"ledger.csv:{line} value: says 1.4, the decisions give 1.45" in found

    def test_where_nothing_can_tell_both_are_named(self, plan: Path) -> None:
        """A sum rolled in has one post, and no other table knows of it."""
        line = line_of(plan / "decisions.csv", "rolled_in")
        put(plan / "decisions.csv", line, "value", "1.450001")
        post = line_of(plan / "ledger.csv", "rolled_in")
        found = [(finding.file, finding.line) for finding in audit(plan).findings]
        assert found == [("decisions.csv", line), ("ledger.csv", post)]

    def test_a_balance(self, plan: Path) -> None:
        before = float(put(plan / "cash.csv", 3, "closing_usd_bn", "21.4"))
        assert texts(audit(plan)) == [f"cash.csv:3 closing_usd_bn: says 21.4, the ledger gives {before:.4g}"]

    def test_a_number_as_large_as_any(self, plan: Path) -> None:
        put(plan / "capacity.csv", 2, "gw", "1e300")
        assert places(audit(plan).findings) == [("capacity.csv", 2, "gw")]


class TestTextChanged:
    @pytest.mark.parametrize(
        ("file", "words", "column", "text"),
        [
            ("ledger.csv", ("rent", "hall_one"), "period", "2026-02-01"),
            ("ledger.csv", ("deposit", "lots"), "counterparty", "someone"),
            ("maturities.csv", ("rent",), "year", "2099"),
            ("limits.csv", ("liquidity",), "unit", "EUR bn"),
            ("offers.csv", ("hall_one",), "signed", "no"),
            ("capacity.csv", ("power,own_fleet",), "power_usd_bn_per_gw_year", "0.5"),
            ("cash.csv", ("2026-07-01",), "period", "2026-07-02"),
            ("decisions.csv", ("share", "hall_two"), "backer", "backer"),
            ("decisions.csv", ("site_lease.exercise[hall_one",), "decision", "site_lease.exercise[hall_none]"),
            ("service.csv", ("flow",), "decision", "serving.flow[nothing]"),
            ("limits.csv", ("liquidity",), "headroom", "much"),
            ("limits.csv", ("liquidity",), "headroom", ""),
            ("offers.csv", ("hall_one",), "peak_gw", "nan"),
            ("offers.csv", ("hall_one",), "all_in_usd_bn_per_gw_year", "1"),
            ("supply.csv", ("(own capacity),,",), "present_cost_usd_bn_per_gw_year", "1"),
            ("supply.csv", ("(own capacity),rent",), "line", "power"),
        ],
    )
    def test_the_cell_is_named(self, plan: Path, file: str, words: tuple[str, ...], column: str, text: str) -> None:
        line = line_of(plan / file, *words)
        before = put(plan / file, line, column, text)
        assert before != text
        assert (file, line, column) in places(audit(plan).findings)

    def test_a_row_too_many(self, plan: Path) -> None:
        rewrite(plan / "offers.csv", lambda rows: rows.append(["site_leases", "hall_ten", *rows[-1][2:]]))
        last = len((plan / "offers.csv").read_text().splitlines())
        assert texts(audit(plan)) == [f"offers.csv:{last}: is a row to which nothing gives rise"]

    def test_a_row_twice(self, plan: Path) -> None:
        rewrite(plan / "decisions.csv", lambda rows: rows.append(rows[1]))
        last = len((plan / "decisions.csv").read_text().splitlines())
        audited = audit(plan)
        assert {(finding.file, finding.line) for finding in audited.findings} == {("decisions.csv", last)}
        assert "again; it stands in line 2" in audited.text()

    def test_a_row_too_few(self, plan: Path) -> None:
        rewrite(plan / "cash.csv", lambda rows: rows.pop(2))
        assert texts(audit(plan)) == ["cash.csv: has no row with period 2026-07-01, which the ledger gives"]

    def test_a_decision_left_out(self, plan: Path) -> None:
        line = line_of(plan / "decisions.csv", "cloud_commitment.scale[carries")
        rewrite(plan / "decisions.csv", lambda rows: rows.pop(line - 1))
        (finding,) = texts(audit(plan))
        assert finding.startswith("decisions.csv: has no row with instrument cloud_commitment, what scale")

    def test_a_decision_in_the_wrong_file(self, plan: Path) -> None:
        name = "site_lease.exercise[hall_one,2026-01-01]"
        put(plan / "capacity.csv", 2, "decision", name)
        found = audit(plan)
        assert ("capacity.csv", 2, "decision") in places(found.findings)

    def test_a_row_of_the_wrong_length(self, plan: Path) -> None:
        rewrite(plan / "cash.csv", lambda rows: rows[2].append("1"))
        assert "cash.csv:3: has 10 cells, the header has 9" in texts(audit(plan))

    def test_a_header(self, plan: Path) -> None:
        put(plan / "cash.csv", 1, "cost_usd_bn", "costs")
        assert texts(audit(plan)) == [
            "cash.csv:1 cost_usd_bn: is missing",
            "cash.csv:1 costs: is no column of this file, or stands there twice",
        ]

    def test_the_order_of_columns(self, plan: Path) -> None:
        rewrite(plan / "cash.csv", lambda rows: [row.reverse() for row in rows])
        (finding,) = texts(audit(plan))
        assert finding.startswith("cash.csv:1: the columns are not in the order period,opening_usd_bn,")


class TestFiles:
    @pytest.mark.parametrize("file", ["plan.json", *(f"{stem}.csv" for stem, _ in EXPORTS)])
    def test_one_is_missing(self, plan: Path, file: str) -> None:
        (plan / file).unlink()
        audited = audit(plan)
        assert f"{file}: is missing" in texts(audited)
        assert {finding.file for finding in audited.findings} == {file}

    def test_any_byte_of_the_case(self, plan: Path) -> None:
        for path in sorted((plan / "case").iterdir()):
            before = path.read_bytes()
            path.write_bytes(before + b"\n")
            what = "is not the file that was solved: its SHA-256 is not that in plan.json"
            assert texts(audit(plan)) == [f"case/{path.name}: {what}"]
            path.write_bytes(before)

    def test_the_case_solved_was_another(self, plan: Path) -> None:
        path = plan / "case" / "demand.csv"
        path.write_text(path.read_text().replace("training,1.5", "training,1.4"))
        found = [finding.file for finding in audit(plan).findings]
        assert found[0] == "case/demand.csv"
        assert "service.csv" in found

    def test_a_case_that_does_not_read(self, plan: Path) -> None:
        path = plan / "case" / "demand.csv"
        path.write_text(path.read_text().replace("training,1.5", "training,much"))
        audited = audit(plan)
        assert texts(audited)[0].startswith("case/demand.csv: is not the file that was solved")
        assert texts(audited)[1].startswith("case/demand.csv:3 demand_gw: expected ")
        assert {finding.file for finding in audited.findings} == {"case/demand.csv"}
        assert audited.text().endswith("cannot be read further.")

    def test_files_of_the_case_missing_and_too_many(self, plan: Path) -> None:
        (plan / "case" / "links.csv").rename(plan / "case" / "notes.txt")
        found = texts(audit(plan))
        assert "case/links.csv: is missing; plan.json says that it was solved" in found
        assert "case/notes.txt: is not among the files that were solved, says plan.json" in found

    def test_no_case_at_all(self, plan: Path) -> None:
        shutil.rmtree(plan / "case")
        assert "case: expected a folder with a case, found no such folder" in texts(audit(plan))


class TestRecord:
    @pytest.mark.parametrize(
        ("changes", "keys"),
        [
            ({"objective_usd_bn": 1.0}, ["objective_usd_bn"]),
            ({"cost_in_money_usd_bn": 1.0}, ["cost_in_money_usd_bn"]),
            ({"penalties_usd_bn": 1.0}, ["penalties_usd_bn"]),
            ({"penalties_usd_bn": None}, ["penalties_usd_bn"]),
            ({"present_cost_at_lease_rate_usd_bn": 1.0}, ["present_cost_at_lease_rate_usd_bn"]),
            ({"bound_usd_bn": 1e6}, ["bound_usd_bn"]),
            ({"gap": 0.5}, ["gap"]),
            ({"gap": "none"}, ["gap"]),
            ({"objective_usd_bn": None}, ["objective_usd_bn"]),
            ({"status": "optimal"}, ["status"]),
            ({"title": "another"}, ["title"]),
            ({"bound_usd_bn": 0.0, "gap": 1.0}, ["status"]),
            ({"bound_usd_bn": 0.0, "gap": 1.0, "status": "stopped", "stopped_by": "time limit"}, []),
            ({"bound_usd_bn": 0.0, "gap": 1.0, "status": "stopped"}, ["stopped_by"]),
            ({"stopped_by": "time limit"}, ["stopped_by"]),
            ({"bound_usd_bn": None, "gap": None}, ["bound_usd_bn"]),
            ({"notes": ["lake: may be signed twice"]}, ["notes"]),
            ({"more": 1}, ["more"]),
            ({"stress": {}}, ["stress.events"]),
            ({"gap": float("nan")}, ["gap"]),
            ({"versions": {}}, ["versions.highspy"]),
            ({"seconds": {"solve": -1}}, ["seconds.solve", "seconds.build"]),
            ({"inputs": []}, ["inputs"]),
        ],
    )
    def test_what_it_says(self, plan: Path, changes: dict[str, object], keys: list[str]) -> None:
        path = plan / "plan.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
        found = audit(plan).findings
        assert {finding.file for finding in found} <= {"plan.json"}
        named = {finding.column for finding in found}
        assert set(keys) <= named
        assert bool(named) is bool(keys)

    def test_the_objective_by_how_much(self, plan: Path) -> None:
        path = plan / "plan.json"
        record = json.loads(path.read_text())
        record["objective_usd_bn"] += 0.5
        path.write_text(json.dumps(record))
        assert any("(+0.5 USD bn)" in text for text in texts(audit(plan)))

    def test_a_bound_that_is_a_little_above_the_objective(self, plan: Path) -> None:
        path = plan / "plan.json"
        record = json.loads(path.read_text())
        record |= {"bound_usd_bn": record["objective_usd_bn"] + 0.01, "gap": 0.0}
        path.write_text(json.dumps(record))
        (finding,) = audit(plan).findings
        assert finding.column == "bound_usd_bn"
        assert "more than the objective" in str(finding)

    def test_options_of_another_case(self, plan: Path) -> None:
        path = plan / "plan.json"
        record = json.loads(path.read_text())
        record["options"]["gap"] = 0.5
        path.write_text(json.dumps(record))
        assert texts(audit(plan)) == ["plan.json options.gap: says 0.5, the case 1e-06"]

    def test_no_json(self, plan: Path) -> None:
        (plan / "plan.json").write_text("{")
        (finding,) = audit(plan).findings
        assert finding.file == "plan.json"


def forged(plan: Path, decisions: dict[str, float]) -> Audit:
    """The audit of a plan whose decisions are changed and all of whose files follow from them."""
    read = Plan.read(plan)
    portfolio = Portfolio.of(read.case)
    names = Solution(portfolio, np.zeros(0)).names
    wanted = {**read.values, **decisions}
    assert set(wanted) <= set(names)
    solution = Solution(portfolio, np.array([wanted.get(name, 0.0) for name in names]))
    record = replace(
        read.record,
        objective_usd_bn=solution.objective,
        cost_in_money_usd_bn=solution.objective,
        penalties_usd_bn=0.0,
        bound_usd_bn=solution.objective,
        gap=0.0,
        present_cost_at_lease_rate_usd_bn=solution.present_cost_at_lease_rate,
    )
    Plan.of(solution, record).write(plan, force=True)
    return audit(plan)


CREDITS, CARRIES = "credits,2026-01-01,large", "carries,2026-01-01,only"


class TestPromises:
    """Files that agree with one another, but not with what was promised."""

    def test_what_is_true_stays_true(self, plan: Path) -> None:
        assert forged(plan, {}).agrees

    @pytest.mark.parametrize(
        ("decisions", "says"),
        [
            ({f"cloud_commitment.sign[{CREDITS}]": 0.0}, "at most scale_max, 0 where not signed"),
            ({f"cloud_commitment.scale[{CREDITS}]": 0.9}, "at least scale_min where signed"),
            ({"cloud_commitment.sign[credits,2026-01-01,small]": 1.0}, "credits is signed at most once"),
            (
                {
                    "cloud_commitment.sign[credits,2026-01-01,small]": 1.0,
                    "cloud_commitment.scale[credits,2026-01-01,small]": 0.35,
                },
                "scale_min and whole steps",
            ),
            ({f"cloud_commitment.use[{CREDITS},tpu_a,there,2026-01-01]": 1.2}, "within capacity"),
            ({f"cloud_commitment.use[{CARRIES},tpu_a,here,2026-01-01]": 0.36}, "within its max_gw"),
            ({f"cloud_commitment.short[{CREDITS},1]": 0.0}, "what is short of the floor is paid"),
            ({f"cloud_commitment.drawn[{CREDITS},2026-01-01]": 4.2}, "within spend"),
            ({f"cloud_commitment.drawn[{CREDITS},2026-07-01]": 1.0}, "within what is prepaid"),
            ({f"cloud_commitment.credit_used[{CREDITS},2]": 3.5}, "credits used come from earlier shortfalls"),
            (
                {f"cloud_commitment.use[{CREDITS},tpu_a,there,2027-07-01]": 0.4},
                "credits used above the floor only",
            ),
            (
                {f"cloud_commitment.drawn[{CREDITS},2027-0{month}-01]": 4.5 for month in (1, 7)},
                "spend paid once, by credits or the prepayment",
            ),
            ({f"cloud_commitment.rolled_in[{CARRIES},2]": 3.5}, "rolled in within its share of the floor"),
            ({f"cloud_commitment.rolled_in[{CARRIES},2]": 1.6}, "rolled in from last year's spend above its floor"),
            ({"site_lease.exercise[hall_one,2026-01-01]": 0.0}, "at most the whole phase, 0 where not exercised"),
            ({"site_lease.share[hall_one,2026-01-01,backer]": 0.1}, "enough of hall_one is exercised by then"),
            ({"site_lease.share[hall_one,2026-01-01,backer]": 0.1}, "at least its min_share where exercised"),
            ({"site_lease.share[hall_two,2026-07-01,(own covenant)]": 1.1}, "at most the whole phase"),
            ({"site_lease.exercise[hall_one,2026-07-01]": 1.0}, "hall_one is exercised at most once"),
            ({"chip_purchase.order[lots,2026-07-01]": 0.42}, "whole multiples of lot_gw"),
            ({"chip_purchase.order[lots,2026-07-01]": 0.45}, "all that is ordered within max_gw"),
            ({"chip_purchase.order[lots,2026-07-01]": 0.05}, "at least min_gw if anything"),
            ({"chip_purchase.order[lots,2026-01-01]": 0.1}, "ordered on the day of its signature"),
            ({"chip_purchase.sign[lots,2026-01-01]": 1.0}, "lots is signed at most once"),
            ({"chip_purchase.sign[lots,2026-01-01]": 1.0}, "at least min_gw where signed"),
        ],
    )
    def test_a_term_of_a_contract(self, plan: Path, decisions: dict[str, float], says: str) -> None:
        found = texts(forged(plan, decisions))
        mine = [text for text in found if says in text]
        assert mine, found
        assert all("does not hold" in text for text in mine)
        assert {text.split(".csv")[0] for text in mine} <= {"decisions", "capacity"}

    def test_power_is_drawn_for_what_runs(self, plan: Path) -> None:
        names = [name for name in Plan.read(plan).values if name.startswith("own_fleet.draw[")]
        found = texts(forged(plan, {names[0]: 0.0}))
        assert any("power is drawn for all that runs" in text for text in found)

    def test_a_limit(self, plan: Path) -> None:
        """Serving 0.1 GW less than what is asked for, with a shortage of nothing."""
        found = texts(forged(plan, {"serving.flow[firm,there,there,chat,2026-01-01]": 0.05}))
        line = line_of(plan / "limits.csv", "meet_demand,demand/there/chat,2026-01-01")
        assert found == [
            f"limits.csv:{line} headroom: meet_demand demand/there/chat on 2026-01-01: "
            "0.1 reference GW used, 0.05 allowed"
        ]

    @pytest.mark.parametrize("says", [0.3, 0.5])
    def test_what_is_the_largest_of_others(self, tmp_path: Path, says: float) -> None:
        """Own halls of 0.4 GW are missed, whatever is said."""
        policies = "policy,kind,subject,from_date,value,penalty\np,own_capacity_min,,2026-01-01,0.4,5\n"
        case = Case.read(write_case(tmp_path / "case", TINY_TOML, policies=policies))
        solve(case).write(tmp_path / "plan")
        name = "policies.miss[p,(all),2026-01-01]"
        found = texts(forged(tmp_path / "plan", {name: says}))
        assert any(f"is the largest of what it depends on: {says} is not 0.4 ({name})" in text for text in found)

    def test_a_fraction_of_a_yes(self, plan: Path) -> None:
        found = texts(forged(plan, {f"cloud_commitment.sign[{CARRIES}]": 1 - 1e-7}))
        assert any(text.endswith("is 0.9999999, which is not whole") for text in found)

    def test_less_than_nothing(self, plan: Path) -> None:
        found = texts(forged(plan, {"serving.work[tpu_a,here,firm,chat,2026-01-01]": -0.1}))
        assert any("is -0.1, which is not from 0 to inf" in text for text in found)


def test_long_reports_are_cut(plan: Path) -> None:
    path = plan / "ledger.csv"
    rewrite(path, lambda rows: rows.__setitem__(slice(1, None), rows[1:90]))
    audited = audit(plan)
    assert len(audited.findings) > 40
    assert f"… and {len(audited.findings) - 40} more" in audited.text().splitlines()
    assert audited.text().endswith(f"The plan does not agree with itself: {len(audited.findings):,} findings.")


@pytest.mark.parametrize("instrument", CATALOGUE.instruments, ids=lambda each: each.name)
def test_an_instrument_that_has_constraints_has_contract_checks(instrument: Instrument) -> None:
    """The audit knows of a contract only what `contract_checks` restates, so none that says nothing goes unnoticed."""
    constraints = 0
    shipped_cases = [Case.read(shipped.path(name)) for name in shipped.names()]
    for case in (*shipped_cases, Case.made_of(case_files(12, periods=6, terms=1.0))):
        portfolio = Portfolio.of(case)
        block = getattr(model(portfolio).pyomo, instrument.name, None)
        mine = 0 if block is None else sum(len(each) for each in block.component_objects(pyo.Constraint))
        x = np.ones(portfolio.ledgers.size)
        checks = list(instrument.contract_checks(portfolio.case, portfolio.ledgers, x))
        assert bool(checks) >= bool(mine), f"{mine} constraints in {case.settings.title}, and no contract check"
        constraints += mine
    assert constraints > 0
