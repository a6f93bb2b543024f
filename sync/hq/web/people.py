"""People at HQ and their roles: add, change, disable, reset."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Connection

from sync.hq import acts, staff
from sync.hq.people import ROLES, BadAccount
from sync.hq.staff import NewPassword
from sync.hq.web.core import form_of, page, pages_of, reading, user_of, writing

routes: Final = APIRouter()


@routes.get("/people")
async def people(request: Request) -> Response:
    """List everybody with an account."""
    return await _show(request)


@routes.post("/people")
async def add(request: Request) -> Response:
    """Add a person; the password is shown once."""
    user, form, _ = await form_of(request, "people")
    pages, login = pages_of(request), form.get("login", "").strip().lower()
    known = await reading(request, staff.all_people)
    if any(row.login == login for row in known):
        return await _show(request, failure="login_taken")
    password = staff.new_password()
    try:
        made = await run_in_threadpool(
            pages.people.save,
            login,
            form.get("name", ""),
            form.get("role", ""),
            password,
            form.get("scope", ""),
            True,
        )
    except BadAccount:
        return await _show(request, failure="bad_account")
    await writing(
        request,
        lambda c: acts.record(
            c, user.id, "person_added", pages.now(),
            person=made, role=form.get("role", ""), scope=form.get("scope", "").strip(),
        ),
    )  # fmt: skip
    return await _show(request, shown=NewPassword(login, password))


@routes.post("/people/{act}")
async def change(request: Request, act: str) -> Response:
    """Change, disable, enable or reset one account."""
    user, form, _ = await form_of(request, "people")
    pages, target = pages_of(request), form.get("person", "")
    done: dict[str, Callable[[Connection], NewPassword | None]] = {
        "change": lambda c: staff.change(
            c, user.id, target, form.get("role", ""), form.get("scope", ""), pages.now()
        ),
        "disable": lambda c: staff.set_active(c, user.id, target, False, pages.now()),
        "enable": lambda c: staff.set_active(c, user.id, target, True, pages.now()),
        "reset": lambda c: staff.reset(c, user.id, target, pages.now(), pages.people.hasher),
    }
    if act not in done:
        return await _show(request, failure="unknown")
    try:
        shown = await writing(request, done[act])
    except BadAccount as error:
        known = {"self", "last_head", "unknown"}
        return await _show(request, failure=str(error) if str(error) in known else "bad_account")
    return await _show(request, shown=shown, done=act)


async def _show(
    request: Request, failure: str = "", shown: NewPassword | None = None, done: str = ""
) -> Response:
    user = await user_of(request, "people")
    found = await reading(request, staff.all_people)
    return page(
        request, "people", 409 if failure else 200, user=user, people=found, roles=ROLES,
        failure=failure, shown=shown, done=done, now=pages_of(request).now(),
    )  # fmt: skip
