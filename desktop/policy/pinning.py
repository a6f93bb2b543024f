"""Refresh the built-in pack's archive and its pin after its sources changed: for developers."""

from __future__ import annotations

from pathlib import Path

from desktop.policy import pinned
from desktop.policy.loading import ARCHIVE, built_in_folder
from desktop.policy.reading import canonical_bytes, digest_of, read_folder

_PIN = '''"""The pack that this build trusts without a signature; written by `amends policy pin`."""

BUILT_IN_DIGEST = "{digest}"
'''


def pin_built_in() -> str:
    """Write the archive and the pin from the sources; return the digest."""
    canonical = canonical_bytes(read_folder(built_in_folder()))
    digest = digest_of(canonical)
    (built_in_folder() / ARCHIVE).write_bytes(canonical)
    Path(pinned.__file__).write_text(_PIN.format(digest=digest), encoding="utf-8")
    return digest
