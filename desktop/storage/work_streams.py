"""Lists the streams that are no complaints: samples, reviews and root causes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as upsert

from desktop.domain.events import Event
from desktop.storage.rollup_tables import work_stream
from desktop.storage.tables import event

#: Streams of these kinds are listed in `work_stream`.
WORK_KINDS: Final = frozenset({"cause.opened", "sample.committed", "review.recorded"})


def keep_work(connection: Connection, stream: str, events: Sequence[Event]) -> None:
    """List a stream that is no complaint under its kind, month and what it is about."""
    for first in events:
        if first.kind in WORK_KINDS:
            about = first.data.get("ticket") or first.data.get("key") or ""
            values = {
                "kind": first.kind,
                "month": str(first.data.get("month", "")),
                "about": str(about),
            }
            added = upsert(work_stream).values(stream=stream, **values)
            connection.execute(
                added.on_conflict_do_update(index_elements=[work_stream.c.stream], set_=values)
            )
            return


def work_streams(connection: Connection) -> Sequence[str]:
    """Return the streams in the journal that began with one of WORK_KINDS."""
    found = select(event.c.stream).where(event.c.kind.in_(WORK_KINDS)).distinct()
    return connection.execute(found).scalars().all()
