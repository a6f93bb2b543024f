"""Streams whose events are stored while their rows wait for later events of the same feed.

Their names stand in the database with the events, so that a power cut leaves no ticket unlisted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec
from sqlalchemy import Connection

from desktop.storage.database import Database
from desktop.storage.installation import fact, set_fact
from desktop.storage.projections import Projector

_UNLISTED: Final = "unlisted"


def note(connection: Connection, streams: Iterable[str]) -> None:
    """Note the streams, and no others, whose rows are still to be made."""
    set_fact(connection, _UNLISTED, msgspec.json.encode(sorted(streams)))


def list_all(database: Database, projector: Projector) -> None:
    """Make the rows that a feed cut short left unmade."""
    with database.read() as connection:
        if not _noted(connection):
            return
    # Made from what is stored and noted beside it: a power cut loses nothing by it.
    with database.write(lasting=False) as connection:
        projector.project_stored(connection, _noted(connection))
        note(connection, ())


def _noted(connection: Connection) -> list[str]:
    kept = fact(connection, _UNLISTED)
    return msgspec.json.decode(kept, type=list[str]) if kept else []
