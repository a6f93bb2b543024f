"""What sent events say, a batch at a time: streams, fields and the digests that were left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from desktop.journal import digests, records
from desktop.journal.digests import DIGEST_BYTES, Digester
from sync.protocol import BadMessage, WireEvent


@dataclass(frozen=True, slots=True)
class Told:
    """Columns over the events of a batch, in their order.

    `unreadable` holds the indexes of bytes that are no event; these are kept and not acted on.
    `names` are the streams once each, `salted` those with texts, `kinds` the field lists once each.
    """

    streams: list[str] = field(default_factory=list)
    fields: list[tuple[str, ...]] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    unreadable: set[int] = field(default_factory=set)
    names: dict[str, None] = field(default_factory=dict)
    salted: set[str] = field(default_factory=set)
    kinds: set[tuple[str, ...]] = field(default_factory=set)


def read(
    chain: str, first_seq: int, events: Sequence[WireEvent], salts: Mapping[str, bytes]
) -> Told:
    """Read the events of a batch and compute the digests of their personal values.

    Raises BadMessage when values and fields do not fit or a text has no salt.
    """
    heads = records.parse_heads([sent.core for sent in events])
    told = _one_by_one(chain, first_seq, events) if heads is None else _at_once(heads)
    digester = Digester(chain)
    columns = enumerate(zip(events, told.streams, told.fields, strict=True))
    for index, (sent, stream, names) in columns:
        if not (names or sent.values or sent.digests) or index in told.unreadable:
            continue  # most events
        if sent.values.count(None) < len(sent.values):
            told.salted.add(stream)
        made = _digests(digester, first_seq + index, names, sent, salts.get(stream))
        told.digests[index] = made
    told.kinds.update(told.fields)
    told.names.update(dict.fromkeys(told.streams))
    return told


def _at_once(heads: Sequence[records.CoreHead]) -> Told:
    """Return what every event says of itself."""
    return Told([head.s for head in heads], [head.f for head in heads], [b""] * len(heads))


def _one_by_one(chain: str, first_seq: int, events: Sequence[WireEvent]) -> Told:
    """Return what each event says of itself where at least one wants a closer look."""
    told = Told()
    for index, sent in enumerate(events):
        stream, run = "", b""
        names: tuple[str, ...] = ()
        try:
            core = records.parse_head(sent.core)
            stream, names = core.s, tuple(core.f)
        except records.TornRecord:
            if sent.values:
                problem = f"event {chain}:{first_seq + index} cannot be read and has values"
                raise BadMessage(problem) from None
            told.unreadable.add(index)
            run = sent.digests
        told.streams.append(stream)
        told.fields.append(names)
        told.digests.append(run)
    return told


def _digests(
    digester: Digester,
    seq: int,
    names: tuple[str, ...],
    sent: WireEvent,
    salt: bytes | None,
) -> bytes:
    """Return the digests of one event's values, those of erased ones as they were sent."""
    values = sent.values
    missing = values.count(None)
    if (
        len(names) != len(values)
        or (len(names) > 1 and len(set(names)) != len(names))
        or len(sent.digests) != missing * DIGEST_BYTES
    ):
        raise BadMessage(f"event {digester.chain}:{seq}: its values do not fit its fields")
    if salt is None:
        if missing < len(names):
            raise BadMessage(f"event {digester.chain}:{seq} has personal values and no salt")
        return sent.digests
    made = digester.run(salt, seq, names, values)
    if not missing:
        return b"".join(made)
    known, kept = iter(made), iter(digests.split(sent.digests))
    return b"".join(next(kept) if value is None else next(known) for value in values)
