"""One exchange with a device: take what it sends, countersign, give what it lacks."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Engine

from sync import protocol
from sync.hq import (
    arrivals,
    database,
    enrolment,
    envelopes,
    feed,
    ingest,
    projection,
    quiet,
    rechaining,
)
from sync.hq.arrivals import Prepared
from sync.hq.enrolment import Device
from sync.hq.keys import SigningKey

_log = logging.getLogger(__name__)

#: A contact is written down at most this often, so that an idle trip writes nothing.
_CONTACT_EVERY: Final = timedelta(seconds=30)
#: So many rounds in a row the rows wait while large batches come in.
_MOST_WAITS: Final = 30
_CONTACT: Final = (
    "UPDATE device SET last_contact = %(now)s, clock_offset_ms = %(offset)s WHERE id = %(device)s"
)
_REVOKED: Final = protocol.Problem("revoked", "the token is unknown or was taken back")


@dataclass(frozen=True, slots=True)
class Exchange:
    """Answers devices. Keeps no state of its own: any number of processes may."""

    engine: Engine
    key: SigningKey
    now: Callable[[], datetime]

    def enrol(self, request: protocol.EnrolRequest) -> protocol.EnrolResponse | protocol.Problem:
        """Join a device by its one-time code."""
        with self.engine.begin() as connection:
            return enrolment.enrol(connection, self.key, request, self.now())

    def chain(
        self, token: str, request: protocol.ChainRequest
    ) -> protocol.ChainResponse | protocol.Problem:
        """Give a device its own chain back as HQ holds it."""
        now = self.now()
        with self.engine.begin() as connection:
            device = enrolment.find_device(connection, token)
            if device is None:
                return _REVOKED
            reader = feed.Reader(connection, self.key, now)
            return rechaining.read_chain(reader, device, request)

    def rechain(
        self, token: str, request: protocol.RechainRequest
    ) -> protocol.EnrolResponse | protocol.Problem:
        """Let a copy of a device's data go on under a chain of its own."""
        with self.engine.begin() as connection:
            device = enrolment.find_device(connection, token)
            if device is None:
                return _REVOKED
            return rechaining.rechain(connection, self.key, device, request, self.now())

    def device(self, token: str) -> Device | None:
        """Return who holds this token."""
        with self.engine.connect() as connection:
            return enrolment.find_device(connection, token)

    def sync(
        self, token: str, request: protocol.SyncRequest
    ) -> protocol.SyncResponse | protocol.Problem:
        """Answer one exchange; what it says is acknowledged is durable when this returns."""
        now = self.now()
        quick = quiet.answer(self.engine, token, request, now, now - _CONTACT_EVERY)
        if quick is not None:
            return quick
        prepared = arrivals.prepare(request)
        with self.engine.begin() as connection:
            device = enrolment.find_device(connection, token)
            if device is None:
                return _REVOKED
            taken = self._take(connection, device, prepared, now)
            if isinstance(taken, protocol.Problem):
                return taken
            return self._answer(connection, device, request, taken, now)

    def take(self, token: str, prepared: Prepared) -> ingest.Taken | protocol.Problem:
        """Take one of several batches; it is durable when this returns."""
        now = self.now()
        with self.engine.begin() as connection:
            device = enrolment.find_device(connection, token)
            if device is None:
                return _REVOKED
            return self._take(connection, device, prepared, now)

    def answer(
        self, token: str, request: protocol.SyncRequest, taken: ingest.Taken
    ) -> protocol.SyncResponse | protocol.Problem:
        """Answer for batches that were taken before, the last of them `request`."""
        now = self.now()
        with self.engine.begin() as connection:
            device = enrolment.find_device(connection, token)
            if device is None:
                return _REVOKED
            return self._answer(connection, device, request, taken, now)

    def take_for(self, device: Device, prepared: Prepared) -> ingest.Taken | protocol.Problem:
        """Take a batch that a device signed and somebody carried here."""
        with self.engine.begin() as connection:
            return self._take(connection, device, prepared, self.now())

    def answer_for(
        self, device: Device, request: protocol.SyncRequest, taken: ingest.Taken
    ) -> protocol.SyncResponse:
        """Answer a batch that somebody carried here."""
        with self.engine.begin() as connection:
            return self._answer(connection, device, request, taken, self.now())

    def _take(
        self, connection: Connection, device: Device, prepared: Prepared, now: datetime
    ) -> ingest.Taken | protocol.Problem:
        taken = ingest.take(connection, device, prepared, now)
        if isinstance(taken, ingest.Taken) and 0 < len(taken.streams) <= projection.AT_ONCE:
            projection.project(connection, taken.streams, now)
        return taken

    def _answer(
        self,
        connection: Connection,
        device: Device,
        request: protocol.SyncRequest,
        taken: ingest.Taken,
        now: datetime,
    ) -> protocol.SyncResponse:
        limit = max(0, min(request.want, protocol.MAX_EVENTS))
        down = feed.Reader(connection, self.key, now).after(device, request.cursor, limit)
        given = envelopes.deliver(connection, device, request.envelopes, now)
        receipt = self._receipt(connection, device, request, taken, now)
        self._note_contact(connection, device, request, now)
        return protocol.SyncResponse(
            version=protocol.VERSION,
            at=protocol.milliseconds(now),
            acked=taken.seq,
            receipt=receipt,
            refused=taken.refused,
            feed=tuple(down.runs),
            salts=down.salts,
            cursor=down.cursor,
            more=down.more or len(given) == envelopes.AT_ONCE,
            envelopes=given,
        )

    def _receipt(
        self,
        connection: Connection,
        device: Device,
        request: protocol.SyncRequest,
        taken: ingest.Taken,
        now: datetime,
    ) -> protocol.WireReceipt | None:
        """Countersign the head, unless the device holds the receipt for it."""
        if taken.seq == request.acked or taken.seq == 0:
            return None
        signed = self.key.countersign(device.chain, taken.seq, taken.head, now)
        ingest.keep_receipt(connection, device.scope, signed)
        at = protocol.milliseconds(signed.signed_at)
        return protocol.WireReceipt(signed.seq, signed.head, at, signed.signature)

    def _note_contact(
        self,
        connection: Connection,
        device: Device,
        request: protocol.SyncRequest,
        now: datetime,
    ) -> None:
        last = device.last_contact
        if last is not None and now - last < _CONTACT_EVERY:
            return
        offset = protocol.milliseconds(now) - request.at
        database.run(connection, _CONTACT, {"device": device.id, "now": now, "offset": offset})


class ProjectionWorker:
    """Keeps rows up to date behind large batches."""

    def __init__(self, engine: Engine, now: Callable[[], datetime], every: float = 0.5) -> None:
        self._engine = engine
        self._now = now
        self._every = every
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="projection", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the round in hand."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        waiting = waited = 0
        while not self._stopping.wait(self._every):
            try:
                with self._engine.connect() as connection:
                    before, waiting = waiting, projection.waiting(connection)
                if waiting > before + projection.AT_ONCE and waited < _MOST_WAITS:
                    # A large batch is coming in: appending goes first, rows follow.
                    waited += 1
                    continue
                waited = 0
                projection.drain(self._engine, self._now())
            except Exception:
                # The database may be restarting; rows wait in the database and nothing is lost.
                _log.exception("rows could not be brought up to date")
