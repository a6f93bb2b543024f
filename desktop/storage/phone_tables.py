"""The tables of approval by phone: envelopes on both sides and the codes that were tried."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table

from desktop.storage.tables import metadata
from desktop.storage.utc_time import UtcTime


def _envelope_columns() -> list[Column[Any]]:
    """Return what both sides of phone approval keep of an envelope; `cap` is a decimal string."""
    return [
        Column("number", Integer, primary_key=True, autoincrement=False),
        *(
            Column(name, String, nullable=False)
            for name in ("store", "device", "approver", "login", "name", "role", "cap")
        ),
        Column("issued_at", UtcTime, nullable=False),
        Column("expires_at", UtcTime, nullable=False),
        Column("nonce", LargeBinary, nullable=False),
    ]


phone_lock = Table(
    "phone_lock",
    metadata,
    *_envelope_columns(),
    Column("lock", String, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("stream", String, nullable=False),
    Column("item", String, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("used_at", UtcTime),
)
"""Envelopes that may release here: the lock of each, what it was put aside for, its tries."""

phone_secret = Table(
    "phone_secret",
    metadata,
    *_envelope_columns(),
    Column("secret", LargeBinary, nullable=False),
    Column("facts", LargeBinary),
    Column("given_at", UtcTime),
)
"""Envelopes that an approver answers here, and for which facts a code was given."""

phone_try = Table(
    "phone_try",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "at"),
)
"""Codes that were tried and did not open their lock, for the device's own limit."""
