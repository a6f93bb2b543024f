"""Random ids, codes and tokens of HQ."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

from desktop.domain.read_out_codes import ALPHABET

_CODE_CHARACTERS: Final = 12


def new_id(prefix: str) -> str:
    """Return `prefix` and 13 characters of 65 random bits."""
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(13))


def new_code() -> str:
    """Return a one-time code of 60 random bits, as XXXX-XXXX-XXXX."""
    raw = "".join(secrets.choice(ALPHABET) for _ in range(_CODE_CHARACTERS))
    return "-".join(raw[i : i + 4] for i in range(0, _CODE_CHARACTERS, 4))


def new_token() -> str:
    """Return a secret of 256 random bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """Return what is kept of a token; it has too much entropy to need a slow hash."""
    return hashlib.sha256(token.encode()).digest()


def letter(count: int) -> str:
    """Return A, B, …, Z, AA, AB, … for 1, 2, …, 26, 27, 28, …"""
    letters = ""
    while count:
        count, rest = divmod(count - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
