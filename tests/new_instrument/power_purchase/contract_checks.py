"""Power purchase: what a contract demands, restated from its row."""

from collections import defaultdict
from collections.abc import Iterator

from planner.basics.arrays import Vector
from planner.interfaces.case_data import CaseData
from planner.ledgers.contract_checks import ContractCheck, values
from planner.ledgers.ledgers import Ledgers

from .tables import PowerPurchase


def contract_checks(case: CaseData, ledgers: Ledgers, x: Vector) -> Iterator[ContractCheck]:
    """Every demand of every contract on the decisions x; shape (variables,)."""
    rows = {row.offer: row for row in case.rows(PowerPurchase)}
    numbers = ledgers.find("power_purchase", "size").numbers
    size = values(ledgers, x, "power_purchase", "size")
    signed: dict[str, float] = defaultdict(float)
    for key, sign in values(ledgers, x, "power_purchase", "sign").items():
        offer = str(key[0])
        row, signed[offer] = rows[offer], signed[offer] + sign
        says = f"{offer} signed on {key[1]}"
        yield ContractCheck(numbers[key], f"{says}: at least min_gw", row.min_gw * sign, size[key])
        yield ContractCheck(
            numbers[key], f"{says}: at most max_gw, nothing if not signed", size[key], row.max_gw * sign
        )
        yield ContractCheck(numbers[key], f"{offer} is signed at most once", signed[offer], 1.0)
