"""kill -9 in the middle of typing: the drafts are there again, also of one who never rests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.bootstrap import open_desk
from desktop.data_folder import verify_data
from desktop.services.ports import Person
from tests.ui.conftest import PASSWORD, complain
from tests.ui.typing_process import FIRST

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(ready_store: Path, tmp_path: Path) -> Path:
    """Return a copy of the store that was set up."""
    folder = tmp_path / "store"
    folder.mkdir()
    for file in ready_store.iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    return folder


def kill_while_typing(folder: Path, *more: str) -> None:
    """Start a window that types, and kill it when it says that the second typing was kept."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.ui.typing_process", str(folder), PASSWORD, *more],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "AMENDS_KEYRING": "off"},
        stdout=subprocess.PIPE,
        text=True,
    ) as typist:
        assert typist.stdout is not None
        said = [typist.stdout.readline().strip() for _line in range(4)]
        typist.kill()
    assert said == ["first kept", *["second kept"] * 3]


@pytest.mark.timeout(300)
def test_typing_without_a_rest_survives_a_kill(folder: Path) -> None:
    kill_while_typing(folder)
    desk = open_desk(folder)
    words = {draft.body.get("verbatim", "") for draft in desk.drafts()}
    desk.close()
    assert FIRST in words
    assert any(set(text) == {"x"} for text in words)
    assert verify_data(folder).first_bad is None


@pytest.mark.timeout(300)
def test_typing_in_the_forms_of_a_complaint_survives_a_kill(folder: Path) -> None:
    desk = open_desk(folder)
    assert isinstance(desk.log_in("lin", PASSWORD), Person)
    stream = complain(desk).stream
    desk.close()
    kill_while_typing(folder, stream)
    desk = open_desk(folder)
    typed = {name: text for draft in desk.drafts() for name, text in draft.body.items()}
    desk.close()
    assert (typed["propose.amount"], typed["propose.reason"]) == ("80", FIRST)
    assert set(typed["contact.note"]) == {"x"}
    assert verify_data(folder).first_bad is None
