"""Reminders as people should meet them: held back while the store is shut, said when it opens."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from desktop.domain.calendar import StoreHours, StoreNeverOpensError
from desktop.domain.papers import StoreIdentity
from desktop.services.identity import Identity
from desktop.services.ports import Settings
from desktop.services.reminding import Notice, Reminders, never
from desktop.services.ticket_ports import TicketQueries

_HELD: Final = "reminders.held"


class QuietReminders:
    """Escalations are written at once at any hour; only showing them waits (SL-05)."""

    def __init__(
        self, reminders: Reminders, settings: Settings, queries: TicketQueries, identity: Identity
    ) -> None:
        self._reminders = reminders
        self._settings = settings
        self._queries = queries
        self._identity = identity

    def to_show(self, now: datetime, stopping: Callable[[], bool] = never) -> Sequence[Notice]:
        """Return what to show at `now`: nothing while shut, all that was held back once open.

        What was held back survives a restart; of one clock only the highest mark is worth saying.
        """
        due = self._reminders.due(now, stopping)
        if stopping():
            return ()  # nobody will see the answer: what is held stays held
        found = [*self._held(), *due]
        if not is_open(self._identity.current(), now):
            self._hold(highest(found))
            return ()
        self._hold(())
        return [notice for notice in highest(found) if self._matters(notice)]

    def _matters(self, notice: Notice) -> bool:
        row = self._queries.row(notice.stream)
        return row is not None and not row.closed

    def _held(self) -> list[Notice]:
        kept = self._settings.get(_HELD)
        return [_read(found) for found in json.loads(kept)] if kept else []

    def _hold(self, notices: Sequence[Notice]) -> None:
        written = [{**asdict(n), "due": n.due.isoformat() if n.due else None} for n in notices]
        text = json.dumps(written, ensure_ascii=False) if written else ""
        if text != self._settings.get(_HELD):
            self._settings.set(_HELD, text)


def _read(found: dict[str, object]) -> Notice:
    due = found.get("due")
    return Notice(
        stream=str(found["stream"]),
        number=str(found["number"]),
        kind=str(found["kind"]),
        clock=str(found["clock"]),
        percent=int(str(found["percent"])),
        due=datetime.fromisoformat(due) if isinstance(due, str) else None,
        to_role=str(found["to_role"]),
    )


def highest(notices: Iterable[Notice]) -> Sequence[Notice]:
    """Return one notice for each complaint and clock: the one of the highest mark."""
    best: dict[tuple[str, str], Notice] = {}
    for notice in notices:
        key = (notice.stream, notice.clock or notice.kind)
        known = best.get(key)
        if known is None or (notice.kind == "overdue", notice.percent) >= (
            known.kind == "overdue",
            known.percent,
        ):
            best[key] = notice
    return tuple(best.values())


def is_open(store: StoreIdentity, now: datetime) -> bool:
    """Tell whether the store is open at `now`; one without any hours is never quiet."""
    try:
        hours = StoreHours.parse(dict(store.hours))
    except StoreNeverOpensError:
        return True
    begin, _end = next(hours.spans_from(now, ZoneInfo(store.timezone)))
    return begin <= now
