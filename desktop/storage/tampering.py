"""Alters a stored event behind the journal's back, to show that it is found."""

from __future__ import annotations

from sqlalchemy import func, select, update

from desktop.storage.database import Database
from desktop.storage.tables import event


def alter_middle_event(database: Database) -> tuple[str, int]:
    """Flip one bit of the middle event's stored bytes; return its chain and seq.

    Raises LookupError for a journal without events.
    """
    with database.write() as connection:
        middle = connection.execute(select(func.count() // 2).select_from(event)).scalar_one()
        found = connection.execute(
            select(event.c.chain, event.c.seq, event.c.core)
            .order_by(event.c.chain, event.c.seq)
            .offset(middle)
            .limit(1)
        ).one_or_none()
        if found is None:
            raise LookupError("the journal has no events")
        altered = bytearray(found.core)
        altered[len(altered) // 2] ^= 1
        here = (event.c.chain == found.chain) & (event.c.seq == found.seq)
        connection.execute(update(event).where(here).values(core=bytes(altered)))
        return found.chain, found.seq
