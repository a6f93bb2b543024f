"""The focus is drawn round what paints itself, and a screen reader is told what that is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from ui.accessible_roles import install_roles
from ui.theme import theme
from ui.widgets.feedback import Banner, Glyph
from ui.widgets.focus_ring import FocusRing
from ui.widgets.image_view import CropView, ImageView
from ui.widgets.layout import Card, box, column
from ui.widgets.progress import AuthorityMeter, ProgressStrip, StatTile
from ui.widgets.signature import SignaturePad
from ui.widgets.text import Pill

Role = QAccessible.Role


def has_ring(picture: QImage) -> bool:
    colour = theme().colour("focus").rgb()
    middle = picture.height() // 2
    return picture.pixel(0, middle) == colour and picture.pixel(1, middle) == colour


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_ring_comes_with_the_focus_and_takes_no_mouse(qtbot: QtBot, mode: str) -> None:
    theme().apply("dark" if mode == "dark" else "light", 1.0)
    around, other = QWidget(), QLineEdit()
    around.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    around.setFixedSize(200, 60)
    ring = FocusRing(around)
    page = box(column(other, around))
    qtbot.addWidget(page)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    other.setFocus()
    assert not has_ring(around.grab().toImage())
    around.setFocus()
    assert has_ring(around.grab().toImage())
    assert page.childAt(around.geometry().center()) is around
    around.setFixedSize(300, 90)
    assert ring.size() == around.size()
    other.setFocus()
    assert not has_ring(around.grab().toImage())


def test_what_is_painted_by_ourselves_has_a_role(qtbot: QtBot) -> None:
    install_roles()
    theme().apply("light", 1.0)
    wanted: list[tuple[QWidget, QAccessible.Role]] = [
        (SignaturePad("签名", "请签名"), Role.Canvas),
        (ImageView("照片"), Role.Graphic),
        (CropView("字迹"), Role.Graphic),
        (Glyph("info"), Role.Graphic),
        (AuthorityMeter(), Role.Graphic),
        (ProgressStrip(), Role.Indicator),
        (StatTile("待办"), Role.Grouping),
        (Card("处理"), Role.Grouping),
        (Banner(), Role.AlertMessage),
        (Pill("待上传"), Role.StaticText),
    ]
    for widget, role in wanted:
        qtbot.addWidget(widget)
        told = QAccessible.queryAccessibleInterface(widget)
        assert told.role() == role, widget
        widget.setAccessibleName("改了名")
        assert told.text(QAccessible.Text.Name) == "改了名", widget
