"""Writes files so that a full disk or a crash leaves the old one or the new one, whole."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Replace `path` in one step, its folder made where it is missing.

    Raises OSError that names `path`, with nothing of the old file lost.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as error:
        # The person knows the file asked for, not the temporary one beside it.
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        with suppress(OSError):  # what went wrong above is what the person must read
            part.unlink(missing_ok=True)


def fault_line(error: OSError) -> str:
    """Return one line on a file that cannot be read or written, and what to do."""
    where = f"{error.filename}: " if error.filename else ""
    reason = error.strerror or str(error)
    return f"{where}{reason}; free space or choose a place you can write to"
