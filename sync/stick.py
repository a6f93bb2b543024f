"""Files on a stick: there as a whole or not at all, and what its refusal means to a person."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_SHUT: Final = (errno.EROFS, errno.EACCES, errno.EPERM)
_GONE: Final = (
    errno.EIO,
    errno.ENOENT,
    errno.ENOTDIR,
    errno.ENODEV,
    errno.ENXIO,
    errno.ESTALE,
    errno.ENOTCONN,
    errno.EHOSTDOWN,
    getattr(errno, "ENOMEDIUM", errno.ENODEV),
)
#: What Windows calls a device that is not ready, does not work, is gone or was changed; Python
#: turns most of these into EACCES or EINVAL.
_GONE_ON_WINDOWS: Final = (21, 31, 55, 64, 433, 1006, 1110, 1117, 1167)


class StickFault(Exception):
    """Why a file could not be written: `code` names a text `courier.<code>`; sizes in bytes.

    `stick_full`, `stick_shut` (read-only, or not this person's), `stick_gone` (pulled out, or it
    fails), `not_written`.
    """

    def __init__(self, code: str, needed: int, free: int, detail: str) -> None:
        super().__init__(detail)
        self.code, self.needed, self.free, self.detail = code, needed, free, detail


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there as a whole or not at all; an older one stays until then.

    Raises StickFault.
    """
    draft = path.with_name(f".{path.name}.part")
    try:
        try:
            with draft.open("wb") as file:
                file.write(content)
                file.flush()
                # A stick is pulled out as soon as the window says that the file is written.
                os.fsync(file.fileno())
            draft.replace(path)
            _fsync_folder(path.parent)
        finally:
            with suppress(OSError):  # what went wrong first is what the person must hear
                draft.unlink(missing_ok=True)
    except OSError as error:
        detail = error.strerror or str(error)
        raise StickFault(_code(error), len(content), _free(path.parent), detail) from error


def _code(error: OSError) -> str:
    if getattr(error, "winerror", None) in _GONE_ON_WINDOWS:
        return "stick_gone"
    if error.errno in _FULL:
        return "stick_full"
    if error.errno in _SHUT:
        return "stick_shut"
    return "stick_gone" if error.errno in _GONE else "not_written"


def _free(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0


def _fsync_folder(folder: Path) -> None:
    """Make the new name durable, where folders can be written through; Windows does it itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)
