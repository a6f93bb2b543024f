"""Accounts at the stores: HQ adds people, changes roles, switches off, gives new passwords."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection, select

from sync.hq import access, store_people
from sync.hq.models import store
from sync.hq.people import ROLES, BadAccount
from sync.hq.staff import NewPassword
from sync.hq.store_people import Order
from sync.hq.web.core import Denied, form_of, page, pages_of, reading, user_of, writing

#: What the page's buttons ask for.
_ACTS: Final = {"add": "add", "role": "role", "confirm": "confirm", "disable": "active",
                "enable": "active", "reset": "password"}  # fmt: skip
_KNOWN: Final = frozenset({"unknown", "login_taken", "role_above"})

routes: Final = APIRouter()


@routes.get("/staff")
async def staff(request: Request, store: str = "") -> Response:
    """List the accounts of one store."""
    return await _show(request, store)


@routes.post("/staff/{act}")
async def order(request: Request, act: str) -> Response:
    """Send an order about one account down to the store."""
    user, form, _ = await form_of(request, "staff")
    pages, place = pages_of(request), form.get("store", "")
    if act not in _ACTS:
        raise Denied(404, "not_found")
    wanted = Order(
        place,
        _ACTS[act],
        form.get("person", ""),
        form.get("login", ""),
        form.get("name", ""),
        form.get("role", ""),
        act != "disable",
    )

    def write(connection: Connection) -> NewPassword | None:
        known = connection.execute(select(store.c.id).where(store.c.id == place)).first()
        if known is None or not access.sees(connection, user, place):
            raise Denied(403, "scope")
        return store_people.give(connection, user, wanted, pages.now(), pages.people.hasher)

    try:
        shown = await writing(request, write)
    except BadAccount as error:
        failure = str(error) if str(error) in _KNOWN else "bad_account"
        return await _show(request, place, failure=failure)
    return await _show(request, place, shown=shown, done=act)


async def _show(
    request: Request,
    place: str,
    failure: str = "",
    shown: NewPassword | None = None,
    done: str = "",
) -> Response:
    user = await user_of(request, "staff")
    scope = access.in_scope(user, store.c.id)
    stores = await reading(
        request,
        lambda c: c.execute(select(store.c.id, store.c.name).where(scope).order_by("id")).all(),
    )
    chosen = next((s for s in stores if s.id == place), stores[0] if stores else None)
    found = await reading(request, lambda c: store_people.of_store(c, chosen.id)) if chosen else ()
    return page(
        request, "staff", 409 if failure else 200, user=user, stores=stores, chosen=chosen,
        people=found, waiting=sum(p.active and not p.confirmed for p in found),
        roles=[role for role in ROLES if not access.above(user, role)],
        failure=failure, shown=shown, done=done,
    )  # fmt: skip
