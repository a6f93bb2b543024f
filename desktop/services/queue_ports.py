"""What a store's own events look like on their way up to headquarters, many at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Queue:
    """Own events in order, a column each; `personal` by seq and field, fields in order.

    A value of None is one that is not here: it was erased, or never arrived.
    """

    seqs: Sequence[int]
    streams: Sequence[str]
    cores: Sequence[bytes]
    digests: Sequence[bytes]
    hashes: Sequence[bytes]
    personal: Mapping[int, Mapping[str, str | None]]
