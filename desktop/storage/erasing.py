"""Takes the personal values of erased streams away, with salts and what was found by them.

Runs in the transaction that writes or receives the erasure, and again when more of the stream
arrives later: nothing personal is kept on a stream that says it was erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Connection, bindparam, delete, select, update

from desktop.domain.events import Absent
from desktop.domain.operations import attach_evidence
from desktop.journal.chain import ERASURE
from desktop.storage.tables import attachment, event, personal_value, salt

#: The size of an attachment whose file is to be removed: files follow when all is saved.
TO_REMOVE: Final = -1

_ERASED_AMONG = (
    select(event.c.stream)
    .distinct()
    .where(event.c.stream.in_(bindparam("streams", expanding=True)), event.c.kind == ERASURE)
)
_OF_STREAM = select(event.c.chain, event.c.seq, event.c.kind).where(
    event.c.stream == bindparam("of")
)


def erase(connection: Connection, streams: Iterable[str]) -> Sequence[str]:
    """Erase those of `streams` that hold an erasure; return them."""
    erased = connection.execute(_ERASED_AMONG, {"streams": list(streams)}).scalars().all()
    for stream in erased:
        _erase_stream(connection, stream)
    return erased


def _erase_stream(connection: Connection, stream: str) -> None:
    places = connection.execute(_OF_STREAM, {"of": stream}).all()
    contents: set[str] = set()
    for place in places:
        of_event = (personal_value.c.chain == place.chain, personal_value.c.seq == place.seq)
        if place.kind == attach_evidence.KIND:
            contents.update(_content(connection, place.chain, place.seq))
        connection.execute(
            update(personal_value).where(*of_event).values(value=None, state=Absent.ERASED.value)
        )
    connection.execute(delete(salt).where(salt.c.stream == stream))
    for sha256 in contents:
        if not _still_named(connection, sha256):
            gone = update(attachment).where(attachment.c.sha256 == sha256)
            connection.execute(gone.values(size=TO_REMOVE, acked=True))


def _content(connection: Connection, chain: str, seq: int) -> Sequence[str]:
    named = select(personal_value.c.value).where(
        personal_value.c.chain == chain,
        personal_value.c.seq == seq,
        personal_value.c.field == "content",
        personal_value.c.value.is_not(None),
    )
    return connection.execute(named).scalars().all()


def _still_named(connection: Connection, sha256: str) -> bool:
    """Tell whether another complaint has the same picture."""
    named = (
        select(personal_value.c.seq)
        .where(personal_value.c.field == "content", personal_value.c.value == sha256)
        .limit(1)
    )
    return connection.execute(named).first() is not None
