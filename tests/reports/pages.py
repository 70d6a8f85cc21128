"""Plans written and looked at as `planner report` does, and a page's text taken apart."""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd

from planner.api import Case
from planner.plan.audit import audit
from planner.plan.plan import Plan
from planner.reports.page.plan_view import View
from planner.solve.solve import solve

POINTS = pd.DataFrame(
    [
        (4.0, 4.0, "USD bn", 10.0, 9.5, 0.05, False, False),
        (2.0, 2.0, "USD bn", 11.0, 11.0, 0.0, False, True),
        (1.0, 2.0, "USD bn", 12.0, None, None, True, False),
        (0.0, 0.0, "USD bn", 20.0, 20.0, 0.0, False, False),
    ],
    columns=["asked", "measured", "unit", "cost_usd_bn", "bound_usd_bn", "gap", "dominated", "knee"],
).assign(cost_in_money_usd_bn=[10.0, 10.5, 12.0, 15.0], penalties_usd_bn=[0.0, 0.5, 0.0, 5.0])  # fmt: skip
"""a frontier as `Frontier.table` tells it"""
SIGNED = pd.DataFrame(
    [("a", "must", 0.5, 0.4), ("b", "never", None, None), ("c", "may", 0.0, None)],
    columns=["offer", "verdict", "plan_1", "least debt"],
)
"""plans as `Alternatives.table` tells them"""
COSTS = {"plan_1": 10.0, "least debt": 10.1}
"""what they cost"""

VOID = {"meta", "link", "img", "br", "input"}
SENTENCES = ("script", "style")


def viewed(case: Case, folder: Path) -> View:
    """The plan of least present cost, written to a folder, read back and audited there."""
    solve(case).write(folder)
    audited = audit(folder)
    assert audited.agrees, audited.text()
    return View(Plan.read(folder), audited)


@dataclass
class Parsed(HTMLParser):
    """The elements of a page, and what is written in them."""

    text: str
    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts[-1] += data
        elif self.open and self.open[-1] not in SENTENCES:
            self.words.append(data)

    @property
    def data(self) -> dict[str, Any]:
        """The page's data: `drawings` and `downloads` by their ids."""
        return json.loads(self.scripts[0])

    def having(self, attribute: str) -> dict[str, dict[str, str | None]]:
        """Attributes of the elements that have one, by its value."""
        return {str(attributes[attribute]): attributes for _, attributes in self.elements if attribute in attributes}
