"""Everything at HQ that a person should look at: what it is, how much of it, what is done about it.

Anomalies and conflicts are settled at the stores, quarantine by trying again; incidents (a fork, a
copied PC, an altered record) stay until somebody at HQ has looked into them and says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, Row, func, select, text, true

from sync.hq import access, acts
from sync.hq.models import incident, quarantine, ticket_row
from sync.hq.people import User

#: So many of each kind are listed, the newest; the page says when there are more.
SHOWN: Final = 200
_LISTS: Final[Mapping[str, Column[Any]]] = {
    "anomaly": ticket_row.c.anomalies,
    "conflict": ticket_row.c.conflicts,
}
_NOTHING: Final = text("'[]'::jsonb")
#: The largest id of an incident.
_MOST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing to look at: `kind` names a text `hq.kind_<kind>`; `id` is an incident's, else 0."""

    kind: str
    where: str
    number: str
    what: str
    since: datetime
    stream: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0


def kinds(connection: Connection, user: User) -> Mapping[str, int]:
    """Return how many things of each kind there are in a person's scope, without empty kinds."""
    counts: dict[str, int] = {}
    for kind, column in _LISTS.items():
        total = func.coalesce(func.sum(func.jsonb_array_length(column)), 0)
        counts[kind] = connection.execute(select(total).where(*_marked(user, column))).scalar_one()
    within = access.in_scope(user, quarantine.c.store)
    rows = select(func.count()).select_from(quarantine).where(within)
    counts["quarantine"] = connection.execute(rows).scalar_one()
    by_code = (
        select(incident.c.code, func.count())
        .where(access.in_scope(user, incident.c.scope))
        .group_by(incident.c.code)
        .order_by(incident.c.code)
    )
    for code, number in connection.execute(by_code):
        counts[code] = number
    return {kind: number for kind, number in counts.items() if number}


def newest(connection: Connection, user: User, kind: str = "") -> Sequence[Attention]:
    """Return the newest things of one kind, of every kind for "", at most SHOWN of each."""
    found: list[Attention] = []
    for name, column in _LISTS.items():
        if kind in ("", name):
            found += _of_tickets(connection, user, name, column)
    if kind in ("", "quarantine"):
        found += _quarantined(connection, user)
    if kind not in (*_LISTS, "quarantine"):
        found += _incidents(connection, user, incident.c.code == kind if kind else true())
    return sorted(found, key=lambda a: a.since, reverse=True)


def clear(connection: Connection, user: User, name: str, now: datetime) -> bool:
    """Take an incident off the list and write down who did; tell whether it was there.

    What is still wrong is noted again by the next exchange or the next reading of the chain.
    """
    number = int(name) if name.isascii() and name.isdigit() else 0
    row = connection.execute(
        incident.delete()
        .where(incident.c.id == min(number, _MOST), access.in_scope(user, incident.c.scope))
        .returning(incident)
    ).one_or_none()
    if row is None:
        return False
    acts.record(
        connection, user.id, "incident_cleared", now,
        place=row.scope, kind=row.code, detail=row.detail,
    )  # fmt: skip
    return True


def _marked(user: User, column: Column[Any]) -> tuple[ColumnElement[bool], ...]:
    return column != _NOTHING, access.in_scope(user, ticket_row.c.store)


def _of_tickets(
    connection: Connection, user: User, kind: str, column: Column[Any]
) -> Sequence[Attention]:
    rows = connection.execute(
        select(ticket_row)
        .where(*_marked(user, column))
        .order_by(ticket_row.c.updated_at.desc())
        .limit(SHOWN)
    )
    found = [_of_ticket(row, kind, value) for row in rows for value in getattr(row, column.name)]
    return found[:SHOWN]


def _of_ticket(row: Row[Any], kind: str, value: Any) -> Attention:
    place = (row.store, row.number)
    if kind == "conflict":
        return Attention(kind, *place, str(value), row.updated_at, row.stream)
    return Attention(kind, *place, str(value.get("code", "")), row.updated_at, row.stream, value)


def _quarantined(connection: Connection, user: User) -> Sequence[Attention]:
    rows = connection.execute(
        select(quarantine)
        .where(access.in_scope(user, quarantine.c.store))
        .order_by(quarantine.c.since.desc())
        .limit(SHOWN)
    )
    return [
        Attention("quarantine", row.store, row.stream, row.reason, row.since, row.stream)
        for row in rows
    ]


def _incidents(
    connection: Connection, user: User, wanted: ColumnElement[bool]
) -> Sequence[Attention]:
    rows = connection.execute(
        select(incident)
        .where(access.in_scope(user, incident.c.scope), wanted)
        .order_by(incident.c.at.desc())
        .limit(SHOWN)
    )
    return [
        Attention(row.code, row.scope, row.chain, row.detail, row.at, id=row.id) for row in rows
    ]
