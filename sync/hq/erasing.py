"""Takes a person's values away at HQ when a store's erasure arrives; the feed then carries none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, text

from desktop.domain.operations import attach_evidence
from desktop.journal.chain import ERASURE
from desktop.journal.records import TornRecord, parse_core
from sync.hq.attachments import TO_REMOVE
from sync.hq.models import attachment
from sync.hq.streams import OF_STREAMS

_FORGET = text(f"""
    WITH told AS (SELECT e.home, e.chain, e.seq FROM {OF_STREAMS} AND e.personal IS NOT NULL)
    UPDATE event SET personal = array_fill(NULL::bytea, ARRAY[cardinality(personal)]) FROM told
    WHERE (event.home, event.chain, event.seq) = (told.home, told.chain, told.seq)
""")  # noqa: S608 - constants
_FORGET_SALTS = text("DELETE FROM salt WHERE stream = ANY(:streams)")
_WITH_VALUES = text(
    f"SELECT e.home, e.core, e.personal FROM {OF_STREAMS}"  # noqa: S608 - constants
    " AND e.personal IS NOT NULL"
)
_ERASURES = text(
    f"SELECT e.stream, e.core FROM {OF_STREAMS}"  # noqa: S608 - constants
    " AND position(CAST(:kind AS bytea) IN e.core) > 0"
)
_NAMED = text(
    "SELECT 1 FROM event"
    " WHERE home = :home AND chain = ANY(ARRAY(SELECT id FROM chain WHERE home = :home))"
    " AND :content = ANY(personal) LIMIT 1"
)


def erase(connection: Connection, arrived: Iterable[tuple[str, bytes]]) -> list[str]:
    """Erase the streams whose erasure is among `arrived` (stream and core bytes); return them."""
    streams = sorted({stream for stream, core in arrived if _is_erasure(core)})
    if streams:
        pictures = _pictures(connection, streams)
        connection.execute(_FORGET, {"streams": streams})
        connection.execute(_FORGET_SALTS, {"streams": streams})
        for home, sha256 in sorted(pictures):
            _give_up(connection, home, sha256)
    return streams


def erase_again(connection: Connection, streams: Iterable[str]) -> list[str]:
    """Erase what came to streams whose erasure was here before it; return them.

    A PC that had not heard of the erasure may still send values.
    """
    rows = connection.execute(_ERASURES, {"streams": sorted(streams), "kind": ERASURE.encode()})
    return erase(connection, [(row.stream, row.core) for row in rows])


def _pictures(connection: Connection, streams: Sequence[str]) -> set[tuple[str, str]]:
    """Return the attachments that these streams name, each with where it is kept."""
    found = set()
    for row in connection.execute(_WITH_VALUES, {"streams": streams}):
        try:
            core = parse_core(row.core)
        except TornRecord:
            continue
        values = dict(zip(core.f, row.personal, strict=False))
        if core.k == attach_evidence.KIND and values.get("content"):
            found.add((row.home, values["content"].decode(errors="replace")))
    return found


def _give_up(connection: Connection, home: str, sha256: str) -> None:
    """Mark an attachment as to be removed, unless another complaint has the same picture.

    Nobody reads it from here on; the bytes go once this transaction is durable.
    """
    if connection.execute(_NAMED, {"home": home, "content": sha256.encode()}).first() is None:
        connection.execute(
            attachment.update()
            .where(attachment.c.store == home, attachment.c.sha256 == sha256)
            .values(complete=False, received=TO_REMOVE)
        )


def _is_erasure(core: bytes) -> bool:
    if ERASURE.encode() not in core:
        return False
    try:
        return parse_core(core).k == ERASURE
    except TornRecord:
        return False
