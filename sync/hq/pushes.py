"""Several batches in one request: read, worked out and written at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.concurrency import run_in_threadpool

from sync import protocol
from sync.hq import arrivals, ingest
from sync.hq.arrivals import Expected, Prepared
from sync.hq.enrolment import Device
from sync.hq.exchange import Exchange

_Taking = asyncio.Task[ingest.Taken | protocol.Problem]


class Push:
    """One request to PUSH_PATH; while a batch is being written, the next one is worked out."""

    def __init__(self, exchange: Exchange, token: str) -> None:
        self._exchange = exchange
        self._token = token
        self._frames = protocol.Frames()
        self._taking: _Taking | None = None
        self._next: Prepared | None = None
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
            late = await self._begin() or await self._noted()
        problem = problem or late
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
            except protocol.BadMessage as error:
                return protocol.Problem("bad_request", str(error))
        return None

    async def _one(self, body: bytes) -> protocol.Problem | None:
        """Work a batch out; what was worked out while the database was busy is written as one."""
        prepared = await run_in_threadpool(self._prepared, body)
        if prepared.request.version > protocol.VERSION:
            return protocol.Problem("version", f"HQ speaks up to {protocol.VERSION}")
        self._request = prepared.request
        joined = prepared if self._next is None else arrivals.joined(self._next, prepared)
        if joined is None:
            problem = await self._begin()
            if problem is not None:
                return problem
        self._next = joined or prepared
        if self._taking is None or self._taking.done():
            return await self._begin()
        return None

    async def _begin(self) -> protocol.Problem | None:
        """Begin to write what waits once what is before it is written."""
        problem = await self._noted()
        waiting, self._next = self._next, None
        if problem is None and waiting is not None:
            writing = run_in_threadpool(self._exchange.take, self._token, waiting)
            self._taking = asyncio.create_task(writing)
        return problem

    async def _noted(self) -> protocol.Problem | None:
        """Wait for what is being written and remember what came of it."""
        writing, self._taking = self._taking, None
        if writing is None:
            return None
        taken = await writing
        if isinstance(taken, protocol.Problem):
            return taken
        self._taken = taken
        self._refused.extend(taken.refused)
        return None

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
