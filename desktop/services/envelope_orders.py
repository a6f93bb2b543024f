"""Carries out what headquarters recalls: envelopes of phone approval that nobody may use any more.

A recalled lock opens no more at the store, a recalled secret gives no code at the approver's PC.
"""

from __future__ import annotations

from typing import Final, Protocol

from desktop.services.phone_ports import EnvelopeStore
from desktop.services.ports import Clock

#: The event that recalls envelopes by their numbers; its stream is this and the store's id.
ENVELOPES_RECALLED: Final = "envelopes.recalled"
RECALL_STREAM: Final = "envelopes-"
#: Bound to a recalled secret in the place of facts; no facts have this digest.
RECALLED: Final = b"recalled"


class SentRecalls(Protocol):
    """Recalls that came down in the feed."""

    def numbers(self) -> frozenset[int]:
        """Return every envelope that was recalled."""
        ...


class EnvelopeOrders:
    """Spends what was recalled; what was used before stays as it was."""

    def __init__(self, sent: SentRecalls, envelopes: EnvelopeStore, clock: Clock) -> None:
        self._sent = sent
        self._envelopes = envelopes
        self._clock = clock

    def carry_out(self) -> int:
        """Take recalled envelopes out of use; return how many were still in it."""
        recalled = self._sent.numbers()
        if not recalled:
            return 0
        now = self._clock.now()
        locks = [k for k in self._envelopes.locks() if k.used_at is None]
        free = [k.envelope.number for k in locks if k.envelope.number in recalled]
        for number in free:
            self._envelopes.spend(number, now)
        secrets = [k for k in self._envelopes.secrets() if k.given_at is None]
        held = [k.envelope.number for k in secrets if k.envelope.number in recalled]
        for number in held:
            self._envelopes.mark_given(number, RECALLED, now)
        return len(free) + len(held)
