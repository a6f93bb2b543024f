"""Anomalies, conflicts, quarantine and incidents: quarantine is retried, incidents are cleared."""

from __future__ import annotations

from functools import partial
from typing import Final

from fastapi import APIRouter, Request, Response
from sqlalchemy import select

from sync.hq import access, retrying
from sync.hq import attention as to_check
from sync.hq.models import store
from sync.hq.web.core import form_of, not_for, page, pages_of, reading, user_of, writing

routes: Final = APIRouter()


@routes.get("/attention")
async def attention(request: Request, kind: str = "") -> Response:
    """List what a person should look at."""
    return await _show(request, kind, "")


@routes.post("/attention/retry")
async def retry(request: Request) -> Response:
    """Fold a quarantined complaint again, or all of them."""
    pages = pages_of(request)
    user, form, _ = await form_of(request, "attention")
    if user.role == "legal":
        raise not_for(user)
    left, tried = 0, retrying.Tried(0, "")
    again = partial(retrying.retry, user=user, stream=form.get("stream", ""))
    while True:
        tried = await writing(request, partial(again, now=pages.now(), after=tried.last))
        left += tried.left
        if not tried.last:
            return await _show(request, "", "retry_failed" if left else "retry_done")


@routes.post("/attention/clear")
async def clear(request: Request) -> Response:
    """Take an incident off the list; who did is on the record."""
    pages = pages_of(request)
    user, form, _ = await form_of(request, "attention")
    if not access.may_clear(user):
        raise not_for(user)
    name = form.get("incident", "")
    done = await writing(request, lambda c: to_check.clear(c, user, name, pages.now()))
    return await _show(request, "", "cleared" if done else "")


async def _show(request: Request, kind: str, done: str) -> Response:
    user = await user_of(request, "attention")
    kinds = await reading(request, lambda c: to_check.kinds(c, user))
    chosen = kind if kind in kinds else ""
    found = await reading(request, lambda c: to_check.newest(c, user, chosen))
    named = select(store.c.id, store.c.name).where(store.c.id.in_({a.where for a in found}))
    stores = await reading(request, lambda c: {row.id: row.name for row in c.execute(named)})
    total = kinds[chosen] if chosen else sum(kinds.values())
    return page(
        request, "attention", user=user, found=found, kinds=kinds, chosen=chosen, done=done,
        stores=stores, total=total, may_clear=access.may_clear(user),
    )  # fmt: skip
