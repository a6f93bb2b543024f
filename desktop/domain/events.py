"""What an event is to the rules: a decided change, who made it, and what its writer had seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import TypeAlias

JsonValue: TypeAlias = "str | int | bool | list[JsonValue] | dict[str, JsonValue] | None"


class Absent(Enum):
    """Why a personal value is not there: erased on request, or not arrived yet."""

    ERASED = "erased"
    NOT_ARRIVED = "not_arrived"


PersonalValue: TypeAlias = str | Absent


@dataclass(frozen=True, slots=True, order=True)
class EventId:
    """Names one event: the chain that it was written on and its place there (1, 2, 3 …)."""

    chain: str
    seq: int

    def __str__(self) -> str:
        return f"{self.chain}:{self.seq}"


@dataclass(frozen=True, slots=True)
class Draft:
    """A decided change that has no place in a journal yet.

    `data` holds only what is no personal data; names, phone numbers, free text and digests of
    attachments go to `personal` (architecture.md, personal data beside the chain).
    Amounts are decimal strings, times ISO 8601 in UTC.
    """

    kind: str
    data: Mapping[str, JsonValue] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """A change in the journal.

    `lc` is the logical clock of its stream (1 + the highest that the writer had seen there);
    `seen` maps every other chain to the last of its events on this stream that the writer knew,
    so true concurrency is known. `at` is the writer's wall clock (aware UTC), for people and for
    deadlines, never for order; `offset_ms` is HQ's clock minus the writer's as last known.
    """

    id: EventId
    stream: str
    kind: str
    lc: int
    seen: Mapping[str, int]
    at: datetime
    offset_ms: int | None
    actor: str
    policy: str
    data: Mapping[str, JsonValue]
    personal: Mapping[str, PersonalValue]

    @property
    def order(self) -> tuple[int, str, int]:
        """Sort key of a stream: logical clock, ties by chain id; never the wall clock."""
        return (self.lc, self.id.chain, self.id.seq)

    def has_seen(self, other: EventId) -> bool:
        """Tell whether this event's writer knew `other`, an event of the same stream."""
        if other.chain == self.id.chain:
            return other.seq < self.id.seq
        return self.seen.get(other.chain, 0) >= other.seq

    def text(self, name: str) -> str:
        """Return a personal value, or the empty string when it is absent."""
        value = self.personal.get(name, "")
        return value if isinstance(value, str) else ""
