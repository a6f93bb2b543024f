"""Logging in, logging out, and one's own password."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from sync.hq import acts
from sync.hq.people import SESSION_LIFE, BadAccount, NotLoggedIn
from sync.hq.web.core import (
    SESSION_COOKIE,
    fields,
    form_of,
    page,
    pages_of,
    redirect,
    same_origin,
    session_user,
    user_of,
    writing,
)

routes: Final = APIRouter()


@routes.get("/login")
async def login_page(request: Request) -> Response:
    """Show the login."""
    return page(request, "login", failure="", login="")


@routes.post("/login")
async def log_in(request: Request) -> Response:
    """Open a session, or say why not."""
    same_origin(request)
    form, _ = await fields(request)
    login = form.get("login", "")
    people = pages_of(request).people
    done = await run_in_threadpool(people.log_in, login, form.get("password", ""))
    if isinstance(done, NotLoggedIn):
        return page(request, "login", 401, failure=done.code, login=login)
    # The browser forgets the session that it had: nobody goes on with it.
    await run_in_threadpool(people.log_out, request.cookies.get(SESSION_COOKIE, ""))
    user = await run_in_threadpool(people.user, done.token)
    if user is not None:
        now = pages_of(request).now()
        await writing(request, lambda c: acts.record(c, user.id, "logged_in", now))
    answer = redirect(request, "/")
    answer.set_cookie(
        SESSION_COOKIE,
        done.token,
        max_age=int(SESSION_LIFE.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return answer


@routes.post("/logout")
async def log_out(request: Request) -> Response:
    """End the session."""
    await form_of(request, renewing=True)
    token = request.cookies.get(SESSION_COOKIE, "")
    await run_in_threadpool(pages_of(request).people.log_out, token)
    answer = redirect(request, "/login")
    answer.delete_cookie(SESSION_COOKIE)
    return answer


@routes.post("/logout/others")
async def log_out_others(request: Request) -> Response:
    """End the person's sessions in other browsers."""
    user, _, _ = await form_of(request)
    pages, token = pages_of(request), request.cookies.get(SESSION_COOKIE, "")
    ended = await run_in_threadpool(pages.people.end_others, user, token)
    now = pages.now()
    await writing(request, lambda c: acts.record(c, user.id, "sessions_ended", now, count=ended))
    return page(request, "password", user=user, failure="", done=False, ended=ended)


@routes.get("/password")
async def password_page(request: Request) -> Response:
    """Show the form for one's own password."""
    user = await user_of(request, renewing=True)
    return page(request, "password", user=user, failure="", done=False, ended=None)


@routes.post("/password")
async def change_password(request: Request) -> Response:
    """Replace one's own password."""
    user, form, _ = await form_of(request, renewing=True)
    pages, new = pages_of(request), form.get("new", "")
    token = request.cookies.get(SESSION_COOKIE, "")
    failure: str | None = "differ" if new != form.get("again", "") else None
    if failure is None:
        try:
            failure = await run_in_threadpool(
                pages.people.change_password, user, form.get("old", ""), new, token
            )
        except BadAccount:
            failure = "short"
    if failure is not None:
        return page(request, "password", 400, user=user, failure=failure, done=False, ended=None)
    now = pages.now()
    await writing(request, lambda c: acts.record(c, user.id, "password_changed", now))
    changed = await session_user(request)
    return page(request, "password", user=changed, failure="", done=True, ended=None)
