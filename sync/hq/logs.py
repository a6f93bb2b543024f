"""Structured logs without personal data: one JSON object a line on standard error.

What people wrote, their names and their numbers never reach a log: a request is named by its
route, and an error by its type and the places it came through, never by its message, which may
quote values.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from sync.hq.answers import NotedAnswer

_access: Final = logging.getLogger("amends.access")
_FRAMES: Final = 12
#: Watched so often that they say nothing.
_QUIET: Final = frozenset({"/health", "/healthz", "/metrics", "/style.css"})


def set_up(as_json: bool = True) -> None:
    """Send every log of this process to standard error in the one form."""
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(renderer))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = name != "uvicorn.access"
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    for name in ("alembic", "httpx"):
        logging.getLogger(name).setLevel(logging.WARNING)


def formatter(renderer: Any) -> logging.Formatter:
    """Return what writes a record in the one form."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            _places_only,
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )


def _places_only(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an exception by its type and places."""
    record: logging.LogRecord = event["_record"]
    if record.exc_info and record.exc_info[0] is not None:
        kind, _error, trace = record.exc_info
        event["error"] = kind.__name__
        event["at"] = _places(trace)
        # The formatter would append the message of the exception otherwise.
        record.exc_info = None
        record.exc_text = None
        event.pop("exc_info", None)
    return event


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-_FRAMES:]
    return [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames]


class AccessLog:
    """ASGI middleware that notes each answer: method, route, status, milliseconds."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request and note it."""
        if scope["type"] != "http" or scope["path"] in _QUIET:
            await self._app(scope, receive, send)
            return
        answer = NotedAnswer(send)
        try:
            await self._app(scope, receive, answer.send)
        finally:
            _access.info(
                "answered",
                extra={
                    "method": scope["method"],
                    "route": route_of(scope),
                    "status": answer.status,
                    "ms": round(answer.seconds * 1000, 1),
                },
            )


def route_of(scope: Scope) -> str:
    """Return a request's route as it is written in the program, without the values in it."""
    route = scope.get("route")
    return str(getattr(route, "path", "none"))
