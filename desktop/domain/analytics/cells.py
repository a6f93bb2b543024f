"""The counters that one complaint adds to: one definition for rollups and for recomputation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from desktop.domain.analytics.case_facts import CaseFacts
from desktop.domain.improvement.reviews import CHECKS

#: Severity of levels 1 to 4, and of none yet, for the priority (AN-08).
SEVERITY: Final = {1: 4, 2: 3, 3: 2, 4: 1, 0: 2}


@dataclass(frozen=True, slots=True)
class Cell:
    """`n` cases (or acts) and a `total` of the dimension's unit, counted on `day` in one store."""

    day: date
    dim: str
    key: str
    n: int = 1
    total: int = 0

    @property
    def month(self) -> str:
        """The calendar month, YYYY-MM."""
        return f"{self.day.year:04d}-{self.day.month:02d}"


CellKey: TypeAlias = tuple[str, str, str]
"""Month, dimension, key."""
Sums: TypeAlias = Mapping[tuple[str, str], tuple[int, int]]
"""(dimension, key) to (n, total)."""


def alike_keys(facts: CaseFacts) -> tuple[str, ...]:
    """Return the kinds that a complaint repeats (QA-02): its code with SKU, with batch, or bare."""
    if not facts.code:
        return ()
    traces = [f"{facts.code}|{name}:{value}" for name, value in _traces(facts) if value]
    return tuple(traces) or (f"{facts.code}|",)


def _traces(facts: CaseFacts) -> tuple[tuple[str, str], ...]:
    return (("sku", facts.sku), ("batch", facts.batch))


def cells_of(facts: CaseFacts) -> Iterator[Cell]:
    """Yield every cell that the case counts in; a duplicate counts as such and nowhere else."""
    if facts.duplicate:
        yield Cell(facts.opened, "duplicate", "")
        return
    yield from _opening(facts)
    yield from _ending(facts)
    for clock in facts.clocks:
        if clock.done is not None:
            met = int(clock.done <= clock.due)
            yield Cell(clock.day, "clock", clock.name, 1, met)
    for survey in facts.surveys:
        yield Cell(survey.day, "csat", str(survey.score), 1, survey.score)
        yield Cell(survey.day, "csat_family", facts.family, 1, survey.score)
        yield Cell(survey.day, "csat_person", facts.owner, 1, survey.score)
        if survey.nps is not None:
            yield Cell(survey.day, "nps", str(survey.nps), 1, survey.nps)
        if survey.ces is not None:
            yield Cell(survey.day, "ces", str(survey.ces), 1, survey.ces)
    paid: set[str] = set()
    for item in facts.money:
        yield Cell(item.day, "money", item.ledger, 1, item.fen)
        yield Cell(item.day, "code_money", facts.code, 1, item.fen)
        yield Cell(item.day, "instrument", item.instrument, 1, item.fen)
        if item.ledger == "goodwill":
            yield Cell(item.day, "band", item.band, 1, item.fen)
        if item.ledger not in paid:
            paid.add(item.ledger)
            yield Cell(item.day, "money_case", item.ledger)


def _opening(facts: CaseFacts) -> Iterator[Cell]:
    day = facts.opened
    yield Cell(day, "opened", "", 1, facts.touches)
    yield Cell(day, "code", facts.code, 1, SEVERITY[facts.level])
    yield Cell(day, "family", facts.family)
    yield Cell(day, "level", str(facts.level))
    yield Cell(day, "channel", facts.channel)
    yield Cell(day, "tier", facts.tier)
    yield Cell(day, "person", facts.owner)
    yield Cell(day, "hour", f"{day.weekday()}-{facts.hour:02d}")
    yield Cell(day, "day", day.isoformat())
    if facts.sku:
        yield Cell(day, "sku", facts.sku)
    if facts.batch:
        yield Cell(day, "batch", facts.batch)
    for key in alike_keys(facts):
        yield Cell(day, "alike", key)
    if facts.code:
        yield Cell(day, "link", f"{facts.code}|{facts.channel}")
    for name, holds in (
        ("repeat", facts.repeat or facts.reopened > 0),
        ("reopened", facts.reopened > 0),
        ("transferred", facts.transfers > 0),
        ("external", facts.external),
    ):
        if holds:
            yield Cell(day, name, "")


def _ending(facts: CaseFacts) -> Iterator[Cell]:
    if facts.response_s is not None:
        yield Cell(facts.opened, "response", "", 1, facts.response_s)
    if facts.solved is not None:
        yield Cell(facts.solved, "solved", "", 1, facts.solved_s or 0)
        yield Cell(facts.solved, "solved_family", facts.family, 1, facts.solved_s or 0)
        yield Cell(facts.solved, "solved_person", facts.owner, 1, facts.solved_s or 0)
        if facts.transfers == 0 and facts.reopened == 0 and facts.solved == facts.opened:
            yield Cell(facts.solved, "fcr", "")
    if facts.closed is not None:
        yield Cell(facts.closed, "closed", facts.outcome)
        if facts.effective:
            yield Cell(facts.closed, "effective", "")
        if facts.overdue_reason:
            yield Cell(facts.closed, "overtime", facts.overdue_reason)
        if facts.money:
            yield Cell(facts.closed, "compensated", "")
        for node in facts.nodes:
            yield Cell(facts.closed, "node", node.node, 1, node.seconds)
        if facts.checks is not None:
            passed = len(CHECKS) - len(facts.checks)
            yield Cell(facts.closed, "checked", facts.closed.isoformat(), 1, passed)
            for check in facts.checks:
                yield Cell(facts.closed, "check_failed", check)
    # 闭环率 (NC-11) follows the cases accepted in the period, whenever they closed.
    if facts.outcome == "confirmed" and facts.closed is not None:
        yield Cell(facts.opened, "accepted_closed", "")
    if facts.effective:
        yield Cell(facts.opened, "accepted_effective", "")


def month_sums(facts: CaseFacts) -> dict[CellKey, tuple[int, int]]:
    """Return what one case adds to the monthly rollups of its store."""
    found: dict[CellKey, tuple[int, int]] = {}
    for cell in cells_of(facts):
        place = (cell.month, cell.dim, cell.key)
        n, total = found.get(place, (0, 0))
        found[place] = (n + cell.n, total + cell.total)
    return found


def sums_between(cases: Iterable[CaseFacts], since: date, until: date) -> Sums:
    """Return the sums of the cells with a day in [since, until)."""
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for facts in cases:
        for cell in cells_of(facts):
            if since <= cell.day < until:
                sums = found[cell.dim, cell.key]
                sums[0] += cell.n
                sums[1] += cell.total
    return {place: (n, total) for place, (n, total) in found.items()}


def counts_in(facts: CaseFacts, dim: str, key: str, since: date, until: date) -> bool:
    """Tell whether the case is behind the mark (dim, key) of a period; a drill shows those."""
    return any(
        cell.dim == dim and key in ("*", cell.key) and since <= cell.day < until
        for cell in cells_of(facts)
    )


def span_of(facts: CaseFacts) -> tuple[date, date]:
    """Return the first and the last day on which the case counts anywhere."""
    days = [cell.day for cell in cells_of(facts)]
    return min(days), max(days)
