"""What phone approval needs from outside: where envelopes are kept, and how a lock is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol, TypeAlias

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from desktop.domain.phone_approval import Envelope

#: Whether a code may be tried now.
Try: TypeAlias = Literal["open", "envelope_locked", "device_locked"]
#: The cost of one guess at a stolen lock: 64 MiB and 3 passes (RFC 9106, second choice).
LOCKS: Final = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)


@dataclass(frozen=True, slots=True)
class HeldLock:
    """An envelope on the device that it may release, never with its secret.

    `lock` is argon2id over the secret, `signature` HQ's over both; `stream` and `item` name what it
    was put aside for; `tries` counts wrong codes.
    """

    envelope: Envelope
    lock: str
    signature: bytes
    stream: str = ""
    item: str = ""
    tries: int = 0
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HeldSecret:
    """An envelope on its approver's device; `facts` the digest of what its code was given for."""

    envelope: Envelope
    secret: bytes
    facts: bytes | None = None
    given_at: datetime | None = None


class EnvelopeStore(Protocol):
    """Keeps envelopes on a device; each call is one transaction."""

    def cursor(self) -> int:
        """Return the highest envelope number that this device was given, 0 for none."""
        ...

    def accept(
        self, locks: Sequence[HeldLock], secrets: Sequence[HeldSecret], hq_now: datetime
    ) -> None:
        """Keep new envelopes; known ones stay as they are. `hq_now` is HQ's clock."""
        ...

    def hq_time(self, now: datetime) -> datetime:
        """Return HQ's time as last known: this PC's clock corrected, and never running back."""
        ...

    def locks(self) -> Sequence[HeldLock]:
        """Return every lock, by number."""
        ...

    def reserved(self, stream: str, item: str) -> Sequence[HeldLock]:
        """Return the locks that were put aside for a compensation item, by number."""
        ...

    def reserve(self, number: int, stream: str, item: str) -> bool:
        """Put a free lock aside for one item, for ever; tell whether it was free."""
        ...

    def begin_try(self, number: int, at: datetime) -> Try:
        """Count a try before it is made, so that a crash or a copy in between gains none."""
        ...

    def spend(self, number: int, at: datetime) -> None:
        """Mark a lock as used; the try that opened it is no wrong one."""
        ...

    def secrets(self) -> Sequence[HeldSecret]:
        """Return every secret, by number."""
        ...

    def mark_given(self, number: int, facts: bytes, at: datetime) -> bool:
        """Bind a secret to the facts that its code is given for; tell whether it was free."""
        ...


def make_lock(secret: bytes, hasher: PasswordHasher = LOCKS) -> str:
    """Return the lock of a secret: argon2id with a salt of its own, in PHC form."""
    return hasher.hash(secret)


def opens(lock: str, secret: bytes) -> bool:
    """Tell whether a secret opens a lock; the lock itself names its cost."""
    try:
        return LOCKS.verify(lock, secret)
    except (VerificationError, InvalidHashError):
        return False
