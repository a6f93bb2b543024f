"""Salted digests that tie personal values to an event without being in it."""

from __future__ import annotations

from cryptography.hazmat.primitives import constant_time, hashes, hmac
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

SALT_BYTES = 16
DIGEST_BYTES = 32


def digest(salt: bytes, chain: str, seq: int, field: str, value: str) -> bytes:
    """Return the 32-byte digest of one personal value.

    `salt` is the 16-byte salt of the ticket or person; the key of each field of each event is
    derived from it by HKDF, so equal values do not show as equal digests.
    """
    info = f"amends/1/{chain}/{seq}/{field}".encode()
    key = HKDFExpand(hashes.SHA256(), DIGEST_BYTES, info).derive(salt)
    mac = hmac.HMAC(key, hashes.SHA256())
    mac.update(value.encode())
    return mac.finalize()


def digests_of(salt: bytes, chain: str, seq: int, personal: dict[str, str]) -> bytes:
    """Return the digests of all personal values, fields in sorted order."""
    return b"".join(digest(salt, chain, seq, name, personal[name]) for name in sorted(personal))


def split(digests: bytes) -> tuple[bytes, ...]:
    """Return the single digests of a stored run."""
    return tuple(digests[i : i + DIGEST_BYTES] for i in range(0, len(digests), DIGEST_BYTES))


def matches(stored: bytes, salt: bytes, chain: str, seq: int, field: str, value: str) -> bool:
    """Tell whether `value` is what was digested."""
    return constant_time.bytes_eq(stored, digest(salt, chain, seq, field, value))
