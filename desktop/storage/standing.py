"""Where the exchange with headquarters stands, in three short readings: each trip asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from desktop.journal.chain import GENESIS
from desktop.services.exchange_ports import Receipt, SyncStatus
from desktop.storage.utc_time import from_ms

_COUNTED = """
    SELECT (SELECT seq FROM chain WHERE chain = :chain),
           (SELECT head FROM chain WHERE chain = :chain),
           (SELECT count(*) FROM quarantine),
           (SELECT count(*) FROM attachment WHERE acked = 0 AND local = 0),
           (SELECT count(*) FROM wanted_attachment)
"""
_RECEIPT = (
    "SELECT chain, seq, head, signed_at, signature FROM receipt"
    " WHERE chain = :chain ORDER BY seq DESC LIMIT 1"
)
_CURSOR = "SELECT store, position FROM cursor"


def read(connection: Connection, chain: str) -> SyncStatus:
    """Return where the own chain `chain` stands."""
    of = {"chain": chain}
    [(seq, head, quarantined, attachments, wanted)] = _rows(connection, _COUNTED, of)
    last = next((_receipt(*row) for row in _rows(connection, _RECEIPT, of)), None)
    acked = last.seq if last else 0
    return SyncStatus(
        pending=(seq or 0) - acked,
        seq=seq or 0,
        head=head or GENESIS,
        acked_seq=acked,
        last_receipt=last,
        cursor=dict(_rows(connection, _CURSOR, {})),
        quarantined=quarantined,
        pending_attachments=attachments,
        wanted_attachments=wanted,
    )


def _receipt(chain: str, seq: int, head: bytes, signed_at: int, signature: bytes) -> Receipt:
    return Receipt(chain, seq, head, from_ms(signed_at), signature)


def _rows(connection: Connection, statement: str, given: dict[str, str]) -> Sequence[Any]:
    cursor = connection.exec_driver_sql(statement, given).cursor
    return () if cursor is None else cursor.fetchall()
