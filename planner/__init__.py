"""Plans which compute contracts to sign, when, how much and with whose guarantee, at least present cost.

Start with `Case.read(folder)`, `case.change(…)`, `case.check()`, `case.solve()` and `Plan.read(folder)`. The function
`planner.plan.audit.audit(folder)` audits a plan, and `planner.plan.audit.opened(folder)` audits it and then reads it.
All of them are loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.api import Case as Case
    from planner.api import Plan as Plan
    from planner.basics.errors import DataError as DataError
    from planner.basics.errors import Infeasible as Infeasible
    from planner.basics.errors import MissingResource as MissingResource
    from planner.basics.errors import NoPlan as NoPlan
    from planner.basics.errors import Stopped as Stopped

_HOMES = {
    "Case": "planner.api",
    "DataError": "planner.basics.errors",
    "Infeasible": "planner.basics.errors",
    "MissingResource": "planner.basics.errors",
    "NoPlan": "planner.basics.errors",
    "Plan": "planner.api",
    "Stopped": "planner.basics.errors",
}

__all__ = ["Case", "DataError", "Infeasible", "MissingResource", "NoPlan", "Plan", "Stopped"]


def __getattr__(name: str) -> object:
    """The classes in `__all__`, each loaded when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module 'planner' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
