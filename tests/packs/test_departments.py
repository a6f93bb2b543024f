"""AN-14, AN-17: figures of departments are those of the rules over every case."""

from __future__ import annotations

from decimal import Decimal

import pytest

from desktop.domain.analytics import departments
from desktop.domain.analytics.report import FigureBlock, Report, TableBlock
from desktop.services.desk import Desk
from desktop.services.reporting_ports import CaseQuery


def report_of(desk: Desk, kind: str, period: str) -> Report:
    made = desk.report(kind, period, "zh_CN")
    assert isinstance(made, Report)
    return made


@pytest.mark.parametrize(("kind", "period"), [("month", "2026-10"), ("sla", "2026-W46")])
def test_the_figures_are_those_of_the_rules_over_every_case(
    reading: Desk, kind: str, period: str
) -> None:
    """AN-14: counted in the database as the rules count them one by one."""
    report = report_of(reading, kind, period)
    drill = report.figure("technical_fcr").drill
    assert drill is not None
    technical = set(drill.key.split(","))
    assert technical == {"PQ-03", "PQ-06", "PQ-07"}
    reporting = reading.use_cases.reporting
    every = reporting._rollups.cases(CaseQuery(drill.stores, drill.since, drill.until))
    solved = [
        f
        for f in every
        if f.code in technical and f.solved and drill.since <= f.solved < drill.until
    ]
    at_once = [f for f in solved if f.solved == f.opened and f.transfers + f.reopened == 0]
    figure = report.figure("technical_fcr")
    assert (figure.numerator, figure.denominator) == (len(at_once), len(solved))
    assert figure.target == "≥ 85%"
    days = []
    for facts in every:
        settled = sorted(i.day for i in facts.money if i.instrument in ("refund", "exchange"))
        if settled and drill.since <= settled[0] < drill.until:
            days.append((settled[0] - facts.opened).days)
    assert days
    mean, quick = report.figure("return_days"), report.figure("return_quick")
    assert (mean.numerator, mean.denominator) == (Decimal(sum(days)), len(days))
    assert (quick.numerator, quick.denominator) == (sum(d <= 3 for d in days), len(days))
    for each in (figure, mean):
        assert each.drill is not None
        assert len(reporting.facts(each.drill, each.drill.stores)) == each.n


def test_overtime_is_what_the_limits_lack_and_opens_their_cases(reading: Desk) -> None:
    """AN-14: the share of limits not met is that of the table of limits."""
    report = report_of(reading, "sla", "2026-10")
    (section,) = [s for s in report.sections if s.id == "sla"]
    table = next(b for b in section.blocks if isinstance(b, TableBlock))
    due, late = (sum(int(row[at]) for row in table.rows) for at in (1, 3))
    overtime = report.figure("overtime")
    assert (overtime.numerator, overtime.denominator) == (late, due)
    assert overtime.drill is not None
    streams = {f.stream for f in reading.use_cases.reporting.facts(overtime.drill, STORES)}
    by_clock = {
        f.stream
        for drill in table.drills
        if drill is not None
        for f in reading.use_cases.reporting.facts(drill, STORES)
    }
    assert streams == by_clock


STORES = frozenset({"S0001", "S0002"})


def test_first_responses_within_two_hours_by_level(reading: Desk) -> None:
    """AN-17: timed by themselves, by level, each with its cases; unanswered ones count in full."""
    report = report_of(reading, "sla", "2026-10")
    (section,) = [s for s in report.sections if s.id == "responses"]
    (table,) = [b for b in section.blocks if isinstance(b, TableBlock)]
    assert table.rows
    for row, drill in zip(table.rows, table.drills, strict=True):
        assert drill is not None
        cases = reading.use_cases.reporting.facts(drill, drill.stores)
        assert len(cases) == int(row[1])
        quick = [f for f in cases if departments.answered_in_time(f)]
        assert len(quick) == int(row[2])
    assert (
        sum(int(row[1]) for row in table.rows)
        == report_of(reading, "month", "2026-10").figure("opened").numerator
    )


def test_the_month_tells_its_effects_and_no_person_in_public(reading: Desk) -> None:
    """AN-14, AN-18: outcome, timeliness and satisfaction stand there; departments name nobody."""
    report = report_of(reading, "month", "2026-10")
    shown = {figure.key for figure in report.figures()}
    assert {"closed_loop", "effective", "solution_on_time", "satisfaction"} <= shown
    (section,) = [s for s in report.sections if s.id == "departments"]
    assert not [b for b in section.blocks if isinstance(b, TableBlock)]
    (figures,) = [b for b in section.blocks if isinstance(b, FigureBlock)]
    names = reading.use_cases.directory.names().values()
    assert not [n for n in names for f in figures.figures if n in f.name + f.definition]


def test_satisfaction_stands_by_the_department_that_answers_for_a_type(reading: Desk) -> None:
    """AN-01: responsible before accountable before consulted; n and mean as surveyed."""
    report = report_of(reading, "satisfaction", "2026-10")
    (table,) = [b for s in report.sections for b in s.blocks if isinstance(b, TableBlock)][:1]
    departments_of = {row[0]: row[1] for row in table.rows}
    told = {
        "产品质量": "质量安全部",
        "服务流程": "店长",
        "物流配送": "物流部",
        "权益保障": "法务部",
    }
    assert departments_of
    assert {k: v for k, v in departments_of.items() if k in told}.items() <= told.items()
    assert sum(int(row[2]) for row in table.rows) == report.figure("csat").n
