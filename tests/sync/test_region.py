"""A regional manager's PC holds its stores' complaints by sync, and reports on them offline."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from desktop.bootstrap import open_desk, seed_history
from desktop.domain.analytics.report import Report
from desktop.domain.outcomes import Actor
from desktop.domain.rows import RowFacts
from desktop.seeding.region import Wanted
from desktop.services.desk import Desk
from desktop.services.exchange_ports import ExchangeReport
from desktop.storage.ids import RandomIds
from desktop.storage.rollup_tables import report_case, rollup
from desktop.storage.store import StoreData, open_store
from desktop.storage.tables import event
from tests.storage.store_kit import ZONE
from tests.sync.conftest import ServedHq

UNTIL = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
REGION = {"S0217": "无锡滨湖店", "S0311": "苏州观前店"}
FOREIGN = "S0900"
TICKETS = 12
MONTH = "2026-11"


def seeded(folder: Path, store: str, name: str, tickets: int) -> Desk:
    """A store's PC with a month of complaints made by the real rules."""
    wanted = Wanted(tickets, ord(store[-1]), None, UNTIL - timedelta(days=20), UNTIL, store, name)
    assert seed_history(folder, wanted, lambda _done, _total: None) == tickets
    return open_desk(folder)


def synced(desk: Desk, hq: ServedHq, code: str) -> ExchangeReport:
    use = desk.use_cases
    enrolled = use.hq.enrol(hq.url, code)
    assert enrolled == use.sync.enrolment(), enrolled
    report = use.hq.exchange()
    assert isinstance(report, ExchangeReport), report
    return report


def counted(folder: Path) -> tuple[dict[tuple[str, ...], tuple[int, int]], dict[str, bytes]]:
    """The rollups and the facts behind them, as they stand in a folder's database."""
    with closing(opened(folder)) as data, data.database.read() as connection:
        sums = {
            (r.month, r.dim, r.store, r.key): (r.n, r.total)
            for r in connection.execute(select(rollup))
        }
        cases = select(report_case.c.stream, report_case.c.facts)
        facts = {row.stream: row.facts for row in connection.execute(cases)}
    return sums, facts


def opened(folder: Path) -> StoreData:
    return open_store(folder, RandomIds(), unasked, ZONE)


def unasked(*_given: object) -> RowFacts:
    """Nothing is projected by who only reads."""
    raise AssertionError("reading asked for a row")


@pytest.mark.parametrize("tickets", [TICKETS, pytest.param(200, marks=pytest.mark.slow)])
def test_a_region_counts_what_its_stores_count_and_nothing_else(
    served: ServedHq, tmp_path: Path, tickets: int
) -> None:
    """Another region's store never arrives; reports are made with HQ gone (AN-04, AU-06)."""
    for store, name in {**REGION, FOREIGN: "广州天河店"}.items():
        place = "苏南" if store in REGION else "华南"
        with closing(seeded(tmp_path / store, store, name, tickets)) as desk:
            sent = synced(desk, served, served.code(store, name=name, region=place))
            assert sent.pending == 0
    with closing(open_desk(tmp_path / "region")) as desk:
        came = synced(desk, served, served.code("region:苏南"))
        assert came.received > tickets * len(REGION)
        again = desk.use_cases.hq.exchange()
        assert isinstance(again, ExchangeReport)
        assert again.received == 0
    served.close()

    sums: dict[tuple[str, ...], tuple[int, int]] = {}
    facts: dict[str, bytes] = {}
    for store in REGION:
        of_store, its_facts = counted(tmp_path / store)
        assert {place[2] for place in of_store} == {store}
        sums |= of_store
        facts |= its_facts
    assert counted(tmp_path / "region") == (sums, facts)
    foreign = set(counted(tmp_path / FOREIGN)[1])
    assert len(foreign) == tickets
    with closing(opened(tmp_path / "region")) as data, data.database.read() as connection:
        assert not foreign & set(connection.execute(select(event.c.stream).distinct()).scalars())

    manager = Actor("P-region", "regional_manager")
    with closing(open_desk(tmp_path / "region")) as desk:
        use = desk.use_cases
        assert use.reporting.scope(manager) == frozenset(REGION)
        report = use.reporting.report("month", MONTH, "zh_CN", manager)
        assert isinstance(report, Report)
        whole = sum(n for (m, dim, *_), (n, _) in sums.items() if (m, dim) == (MONTH, "opened"))
        assert report.figure("opened").numerator == whole > 0
        drill = report.figure("opened").drill
        assert drill is not None
        assert len(use.reporting.facts(drill, drill.stores)) == whole
        assert use.reporting.pdf(report).startswith(b"%PDF")
