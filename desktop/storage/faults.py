"""What can go wrong with the store's data on disk, each fault saying what to do about it."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlcipher3.dbapi2 import Error as DriverError

from desktop.services.ports import StorageFault, StorageFull

# Result codes of SQLite (sqlite.org/rescode.html): the low byte of an extended code.
_FULL: Final = 13
_BUSY: Final = (5, 6)
_NOT_OURS: Final = 26
_DAMAGED: Final = 11
_IO_ERROR: Final = 10
_NO_ACCESS: Final = (8, 10, 14)
#: What the system says when a file cannot grow: disk, quota or file size at their limit.
_NO_SPACE: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
#: How the driver says that a text column holds other bytes; it gives no code for that.
_NO_TEXT: Final = "Could not decode to UTF-8"
_QUOTE: Final = " with text "
#: Below this a failed write is taken for a full disk whatever the system called it (bytes).
_HARDLY_ANY_SPACE: Final = 1 << 20


class WrongKey(StorageFault):
    """The key does not open the database."""


class KeyMissing(StorageFault):
    """There is a database, but its key is nowhere to be found."""


class DatabaseDamaged(StorageFault):
    """Pages of the database are torn or altered on disk."""


class DatabaseBusy(StorageFault):
    """Another program held the database for longer than we wait."""


class DatabaseUnreachable(StorageFault):
    """The database file cannot be opened, read or written."""


class NewerSchema(StorageFault):
    """The database was written by a newer version of Amends."""


class AttachmentDamaged(StorageFault):
    """The bytes of an attachment are not the ones that were kept."""


class BackupDamaged(StorageFault):
    """A backup is cut off or altered."""


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn the database driver's errors into StorageFull or a StorageFault that says what to do.

    Mistakes of ours (broken constraints, wrong SQL) pass unchanged.
    """
    try:
        yield
    except Exception as error:
        fault = _meaning(error, path)
        if fault is None:
            raise
        raise fault from error


def _meaning(error: Exception, path: Path) -> StorageFault | StorageFull | None:
    # Whoever raised one of these has loaded them; the login page needs this module alone.
    from sqlalchemy.exc import DBAPIError

    from desktop.journal.records import TornRecord

    if isinstance(error, TornRecord):
        return _altered(path, str(error))
    if isinstance(error, DBAPIError):
        return fault_of(error.orig, path)
    return fault_of(error, path) if isinstance(error, DriverError) else None


@contextmanager
def file_fault(path: Path) -> Iterator[None]:
    """Turn the system's answer to a full disk into StorageFull; other errors pass unchanged."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_SPACE:
            raise _full(path) from error
        raise


def fault_of(error: BaseException | None, path: Path) -> StorageFault | StorageFull | None:
    """Return the fault that a driver error means, or None when it is a mistake in our SQL."""
    extended = getattr(error, "sqlite_errorcode", None)
    if extended is None:
        # The driver itself, not SQLite, meets text that is none: somebody altered it. It quotes
        # what is stored there, which may be secret.
        reason, quotes, _ = str(error).partition(_QUOTE)
        return _altered(path, reason) if quotes and reason.startswith(_NO_TEXT) else None
    code = extended & 0xFF
    if code == _FULL or (code == _IO_ERROR and _hardly_any_space(path)):
        return _full(path)
    if code in _BUSY:
        return DatabaseBusy(
            f"{path.name} is in use by another program; close it (a backup or sync program, "
            "a second Amends) and try again; nothing was changed"
        )
    if code == _NOT_OURS:
        return WrongKey(
            f"{path} does not open with its key: it is another installation's file or its "
            "first page is torn; put back the matching key or restore the last backup"
        )
    if code == _DAMAGED:
        return DatabaseDamaged(
            f"{path} is damaged on disk; close Amends, copy the folder {path.parent} away "
            "and restore the last backup"
        )
    if code in _NO_ACCESS:
        return DatabaseUnreachable(
            f"{path} cannot be read or written ({error}); check that the disk is connected "
            "and that you may write to its folder"
        )
    return None


def _altered(path: Path, detail: str) -> DatabaseDamaged:
    return DatabaseDamaged(
        f"{detail}; run `amends verify --data {path.parent}` to see what is wrong, and restore "
        "the last backup"
    )


def _full(path: Path) -> StorageFull:
    return StorageFull(
        f"the disk that holds {path.parent} is full: this was not saved, everything before it "
        "was; make room and save again"
    )


def _hardly_any_space(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < _HARDLY_ANY_SPACE
    except OSError:
        return False
