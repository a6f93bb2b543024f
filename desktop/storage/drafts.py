"""Drafts: typing that is no ticket yet, durable while it is typed (IN-16)."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from desktop.services.ports import SavedDraft
from desktop.storage.database import Database
from desktop.storage.tables import draft as drafts


class SqlDrafts:
    """Keeps drafts (ports.Drafts)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, draft: SavedDraft) -> None:
        """Add or replace a draft; on disk when this returns."""
        values = {
            "kind": draft.kind,
            "body": json.dumps(dict(draft.body), ensure_ascii=False),
            "updated_at": draft.updated_at,
        }
        statement = upsert(drafts).values(id=draft.id, **values)
        with self._database.write() as connection:
            connection.execute(
                statement.on_conflict_do_update(index_elements=[drafts.c.id], set_=values)
            )

    def all(self) -> Sequence[SavedDraft]:
        """Return every draft, the newest first."""
        newest = select(drafts).order_by(drafts.c.updated_at.desc(), drafts.c.id)
        with self._database.read() as connection:
            return tuple(
                SavedDraft(row.id, row.kind, json.loads(row.body), row.updated_at)
                for row in connection.execute(newest)
            )

    def delete(self, draft: str) -> None:
        """Forget a draft; one that is not there is no fault."""
        with self._database.write() as connection:
            connection.execute(delete(drafts).where(drafts.c.id == draft))
