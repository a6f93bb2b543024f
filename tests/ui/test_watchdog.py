"""A block of the running window leaves a line that tells how long and where, and nothing else."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from ui.watchdog import BLOCKED_MS, LOG_FILE, BlockLog

LINE = re.compile(r"[\d-]+ [\d:,]+ blocked (\d+) ms \(own \d+ ms\) on ticket\n")


@pytest.fixture
def blocks(tmp_path: Path, qtbot: QtBot) -> Iterator[BlockLog]:
    assert qtbot
    made = BlockLog(lambda: "ticket", tmp_path)
    yield made
    made.end()


def test_a_block_leaves_a_line(blocks: BlockLog, tmp_path: Path, qtbot: QtBot) -> None:
    blocks.start()
    QTimer.singleShot(0, lambda: time.sleep(0.3))
    path = tmp_path / LOG_FILE
    qtbot.waitUntil(path.exists, timeout=60_000)
    found = LINE.match(path.read_text(encoding="utf-8"))
    assert found is not None
    assert int(found[1]) > BLOCKED_MS


def test_short_gaps_and_sleep_leave_none(blocks: BlockLog, tmp_path: Path) -> None:
    blocks.took(BLOCKED_MS - 1, 5)
    blocks.took(3_600_000, 5)
    assert not (tmp_path / LOG_FILE).exists()


def test_nothing_is_written_where_there_is_no_folder_or_no_leave(tmp_path: Path) -> None:
    BlockLog(lambda: "today", tmp_path / "later").took(500, 400)
    assert not (tmp_path / "later").exists()
    (tmp_path / LOG_FILE).mkdir()
    hindered = BlockLog(lambda: "today", tmp_path)
    hindered.took(500, 400)
    hindered.end()
