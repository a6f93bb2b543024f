"""Keeps the counters of reports and the facts behind them, in the transaction of the append."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import msgspec
from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from desktop.domain.analytics.case_facts import CaseFacts
from desktop.domain.analytics.cells import month_sums, span_of
from desktop.storage.installation import fact, set_fact
from desktop.storage.rollup_tables import report_case, rollup, running_clock, work_stream
from desktop.storage.utc_time import from_ms, to_ms

#: Changes whenever cells change, so that older counters are made again.
COUNTING: Final = b"5"
_COUNTED: Final = "rollups"
_DECODER: Final = msgspec.json.Decoder(CaseFacts)
_ENCODER: Final = msgspec.json.Encoder()
_OLD: Final = select(report_case.c.stream, report_case.c.facts).where(
    report_case.c.stream.in_(bindparam("of", expanding=True))
)

_REMOVE: Final = delete(report_case).where(report_case.c.stream == bindparam("of"))
_STOP: Final = delete(running_clock).where(running_clock.c.stream == bindparam("of"))
_START: Final = insert(running_clock)
#: Streams that one question names at most.
_ASKED: Final = 500
#: Copies written at once.
_COPIES: Final = 20_000
_ADDED: Final = upsert(rollup)
_ADD: Final = _ADDED.on_conflict_do_update(
    index_elements=[rollup.c.month, rollup.c.dim, rollup.c.store, rollup.c.key],
    set_={
        "n": rollup.c.n + _ADDED.excluded.n,
        "total": rollup.c.total + _ADDED.excluded.total,
    },
)

_DROP_ZERO: Final = delete(rollup).where(
    rollup.c.month == bindparam("of_month"),
    rollup.c.dim == bindparam("of_dim"),
    rollup.c.store == bindparam("of_store"),
    rollup.c.key == bindparam("of_key"),
    rollup.c.n == 0,
    rollup.c.total == 0,
)

_CASE: Final = upsert(report_case)
_SAVE: Final = _CASE.on_conflict_do_update(
    index_elements=[report_case.c.stream],
    set_={
        name: _CASE.excluded[name]
        for name in ("store", "first_day", "last_day", "opened", "open", "code", "facts")
    },
)

_Place = tuple[str, str, str, str]


def keep_all(connection: Connection, changed: Mapping[str, CaseFacts | None]) -> None:
    """Replace what complaints count, counters in one go; many at once is much quicker."""
    deltas: dict[_Place, list[int]] = defaultdict(lambda: [0, 0])
    saved, gone, stopped, started = [], [], [], []
    known = _known(connection, list(changed))
    for stream, facts in changed.items():
        before = known.get(stream)
        encoded = _ENCODER.encode(facts) if facts else None
        if before == encoded:
            continue
        if before is not None:
            old = _DECODER.decode(before)
            _add(deltas, old, -1)
            if old.closed is None:
                stopped.append({"of": stream})
        if facts is None or encoded is None:
            gone.append({"of": stream})
        else:
            _add(deltas, facts, 1)
            saved.append(_case_row(facts, encoded))
            started += _clock_rows(facts)
    statements = ((_REMOVE, gone), (_SAVE, saved), (_STOP, stopped), (_START, started))
    for statement, rows in statements:
        if rows:
            connection.execute(statement, rows)
    _apply(connection, deltas)


def _known(connection: Connection, streams: Sequence[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for start in range(0, len(streams), _ASKED):
        rows = connection.execute(_OLD, {"of": streams[start : start + _ASKED]})
        found.update((stream, facts) for stream, facts in rows)
    return found


def _clock_rows(facts: CaseFacts) -> list[dict[str, object]]:
    """Return the running clocks of an open complaint; a duplicate's count nowhere (NC-11)."""
    if facts.closed is not None or facts.duplicate:
        return []
    place = {"stream": facts.stream, "store": facts.store}
    return [
        {**place, "clock": clock.name, "day": clock.day, "due": clock.due}
        for clock in facts.clocks
        if clock.done is None
    ]


def _case_row(facts: CaseFacts, encoded: bytes) -> dict[str, object]:
    first, last = span_of(facts)
    return {
        "stream": facts.stream,
        "store": facts.store,
        "first_day": first,
        "last_day": last,
        "opened": facts.opened,
        "open": 0 if facts.closed else 1 + facts.duplicate,
        "code": facts.code,
        "facts": encoded,
    }


def _add(deltas: dict[_Place, list[int]], facts: CaseFacts, step: int) -> None:
    for (month, dim, key), (n, total) in month_sums(facts).items():
        sums = deltas[month, dim, facts.store, key]
        sums[0] += step * n
        sums[1] += step * total


