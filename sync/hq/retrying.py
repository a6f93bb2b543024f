"""Trying complaints in quarantine again, when the program or their missing events have come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from sync.hq import access, acts, projection
from sync.hq.models import quarantine
from sync.hq.people import User

#: Most complaints in one try; the rest by trying again.
_AT_ONCE = 200


def retry(connection: Connection, user: User, stream: str, now: datetime) -> int:
    """Fold a stream in quarantine again (all in the person's scope for ""); return what is left."""
    wanted = select(quarantine.c.stream).where(access.in_scope(user, quarantine.c.store))
    if stream:
        wanted = wanted.where(quarantine.c.stream == stream)
    names = list(connection.execute(wanted.order_by("stream").limit(_AT_ONCE)).scalars())
    if not names:
        return 0
    projection.project(connection, names, now)
    left = connection.execute(
        select(func.count()).where(quarantine.c.stream.in_(names))
    ).scalar_one()
    acts.record(connection, user.id, "quarantine_retried", now, tried=len(names), left=left)
    return left
