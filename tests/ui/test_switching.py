"""Two people on one PC change in seconds; a locked window comes back as it was left."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.services.desk import Desk
from tests.ui.conftest import PASSWORD, complain, rest, show
from ui.main_window import MainWindow
from ui.screens.intake import IntakeScreen
from ui.screenshots import settle
from ui.shell.idle import IdleWatch, minutes_of
from ui.shell.login import LoginPage
from ui.shell.workspace import Workspace

OpenWindow = Callable[..., MainWindow]


@pytest.fixture
def window(desk: Desk, open_window: OpenWindow) -> MainWindow:
    window = open_window(lambda: desk)
    assert settle(lambda: window.workspace is not None and not window.workspace.front.busy())
    return window


def inside(window: MainWindow) -> Workspace:
    assert window.workspace is not None
    return window.workspace


def login_page(window: MainWindow) -> LoginPage:
    assert settle(lambda: isinstance(window.centralWidget(), LoginPage))
    page = window.centralWidget()
    assert isinstance(page, LoginPage)
    return page


def come_in(window: MainWindow, login: str) -> None:
    page = login_page(window)
    page.login.setText(login)
    page.password.setText(PASSWORD)
    page.submit()
    assert settle(lambda: window.workspace is not None)


def typing(window: MainWindow) -> IntakeScreen:
    show(inside(window), "intake")
    screen = inside(window).front
    assert isinstance(screen, IntakeScreen)
    screen.form.expectation.setFocus()
    QTest.keyClicks(screen.form.expectation, "a new one")
    return screen


def test_a_locked_window_comes_back_to_the_same_place_for_the_same_person(
    window: MainWindow, desk: Desk
) -> None:
    screen, before = typing(window), inside(window)
    window.lock()
    assert desk.person is None
    login_page(window)
    assert not before.isVisible()
    QTest.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert before.route[0] == "intake"
    come_in(window, "lin")
    assert window.workspace is before
    assert inside(window).front is screen
    assert screen.form.expectation.toPlainText() == "a new one"
    assert window.focusWidget() is screen.form.expectation


def test_another_person_takes_the_place_over_and_signs_what_they_do(
    window: MainWindow, desk: Desk
) -> None:
    opened = complain(desk)
    show(inside(window), "ticket", opened.stream)
    window.switch()
    page = login_page(window)
    assert desk.person is not None
    assert desk.person.login == "lin"
    assert list(page.people._chips) == ["he"]
    come_in(window, "he")
    assert inside(window).route == ("ticket", opened.stream)
    rest(inside(window))
    second = complain(desk, phone="13800002202")
    journal = desk.use_cases.journal
    assert desk.person.login == "he"
    assert journal.events(second.stream)[0].actor == desk.person.id
    assert journal.events(opened.stream)[0].actor != desk.person.id


def test_typing_of_the_one_who_left_stays_as_a_draft(window: MainWindow, desk: Desk) -> None:
    typing(window)
    window.switch()
    come_in(window, "he")
    rest(inside(window))
    assert [draft.body["expectation"] for draft in desk.drafts()] == ["a new one"]


def test_going_back_from_the_switch_changes_nothing(window: MainWindow, desk: Desk) -> None:
    screen, before = typing(window), inside(window)
    window.switch()
    QTest.keyClick(login_page(window), Qt.Key.Key_Escape)
    assert window.workspace is before
    assert inside(window).front is screen
    assert desk.person is not None
    assert desk.person.login == "lin"


def test_a_wrong_password_lets_nobody_in(window: MainWindow, desk: Desk) -> None:
    window.switch()
    page = login_page(window)
    page.password.setText("wrong-password")
    page.submit()
    assert settle(lambda: bool(page.banner.text))
    assert window.centralWidget() is page
    assert desk.person is not None
    assert desk.person.login == "lin"


def test_an_untouched_window_locks_itself(window: MainWindow, desk: Desk) -> None:
    assert window.idle.minutes == 10
    window.idle.idle.emit()
    login_page(window)
    assert desk.person is None
    assert window.idle.minutes == 0


def test_a_touch_begins_the_count_anew(window: MainWindow) -> None:
    handle = window.windowHandle()
    assert handle is not None
    window.idle.watch(handle, 1)
    window.idle._timer.start(5_000)
    at = QPointF(5, 5)
    move = QMouseEvent(
        QEvent.Type.MouseMove,
        at,
        at,
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(handle, move)
    assert window.idle._timer.remainingTime() > 5_000


def test_zero_minutes_never_locks(window: MainWindow) -> None:
    watch = IdleWatch(window)
    watch.watch(window.windowHandle(), 0)
    assert watch.minutes == 0
    assert minutes_of("") == 10
    assert minutes_of("0") == 0
    assert minutes_of("soon") == 10
