"""Envelopes of phone approval: who answers where, how many are kept, recalling them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from sync.hq import access, acts, envelope_stock
from sync.hq.envelopes import BadEnvelope
from sync.hq.people import User
from sync.hq.web.core import Denied, form_of, page, pages_of, reading, user_of, writing

_AMOUNT: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
_WHOLE: Final = re.compile(r"[0-9]{1,4}")

routes: Final = APIRouter()


@routes.get("/envelopes")
async def envelopes_page(request: Request) -> Response:
    """Show the stock of every device and approver."""
    return await _show(request)


@routes.post("/envelopes/{act}")
async def act_on(request: Request, act: str) -> Response:
    """Name an approver's device, keep or stop keeping a stock, recall unused envelopes."""
    user, form, _ = await form_of(request, "envelopes")
    done = {"device": _device, "keep": _keep, "stop": _stop, "recall": _recall}
    if act not in done:
        return await _show(request, "unknown")
    try:
        await writing(request, lambda c: done[act](c, request, user, form))
    except BadEnvelope as error:
        return await _show(request, f"bad_{error.code}", error.values)
    return await _show(request, done=act)


async def _show(
    request: Request, failure: str = "", told: Mapping[str, object] = MappingProxyType({}),
    done: str = "",
) -> Response:  # fmt: skip
    user = await user_of(request, "envelopes")
    now = pages_of(request).now()
    found = await reading(request, lambda c: envelope_stock.overview(c, user, now))
    return page(
        request, "envelopes", 409 if failure else 200, user=user, found=found, failure=failure,
        told=told, done=done,
    )  # fmt: skip


def _device(connection: Connection, request: Request, user: User, form: dict[str, str]) -> None:
    if user.scope:
        raise Denied(403, "scope")
    login, name = form.get("login", ""), form.get("device", "").strip()
    pages = pages_of(request)
    now = pages.now()
    recalled = envelope_stock.move_approver(connection, user.id, login, name, now)
    acts.record(
        connection, user.id, "approver_device", now, login=login, device=name, recalled=recalled
    )
    envelope_stock.top_up(connection, pages.exchange.key, now)


def _keep(connection: Connection, request: Request, user: User, form: dict[str, str]) -> None:
    quota = envelope_stock.Quota(
        login=form.get("login", ""),
        place=form.get("place", "").strip(),
        cap=_cap(form.get("cap", "")),
        days=_whole(form.get("days", "30")),
        keep=_whole(form.get("keep", "10")),
    )
    _within(connection, user, quota.place)
    pages = pages_of(request)
    envelope_stock.set_quota(connection, quota)
    acts.record(
        connection, user.id, "envelopes_kept", pages.now(), login=quota.login,
        place=quota.place, cap=f"{quota.cap:.2f}", keep=quota.keep,
    )  # fmt: skip
    envelope_stock.top_up(connection, pages.exchange.key, pages.now())


def _cap(typed: str) -> Decimal:
    """Read an amount in yuan as people type it, digits and at most two decimals."""
    if not _AMOUNT.fullmatch(typed.strip()) or not Decimal(typed.strip()):
        raise BadEnvelope("the cap is no amount of yuan above 0", "cap")
    return Decimal(typed.strip())


def _whole(typed: str) -> int:
    """Read a whole number; one that is none is out of every range."""
    return int(typed) if _WHOLE.fullmatch(typed) else 0


def _stop(connection: Connection, request: Request, user: User, form: dict[str, str]) -> None:
    login, place = form.get("login", ""), form.get("place", "")
    _within(connection, user, place)
    if envelope_stock.remove_quota(connection, login, place):
        now = pages_of(request).now()
        acts.record(connection, user.id, "envelopes_stopped", now, login=login, place=place)


def _recall(connection: Connection, request: Request, user: User, form: dict[str, str]) -> None:
    login, place = form.get("login", ""), form.get("place", "")
    _within(connection, user, place)
    now = pages_of(request).now()
    count = envelope_stock.recall(connection, user.id, login, place, now)
    if not count:
        raise BadEnvelope("no unused envelope is left to recall", "recall")
    acts.record(
        connection, user.id, "envelopes_recalled", now, login=login, place=place, count=count
    )


def _within(connection: Connection, user: User, place: str) -> None:
    if not access.sees(connection, user, envelope_stock.store_of(connection, place)):
        raise Denied(403, "scope")
