"""Fetches the handwriting fonts of the corpus by npm: `python -m tests.bench.ocr_corpus.fetch`."""

from __future__ import annotations

from pathlib import Path

from tests.bench.ocr_corpus.hands import FOLDER, PACKAGES
from tests.bench.ocr_corpus.npm import unpack


def fetch(folder: Path) -> list[str]:
    """Put every missing font into `folder`; return the names of those that came."""
    folder.mkdir(parents=True, exist_ok=True)
    came = []
    for name, package in PACKAGES.items():
        if not (folder / name).is_file():
            unpack(package, name, folder / name)
            came.append(name)
    return came


if __name__ == "__main__":
    print("\n".join(fetch(FOLDER)) or f"all fonts are in {FOLDER}")
