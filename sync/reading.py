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
    `salted` names the streams with texts.
    """

    streams: list[str] = field(default_factory=list)
    fields: list[tuple[str, ...]] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    unreadable: set[int] = field(default_factory=set)
    salted: set[str] = field(default_factory=set)


def read(
    chain: str, first_seq: int, events: Sequence[WireEvent], salts: Mapping[str, bytes]
) -> Told:
    """Read the events of a batch and compute the digests of their personal values.

    Raises BadMessage when values and fields do not fit or a text has no salt.
    """
    told = Told()
    streams, fields, runs = told.streams.append, told.fields.append, told.digests.append
    digester = Digester(chain)
    for seq, sent in enumerate(events, first_seq):
        try:
            core = records.parse_head(sent.core)
        except records.TornRecord:
            if sent.values:
                problem = f"event {chain}:{seq} cannot be read and has values"
                raise BadMessage(problem) from None
            told.unreadable.add(seq - first_seq)
            streams("")
            fields(())
            runs(sent.digests)
            continue
        streams(core.s)
        if not core.f and not sent.values and not sent.digests:  # most events
            fields(())
            runs(b"")
            continue
        names = tuple(core.f)
        fields(names)
        if sent.values.count(None) < len(sent.values):
            told.salted.add(core.s)
        runs(_digests(digester, seq, names, sent, salts.get(core.s)))
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
