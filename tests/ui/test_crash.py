"""kill -9 in the middle of typing: the drafts are there again, also of one who never rests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.bootstrap import open_desk, verify_data
from tests.ui.conftest import PASSWORD
from tests.ui.typing_process import FIRST

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(300)
def test_typing_without_a_rest_survives_a_kill(ready_store: Path, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    folder.mkdir()
    for file in ready_store.iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    with subprocess.Popen(
        [sys.executable, "-m", "tests.ui.typing_process", str(folder), PASSWORD],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "AMENDS_KEYRING": "off"},
        stdout=subprocess.PIPE,
        text=True,
    ) as typist:
        assert typist.stdout is not None
        said = [typist.stdout.readline().strip() for _line in range(4)]
        typist.kill()
    assert said == ["first kept", *["second kept"] * 3]
    desk = open_desk(folder)
    words = {draft.body.get("verbatim", "") for draft in desk.drafts()}
    desk.close()
    assert FIRST in words
    assert any(set(text) == {"x"} for text in words)
    assert verify_data(folder).first_bad is None
