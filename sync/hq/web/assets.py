"""The style sheet, the fonts and the choice of language."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from desktop.texts import LANGS
from sync.hq.web.core import HEADERS, LANG_COOKIE, local, redirect, style_sheet

#: For machines that have no Chinese font.
FONTS: Final = frozenset({"NotoSansSC_400Regular.ttf", "NotoSansSC_700Bold.ttf"})
_YEAR: Final = 365 * 24 * 3600

routes: Final = APIRouter()


@routes.get("/style.css")
async def style(v: str = "") -> Response:
    """Give the style sheet; pages ask for it by what it holds, so it never changes under a name."""
    css, version = style_sheet()
    kept = "max-age=31536000, immutable" if v == version else "no-cache"
    headers = {**HEADERS, "cache-control": kept}
    return Response(css, media_type="text/css; charset=utf-8", headers=headers)


@routes.get("/favicon.svg")
async def favicon() -> Response:
    """Give the mark that browsers put on the tab."""
    svg = (files("sync.hq") / "static" / "favicon.svg").read_bytes()
    headers = {**HEADERS, "cache-control": "max-age=86400"}
    return Response(svg, media_type="image/svg+xml", headers=headers)


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
    answer = redirect(request, local(request.headers.get("referer", "/")))
    if lang in LANGS:
        answer.set_cookie(LANG_COOKIE, lang, max_age=_YEAR, samesite="strict", httponly=True)
    return answer
