"""The key that signs a PC's blank forms, told to the other PCs of its store by the journal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from desktop.domain.events import Draft, Event

KIND_SHOWN: Final = "form_key.shown"
#: Streams that tell a key begin with K.
STREAM_PREFIX: Final = "K"
_KEY_BYTES: Final = 32


def shown(public: bytes) -> Draft:
    """Tell a public key (Ed25519, 32 bytes)."""
    return Draft(KIND_SHOWN, {"key": public.hex()})


def read(events: Sequence[Event]) -> bytes | None:
    """Return the key that a stream tells, None where it tells none that can be one."""
    for event in events:
        if event.kind == KIND_SHOWN:
            try:
                key = bytes.fromhex(str(event.data.get("key", "")))
            except ValueError:
                return None
            return key if len(key) == _KEY_BYTES else None
    return None
