"""On every screen, in both languages: no text is cut off unseen, none is left untranslated."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.services.desk import Desk
from desktop.texts import Lang
from tests.ui.conftest import complain, show
from ui.main_window import MainWindow
from ui.screenshots import settle
from ui.shell.workspace import ENTRIES, Workspace
from ui.widgets.text import ElidedLabel

SCREENS = (*(name for name, _icon in ENTRIES), "ticket", "compensate", "handover")
#: Rounding of text widths by the layout, in pixels.
SLACK = 3
#: A key that nobody put into words: area.name, as `Texts` looks it up.
KEY = re.compile(r"\b(ui|ui_[a-z]+|refusal|event|doctor|report)\.[a-z_]+(\.[a-z_]+)*\b")
PLACE = re.compile(r"\{[a-z_]+\}")


def texts_of(window: QWidget) -> list[tuple[QWidget, str]]:
    labels = [(w, w.text()) for w in window.findChildren(QLabel)]
    buttons = [(w, w.text()) for w in window.findChildren(QAbstractButton)]
    return [(w, text) for w, text in (*labels, *buttons) if w.isVisible() and text.strip()]


def cut(widget: QWidget, text: str) -> bool:
    """Tell whether a text is wider than its widget though it neither wraps nor says '…'."""
    if isinstance(widget, ElidedLabel):
        return False
    if isinstance(widget, QLabel):
        if widget.wordWrap() or not widget.pixmap().isNull():
            return False
        needed = max(QFontMetrics(widget.font()).horizontalAdvance(t) for t in text.split("\n"))
        return needed > widget.width() + SLACK
    if isinstance(widget, QCheckBox):
        return widget.sizeHint().width() > widget.width() + SLACK
    return QFontMetrics(widget.font()).horizontalAdvance(text) > widget.width() + SLACK


def test_a_cut_text_is_noticed(qtbot: QtBot) -> None:
    short, button = QLabel("投诉受理回执与和解协议"), QPushButton("投诉受理回执与和解协议")
    for widget in (short, button):
        qtbot.addWidget(widget)
        assert not cut(widget, "")
        widget.resize(widget.sizeHint())
        assert not cut(widget, widget.text())
        widget.resize(30, 30)
        assert cut(widget, widget.text())
    assert KEY.search("ui_sync.title")
    assert not KEY.search("S0217-A-261121-006-K 退款 12.5")


@pytest.fixture(params=["zh_CN", "en"])
def translated(
    request: pytest.FixtureRequest,
    desk: Desk,
    open_window: Callable[[Callable[[], Desk], Lang], MainWindow],
) -> Workspace:
    window = open_window(lambda: desk, request.param)
    window.resize(QSize(1280, 720))
    assert settle(lambda: window.workspace is not None)
    assert window.workspace is not None
    return window.workspace


def test_every_text_is_whole_and_in_words(translated: Workspace, desk: Desk) -> None:
    assert wrongs(translated, desk) == []


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("scale", "size"),
    [
        (1.25, QSize(1280, 720)),
        (1.5, QSize(1280, 720)),
        (1.0, QSize(1920, 1080)),
        (1.25, QSize(1920, 1080)),
        (1.5, QSize(1920, 1080)),
        (2.0, QSize(1920, 1080)),
    ],
    ids=lambda part: f"{part.width()}x{part.height()}" if isinstance(part, QSize) else str(part),
)
def test_every_text_is_whole_at_every_size(
    translated: Workspace, desk: Desk, scale: float, size: QSize
) -> None:
    window = translated.window()
    assert isinstance(window, MainWindow)
    window.resize(size)
    translated.topbar.scale_wanted.emit(scale)
    assert window.workspace is not None
    assert wrongs(window.workspace, desk) == []


def wrongs(translated: Workspace, desk: Desk) -> list[str]:
    """Return what is cut off or untranslated on any screen."""
    ticket = complain(desk)
    wrong: list[str] = []
    for name in SCREENS:
        what: object = {"ticket": ticket.stream, "compensate": (ticket.stream, "")}.get(name)
        show(translated, name, what)
        for widget, text in texts_of(translated):
            said = f"{name}: {type(widget).__name__} {text[:40]!r}"
            if cut(widget, text):
                wrong.append(f"{said} cut at {widget.width()}")
            if KEY.search(text) or PLACE.search(text):
                wrong.append(f"{said} untranslated")
    return wrong


def test_english_shows_no_chinese_of_ours(translated: Workspace, desk: Desk) -> None:
    if translated.ui.texts.lang != "en":
        assert translated.ui.text("ui.app")
        return
    theirs = {"无锡滨湖店", "林晓", "安", "林", "中文", "何丽"}
    chinese = []
    for name in ("today", "complaints", "sync", "settings", "reports", "approvals"):
        show(translated, name)
        chinese += [
            f"{name}: {text}"
            for _widget, text in texts_of(translated)
            if re.search(r"[\u4e00-\u9fff]", text) and text.strip() not in theirs
        ]
    assert chinese == []
