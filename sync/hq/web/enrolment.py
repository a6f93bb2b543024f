"""Letting PCs in: one-time codes, the devices that joined, taking access back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection, Row, delete, select

from sync.hq import access, acts, enrolment, envelope_stock
from sync.hq.models import device, enrol_code, store
from sync.hq.people import User
from sync.hq.web.core import Denied, form_of, page, pages_of, reading, user_of, writing

#: A clock that is further off than this is shown, in milliseconds.
CLOCK_OFF: Final = 60_000

routes: Final = APIRouter()


@routes.get("/enrolment")
async def enrolment_page(request: Request) -> Response:
    """Show devices, open codes, and the form that issues codes."""
    await user_of(request, "enrolment")
    return await _show(request)


@routes.post("/enrolment")
async def issue(request: Request) -> Response:
    """Issue a one-time code and show it once."""
    user, form, _ = await form_of(request, "enrolment")
    scope = form.get("scope", "").strip()
    try:
        code = await writing(request, lambda c: _issue(c, request, user, form))
    except enrolment.BadScope:
        return await _show(request, 400, scope=scope, failure="bad_scope")
    return await _show(request, code=code, scope=scope)


@routes.post("/enrolment/revoke")
async def revoke(request: Request) -> Response:
    """Take a device's access back."""
    user, form, _ = await form_of(request, "enrolment")
    await writing(request, lambda c: _revoke(c, request, user, form.get("device", "")))
    return await _show(request, done="revoked")


@routes.post("/enrolment/withdraw")
async def withdraw(request: Request) -> Response:
    """Forget a code that nobody used."""
    user, form, _ = await form_of(request, "enrolment")
    gone = await writing(request, lambda c: _withdraw(c, request, user, form.get("code", "")))
    if not gone:
        return await _show(request, 409, missed="not_withdrawn")
    return await _show(request, done="withdrawn")


async def _show(request: Request, status: int = 200, **values: str) -> Response:
    user = await user_of(request, "enrolment")
    devices, codes = await reading(request, lambda c: _listed(c, user))
    shown = {"code": "", "scope": "", "failure": "", "done": "", "missed": "", **values}
    codes = [c for c in codes if c.expires_at > pages_of(request).now()]
    return page(
        request, "enrolment", status, user=user, devices=devices, codes=codes,
        clock_off=CLOCK_OFF, **shown,
    )  # fmt: skip


def _listed(connection: Connection, user: User) -> tuple[Sequence[Row[Any]], Sequence[Row[Any]]]:
    devices = connection.execute(
        select(device, store.c.name.label("store_name"))
        .join_from(device, store, store.c.id == device.c.scope, isouter=True)
        .where(access.in_scope(user, device.c.scope))
        .order_by(device.c.revoked_at.is_not(None), device.c.scope, device.c.letter)
    ).all()
    codes = connection.execute(
        select(enrol_code)
        .where(access.in_scope(user, enrol_code.c.scope), enrol_code.c.used_at.is_(None))
        .order_by(enrol_code.c.expires_at)
    ).all()
    return devices, codes


def _issue(connection: Connection, request: Request, user: User, form: dict[str, str]) -> str:
    pages, scope = pages_of(request), form.get("scope", "").strip()
    region = form.get("region", "").strip() or None
    placed_here = region is not None and user.scope == f"{enrolment.REGION}{region}"
    if user.scope and region and not placed_here:
        raise Denied(403, "scope")
    if not access.sees(connection, user, scope) and not (
        placed_here and _is_new_store(connection, scope)
    ):
        raise Denied(403, "scope")
    code = enrolment.issue_code(
        connection, pages.exchange.key, scope, pages.now(), form.get("name", "").strip(), region
    )
    acts.record(connection, user.id, "code_issued", pages.now(), store=scope)
    return code


def _is_new_store(connection: Connection, scope: str) -> bool:
    """Tell whether HQ has no such store yet; another region is none."""
    known = connection.execute(select(store.c.id).where(store.c.id == scope)).first()
    return known is None and not scope.startswith(enrolment.REGION)


def _revoke(connection: Connection, request: Request, user: User, name: str) -> None:
    scope = connection.execute(
        select(device.c.scope).where(device.c.id == name)
    ).scalar_one_or_none()
    if scope is None or not access.sees(connection, user, scope):
        raise Denied(403, "scope")
    now = pages_of(request).now()
    if enrolment.revoke(connection, name, now):
        recalled = envelope_stock.recall_answered_on(connection, user.id, name, now)
        acts.record(
            connection, user.id, "device_revoked", now, device=name, store=scope, recalled=recalled
        )


def _withdraw(connection: Connection, request: Request, user: User, name: str) -> bool:
    """Forget a code; tell whether it was still unused."""
    try:
        code_hash = bytes.fromhex(name)
    except ValueError:
        return False
    place = connection.execute(
        delete(enrol_code)
        .where(
            enrol_code.c.code_hash == code_hash,
            enrol_code.c.used_at.is_(None),
            access.in_scope(user, enrol_code.c.scope),
        )
        .returning(enrol_code.c.scope)
    ).scalar_one_or_none()
    if place is not None:
        acts.record(connection, user.id, "code_withdrawn", pages_of(request).now(), store=place)
    return place is not None
