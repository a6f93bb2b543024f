"""Attachments on disk: named by the SHA-256 of their bytes, encrypted, written atomically."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from desktop.services.ports import StorageFault
from desktop.storage.database import Database
from desktop.storage.erasing import TO_REMOVE
from desktop.storage.faults import AttachmentDamaged, file_fault
from desktop.storage.tables import attachment

#: Where they lie in a store's data folder.
BLOBS_FOLDER: Final = "blobs"
#: First bytes of every file: what it is and in which version.
_MAGIC: Final = b"AMENDS-BLOB-1\n"
_NONCE_BYTES: Final = 12
_KEY_BYTES: Final = 32
_TEMPORARY: Final = ".part"
#: Nobody writes one attachment for longer than this (seconds).
_LEFT_OVER_AFTER: Final = 3600.0


class FileAttachments:
    """Keeps bytes by their SHA-256 under `folder`, AES-256-GCM key derived from the database's.

    The file name is bound into the encryption, so a file put in another's place is noticed.
    """

    def __init__(self, folder: Path, database_key: bytes, database: Database) -> None:
        self._folder = folder
        self._database = database
        derived = HKDF(hashes.SHA256(), _KEY_BYTES, salt=None, info=b"amends/1/attachments")
        self._cipher = AESGCM(derived.derive(database_key))

    def put(self, content: bytes, *, local: bool = False) -> str:
        """Keep `content`; return its SHA-256 in hex. Durable when it returns.

        What is `local` is never sent. Raises StorageFull when the disk takes no more.
        """
        name = hashlib.sha256(content).hexdigest()
        target = self._path(name)
        if not self._holds(name):
            nonce = secrets.token_bytes(_NONCE_BYTES)
            sealed = self._cipher.encrypt(nonce, content, name.encode())
            with file_fault(target):
                _write_durably(target, _MAGIC + nonce + sealed)
        known = upsert(attachment).values(sha256=name, size=len(content), acked=False, local=local)
        with self._database.write() as connection:
            connection.execute(known.on_conflict_do_nothing())
        return name

    def get(self, sha256: str) -> bytes | None:
        """Return the bytes, or None when they have not arrived; raises AttachmentDamaged."""
        path = self._path(sha256)
        try:
            with file_fault(path):
                stored = path.read_bytes()
        except FileNotFoundError:
            return None
        start = len(_MAGIC)
        nonce, sealed = stored[start : start + _NONCE_BYTES], stored[start + _NONCE_BYTES :]
        try:
            if stored[:start] != _MAGIC:
                raise ValueError("no attachment of Amends")
            content = self._cipher.decrypt(nonce, sealed, sha256.encode())
        except (InvalidTag, ValueError) as error:
            raise AttachmentDamaged(
                f"attachment {sha256[:12]} is damaged on disk ({path}); restore it from a backup "
                "or, once it was uploaded, from HQ"
            ) from error
        return content

    def clean(self) -> int:
        """Remove what a crash left half-written and what was erased; return how many files.

        Young ones stay: another process of this installation may be writing them.
        """
        removed = self.remove_erased()
        for path in self._folder.glob(f"*/*{_TEMPORARY}"):
            with suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > _LEFT_OVER_AFTER:
                    path.unlink()
                    removed += 1
        return removed

    def remove_erased(self) -> int:
        """Remove the files that an erasure gave up; return how many."""
        given_up = attachment.c.size == TO_REMOVE
        with self._database.read() as connection:
            names = connection.execute(select(attachment.c.sha256).where(given_up)).scalars().all()
        for name in names:
            self._path(name).unlink(missing_ok=True)
        if names:
            with self._database.write() as connection:
                connection.execute(delete(attachment).where(given_up))
        return len(names)

    def _holds(self, name: str) -> bool:
        """Tell whether the bytes are here and whole; a damaged file is written anew."""
        try:
            return self.get(name) is not None
        except StorageFault:
            return False

    def _path(self, sha256: str) -> Path:
        if len(sha256) != hashes.SHA256.digest_size * 2 or set(sha256) - set("0123456789abcdef"):
            raise ValueError("an attachment is named by its SHA-256 in lower-case hex")
        return self._folder / sha256[:2] / sha256


def _write_durably(target: Path, content: bytes) -> None:
    """Write a file that after a power cut is there as a whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f"{target.name}.{secrets.token_hex(4)}{_TEMPORARY}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    for folder in (target.parent, target.parent.parent):
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    """Make a rename in `folder` durable; Windows cannot open folders and does it by itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
