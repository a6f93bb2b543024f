"""HQ's signing key: Ed25519, in a file of the data folder that only its user can read."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desktop.services.exchange_ports import Receipt
from sync import protocol

_FILE: Final = "signing.key"


class KeyFault(Exception):
    """The signing key is unreadable; the message says what to do."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """Signs receipts and keys the hashes of one-time codes."""

    private: bytes

    @property
    def public(self) -> bytes:
        """The 32 bytes that devices pin at enrolment."""
        return protocol.public_key(self.private)

    def countersign(self, chain: str, seq: int, head: bytes, now: datetime) -> Receipt:
        """Return HQ's receipt for a chain's head."""
        at = now.replace(microsecond=now.microsecond // 1000 * 1000)
        message = protocol.receipt_message(chain, seq, head, at)
        return Receipt(chain, seq, head, at, protocol.sign(self.private, message))

    def code_hash(self, code: str) -> bytes:
        """Return the keyed hash under which a one-time code is kept."""
        return hmac.digest(self.private, b"amends/code/1\n" + code.encode(), hashlib.sha256)

    def device_token(self, code: str, chain: str) -> str:
        """Return the token that a PC gets for a one-time code: 256 bits, the same if asked again.

        An answer that is lost, or a request that comes twice, then takes no token away.
        """
        message = f"amends/token/1\n{code}\n{chain}\n".encode()
        made = hmac.digest(self.private, message, hashlib.sha256)
        return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def is_made(data: Path) -> bool:
    """Tell whether there is a key in `data`."""
    return (data / _FILE).exists()


def load_or_make(data: Path) -> SigningKey:
    """Return the key in `data`, made at the first call; raises KeyFault when it is damaged."""
    path = data / _FILE
    if not path.exists():
        _make(path)
    private = path.read_bytes()
    if len(private) != 32:
        raise KeyFault(f"{path} is no signing key: restore it from a backup")
    return SigningKey(private)


def _make(path: Path) -> None:
    """Write a new key so that a crash leaves a whole one or none, and the first of two wins."""
    draft = path.with_name(f"{_FILE}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(Ed25519PrivateKey.generate().private_bytes_raw())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
