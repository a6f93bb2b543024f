"""The database key: in the system's keyring where there is one, else in a file of its own."""

from __future__ import annotations

import os
import platform
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from desktop.storage.faults import KeyMissing, WrongKey

SERVICE: Final = "Amends"
KEY_BYTES: Final = 32
KEY_FILE: Final = "key"
REFERENCE_FILE: Final = "key.ref"


class KeyPlace(Enum):
    """Where the key is kept; the app says so, since a file protects less than a keyring."""

    KEYRING = "keyring"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class DatabaseKey:
    """32 random bytes and where they are kept."""

    secret: bytes
    place: KeyPlace

    def __repr__(self) -> str:
        return f"DatabaseKey({self.place.value})"


def load_key(folder: Path, new: bool, environment: Mapping[str, str] = os.environ) -> DatabaseKey:
    """Return the key of the data in `folder`; made when `new` says that there is no data yet.

    AMENDS_KEYRING=off never asks the keyring, =on asks it even without a session on a screen;
    otherwise it is asked where asking cannot hang. Raises KeyMissing or WrongKey.
    """
    if (folder / KEY_FILE).exists():
        return DatabaseKey(_read_file(folder / KEY_FILE), KeyPlace.FILE)
    if (folder / REFERENCE_FILE).exists():
        return DatabaseKey(_read_keyring(folder, environment), KeyPlace.KEYRING)
    if not new:
        raise KeyMissing(
            f"{folder} holds a database but neither its {KEY_FILE} nor {REFERENCE_FILE} file; "
            "put the file back from a backup"
        )
    secret = secrets.token_bytes(KEY_BYTES)
    if _may_ask(environment) and _keep_in_keyring(folder, secret):
        return DatabaseKey(secret, KeyPlace.KEYRING)
    _write_private(folder / KEY_FILE, secret.hex())
    return DatabaseKey(secret, KeyPlace.FILE)


def keep_key(folder: Path, secret: bytes) -> KeyPlace:
    """Keep a key that came from elsewhere for the data in `folder`; say where."""
    if _may_ask(os.environ) and _keep_in_keyring(folder, secret):
        return KeyPlace.KEYRING
    _write_private(folder / KEY_FILE, secret.hex())
    return KeyPlace.FILE


def _may_ask(environment: Mapping[str, str]) -> bool:
    wish = environment.get("AMENDS_KEYRING", "").lower()
    if wish in ("on", "off"):
        return wish == "on"
    if platform.system() == "Linux":
        # Without a session a secret service may wait for a password prompt nobody sees.
        screen = environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")
        return bool(screen and environment.get("DBUS_SESSION_BUS_ADDRESS"))
    return True


def _keep_in_keyring(folder: Path, secret: bytes) -> bool:
    # Loaded only where there is one: the window waits for this module.
    import keyring
    from keyring.errors import KeyringError

    entry = secrets.token_hex(8)
    try:
        keyring.set_password(SERVICE, entry, secret.hex())
        kept = keyring.get_password(SERVICE, entry)
    except KeyringError:
        return False
    if kept != secret.hex():
        return False
    _write_private(folder / REFERENCE_FILE, entry)
    return True


def _read_keyring(folder: Path, environment: Mapping[str, str]) -> bytes:
    import keyring
    from keyring.errors import KeyringError

    entry = (folder / REFERENCE_FILE).read_text(encoding="ascii").strip()
    advice = (
        f"the key of {folder} is in the keyring of the user who set Amends up (entry "
        f"{SERVICE}/{entry})"
    )
    if not _may_ask(environment):
        raise KeyMissing(f"{advice}; log in on the screen, or set AMENDS_KEYRING=on")
    try:
        kept = keyring.get_password(SERVICE, entry)
    except KeyringError as error:
        raise KeyMissing(f"{advice}; unlock the keyring and try again ({error})") from error
    if kept is None:
        raise KeyMissing(f"{advice}, but the entry is gone; restore it or the last backup")
    return _parse(kept, f"keyring entry {SERVICE}/{entry}")


def _read_file(path: Path) -> bytes:
    try:
        content = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise KeyMissing(f"{path} cannot be read ({error}); put it back from a backup") from error
    return _parse(content, str(path))


def _parse(content: str, place: str) -> bytes:
    try:
        secret = bytes.fromhex(content.strip())
    except ValueError:
        secret = b""
    if len(secret) != KEY_BYTES:
        raise WrongKey(f"{place} holds no database key; put it back from a backup")
    return secret


def _write_private(path: Path, content: str) -> None:
    """Write a file that only its owner may read, durable before the database is made with it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(content + "\n")
        file.flush()
        os.fsync(file.fileno())