def _apply(connection: Connection, deltas: Mapping[_Place, Sequence[int]]) -> None:
    changed = [(place, n, total) for place, (n, total) in deltas.items() if n or total]
    if not changed:
        return
    connection.execute(
        _ADD,
        [
            {"month": month, "dim": dim, "store": store, "key": key, "n": n, "total": total}
            for (month, dim, store, key), n, total in changed
        ],
    )
    names = ("of_month", "of_dim", "of_store", "of_key")
    fewer = [dict(zip(names, place, strict=True)) for place, n, _ in changed if n < 0]
    if fewer:
        connection.execute(_DROP_ZERO, fewer)


def multiply(
    connection: Connection, facts: Sequence[CaseFacts], count: int, first: int
) -> Iterator[int]:
    """Add `count` copies of cases to what is counted, without events; yield how many are there.

    For measuring the counters alone. `first` numbers the copies apart from those made before.
    """
    deltas: dict[_Place, list[int]] = defaultdict(lambda: [0, 0])
    for at, original in enumerate(facts):
        _add(deltas, original, count // len(facts) + (at < count % len(facts)))
    _apply(connection, deltas)
    rows = [_case_row(original, b"") for original in facts]
    for start in range(0, count, _COPIES):
        cases, clocks = [], []
        for at in range(start, min(start + _COPIES, count)):
            original = facts[at % len(facts)]
            name = f"X{first + at:07d}"
            copied = replace(original, stream=name, number=f"{original.number}-{first + at}")
            encoded = _ENCODER.encode(copied)
            cases.append({**rows[at % len(facts)], "stream": name, "facts": encoded})
            clocks += _clock_rows(copied)
        connection.execute(insert(report_case), cases)
        if clocks:
            connection.execute(_START, clocks)
        yield start + len(cases)


def recompute(connection: Connection) -> int:
    """Remake all counters from the facts; return how many differed."""
    strayed = _rerun(connection)
    kept = {
        (r.month, r.dim, r.store, r.key): (r.n, r.total) for r in connection.execute(select(rollup))
    }
    made = _recomputed(connection)
    wrong = {p for p in kept.keys() | made.keys() if kept.get(p) != made.get(p)}
    if wrong:
        connection.execute(delete(rollup))
        _fill(connection, made)
    return len(wrong) + strayed


def _recomputed(connection: Connection) -> dict[_Place, tuple[int, int]]:
    deltas: dict[_Place, list[int]] = defaultdict(lambda: [0, 0])
    for (encoded,) in connection.execute(select(report_case.c.facts)):
        _add(deltas, _DECODER.decode(encoded), 1)
    return {place: (n, total) for place, (n, total) in deltas.items() if n or total}


def _rerun(connection: Connection) -> int:
    """Remake the running clocks where they differ from the facts; return how many did."""
    names = ("stream", "store", "clock", "day", "due")
    columns = [running_clock.c[name] for name in names]
    kept = Counter(tuple(row) for row in connection.execute(select(*columns)))
    facts = connection.execute(select(report_case.c.facts).where(text("open > 0"))).scalars()
    rows = [row for encoded in facts for row in _clock_rows(_DECODER.decode(encoded))]
    for row in rows:
        row["due"] = from_ms(to_ms(row["due"]))  # type: ignore[arg-type]
    made = Counter(tuple(row[name] for name in names) for row in rows)
    wrong = (kept - made) + (made - kept)
    if wrong:
        connection.execute(delete(running_clock))
        if rows:
            connection.execute(_START, rows)
    return wrong.total()


def _fill(connection: Connection, sums: Mapping[_Place, tuple[int, int]]) -> None:
    rows: Iterable[dict[str, Any]] = (
        {"month": month, "dim": dim, "store": store, "key": key, "n": n, "total": total}
        for (month, dim, store, key), (n, total) in sums.items()
    )
    connection.execute(insert(rollup), list(rows))


def is_counted(connection: Connection) -> bool:
    """Tell whether the counters are there in the version that this program counts by."""
    return fact(connection, _COUNTED) == COUNTING


def mark_counted(connection: Connection) -> None:
    """Note that every ticket is counted by this version's cells."""
    set_fact(connection, _COUNTED, COUNTING)


def clear(connection: Connection) -> None:
    """Forget all facts and counters, before a rebuild."""
    connection.execute(delete(report_case))
    connection.execute(delete(work_stream))
    connection.execute(delete(rollup))
    connection.execute(delete(running_clock))
