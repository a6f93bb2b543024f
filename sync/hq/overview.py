"""What HQ's pages list: stores and their silence, and everything that a person should look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    String,
    Table,
    case,
    cast,
    func,
    or_,
    select,
    text,
    true,
)

from sync.hq import access
from sync.hq.models import device, incident, quarantine, store, ticket_row
from sync.hq.people import User

#: Without contact for so long a store counts as silent.
SILENT_AFTER: Final = timedelta(hours=24)
_SHOWN: Final = 200


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
    contacts = (
        select(
            device.c.scope,
            func.count().label("devices"),
            func.max(device.c.last_contact).label("last_contact"),
        )
        .where(device.c.revoked_at.is_(None))
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
            silent=_silent(row.last_contact, row.devices or 0, now - silent_after),
        )
        for row in rows
    ]
    return sorted(lines, key=lambda s: (not (s.silent and s.urgent), not s.silent, s.id))


def _silent(last: datetime | None, devices: int, since: datetime) -> bool:
    return devices > 0 and (last is None or last < since)


def _scope(user: User | None, column: Column[Any]) -> ColumnElement[bool]:
    return true() if user is None else access.in_scope(user, column)


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing to look at: `kind` names a text `hq.kind_<kind>`."""

    kind: str
    where: str
    number: str
    what: str
    since: datetime
    stream: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


def attention(connection: Connection, user: User | None = None) -> Sequence[Attention]:
    """Return anomalies, conflicts, quarantined complaints and incidents, the newest first."""
    found = [
        *_tickets(connection, user),
        *(
            Attention("quarantine", row.store, row.stream, row.reason, row.since, row.stream)
            for row in _newest(connection, quarantine, "since", _scope(user, quarantine.c.store))
        ),
        *(
            Attention(row.code, row.scope, row.chain, row.detail, row.at)
            for row in _newest(connection, incident, "at", _scope(user, incident.c.scope))
        ),
    ]
    return sorted(found, key=lambda a: a.since, reverse=True)


def _tickets(connection: Connection, user: User | None) -> list[Attention]:
    marked = or_(
        cast(ticket_row.c.anomalies, String) != "[]", cast(ticket_row.c.conflicts, String) != "[]"
    )
    rows = connection.execute(
        select(ticket_row)
        .where(marked, _scope(user, ticket_row.c.store))
        .order_by(ticket_row.c.updated_at.desc())
        .limit(_SHOWN)
    )
    found = []
    for row in rows:
        for anomaly in row.anomalies:
            what = str(anomaly.get("code", ""))
            place = (row.store, row.number, what, row.updated_at, row.stream)
            found.append(Attention("anomaly", *place, anomaly))
        for name in row.conflicts:
            place = (row.store, row.number, name, row.updated_at, row.stream)
            found.append(Attention("conflict", *place))
    return found


def _newest(
    connection: Connection, table: Table, by: str, within: ColumnElement[bool]
) -> Sequence[Any]:
    newest = select(table).where(within).order_by(text(f"{by} DESC")).limit(_SHOWN)
    return connection.execute(newest).all()
