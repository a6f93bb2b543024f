"""Several batches in one request: read, worked out and written at the same time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Final

from starlette.concurrency import run_in_threadpool

from sync import protocol
from sync.hq import arrivals, ingest
from sync.hq.arrivals import Expected, Prepared
from sync.hq.enrolment import Device
from sync.hq.exchange import Exchange

#: So many events of several batches may wait while others are written, before more are worked out.
_MOST_WAITING: Final = 4 * protocol.MAX_EVENTS


class Push:
    """One request to PUSH_PATH; while batches are being written, the next ones are worked out."""

    def __init__(self, exchange: Exchange, token: str) -> None:
        self._exchange = exchange
        self._token = token
        self._frames = protocol.Frames()
        self._waiting: deque[Prepared] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._room = asyncio.Event()
        self._problem: protocol.Problem | None = None
        self._taken: ingest.Taken | None = None
        self._request: protocol.SyncRequest | None = None
        self._device: Device | None = None
        self._refused: list[protocol.RefusedEvent] = []

    async def take(self, pieces: AsyncIterator[bytes]) -> protocol.SyncResponse | protocol.Problem:
        """Take every batch, then answer; the first problem ends it, what was taken stays."""
        try:
            problem = await self._all(pieces)
            if problem is not None:
                await _drain(pieces)
        finally:
            # Also when the line is cut: what came whole is written.
            if self._writer is not None:
                await self._writer
        problem = problem or self._problem
        if problem is not None:
            return problem
        taken = self._taken
        if taken is None or self._request is None or self._frames.broken_off:
            return protocol.Problem("bad_request", "the request ends inside a batch")
        whole = ingest.Taken(taken.seq, taken.head, tuple(self._refused))
        return await run_in_threadpool(self._exchange.answer, self._token, self._request, whole)

    async def _all(self, pieces: AsyncIterator[bytes]) -> protocol.Problem | None:
        size = 0
        async for piece in pieces:
            size += len(piece)
            if size > protocol.MAX_PUSH:
                return protocol.Problem("too_large", f"at most {protocol.MAX_PUSH} bytes")
            try:
                for body in self._frames.feed(piece):
                    problem = await self._one(body)
                    if problem is not None:
                        return problem
            except protocol.NewerMessage as error:
                return protocol.Problem("version", str(error))
            except protocol.BadMessage as error:
                return protocol.Problem("bad_request", str(error))
        return None

    async def _one(self, body: bytes) -> protocol.Problem | None:
        """Work a batch out and leave it to the writer."""
        prepared = await run_in_threadpool(self._prepared, body)
        if prepared.request.version > protocol.VERSION:
            return protocol.Problem("version", f"HQ speaks up to {protocol.VERSION}")
        self._request = prepared.request
        self._waiting.append(prepared)
        if self._writer is None or self._writer.done():
            if self._writer is not None:
                await self._writer  # raises what ended it
            self._writer = asyncio.create_task(self._write())
        while self._too_many() and not self._writer.done():
            self._room.clear()
            await self._room.wait()
        return self._problem

    def _too_many(self) -> bool:
        events = sum(len(prepared.request.events) for prepared in self._waiting)
        return len(self._waiting) > 1 and events > _MOST_WAITING

    async def _write(self) -> None:
        """Write what waits, one after the other, until nothing does; a problem leaves the rest."""
        try:
            while self._waiting and self._problem is None:
                prepared = self._next()
                self._room.set()
                taken = await run_in_threadpool(self._exchange.take, self._token, prepared)
                if isinstance(taken, protocol.Problem):
                    self._problem = taken
                else:
                    self._taken = taken
                    self._refused.extend(taken.refused)
        finally:
            self._room.set()

    def _next(self) -> Prepared:
        """Return what waits; what was worked out while the database was busy is written as one."""
        prepared = self._waiting.popleft()
        while self._waiting:
            joined = arrivals.joined(prepared, self._waiting[0])
            if joined is None:
                break
            prepared = joined
            self._waiting.popleft()
        return prepared

    def _prepared(self, body: bytes) -> Prepared:
        """Work a batch out as if the one before it had been taken."""
        request = protocol.unpack(body, protocol.SyncRequest)
        before = self._request
        if before is None:
            self._device = self._exchange.device(self._token)
        if self._device is None or before is None:
            return arrivals.prepare(request)
        expected = Expected(before.head, self._device.scope, self._exchange.now())
        return arrivals.prepare(request, expected)


async def _drain(pieces: AsyncIterator[bytes]) -> None:
    """Read the rest of a bounded request, so that the sender comes to read the answer."""
    size = 0
    async for piece in pieces:
        size += len(piece)
        if size > protocol.MAX_PUSH:
            return
