"""Backups (备份): made by hand or once a day by the program, old automatic ones thinned out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from desktop.domain.outcomes import Refusal
from desktop.services.backup_ports import Backup, BackupWriter
from desktop.services.identity import Identity
from desktop.services.ports import Clock, Settings, StorageFault

SUFFIX: Final = ".amends-backup"
#: How often the program makes one by itself.
EVERY: Final = timedelta(hours=24)
DAYS_KEPT: Final = 7
WEEKS_KEPT: Final = 4
SHORTEST_PASSPHRASE: Final = 12
FOLDER_SETTING: Final = "backup.folder"
LAST_SETTING: Final = "backup.last"
_AUTOMATIC: Final = "auto"
_BY_HAND: Final = "kept"
_STAMP: Final = "%Y%m%dT%H%M%SZ"


class Backups:
    """Makes and lists the archives of this PC's data."""

    def __init__(
        self,
        writer: BackupWriter,
        settings: Settings,
        identity: Identity,
        clock: Clock,
        default_folder: Path,
    ) -> None:
        self._writer = writer
        self._settings = settings
        self._identity = identity
        self._clock = clock
        self._default_folder = default_folder

    @property
    def folder(self) -> Path:
        """Where automatic backups go: by itself a folder for this register of this store alone."""
        chosen = self._settings.get(FOLDER_SETTING)
        current = self._identity.current()
        own = self._default_folder / f"{current.store}-{current.device}"
        return Path(chosen) if chosen else own

    def set_folder(self, folder: Path) -> None:
        """Put later backups elsewhere, best on another disk."""
        self._settings.set(FOLDER_SETTING, str(folder))

    @property
    def last(self) -> datetime | None:
        """When the last backup was made, None for never."""
        kept = self._settings.get(LAST_SETTING)
        return datetime.fromisoformat(kept) if kept else None

    def make(self, folder: Path | None = None, *, automatic: bool = False) -> Backup:
        """Make one now; raises StorageFull or StorageFault with nothing half written."""
        at = self._clock.now()
        store = self._identity.current().store
        kind = _AUTOMATIC if automatic else _BY_HAND
        name = f"{store}-{kind}-{at.astimezone(UTC):{_STAMP}}{SUFFIX}"
        made = self._writer.write((folder or self.folder) / name, store, at)
        self._settings.set(LAST_SETTING, at.isoformat())
        return made

    def make_if_due(self) -> Backup | None:
        """Make the day's backup unless the last is younger, and thin out this store's old ones."""
        last = self.last
        if last is not None and self._clock.now() - last < EVERY:
            return None
        made = self.make(automatic=True)
        store = self._identity.current().store
        for path in expired(p for p in self.folder.glob(f"*{SUFFIX}") if store_of(p) == store):
            with suppress(FileNotFoundError):
                path.unlink()
        return made

    def all(self) -> Sequence[Backup]:
        """Return this store's readable archives, the newest first.

        Besides the folder, those that lie where older versions put the backups of every store.
        """
        store = self._identity.current().store
        found = []
        for path in (
            p for at in {self.folder, self._default_folder} for p in at.glob(f"*{SUFFIX}")
        ):
            with suppress(StorageFault):
                archive = self._writer.read(path)
                if archive.store == store:
                    found.append(archive)
        return sorted(found, key=lambda backup: backup.made_at, reverse=True)

    def describe(self, path: Path) -> Backup:
        """Return what an archive says of itself; raises StorageFault when it is torn."""
        return self._writer.read(path)

    def set_passphrase(self, passphrase: str) -> Refusal | None:
        """Let archives made from now on open on any PC that is told this passphrase."""
        if len(passphrase) < SHORTEST_PASSPHRASE:
            return Refusal("passphrase_short", {"least": SHORTEST_PASSPHRASE})
        self._writer.set_passphrase(passphrase)
        return None

    @property
    def has_passphrase(self) -> bool:
        """Whether archives open on another PC."""
        return self._writer.has_passphrase()


def expired(paths: Iterable[Path]) -> list[Path]:
    """Return the automatic archives to remove: kept are the last of DAYS_KEPT days and weeks.

    Archives made by hand are never removed.
    """
    dated = sorted(
        ((at, path) for path in paths if (at := _automatic_at(path)) is not None), reverse=True
    )
    days: set[object] = set()
    weeks: set[object] = set()
    gone = []
    for at, path in dated:
        day, week = at.date(), at.isocalendar()[:2]
        new_day = day not in days and len(days) < DAYS_KEPT
        new_week = week not in weeks and len(weeks) < WEEKS_KEPT
        if new_day:
            days.add(day)
        if new_week:
            weeks.add(week)
        if not (new_day or new_week):
            gone.append(path)
    return gone


def store_of(path: Path) -> str:
    """Return the code of the store that an archive's name begins with."""
    return path.name.removesuffix(SUFFIX).rsplit("-", 2)[0]


def _automatic_at(path: Path) -> datetime | None:
    parts = path.name.removesuffix(SUFFIX).rsplit("-", 2)
    if len(parts) != len(("store", "kind", "stamp")) or parts[1] != _AUTOMATIC:
        return None
    try:
        return datetime.strptime(parts[2], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
