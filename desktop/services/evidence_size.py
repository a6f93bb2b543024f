"""What can be kept as evidence and sent: no empty file, none larger than headquarters takes."""

from __future__ import annotations

from typing import Final

from desktop.domain.outcomes import Refusal

#: The protocol's largest attachment, in MiB.
MOST_MIB: Final = 64
MOST_BYTES: Final = MOST_MIB * 1024 * 1024


def size_refusal(name: str, size: int) -> Refusal | None:
    """Return why a file of so many bytes is not taken, None when it is.

    A copy that failed half-way leaves an empty file; one that HQ never takes would wait for ever.
    """
    if size == 0:
        return Refusal("evidence_empty", {"name": name})
    if size > MOST_BYTES:
        return Refusal("evidence_too_large", {"name": name, "most": MOST_MIB})
    return None
