"""Fetches the handwriting fonts of the corpus by npm: `python -m tests.bench.ocr_corpus.fetch`."""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from pathlib import Path

from tests.bench.ocr_corpus.hands import FOLDER, PACKAGES

SECONDS = 180


def fetch(folder: Path) -> list[str]:
    """Put every missing font into `folder`; return the names of those that came."""
    folder.mkdir(parents=True, exist_ok=True)
    came = []
    for name, package in PACKAGES.items():
        if (folder / name).is_file():
            continue
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
                member = next(m for m in archive.getmembers() if m.name.endswith("/" + name))
                stream = archive.extractfile(member)
                if stream is None:
                    raise FileNotFoundError(f"{package} holds no {name}")
                (folder / name).write_bytes(stream.read())
        came.append(name)
    return came


if __name__ == "__main__":
    print("\n".join(fetch(FOLDER)) or f"all fonts are in {FOLDER}")
