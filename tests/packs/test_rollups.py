"""Counters written with the events equal their recomputation; drills give the cases behind."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

from sqlalchemy import delete, select

from desktop.bootstrap import _opened
from desktop.domain.analytics.cells import month_sums
from desktop.domain.analytics.periods import parse_period
from desktop.domain.analytics.report import Drill, Report
from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.link_tickets import LinkTicket
from desktop.domain.outcomes import Actor
from desktop.services.desk import Desk
from desktop.services.reporting_ports import CaseQuery
from desktop.storage import rollup_keeping, rollup_tables
from desktop.storage.ids import RandomIds
from desktop.storage.store import StoreData
from desktop.storage.tables import meta
from tests.packs.conftest import UNTIL, StillClock, entered

STORES = frozenset({"S0001", "S0002"})


def kept(data: StoreData) -> dict[tuple[str, str, str, str], tuple[int, int]]:
    with data.database.read() as connection:
        return {
            (r.month, r.dim, r.store, r.key): (r.n, r.total)
            for r in connection.execute(select(rollup_tables.rollup))
        }


def test_rollups_equal_a_recomputation_and_a_rebuild(desk: Desk, tmp_path: Path) -> None:
    """Changed tickets too: a code changes, a duplicate leaves every count (NC-11)."""
    use = desk.use_cases
    cases = use.reporting.facts(
        Drill("opened", "*", date(2026, 11, 1), date(2026, 12, 1), STORES), STORES
    )
    one, two = cases[0], cases[1]
    manager = Actor("P-x", "supervisor")
    for case in (one, two):
        use.handling.execute(case.stream, ClassifyTicket("PQ-01", 2), manager)
    first, second = sorted((one, two), key=lambda c: c.number)
    use.handling.execute(
        second.stream, LinkTicket(first.stream, first.number, "duplicate"), manager
    )
    desk.close()
    data, _use = _opened(tmp_path / "region", StillClock(UNTIL), RandomIds())
    try:
        before = kept(data)
        assert before
        assert data.rollups.recompute() == 0
        data.projector.rebuild(data.database)
        assert kept(data) == before
        summed: Counter[tuple[str, str, str, str]] = Counter()
        for facts in data.rollups.cases(CaseQuery(STORES, date(2020, 1, 1), date(2030, 1, 1))):
            for (month, dim, key), (n, _total) in month_sums(facts).items():
                summed[month, dim, facts.store, key] += n
        assert summed == {place: n for place, (n, _) in before.items()}
        assert [n for (_, dim, *_), (n, _) in before.items() if dim == "duplicate"] == [1]
    finally:
        data.close()


def test_data_without_counters_are_counted_when_opened(desk: Desk, tmp_path: Path) -> None:
    desk.close()
    data, _use = _opened(tmp_path / "region", StillClock(UNTIL), RandomIds())
    before = kept(data)
    with data.database.write() as connection:
        rollup_keeping.clear(connection)
        connection.execute(delete(meta).where(meta.c.name == "rollups"))
    data.close()
    data, _use = _opened(tmp_path / "region", StillClock(UNTIL), RandomIds())
    assert kept(data) == before
    data.close()


def test_a_week_from_the_facts_adds_up_to_the_month_from_rollups(reading: Desk) -> None:
    month = reading.report("compensation", "2026-10", "zh_CN")
    days = [reading.report("compensation", f"2026-10-{day:02d}", "zh_CN") for day in range(1, 32)]
    assert isinstance(month, Report)
    closed = sum(r.figure("closed").numerator for r in days if isinstance(r, Report))
    assert month.figure("closed").numerator == closed > 0


def test_every_drill_gives_as_many_cases_as_its_mark_says(reading: Desk) -> None:
    """AN-04: from any mark of a chart or row of a table to the cases."""
    report = reading.report("month", "2026-10", "zh_CN")
    assert isinstance(report, Report)
    seen = set()
    for section in report.sections:
        for block in section.blocks:
            for mark in getattr(block, "marks", ()):
                if mark.drill and section.id in ("pareto", "heat", "daily", "stores"):
                    found = reading.use_cases.reporting.facts(mark.drill, mark.drill.stores)
                    assert len(found) == mark.value, (section.id, mark.label)
                    seen.add(section.id)
            for row, drill in zip(
                getattr(block, "rows", ()), getattr(block, "drills", ()), strict=False
            ):
                if drill and section.id in ("by_code", "by_level", "by_channel", "traces", "top"):
                    found = reading.use_cases.reporting.facts(drill, drill.stores)
                    shown = row[2] if section.id == "top" else row[1]
                    assert len(found) == int(shown), (section.id, row)
                    seen.add(section.id)
    assert seen >= {"pareto", "heat", "daily", "stores", "by_code", "by_level", "traces", "top"}


def test_a_clerk_sees_the_own_store_alone(region_folder: Path) -> None:
    clerk = entered(region_folder, "lin")
    try:
        assert list(clerk.report_stores()) == ["S0001"]
        refused = clerk.report("month", "2026-10", "zh_CN", frozenset({"S0002"}))
        assert getattr(refused, "code", "") == "report_scope"
        own = clerk.report("month", "2026-10", "zh_CN")
        assert isinstance(own, Report)
        assert not [s for s in own.sections if s.id in ("people", "stores")]
        period = parse_period("2026-10")
        assert period is not None
        other = Drill("opened", "*", period.since, period.until, frozenset({"S0002"}))
        assert clerk.report_cases(other) == ()
    finally:
        clerk.close()
