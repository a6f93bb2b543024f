"""What every page shares: templates, languages, sessions, forms, and the headers of an answer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from desktop.domain.outcomes import Refusal
from desktop.texts import LANGS, Lang, Texts
from sync.hq import access, incident_words
from sync.hq.approvals import TIMEZONE, Approvals
from sync.hq.attachments import AttachmentStore
from sync.hq.exchange import Exchange
from sync.hq.people import People, User, same
from sync.hq.publishing import Publishing

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
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "cache-control": "no-store",
}
#: Sent over TLS, so that a browser never comes back by plain HTTP.
STRICT_TRANSPORT: Final = {"strict-transport-security": "max-age=31536000"}
#: Under this path devices ask, who read no pages.
DEVICES: Final = "/v1/"
#: Most bytes of a form without files.
FORM_BYTES: Final = 64 * 1024

#: The rooms in the order of the rail: path, name, icon.
RAIL: Final = (
    ("/", "stores", "store"),
    ("/approvals", "approvals", "square-check"),
    ("/attention", "attention", "triangle-alert"),
    ("/outlook", "outlook", "chart-column"),
    ("/reconciliation", "reconciliation", "scale"),
    ("/enrolment", "enrolment", "monitor"),
    ("/envelopes", "envelopes", "phone"),
    ("/policy", "policy", "file-text"),
    ("/staff", "staff", "user"),
    ("/people", "people", "users"),
    ("/audit", "audit", "list-checks"),
    ("/verification", "verification", "shield-check"),
)
_COMMENT: Final = re.compile(r"<!--.*?-->\s*", re.DOTALL)
#: Marks that turn the order of what follows; left in, a text can make an amount read backwards
#: and turn the words of the page around it. Right-to-left scripts are laid out without them.
_TURNS: Final = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))

T = TypeVar("T")


class Denied(Exception):
    """A request that the pages do not serve: not logged in, forged, or not allowed."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True)
class Pages:
    """What the pages are made from; a store without contact for `silent_after` is silent."""

    exchange: Exchange
    people: People
    approvals: Approvals
    now: Callable[[], datetime]
    publishing: Publishing
    files: AttachmentStore
    silent_after: timedelta = timedelta(hours=24)
    #: Verifications in progress in this process, kept so that they are not forgotten half-way.
    running: set[Any] = field(default_factory=set)


