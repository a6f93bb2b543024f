"""The program started on bad ground: a page says what to do, and nothing is lost."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktop.bootstrap import open_desk, restore_backup
from desktop.data_folder import verify_data
from desktop.services.ports import Person
from tests.ui.conftest import PASSWORD, MovingClock, complain

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def folder(ready_store: Path) -> Iterator[Path]:
    """A store with a complaint, in a folder that everybody may walk into."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        store = Path(place) / "store"
        shutil.copytree(ready_store, store)
        took_in(store, datetime.now(UTC) - timedelta(hours=1))
        yield store


def took_in(store: Path, at: datetime) -> None:
    desk = open_desk(store, clock=MovingClock(at))
    assert isinstance(desk.log_in("lin", PASSWORD), Person)
    complain(desk)
    desk.close()


@contextmanager
def started(folder: Path, *wishes: str) -> Iterator[dict[str, object]]:
    """Start the program and give what its window shows; it is ended with the block."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.ui.starting_process", str(folder), *wishes],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "AMENDS_KEYRING": "off"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as program:
        assert program.stdout is not None
        line = program.stdout.readline()
        try:
            assert line, "the window showed nothing"
            yield json.loads(line)
        finally:
            program.kill()


def whole(folder: Path) -> bool:
    return verify_data(folder).first_bad is None


@pytest.mark.slow
def test_a_full_disk_and_a_folder_that_may_not_be_written_are_said(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    with started(folder, "unprivileged") as seen:
        assert seen["page"] == "OpeningPage"
        assert "may write to the data folder" in str(seen["says"])
        assert seen["buttons"] == ["Try again"]
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    with started(folder.with_name("new"), "full") as seen:
        assert seen["page"] == "OpeningPage"
        assert "The disk is full" in str(seen["says"])
    assert whole(folder)
    with started(folder) as seen:
        assert (seen["page"], seen["says"]) == ("LoginPage", "")


@pytest.mark.slow
def test_damaged_data_are_mended_by_a_backup_from_the_page_that_says_so(folder: Path) -> None:
    desk = open_desk(folder)
    backup = desk.back_up().path.rename(folder.with_name("kept.amends-backup"))
    desk.close()
    data = folder / "amends.db"
    data.write_bytes(data.read_bytes()[:4096] + os.urandom(data.stat().st_size - 4096))
    with started(folder) as seen:
        assert "damaged" in str(seen["says"])
        assert seen["buttons"] == ["Try again", "Restore a backup…"]
    restore_backup(backup, folder)
    assert whole(folder)
    with started(folder) as seen:
        assert (seen["page"], seen["says"]) == ("LoginPage", "")


def test_a_second_window_says_where_the_first_is_and_a_crash_leaves_no_lock(folder: Path) -> None:
    with started(folder, "stay") as first:
        assert first["page"] == "LoginPage"
        with started(folder) as second:
            assert second["page"] == "OpeningPage"
            assert "Go to its window" in str(second["says"])
    with started(folder) as after:  # the first was killed
        assert (after["page"], after["says"]) == ("LoginPage", "")
    assert whole(folder)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("span", "words"), [(timedelta(days=365), "Set the date"), (timedelta(days=-365), "set it")]
)
def test_a_clock_a_year_off_is_said_before_anybody_works(
    ready_store: Path, tmp_path: Path, span: timedelta, words: str
) -> None:
    """The newest complaint lies a year ahead of this PC's clock, or a year behind it."""
    store = tmp_path / "store"
    shutil.copytree(ready_store, store)
    took_in(store, datetime.now(UTC) + span)
    with started(store) as seen:
        assert seen["page"] == "LoginPage"
        assert words in str(seen["says"])
    assert whole(store)
