"""A writable copy of the built-in pack, to break one line at a time."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.policy.loading import built_in_folder

Edit = Callable[[str, str, str], int]


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """The sources of the built-in pack in a folder of their own."""
    folder = tmp_path / "pack"
    folder.mkdir()
    for source in built_in_folder().glob("*.yaml"):
        shutil.copy(source, folder)
    return folder


@pytest.fixture
def edit(pack: Path) -> Edit:
    """Replace the first `old` of a file by `new`; returns the line, from 1, where it stood."""

    def replace_once(file: str, old: str, new: str) -> int:
        path = pack / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    return replace_once
