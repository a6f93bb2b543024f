"""Codes given by phone against releases made: what does not fit, by kind (对账)."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from sync.hq import access, envelope_records
from sync.hq.envelope_records import Mismatch
from sync.hq.people import User
from sync.hq.web.core import page, reading, user_of

routes: Final = APIRouter()


@routes.get("/reconciliation")
async def reconciliation(request: Request) -> Response:
    """List mismatches by kind, the gravest kinds first."""
    user = await user_of(request, "reconciliation")
    found = await reading(request, lambda c: _groups(c, user))
    return page(request, "reconciliation", user=user, groups=found)


def _groups(connection: Connection, user: User) -> list[tuple[str, list[Mismatch]]]:
    groups: dict[str, list[Mismatch]] = {}
    for mismatch in envelope_records.reconcile(connection):
        if access.sees(connection, user, mismatch.store):
            groups.setdefault(mismatch.code, []).append(mismatch)
    order = list(envelope_records.GRAVEST)
    return sorted(groups.items(), key=lambda g: order.index(g[0]) if g[0] in order else len(order))
