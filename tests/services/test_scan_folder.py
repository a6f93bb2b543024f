"""Only finished scans are taken from a watched folder; none is lost or overwritten."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from desktop.services.scan_folder import SETTLED_S, ScanFolder


class Now:
    def __init__(self) -> None:
        self.at = 1_000_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def now() -> Now:
    return Now()


def scan(folder: Path, name: str, at: float, content: bytes = b"x") -> Path:
    path = folder / name
    path.write_bytes(content)
    os.utime(path, (at, at))
    return path


def test_a_file_still_growing_is_left_until_it_is_whole(tmp_path: Path, now: Now) -> None:
    folder = ScanFolder(tmp_path, now)
    scan(tmp_path, "a.jpg", now.at)
    assert folder.finished() == ()
    now.at += 1
    path = scan(tmp_path, "a.jpg", now.at, b"xy")
    assert folder.finished() == ()
    now.at += SETTLED_S
    assert folder.finished() == (path,)


def test_each_file_is_given_once_and_the_oldest_first(tmp_path: Path, now: Now) -> None:
    folder = ScanFolder(tmp_path, now)
    late, early = scan(tmp_path, "a.pdf", now.at - 5), scan(tmp_path, "b.png", now.at - 9)
    assert folder.finished() == (early, late)
    assert folder.finished() == ()


def test_other_files_empty_ones_and_folders_are_let_be(tmp_path: Path, now: Now) -> None:
    folder = ScanFolder(tmp_path, now)
    for name in ("notes.txt", ".hidden.jpg", "~part.jpg"):
        scan(tmp_path, name, now.at - 60)
    scan(tmp_path, "empty.jpg", now.at - 60, b"")
    (tmp_path / "folder.jpg").mkdir()
    assert folder.finished() == ()


def test_a_file_of_the_same_name_is_never_overwritten(tmp_path: Path, now: Now) -> None:
    folder = ScanFolder(tmp_path, now)
    places = []
    for content in (b"one", b"two"):
        path = scan(tmp_path, "scan.jpg", now.at - 60, content)
        assert folder.finished() == (path,)
        places.append(folder.put_away(path, "done"))
    assert [place.read_bytes() for place in places if place] == [b"one", b"two"]
    assert not (tmp_path / "scan.jpg").exists()


def test_files_from_elsewhere_stay_where_they_are(tmp_path: Path, now: Now) -> None:
    watched = tmp_path / "watched"
    watched.mkdir()
    elsewhere = scan(tmp_path, "a.jpg", now.at)
    assert ScanFolder(watched, now).put_away(elsewhere, "done") is None
    assert elsewhere.exists()


def test_a_folder_that_is_gone_is_said(tmp_path: Path, now: Now) -> None:
    with pytest.raises(OSError, match="gone"):
        ScanFolder(tmp_path / "gone", now).finished()
