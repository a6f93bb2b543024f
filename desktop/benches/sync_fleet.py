"""Many stores at once: bodies made beforehand, sent over a few connections, taken twice.

Headquarters may be several processes on one database, as behind a balancer.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desktop.benches.hq_process import HqFault, Running
from desktop.benches.sync_documents import EVENTS_A_TICKET, Documents
from desktop.journal import digests
from desktop.journal.chain import GENESIS, next_hash
from desktop.journal.records import Written, encode_core
from sync import protocol

_LINES: Final = 4


@dataclass(frozen=True, slots=True)
class Load:
    """What one store sends: a whole HTTP request with its token, and what HQ must confirm."""

    request: bytes
    events: int


def drain(
    served: Sequence[Running], stores: int, tickets: int, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Let every store send its queue at the same time, then all of it again."""
    hq = served[0]
    tell(f"making the queues of {stores} stores with {tickets} complaints each")
    loads = list(_loads(hq, stores, tickets))
    events = sum(load.events for load in loads)
    urls = [running.url for running in served]
    before = [running.usage() for running in served]
    tell("sending")
    first = asyncio.run(_send(urls, loads))
    after = [running.usage() for running in served]
    tell("sending it all again")
    again = asyncio.run(_send(urls, loads))
    held = sum(place["seq"] for place in hq.status()["chains"].values() if place["store"] != "hq")
    if held < events:
        raise HqFault(f"{held} of {events} events arrived")
    own = sum(used.hq_cpu for used in after) - sum(used.hq_cpu for used in before)
    database = after[0].database_cpu - before[0].database_cpu
    return {
        "hq_processes": len(served),
        "stores": stores,
        "tickets": stores * tickets,
        "events": events,
        "seconds": round(first, 2),
        "events_per_second": round(events / first),
        "tickets_per_second": round(stores * tickets / first),
        "hq_cpu_seconds": round(own, 2),
        "database_cpu_seconds": round(database, 2),
        "events_per_cpu_second": round(events / (own + database)),
        "again_seconds": round(again, 2),
        "hq_mb": max(used.hq_mb for used in after),
        "database_mb": after[-1].database_mb,
    }


def _loads(hq: Running, stores: int, tickets: int) -> Iterator[Load]:
    from sync.hq import bootstrap, enrolment
    from sync.hq.exchange import Exchange

    with bootstrap.open_hq(hq.data) as opened:
        exchange = Exchange(opened.engine, opened.key, bootstrap.utc_now)
        for number in range(stores):
            store, chain = f"S{number:04d}", f"cBENCH{number:08d}"
            key = Ed25519PrivateKey.generate().private_bytes_raw()
            with opened.engine.begin() as connection:
                code = enrolment.issue_code(connection, opened.key, store, bootstrap.utc_now())
            joined = exchange.enrol(
                protocol.EnrolRequest(
                    protocol.VERSION,
                    code,
                    chain,
                    protocol.public_key(key),
                    protocol.sign(key, protocol.enrol_message(code, chain)),
                )
            )
            if isinstance(joined, protocol.Problem):
                raise HqFault(joined.detail)
            yield _load(Documents(number, store), tickets, chain, key, joined.token)


def _load(documents: Documents, tickets: int, chain: str, key: bytes, token: str) -> Load:
    events: list[protocol.WireEvent] = []
    salts: dict[str, bytes] = {}
    bodies = []
    head, first = GENESIS, 1
    total = tickets * EVENTS_A_TICKET
    for number in range(tickets):
        salt = documents.salt()
        for lc, (stream, at, person, draft) in enumerate(documents.ticket(number), 1):
            seq = first + len(events)
            core = encode_core(draft, Written(stream, lc, {}, at, 0, person, "2026.11.1"))
            run = digests.digests_of(salt, chain, seq, dict(draft.personal))
            head = next_hash(head, chain, seq, core, run)
            values = tuple(draft.personal[name] for name in sorted(draft.personal))
            events.append(protocol.WireEvent(core, values))
        salts[stream] = salt
        last = first + len(events) - 1
        if last == total or len(events) + EVENTS_A_TICKET > protocol.MAX_EVENTS:
            signed = protocol.sign(key, protocol.head_message(chain, last, head))
            request = protocol.SyncRequest(
                version=protocol.VERSION, chain=chain, seq=total, acked=0, first_seq=first,
                head=head, signature=signed, at=protocol.milliseconds(datetime.now(UTC)),
                events=tuple(events), salts=salts, want=0,
            )  # fmt: skip
            bodies.append(protocol.pack(request))
            first, events, salts = last + 1, [], {}
    return Load(_request(bodies, token), total)


def _request(bodies: Sequence[bytes], token: str) -> bytes:
    """Return what a store sends: one batch as an exchange, several after each other."""
    several = len(bodies) > 1
    path = protocol.PUSH_PATH if several else protocol.SYNC_PATH
    body = b"".join(map(protocol.frame, bodies)) if several else bodies[0]
    head = (
        f"POST {path} HTTP/1.1\r\nhost: hq\r\ncontent-type: {protocol.MEDIA_TYPE}\r\n"
        f"authorization: Bearer {token}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _send(urls: Sequence[str], loads: Sequence[Load]) -> float:
    """Send every load over a few kept connections; return the seconds until all are confirmed."""
    waiting = list(reversed(loads))
    ports = [int(url.rsplit(":", 1)[1]) for url in urls]
    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(_LINES):
            group.create_task(_line(ports[number % len(ports)], waiting))
    return time.perf_counter() - started


async def _line(port: int, waiting: list[Load]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while waiting:
        load = waiting.pop()
        writer.write(load.request)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        size = int(head.split("content-length:", 1)[1].split("\r\n", 1)[0])
        body = await reader.readexactly(size)
        if not head.startswith("http/1.1 200"):
            raise HqFault(protocol.unpack(body, protocol.Problem).detail)
        answer = protocol.unpack(body, protocol.SyncResponse)
        if answer.acked != load.events:
            raise HqFault(f"{answer.acked} of {load.events} events were confirmed")
    writer.close()
