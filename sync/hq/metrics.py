"""Figures for Prometheus: what this process answered, and what HQ holds when it is asked."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine, func, select
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from sync.hq import overview, projection
from sync.hq.answers import NotedAnswer
from sync.hq.logs import route_of
from sync.hq.models import chain, device, incident, quarantine

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The figures of one process; each process is asked for its own."""

    def __init__(
        self, engine: Engine, now: Callable[[], datetime], silent_after: timedelta
    ) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "amends_hq_requests_total",
            "Requests answered, by route, method and status",
            ("route", "method", "status"),
            registry=self._registry,
        )
        self.seconds = Histogram(
            "amends_hq_request_seconds",
            "Time to the whole answer, by route",
            ("route",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._registry.register(_Holdings(engine, now, silent_after))

    def text(self) -> bytes:
        """Return everything in Prometheus' text form."""
        return generate_latest(self._registry)


class _Holdings(Collector):
    """What the database holds, counted when asked."""

    def __init__(
        self, engine: Engine, now: Callable[[], datetime], silent_after: timedelta
    ) -> None:
        self._engine = engine
        self._now = now
        self._silent_after = silent_after

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield each figure."""
        for name, (what, value) in self._figures().items():
            yield GaugeMetricFamily(f"amends_hq_{name}", what, value=value)

    def _figures(self) -> dict[str, tuple[str, float]]:
        with self._engine.connect() as connection:
            stores = overview.stores(connection, self._now(), silent_after=self._silent_after)

            def count(table: object) -> float:
                return float(
                    connection.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[arg-type]
                )

            events = connection.execute(select(func.coalesce(func.sum(chain.c.seq), 0)))
            live = connection.execute(
                select(func.count()).where(device.c.revoked_at.is_(None))
            ).scalar_one()
            totals = overview.totals(stores)
            behind = float(projection.waiting(connection))
            return {
                "stores": ("Stores known", totals.stores),
                "devices": ("Devices with access", live),
                "events": ("Events on all chains", float(events.scalar_one())),
                "stores_silent": ("Stores without contact for too long", totals.silent),
                "stores_silent_urgent": (
                    "Silent stores with an open complaint of level 1 or 2",
                    sum(s.silent and s.urgent > 0 for s in stores),
                ),
                "tickets_open": ("Open complaints", totals.open),
                "approvals_waiting": ("Compensations that wait for an approver", totals.pending),
                "streams_behind": ("Complaints whose row is behind", behind),
                "quarantined": ("Complaints in quarantine", count(quarantine)),
                "incidents": ("Forks and rollbacks noted", count(incident)),
            }


class Measured:
    """ASGI middleware that counts and times answers."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request and count it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = NotedAnswer(send)
        try:
            await self._app(scope, receive, answer.send)
        finally:
            route = route_of(scope)
            self._metrics.requests.labels(route, scope["method"], str(answer.status)).inc()
            self._metrics.seconds.labels(route).observe(answer.seconds)


def may_read(request: Request, token: str) -> bool:
    """Tell whether a request may have the figures: from this machine, or with the token."""
    given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False
