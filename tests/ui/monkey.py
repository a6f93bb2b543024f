"""Presses random keys and clicks on a screen, always the same for the same seed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QFileDialog, QMenu, QWidget

from ui.screenshots import settle
from ui.shell.workspace import Workspace

KEYS = (
    Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Space,
    Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Delete,
    Qt.Key.Key_Backspace, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageDown, Qt.Key.Key_F1,
    Qt.Key.Key_1, Qt.Key.Key_5, Qt.Key.Key_A, Qt.Key.Key_R,
)  # fmt: skip
WORDS = ("退款", "a", "13800002201", "=1+1", "“", "很长的话" * 40, " ", "0", "\t", "🙂")
#: What ends the walk on a screen by design: the window closes, locks or leaves the store.
LEFT_ALONE = ("退出", "锁定", "切换", "恢复", "培训", "训练", "打印空白", "选择文件", "浏览")


@dataclass
class Faults(logging.Handler):
    """Collects every fault that work in the background or a slot ends in."""

    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(logging.ERROR)

    def __hash__(self) -> int:
        return id(self)

    def emit(self, record: logging.LogRecord) -> None:
        fault = record.exc_info[1] if record.exc_info else None
        self.seen.append(f"{record.getMessage()}: {fault!r}")


@contextmanager
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[Faults]:
    """Answer every file dialog with nothing and gather faults."""
    for name in ("getSaveFileName", "getOpenFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_a, **_k: ("", ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_a, **_k: ([], ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a, **_k: "")
    faults = Faults()
    logging.getLogger().addHandler(faults)
    try:
        yield faults
    finally:
        logging.getLogger().removeHandler(faults)


class Monkey:
    """Acts on the screen in front; `home` brings it back when it got away."""

    def __init__(self, workspace: Workspace, seed: int, home: Callable[[], None]) -> None:
        self._workspace = workspace
        self._chance = Random(seed)
        self._home = home
        self.steps: list[str] = []

    def run(self, steps: int) -> None:
        """Take `steps` steps, letting work come back now and then."""
        for step in range(steps):
            self._step()
            if step % 10 == 9:
                self._tidy()
        self._tidy()
        assert settle(lambda: self._workspace.ui.background.idle, timeout_ms=30_000)

    def _tidy(self) -> None:
        QApplication.processEvents()
        for window in QApplication.topLevelWidgets():
            if isinstance(window, (QDialog, QMenu)) and window.isVisible():
                window.close()
        if self._chance.random() < 0.3:
            self._home()

    def _step(self) -> None:
        kind = self._chance.random()
        if kind < 0.5:
            self._click()
        elif kind < 0.8:
            self._press()
        else:
            self._type()

    def _targets(self) -> list[QWidget]:
        found = self._workspace.front.findChildren(QWidget)
        return [w for w in found if w.isVisible() and w.isEnabled() and w.width() > 0]

    def _click(self) -> None:
        targets = self._targets()
        if not targets:
            return
        target = self._chance.choice(targets)
        name = target.accessibleName()
        if isinstance(target, QAbstractButton) and any(word in name for word in LEFT_ALONE):
            return
        at = QPoint(
            self._chance.randrange(max(target.width(), 1)),
            self._chance.randrange(max(target.height(), 1)),
        )
        self.steps.append(f"click {type(target).__name__} {name}")
        QTest.mouseClick(target, Qt.MouseButton.LeftButton, pos=at)

    def _press(self) -> None:
        key = self._chance.choice(KEYS)
        target = self._focus()
        self.steps.append(f"press {key.name} in {type(target).__name__}")
        shift = self._chance.random() < 0.1
        modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
        QTest.keyClick(target, key, modifier)

    def _type(self) -> None:
        words = self._chance.choice(WORDS)
        target = self._focus()
        self.steps.append(f"type {words[:6]} in {type(target).__name__}")
        # As an input method hands text over; single keys are pressed above.
        event = QInputMethodEvent()
        event.setCommitString(words)
        QApplication.sendEvent(target, event)

    def _focus(self) -> QWidget:
        focus = QApplication.focusWidget()
        front = self._workspace.front
        return focus if focus is not None and front.isAncestorOf(focus) else front
