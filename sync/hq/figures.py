"""HQ's figures: how much it holds, where each chain stands, who has been silent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from sync.hq import projection
from sync.hq.models import (
    chain,
    device,
    event,
    incident,
    quarantine,
    receipt,
    store,
    ticket_row,
)


def status(connection: Connection) -> dict[str, Any]:
    """Return what `amends-hq status --json` prints; `pending` are rows still to be folded."""
    count = {
        "tickets": ticket_row,
        "events": event,
        "quarantined": quarantine,
        "incidents": incident,
        "stores": store,
        "receipts": receipt,
    }
    chains = connection.execute(select(chain).order_by(chain.c.id)).all()
    return {
        **{
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in count.items()
        },
        "pending": projection.waiting(connection),
        "chains": {
            row.id: {"seq": row.seq, "head": row.head.hex(), "store": row.home} for row in chains
        },
        "devices": [
            {
                "id": row.id,
                "scope": row.scope,
                "name": row.name,
                "last_contact": _iso(row.last_contact),
                "revoked": row.revoked_at is not None,
            }
            for row in connection.execute(select(device).order_by(device.c.scope, device.c.id))
        ],
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
