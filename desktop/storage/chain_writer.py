"""Appends to one chain: places, hashes and digests of drafts, wherever the stream is read from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import date

from desktop.domain.events import Draft, Event
from desktop.journal import digests
from desktop.journal.chain import next_hash
from desktop.journal.records import Record, Written, decode, encode_core
from desktop.services.ports import Author
from desktop.storage.event_rows import Entry, Head


class ChainWriter(ABC):
    """Keeps what is appended in memory until whoever opened it writes it all."""

    def __init__(self, chain: str) -> None:
        self._chain = chain
        self._streams: dict[str, list[Event]] = {}
        self._seen: dict[str, Mapping[str, int]] = {}
        self._salts: dict[str, bytes] = {}
        self._head: Head | None = None
        self._offset_ms: int | None = None
        self._touched: dict[str, None] = {}
        self._entries: list[Entry] = []

    def events(self, stream: str) -> Sequence[Event]:
        """Return the stream's events in event order, personal values resolved."""
        return tuple(self._stream(stream))

    def append(self, stream: str, drafts: Sequence[Draft], author: Author) -> Sequence[Event]:
        """Append to this installation's own chain; projections follow when the block ends."""
        if not drafts:
            return ()
        known = self._stream(stream)
        head = self._own_head()
        # In event order, so the last has the highest clock.
        clock = known[-1].lc if known else 0
        entries: list[Entry] = []
        for number, draft in enumerate(drafts, start=1):
            written = Written(
                stream,
                clock + number,
                self._seen[stream],
                author.at,
                self._offset_ms,
                author.person,
                author.policy,
            )
            record = self._record(draft, written, head)
            head = Head(record.seq, record.hash)
            # Decoded from the bytes, so that a reader later sees exactly what the writer got.
            entries.append(Entry(record, decode(record, dict(draft.personal))))
        appended = [entry.event for entry in entries if entry.event]
        self._entries.extend(entries)
        known.extend(appended)
        self._head = head
        self._touched[stream] = None
        return tuple(appended)

    @abstractmethod
    def next_number(self, day: date) -> int:
        """Return the next count of complaints that this device opened on `day` (1, 2, 3 …)."""

    @abstractmethod
    def _read_stream(self, stream: str) -> list[Event]:
        """Return the stream's events in event order."""

    @abstractmethod
    def _read_head(self) -> tuple[Head, int | None]:
        """Return the end of the chain, and HQ's clock minus ours in milliseconds if known."""

    @abstractmethod
    def _make_salt(self, stream: str) -> bytes:
        """Return the salt under which this chain digests values of the stream; it is kept."""

    def _stream(self, stream: str) -> list[Event]:
        if stream not in self._streams:
            found = self._streams[stream] = self._read_stream(stream)
            seen: dict[str, int] = {}
            for other in (e.id for e in found if e.id.chain != self._chain):
                seen[other.chain] = max(other.seq, seen.get(other.chain, 0))
            self._seen[stream] = seen
        return self._streams[stream]

    def _own_head(self) -> Head:
        if self._head is None:
            self._head, self._offset_ms = self._read_head()
        return self._head

    def _record(self, draft: Draft, written: Written, head: Head) -> Record:
        seq = head.seq + 1
        core = encode_core(draft, written)
        run = b""
        if draft.personal:
            salt = self._salt(written.stream)
            run = digests.digests_of(salt, self._chain, seq, dict(draft.personal))
        return Record(
            self._chain,
            seq,
            written.stream,
            core,
            run,
            next_hash(head.hash, self._chain, seq, core, run),
        )

    def _salt(self, stream: str) -> bytes:
        if stream not in self._salts:
            self._salts[stream] = self._make_salt(stream)
        return self._salts[stream]
