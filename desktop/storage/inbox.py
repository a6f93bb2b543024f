"""News from other chains that nobody here has seen: comments and decisions (EV-02)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Connection, and_, delete, insert, select

from desktop.domain.events import Event
from desktop.domain.operations import add_comment, decide_approval
from desktop.journal.records import Record, decode
from desktop.storage import event_rows
from desktop.storage.database import Database
from desktop.storage.tables import event, personal_value, unread

NEWS_KINDS: Final = frozenset({add_comment.KIND, decide_approval.KIND})


class SqlInbox:
    """Keeps what nobody has seen yet (ports.Inbox)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def unread(self, limit: int) -> Sequence[Event]:
        """Return comments and decisions of other chains, the last arrived first."""
        of_event = and_(event.c.chain == unread.c.chain, event.c.seq == unread.c.seq)
        news = (
            select(*event_rows.RECORD_COLUMNS)
            .join(unread, of_event)
            .order_by(unread.c.arrival.desc())
            .limit(limit)
        )
        of_value = and_(
            personal_value.c.chain == unread.c.chain, personal_value.c.seq == unread.c.seq
        )
        beside = select(*event_rows.VALUE_COLUMNS).join(unread, of_value)
        with self._database.read() as connection:
            values = event_rows.values_by_event(connection.execute(beside))
            return tuple(
                decode(Record(*row), values.get((row.chain, row.seq), {}))
                for row in connection.execute(news)
            )

    def mark_read(self, stream: str) -> None:
        """Note that somebody opened the ticket."""
        seen = unread.c.stream == stream
        with self._database.read() as connection:
            any_news = connection.execute(select(unread.c.arrival).where(seen).limit(1)).first()
        if any_news:
            with self._database.write() as connection:
                connection.execute(delete(unread).where(seen))


def announce(connection: Connection, arrived: Iterable[Event]) -> None:
    """Put what people want to hear of on the list of news."""
    rows = [
        {"chain": e.id.chain, "seq": e.id.seq, "stream": e.stream}
        for e in arrived
        if e.kind in NEWS_KINDS
    ]
    if rows:
        connection.execute(insert(unread), rows)
