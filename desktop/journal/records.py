"""A stored event: the bytes that are hashed, the digests of its personal values, its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import msgspec

from desktop.domain.events import Draft, Event, EventId, PersonalValue
from desktop.journal.canonical import canonical

FORMAT: Final = 1


class TornRecord(ValueError):
    """Stored bytes that are no event of this or an earlier format."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a chain.

    `core` is canonical JSON (RFC 8785) of everything but the personal values; `digests` holds 32
    bytes for each personal field in the order of the core's field list; `hash` is SHA-256 over
    the place, the previous hash and both (see `chain.next_hash`). None of them is ever
    re-serialised.
    """

    chain: str
    seq: int
    stream: str
    core: bytes
    digests: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Written:
    """What the journal adds to a draft: who, when, under which policy, and what was seen."""

    stream: str
    lc: int
    seen: Mapping[str, int]
    at: datetime
    offset_ms: int | None
    actor: str
    policy: str


class _CoreFields(msgspec.Struct, frozen=True):
    """What is read the same way of every core; keys are short because they are sent often."""

    k: str
    s: str
    l: int  # noqa: E741
    t: Annotated[datetime, msgspec.Meta(tz=True)]
    a: str
    p: str
    v: int = FORMAT
    n: dict[str, int] = msgspec.field(default_factory=dict)
    o: int | None = None


class Core(_CoreFields, frozen=True):
    """The hashed part of an event as it is stored."""

    d: dict[str, Any] = msgspec.field(default_factory=dict)
    f: list[str] = msgspec.field(default_factory=list)


_DECODER: Final = msgspec.json.Decoder(Core)


class CoreHead(_CoreFields, frozen=True, gc=False):
    """A core whose data is left as it is: what it takes to file an event, in a third of the time.

    Everything else is checked as in `Core`.
    """

    d: msgspec.Raw = msgspec.Raw(b"{}")
    f: tuple[str, ...] = ()


_HEAD_DECODER: Final = msgspec.json.Decoder(CoreHead)


def encode_core(draft: Draft, written: Written) -> bytes:
    """Return the canonical bytes of an event, without its personal values."""
    core: dict[str, Any] = {
        "v": FORMAT,
        "k": draft.kind,
        "s": written.stream,
        "l": written.lc,
        "t": written.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "a": written.actor,
        "p": written.policy,
    }
    if written.seen:
        core["n"] = dict(written.seen)
    if written.offset_ms is not None:
        core["o"] = written.offset_ms
    if draft.data:
        core["d"] = dict(draft.data)
    if draft.personal:
        core["f"] = sorted(draft.personal)
    return canonical(core)


def personal_fields(core: bytes) -> tuple[str, ...]:
    """Return the names of the event's personal fields in digest order; raises TornRecord."""
    return tuple(parse_core(core).f)


def decode(record: Record, personal: Mapping[str, PersonalValue]) -> Event:
    """Return the event in `record` with its personal values; raises TornRecord."""
    core = parse_core(record.core)
    return Event(
        id=EventId(record.chain, record.seq),
        stream=core.s,
        kind=core.k,
        lc=core.l,
        seen=core.n,
        at=core.t,
        offset_ms=core.o,
        actor=core.a,
        policy=core.p,
        data=core.d,
        personal=personal,
    )


def parse_core(core: bytes) -> Core:
    """Return what the stored bytes of an event say; raises TornRecord."""
    try:
        return _DECODER.decode(core)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TornRecord(f"event bytes cannot be read: {error}") from error


def parse_heads(cores: Sequence[bytes]) -> Sequence[CoreHead] | None:
    """Return `parse_head` of each, what is asked of every byte asked once; None for a closer look.

    Each is decoded by itself: what one begins, no other may end.
    """
    every = b"\n".join(cores)
    decode = _HEAD_DECODER.decode
    try:
        if b"\\" in every or not (every.isascii() or every.decode()):
            return None
        heads = [decode(core) for core in cores]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return heads if all(bytes(head.d)[:1] == b"{" for head in heads) else None


def parse_head(core: bytes) -> CoreHead | Core:
    """Return what the stored bytes say of where an event belongs; raises TornRecord.

    The decoder skips data without looking inside strings; what it would let pass is read in full.
    """
    try:
        head = _HEAD_DECODER.decode(core)
        data = bytes(head.d)
        if data[:1] == b"{" and (data.isascii() or data.decode()) and b"\\" not in data:
            return head
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TornRecord(f"event bytes cannot be read: {error}") from error
    return parse_core(core)
