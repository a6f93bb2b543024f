"""A list that is read again, as after each exchange with HQ, leaves the keyboard where it is."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.outcomes import Refusal
from desktop.services.desk import Desk
from tests.ui.conftest import complain, rest, show
from tests.ui.story_kit import type_into
from ui.screens.compensate import CompensateScreen
from ui.screens.handover import HandoverScreen
from ui.screenshots import settle
from ui.shell.workspace import Workspace
from ui.widgets.buttons import Button
from ui.widgets.inputs import LineEdit
from ui.widgets.layout import clear, column


def named(name: str) -> LineEdit:
    line = LineEdit()
    line.setAccessibleName(name)
    return line


def test_typing_goes_on_in_the_line_that_takes_the_place(qtbot: QtBot) -> None:
    page, rows = QWidget(), column()
    page.setLayout(column(rows, Button("after")))
    qtbot.addWidget(page)
    page.show()
    page.activateWindow()
    assert QTest.qWaitForWindowActive(page)
    lines = [named("said"), named("said")]
    for line in lines:
        rows.addWidget(line)
    assert settle(lines[1].isVisible)
    type_into(lines[1], "hal way")
    lines[1].setCursorPosition(3)
    words = [line.text() for line in lines]
    clear(rows)
    fresh = [named("said"), named("said")]
    for line, text in zip(fresh, words, strict=True):
        line.setText(text)
        rows.addWidget(line)
    assert settle(fresh[1].hasFocus)
    QTest.keyClicks(fresh[1], "f")
    assert fresh[1].text() == "half way"


def test_what_is_gone_gives_the_keyboard_to_nothing_that_acts(qtbot: QtBot) -> None:
    """An Enter too many must not press the button that comes next outside of the screen."""
    window, screen, rows = QWidget(), QWidget(), column()
    screen.setProperty("role", "page")
    screen.setLayout(rows)
    rail = Button("rail")
    window.setLayout(column(rail, screen))
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    pay = Button("pay")
    rows.addWidget(pay)
    assert settle(pay.isVisible)
    pay.setFocus()
    clear(rows)
    assert settle(screen.hasFocus)
    assert not rail.hasFocus()


def test_a_voucher_number_and_a_word_to_the_next_shift_are_typed_through_an_exchange(
    workspace: Workspace, desk: Desk
) -> None:
    """What arrives meanwhile takes no letter."""
    stream = complain(desk).stream
    grant = desk.new_compensation("voucher", "goodwill", Decimal("300"), "customer", "x")
    assert not isinstance(desk.act(stream, grant), Refusal)
    show(workspace, "compensate", (stream, ""))
    screen = workspace.front
    assert isinstance(screen, CompensateScreen)
    type_into(next(iter(screen.items.lines.values())), "V-10")
    workspace.refresh()
    rest(workspace)
    assert settle(lambda: next(iter(screen.items.lines.values())).hasFocus())
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClicks(focus, "24")
    assert next(iter(screen.items.lines.values())).text() == "V-1024"
    show(workspace, "handover")
    handover = workspace.front
    assert isinstance(handover, HandoverScreen)
    type_into(handover._said[stream], "call at")
    workspace.refresh()
    rest(workspace)
    assert settle(lambda: handover._said[stream].hasFocus())
    QTest.keyClicks(handover._said[stream], " nine")
    assert handover._said[stream].text() == "call at nine"
