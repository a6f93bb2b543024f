"""Backup archives: one file with a consistent copy of the database and every attachment.

The database stays encrypted in it as it is on disk, attachments too; the manifest names the
SHA-256 of each file, and the archive is read back before it gets its name.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

from sqlalchemy import Connection, func, select

from desktop.services.backup_ports import Backup
from desktop.services.ports import StorageFault
from desktop.storage import event_rows, keys, recovery, schema
from desktop.storage.attachments import BLOBS_FOLDER
from desktop.storage.database import DATABASE_FILE, Database, make_engine
from desktop.storage.faults import (
    BackupDamaged,
    DatabaseBusy,
    NewerSchema,
    WrongKey,
    file_fault,
    translated,
)
from desktop.storage.installation import Installation, fact, set_fact
from desktop.storage.tables import event

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
RECOVERY_FILE: Final = "recovery.json"
_RECOVERY_FACT: Final = "recovery"
_CHUNK: Final = 1 << 20
#: What a window remembers is worth keeping across a restore.
_KEPT_BESIDE: Final = ("window.ini",)


class ArchiveWriter:
    """Writes archives of an open store (services.backup_ports.BackupWriter)."""

    def __init__(
        self, folder: Path, key: bytes, database: Database, installation: Installation
    ) -> None:
        self._folder = folder
        self._key = key
        self._database = database
        self._chain = installation.chain

    def write(self, target: Path, store: str, made_at: datetime) -> Backup:
        """Copy the database online, then the attachments, read the archive back, name it."""
        with file_fault(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
            copy = part.with_suffix(".db")
            try:
                self._database.copy_to(copy)
                facts = self._check_copy(copy)
                _write_zip(part, self._contents(copy), facts | _said(store, made_at))
                check_archive(part)
                part.replace(target)
            finally:
                # What went wrong above is what the person must read.
                with suppress(OSError):
                    part.unlink(missing_ok=True)
                with suppress(OSError):
                    copy.unlink(missing_ok=True)
        return self.read(target)

    def read(self, path: Path) -> Backup:
        """Return what an archive says of itself, without reading all of it."""
        return describe(path)

    def set_passphrase(self, passphrase: str) -> None:
        """Keep the key sealed under `passphrase`, to go into every later archive."""
        sealed = recovery.seal_key(self._key, passphrase)
        with self._database.write() as connection:
            set_fact(connection, _RECOVERY_FACT, sealed)

    def has_passphrase(self) -> bool:
        """Tell whether a sealed key goes into archives."""
        return self._sealed_key() is not None

    def _sealed_key(self) -> bytes | None:
        with self._database.read() as connection:
            return fact(connection, _RECOVERY_FACT)

    def _contents(self, copy: Path) -> Mapping[str, Path | bytes]:
        # The copy first: attachments are kept before an event names them, so none is missing.
        blobs = sorted((self._folder / BLOBS_FOLDER).glob("??/" + "?" * 64))
        found: dict[str, Path | bytes] = {DATABASE_FILE: copy}
        found |= {f"{BLOBS_FOLDER}/{path.parent.name}/{path.name}": path for path in blobs}
        sealed = self._sealed_key()
        return found | ({RECOVERY_FILE: sealed} if sealed else {})

    def _check_copy(self, copy: Path) -> dict[str, Any]:
        with opened_copy(copy, self._key) as connection:
            head = event_rows.head_of(connection, self._chain)
            events = connection.execute(select(func.count()).select_from(event)).scalar_one()
            revision = schema.revision_of(connection)
        return {"chain": self._chain, "seq": head.seq, "events": events, "schema": revision}


def _said(store: str, made_at: datetime) -> dict[str, Any]:
    return {"format": FORMAT, "store": store, "made_at": made_at.isoformat()}


@contextmanager
def opened_copy(path: Path, key: bytes) -> Iterator[Connection]:
    """Open a database file that nobody else uses, checked page by page; raises StorageFault."""
    engine = make_engine(path, key)
    try:
        with translated(path), engine.connect() as connection, connection.begin():
            for pragma in ("cipher_integrity_check", "quick_check"):
                found = connection.exec_driver_sql(f"PRAGMA {pragma}").scalars().all()
                if [line for line in found if line != "ok"]:
                    raise BackupDamaged(f"{path.name}: {found[0]}; take another backup")
            yield connection
    finally:
        engine.dispose()
        for suffix in ("-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)


def _write_zip(part: Path, contents: Mapping[str, Path | bytes], facts: Mapping[str, Any]) -> None:
    files: dict[str, dict[str, Any]] = {}
    with part.open("xb") as stream:
        # Everything is encrypted and does not compress.
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
            for name, content in contents.items():
                if isinstance(content, Path) and not content.exists():
                    continue  # an attachment that was erased meanwhile
                with archive.open(name, "w", force_zip64=True) as out:
                    files[name] = _copied(content, out)
            archive.writestr(MANIFEST, json.dumps({**facts, "files": files}))
        stream.flush()
        os.fsync(stream.fileno())


def _copied(content: Path | bytes, out: IO[bytes]) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    for chunk in _chunks(content):
        out.write(chunk)
        digest.update(chunk)
        size += len(chunk)
    return {"sha256": digest.hexdigest(), "size": size}


def _chunks(content: Path | bytes) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with content.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


@contextmanager
def _archive(path: Path) -> Iterator[tuple[zipfile.ZipFile, dict[str, Any]]]:
    """Open an archive and its manifest; whatever is torn in it is a BackupDamaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            # Everything is stored as it is: what would unpack to more was not written by Amends.
            if any(e.compress_type != zipfile.ZIP_STORED for e in archive.infolist()):
                raise _torn(path)
            manifest = json.loads(archive.read(MANIFEST))
            if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
                raise _torn(path)
            if manifest.get("format") != FORMAT:
                raise NewerSchema(
                    f"{path.name} was made by a newer version of Amends; install that one"
                )
            yield archive, manifest
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, TypeError, RuntimeError) as error:
        raise _torn(path) from error


