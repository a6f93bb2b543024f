"""A folder that a scanner writes to: only finished files are taken, and none is ever deleted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

from desktop.services.paper import MEDIA_TYPES

DONE: Final = "done"
FAILED: Final = "failed"
#: A file that has not grown for this long (seconds) is taken for finished.
SETTLED_S: Final = 2.0
MOST_AT_ONCE: Final = 50

Fate = Literal["done", "failed"]


class ScanFolder:
    """Watches one folder by looking into it; `now` gives seconds since the epoch."""

    def __init__(self, folder: Path, now: Callable[[], float]) -> None:
        self.folder = folder
        self._now = now
        self._seen: dict[Path, tuple[int, float]] = {}
        self._taken: set[Path] = set()

    def finished(self) -> tuple[Path, ...]:
        """Return files that are new and no longer growing, the oldest first.

        A file is given once. Raises OSError when the folder cannot be read.
        """
        found = []
        for path in sorted(self.folder.iterdir()):
            if path.suffix.lower() not in MEDIA_TYPES or path in self._taken:
                continue
            if path.name.startswith((".", "~")) or not path.is_file():
                continue
            stat = path.stat()
            state = (stat.st_size, stat.st_mtime)
            quiet = self._now() - stat.st_mtime >= SETTLED_S
            if stat.st_size and quiet and self._seen.get(path, state) == state:
                found.append((stat.st_mtime, path))
            self._seen[path] = state
        chosen = tuple(path for _, path in sorted(found)[:MOST_AT_ONCE])
        self._taken.update(chosen)
        return chosen

    def put_away(self, path: Path, fate: Fate) -> Path | None:
        """Move a file of this folder to `done` or `failed`; None when it is none of its files.

        A file of the same name there is kept: the new one gets a number. Raises OSError.
        """
        if path.parent != self.folder or not path.exists():
            return None
        target = self.folder / fate
        target.mkdir(exist_ok=True)
        place, number = target / path.name, 1
        while place.exists():
            number += 1
            place = target / f"{path.stem}-{number}{path.suffix}"
        path.rename(place)
        self._taken.discard(path)
        self._seen.pop(path, None)
        return place
