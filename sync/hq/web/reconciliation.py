"""Codes given by phone against releases made: what does not fit, by kind (对账)."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from desktop.texts import Texts
from sync.hq import access, envelope_records
from sync.hq.approvals import TIMEZONE
from sync.hq.envelope_records import Mismatch
from sync.hq.people import User
from sync.hq.web.core import language, page, reading, user_of

routes: Final = APIRouter()


@routes.get("/reconciliation")
async def reconciliation(request: Request) -> Response:
    """List mismatches by kind, the gravest kinds first."""
    user = await user_of(request, "reconciliation")
    found = await reading(request, lambda c: _groups(c, user))
    texts = Texts(language(request))
    return page(
        request, "reconciliation", user=user, groups=found, detail=lambda m: _told(texts, m)
    )


def _told(texts: Texts, mismatch: Mismatch) -> str:
    """Return what there is to say beside the kind: sums, times, who; "" for nothing more."""
    key = f"hq_reconciliation.detail_{mismatch.code}"
    if not texts.has(key):
        return ""
    values = {name: _shown(texts, value) for name, value in mismatch.values.items()}
    return texts.get(key, **values)


def _shown(texts: Texts, value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(TIMEZONE)).strftime("%Y-%m-%d %H:%M")
    role = f"hq.role_{value}"
    return texts.get(role) if texts.has(role) else value


def _groups(connection: Connection, user: User) -> list[tuple[str, list[Mismatch]]]:
    groups: dict[str, list[Mismatch]] = {}
    for mismatch in envelope_records.reconcile(connection):
        if access.sees(connection, user, mismatch.store):
            groups.setdefault(mismatch.code, []).append(mismatch)
    order = list(envelope_records.GRAVEST)
    return sorted(groups.items(), key=lambda g: order.index(g[0]) if g[0] in order else len(order))
