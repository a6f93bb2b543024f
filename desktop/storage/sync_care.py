"""What waits for a person after an exchange: quarantine, conflicts, stuck files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select

from desktop.services.sync_ports import Conflicting, SetAside, StuckAttachment, WentOn
from desktop.storage import stuck_attachments
from desktop.storage.database import Database
from desktop.storage.installation import fact, set_fact
from desktop.storage.projections import Projector
from desktop.storage.tables import quarantine, ticket_row

#: Complaints tried again in one transaction, so that saving stays quick.
_AT_ONCE = 20
#: The fact that tells of a chain that was left, until somebody has read it.
WENT_ON: Final = "went_on"


class SqlSyncCare:
    """Reads and mends beside the exchange (sync_ports.SyncCare)."""

    def __init__(self, database: Database, projector: Projector) -> None:
        self._database = database
        self._projector = projector

    def set_aside(self, limit: int) -> Sequence[SetAside]:
        """Return complaints in quarantine; the number is of the last good row, "" for none."""
        rows = (
            select(quarantine.c.stream, ticket_row.c.number, quarantine.c.reason)
            .outerjoin_from(quarantine, ticket_row, ticket_row.c.stream == quarantine.c.stream)
            .order_by(quarantine.c.stream)
            .limit(limit)
        )
        with self._database.read() as connection:
            return tuple(
                SetAside(row.stream, row.number or "", row.reason)
                for row in connection.execute(rows)
            )

    def try_again(self) -> int:
        """Make their rows again; return how many are still in quarantine."""
        with self._database.read() as connection:
            streams = connection.execute(select(quarantine.c.stream)).scalars().all()
        for start in range(0, len(streams), _AT_ONCE):
            with self._database.write() as connection:
                self._projector.project_stored(connection, streams[start : start + _AT_ONCE])
        with self._database.read() as connection:
            left = select(func.count()).select_from(quarantine)
            return int(connection.execute(left).scalar_one())

    def conflicting(self, limit: int) -> Sequence[Conflicting]:
        """Return complaints with conflicts to settle, the newest first."""
        rows = (
            select(
                ticket_row.c.stream,
                ticket_row.c.number,
                ticket_row.c.summary,
                ticket_row.c.conflicts,
            )
            .where(ticket_row.c.conflicts > 0)
            .order_by(ticket_row.c.key.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return tuple(Conflicting(*row) for row in connection.execute(rows))

    def stuck_attachments(self, limit: int) -> Sequence[StuckAttachment]:
        """Return attachments that could not be sent, by the number of their complaint."""
        with self._database.read() as connection:
            return stuck_attachments.listed(connection, limit)

    def send_refused_again(self) -> None:
        """Let attachments that HQ refused go again with the next exchange."""
        with self._database.write() as connection:
            stuck_attachments.rest_no_more(connection)

    def fetch_again(self, sha256: str) -> None:
        """Have an attachment brought back that HQ holds and that is lost here."""
        with self._database.read() as connection:
            at_hq = stuck_attachments.is_at_hq(connection, sha256)
        if at_hq:
            with self._database.write() as connection:
                stuck_attachments.want(connection, sha256)

    def went_on(self) -> WentOn | None:
        """Return that this PC went on under a new chain, until somebody has read it."""
        with self._database.read() as connection:
            found = fact(connection, WENT_ON)
        return WentOn(**json.loads(found)) if found else None

    def went_on_read(self) -> None:
        """Note that somebody has read it."""
        with self._database.write() as connection:
            set_fact(connection, WENT_ON, b"")
