"""Signs printed facts and blank forms with the device's Ed25519 key."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def key_name(public: bytes) -> str:
    """Return six characters that name a public key (32 bytes)."""
    return urlsafe_b64encode(hashlib.sha256(public).digest())[:6].decode()


class DeviceSigner:
    """Implements `desktop.reports.seal.Signer`; `load` gives the private key (32 bytes)."""

    def __init__(self, load: Callable[[], bytes]) -> None:
        self._load = load

    @property
    def key_id(self) -> str:
        """Return six characters that name the public key."""
        return key_name(self.public_key)

    @property
    def public_key(self) -> bytes:
        """Return the public key (32 bytes)."""
        return self._key().public_key().public_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        """Return the 64-byte signature over `data`."""
        return self._key().sign(data)

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._load())
