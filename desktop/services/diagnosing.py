"""Diagnostics (诊断): is this PC's desk well, and what to do where it is not (`amends doctor`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal, Protocol

from desktop.services.backup import Backups
from desktop.services.exchange_ports import SyncStore
from desktop.services.ports import Clock, Policies, StorageFault

State = Literal["good", "info", "warn", "bad"]

#: Less free room than this is a warning, less than a tenth of it a fault (bytes).
ROOM: Final = 1 << 30
BACKUP_AGE: Final = timedelta(days=3)
UNSENT_AGE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; text `doctor.<check>.<what>` of the catalogue, filled by `values`."""

    check: str
    what: str
    state: State
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Machine:
    """What the program runs on, as read now: versions by name, free bytes, where the data lie."""

    versions: Mapping[str, str]
    free: int
    folder: str
    key_place: str
    schema: str


class MachineReader(Protocol):
    """Looks at this PC."""

    def read(self) -> Machine:
        """Return what the program runs on."""
        ...

    def licences(self) -> str:
        """Return the licence of the program and of everything in it."""
        ...

    def damage(self) -> str:
        """Check every page of the database; return what is wrong, empty when nothing is."""
        ...

    def missing_parts(self) -> Mapping[str, str]:
        """Try the parts that come from elsewhere (OCR, fonts, forms); return what fails and why."""
        ...


class Doctor:
    """Looks at everything that may be wrong with one PC's desk; changes nothing."""

    def __init__(
        self,
        machine: MachineReader,
        backups: Backups,
        sync: SyncStore,
        policies: Policies,
        clock: Clock,
    ) -> None:
        self._machine = machine
        self._backups = backups
        self._sync = sync
        self._policies = policies
        self._clock = clock

    def machine(self) -> Machine:
        """Return what the program runs on."""
        return self._machine.read()

    def licences(self) -> str:
        """Return the licence of the program and of everything in it."""
        return self._machine.licences()

    def examine(self) -> Iterator[Finding]:
        """Yield findings as they are made; a check that fails is itself a finding."""
        checks: tuple[tuple[str, Callable[[], Iterator[Finding]]], ...] = (
            ("disk", self._disk),
            ("database", self._database),
            ("key", self._key),
            ("backup", self._backup),
            ("sync", self._exchange),
            ("policy", self._policy),
            ("parts", self._parts),
        )
        for name, check in checks:
            try:
                yield from check()
            except (StorageFault, OSError) as fault:
                yield Finding(name, "failed", "bad", {"detail": str(fault)})

    def _disk(self) -> Iterator[Finding]:
        read = self._machine.read()
        state: State = "good" if read.free >= ROOM else "warn"
        if read.free < ROOM // 10:
            state = "bad"
        what = "room" if state == "good" else "full"
        yield Finding("disk", what, state, {"gb": f"{read.free / 1e9:.1f}", "folder": read.folder})

    def _database(self) -> Iterator[Finding]:
        damage = self._machine.damage()
        schema = self._machine.read().schema
        if damage:
            yield Finding("database", "damaged", "bad", {"detail": damage})
        else:
            yield Finding("database", "whole", "good", {"schema": schema})
        quarantined = self._sync.status().quarantined
        if quarantined:
            yield Finding("database", "quarantined", "warn", {"n": quarantined})

    def _key(self) -> Iterator[Finding]:
        in_keyring = self._machine.read().key_place == "keyring"
        yield Finding("key", "keyring" if in_keyring else "file", "good" if in_keyring else "info")
        if not self._backups.has_passphrase:
            yield Finding("key", "no_passphrase", "warn")

    def _backup(self) -> Iterator[Finding]:
        last, folder = self._backups.last, str(self._backups.folder)
        if last is None:
            yield Finding("backup", "never", "warn", {"folder": folder})
            return
        age = self._clock.now() - last
        values = {"days": age.days, "when": last, "folder": folder}
        old = age > BACKUP_AGE
        yield Finding("backup", "old" if old else "fresh", "warn" if old else "good", values)

    def _exchange(self) -> Iterator[Finding]:
        status = self._sync.status()
        if self._sync.enrolment() is None:
            yield Finding("sync", "alone", "info", {"n": status.pending})
            return
        last = status.last_receipt
        waits = last is None or self._clock.now() - last.signed_at > UNSENT_AGE
        late = bool(status.pending) and waits
        values = {"n": status.pending, "files": status.pending_attachments}
        yield Finding("sync", "late" if late else "well", "warn" if late else "good", values)

    def _policy(self) -> Iterator[Finding]:
        yield Finding("policy", "version", "good", {"version": self._policies.current().version})

    def _parts(self) -> Iterator[Finding]:
        missing = self._machine.missing_parts()
        for part, why in missing.items():
            yield Finding("parts", "missing", "warn", {"part": part, "detail": why})
        if not missing:
            yield Finding("parts", "all", "good")
