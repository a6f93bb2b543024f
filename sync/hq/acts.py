"""What people do at HQ, on HQ's own chain: who, when, what (AU-01, AU-03).

Answers to approvals are on HQ's chains of the stores; everything else that a person does at HQ is
an event here. Names and other personal data stay out of it: people, devices and stores are named
by their ids.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import insert

from desktop.domain.events import Draft, JsonValue
from desktop.journal import records
from desktop.journal.chain import GENESIS, next_hash
from desktop.journal.records import TornRecord, Written
from sync.hq.models import chain, event

#: HQ's own chain and where it is kept; no store or region can have this name.
CHAIN: Final = "hq"
HOME: Final = "hq:acts"
_STREAM: Final = "hq-acts"
#: Stands for the command line, which knows no person.
OPERATOR: Final = "amends-hq"
_POLICY: Final = "-"


@dataclass(frozen=True, slots=True)
class Act:
    """One act: `what` names a text `hq_audit.act_<what>`, `data` what it was done to."""

    at: datetime
    who: str
    what: str
    data: Mapping[str, Any]
    chain: str
    seq: int
    hash: str
    received: datetime


def record(connection: Connection, who: str, what: str, now: datetime, **data: JsonValue) -> None:
    """Write down an act in the transaction that carries it out."""
    connection.execute(
        insert(chain).values(id=CHAIN, home=HOME, head=GENESIS).on_conflict_do_nothing()
    )
    own = connection.execute(select(chain).where(chain.c.id == CHAIN).with_for_update()).one()
    seq = own.seq + 1
    draft = Draft(f"hq.{what}", dict(data), {})
    core = records.encode_core(draft, Written(_STREAM, seq, {}, now, 0, who, _POLICY))
    head = next_hash(own.head, CHAIN, seq, core, b"")
    connection.execute(
        event.insert().values(
            home=HOME,
            chain=CHAIN,
            seq=seq,
            stream=_STREAM,
            core=core,
            digests=b"",
            hash=head,
            received_at=now,
        )
    )
    connection.execute(chain.update().where(chain.c.id == CHAIN).values(seq=seq, head=head))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which acts to look for: by whom, of which kind, received from `since` to before `until`."""

    who: str = ""
    what: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Yield what a row of the journal must fulfil.

        Looked up in the stored bytes as they are: bytes that somebody altered are no JSON, and
        must not keep the page from showing the rest.
        """
        if self.who:
            yield _holds("a", self.who)
        if self.what:
            yield or_(_holds("k", self.what), _holds("k", f"hq.{self.what}"))
        if self.since is not None:
            yield event.c.received_at >= self.since
        if self.until is not None:
            yield event.c.received_at < self.until


def _holds(name: str, value: str) -> ColumnElement[bool]:
    said = f'"{name}":{json.dumps(value, ensure_ascii=False)}'.encode()
    return func.position(literal(said, LargeBinary).op("IN")(event.c.core)) > 0


def newest(
    connection: Connection,
    limit: int,
    before: tuple[datetime, str, int] | None = None,
    wanted: Wanted = Wanted(),
) -> Sequence[Act]:
    """Return acts at HQ, the newest first; `before` is the place of the last one seen."""
    place = tuple_(event.c.received_at, event.c.chain, event.c.seq)
    own = select(chain.c.id).where(chain.c.device.is_(None))
    homes = select(chain.c.home).where(chain.c.device.is_(None))
    chosen = select(event).where(event.c.chain.in_(own), event.c.home.in_(homes))
    chosen = chosen.where(*wanted.conditions())
    if before is not None:
        chosen = chosen.where(place < before)
    rows = connection.execute(
        chosen.order_by(event.c.received_at.desc(), event.c.chain.desc(), event.c.seq.desc()).limit(
            limit
        )
    )
    return [_act(row) for row in rows]


def last(connection: Connection, what: str) -> Act | None:
    """Return the newest act of one kind on HQ's own chain."""
    row = connection.execute(
        select(event)
        .where(
            event.c.home == HOME,
            event.c.chain == CHAIN,
            func.convert_from(event.c.core, text("'UTF8'")).like(f'%"k":"hq.{what}"%'),
        )
        .order_by(event.c.seq.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else _act(row)


def _act(row: Any) -> Act:
    try:
        core = records.parse_core(row.core)
        who, what, at, data = core.a, core.k.removeprefix("hq."), core.t, dict(core.d)
    except TornRecord:
        who, what, at, data = "", "unreadable", row.received_at, {}
    if row.chain != CHAIN:
        data = {"stream": row.stream, "store": row.home, **data}
    return Act(at, who, what, data, row.chain, row.seq, row.hash.hex(), row.received_at)
