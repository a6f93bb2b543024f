"""What was done at HQ: who, when, what, from HQ's own chains (AU-01, AU-03, AU-06)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection, select

from sync.hq import acts, streams
from sync.hq.acts import Act
from sync.hq.models import person
from sync.hq.web.core import page, reading, user_of

_PAGE: Final = 100

routes: Final = APIRouter()


@routes.get("/audit")
async def audit(request: Request, before: str = "") -> Response:
    """List acts, the newest first, a page at a time."""
    user = await user_of(request, "audit")
    found = await reading(request, lambda c: acts.newest(c, _PAGE + 1, _place(before)))
    names = await reading(request, lambda c: _names(c, found))
    shown = found[:_PAGE]
    last = shown[-1] if len(found) > _PAGE else None
    more = f"{last.received.isoformat()}|{last.chain}|{last.seq}" if last else ""
    return page(
        request, "audit", user=user, acts=shown, names=names, more=more, operator=acts.OPERATOR
    )


def _place(before: str) -> tuple[datetime, str, int] | None:
    at, _, rest = before.partition("|")
    chain, _, seq = rest.rpartition("|")
    try:
        return (datetime.fromisoformat(at), chain, int(seq)) if seq else None
    except ValueError:
        return None


def _names(connection: Connection, found: object) -> dict[str, str]:
    people: set[str] = set()
    for act in found if isinstance(found, list) else ():
        if isinstance(act, Act):
            people |= {act.who, str(act.data.get("person", ""))}
    rows = connection.execute(select(person.c.id, person.c.name).where(person.c.id.in_(people)))
    return {**streams.names(connection, people), **{row.id: row.name for row in rows}}
