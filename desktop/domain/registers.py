"""Fields that several writers may set: a later writer replaces what it has seen, no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from desktop.domain.events import Event, EventId, JsonValue, PersonalValue

FieldValue: TypeAlias = "JsonValue | PersonalValue"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One value of a field with the event that set it."""

    value: FieldValue
    event: EventId
    order: tuple[int, str, int]
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class Register:
    """The values of one field that no later writer has replaced, in event order."""

    candidates: tuple[Candidate, ...] = ()

    @property
    def current(self) -> Candidate | None:
        """The value shown until a conflict is settled: the last in event order."""
        return self.candidates[-1] if self.candidates else None

    @property
    def in_conflict(self) -> bool:
        """Whether concurrent writers set different values."""
        return len({repr(candidate.value) for candidate in self.candidates}) > 1

    def set(self, event: Event, value: FieldValue) -> Register:
        """Return the register after `event` set `value`: what it had seen goes, the rest stays."""
        kept = tuple(c for c in self.candidates if not event.has_seen(c.event))
        new = Candidate(value, event.id, event.order, event.at, event.actor)
        return Register(tuple(sorted((*kept, new), key=lambda c: c.order)))