def _torn(path: Path) -> BackupDamaged:
    return BackupDamaged(f"{path.name} is cut off, altered or no backup of Amends; take another")


def describe(path: Path) -> Backup:
    """Return what an archive says of itself; raises StorageFault or OSError."""
    with _archive(path) as (_, manifest):
        files = manifest["files"]
        return Backup(
            path=path,
            size=path.stat().st_size,
            store=str(manifest["store"]),
            made_at=datetime.fromisoformat(manifest["made_at"]),
            events=int(manifest["events"]),
            attachments=sum(name.startswith(f"{BLOBS_FOLDER}/") for name in files),
            needs_this_pc=RECOVERY_FILE not in files,
        )


def check_archive(path: Path) -> None:
    """Read every file of an archive; raises BackupDamaged at the first that is not as written."""
    with _archive(path) as (archive, manifest):
        _check_names(path, archive, manifest)
        for name, said in manifest["files"].items():
            digest = hashlib.sha256()
            with archive.open(name) as stream:
                while chunk := stream.read(_CHUNK):
                    digest.update(chunk)
            if digest.hexdigest() != said["sha256"]:
                raise _torn(path)


def _check_names(path: Path, archive: zipfile.ZipFile, manifest: Mapping[str, Any]) -> None:
    if {*archive.namelist()} != {*manifest["files"], MANIFEST}:
        raise _torn(path)
    for name in manifest["files"]:
        shape = name.split("/")
        blob = len(shape) == len((BLOBS_FOLDER, "ab", "sha256")) and shape[0] == BLOBS_FOLDER
        plain = blob and shape[2].isalnum() and shape[1] == shape[2][:2]
        if not (plain or name in (DATABASE_FILE, RECOVERY_FILE)):
            raise _torn(path)


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: the archive, the folder, and where the data before it are kept."""

    backup: Backup
    folder: Path
    kept: Path | None


def restore(path: Path, folder: Path, stamp: str, passphrase: str | None = None) -> Restored:
    """Put an archive's data into `folder`; what was there is kept beside it, never overwritten.

    `stamp` names the kept folder. Nothing of `folder` changes unless all of the archive was
    read, checked and opened with its key. Raises StorageFull, StorageFault or OSError.
    """
    check_archive(path)
    backup = describe(path)
    with file_fault(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}.restoring-", dir=folder.parent))
        try:
            with zipfile.ZipFile(path) as archive:
                archive.extractall(made)
            secret = _bring_key(made, folder, passphrase)
            (made / RECOVERY_FILE).unlink(missing_ok=True)
            (made / MANIFEST).unlink()
            with opened_copy(made / DATABASE_FILE, secret) as connection:
                revision = schema.revision_of(connection)
            if revision not in schema.known_revisions():
                raise NewerSchema(
                    f"{path.name} was made by a newer version of Amends (schema {revision}); "
                    "install that one to restore it"
                )
            kept = _swap(made, folder, stamp)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return Restored(backup, folder, kept)


def _bring_key(made: Path, folder: Path, passphrase: str | None) -> bytes:
    """Put the key beside the restored database: this PC's own, or the one sealed in the archive."""
    if passphrase is not None:
        sealed = made / RECOVERY_FILE
        if not sealed.exists():
            raise WrongKey(
                "this backup was made before a recovery passphrase was set: it opens only on "
                "the PC that made it; leave the passphrase out there"
            )
        secret = recovery.open_key(sealed.read_bytes(), passphrase)
        keys.keep_key(made, secret)
        return secret
    known = [name for name in (keys.KEY_FILE, keys.REFERENCE_FILE) if (folder / name).exists()]
    if not known:
        raise WrongKey(
            f"{folder} has no key of its own; give the recovery passphrase of this backup, "
            "or restore it on the PC that made it"
        )
    for name in known:
        shutil.copy2(folder / name, made / name)
    return keys.load_key(made, new=False).secret


def _swap(made: Path, folder: Path, stamp: str) -> Path | None:
    if not folder.exists():
        made.rename(folder)
        return None
    if (folder / DATABASE_FILE).exists():
        _require_unused(folder)
    for name in _KEPT_BESIDE:
        if (folder / name).exists():
            shutil.copy2(folder / name, made / name)
    kept = folder.with_name(f"{folder.name}.before-restore-{stamp}")
    folder.rename(kept)
    try:
        made.rename(folder)
    except OSError:
        kept.rename(folder)
        raise
    return kept


def _require_unused(folder: Path) -> None:
    """Raise DatabaseBusy while any program has the database open: it would save into the old one.

    Leaving WAL mode needs the file to oneself; a damaged database is no reason not to restore.
    """
    database = folder / DATABASE_FILE
    try:
        engine = make_engine(database, keys.load_key(folder, new=False).secret)
    except StorageFault:
        return
    try:
        with translated(database), closing(engine.raw_connection()) as connection:
            cursor = connection.cursor()
            cursor.execute("PRAGMA busy_timeout = 0")
            cursor.execute("PRAGMA journal_mode = DELETE")
    except DatabaseBusy as busy:
        raise DatabaseBusy(
            f"Amends is open on {folder}; close it everywhere and restore again; nothing was "
            "changed"
        ) from busy
    except StorageFault:
        return
    finally:
        engine.dispose()
