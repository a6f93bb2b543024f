"""Trying complaints in quarantine again, when the program or their missing events have come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, select

from sync.hq import access, acts, projection
from sync.hq.models import quarantine
from sync.hq.people import User

#: Most complaints in one transaction; the next begins after the last of them.
AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Tried:
    """How many of those that were tried are left, and after which to go on ("" at the end)."""

    left: int
    last: str


def retry(connection: Connection, user: User, stream: str, now: datetime, after: str = "") -> Tried:
    """Fold a stream in quarantine again, or for "" the next ones in the person's scope."""
    wanted = select(quarantine.c.stream).where(
        access.in_scope(user, quarantine.c.store), quarantine.c.stream > after
    )
    if stream:
        wanted = wanted.where(quarantine.c.stream == stream)
    names = list(connection.execute(wanted.order_by("stream").limit(AT_ONCE)).scalars())
    if not names:
        return Tried(0, "")
    projection.project(connection, names, now)
    left = connection.execute(
        select(func.count()).where(quarantine.c.stream.in_(names))
    ).scalar_one()
    acts.record(connection, user.id, "quarantine_retried", now, tried=len(names), left=left)
    return Tried(left, names[-1] if len(names) == AT_ONCE else "")
