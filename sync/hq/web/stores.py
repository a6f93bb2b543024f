"""Stores with their last contact, and the alarm for silent ones (AS-06)."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response

from sync.hq import overview
from sync.hq.web.core import page, pages_of, reading, user_of

routes: Final = APIRouter()


@routes.get("/")
async def stores(request: Request, q: str = "") -> Response:
    """List stores with their last contact."""
    pages = pages_of(request)
    user = await user_of(request, "stores")
    found = await reading(
        request, lambda c: overview.stores(c, pages.now(), user, pages.silent_after)
    )
    wanted = q.strip().lower()
    lines = [s for s in found if wanted in f"{s.id} {s.name} {s.region}".lower()]
    return page(
        request,
        "stores",
        user=user,
        stores=lines,
        query=q,
        totals=overview.totals(found),
        alarm=[s for s in found if s.silent and s.urgent],
        hours=int(pages.silent_after.total_seconds() // 3600),
    )
