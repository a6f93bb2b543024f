"""What stores told of themselves: opening hours, and what became of each policy pack there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, literal_column, select, true

from desktop.domain.calendar import StoreHours
from desktop.domain.store_news import HOURS_SET, NEWS_STREAM, PACK_REFUSED, PACK_TAKEN
from desktop.journal.records import Core, TornRecord, parse_core
from desktop.services.identity import DEFAULT_HOURS
from sync.hq import access
from sync.hq.models import device, event, store, stream
from sync.hq.people import User

_MOST: Final = 5_000
_RUN: Final = event.alias("run")
#: The events of a run, looked up by itself (see `streams.OF_STREAMS`).
_EVENT: Final = (
    select(event)
    .where(event.c.home == _RUN.c.home, event.c.chain == _RUN.c.chain)
    .where(event.c.seq.between(_RUN.c.seq, _RUN.c.seq + _RUN.c.run - 1))
    .offset(literal_column("0"))
    .lateral("of_run")
)


@dataclass(frozen=True, slots=True)
class PackOutcome:
    """What one PC did with a pack; `reason` names a text `refusal.<reason>`, "" when installed."""

    version: str
    store: str
    store_name: str
    letter: str
    reason: str
    at: datetime


def hours(connection: Connection, store_id: str) -> Mapping[str, tuple[str, str]]:
    """Return a store's opening hours as one of its PCs last told them, else the usual ones."""
    told = _told(stream.c.store == store_id)
    for row in connection.execute(told.order_by(_EVENT.c.received_at.desc(), _EVENT.c.seq.desc())):
        core = _read(row)
        if core is None or core.k != HOURS_SET:
            continue
        found = core.d.get("hours")
        spans = found if isinstance(found, dict) else {}
        try:
            StoreHours.parse({day: tuple(span) for day, span in spans.items()})
        except (TypeError, ValueError):
            continue
        return {day: (span[0], span[1]) for day, span in spans.items()}
    return DEFAULT_HOURS


def pack_outcomes(connection: Connection, user: User, version: str = "") -> Sequence[PackOutcome]:
    """Return what PCs in a person's scope did with a pack (any for ""), refusals first."""
    rows = connection.execute(
        _told(access.in_scope(user, stream.c.store))
        .join(device, device.c.chain == _EVENT.c.chain)
        .join(store, store.c.id == _EVENT.c.home)
        .add_columns(store.c.name.label("store_name"), device.c.letter)
        .order_by(_EVENT.c.received_at.desc())
        .limit(_MOST)
    )
    found = [o for o in _outcomes(rows) if version in ("", o.version)]
    return sorted(found, key=lambda o: (not o.reason, o.store, o.letter))


def _told(where: ColumnElement[bool]) -> Select[Any]:
    """Return the events of stores' news; `where` is about their streams."""
    news = select(stream.c.id).where(stream.c.id.startswith(NEWS_STREAM), where)
    wanted = (_RUN.c.run > 0, _RUN.c.stream.in_(news))
    return select(_EVENT).select_from(_RUN.join(_EVENT, true())).where(*wanted)


def _outcomes(rows: Any) -> Iterator[PackOutcome]:
    for row in rows:
        core = _read(row)
        if core is not None and core.k in (PACK_TAKEN, PACK_REFUSED):
            yield PackOutcome(
                version=str(core.d.get("version", "")),
                store=row.home,
                store_name=row.store_name,
                letter=row.letter,
                reason=str(core.d.get("reason") or "") if core.k == PACK_REFUSED else "",
                at=core.t,
            )


def _read(row: Any) -> Core | None:
    try:
        return parse_core(row.core)
    except TornRecord:
        return None
