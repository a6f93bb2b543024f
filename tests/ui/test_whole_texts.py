"""At every place, in both languages: no text is cut off unseen, none is left untranslated."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QCheckBox,
    QLabel,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.services.desk import Desk
from desktop.texts import Lang
from tests.ui.conftest import show
from tests.ui.places import furnish, walk
from ui.main_window import MainWindow
from ui.screenshots import settle
from ui.theme import theme
from ui.widgets.buttons import ElidedLink
from ui.widgets.text import ElidedLabel

SMALLEST = QSize(1280, 720)
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
    """Tell whether a text is larger than its widget though it does not say '…'."""
    if isinstance(widget, ElidedLabel | ElidedLink):
        return False
    if isinstance(widget, QLabel):
        if not widget.pixmap().isNull():
            return False
        if widget.wordWrap():
            return widget.heightForWidth(widget.width()) > widget.height() + SLACK
        needed = max(QFontMetrics(widget.font()).horizontalAdvance(t) for t in text.split("\n"))
        return needed > widget.width() + SLACK
    if isinstance(widget, QCheckBox | QPushButton):
        return widget.sizeHint().width() > widget.width() + SLACK
    return QFontMetrics(widget.font()).horizontalAdvance(text) > widget.width() + SLACK


def scrolls(widget: QWidget) -> bool:
    """Tell whether a widget is part of a scrolled page, which may be longer than the window."""
    around = widget.parentWidget()
    while around is not None and not isinstance(around, QAbstractScrollArea):
        around = around.parentWidget()
    return around is not None


def hidden_part(widget: QWidget, root: QWidget) -> bool:
    """Tell whether something around a widget, which does not scroll, leaves a part of it out."""
    around, part = widget.parentWidget(), widget
    while around is not None and part is not root:
        if isinstance(around.parentWidget(), QAbstractScrollArea):
            return False  # what is inside a scrolled page is laid out by the page
        at = widget.mapTo(around, QPoint(0, 0))
        inside = around.rect().adjusted(-SLACK, -SLACK, SLACK, SLACK)
        if not inside.contains(QRect(at, widget.size())):
            return True
        part, around = around, around.parentWidget()
    return False


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


Opener = Callable[[Callable[[], Desk], Lang], MainWindow]


@pytest.fixture
def at_size(desk: Desk, open_window: Opener) -> Callable[[Lang, float], list[str]]:
    """Return what looks for wrong texts at every place, on the smallest PC that is promised."""
    row = furnish(desk)

    def look(lang: Lang, scale: float) -> list[str]:
        theme().apply("light", scale)
        window = open_window(lambda: desk, lang)
        window.resize(SMALLEST)
        assert settle(lambda: window.workspace is not None)
        found = [one for name, root in walk(window, desk, row) for one in wrongs(name, root)]
        assert (window.width(), window.height()) == (SMALLEST.width(), SMALLEST.height())
        return found

    return look


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("lang", "scale"), [("en", 1.5)])
def test_every_text_is_whole_and_in_words(
    at_size: Callable[[Lang, float], list[str]], lang: Lang, scale: float
) -> None:
    """Long English at 150 % on 1280 × 720 is where a text is cut off first."""
    found = at_size(lang, scale)
    assert found == [], "\n".join(found)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "scale",
    [1.0, 1.25, 1.5, 2.0],
)
@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_every_text_is_whole_at_every_size(
    at_size: Callable[[Lang, float], list[str]], lang: Lang, scale: float
) -> None:
    found = at_size(lang, scale)
    assert found == [], "\n".join(found)


def wrongs(name: str, root: QWidget) -> list[str]:
    """Return what is cut off, left out or untranslated at a place."""
    wrong: list[str] = []
    for widget, text in texts_of(root):
        said = f"{name}: {type(widget).__name__} {text[:40]!r}"
        if cut(widget, text):
            wrong.append(f"{said} cut at {widget.width()}x{widget.height()}")
        if hidden_part(widget, root):
            wrong.append(f"{said} reaches out of what it stands in")
        if KEY.search(text) or PLACE.search(text):
            wrong.append(f"{said} untranslated")
    over = root.window()
    spot = root.rect().translated(root.mapTo(over, QPoint(0, 0)))
    if not scrolls(root) and not over.rect().contains(spot):
        wrong.append(f"{name}: reaches out of the window")
    if root is over and (root.width() > SMALLEST.width() or root.height() > SMALLEST.height()):
        wrong.append(f"{name}: {root.width()}x{root.height()} is larger than the screen")
    return wrong


@pytest.mark.parametrize("lang", ["en"])
def test_english_shows_no_chinese_of_ours(desk: Desk, open_window: Opener, lang: Lang) -> None:
    window = open_window(lambda: desk, lang)
    assert settle(lambda: window.workspace is not None)
    assert window.workspace is not None
    theirs = {"无锡滨湖店", "林晓", "安", "林", "中文", "何丽"}
    chinese = []
    for name in ("today", "complaints", "sync", "settings", "reports", "approvals"):
        show(window.workspace, name)
        chinese += [
            f"{name}: {text}"
            for _widget, text in texts_of(window.workspace)
            if re.search(r"[\u4e00-\u9fff]", text) and text.strip() not in theirs
        ]
    assert chinese == []
