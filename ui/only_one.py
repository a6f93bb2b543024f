"""One window at a time on a store's data: the second says where the first is."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QLockFile

from desktop.services.ports import StorageFault

LOCK_FILE = "window.lock"


class AlreadyOpen(StorageFault):
    """Another window of Amends has this store's data open."""


class OnlyOne:
    """Holds the folder while the window is open; a lock left by a crash is taken over."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = QLockFile(str(folder / LOCK_FILE))
        # The one who holds it is asked for by process, however long a day has been.
        self._lock.setStaleLockTime(0)

    def claim(self) -> None:
        """Take the folder; raises AlreadyOpen. Where no file can be made, opening says why."""
        if self._lock.isLocked() or not self._folder.is_dir() or self._lock.tryLock(0):
            return
        if self._lock.error() == QLockFile.LockError.LockFailedError:
            raise AlreadyOpen(str(self._folder))

    def release(self) -> None:
        """Leave the folder to the next window."""
        self._lock.unlock()
