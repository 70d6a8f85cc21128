"""Books that must agree with the plan that they are of."""

import numpy as np
import pytest

from planner.accounts.books import Books, Standard
from planner.accounts.disclosures import tables
from planner.plan.plan import Plan

MOVES = {
    "opening": "opening_usd_bn",
    "additions": "additions_usd_bn",
    "interest": "interest_usd_bn",
    "payments": "repayment_usd_bn",
    "closing": "closing_usd_bn",
}


def reconciled(plan: Plan) -> None:
    """Fail where liabilities are not those of `debt.csv`, an asset outlives its leases, or a table does not add up."""
    for standard in Standard:
        books = Books(plan, standard)
        for name in {each.contract.debt_class for each in books.entries}:
            mine = [each.liability for each in books.entries if each.contract.debt_class == name]
            debt = plan.debt[plan.debt["class"] == name]
            if debt.empty:  # none is recognised within the horizon
                assert all((each.measured == 0).all() for each in mine)
                continue
            for ours, theirs in MOVES.items():
                total = np.sum([getattr(each, ours) for each in mine], axis=0)
                assert total == pytest.approx(debt[theirs].to_numpy(float), abs=1e-8), (standard, name, ours)
        for each in books.entries:
            asset, owed = each.asset, each.liability
            assert asset.opening[1:] == pytest.approx(asset.closing[:-1], abs=1e-9)
            assert (asset.closing > -1e-8).all(), each.contract.offer
            over = max(lease.ends for lease in each.contract.leases) <= books.calendar.start_years(books.calendar.T)
            if over and each.contract.leases[0].first < books.calendar.T:
                assert asset.closing[-1] == pytest.approx(0.0, abs=1e-8), each.contract.offer
                assert owed.closing[-1] == pytest.approx(0.0, abs=1e-8), each.contract.offer
        _tables(books)


def _tables(books: Books) -> None:
    """Every roll-forward adds up, and every maturity analysis ends in the liability of its day."""
    found = tables(books)
    if not books.entries:
        return
    liability, asset, maturity = (found[name] for name in ("liability", "right_of_use", "maturity"))
    sums = liability.opening_usd_bn + liability.additions_usd_bn + liability.interest_usd_bn - liability.payments_usd_bn
    assert sums.to_numpy() == pytest.approx(liability.closing_usd_bn.to_numpy(), abs=1e-8)
    sums = asset.opening_usd_bn + asset.additions_usd_bn - asset.amortisation_usd_bn
    assert sums.to_numpy() == pytest.approx(asset.closing_usd_bn.to_numpy(), abs=1e-8)
    values = maturity.pivot(index=["assets", "as_of"], columns="due", values="value_usd_bn")
    bands = values[[f"year {k}" for k in range(1, 6)]].sum(axis=1) + values["later"]
    assert (bands + values["less interest"]).to_numpy() == pytest.approx(values["lease liability"].to_numpy(), abs=1e-8)
    at = liability.set_index(["assets", "to"])["closing_usd_bn"].sort_index()
    assert values["lease liability"].sort_index().to_numpy() == pytest.approx(at.to_numpy(), abs=1e-8)
