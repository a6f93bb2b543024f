"""Envelopes of phone approval on this device: locks that it may open, secrets that it answers with.

Each envelope that arrives here is kept for ever, so the highest number is what HQ sends after.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from desktop.domain.phone_approval import (
    TRIES_PER_DEVICE,
    TRIES_PER_ENVELOPE,
    TRIES_WITHIN,
    Envelope,
)
from desktop.services.phone_ports import HeldLock, HeldSecret, Try
from desktop.storage.database import Database
from desktop.storage.installation import fact, set_fact
from desktop.storage.phone_tables import phone_lock, phone_secret, phone_try
from desktop.storage.sql_journal import CLOCK_OFFSET
from desktop.storage.tables import receipt

#: The latest HQ time that this device reckoned with, so that a clock set back revives nothing.
_LATEST: Final = "phone_latest"
_AHEAD: Final = timedelta(minutes=1)


class SqlEnvelopes:
    """Keeps envelopes (phone_ports.EnvelopeStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def cursor(self) -> int:
        """Return the highest envelope number that this device was given, 0 for none."""
        with self._database.read() as connection:
            highest = (select(func.max(t.c.number)) for t in (phone_lock, phone_secret))
            return max(connection.execute(query).scalar_one() or 0 for query in highest)

    def accept(
        self, locks: Sequence[HeldLock], secrets: Sequence[HeldSecret], hq_now: datetime
    ) -> None:
        """Keep new envelopes; known ones stay as they are.

        HQ's own word on the time ends what a PC clock once set far ahead made this device believe.
        """
        if not locks and not secrets and not self._runs_ahead(hq_now):
            return
        with self._database.write() as connection:
            for lock in locks:
                row = {**_values(lock.envelope), "lock": lock.lock, "signature": lock.signature}
                row |= {"stream": "", "item": "", "tries": 0}
                connection.execute(upsert(phone_lock).values(row).on_conflict_do_nothing())
            for held in secrets:
                row = {**_values(held.envelope), "secret": held.secret}
                connection.execute(upsert(phone_secret).values(row).on_conflict_do_nothing())
            set_fact(connection, _LATEST, hq_now.isoformat().encode())

    def _runs_ahead(self, hq_now: datetime) -> bool:
        with self._database.read() as connection:
            known = fact(connection, _LATEST)
        return known is not None and datetime.fromisoformat(known.decode()) > hq_now + _AHEAD

    def hq_time(self, now: datetime) -> datetime:
        """Return HQ's time as last known: this PC's clock corrected, and never running back."""
        with self._database.write() as connection:
            offset = int(fact(connection, CLOCK_OFFSET) or b"0")
            known = fact(connection, _LATEST)
            signed = connection.execute(select(func.max(receipt.c.signed_at))).scalar_one()
            moments = [now + timedelta(milliseconds=offset)]
            moments += [datetime.fromisoformat(known.decode())] if known else []
            moments += [signed] if signed else []
            latest = max(moments)
            set_fact(connection, _LATEST, latest.isoformat().encode())
            return latest

    def locks(self) -> Sequence[HeldLock]:
        """Return every lock, by number."""
        with self._database.read() as connection:
            rows = connection.execute(select(phone_lock).order_by(phone_lock.c.number))
            return tuple(_lock(row) for row in rows)

    def reserved(self, stream: str, item: str) -> Sequence[HeldLock]:
        """Return the locks that were put aside for a compensation item, by number."""
        aside = select(phone_lock).where(phone_lock.c.stream == stream, phone_lock.c.item == item)
        with self._database.read() as connection:
            rows = connection.execute(aside.order_by(phone_lock.c.number))
            return tuple(_lock(row) for row in rows)

    def reserve(self, number: int, stream: str, item: str) -> bool:
        """Put a free lock aside for one item, for ever; tell whether it was free."""
        free = (phone_lock.c.number == number, phone_lock.c.item == "")
        with self._database.write() as connection:
            done = connection.execute(
                update(phone_lock).where(*free).values(stream=stream, item=item)
            )
            return done.rowcount == 1

    def begin_try(self, number: int, at: datetime) -> Try:
        """Count a try before it is made, so that a crash or a copy in between gains none."""
        with self._database.write() as connection:
            if _tries_since(connection, at - TRIES_WITHIN) >= TRIES_PER_DEVICE:
                return "device_locked"
            alive = (
                phone_lock.c.number == number,
                phone_lock.c.tries < TRIES_PER_ENVELOPE,
                phone_lock.c.used_at.is_(None),
            )
            counted = connection.execute(
                update(phone_lock).where(*alive).values(tries=phone_lock.c.tries + 1)
            )
            if counted.rowcount != 1:
                return "envelope_locked"
            connection.execute(phone_try.insert().values(number=number, at=at))
            return "open"

    def spend(self, number: int, at: datetime) -> None:
        """Mark a lock as used; the try that opened it is no wrong one."""
        with self._database.write() as connection:
            connection.execute(
                update(phone_lock)
                .where(phone_lock.c.number == number)
                .values(used_at=at, tries=phone_lock.c.tries - 1)
            )
            last = select(func.max(phone_try.c.id)).where(phone_try.c.number == number)
            connection.execute(delete(phone_try).where(phone_try.c.id == last.scalar_subquery()))

    def secrets(self) -> Sequence[HeldSecret]:
        """Return every secret, by number."""
        with self._database.read() as connection:
            rows = connection.execute(select(phone_secret).order_by(phone_secret.c.number))
            return tuple(
                HeldSecret(_envelope(row), row.secret, row.facts, row.given_at) for row in rows
            )

    def mark_given(self, number: int, facts: bytes, at: datetime) -> bool:
        """Bind a secret to the facts that its code is given for; tell whether it was free."""
        free = (phone_secret.c.number == number, phone_secret.c.facts.is_(None))
        with self._database.write() as connection:
            done = connection.execute(
                update(phone_secret).where(*free).values(facts=facts, given_at=at)
            )
            return done.rowcount == 1


def _tries_since(connection: Connection, since: datetime) -> int:
    counted = select(func.count()).select_from(phone_try).where(phone_try.c.at > since)
    return connection.execute(counted).scalar_one()


def _values(envelope: Envelope) -> dict[str, object]:
    values = {name: getattr(envelope, name) for name in Envelope.__dataclass_fields__}
    return {**values, "cap": format(envelope.cap, ".2f")}


def _envelope(row: Row[Any]) -> Envelope:
    values = {name: getattr(row, name) for name in Envelope.__dataclass_fields__}
    return Envelope(**{**values, "cap": Decimal(row.cap)})


def _lock(row: Row[Any]) -> HeldLock:
    return HeldLock(
        envelope=_envelope(row),
        lock=row.lock,
        signature=row.signature,
        stream=row.stream,
        item=row.item,
        tries=row.tries,
        used_at=row.used_at,
    )
