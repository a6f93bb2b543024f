"""AN-13: the service quality index is what the rule checks find, case by case, and drills."""

from __future__ import annotations

from decimal import Decimal

import pytest

from desktop.domain import fold
from desktop.domain.analytics.report import ChartBlock, Report, TableBlock, TextBlock
from desktop.domain.improvement.reviews import CHECKS, check_text
from desktop.services.desk import Desk
from desktop.services.reporting_ports import CaseQuery

PERIODS = {"week": "2026-W46", "month": "2026-10"}


def found_by_hand(desk: Desk, report: Report) -> dict[str, list[tuple[str, ...]]]:
    """Return by closing day what each closed case's own events fail, read again from them."""
    use = desk.use_cases
    drill = report.figure("closed").drill
    assert drill is not None
    query = CaseQuery(drill.stores, drill.since, drill.until, "closed")
    days: dict[str, list[tuple[str, ...]]] = {}
    for facts in use.reporting._rollups.cases(query):
        state = fold.fold(facts.stream, use.journal.events(facts.stream))
        words = [c.note for c in state.contacts] + [p.text for p in state.promises.values()]
        if any(isinstance(word, str) and word.strip() for word in (*words, state.solution)):
            day = str(facts.closed)
            days.setdefault(day, []).append(check_text(state, use.handling.policy_of(state)))
    return days


@pytest.mark.parametrize("kind", PERIODS)
def test_the_index_is_the_share_of_checks_passed(reading: Desk, kind: str) -> None:
    report = reading.report(kind, PERIODS[kind], "zh_CN")
    assert isinstance(report, Report)
    days = found_by_hand(reading, report)
    failed = [flag for cases in days.values() for flags in cases for flag in flags]
    count = sum(map(len, days.values()))
    figure = report.figure("service_quality")
    assert figure.denominator == len(CHECKS) * count > 0
    assert figure.numerator == Decimal(len(CHECKS) * count - len(failed))
    (section,) = [s for s in report.sections if s.id == "service_quality"]
    (table,) = [b for b in section.blocks if isinstance(b, TableBlock)]
    assert [int(row[1]) for row in table.rows] == [failed.count(check) for check in CHECKS]
    (chart,) = [b for b in section.blocks if isinstance(b, ChartBlock)]
    by_label = {int(day[-2:]): cases for day, cases in days.items()}
    for mark in chart.marks:
        cases = by_label.get(int(mark.label), [])
        passed = sum(len(CHECKS) - len(flags) for flags in cases)
        assert mark.value == (passed * 100 / (3 * len(cases)) if cases else 0)
        assert (mark.drill is None) == (not cases)
        if mark.drill is not None:
            behind = reading.use_cases.reporting.facts(mark.drill, mark.drill.stores)
            assert len(behind) == len(cases)


def test_a_quarter_shows_weeks_and_an_empty_period_says_so(reading: Desk) -> None:
    quarter = reading.report("overview", "2026-Q4", "en")
    empty = reading.report("month", "2020-01", "en")
    assert isinstance(quarter, Report)
    assert isinstance(empty, Report)
    (section,) = [s for s in quarter.sections if s.id == "service_quality"]
    (chart,) = [b for b in section.blocks if isinstance(b, ChartBlock)]
    assert len(chart.marks) == 14
    drills = [mark.drill for mark in chart.marks if mark.drill]
    behind = [reading.use_cases.reporting.facts(d, d.stores) for d in drills]
    figure = quarter.figure("service_quality")
    assert sum(map(len, behind)) * len(CHECKS) == figure.denominator
    (nothing,) = [s for s in empty.sections if s.id == "nothing"]
    said = [block.text for block in nothing.blocks if isinstance(block, TextBlock)]
    assert "Service quality index" in said[-1]
