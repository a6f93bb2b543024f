"""Every reading of the list goes by an index, so that a million complaints are no slower."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from desktop.services.ticket_ports import PageCursor, TicketFilter
from tests.storage.store_kit import MONDAY, Shop

READINGS: dict[str, Callable[[Shop], object]] = {
    "next page": lambda s: s.store.queries.page(TicketFilter(), PageCursor(MONDAY, "t"), 5),
    "open of a level": lambda s: s.store.queries.page(
        TicketFilter(open_only=True, levels=frozenset({3})), None, 5
    ),
    "open by words": lambda s: s.store.queries.page(
        TicketFilter(open_only=True, text="退款"), None, 5
    ),
    "search": lambda s: s.store.queries.page(TicketFilter(text="退款"), None, 5),
    "open by due": lambda s: s.store.queries.open_by_due(5),
    "open lengths": lambda s: s.store.queries.open_lengths(5),
    "board": lambda s: s.store.queries.counts(MONDAY, MONDAY, MONDAY),
    "waiting": lambda s: s.store.queries.waiting(),
    "approvals": lambda s: s.store.queries.awaiting_approval(),
    "phone": lambda s: s.store.queries.by_phone("13812345678"),
    "number": lambda s: s.store.queries.by_number("01-K"),
    "serial": lambda s: s.store.queries.by_form_serial("F-1"),
    "row": lambda s: s.store.queries.row("t"),
    "events": lambda s: s.store.journal.events("t"),
    "news": lambda s: s.store.inbox.unread(5),
    "outgoing": lambda s: s.store.sync.queue(3, 100),
}
GROWING = ("ticket_row", "event", "personal_value", "attachment")


@pytest.mark.parametrize("name", READINGS)
def test_no_reading_scans_a_growing_table(shop: Shop, name: str) -> None:
    shop.complain("t")
    asked: list[tuple[str, Any]] = []
    engine = shop.store.database.engine
    event.listen(
        engine, "before_cursor_execute", lambda c, u, sql, given, x, m: asked.append((sql, given))
    )
    READINGS[name](shop)
    selects = [(sql, given) for sql, given in asked if sql.startswith("SELECT")]
    assert selects
    with shop.store.database.read() as connection:
        plans = [
            row[3]
            for sql, given in selects
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", given)
        ]
    assert not [line for line in plans if line in {f"SCAN {table}" for table in GROWING}], plans
