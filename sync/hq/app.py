"""HQ as one ASGI application: the devices' door, the pages, health."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import FastAPI, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from sync.hq import api, web
from sync.hq.attachments import AttachmentStore
from sync.hq.web import Pages


def make_app(
    pages: Pages,
    attachments: AttachmentStore,
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]],
) -> FastAPI:
    """Return the application; it keeps no state beside the database and the object store."""
    app = FastAPI(
        title="Amends HQ",
        description="What store PCs and people at headquarters speak to; see docs/protocol.md.",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.exchange = pages.exchange
    app.state.attachments = attachments
    app.state.pages = pages
    app.include_router(api.routes, tags=["devices"])
    app.include_router(web.routes)
    app.add_exception_handler(web.Denied, web.denied)

    described = app.openapi

    def openapi() -> dict[str, Any]:
        document = described()
        parts = document.setdefault("components", {}).setdefault("schemas", {})
        parts.update(api.message_schemas())
        return document

    app.openapi = openapi  # type: ignore[method-assign]

    @app.get("/healthz", tags=["operation"])
    async def healthz() -> Response:
        """Answer 200 when the database answers, else 503."""
        healthy = await run_in_threadpool(_answers, pages.exchange.engine)
        return Response("ok\n" if healthy else "database\n", 200 if healthy else 503)

    return app


def _answers(engine: Engine) -> bool:
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True
