"""Names of everybody whose acts are in the journal: accounts, approvers, people told of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import and_, select

from desktop.domain.people import PERSON_ADDED
from desktop.storage.database import Database
from desktop.storage.event_rows import PRESENT
from desktop.storage.phone_tables import phone_lock
from desktop.storage.tables import event, person, personal_value

#: Streams of people begin with P (see ports.Ids.new_id).
_PEOPLE_FROM: Final = "P"
_PEOPLE_BEFORE: Final = "Q"


class SqlDirectory:
    """Implements the port `Directory`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def names(self) -> Mapping[str, str]:
        """Return person id to name; erased names are missing."""
        told = (
            select(event.c.stream, personal_value.c.value)
            .join(
                personal_value,
                and_(personal_value.c.chain == event.c.chain, personal_value.c.seq == event.c.seq),
            )
            .where(
                event.c.stream >= _PEOPLE_FROM,  # the index on streams finds the few quickly
                event.c.stream < _PEOPLE_BEFORE,
                event.c.kind == PERSON_ADDED,
                personal_value.c.field == "name",
                personal_value.c.state == PRESENT,
            )
        )
        with self._database.read() as connection:
            names = {row.stream: row.value for row in connection.execute(told)}
            accounts = connection.execute(select(person.c.id, person.c.name))
            answering = connection.execute(
                select(phone_lock.c.approver, phone_lock.c.name).order_by(phone_lock.c.number)
            )
            names |= {row.approver: row.name for row in answering}
            return {**names, **{row.id: row.name for row in accounts}}
