"""The database key sealed under a passphrase, so that a backup opens on another PC."""

from __future__ import annotations

import json
import secrets
from typing import Final

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from desktop.storage.faults import WrongKey

_SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12
_KEY_BYTES: Final = 32
#: RFC 9106's second recommendation: 64 MiB, 3 passes, 4 lanes.
_COST: Final = {"time_cost": 3, "memory_cost": 64 * 1024, "parallelism": 4}
_BOUND_TO: Final = b"amends/1/recovery"


def seal_key(secret: bytes, passphrase: str) -> bytes:
    """Return `secret` sealed (AES-256-GCM under argon2id of the passphrase), as JSON."""
    salt, nonce = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(_derive(passphrase, salt)).encrypt(nonce, secret, _BOUND_TO)
    parts = {"salt": salt.hex(), "nonce": nonce.hex(), "sealed": sealed.hex()}
    return json.dumps(parts).encode()


def open_key(sealed: bytes, passphrase: str) -> bytes:
    """Return the sealed key; raises WrongKey for another passphrase or torn bytes."""
    try:
        parts = {name: bytes.fromhex(value) for name, value in json.loads(sealed).items()}
        cipher = AESGCM(_derive(passphrase, parts["salt"]))
        return cipher.decrypt(parts["nonce"], parts["sealed"], _BOUND_TO)
    except InvalidTag as error:
        raise WrongKey("the passphrase does not open this backup; try again") from error
    except (ValueError, KeyError, AttributeError) as error:
        raise WrongKey("the backup's sealed key cannot be read; take another backup") from error


def _derive(passphrase: str, salt: bytes) -> bytes:
    return hash_secret_raw(passphrase.encode(), salt, hash_len=_KEY_BYTES, type=Type.ID, **_COST)
