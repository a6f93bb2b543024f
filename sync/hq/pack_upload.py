"""A policy pack as it is uploaded: a ZIP of its YAML sources, unpacked and proven."""

from __future__ import annotations

import io
import lzma
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from desktop.domain.policy import Policy
from desktop.policy.checker import examine_folder
from desktop.policy.problems import PolicyError, Problem
from desktop.policy.reading import canonical_bytes, digest_of, read_folder

#: Largest upload, and what it may hold unpacked, in bytes and files.
UPLOAD_BYTES: Final = 4 * 1024 * 1024
_UNPACKED: Final = 16 * 1024 * 1024
_FILES: Final = 500
#: What the ways of compressing raise on bytes that are none of theirs.
_TORN: Final = (zlib.error, lzma.LZMAError)


@dataclass(frozen=True, slots=True)
class Checked:
    """What came out of an upload: a pack that was proven, or everything wrong with it."""

    policy: Policy | None
    content: bytes
    digest: str
    problems: tuple[Problem, ...]
    situations: int = 0


def check(upload: bytes) -> Checked:
    """Unpack, compile and prove a pack; nothing is kept."""
    with tempfile.TemporaryDirectory(prefix="amends-pack-") as name:
        folder = Path(name)
        wrong = _unpack(upload, folder)
        if wrong:
            return Checked(None, b"", "", (Problem("", 1, wrong),))
        return check_folder(folder)


def check_folder(folder: Path) -> Checked:
    """Compile and prove the pack in a folder."""
    try:
        found = examine_folder(folder)
        content = canonical_bytes(read_folder(folder))
    except PolicyError as error:
        return Checked(None, b"", "", error.problems)
    policy = found.policy if not found.problems else None
    return Checked(policy, content, digest_of(content), found.problems, found.situations)


def _unpack(upload: bytes, folder: Path) -> str:
    """Write the YAML files of a ZIP into `folder`; return what is wrong with the ZIP."""
    try:
        with zipfile.ZipFile(io.BytesIO(upload)) as archive:
            entries = [e for e in archive.infolist() if e.filename.endswith(".yaml")]
            if len(entries) > _FILES or sum(e.file_size for e in entries) > _UNPACKED:
                return "the archive is too large for a policy pack"
            root = _root(entries)
            if root is None:
                return "the archive holds no manifest.yaml"
            for entry in entries:
                place = PurePosixPath(entry.filename)
                if ".." in place.parts or place.is_absolute() or not place.is_relative_to(root):
                    continue
                target = folder / place.relative_to(root)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(entry))
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, EOFError, *_TORN) as error:
        return f"the file is no ZIP of policy sources ({error})"
    return ""


def _root(entries: list[zipfile.ZipInfo]) -> PurePosixPath | None:
    """Return the folder of the topmost manifest: people zip a folder or what is in it."""
    found = [PurePosixPath(e.filename) for e in entries]
    manifests = [p.parent for p in found if p.name == "manifest.yaml" and ".." not in p.parts]
    return min(manifests, key=lambda p: len(p.parts), default=None)
