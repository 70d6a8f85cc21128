"""Plain names of lines that several instruments post."""

from __future__ import annotations

from planner.interfaces.plain_lines import Meaning, PlainLine, PlainLines


def signing_fee(meaning: Meaning, what: str) -> PlainLines:
    """What is paid on signing contracts for something."""
    says = f"Paid once on the day on which a contract for {what} is signed."
    return {"signing_fee": PlainLine(f"Signing fees for {what}", says, meaning)}


def termination_fee(meaning: Meaning, what: str) -> PlainLines:
    """What is paid for an early end of contracts for something."""
    says = f"Paid once where a contract for {what} is ended before its term."
    return {"termination_fee": PlainLine(f"Fees for ending {what} early", says, meaning)}


def after_end(meaning: Meaning, what: str) -> PlainLines:
    """What contracts for something are worth that outlive the horizon."""
    return {
        "unused_part": PlainLine(
            f"Unused part of what was paid for {what}",
            f"The part of fees and sums paid in advance for {what} that buys time after the end of the plan.",
            meaning,
        ),
        "value_after_end": PlainLine(
            f"Worth of what is still owed for {what}",
            f"What the payments for {what} that fall due after the end of the plan buy is worth.",
            meaning,
        ),
    }


def guarantee_fee(what: str) -> PlainLines:
    """What guarantors of contracts for something are paid."""
    says = f"Paid to guarantors for standing behind contracts for {what}."
    return {"guarantee_fee": PlainLine(f"Guarantee fees for {what}", says, Meaning.GUARANTEES)}


def chips_held(what: str) -> PlainLines:
    """What chips cost and bring while they are held."""
    return {
        "upkeep": PlainLine(f"Upkeep of {what}", f"Repair, staff and spares for {what}.", Meaning.UPKEEP),
        "resale": PlainLine(
            f"Resale value of {what}", f"What {what} would sell for at the end of the plan.", Meaning.CHIPS
        ),
    }
