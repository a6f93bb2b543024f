"""Where the exchange with headquarters stands, in one short reading: each trip asks for it."""

from __future__ import annotations

import json
from typing import Any, Final

from desktop.journal.chain import GENESIS
from desktop.journal.records import TornRecord
from desktop.services.exchange_ports import Receipt, SyncStatus
from desktop.storage.database import Database
from desktop.storage.faults import translated
from desktop.storage.utc_time import from_ms

_STANDING: Final = """
    SELECT own.value, c.seq, c.head, r.seq, r.head, r.signed_at, r.signature,
           (SELECT json_group_object(store, position) FROM cursor),
           (SELECT count(*) FROM quarantine),
           (SELECT count(*) FROM attachment WHERE acked = 0 AND local = 0),
           (SELECT count(*) FROM wanted_attachment)
    FROM meta AS own
    LEFT JOIN chain c ON c.chain = CAST(own.value AS TEXT)
    LEFT JOIN receipt r ON r.chain = c.chain
        AND r.seq = (SELECT max(seq) FROM receipt WHERE chain = c.chain)
    WHERE own.name = 'chain'
"""


def read(database: Database) -> tuple[str, SyncStatus]:
    """Return the own chain and where it stands; raises StorageFault when its name was altered."""
    with translated(database.path):
        return _told(database.one(_STANDING))


def _told(found: tuple[Any, ...] | None) -> tuple[str, SyncStatus]:
    if found is None or not isinstance(found[0], bytes):
        raise TornRecord("the installation's own fact 'chain' was altered")
    own, seq, head, acked, signed, signed_at, signature, cursor = found[:8]
    quarantined, attachments, wanted = found[8:]
    chain = own.decode()
    last = None if acked is None else Receipt(chain, acked, signed, from_ms(signed_at), signature)
    return chain, SyncStatus(
        pending=(seq or 0) - (acked or 0),
        seq=seq or 0,
        head=head or GENESIS,
        acked_seq=acked or 0,
        last_receipt=last,
        cursor=json.loads(cursor),
        quarantined=quarantined,
        pending_attachments=attachments,
        wanted_attachments=wanted,
    )
