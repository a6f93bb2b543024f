"""HQ's pages: server-rendered, working without scripts, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from desktop.domain.outcomes import Refusal
from desktop.texts import LANGS, Lang, Texts
from sync.hq import enrolment, overview
from sync.hq.approvals import TIMEZONE, Approvals
from sync.hq.exchange import Exchange
from sync.hq.people import LoggedIn, NotLoggedIn, People, User, same

SESSION_COOKIE: Final = "amends_session"
LANG_COOKIE: Final = "amends_lang"
#: Nothing from elsewhere, no scripts, no frames.
HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}
#: For machines that have no Chinese font.
FONTS: Final = frozenset({"NotoSansSC_400Regular.ttf", "NotoSansSC_700Bold.ttf"})
_YEAR: Final = 365 * 24 * 3600


class Denied(Exception):
    """A request that the pages do not serve: not logged in, forged, or not allowed."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True)
class Pages:
    """What the pages are made from."""

    exchange: Exchange
    people: People
    approvals: Approvals
    now: Callable[[], datetime]


def _templates() -> Environment:
    found = Environment(
        loader=PackageLoader("sync.hq"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    zone = ZoneInfo(TIMEZONE)
    found.filters["money"] = lambda amount: f"{amount:,.2f}"
    found.filters["when"] = lambda at: at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    return found


_ENVIRONMENT: Final = _templates()


def language(request: Request) -> Lang:
    """Return the language that the person chose, else the browser's, else Chinese."""
    chosen = request.cookies.get(LANG_COOKIE)
    for lang in LANGS:
        if chosen == lang:
            return lang
    wanted = request.headers.get("accept-language", "").lower()
    return "en" if wanted.startswith("en") else "zh_CN"


def page(request: Request, name: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page in the request's language, with the headers that keep it to itself."""
    lang = language(request)
    texts = Texts(lang)
    user: User | None = values.get("user")
    content = _ENVIRONMENT.get_template(f"{name}.html").render(
        t=texts.get,
        has=texts.has,
        lang=lang,
        other="en" if lang == "zh_CN" else "zh_CN",
        here=request.url.path,
        **{"user": user, **values},
    )
    return HTMLResponse(content, status, headers=HEADERS)


routes: Final = APIRouter(include_in_schema=False)


def _pages(request: Request) -> Pages:
    """Return what the application was made with."""
    pages: Pages = request.app.state.pages
    return pages


async def _user_of(request: Request) -> User:
    pages = _pages(request)
    token = request.cookies.get(SESSION_COOKIE, "")
    user = await run_in_threadpool(pages.people.user, token) if token else None
    if user is None:
        raise Denied(401, "not_logged_in")
    return user


async def _form_of(request: Request) -> tuple[User, dict[str, str]]:
    """Return who sent a form and what is in it; one from another page is denied."""
    user = await _user_of(request)
    form = await _form(request)
    if not same(user.csrf, form.get("csrf", "")):
        raise Denied(403, "forged")
    return user, form


@routes.get("/style.css")
async def style() -> Response:
    """Give the style sheet."""
    css = (files("sync.hq") / "static" / "style.css").read_text(encoding="utf-8")
    headers = {**HEADERS, "cache-control": "max-age=3600"}
    return Response(css, media_type="text/css; charset=utf-8", headers=headers)


@routes.get("/fonts/{name}")
async def font(name: str) -> Response:
    """Give a bundled font."""
    if name not in FONTS:
        return Response(status_code=404)
    content = await run_in_threadpool((files("resources") / "fonts" / name).read_bytes)
    headers = {**HEADERS, "cache-control": "max-age=31536000, immutable"}
    return Response(content, media_type="font/ttf", headers=headers)


@routes.get("/lang/{lang}")
async def choose_language(request: Request, lang: str) -> Response:
    """Keep the person's language and go back."""
    answer = _redirect(_local(request.headers.get("referer", "/")))
    if lang in LANGS:
        answer.set_cookie(LANG_COOKIE, lang, max_age=_YEAR, samesite="strict", httponly=True)
    return answer


@routes.get("/login")
async def login_page(request: Request) -> Response:
    """Show the login."""
    return page(request, "login", failure="", login="")


@routes.post("/login")
async def log_in(request: Request) -> Response:
    """Open a session, or say why not."""
    pages = _pages(request)
    _same_origin(request)
    form = await _form(request)
    login = form.get("login", "")
    done = await run_in_threadpool(pages.people.log_in, login, form.get("password", ""))
    if isinstance(done, NotLoggedIn):
        return page(request, "login", 401, failure=done.code, login=login)
    return _with_session(request, done)


@routes.post("/logout")
async def log_out(request: Request) -> Response:
    """End the session."""
    pages = _pages(request)
    await _form_of(request)
    token = request.cookies.get(SESSION_COOKIE, "")
    await run_in_threadpool(pages.people.log_out, token)
    answer = _redirect("/login")
    answer.delete_cookie(SESSION_COOKIE)
    return answer


@routes.get("/")
async def stores(request: Request) -> Response:
    """List stores with their last contact."""
    pages = _pages(request)
    user = await _user_of(request)
    lines = await run_in_threadpool(_stores, pages)
    return page(request, "stores", user=user, stores=lines)


@routes.get("/approvals")
async def approvals(request: Request) -> Response:
    """List what waits for an approver."""
    pages = _pages(request)
    user = await _user_of(request)
    waiting = await run_in_threadpool(pages.approvals.waiting, user)
    return page(request, "approvals", user=user, waiting=waiting, refusal=None, done="")


@routes.post("/approvals")
async def answer(request: Request) -> Response:
    """Approve or refuse an item."""
    pages = _pages(request)
    user, form = await _form_of(request)
    approved = form.get("answer") == "approve"
    refusal = await run_in_threadpool(
        pages.approvals.answer,
        user,
        form.get("stream", ""),
        form.get("item", ""),
        approved,
        form.get("reason", ""),
    )
    waiting = await run_in_threadpool(pages.approvals.waiting, user)
    done = "" if refusal else ("approved" if approved else "refused")
    return page(
        request,
        "approvals",
        409 if refusal else 200,
        user=user,
        waiting=waiting,
        refusal=_worded(refusal, language(request)),
        done=done,
    )


@routes.get("/attention")
async def attention(request: Request) -> Response:
    """List what a person should look at."""
    pages = _pages(request)
    user = await _user_of(request)
    found = await run_in_threadpool(_attention, pages)
    return page(request, "attention", user=user, found=found)


@routes.get("/enrolment")
async def enrolment_page(request: Request) -> Response:
    """Show the form that issues codes."""
    user = await _user_of(request)
    _may_enrol(user)
    return page(request, "enrolment", user=user, code="", scope="", failure="")


@routes.post("/enrolment")
async def issue(request: Request) -> Response:
    """Issue a one-time code and show it once."""
    pages = _pages(request)
    user, form = await _form_of(request)
    _may_enrol(user)
    scope = form.get("scope", "").strip()
    try:
        code = await run_in_threadpool(_issue, pages, scope, form)
    except enrolment.BadScope:
        values = {"code": "", "failure": "bad_scope"}
        return page(request, "enrolment", 400, user=user, scope=scope, **values)
    return page(request, "enrolment", user=user, code=code, scope=scope, failure="")


async def denied(request: Request, error: Exception) -> Response:
    """Answer a Denied: to the login page, or a page that says why not."""
    if not isinstance(error, Denied):
        raise error
    if error.status == 401:
        return _redirect("/login")
    return page(request, "denied", error.status, code=error.code)


def _stores(pages: Pages) -> Any:
    with pages.exchange.engine.connect() as connection:
        return overview.stores(connection, pages.now())


def _attention(pages: Pages) -> Any:
    with pages.exchange.engine.connect() as connection:
        return overview.attention(connection)


def _issue(pages: Pages, scope: str, form: dict[str, str]) -> str:
    with pages.exchange.engine.begin() as connection:
        return enrolment.issue_code(
            connection,
            pages.exchange.key,
            scope,
            pages.now(),
            form.get("name", "").strip(),
            form.get("region", "").strip() or None,
        )


def _may_enrol(user: User) -> None:
    if user.role not in ("department_head", "regional_manager"):
        raise Denied(403, "role")


async def _form(request: Request) -> dict[str, str]:
    if int(request.headers.get("content-length") or 0) > 64 * 1024:
        raise Denied(413, "too_large")
    async with request.form(max_files=0, max_fields=20) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


def _same_origin(request: Request) -> None:
    """Deny a login form that another site sent; browsers say where a form comes from."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Denied(403, "forged")


def _with_session(request: Request, opened: LoggedIn) -> Response:
    answer = _redirect("/")
    answer.set_cookie(
        SESSION_COOKIE,
        opened.token,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return answer


def _redirect(where: str) -> RedirectResponse:
    return RedirectResponse(where, 303, headers=HEADERS)


def _local(address: str) -> str:
    """Return the path of an address, so that a redirect never leaves."""
    path = urlsplit(address).path
    return path if path.startswith("/") and not path.startswith("//") else "/"


def _worded(refusal: Refusal | None, lang: Lang) -> str | None:
    if refusal is None:
        return None
    texts = Texts(lang)
    key = f"refusal.{refusal.code}"
    values = {
        name: texts.get(f"hq.role_{value}") if texts.has(f"hq.role_{value}") else value
        for name, value in refusal.values.items()
    }
    return texts.get(key, **values) if texts.has(key) else texts.get("hq.refusal_other", code=key)