@cache
def icon(name: str) -> Markup:
    """Return a bundled icon as SVG in the colour of the text around it."""
    svg = (files("resources") / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    plain = _COMMENT.sub("", svg).replace("<svg", '<svg aria-hidden="true" focusable="false"', 1)
    return Markup(plain)  # noqa: S704 - the program's own resource


@cache
def style_sheet() -> tuple[str, str]:
    """Return the style sheet and the version that its address carries: it changes with each."""
    css = (files("sync.hq") / "static" / "style.css").read_text(encoding="utf-8")
    return css, hashlib.sha256(css.encode()).hexdigest()[:12]


def _unturned(value: object) -> object:
    """Return a text as a page shows it, other values as they are."""
    return value.translate(_TURNS) if isinstance(value, str) else value


def _templates() -> Environment:
    found = Environment(
        finalize=_unturned,
        loader=PackageLoader("sync.hq"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    zone = ZoneInfo(TIMEZONE)
    found.filters["money"] = lambda amount: f"{amount:,.2f}"
    found.filters["when"] = lambda at: at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    found.globals["icon"] = icon
    found.globals["style"] = f"/style.css?v={style_sheet()[1]}"
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

    def word(group: str, value: object) -> str:
        """Return the text `group_value`, or the value itself when there is none."""
        key = f"{group}_{value}"
        return texts.get(key) if texts.has(key) else str(value)

    def field_name(name: str) -> str:
        """Return what people call a field of a complaint; the pack's own go by their ids."""
        key = f"field.{name.partition(':')[0]}"
        return texts.get(key) if texts.has(key) else name

    def anomaly(found: Any) -> str:
        """Return what an anomaly says; one with other values than its text shows its code."""
        try:
            return texts.get(f"anomaly.{found.what}", **found.values)
        except (KeyError, IndexError):
            return str(found.what)

    def incident(found: Any) -> str:
        """Return what an incident or a quarantine says; "" for one that only its line tells."""
        words = incident_words.told(found.kind, found.what)
        if words is None:
            return ""
        key, values = words
        if "what" in values:
            values = {**values, "what": word("verify.what", values["what"])}
        return texts.get(key, **values)

    def act_name(act: Any) -> str:
        """Return what was done, in words."""
        for key in (f"hq_audit.act_{act.what}", f"event.{act.what}"):
            if texts.has(key):
                return texts.get(key)
        return str(act.what)

    content = _ENVIRONMENT.get_template(f"{name}.html").render(
        t=texts.get,
        has=texts.has,
        word=word,
        anomaly=anomaly,
        field_name=field_name,
        incident=incident,
        act_name=act_name,
        lang=lang,
        other="en" if lang == "zh_CN" else "zh_CN",
        here=request.url.path,
        rail=[r for r in RAIL if user is not None and access.may_enter(user, r[1])],
        **{"user": user, **values},
    )
    return HTMLResponse(content, status, headers=headers(request))


def headers(request: Request) -> dict[str, str]:
    """Return the headers of an answer to this request."""
    return HEADERS | (STRICT_TRANSPORT if request.url.scheme == "https" else {})


def pages_of(request: Request) -> Pages:
    """Return what the application was made with."""
    pages: Pages = request.app.state.pages
    return pages


async def user_of(request: Request, room: str = "", renewing: bool = False) -> User:
    """Return who asks; raises Denied without a session or for a room that is not theirs.

    Who must choose a new password first may only do what is `renewing`: choose it, or log out.
    """
    user = await session_user(request)
    if user is None:
        raise Denied(401, "not_logged_in")
    if user.must_change and not renewing:
        raise Denied(401, "must_change")
    if room and not access.may_enter(user, room):
        raise not_for(user)
    return user


def not_for(user: User) -> Denied:
    """Return the refusal of what this person's role does not do; who may is named in it."""
    heads = user.role in ("department_head", "regional_manager")
    return Denied(403, "head" if heads else "role")


async def session_user(request: Request) -> User | None:
    """Return whose session the request carries."""
    token = request.cookies.get(SESSION_COOKIE, "")
    return await run_in_threadpool(pages_of(request).people.user, token) if token else None


async def form_of(
    request: Request, room: str = "", limit: int = FORM_BYTES, renewing: bool = False
) -> tuple[User, dict[str, str], bytes]:
    """Return who sent a form, its fields and its file's bytes; one from elsewhere is denied."""
    user = await user_of(request, room, renewing)
    same_origin(request)
    values, content = await fields(request, limit)
    if not same(user.csrf, values.get("csrf", "")):
        raise Denied(403, "forged")
    return user, values, content


async def fields(request: Request, limit: int = FORM_BYTES) -> tuple[dict[str, str], bytes]:
    """Return a form's fields and the bytes of its file, none of them longer than announced."""
    announced = request.headers.get("content-length", "")
    if not announced.isdigit():
        raise Denied(411, "too_large")
    if int(announced) > limit:
        raise Denied(413, "too_large")
    content = b""
    async with request.form(max_files=1, max_fields=20) as form:
        for value in form.values():
            if not isinstance(value, str):
                content = await value.read()
        values = {n: v for n, v in form.items() if isinstance(v, str)}
    if any("\0" in value for value in values.values()):
        raise Denied(400, "unreadable")
    return values, content


async def readable(request: Request) -> None:
    """Deny an address that holds a zero byte, which no text in the database can."""
    asked = (*request.path_params.values(), *request.query_params.values())
    if any("\0" in str(value) for value in asked):
        raise Denied(404, "not_found")


def same_origin(request: Request) -> None:
    """Deny a form that another site sent; browsers say where a form comes from."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Denied(403, "forged")


def redirect(request: Request, where: str) -> RedirectResponse:
    """Send the browser to another page of HQ."""
    return RedirectResponse(where, 303, headers=headers(request))


def local(address: str) -> str:
    """Return the path of an address, so that a redirect never leaves."""
    path = urlsplit(address).path
    return path if path.startswith("/") and not path.startswith("//") else "/"


async def reading(request: Request, read: Callable[[Connection], T]) -> T:
    """Return what `read` finds in the database."""

    def run() -> T:
        with pages_of(request).exchange.engine.connect() as connection:
            return read(connection)

    return await run_in_threadpool(run)


async def writing(request: Request, write: Callable[[Connection], T]) -> T:
    """Carry out `write` in one transaction."""

    def run() -> T:
        with pages_of(request).exchange.engine.begin() as connection:
            return write(connection)

    return await run_in_threadpool(run)


async def denied(request: Request, error: Exception) -> Response:
    """Answer a Denied: to the login page, or a page that says why not."""
    if not isinstance(error, Denied):
        raise error
    if error.status == 401:
        return redirect(request, "/password" if error.code == "must_change" else "/login")
    return page(request, "denied", error.status, code=error.code)


async def unserved(request: Request, error: Exception) -> Response:
    """Answer an address that is none, or a form that cannot be read, with a page in words."""
    if not isinstance(error, HTTPException):
        raise error
    if request.url.path.startswith(DEVICES):
        return await http_exception_handler(request, error)
    code = "not_found" if error.status_code in (404, 405) else "unreadable"
    return page(request, "denied", error.status_code, code=code)


async def failed(request: Request, error: Exception) -> Response:
    """Answer what went wrong in the program itself; the log names the places, not the page."""
    del error  # its message may quote what people wrote
    if request.url.path.startswith(DEVICES):
        return PlainTextResponse("Internal Server Error", 500)
    return page(request, "denied", 500, code="fault")


def worded(refusal: Refusal | None, lang: Lang) -> str | None:
    """Return why the rules refuse, in words."""
    if refusal is None:
        return None
    texts = Texts(lang)
    key = f"refusal.{refusal.code}"
    values: Mapping[str, object] = {
        name: texts.get(f"hq.role_{value}") if texts.has(f"hq.role_{value}") else value
        for name, value in refusal.values.items()
    }
    return texts.get(key, **values) if texts.has(key) else texts.get("hq.refusal_other", code=key)
