"""Small settings of this PC by name."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert as upsert

from desktop.storage.database import Database
from desktop.storage.tables import setting


class SqlSettings:
    """Keeps settings (ports.Settings)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str, default: str = "") -> str:
        """Return a setting."""
        with self._database.read() as connection:
            found = connection.execute(
                select(setting.c.value).where(setting.c.name == name)
            ).scalar_one_or_none()
        return default if found is None else found

    def set(self, name: str, value: str) -> None:
        """Keep a setting."""
        statement = upsert(setting).values(name=name, value=value)
        with self._database.write() as connection:
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=[setting.c.name], set_={"value": value}
                )
            )
