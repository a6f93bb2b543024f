"""The machine's clock and random ids."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Final

_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ID_CHARACTERS: Final = 13
_SALT_BYTES: Final = 16


class SystemClock:
    """Tells this machine's time."""

    def now(self) -> datetime:
        """Return the aware UTC time."""
        return datetime.now(UTC)


class RandomIds:
    """Makes ids and salts from the system's randomness."""

    def new_id(self, prefix: str) -> str:
        """Return `prefix` and 13 characters of Crockford base 32 (64 random bits)."""
        bits = secrets.randbits(64)
        return prefix + "".join(
            _CROCKFORD[(bits >> (5 * place)) & 31] for place in reversed(range(_ID_CHARACTERS))
        )

    def salt(self) -> bytes:
        """Return 16 random bytes."""
        return secrets.token_bytes(_SALT_BYTES)
