"""Counters of reports, written in the transaction of the append, and the facts behind them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from desktop.domain.analytics.case_facts import CaseFacts
from desktop.domain.analytics.cells import Sums, counts_in, month_sums, span_of
from desktop.journal.records import parse_core
from desktop.services.reporting_ports import CaseQuery, Stores
from desktop.storage.database import Database
from desktop.storage.installation import fact, set_fact
from desktop.storage.rollup_tables import report_case, rollup, running_clock, work_stream
from desktop.storage.tables import from_ms, to_ms

#: Changes whenever cells change, so that older counters are made again.
COUNTING: Final = b"3"
_COUNTED: Final = "rollups"
_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(CaseFacts)
_KNOWN: Final = select(report_case.c.facts).where(report_case.c.stream == bindparam("of"))
_OLD: Final = select(report_case.c.stream, report_case.c.facts).where(
    report_case.c.stream.in_(bindparam("of", expanding=True))
)
_REMOVE: Final = delete(report_case).where(report_case.c.stream == bindparam("of"))
_STOP: Final = delete(running_clock).where(running_clock.c.stream == bindparam("of"))
_START: Final = insert(running_clock)
#: Copies written at once.
_COPIES: Final = 20_000
#: Streams that one question names at most.
_ASKED: Final = 500
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
#: Dimensions whose key is the code, so that the index narrows the cases first.
_BY_CODE: Final = frozenset({"code", "alike", "link"})


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


class SqlRollups:
    """Reads rollups and facts (reporting_ports.Rollups)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def stores(self) -> Sequence[str]:
        """Return the stores with complaints here, by code."""
        found = (
            select(rollup.c.store)
            .where(rollup.c.dim.in_(("opened", "duplicate")))
            .distinct()
            .order_by(rollup.c.store)
        )
        with self._database.read() as connection:
            return tuple(connection.execute(found).scalars())

    def months(self, stores: Stores) -> Sequence[str]:
        """Return the months with complaints, the first first."""
        found = (
            select(rollup.c.month)
            .where(rollup.c.dim == "opened", rollup.c.store.in_(stores))
            .distinct()
            .order_by(rollup.c.month)
        )
        with self._database.read() as connection:
            return tuple(connection.execute(found).scalars())

    def sums(self, stores: Stores, months: Sequence[str], dims: Sequence[str] = ()) -> Sums:
        """Return the sums of whole months; `dims` empty is every dimension."""
        found = _summed(rollup.c.dim, rollup.c.key).where(*_within(stores, months, dims))
        grouped = found.group_by(rollup.c.dim, rollup.c.key)
        with self._database.read() as connection:
            return {(dim, key): (n, total) for dim, key, n, total in connection.execute(grouped)}

    def by_store(
        self, stores: Stores, months: Sequence[str], dims: Sequence[str]
    ) -> Mapping[str, Sums]:
        """Return the sums of whole months for each store."""
        return self._grouped(rollup.c.store, stores, months, dims)

    def by_month(
        self, stores: Stores, months: Sequence[str], dims: Sequence[str]
    ) -> Mapping[str, Sums]:
        """Return the sums for each month."""
        return self._grouped(rollup.c.month, stores, months, dims)

    def _grouped(
        self, by: Column[str], stores: Stores, months: Sequence[str], dims: Sequence[str]
    ) -> Mapping[str, Sums]:
        found = _summed(by, rollup.c.dim, rollup.c.key).where(*_within(stores, months, dims))
        sums: dict[str, dict[tuple[str, str], tuple[int, int]]] = {}
        with self._database.read() as connection:
            for name, dim, key, n, total in connection.execute(
                found.group_by(by, rollup.c.dim, rollup.c.key)
            ):
                sums.setdefault(name, {})[dim, key] = (n, total)
        return sums

    def cases(self, wanted: CaseQuery) -> Sequence[CaseFacts]:
        """Return the facts of cases, by the time of opening."""
        conditions = [
            report_case.c.last_day >= wanted.since,
            report_case.c.first_day < wanted.until,
            report_case.c.store.in_(wanted.stores),
        ]
        if wanted.dim in _BY_CODE and wanted.key != "*":
            conditions.append(report_case.c.code == wanted.key.split("|")[0])
        found = select(report_case.c.facts).where(*conditions).order_by(report_case.c.opened)
        kept: list[CaseFacts] = []
        with self._database.read() as connection:
            for (encoded,) in connection.execute(found):
                facts = _DECODER.decode(encoded)
                if wanted.dim and not counts_in(
                    facts, wanted.dim, wanted.key, wanted.since, wanted.until
                ):
                    continue
                kept.append(facts)
                if wanted.limit and len(kept) == wanted.limit:
                    break
        return sorted(kept, key=lambda facts: (facts.opened_at, facts.stream))

    def open_cases(self, stores: Stores) -> Sequence[CaseFacts]:
        """Return the facts of cases that are not closed."""
        found = select(report_case.c.facts).where(text("open > 0"), report_case.c.store.in_(stores))
        with self._database.read() as connection:
            cases = [_DECODER.decode(encoded) for (encoded,) in connection.execute(found)]
        return sorted(cases, key=lambda facts: (facts.opened_at, facts.stream))

    def open_count(self, stores: Stores) -> int:
        """Return how many cases are open, duplicates left out; by index alone."""
        counted = (
            select(func.count())
            .select_from(report_case)
            .where(text("open > 0"), text("open = 1"), report_case.c.store.in_(stores))
        )
        with self._database.read() as connection:
            return connection.execute(counted).scalar_one()

    def late(self, stores: Stores, since: date, until: date, now: datetime) -> Mapping[str, int]:
        """Return by name how many clocks run that were due in [since, until) and before `now`.

        Read from an index alone, equal to `measures.late_clocks` over the open cases.
        """
        running = running_clock.c
        counted = (
            select(running.clock, func.count().label("n"))
            .where(running.day >= since, running.day < until, running.due < now)
            .where(running.store.in_(stores))
            .group_by(running.clock)
        )
        with self._database.read() as connection:
            return {row.clock: row.n for row in connection.execute(counted)}

    def case(self, stream: str) -> CaseFacts | None:
        """Return the facts of one case."""
        with self._database.read() as connection:
            known = connection.execute(_KNOWN, {"of": stream}).scalar_one_or_none()
        return None if known is None else _DECODER.decode(known)

    def works(self, kind: str, month: str = "", about: str = "") -> Sequence[str]:
        """Return the streams of a kind, by id; of one month or about one thing where asked."""
        found = select(work_stream.c.stream).where(work_stream.c.kind == kind)
        if month:
            found = found.where(work_stream.c.month == month)
        if about:
            found = found.where(work_stream.c.about == about)
        with self._database.read() as connection:
            return tuple(connection.execute(found.order_by(work_stream.c.stream)).scalars())

    def newest(self) -> datetime | None:
        """Return the time of the newest event of any chain, None without events."""
        # From the few chains to their last events, never the other way round.
        heads = text(
            "SELECT e.core FROM chain c CROSS JOIN event e ON e.chain = c.chain AND e.seq = c.seq"
        )
        with self._database.read() as connection:
            cores = connection.execute(heads).scalars().all()
        return max((parse_core(core).t for core in cores), default=None)

    def recompute(self) -> int:
        """Remake all counters from the facts in one transaction; return how many differed."""
        with self._database.write() as connection:
            strayed = _rerun(connection)
            kept = {
                (r.month, r.dim, r.store, r.key): (r.n, r.total)
                for r in connection.execute(select(rollup))
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


def _summed(*by: Column[Any]) -> Any:
    return select(*by, func.sum(rollup.c.n), func.sum(rollup.c.total))


def _within(
    stores: Stores, months: Sequence[str], dims: Sequence[str]
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [rollup.c.month.in_(months), rollup.c.store.in_(stores)]
    if dims:
        found.append(rollup.c.dim.in_(dims))
    return found
