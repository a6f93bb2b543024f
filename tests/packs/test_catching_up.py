"""What an older version counted and indexed is made again in steps, and nothing is lost by it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text

from desktop.bootstrap import _opened
from desktop.domain.outcomes import Refusal
from desktop.services.catch_up_ports import Behind
from desktop.services.desk import Desk
from desktop.services.ticket_ports import TicketFilter
from desktop.storage import catching_up, rollup_keeping, rollup_tables, search
from desktop.storage.catching_up import SqlCatchUp
from desktop.storage.ids import RandomIds
from desktop.storage.store import StoreData
from desktop.storage.tables import meta, ticket_row
from tests.packs.conftest import TICKETS, UNTIL, StillClock, entered

ASKED = ("退", "退 店", "zw", "l", "家", "sd", "退款", "SF-")


def counted(data: StoreData) -> dict[tuple[str, ...], tuple[int, int]]:
    with data.database.read() as connection:
        return {
            (r.month, r.dim, r.store, r.key): (r.n, r.total)
            for r in connection.execute(select(rollup_tables.rollup))
        }


def found(data: StoreData) -> dict[str, list[str]]:
    page = data.queries.page
    return {t: [r.stream for r in page(TicketFilter(text=t), None, 500)] for t in ASKED}


def make_old(data: StoreData) -> None:
    """Leave counters and words as a version without them would."""
    with pytest.MonkeyPatch.context() as before, data.database.write() as connection:
        before.setattr(search, "_with_beginnings", " ".join)
        streams = connection.execute(select(ticket_row.c.stream)).scalars().all()
        data.projector.project_stored(connection, streams)
        rollup_keeping.clear(connection)
        connection.execute(delete(meta).where(meta.c.name.in_(("rollups", "words"))))
    data.queries._beginnings = False


@pytest.fixture
def data(desk: Desk, tmp_path: Path) -> Iterator[StoreData]:
    desk.close()
    made, _use = _opened(tmp_path / "region", StillClock(UNTIL), RandomIds())
    yield made
    made.close()


def test_it_goes_on_where_it_stopped_and_ends_as_a_rebuild_would(data: StoreData) -> None:
    counts, answers = counted(data), found(data)
    make_old(data)
    seen: list[Behind] = []
    first = SqlCatchUp(data.database, data.projector, lambda _seconds: None)
    assert first.behind() == Behind(0, TICKETS, True)
    first.run(seen.append, lambda: len(seen) == 2)
    assert [behind.done for behind in seen] == [0, 20]
    again = SqlCatchUp(data.database, data.projector, lambda _seconds: None)
    assert again.behind() == Behind(40, TICKETS, True)
    again.run(seen.append, lambda: False)
    assert again.behind() is None
    assert [behind.done for behind in seen] == [0, *range(20, TICKETS, 20), TICKETS]
    assert counted(data) == counts
    assert data.rollups.recompute() == 0
    assert found(data) == answers


def test_a_search_finds_the_same_by_prefixes_until_all_beginnings_are_there(
    data: StoreData,
) -> None:
    answers = found(data)
    assert all(answers[asked] for asked in ("退", "退 店", "家", "sd"))
    make_old(data)
    assert found(data) == answers


def test_what_is_saved_meanwhile_is_counted_once(
    data: StoreData, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = counted(data)
    make_old(data)
    catch_up = SqlCatchUp(data.database, data.projector, lambda _seconds: None)
    steps: list[Behind] = []
    catch_up.run(steps.append, lambda: len(steps) == 2)
    with data.database.write() as connection:
        rows = connection.execute(text("SELECT stream FROM ticket_row ORDER BY key LIMIT 3"))
        data.projector.project_stored(connection, rows.scalars().all())
    catch_up.run(steps.append, lambda: False)
    assert counted(data) == counts
    monkeypatch.setattr(rollup_keeping, "COUNTING", b"next")
    assert catch_up.behind() == Behind(0, TICKETS, True)


def test_no_report_is_made_from_half_the_complaints(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AN-01: a figure that cannot be right yet is not shown."""
    monkeypatch.setattr(catching_up, "_BLINK", 0)
    desk.close()
    data, _use = _opened(tmp_path / "region", StillClock(UNTIL), RandomIds())
    make_old(data)
    data.close()
    late = entered(tmp_path / "region")
    try:
        refused = late.report("month", "2026-10", "zh_CN")
        assert isinstance(refused, Refusal)
        assert (refused.code, refused.values["of"]) == ("reports_counting", TICKETS)
        assert late.keep_up_quality() == ()
        late.use_cases.catch_up.run(lambda _behind: None, lambda: False)
        assert not isinstance(late.report("month", "2026-10", "zh_CN"), Refusal)
    finally:
        late.close()
