"""HQ reads its own chains again all the time, those that were just heard of first (AU-01).

What `amends-hq verify` reads at once, this reads a part at a time beside the service: an altered
byte, a cut tail or a receipt taken away becomes an incident that names its place, within seconds of
the next exchange of the PC whose chain it is, for chains of a thousand events; longer ones are read
on with every exchange. Idle chains follow in turn.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine
from sqlalchemy.dialects.postgresql import insert

from desktop.journal.chain import GENESIS, Fault
from sync.hq import verification
from sync.hq.keys import SigningKey
from sync.hq.models import incident
from sync.hq.verification import Part

_log = logging.getLogger(__name__)

#: The incident's code; the page of things to look at words it.
ALTERED: Final = "altered"
#: A round reads so many events, in some hundredths of a second, of one chain at most so many.
_A_ROUND: Final = 5_000
_A_CHAIN: Final = 1_000
_BEGINNING: Final = (0, GENESIS)
_NONE: Final[frozenset[str]] = frozenset()


class SelfCheck:
    """Remembers how far it has read each chain, and how it was when it was last heard of."""

    def __init__(self, engine: Engine, key: SigningKey) -> None:
        self._engine = engine
        self._key = key
        self._heard: dict[str, tuple[datetime | None, int]] = {}
        self._at: dict[str, tuple[int, bytes]] = {}
        self._idle: list[str] = []

    def round(self, now: datetime) -> int:
        """Read on until enough events were read; return how many faults were found."""
        faults = events = 0
        with self._engine.connect().execution_options(
            isolation_level=verification.AS_IT_IS
        ) as connection:
            for row in self._due(verification.chains(connection)):
                begin = self._at.get(row.id, _BEGINNING)
                part = self._read(connection, row, begin)
                self._heard[row.id] = (row.last_contact, row.seq)
                events += max(1, part.seq - begin[0])
                if part.fault is not None:
                    faults += 1
                    self._note(row, part.fault, now)
                ended = part.fault is not None or part.seq >= row.seq
                self._at[row.id] = _BEGINNING if ended else (part.seq, part.head)
                if events >= _A_ROUND:
                    break
        return faults

    def _read(self, connection: Connection, row: Any, begin: tuple[int, bytes]) -> Part:
        """Read a part; what looks wrong is read again, whole and knowing who was erased."""
        part = verification.check_part(connection, self._key, row, _NONE, begin, _A_CHAIN)
        if part.fault is None:
            return part
        erased = verification.erased_streams(connection)
        return verification.check_part(connection, self._key, row, erased)

    def _due(self, rows: Sequence[Any]) -> Iterator[Any]:
        """Yield chains that were heard of or have grown, then the others in turn, each once."""
        known = {row.id: row for row in rows}
        fresh = [r for r in rows if self._heard.get(r.id) != (r.last_contact, r.seq)]
        yield from fresh
        done = {row.id for row in fresh}
        if not self._idle:
            self._idle = list(known)
        for name in tuple(self._idle):
            self._idle.remove(name)
            if name in known and name not in done:
                yield known[name]

    def _note(self, row: Any, fault: Fault, now: datetime) -> None:
        detail = f"{fault.chain}:{fault.seq}: {fault.what}: {fault.detail}"
        values = {"scope": row.home, "chain": row.id, "code": ALTERED, "detail": detail}
        with self._engine.begin() as connection:
            noted = connection.execute(
                insert(incident)
                .values(at=now, **values)
                .on_conflict_do_nothing()
                .returning(incident.c.id)
            ).first()
        if noted is not None:
            _log.error("a stored record was altered: %s", detail)
