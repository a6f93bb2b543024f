"""What HQ itself writes: one chain per store, under that store's lock, down to it by the feed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from desktop.domain.events import Draft, Event
from desktop.domain.outcomes import Refusal
from desktop.journal import digests, records
from desktop.journal.chain import GENESIS, next_hash
from desktop.journal.records import Written
from sync.hq import copying, ingest, streams
from sync.hq.feed import OWN
from sync.hq.models import chain, dirty_stream, salt, store
from sync.hq.models import stream as streams_table


@dataclass(frozen=True, slots=True)
class Author:
    """In whose name, when and under which policy version HQ writes."""

    person: str
    at: datetime
    policy: str


def chain_of(store_id: str) -> str:
    """Return the id of HQ's chain for a store."""
    return f"{OWN}{store_id}"


def append(
    connection: Connection,
    store_id: str,
    stream: str,
    author: Author,
    decide: Callable[[Sequence[Event]], Sequence[Draft] | Refusal],
) -> Refusal | int:
    """Decide on the stream as it is under the store's lock and write what was decided.

    Only events that the store has count: those of its own streams, and HQ's to it. Returns the
    chain's last seq, or the refusal.
    """
    name = chain_of(store_id)
    connection.execute(
        insert(chain).values(id=name, home=store_id, head=GENESIS).on_conflict_do_nothing()
    )
    own = connection.execute(select(chain).where(chain.c.id == name).with_for_update()).one()
    connection.execute(select(store.c.id).where(store.c.id == store_id).with_for_update())
    known = streams.events(connection, stream)
    if not _belongs(connection, stream, store_id):
        known = [event for event in known if event.id.chain == name]
    drafts = decide(known)
    if isinstance(drafts, Refusal):
        return drafts
    if not drafts:
        return int(own.seq)
    seq, head = own.seq, own.head
    lc = max((event.lc for event in known), default=0)
    seen: dict[str, int] = {}
    for event in known:
        if event.id.chain != name:
            seen[event.id.chain] = max(seen.get(event.id.chain, 0), event.id.seq)
    key = _salt(connection, name, stream) if any(d.personal for d in drafts) else b""
    for draft in drafts:
        seq, lc = seq + 1, lc + 1
        written = Written(stream, lc, seen, author.at, 0, author.person, author.policy)
        head = _write(connection, store_id, seq, head, draft, written, key)
    connection.execute(chain.update().where(chain.c.id == name).values(seq=seq, head=head))
    ingest.publish(connection, store_id, name, [(store_id, own.seq + 1, len(drafts))])
    connection.execute(insert(dirty_stream).values(stream=stream).on_conflict_do_nothing())
    return int(seq)


def _belongs(connection: Connection, stream: str, store_id: str) -> bool:
    owner = select(streams_table.c.store).where(streams_table.c.id == stream)
    return connection.execute(owner).scalar_one_or_none() == store_id


def _write(
    connection: Connection,
    store_id: str,
    seq: int,
    prev: bytes,
    draft: Draft,
    written: Written,
    key: bytes,
) -> bytes:
    """Copy one event and its values in; return its hash."""
    name = chain_of(store_id)
    core = records.encode_core(draft, written)
    run = digests.digests_of(key, name, seq, dict(draft.personal))
    head = next_hash(prev, name, seq, core, run)
    row = copying.Rows(
        home=store_id,
        chain=name,
        first_seq=seq,
        streams=[written.stream],
        cores=[core],
        digests=[run],
        hashes=[head],
        personal=[[draft.personal[field] for field in sorted(draft.personal)]],
        refused={},
        received_at=written.at,
    )
    copying.copy_events(connection, copying.block(row))
    return head


def _salt(connection: Connection, name: str, stream: str) -> bytes:
    """Return the stream's salt for HQ's chain: the one it was opened with, so all share it."""
    known = connection.execute(
        select(salt).where(salt.c.stream == stream).order_by(salt.c.chain)
    ).all()
    own = next((row.salt for row in known if row.chain == name), None)
    if own is not None:
        return bytes(own)
    value = bytes(known[0].salt) if known else secrets.token_bytes(digests.SALT_BYTES)
    connection.execute(salt.insert().values(stream=stream, chain=name, salt=value))
    return value
