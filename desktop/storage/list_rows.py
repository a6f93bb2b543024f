"""Rows of the list of complaints, their words in the search index, and the counters of days."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert

from desktop.storage.tables import counter, ticket_row
from desktop.storage.utc_time import to_ms

#: Rows opened in one millisecond share this many keys.
_KEYS_PER_MS: Final = 1024
_FIGURES: Final = ("opened", "solved", "closed")
#: Streams that one question names at most.
_AT_ONCE: Final = 500
_OLD: Final = select(
    ticket_row.c.stream,
    ticket_row.c.key,
    ticket_row.c.opened_at,
    ticket_row.c.opened_day,
    ticket_row.c.solved_day,
    ticket_row.c.closed_day,
    ticket_row.c.code,
    ticket_row.c.level,
    ticket_row.c.search_digest,
).where(ticket_row.c.stream.in_(bindparam("of", expanding=True)))
_HIGHEST_KEY: Final = select(func.max(ticket_row.c.key)).where(
    ticket_row.c.key.between(bindparam("low"), bindparam("high"))
)
_INSERT: Final = insert(ticket_row)
_UPDATE: Final = update(ticket_row).where(ticket_row.c.key == bindparam("at_key"))
_REMOVE: Final = delete(ticket_row).where(ticket_row.c.key == bindparam("at_key"))
_FIND: Final = text(
    "INSERT INTO ticket_search (rowid, words, initials) VALUES (:key, :words, :initials)"
)
_LOSE: Final = text("DELETE FROM ticket_search WHERE rowid = :at_key")
_ADDED: Final = upsert(counter)
_ADD_COUNT: Final = _ADDED.on_conflict_do_update(
    index_elements=[counter.c.day, counter.c.code, counter.c.level],
    set_={name: counter.c[name] + _ADDED.excluded[name] for name in _FIGURES},
)
_DROP_ZERO: Final = delete(counter).where(
    counter.c.day == bindparam("of_day"),
    counter.c.code == bindparam("of_code"),
    counter.c.level == bindparam("of_level"),
    counter.c.opened + counter.c.solved + counter.c.closed == 0,
)


@dataclass(frozen=True, slots=True)
class NewRow:
    """A ticket's row as it is to be: its columns but the key, its words, its pinyin initials."""

    opened_at: datetime
    values: Mapping[str, object]
    words: str
    initials: str

    @property
    def digest(self) -> bytes:
        """Of what the search index holds, so that it is written only when words change."""
        return hashlib.blake2b(f"{self.words}\n{self.initials}".encode(), digest_size=8).digest()


def key_floor(moment: datetime) -> int:
    """Return the lowest row key of tickets opened at `moment`."""
    return to_ms(moment) * _KEYS_PER_MS


def replace(connection: Connection, wanted: Mapping[str, NewRow | None]) -> None:
    """Make the rows of tickets, their words and counts what they are to be; None takes one out."""
    changes = _Changes(connection)
    known = _known(connection, list(wanted))
    for stream, new in wanted.items():
        changes.take(known.get(stream), new)
    changes.write()


def _known(connection: Connection, streams: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for start in range(0, len(streams), _AT_ONCE):
        some = connection.execute(_OLD, {"of": streams[start : start + _AT_ONCE]})
        found.update({row["stream"]: dict(row) for row in some.mappings()})
    return found


@dataclass(slots=True)
class _Changes:
    """What is to be written of many tickets, statement by statement."""

    connection: Connection
    removed: list[dict[str, object]] = field(default_factory=list)
    updated: list[dict[str, object]] = field(default_factory=list)
    added: list[dict[str, object]] = field(default_factory=list)
    lost: list[dict[str, object]] = field(default_factory=list)
    found: list[dict[str, object]] = field(default_factory=list)
    counts: dict[tuple[date, str, int], dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: dict.fromkeys(_FIGURES, 0))
    )
    keys: dict[int, int] = field(default_factory=dict)

    def take(self, old: Mapping[str, Any] | None, new: NewRow | None) -> None:
        if new is None:
            if old:
                self._count(old, -1)
                self.lost.append({"at_key": old["key"]})
                self.removed.append({"at_key": old["key"]})
            return
        digest = new.digest
        values = {**new.values, "search_digest": digest}
        same_key = old is not None and old["opened_at"] == new.opened_at
        key = old["key"] if old and same_key else self._free_key(new.opened_at)
        if old:
            self.updated.append({"at_key": old["key"], "key": key, **values})
        else:
            self.added.append({"key": key, **values})
        if old is None or not same_key or old["search_digest"] != digest:
            if old:
                self.lost.append({"at_key": old["key"]})
            self.found.append({"key": key, "words": new.words, "initials": new.initials})
        if old:
            self._count(old, -1)
        self._count(values, 1)

    def write(self) -> None:
        for statement, given in (
            (_LOSE, self.lost),
            (_REMOVE, self.removed),
            (_UPDATE, self.updated),
            (_INSERT, self.added),
            (_FIND, self.found),
        ):
            if given:
                self.connection.execute(statement, given)
        moved = {place: steps for place, steps in self.counts.items() if any(steps.values())}
        if not moved:
            return
        rows = [
            {"day": day, "code": code, "level": level, **steps}
            for (day, code, level), steps in moved.items()
        ]
        self.connection.execute(_ADD_COUNT, rows)
        fewer = [
            {"of_day": day, "of_code": code, "of_level": level}
            for (day, code, level), steps in moved.items()
            if min(steps.values()) < 0
        ]
        if fewer:
            self.connection.execute(_DROP_ZERO, fewer)

    def _count(self, row: Mapping[str, Any], step: int) -> None:
        """Add a ticket to the counters of its days, or take it away."""
        for figure in _FIGURES:
            day = row[f"{figure}_day"]
            if day is not None:
                self.counts[day, row["code"], row["level"]][figure] += step

    def _free_key(self, opened_at: datetime) -> int:
        """Return a key for a ticket opened at `opened_at` that no other ticket has."""
        floor = key_floor(opened_at)
        end = floor + _KEYS_PER_MS - 1
        last = self.keys.get(floor)
        if last is None:
            span = {"low": floor, "high": end}
            last = self.connection.execute(_HIGHEST_KEY, span).scalar_one()
        if last == end:
            raise OverflowError(f"more than {_KEYS_PER_MS} tickets were opened at {opened_at}")
        self.keys[floor] = floor if last is None else int(last) + 1
        return self.keys[floor]
