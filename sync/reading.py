"""What sent events say, a batch at a time: streams, fields and the digests that were left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat

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
    told = Told()
    streams, fields, runs = told.streams.append, told.fields.append, told.digests.append
    digester = Digester(chain)
    heads = records.parse_heads([sent.core for sent in events]) or repeat(None)
    for seq, (sent, head) in enumerate(zip(events, heads, strict=False), first_seq):
        values = sent.values
        try:
            core = head or records.parse_head(sent.core)
        except records.TornRecord:
            if values:
                problem = f"event {chain}:{seq} cannot be read and has values"
                raise BadMessage(problem) from None
            told.unreadable.add(seq - first_seq)
            streams("")
            fields(())
            runs(sent.digests)
            continue
        streams(core.s)
        names = core.f
        if not names and not values and not sent.digests:  # most events
            fields(())
            runs(b"")
            continue
        fields(names := tuple(names))
        told.kinds.add(names)
        if values.count(None) < len(values):
            told.salted.add(core.s)
        runs(_digests(digester, seq, names, sent, salts.get(core.s)))
    told.names.update(dict.fromkeys(told.streams))
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
        or len(set(names)) != len(names)
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
