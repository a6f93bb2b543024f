"""Reads who works here straight from the file, without what takes longest to load."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import sqlcipher3.dbapi2

from desktop.services.glimpse import Glimpse
from desktop.services.ports import Person, StorageFault
from desktop.storage.keys import load_key

DATABASE_FILE: Final = "amends.db"
_BUSY_SECONDS: Final = 1.0
_PEOPLE: Final = "SELECT id, login, name, role, active FROM person ORDER BY login"
_SETTING: Final = "SELECT value FROM setting WHERE name = ?"
_STORE: Final = "store.code"


def glimpse(folder: Path, names: Sequence[str]) -> Glimpse | None:
    """Return people and the settings `names` of the store in `folder`.

    None where there is no store yet, or where anything is in the way: opening it says what.
    """
    path = folder / DATABASE_FILE
    if not path.exists():
        return None
    try:
        secret = load_key(folder, new=False).secret
        with closing(_opened(path, secret)) as connection:
            people = tuple(
                Person(person, login, name, role, bool(active))
                for person, login, name, role, active in connection.execute(_PEOPLE)
            )
            found = {name: _setting(connection, name) for name in (_STORE, *names)}
    except (StorageFault, OSError, sqlcipher3.dbapi2.Error):
        return None
    return Glimpse(people, found) if people and found[_STORE] else None


def _opened(path: Path, secret: bytes) -> Any:
    # Read only, so that a first look neither makes files nor upgrades anything.
    connection = sqlcipher3.dbapi2.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS
    )
    connection.execute(f"PRAGMA key = \"x'{secret.hex()}'\"")
    connection.execute("PRAGMA cipher_log_level = NONE")
    return connection


def _setting(connection: Any, name: str) -> str:
    row = connection.execute(_SETTING, (name,)).fetchone()
    return str(row[0]) if row else ""
