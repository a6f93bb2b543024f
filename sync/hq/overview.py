"""Stores as HQ's first page lists them: their complaints, and their silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, Row, case, func, select, true

from sync.hq import access
from sync.hq.models import device, store, ticket_row
from sync.hq.people import User

#: Without contact for so long a store counts as silent.
SILENT_AFTER: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class StoreLine:
    """One store: its complaints, and when one of its PCs was last heard."""

    id: str
    name: str
    region: str
    open: int
    urgent: int
    pending: int
    devices: int
    last_contact: datetime | None
    silent: bool


@dataclass(frozen=True, slots=True)
class Totals:
    """What the stores come to."""

    stores: int
    silent: int
    open: int
    urgent: int
    pending: int


def totals(lines: Sequence[StoreLine]) -> Totals:
    """Add stores up."""
    return Totals(
        stores=len(lines),
        silent=sum(s.silent for s in lines),
        open=sum(s.open for s in lines),
        urgent=sum(s.urgent for s in lines),
        pending=sum(s.pending for s in lines),
    )


def stores(
    connection: Connection,
    now: datetime,
    user: User | None = None,
    silent_after: timedelta = SILENT_AFTER,
) -> Sequence[StoreLine]:
    """Return every store in a person's scope, silent ones with an open level 1–2 first (AS-06)."""
    opened = case((ticket_row.c.closed.is_(False), 1), else_=0)
    urgent = case((ticket_row.c.level <= 2, opened), else_=0)
    tickets = (
        select(
            ticket_row.c.store,
            func.sum(opened).label("open"),
            func.sum(urgent).label("urgent"),
            func.sum(ticket_row.c.pending).label("pending"),
        )
        .group_by(ticket_row.c.store)
        .subquery()
    )
    live = device.c.revoked_at.is_(None)
    heard = func.max(device.c.last_contact)
    contacts = (
        select(
            device.c.scope,
            func.count().filter(live).label("devices"),
            func.coalesce(heard.filter(live), heard).label("last_contact"),
        )
        .group_by(device.c.scope)
        .subquery()
    )
    rows = connection.execute(
        select(store, tickets, contacts)
        .join_from(store, tickets, tickets.c.store == store.c.id, isouter=True)
        .join(contacts, contacts.c.scope == store.c.id, isouter=True)
        .where(_scope(user, store.c.id))
    )
    lines = [
        StoreLine(
            id=row.id,
            name=row.name,
            region=row.region or "",
            open=row.open or 0,
            urgent=row.urgent or 0,
            pending=row.pending or 0,
            devices=row.devices or 0,
            last_contact=row.last_contact,
            silent=_silent(row, now - silent_after),
        )
        for row in rows
    ]
    return sorted(lines, key=lambda s: (not (s.silent and s.urgent), not s.silent, s.id))


def _silent(row: Row[Any], since: datetime) -> bool:
    """Tell whether nothing is heard; where no PC has access any more nothing can be."""
    if not row.devices:
        return bool(row.open)
    return row.last_contact is None or row.last_contact < since


def _scope(user: User | None, column: Column[Any]) -> ColumnElement[bool]:
    return true() if user is None else access.in_scope(user, column)
