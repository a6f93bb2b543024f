"""What departments are measured by (部门指标, AN-14, AN-17): rules over facts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Protocol

from desktop.domain.analytics.report import Drill

#: What sends goods back along the supply chain.
RETURNS: Final = ("exchange", "refund")
#: AN-14: days from receipt until a return is settled.
RETURN_DAYS: Final = 3
#: AN-17: seconds within which a customer is answered.
RESPONSE_SECONDS: Final = 2 * 3600
#: Dimensions of drills that no cell has: their cases are found by the rules below.
DRILLS: Final = frozenset({"technical", "returned", "answered"})


class Settled(Protocol):
    """What of a compensation tells a return of goods."""

    @property
    def day(self) -> date:
        """The day on which it was granted."""
        ...

    @property
    def instrument(self) -> str:
        """How it was paid."""
        ...


class DepartmentFacts(Protocol):
    """What of a case's facts departments are measured by."""

    @property
    def opened(self) -> date:
        """The day of receipt."""
        ...

    @property
    def code(self) -> str:
        """The complaint's code."""
        ...

    @property
    def level(self) -> int:
        """Its level."""
        ...

    @property
    def duplicate(self) -> bool:
        """Whether it is counted under another."""
        ...

    @property
    def solved(self) -> date | None:
        """The day on which it was solved."""
        ...

    @property
    def response_s(self) -> int | None:
        """Seconds until the customer was first answered."""
        ...

    @property
    def transfers(self) -> int:
        """How often it changed hands."""
        ...

    @property
    def reopened(self) -> int:
        """How often it was opened again."""
        ...

    @property
    def money(self) -> Sequence[Settled]:
        """What was granted."""
        ...


@dataclass(frozen=True, slots=True)
class DepartmentCounts:
    """Counts of a period: technical complaints solved, at once; returns, quick ones, their days.

    `answered` gives by level how many complaints came, and those answered in time (AN-17).
    """

    technical: int = 0
    at_once: int = 0
    returns: int = 0
    quick: int = 0
    days: int = 0
    answered: Mapping[int, tuple[int, int]] = field(default_factory=dict)


def count(
    cases: Iterable[DepartmentFacts], since: date, until: date, technical: Collection[str]
) -> DepartmentCounts:
    """Count the cases of [since, until); `technical` are the codes of the technical class."""
    solved = at_once = returns = quick = days = 0
    answered: dict[int, tuple[int, int]] = {}
    for facts in cases:
        if solved_technical(facts, technical, since, until):
            solved += 1
            at_once += solved_at_once(facts)
        settled = returned_on(facts)
        if settled is not None and since <= settled < until:
            taken = (settled - facts.opened).days
            returns, quick, days = returns + 1, quick + (taken <= RETURN_DAYS), days + taken
        if since <= facts.opened < until and not facts.duplicate:
            n, met = answered.get(facts.level, (0, 0))
            answered[facts.level] = n + 1, met + answered_in_time(facts)
    return DepartmentCounts(solved, at_once, returns, quick, days, dict(sorted(answered.items())))


def solved_technical(
    facts: DepartmentFacts, technical: Collection[str], since: date, until: date
) -> bool:
    """Tell whether it is a technical complaint that was solved in [since, until)."""
    solved = facts.solved is not None and since <= facts.solved < until
    return solved and facts.code in technical and not facts.duplicate


def solved_at_once(facts: DepartmentFacts) -> bool:
    """Tell whether it was solved on the day of receipt by whoever had it first, and stayed so."""
    return facts.solved == facts.opened and not facts.transfers and not facts.reopened


def returned_on(facts: DepartmentFacts) -> date | None:
    """Return the day on which a return of goods was first settled."""
    if facts.duplicate:
        return None
    return min((item.day for item in facts.money if item.instrument in RETURNS), default=None)


def answered_in_time(facts: DepartmentFacts) -> bool:
    """Tell whether the customer was first answered within two hours of receipt."""
    return facts.response_s is not None and facts.response_s <= RESPONSE_SECONDS


def is_behind(facts: DepartmentFacts, drill: Drill) -> bool:
    """Tell whether a complaint is behind a figure of DRILLS: `key` names codes or the level."""
    if drill.dim == "technical":
        return solved_technical(facts, drill.key.split(","), drill.since, drill.until)
    if drill.dim == "returned":
        day = returned_on(facts)
        return day is not None and drill.since <= day < drill.until
    came = drill.since <= facts.opened < drill.until and not facts.duplicate
    return came and str(facts.level) == drill.key
