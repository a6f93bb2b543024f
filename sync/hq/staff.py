"""Looking after the accounts of people at HQ: list, change, disable, reset."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from argon2 import PasswordHasher
from sqlalchemy import Connection, Row, delete, func, select

from sync.hq import acts, envelope_stock
from sync.hq.models import person, session
from sync.hq.people import ROLES, BadAccount, checked_scope

#: No letters or digits that are mistaken for each other.
_READABLE: Final = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A password that is shown once and must be replaced at the first login."""

    login: str
    password: str


def all_people(connection: Connection) -> Sequence[Row[Any]]:
    """Return everybody with an account, by login, and when they last used it."""
    seen = (
        select(session.c.person, func.max(session.c.created_at).label("last_login"))
        .group_by(session.c.person)
        .subquery()
    )
    return connection.execute(
        select(person, seen.c.last_login)
        .join_from(person, seen, seen.c.person == person.c.id, isouter=True)
        .order_by(person.c.active.desc(), person.c.login)
    ).all()


def change(
    connection: Connection, who: str, target: str, role: str, scope: str, now: datetime
) -> None:
    """Give a person another role and scope; sessions go on under the new ones at once.

    Envelopes that they could answer under the old ones are recalled.

    Raises BadAccount.
    """
    if role not in ROLES:
        raise BadAccount("role")
    scope = checked_scope(scope)
    row = _person(connection, target)
    if row.role == "department_head" and (role, scope) != ("department_head", ""):
        _another_head(connection, target)
    connection.execute(person.update().where(person.c.id == target).values(role=role, scope=scope))
    recalled = 0
    if (role, scope) != (row.role, row.scope):
        recalled = envelope_stock.recall_given_by(connection, who, target, now)
    acts.record(
        connection, who, "person_changed", now,
        person=target, role=role, scope=scope, recalled=recalled,
    )  # fmt: skip


def set_active(connection: Connection, who: str, target: str, active: bool, now: datetime) -> None:
    """Close or open an account; closing ends its sessions and recalls its envelopes.

    Raises BadAccount.
    """
    row = _person(connection, target)
    if not active:
        if target == who:
            raise BadAccount("self")
        if row.role == "department_head":
            _another_head(connection, target)
        connection.execute(delete(session).where(session.c.person == target))
        envelope_stock.recall_given_by(connection, who, target, now)
    connection.execute(person.update().where(person.c.id == target).values(active=active))
    acts.record(
        connection, who, "person_enabled" if active else "person_disabled", now, person=target
    )


def reset(
    connection: Connection, who: str, target: str, now: datetime, hasher: PasswordHasher
) -> NewPassword:
    """Give a person a new password for one login; ends the sessions. Raises BadAccount."""
    row = _person(connection, target)
    password = new_password()
    connection.execute(
        person.update()
        .where(person.c.id == target)
        .values(
            password_hash=hasher.hash(password),
            must_change=True,
            failures=0,
            locked_until=None,
        )
    )
    connection.execute(delete(session).where(session.c.person == target))
    acts.record(connection, who, "person_reset", now, person=target)
    return NewPassword(row.login, password)


def new_password() -> str:
    """Return a password of 79 random bits that can be read out."""
    groups = ("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def _person(connection: Connection, target: str) -> Row[Any]:
    row = connection.execute(
        select(person).where(person.c.id == target).with_for_update()
    ).one_or_none()
    if row is None:
        raise BadAccount("unknown")
    return row


def _another_head(connection: Connection, besides: str) -> None:
    """Refuse what would leave nobody who can look after people and policy."""
    others = connection.execute(
        select(func.count()).where(
            person.c.role == "department_head",
            person.c.scope == "",
            person.c.active,
            person.c.id != besides,
        )
    ).scalar_one()
    if not others:
        raise BadAccount("last_head")
