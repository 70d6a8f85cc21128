"""Hedges as tests make them: every one is written, read and audited."""

import tempfile
from pathlib import Path

from planner.api import Case
from planner.hedge.hedge import hedge
from planner.hedge.valuing import USUAL, ValuesAsked
from planner.plan.hedges.audit import audit
from planner.plan.hedges.hedge import Hedge


def hedged(case: Case, asked: ValuesAsked = USUAL) -> Hedge:
    """The plan for all futures of a case, once an audit of its folder has agreed with it."""
    return confirmed(hedge(case, asked=asked))


def confirmed(found: Hedge) -> Hedge:
    """The hedge, once an audit of its folder has agreed with it, and once it was read as it was written."""
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "hedge"
        found.write(written)
        read = Hedge.read(written)
        assert read.record == found.record
        audited = audit(written)
        assert audited.agrees, audited.text()
        for future in found.futures_tree.futures:
            assert read.plan(future.name).values == found.plan(future.name).values
    return found


def costs(found: Hedge) -> dict[str, float]:
    """What each future costs [USD bn]."""
    return {each.name: each.cost_usd_bn for each in found.record.futures}


def policy(found: Hedge, what: str) -> dict[tuple[str, str], float]:
    """Decisions of one kind on signing, by what is known and offer."""
    rows = found.signatures[found.signatures["what"] == what]
    return {(row["known"], row["offer"]): row["value"] for row in rows.to_dict("records")}
