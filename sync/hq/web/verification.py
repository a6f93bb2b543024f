"""HQ checks itself on demand: every chain, value, receipt and attachment; the last outcome."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Connection, text

from desktop.domain.events import JsonValue
from sync.hq import acts, verification
from sync.hq.web.core import Pages, form_of, page, pages_of, reading, redirect, user_of, writing

#: So many faults are kept with an outcome; `amends-hq verify` prints all.
_KEPT: Final = 50
#: Held while a check runs: one at a time in all processes, and let go when its process dies.
CHECK_LOCK: Final = 7_221_609
_IS_HELD: Final = text(
    "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database d ON d.oid = database"
    " WHERE d.datname = current_database() AND locktype = 'advisory' AND classid = 0"
    " AND objid = :key AND granted)"
)
#: A check that was asked for takes so long to begin at most.
_BEGINS_WITHIN: Final = timedelta(seconds=10)

routes: Final = APIRouter()


@routes.get("/verification")
async def outcome(request: Request) -> Response:
    """Show the last outcome, and whether a check is running."""
    user = await user_of(request, "verification")
    started = await reading(request, lambda c: acts.last(c, "verify_started"))
    done = await reading(request, lambda c: acts.last(c, "verify_done"))
    running = False
    if started is not None and (done is None or done.seq < started.seq):
        fresh = pages_of(request).now() - started.at < _BEGINS_WITHIN
        running = fresh or await reading(request, _is_running)
    return page(
        request, "verification", user=user, done=done, started=started, running=running, kept=_KEPT
    )


@routes.post("/verification")
async def start(request: Request) -> Response:
    """Begin a check in the background."""
    pages = pages_of(request)
    user, _, _ = await form_of(request, "verification")
    await writing(request, lambda c: acts.record(c, user.id, "verify_started", pages.now()))
    task = asyncio.create_task(run_in_threadpool(_check, pages, user.id))
    pages.running.add(task)
    task.add_done_callback(pages.running.discard)
    return redirect(request, "/verification")


def _is_running(connection: Connection) -> bool:
    return bool(connection.execute(_IS_HELD, {"key": CHECK_LOCK}).scalar_one())


def _check(pages: Pages, who: str) -> None:
    """Check everything, unless somebody else's check is running."""
    with pages.exchange.engine.connect() as guard:
        held = guard.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": CHECK_LOCK})
        if not held.scalar_one():
            return
        guard.commit()
        try:
            _check_all(pages, who)
        finally:
            guard.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": CHECK_LOCK})
            guard.commit()


def _check_all(pages: Pages, who: str) -> None:
    engine = pages.exchange.engine
    found = verification.verify(engine, pages.exchange.key, pages.files)
    faults: list[JsonValue] = [
        {"place": f"{f.chain}:{f.seq}", "what": f.what, "detail": f.detail}
        for f in found.faults[:_KEPT]
    ]
    faults += [
        {"place": f"{d.store}/{d.sha256[:16]}", "what": "attachment", "detail": d.detail}
        for d in found.damaged[: _KEPT - len(faults)]
    ]
    with engine.begin() as connection:
        acts.record(
            connection, who, "verify_done", pages.now(),
            ok=found.ok, chains=found.chains, events=found.events, receipts=found.receipts,
            attachments=found.attachments, faults=faults,
            count=len(found.faults) + len(found.damaged),
        )  # fmt: skip
