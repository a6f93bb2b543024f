"""Makes counters and search words of an older version again, few complaints at a time."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

import msgspec
from sqlalchemy import Connection, func, select

from desktop.services.catch_up_ports import Behind
from desktop.storage import event_rows, rollup_keeping, search, unlisted, work_streams
from desktop.storage.database import Database
from desktop.storage.installation import fact, set_fact
from desktop.storage.projections import Projector
from desktop.storage.tables import ticket_row

_WORDS: Final = "words"
_PLACE: Final = "catching_up"
#: Complaints made again in one transaction, so that whoever saves waits a blink at most.
_AT_ONCE: Final = 20
#: Rest after each, so that the window and other programs come to their turn (seconds).
_BREAK: Final = 0.01
#: Up to so many are made again while the data are opened: nobody would see a progress bar.
_BLINK: Final = 200
#: Above every key.
_TOP: Final = 2**62
_log = logging.getLogger(__name__)


class _Place(msgspec.Struct, frozen=True):
    """Where the work stands: from the newest complaint down to `key`, which is done."""

    version: str
    key: int
    done: int
    of: int


class SqlCatchUp:
    """Makes again what is not in this version's form (catch_up_ports.CatchUp).

    What is saved meanwhile is already written in the new form. Where the work stands is kept with
    each step, so that a closed window or a power cut loses nothing.
    """

    def __init__(
        self,
        database: Database,
        projector: Projector,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._database = database
        self._projector = projector
        self._sleep = sleep

    def at_opening(self) -> None:
        """Make a small store's complaints again at once; a large one's wait for `run`.

        Rows that a feed cut short left unmade are made in any store.
        """
        unlisted.list_all(self._database, self._projector)
        with self._database.read() as connection:
            small = _is_due(connection) and _complaints(connection) <= _BLINK
        while small and self._step() is not None:
            pass

    def behind(self) -> Behind | None:
        """Return how far it is, None when everything is as this version makes it."""
        with self._database.read() as connection:
            if not _is_due(connection):
                return None
            place = _place(connection) or _Place("", _TOP, 0, _complaints(connection))
            return _behind(connection, place)

    def run(self, told: Callable[[Behind], object], stopping: Callable[[], bool]) -> None:
        """Go on where it stood, until the end or until `stopping`; the next run goes on there."""
        behind = self.behind()
        while behind is not None and not stopping():
            told(behind)
            behind = self._step()
            self._sleep(_BREAK)

    def _step(self) -> Behind | None:
        with self._database.write() as connection:
            if not _is_due(connection):
                return None
            place = _place(connection) or self._begin(connection)
            key = ticket_row.c.key
            following = (
                select(key, ticket_row.c.stream)
                .where(key < place.key)
                .order_by(key.desc())
                .limit(_AT_ONCE)
            )
            found = connection.execute(following).all()
            if not found:
                _end(connection)
                return None
            self._projector.project_stored(connection, [row.stream for row in found])
            place = msgspec.structs.replace(place, key=found[-1].key, done=place.done + len(found))
            set_fact(connection, _PLACE, msgspec.json.encode(place))
            return _behind(connection, place)

    def _begin(self, connection: Connection) -> _Place:
        """Forget counters of another version; those of this one stay."""
        counting = not rollup_keeping.is_counted(connection)
        if counting:
            rollup_keeping.clear(connection)
            for stream in work_streams.work_streams(connection):
                events = event_rows.read_stream(connection, stream)
                work_streams.keep_work(connection, stream, events)
        _log.info("complaints are made again, counters %s", "too" if counting else "stay")
        return _Place(_version(), _TOP, 0, _complaints(connection))


def are_beginnings_there(connection: Connection) -> bool:
    """Tell whether the search index holds the beginnings of every complaint's words."""
    return fact(connection, _WORDS) == search.WORDS


def _version() -> str:
    return f"{rollup_keeping.COUNTING.decode()}/{search.WORDS.decode()}"


def _is_due(connection: Connection) -> bool:
    return not (are_beginnings_there(connection) and rollup_keeping.is_counted(connection))


def _complaints(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(ticket_row)).scalar_one())


def _place(connection: Connection) -> _Place | None:
    """Return where this version's work stands; another version's begins again."""
    kept = fact(connection, _PLACE)
    place = msgspec.json.decode(kept, type=_Place) if kept else None
    return place if place is not None and place.version == _version() else None


def _behind(connection: Connection, place: _Place) -> Behind:
    counting = not rollup_keeping.is_counted(connection)
    return Behind(min(place.done, place.of), place.of, counting)


def _end(connection: Connection) -> None:
    rollup_keeping.mark_counted(connection)
    set_fact(connection, _WORDS, search.WORDS)
    set_fact(connection, _PLACE, b"")
