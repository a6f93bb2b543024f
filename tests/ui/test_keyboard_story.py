"""From login to the signed settlement by keys alone, into whatever has the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage

from desktop.services.desk import Desk, TicketPage
from tests.ui.conftest import PASSWORD, MovingClock
from tests.ui.story_kit import Clerk
from ui.main_window import MainWindow
from ui.screens.ticket import TicketScreen
from ui.screenshots import settle
from ui.shell.login import LoginPage
from ui.shell.workspace import Workspace
from ui.widgets.inputs import CheckBox

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
MOST_STEPS = 9


class Counter(Clerk):
    """A clerk with one complaint on the screen; waits for the program, never reaches past it."""

    def __init__(self, clock: MovingClock, window: MainWindow) -> None:
        super().__init__(clock)
        self.window = window

    @property
    def workspace(self) -> Workspace:
        assert self.window.workspace is not None
        return self.window.workspace

    @property
    def screen(self) -> TicketScreen:
        front = self.workspace.front
        assert isinstance(front, TicketScreen)
        return front

    @property
    def page(self) -> TicketPage:
        assert self.screen.page is not None
        return self.screen.page

    def wait(self, done: Callable[[], bool] = lambda: True) -> None:
        assert settle(lambda: done() and self.workspace.ui.background.idle)

    def tab_until(self, words: str, most: int = 20) -> None:
        """Press Tab until what has the keyboard is called so."""
        for _ in range(most):
            if self.focus().accessibleName().startswith(words):
                return
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"Tab did not reach {words}, but {self.focus().accessibleName()}")

    def missing(self) -> list[str]:
        return [found.text["zh_CN"] for found in self.page.missing]

    def step(self) -> str:
        return self.page.current.id if self.page.current else ""

    def tick(self) -> None:
        """Tick what the step asks for; the keyboard is there already."""
        current = self.page.current
        assert current is not None
        wanted = {f"{current.id}.{item.id}" for item in current.do if item.required}
        names = {self.screen.step.checks[key].accessibleName() for key in wanted}
        while isinstance(box := self.focus(), CheckBox):
            if box.accessibleName() in names and not box.isChecked():
                self.press(Qt.Key.Key_Space)
                self.wait()
            self.press(Qt.Key.Key_Tab)

    def complete(self) -> None:
        step = self.step()
        self.press(Qt.Key.Key_Return, CTRL)
        self.wait(lambda: step in self.page.state.steps_done)

    def gate(self, words: str) -> None:
        """Open what a closed gate asks for by its link."""
        self.tab_until(words)
        self.press(Qt.Key.Key_Space)
        self.wait()

    def send(self, words: str) -> None:
        """Press the button of the form, and wait until the ticket knows."""
        seen = len(self.page.events)
        self.tab_until(words)
        self.press(Qt.Key.Key_Space)
        self.wait(lambda: len(self.page.events) > seen)


def logged_in(desk: Desk, clock: MovingClock, window: MainWindow) -> Counter:
    """Log in by the login page, from the password line that has the keyboard."""
    at = Counter(clock, window)
    assert settle(lambda: window.findChild(LoginPage) is not None)
    at.press(Qt.Key.Key_Backtab, SHIFT)
    at.type("lin")
    at.press(Qt.Key.Key_Tab)
    at.type(PASSWORD)
    at.press(Qt.Key.Key_Return)
    assert settle(lambda: window.workspace is not None)
    at.wait(lambda: not at.workspace.front.busy())
    return at


def test_from_login_to_the_signed_settlement_without_a_mouse(
    desk: Desk, clock: MovingClock, open_window: Callable[..., MainWindow]
) -> None:
    """IN-02, FL-02, CO-10: every job of the counter, each key into what has the keyboard."""
    desk.log_out()
    at = logged_in(desk, clock, open_window(lambda: desk))
    at.press(Qt.Key.Key_N)
    at.wait(lambda: at.workspace.route[0] == "intake")
    at.type("the washer leaks again")
    at.press(Qt.Key.Key_Tab)
    at.type("a new machine")
    for keys in (Qt.Key.Key_Tab, Qt.Key.Key_3, Qt.Key.Key_Tab):
        at.press(keys)
    at.type("SP-11")
    for keys in (Qt.Key.Key_Tab, Qt.Key.Key_3, Qt.Key.Key_Tab):
        at.press(keys)
    at.type("Wang")
    at.press(Qt.Key.Key_Tab)
    at.type("13800002201")
    at.press(Qt.Key.Key_Return, CTRL)
    at.wait(lambda: at.workspace.route[0] == "ticket" and not at.workspace.front.busy())
    began = clock.at
    for _ in range(MOST_STEPS):
        if at.page.state.signed is not None:
            break
        at.tick()
        if any("还差凭证" in words for words in at.missing()):
            picture = QImage(40, 30, QImage.Format.Format_RGB32)
            picture.fill(QColor("teal"))
            QGuiApplication.clipboard().setImage(picture)
            at.press(Qt.Key.Key_V, CTRL)
            at.wait(lambda: bool(at.page.state.evidence))
        if any("沟通" in words for words in at.missing()):
            at.gate("还没有与顾客沟通")
            at.tab_until("说了什么")
            at.type("told how it goes on")
            at.send("记录沟通")
        if any("解决方案" in words for words in at.missing()):
            at.gate("还未登记解决方案")
            at.type("exchanged")
            at.send("登记方案")
        if any("还未签字" in words for words in at.missing()):
            at.gate("还未签字")
            at.send("已签字")
        at.complete()
    assert at.page.state.text("signed_how") == "paper"
    assert at.step() == "callback"
    assert clock.at - began < timedelta(minutes=5)
