"""HQ as one ASGI application: the devices' door, the pages, health and figures."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from sync.hq import api, metrics, openapi, web
from sync.hq.attachments import AttachmentStore
from sync.hq.logs import AccessLog
from sync.hq.metrics import Measured, Metrics
from sync.hq.rates import RateLimits, Rates
from sync.hq.web import Pages


@dataclass(frozen=True, slots=True)
class AppOptions:
    """How the application is operated; `metrics_token` lets other machines read /metrics."""

    rates: Rates = field(default_factory=Rates)
    metrics_token: str = ""


def make_app(
    pages: Pages,
    attachments: AttachmentStore,
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]],
    options: AppOptions = AppOptions(),
) -> FastAPI:
    """Return the application; it keeps no state beside the database and the object store."""
    app = application(lifespan)
    app.state.exchange = pages.exchange
    app.state.attachments = attachments
    app.state.pages = pages
    app.include_router(web.routes)
    app.add_exception_handler(web.Denied, web.denied)
    app.add_exception_handler(HTTPException, web.unserved)
    app.add_exception_handler(Exception, web.failed)
    figures = Metrics(pages.exchange.engine, pages.now, pages.silent_after)
    add_operation(app, pages.exchange.engine, figures, options.metrics_token)
    app.add_middleware(api.Direct)
    app.add_middleware(RateLimits, rates=options.rates)
    app.add_middleware(Measured, metrics=figures)
    app.add_middleware(AccessLog)
    return app


def application(
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None,
) -> FastAPI:
    """Return the application with the devices' door and its description."""
    app = FastAPI(
        title=openapi.TITLE,
        description=openapi.DESCRIPTION,
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_tags=openapi.TAGS,
    )
    app.include_router(api.routes, tags=["devices"])
    bare = app.openapi

    def document() -> dict[str, Any]:
        return openapi.completed(bare())

    app.openapi = document  # type: ignore[method-assign]
    return app


def add_operation(
    app: FastAPI, engine: Engine | None, figures: Metrics | None, token: str = ""
) -> None:
    """Add health and figures; without an engine they are described only."""

    @app.get("/health", tags=["operation"], responses=openapi.HEALTH, response_class=Response)
    @app.get("/healthz", include_in_schema=False)
    async def health() -> Response:
        """Answer 200 when the database answers, else 503."""
        healthy = engine is not None and await run_in_threadpool(_answers, engine)
        return Response("ok\n" if healthy else "database\n", 200 if healthy else 503)

    @app.get("/metrics", tags=["operation"], responses=openapi.METRICS, response_class=Response)
    async def measured(request: Request) -> Response:
        """Give figures for Prometheus: to this machine, or to who has the token."""
        if figures is None or not metrics.may_read(request, token):
            return Response("figures are for this machine or by token\n", 403)
        content = await run_in_threadpool(figures.text)
        return Response(content, media_type=metrics.CONTENT_TYPE)


def _answers(engine: Engine) -> bool:
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True
