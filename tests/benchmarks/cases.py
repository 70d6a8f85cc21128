"""Cases and plans of the benchmarks, made and audited outside of what is timed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import PLANNER, PYTHON, run

SEED = 1
AUDIT = """
import sys
from planner.plan.audit import audit
for plan in sys.argv[1:]:
    audited = audit(plan)
    if not audited.agrees:
        sys.exit(f"{plan}: {audited.text()}")
"""


def generated(folder: Path, offers: int, periods: int = 40, months: int = 3, seed: int = SEED) -> Path:
    """A random portfolio, always the same one for its sizes and seed; made once."""
    case = folder / f"generated-{offers}-{periods}-{months}-{seed}"
    if not case.exists():
        run(
            (*PLANNER, "generate", case, "--offers", str(offers), "--periods", str(periods),
             "--period-months", str(months), "--seed", str(seed))
        )  # fmt: skip
    return case


def record(plan: Path) -> dict[str, Any]:
    """`plan.json`."""
    found: dict[str, Any] = json.loads((plan / "plan.json").read_text(encoding="utf-8"))
    return found


def audit_all(plans: Iterable[Path]) -> None:
    """Audit many plans in one process; raises RuntimeError where one does not agree."""
    run((*PYTHON, "-c", AUDIT, *plans))


def proven(plan: Path) -> dict[str, float]:
    """What a plan proves of the optimum, once an audit agrees with it: `objective` and `bound`.

    Raises RuntimeError where the audit does not agree.
    """
    run((*PLANNER, "audit", plan))
    said = record(plan)
    bound = said["bound_usd_bn"]
    return {"objective": said["objective_usd_bn"], "bound": float("-inf") if bound is None else bound}
