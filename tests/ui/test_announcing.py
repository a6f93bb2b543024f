"""A screen reader speaks what appears beside the keyboard, and is told no password."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.texts import Texts
from ui.shell.rail import Rail, RailEntry
from ui.theme import theme
from ui.widgets.buttons import PushButton
from ui.widgets.feedback import Banner, Toast
from ui.widgets.inputs import Choice, Field, LineEdit, Option
from ui.widgets.layout import box, column
from ui.widgets.password import PasswordLine

Said = list[tuple[str, bool]]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[Said]:
    """Collect what is handed to Qt to speak: the words, and whether at once."""
    heard: Said = []

    def hear(event: QAccessibleEvent) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            urgent = event.politeness() == QAccessible.AnnouncementPoliteness.Assertive
            heard.append((event.message(), urgent))

    monkeypatch.setattr(QAccessible, "updateAccessibility", hear)
    theme().apply("light", 1.0)
    QAccessible.setActive(True)
    yield heard
    QAccessible.setActive(False)


def shown(qtbot: QtBot, *parts: QWidget) -> QWidget:
    page = box(column(*parts))
    qtbot.addWidget(page)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    return page


def test_notes_are_spoken_and_bad_news_at_once(qtbot: QtBot, said: Said) -> None:
    page = shown(qtbot, LineEdit())
    toast = Toast(page, "关闭")
    toast.say("已保存")
    toast.say("磁盘已满", "bad")
    assert said == [("已保存", False), ("磁盘已满", True)]


def test_a_banner_is_spoken_when_it_says_something_new(qtbot: QtBot, said: Said) -> None:
    banner = Banner()
    banner.say("还没有登录")
    page = shown(qtbot, banner)
    banner.say("没有连上总部")
    banner.say("没有连上总部")
    banner.say("")
    assert said == [("没有连上总部", False)]
    page.hide()
    banner.say("没有人看见")
    assert said == [("没有连上总部", False)]


def test_what_is_wrong_with_a_field_is_spoken(qtbot: QtBot, said: Said) -> None:
    field = Field("金额", LineEdit(), hint="元")
    page = shown(qtbot, field)
    assert page.isVisible()
    field.set_error("请填写金额")
    field.set_error("")
    assert said == [("请填写金额", True)]
    assert field.editor.accessibleDescription() == "元"


def test_without_a_reader_nothing_is_said(qtbot: QtBot, said: Said) -> None:
    QAccessible.setActive(False)
    page = shown(qtbot, LineEdit())
    Toast(page, "关闭").say("已保存")
    assert said == []


def test_letters_of_a_password_stay_with_the_line(qtbot: QtBot, said: Said) -> None:
    del said
    line, heard = PasswordLine(Texts("zh_CN")), list[tuple[str, bool]]()
    line.textEdited.connect(lambda text: heard.append((text, QAccessible.isActive())))
    page = shown(qtbot, line)
    assert page.isActiveWindow()
    line.setFocus()
    qtbot.keyClicks(line, "pw")
    qtbot.keyClick(line, Qt.Key.Key_Backspace)
    assert heard == [("p", False), ("pw", False), ("p", False)]
    assert QAccessible.isActive()
    line.eye.toggle()
    qtbot.keyClicks(line, "x")
    assert heard[-1] == ("px", True)


@pytest.mark.parametrize(
    ("many", "role"), [(False, QAccessible.Role.RadioButton), (True, QAccessible.Role.CheckBox)]
)
def test_chips_say_whether_one_or_several_can_be_chosen(
    qtbot: QtBot, many: bool, role: QAccessible.Role
) -> None:
    choice = Choice([Option("a", "退货"), Option("b", "换货")], many=many)
    qtbot.addWidget(choice)
    choice.set_value("b")
    told = QAccessible.queryAccessibleInterface(choice.chip("b"))
    assert told.role() == role
    assert told.state().checked == 1


def test_what_a_reader_checks_is_chosen_as_by_a_click(qtbot: QtBot) -> None:
    """A reader's default action on a radio button checks it without a click."""
    rail = Rail([RailEntry(n, "check", n, n) for n in ("today", "intake")], "导航", "安")
    choice = Choice([Option("a", "退货"), Option("b", "换货")])
    chosen, picked = list[str](), list[int]()
    rail.chosen.connect(chosen.append)
    choice.picked.connect(lambda: picked.append(1))
    for widget in (rail, choice):
        qtbot.addWidget(widget)
    rail.select("today")
    choice.set_value("a")
    assert (chosen, picked) == ([], [])
    today, intake = rail.findChildren(PushButton)
    intake.toggle()
    choice.chip("b").toggle()
    assert (chosen, picked) == (["intake"], [1])
    today.click()
    today.click()
    choice.chip("a").click()
    assert (chosen, picked) == (["intake", "today", "today"], [1, 1])
    with qtbot.waitSignal(choice.clicked, timeout=1000):
        choice.chip("a").click()
    assert picked == [1, 1]
