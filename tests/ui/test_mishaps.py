"""What a screen raises is logged and said in one line; the window goes on."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from desktop.services.ports import StorageFull
from tests.ui.conftest import show
from ui.main_window import MainWindow
from ui.mishaps import tell_mishaps
from ui.shell.workspace import Workspace


@pytest.fixture
def hook() -> Iterator[None]:
    before = sys.excepthook
    yield
    sys.excepthook = before


@pytest.mark.usefixtures("hook")
def test_a_slot_that_raises_is_said_and_the_window_goes_on(
    workspace: Workspace,
    qtbot: QtBot,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    window = workspace.window()
    assert isinstance(window, MainWindow)
    tell_mishaps(window.tell_fault)

    def slot() -> None:
        raise StorageFull("no space left")

    QTimer.singleShot(0, slot)
    qtbot.waitUntil(workspace.toast.isVisible, timeout=60_000)
    assert "磁盘已满" in workspace.toast.text
    assert "StorageFull" in caplog.text
    assert capsys.readouterr().err == ""
    show(workspace, "today")


@pytest.mark.usefixtures("hook")
def test_a_fault_of_the_telling_is_logged(caplog: pytest.LogCaptureFixture, qapp: object) -> None:
    def say(_fault: Exception) -> None:
        raise ValueError("the window is gone")

    assert qapp is not None
    tell_mishaps(say)
    sys.excepthook(RuntimeError, RuntimeError("first"), None)
    assert "first" in caplog.text
    assert "the window is gone" in caplog.text
