"""Takes a person's values away at HQ when a store's erasure arrives; the feed then carries none."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, text

from desktop.journal.chain import ERASURE
from desktop.journal.records import TornRecord, parse_core

_FORGET = text(
    "UPDATE event SET personal = array_fill(NULL::bytea, ARRAY[cardinality(personal)])"
    " WHERE stream = ANY(:streams) AND personal IS NOT NULL"
)
_FORGET_SALTS = text("DELETE FROM salt WHERE stream = ANY(:streams)")


def erase(connection: Connection, arrived: Iterable[tuple[str, bytes]]) -> list[str]:
    """Erase the streams whose erasure is among `arrived` (stream and core bytes); return them."""
    streams = sorted({stream for stream, core in arrived if _is_erasure(core)})
    if streams:
        connection.execute(_FORGET, {"streams": streams})
        connection.execute(_FORGET_SALTS, {"streams": streams})
    return streams


def _is_erasure(core: bytes) -> bool:
    if ERASURE.encode() not in core:
        return False
    try:
        return parse_core(core).k == ERASURE
    except TornRecord:
        return False
