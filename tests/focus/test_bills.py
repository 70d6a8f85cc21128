"""Use in bills of FOCUS put into the folder of actuals of a case. January has 744 hours."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from planner.api import Case
from planner.basics.errors import DataError
from planner.cli import main
from planner.focus.imported import ImportOptions
from planner.focus.terms import Terms
from planner.roll.actuals import reading
from tests.focus.exported import files_in, into
from tests.instruments.test_cloud_endings import deal

COLUMNS = (
    "ChargeCategory,ContractApplied,CommitmentDiscountId,SkuId,RegionId,ChargePeriodStart,ChargePeriodEnd,"
    "ConsumedQuantity,ConsumedUnit"
)
JANUARY = "2026-01-01T00:00:00Z,2026-02-01T00:00:00Z"


def applied(contract: str, commitment: str = "CC-1", **more: object) -> dict[str, object]:
    return {
        "ContractId": contract,
        "ContractCommitmentId": commitment,
        **(more or {"ContractCommitmentAppliedCost": 1}),
    }


def charge(*elements: dict[str, object], rest: str = f"tpu_a,here,{JANUARY},744,MW-hours", discount: str = "") -> str:
    quoted = json.dumps({"Elements": elements}).replace('"', '""') if elements else ""
    return f'Usage,"{quoted}",{discount},{rest}'


def bill(file: Path, *charges: str) -> Path:
    file.write_text("\n".join([COLUMNS, *charges, ""]), encoding="utf-8")
    return file


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """The deal, which gives 1 GW of tpu_a, in a folder."""
    deal(tmp_path / "case", 1, 1, 1, right=None, months=12)
    return tmp_path / "case"


def rows(case: Path) -> list[str]:
    return (case / "actuals" / "usage.csv").read_text(encoding="utf-8").splitlines()[1:]


def test_use_belongs_to_the_contract_that_is_applied(tmp_path: Path, case: Path) -> None:
    """744 MW-hours twice are 2 MW; what another contract pays for, or a purchase, is passed over and said."""
    found = into(
        bill(
            tmp_path / "bill.csv",
            charge(applied("deal")),
            charge(applied("other"), applied("deal")),
            charge(applied("other")),
            charge(applied("other")),
            charge(applied("deal")).replace("Usage", "Purchase"),
            charge(discount="deal", rest=f"tpu_a,here,{JANUARY},7.44,GW-hours"),
        ),
        case,
    )
    assert rows(case) == ["deal,tpu_a,here,2026-01-01,0.012"]
    assert [str(each) for each in found.notes] == [
        "bill.csv:4 ContractApplied: expected a contract that is an offer of the case; --name THEIRS=OURS says which it"
        " is, found ''other'', in 2 rows".replace("''", "'")
    ]
    assert [use.gw for use in reading.read(case / "actuals").usage] == [0.012]


def test_a_commitment_may_name_the_offer(tmp_path: Path, case: Path) -> None:
    into(bill(tmp_path / "bill.csv", charge(applied("EA-7", "deal"))), case)
    assert rows(case) == ["deal,tpu_a,here,2026-01-01,0.001"]


def test_hours_of_chips_are_gw_by_the_power_that_is_stated(tmp_path: Path, case: Path) -> None:
    """744,000 hours at 1.5 kW in a month of 744 hours are 1,500 kW."""
    file = bill(tmp_path / "bill.csv", charge(applied("deal"), rest=f"tpu_a,here,{JANUARY},744000,Hours"))
    with pytest.raises(DataError, match=r"ConsumedUnit: expected GW-hours, .*--kw-per-chip, .*found 'Hours'"):
        into(file, case)
    into(file, case, ImportOptions(Terms(kw_per_chip={"": 9.0, "tpu_a": 1.5})))
    assert rows(case) == ["deal,tpu_a,here,2026-01-01,0.0015"]


def test_the_quantity_that_is_applied_counts(tmp_path: Path, case: Path) -> None:
    more = {"ContractCommitmentAppliedQuantity": 372, "ContractCommitmentAppliedUnit": "MWh"}
    into(bill(tmp_path / "bill.csv", charge(applied("deal", **more))), case)
    assert rows(case) == ["deal,tpu_a,here,2026-01-01,0.0005"]


def test_names_of_the_bill_may_be_others(tmp_path: Path, case: Path) -> None:
    file = bill(tmp_path / "bill.csv", charge(applied("EA-7"), rest=f"SKU-1,eu-1,{JANUARY},744,MWh"))
    terms = Terms({"EA-7": "deal", "SKU-1": "tpu_a"})
    with pytest.raises(DataError, match="RegionId: expected a region of the case; --name eu-1=OURS says which it is"):
        into(file, case, ImportOptions(terms))
    into(file, case, ImportOptions(Terms({**terms.names, "eu-1": "here"})))
    assert rows(case) == ["deal,tpu_a,here,2026-01-01,0.001"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (charge(applied("deal"), rest=f"tpu_a,here,{JANUARY},much,MWh"), "ConsumedQuantity: expected a number"),
        (f"Usage,nothing,,tpu_a,here,{JANUARY},1,MWh", "ContractApplied: expected contracts as JSON"),
        (charge(applied("none")), "expected use of an offer of "),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, case: Path, text: str, said: str) -> None:
    before = files_in(case)
    with pytest.raises(DataError) as caught:
        into(bill(tmp_path / "bill.csv", text), case)
    assert said in str(caught.value)
    assert files_in(case) == before


def test_use_under_two_contracts_of_the_case_is_refused(tmp_path: Path, case: Path) -> None:
    more = (
        "+cloud_commitments{offer=two, provider=cloud, status=open, lead_months=0, term_years=1, shortfall=forfeit,"
        " chip=tpu_a, region=here, price_usd_bn_per_gw_year=9, capacity_gw=1}"
    )
    Case.read(case).change(more).write(tmp_path / "both")
    file = bill(tmp_path / "bill.csv", charge(applied("deal"), applied("two")))
    with pytest.raises(DataError, match="one contract of the case, so that no use counts twice, found deal, two"):
        into(file, tmp_path / "both")
    into(file, case)
    assert rows(case) == ["deal,tpu_a,here,2026-01-01,0.001"]


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def test_months_that_are_there_are_replaced_only_where_that_is_asked_for(tmp_path: Path, case: Path) -> None:
    february = JANUARY.replace("-02-", "-03-").replace("-01-01T", "-02-01T", 1)
    file = bill(
        tmp_path / "bill.csv", charge(applied("deal")), charge(applied("deal"), rest=f"tpu_a,here,{february},672,MWh")
    )
    assert run("import", file, "--into", case).exit_code == 0
    bill(file, charge(applied("deal"), rest=f"tpu_a,here,{JANUARY},372,MWh"))
    again = run("import", file, "--into", case)
    assert again.exit_code == 2
    assert "actuals/usage.csv has use of deal in the same months already; --force replaces it" in again.output
    assert run("import", file, "--into", case, "--force").exit_code == 0
    assert rows(case) == ["deal,tpu_a,here,2026-02-01,0.001", "deal,tpu_a,here,2026-01-01,0.0005"]
    assert run("check", case).exit_code == 0


def test_a_bill_that_lies_there_is_not_touched(tmp_path: Path, case: Path) -> None:
    (case / "actuals").mkdir()
    bill(case / "actuals" / "usage.csv", charge(discount="deal"))
    found = run("import", bill(tmp_path / "bill.csv", charge(applied("deal"))), "--into", case, "--force")
    assert found.exit_code == 2
    assert "holds rows of FOCUS, which are read as they are; move it away first" in found.output
