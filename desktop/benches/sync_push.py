"""One store against headquarters: the first upload, trips without news, saves meanwhile."""

from __future__ import annotations

import gc
import os
import random
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import psutil  # type: ignore[import-untyped]

from desktop.benches.hq_process import HqFault, Running
from desktop.benches.sync_documents import Documents, fill
from desktop.bootstrap import open_desk
from desktop.domain.rows import RowFacts
from desktop.services.exchange_ports import ExchangeFailure, ExchangeReport
from desktop.services.ports import Author
from desktop.services.use_cases import UseCases
from desktop.storage.ids import RandomIds, SystemClock
from desktop.storage.store import StoreData, open_store
from sync.client import HqClient, LineOptions

_IDLE_TRIPS: Final = 200
_SAVES: Final = 300
_BETWEEN_SAVES: Final = 0.02
#: Saves before anything is measured.
_WARMING: Final = 10


def pc(folder: Path) -> StoreData:
    """Open a store's data without its desk; rows are not made here."""
    return open_store(folder, RandomIds(), _no_facts, ZoneInfo("Asia/Shanghai"))


def _no_facts(*_: object) -> RowFacts:
    return RowFacts(
        node="", family="", words=(), due_at=None, due_clock="", due_rule="", waiting_due=None
    )


def client(data: StoreData, options: LineOptions | None = None) -> HqClient:
    """Return a client that keeps its line."""
    options = options or LineOptions()
    return HqClient(data.sync, data.attachments, SystemClock(), options, keep_line=True)


def join(hq: Running, joining: HqClient, url: str | None = None, scope: str = "S0217") -> None:
    """Join HQ; raises HqFault."""
    outcome = joining.enrol(url or hq.url, hq.code(scope))
    if isinstance(outcome, ExchangeFailure):
        raise HqFault(f"{outcome.code}: {outcome.detail}")


def exchanged(by: HqClient) -> ExchangeReport:
    """Exchange once; raises HqFault."""
    outcome = by.exchange()
    if isinstance(outcome, ExchangeFailure):
        raise HqFault(f"{outcome.code}: {outcome.detail}")
    return outcome


def upload(hq: Running, folder: Path, tickets: int, tell: Callable[[str], None]) -> dict[str, Any]:
    """Send complaints of eight events each, and measure trips that bring nothing after it."""
    with closing(pc(folder)) as data, closing(client(data)) as line:
        tell(f"writing {tickets} complaints")
        events = fill(data, Documents(), 0, tickets)
        join(hq, line)
        before, own = hq.usage(), _cpu()
        # What was written before is not HQ's to wait for when it makes its own durable.
        os.sync()
        tell("sending")
        started = time.perf_counter()
        report = exchanged(line)
        seconds = time.perf_counter() - started
        after = hq.usage()
        arrived = hq.status()["chains"][data.sync.chain()]
        if (report.acked_seq, arrived["seq"], arrived["head"]) != (events, events, report.head):
            raise HqFault(f"{arrived['seq']} of {events} events arrived")
        figures = {
            "tickets": tickets,
            "events": events,
            "seconds_to_durable_rows": round(seconds, 3),
            "events_per_second": round(events / seconds),
            "bytes_per_ticket": round(report.bytes_sent / tickets, 1),
            "client_cpu_seconds": round(_cpu() - own, 2),
            "hq_cpu_seconds": round(after.hq_cpu - before.hq_cpu, 2),
            "database_cpu_seconds": round(after.database_cpu - before.database_cpu, 2),
            "hq_mb": after.hq_mb,
            "database_mb": after.database_mb,
        }
        tell("waiting for headquarters' rows")
        _settled(hq)
        return {**figures, **idle(line)}


def idle(line: HqClient) -> dict[str, Any]:
    """Measure trips without news on a kept line."""
    trips = []
    size = 0
    for _ in range(_IDLE_TRIPS):
        started = time.perf_counter()
        report = exchanged(line)
        trips.append((time.perf_counter() - started) * 1000)
        size = report.bytes_sent + report.bytes_received
    return {
        "no_change_ms": round(statistics.median(trips), 2),
        "no_change_best_ms": round(min(trips), 2),
        "no_change_bytes": size,
    }


def saves(hq: Running, folder: Path, tell: Callable[[str], None]) -> dict[str, Any]:
    """Save complaints at a second PC of the store while it takes over all that HQ holds.

    The same number is saved before, with no exchange, to tell what the exchange adds; the first
    saves of a program, which load what every save needs, are left out of both.
    """
    with closing(open_desk(folder)) as desk:
        cases = desk.use_cases
        tell("joining a second PC")
        outcome = cases.hq.enrol(hq.url, hq.code())
        if isinstance(outcome, ExchangeFailure):
            raise HqFault(f"{outcome.code}: {outcome.detail}")
        documents = Documents(seed=2)
        _saved(cases, documents, range(_WARMING))
        gc.freeze()  # as the window does when it has loaded
        tell("saving with no exchange")
        alone = _saved(cases, documents, range(_WARMING, _WARMING + _SAVES))
        with ThreadPoolExecutor(1) as pool:
            tell("saving while it receives")
            receiving = pool.submit(cases.hq.exchange)
            first = _WARMING + _SAVES
            took = _saved(cases, documents, range(first, first + _SAVES))
            meanwhile = receiving.running()
            tell("waiting for the exchange")
            report = receiving.result()
        if isinstance(report, ExchangeFailure):
            raise HqFault(f"{report.code}: {report.detail}")
    return {
        "saves": _SAVES,
        "save_p50_ms": _at(took, 0.5),
        "save_p99_ms": _at(took, 0.99),
        "alone_p50_ms": _at(alone, 0.5),
        "alone_p99_ms": _at(alone, 0.99),
        "received_meanwhile": report.received,
        "still_receiving_at_the_last_save": meanwhile,
        "receive_seconds": report.seconds,
    }


def _saved(cases: UseCases, documents: Documents, numbers: range) -> list[float]:
    """Save a complaint of eight events for each number; milliseconds of each, sorted."""
    took = []
    pauses = random.Random(7)  # noqa: S311 - people do not save in step with the receiver
    for number in numbers:
        drafts = documents.ticket(number)
        author = Author(drafts[0][2], datetime.now(UTC), cases.policies.current().version)
        started = time.perf_counter()
        with cases.journal.write() as writer:
            writer.append(drafts[0][0], [draft for *_, draft in drafts], author)
        took.append((time.perf_counter() - started) * 1000)
        time.sleep(_BETWEEN_SAVES * pauses.uniform(0.5, 1.5))
    return sorted(took)


def _at(took: list[float], share: float) -> float:
    return round(took[min(int(len(took) * share), len(took) - 1)], 1)


def _settled(hq: Running) -> None:
    deadline = time.monotonic() + 600
    while hq.status()["pending"] and time.monotonic() < deadline:
        time.sleep(1)


def _cpu() -> float:
    times = psutil.Process().cpu_times()
    return float(times.user + times.system)
