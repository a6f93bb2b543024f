"""Attachments that could not be sent: noted with the reason, named to a person until they go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, delete, false, func, select, true
from sqlalchemy.dialects.sqlite import insert as upsert

from desktop.services.exchange_ports import Stuck
from desktop.services.sync_ports import StuckAttachment
from desktop.storage.erasing import TO_REMOVE
from desktop.storage.tables import (
    attachment,
    event,
    personal_value,
    stuck_attachment,
    ticket_row,
    wanted_attachment,
)

#: The fields of an event that name an attachment and what its file is called.
_CONTENT: Final = "content"
_NAME: Final = "name"
_REFUSED: Final = "refused"
#: HQ says why it refuses after a part of the file: not at every exchange, then.
_RESTS: Final = timedelta(hours=1)
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


def note(connection: Connection, sha256: str, stuck: Stuck, at: datetime) -> None:
    """Note why an attachment did not go; which complaint has it is looked for the first time."""
    of_it = stuck_attachment.c.sha256 == sha256
    before = connection.execute(select(stuck_attachment.c.reason).where(of_it)).scalar()
    if stuck.reason == _REFUSED and before != _REFUSED:
        # A line that alters bytes makes HQ refuse what it would take: once more at once, then.
        at = _LONG_AGO
    facts = {"reason": stuck.reason, "detail": stuck.detail, "at": at}
    if connection.execute(stuck_attachment.update().where(of_it).values(**facts)).rowcount:
        return
    named = (
        select(personal_value.c.chain, personal_value.c.seq)
        .where(personal_value.c.field == _CONTENT, personal_value.c.value == sha256)
        .limit(1)
    )
    place = connection.execute(named).first()
    chain, seq = ("", 0) if place is None else place
    connection.execute(
        upsert(stuck_attachment).values(sha256=sha256, chain=chain, seq=seq, **facts)
    )


def forget(connection: Connection, sha256: str) -> None:
    """Take an attachment off the list: it went."""
    connection.execute(delete(stuck_attachment).where(stuck_attachment.c.sha256 == sha256))


def rest_no_more(connection: Connection) -> None:
    """Let those that HQ refused go again with the next exchange."""
    connection.execute(delete(stuck_attachment).where(stuck_attachment.c.reason == _REFUSED))


def is_at_hq(connection: Connection, sha256: str) -> bool:
    """Tell whether HQ has taken an attachment of ours that nobody erased."""
    held = select(attachment.c.sha256).where(
        attachment.c.sha256 == sha256,
        attachment.c.acked == true(),
        attachment.c.local == false(),
        attachment.c.size != TO_REMOVE,
    )
    return connection.execute(held).first() is not None


def want(connection: Connection, sha256: str) -> None:
    """Put an attachment on the list of what is to be fetched."""
    wanted = upsert(wanted_attachment).values(sha256=sha256)
    connection.execute(wanted.on_conflict_do_nothing())


def pending(connection: Connection, limit: int, after: str, now: datetime | None) -> Sequence[str]:
    """Return what HQ has not acknowledged, by name after `after`.

    What HQ refused in the hour before `now` rests; None lets all go.
    """
    waiting = (
        _waiting(select(attachment.c.sha256), now)
        .where(attachment.c.sha256 > after)
        .order_by(attachment.c.sha256)
        .limit(limit)
    )
    return tuple(connection.execute(waiting).scalars())


def pending_bytes(connection: Connection, now: datetime | None) -> int:
    """Return how many bytes all of `pending` has."""
    summed = select(func.coalesce(func.sum(attachment.c.size), 0))
    return int(connection.execute(_waiting(summed, now)).scalar_one())


def _waiting(rows: Select[Any], now: datetime | None) -> Select[Any]:
    waiting = rows.where(attachment.c.acked == false(), attachment.c.local == false())
    if now is None:
        return waiting
    # A time to come is a wrong clock's: who waits for that waits for ever.
    rests = select(stuck_attachment.c.sha256).where(
        stuck_attachment.c.reason == _REFUSED, stuck_attachment.c.at.between(now - _RESTS, now)
    )
    return waiting.where(attachment.c.sha256.not_in(rests))


def listed(connection: Connection, limit: int) -> Sequence[StuckAttachment]:
    """Return those that still wait, by number, with complaint and file name.

    The name is "" where it was erased or where no complaint has the file.
    """
    of_event = and_(
        event.c.chain == stuck_attachment.c.chain, event.c.seq == stuck_attachment.c.seq
    )
    of_name = and_(
        personal_value.c.chain == stuck_attachment.c.chain,
        personal_value.c.seq == stuck_attachment.c.seq,
        personal_value.c.field == _NAME,
    )
    rows = (
        select(
            stuck_attachment.c.sha256,
            event.c.stream,
            ticket_row.c.number,
            personal_value.c.value,
            attachment.c.size,
            stuck_attachment.c.reason,
            stuck_attachment.c.detail,
        )
        .join(attachment, attachment.c.sha256 == stuck_attachment.c.sha256)
        .outerjoin(event, of_event)
        .outerjoin(ticket_row, ticket_row.c.stream == event.c.stream)
        .outerjoin(personal_value, of_name)
        .where(attachment.c.acked == false())
        .order_by(ticket_row.c.number.nulls_last(), stuck_attachment.c.sha256)
        .limit(limit)
    )
    return tuple(
        StuckAttachment(row[0], row[1] or "", row[2] or "", row[3] or "", *row[4:])
        for row in connection.execute(rows)
    )
