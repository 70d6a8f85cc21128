"""Words of the report, one sentence each."""

from __future__ import annotations

from planner.reports.page.parts import Glossary, Part
from planner.reports.page.plan_view import View

NAME, TITLE = "glossary", "Words"
LEAD = "What the words of this report mean."
TERMS = (
    (
        "Announced, reported, assumed",
        "Whether a figure comes from the parties to a deal, from others in public, or from whoever made the case.",
    ),
    (
        "Audit",
        "The plan's files are read again and every limit and cost is worked out from them anew, without the "
        "search that made the plan.",
    ),
    (
        "Bound",
        "What no plan can cost less than, as the search has proven.",
    ),
    (
        "Binds",
        "What a contract makes the lab pay once it is signed, undiscounted, to the contract's end, whether it "
        "uses what it pays for or not.",
    ),
    (
        "Cost in money",
        "The present value of everything paid less everything received for compute; loans and equity are not part "
        "of it, as they are paid back or sold.",
    ),
    (
        "Cover",
        "Net revenue of a year divided by the fixed payments of the next twelve months.",
    ),
    (
        "Decide by",
        "The last day on which a contract can be signed in its offer's window and still serve from when the plan "
        "has it serve.",
    ),
    (
        "Expected future",
        "The case as it stands, with every date and price as stated; surprises are left out.",
    ),
    (
        "Floor",
        "What a cloud contract must be paid in a year even if less is used.",
    ),
    (
        "Gap",
        "By how much the plan could still be too dear, as a share of its cost.",
    ),
    (
        "Guarantee, backing",
        "A promise of somebody else to pay a rent or to make up for a lost value, which uses up what that party "
        "is able to promise.",
    ),
    (
        "GW, reference GW",
        "Power of the machines themselves; a reference GW is as much as does the work of a GW of the case's "
        "reference chip.",
    ),
    (
        "GW-year",
        "A GW that is there for a year.",
    ),
    (
        "Headroom",
        "What is left of a limit.",
    ),
    (
        "Horizon",
        "The years that the plan looks at; what is owed after it is stated apart.",
    ),
    (
        "Net revenue",
        "Revenue less all costs but those of compute.",
    ),
    (
        "Next best plan",
        "The cheapest plan without one of the offers that this plan signs.",
    ),
    (
        "Obligations",
        "All that signed contracts still owe, undiscounted.",
    ),
    (
        "Penalty",
        "A price that the case puts on demand that is not served and on aims that are missed; nobody is paid it.",
    ),
    (
        "Period",
        "The step of time of the plan; what happens within one is not told apart.",
    ),
    (
        "Present value",
        "What a later payment is worth on the first day of the plan, at the discount rate of the case.",
    ),
    (
        "Proven",
        "That no cheaper plan exists within the terms of the case, up to the gap; it says nothing of whether "
        "those terms come true.",
    ),
    (
        "SPV",
        "A company that others fund to buy chips and to lease them to the lab.",
    ),
)


def parts(view: View) -> list[Part]:
    """The words."""
    return [Glossary("words", TERMS)]
