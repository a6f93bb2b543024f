"""Accounts on this PC and the names behind the ids in events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.dialects.sqlite import insert as upsert

from desktop.services.ports import Person
from desktop.storage.database import Database
from desktop.storage.tables import person as accounts


class SqlPeople:
    """Keeps accounts (ports.People)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> Sequence[Person]:
        """Return everybody, by login."""
        with self._database.read() as connection:
            found = connection.execute(select(accounts).order_by(accounts.c.login))
            return tuple(_person(row) for row in found)

    def find(self, login: str) -> tuple[Person, str] | None:
        """Return the person with this login and the password hash."""
        with self._database.read() as connection:
            row = connection.execute(
                select(accounts).where(accounts.c.login == login)
            ).one_or_none()
        return (_person(row), row.password_hash) if row else None

    def get(self, person: str) -> Person | None:
        """Return the person with this id."""
        with self._database.read() as connection:
            row = connection.execute(select(accounts).where(accounts.c.id == person)).one_or_none()
        return _person(row) if row else None

    def save(self, person: Person, password_hash: str) -> None:
        """Add or replace a person; raises IntegrityError when another one has the login."""
        values = {
            "login": person.login,
            "name": person.name,
            "role": person.role,
            "active": person.active,
            "password_hash": password_hash,
        }
        statement = upsert(accounts).values(id=person.id, **values)
        with self._database.write() as connection:
            connection.execute(
                statement.on_conflict_do_update(index_elements=[accounts.c.id], set_=values)
            )


def _person(row: Row[Any]) -> Person:
    return Person(row.id, row.login, row.name, row.role, row.active)
