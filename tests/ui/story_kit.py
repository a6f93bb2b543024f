"""Walks a ticket in the real window by keys alone, whatever flow its pack gives it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.services.desk import TicketPage
from tests.ui.conftest import MovingClock, rest
from ui.screens.ticket import TicketScreen
from ui.screens.ticket_classify import ClassifyPanel
from ui.screens.ticket_panels import ContactPanel, Panel, SurveyPanel, TextPanel
from ui.screenshots import settle
from ui.shell.workspace import Workspace
from ui.widgets.buttons import Button

MOST_STEPS = 20
#: What a clerk needs a key: 150 characters a minute, committed by an input method.
KEY = timedelta(milliseconds=400)


def press(widget: QWidget, key: Qt.Key = Qt.Key.Key_Space) -> None:
    """Put the keyboard on a control, as Tab would, and press a key."""
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    assert widget.hasFocus(), f"{widget.accessibleName()} cannot take the keyboard"
    QTest.keyClick(widget, key)


def type_into(widget: QWidget, words: str) -> None:
    """Type words into a field."""
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClicks(widget, words)


def button(panel: QWidget, words: str) -> Button:
    """Return the visible button with these words."""
    found = [b for b in panel.findChildren(Button) if b.text().strip() == words and b.isVisible()]
    assert found, words
    return found[0]


class Walker:
    """One ticket's screen and a person at the keyboard."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        assert isinstance(workspace.front, TicketScreen)
        self.screen = workspace.front
        self.code, self.level = "SP-11", 3
        self.walked: list[str] = []
        self.gates: dict[str, Callable[[], None]] = {
            "evidence": self.paste_picture,
            "contacted": self.contact,
            "solved": self.solve,
            "signed": self.sign,
            "survey": self.survey,
            "code": self.classify,
            "level": self.classify,
            "trace": self.trace,
            "test_report": lambda: press(self.screen.step.checks["test.report"]),
            "external_reply": self.reply,
        }

    @property
    def page(self) -> TicketPage:
        """Return the ticket as the screen shows it."""
        assert self.screen.page is not None
        return self.screen.page

    def rest(self) -> None:
        rest(self.workspace)

    def panel(self, name: str) -> Panel:
        """Return the form of this name, opened as the gate's link or the menu opens it."""
        self.screen.open_form(name)
        self.rest()
        return self.screen.acts.panels[name]

    def walk(self) -> list[str]:
        """Go from the step in hand to the end and return the steps that were completed."""
        for _ in range(MOST_STEPS):
            step = self.page.current
            if step is None:
                break
            self.do_step(step.id)
        return self.walked

    def do_step(self, step: str) -> None:
        """Tick what is required, open each gate by its form, complete by Ctrl+Enter."""
        done = self.page.state.checks_done(step)
        current = self.page.current
        assert current is not None
        for item in current.do:
            if item.required and item.id not in done:
                press(self.screen.step.checks[f"{step}.{item.id}"])
        self.rest()
        for _ in range(6):
            closed = [m.id for m in self.page.missing if m.id in self.gates]
            if not closed:
                break
            self.gates[closed[0]]()
            self.rest()
        assert [m.text for m in self.page.missing] == [], step
        QTest.keyClick(self.screen, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        # Qt presses a button by its shortcut a moment later than by a click.
        assert settle(lambda: step in self.page.state.steps_done), step
        self.rest()
        self.walked.append(step)

    # gates
    def paste_picture(self) -> None:
        image = QImage(40, 30, QImage.Format.Format_RGB32)
        image.fill(QColor(10 * len(self.page.state.evidence), 80, 160))
        QGuiApplication.clipboard().setImage(image)
        self.screen.setFocus()
        QTest.keyClick(self.screen, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)

    def contact(self) -> None:
        panel = self.panel("contact")
        assert isinstance(panel, ContactPanel)
        type_into(panel.note, "told how it goes on")
        press(button(panel, "记录沟通"))

    def solve(self) -> None:
        panel = self.panel("solution")
        assert isinstance(panel, TextPanel)
        type_into(panel.text, "exchanged and tried together")
        press(button(panel, "登记方案"))

    def sign(self) -> None:
        press(button(self.panel("sign"), "已签字"))

    def survey(self) -> None:
        panel = self.panel("survey")
        assert isinstance(panel, SurveyPanel)
        press(panel.score.chip("5"))
        press(button(panel, "登记回访"))

    def classify(self) -> None:
        panel = self.panel("classify")
        assert isinstance(panel, ClassifyPanel)
        panel.code.setFocus()
        QTest.keyClicks(panel.code, self.code)
        press(panel.level.chip(str(self.level)))
        if panel.reason.isVisible():
            type_into(panel.reason, "as seen at the counter")
        press(button(panel, "定级"))

    def trace(self) -> None:
        panel = self.panel("classify")
        assert isinstance(panel, ClassifyPanel)
        type_into(panel.sku, "6901234567892")
        type_into(panel.batch, "2411A")
        if panel.reason.isVisible() and not panel.reason.text():
            type_into(panel.reason, "as seen at the counter")
        press(button(panel, "定级"))

    def reply(self) -> None:
        press(button(self.panel("case_reply"), "登记答复"))


def focus_is_in(widget: QWidget) -> bool:
    """Tell whether the keyboard is somewhere in `widget`."""
    focused = QApplication.focusWidget()
    return focused is not None and widget.isAncestorOf(focused)


class Clerk:
    """Types into whatever has the focus and lets the clock run as a person would."""

    def __init__(self, clock: MovingClock) -> None:
        self.clock = clock
        self.began = clock.at

    def focus(self) -> QWidget:
        widget = QApplication.focusWidget()
        assert widget is not None
        return widget

    def type(self, words: str) -> None:
        for letter in words:
            QTest.keyClicks(self.focus(), letter)
            self.clock.move(KEY)

    def press(self, key: Qt.Key, *more: Qt.KeyboardModifier) -> None:
        modifier = more[0] if more else Qt.KeyboardModifier.NoModifier
        QTest.keyClick(self.focus(), key, modifier)
        self.clock.move(KEY)

    def tab_to(self, wanted: QWidget) -> None:
        for _ in range(60):
            focus = self.focus()
            if focus is wanted or wanted.isAncestorOf(focus):
                return
            self.press(Qt.Key.Key_Tab)
        raise AssertionError("Tab never got there")

    @property
    def taken(self) -> timedelta:
        return self.clock.at - self.began
