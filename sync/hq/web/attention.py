"""Anomalies, conflicts, quarantine and broken chains; a quarantined complaint can be retried."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response

from sync.hq import overview, retrying
from sync.hq.web.core import Denied, form_of, page, pages_of, reading, user_of, writing

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
        raise Denied(403, "role")
    stream = form.get("stream", "")
    left = await writing(request, lambda c: retrying.retry(c, user, stream, pages.now()))
    return await _show(request, "", "retry_failed" if left else "retry_done")


async def _show(request: Request, kind: str, done: str) -> Response:
    user = await user_of(request, "attention")
    found = await reading(request, lambda c: overview.attention(c, user))
    kinds = {
        name: sum(a.kind == name for a in found) for name in dict.fromkeys(k.kind for k in found)
    }
    shown = [a for a in found if not kind or a.kind == kind]
    return page(request, "attention", user=user, found=shown, kinds=kinds, chosen=kind, done=done)
