"""What departments are measured by (部门指标, AN-14, AN-17): rules over facts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from desktop.domain.analytics.case_facts import CaseFacts
from desktop.domain.analytics.report import Drill

#: What sends goods back along the supply chain.
RETURNS: Final = ("exchange", "refund")
#: AN-14: days from receipt until a return is settled.
RETURN_DAYS: Final = 3
#: AN-17: seconds within which a customer is answered.
RESPONSE_SECONDS: Final = 2 * 3600
#: Dimensions of drills that no cell has: their cases are found by the rules below.
DRILLS: Final = frozenset({"technical", "returned", "answered"})


@dataclass(frozen=True, slots=True)
class DepartmentCounts:
    """Counts of a period: technical complaints solved, at once; returns, quick ones, their days."""

    technical: int = 0
    at_once: int = 0
    returns: int = 0
    quick: int = 0
    days: int = 0


def solved_technical(
    facts: CaseFacts, technical: Collection[str], since: date, until: date
) -> bool:
    """Tell whether it is a technical complaint that was solved in [since, until)."""
    solved = facts.solved is not None and since <= facts.solved < until
    return solved and facts.code in technical and not facts.duplicate


def solved_at_once(facts: CaseFacts) -> bool:
    """Tell whether it was solved on the day of receipt by whoever had it first, and stayed so."""
    return facts.solved == facts.opened and not facts.transfers and not facts.reopened


def returned_on(facts: CaseFacts) -> date | None:
    """Return the day on which a return of goods was first settled."""
    days = [item.day for item in facts.money if item.instrument in RETURNS]
    return None if facts.duplicate else min(days, default=None)


def answered_in_time(facts: CaseFacts) -> bool:
    """Tell whether the customer was first answered within two hours of receipt."""
    return facts.response_s is not None and facts.response_s <= RESPONSE_SECONDS


def is_behind(facts: CaseFacts, drill: Drill) -> bool:
    """Tell whether a complaint is behind a figure of DRILLS: `key` names codes or the level."""
    if drill.dim == "technical":
        return solved_technical(facts, drill.key.split(","), drill.since, drill.until)
    if drill.dim == "returned":
        day = returned_on(facts)
        return day is not None and drill.since <= day < drill.until
    came = drill.since <= facts.opened < drill.until and not facts.duplicate
    return came and str(facts.level) == drill.key
