"""Bounds on how often one address may ask, against guessing and floods.

Each process counts for itself: what a flood costs is this process's, and counting in the database
would make every flood a flood of writes there. With n processes a guesser has n times the tries,
which the 60 random bits of codes and the 256 of tokens bear. Passwords, which people choose, are
counted in the database, so their lock holds for all processes together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from sync.hq.answers import NotedAnswer

#: Answers that say that somebody guessed: no such token, code or password.
_GUESSED: Final = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class Rates:
    """Most a minute and address: page views, forms, and wrong tokens, codes or passwords.

    A device with a valid token is not bounded here: its batches follow each other as they are
    answered.
    """

    views: int = 600
    forms: int = 120
    guesses: int = 30


class RateLimits:
    """ASGI middleware that answers 429 beyond the rates."""

    def __init__(self, app: ASGIApp, rates: Rates) -> None:
        self._app = app
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._views = RateLimitItemPerMinute(rates.views, namespace="views")
        self._forms = RateLimitItemPerMinute(rates.forms, namespace="forms")
        self._guesses = RateLimitItemPerMinute(rates.guesses, namespace="guesses")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        address = scope["client"][0] if scope.get("client") else ""
        device = scope["path"].startswith("/v1/")
        allowed = self._limiter.test(self._guesses, address)
        if allowed and not device:
            rate = self._forms if scope["method"] == "POST" else self._views
            allowed = self._limiter.hit(rate, address)
        if not allowed:
            refusal = PlainTextResponse(
                "请求太频繁，请一分钟后再试。\nToo many requests; try again in a minute.\n",
                429,
                {"retry-after": "60"},
            )
            await refusal(scope, receive, send)
            return
        answer = NotedAnswer(send)
        await self._app(scope, receive, answer.send)
        if answer.status in _GUESSED:
            self._limiter.hit(self._guesses, address)
