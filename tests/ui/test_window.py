"""The window opens at once, lets people in, and goes everywhere by keyboard."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.bootstrap import open_desk
from desktop.services.desk import Desk
from desktop.services.ports import StorageFault
from tests.ui.conftest import PASSWORD, MovingClock, StrayWindows, complain, enter, rest, show
from tests.ui.story_kit import press
from ui.app import show_fitting
from ui.main_window import MainWindow
from ui.screens.ticket import TicketScreen
from ui.screenshots import settle
from ui.shell.login import LoginPage, OpeningPage, SetupPage
from ui.shell.workspace import ENTRIES, Workspace
from ui.theme import theme

OpenWindow = Callable[..., MainWindow]


def test_window_is_shown_while_the_store_is_still_being_opened(
    tmp_path: Path, open_window: OpenWindow
) -> None:
    gate = threading.Event()

    def slowly() -> Desk:
        gate.wait(30)
        return open_desk(tmp_path / "store")

    window = open_window(slowly)
    assert window.isVisible()
    assert isinstance(window.centralWidget(), OpeningPage)
    gate.set()
    assert settle(lambda: isinstance(window.centralWidget(), SetupPage))


def test_data_that_cannot_be_opened_is_said_and_can_be_tried_again(
    tmp_path: Path, open_window: OpenWindow
) -> None:
    tries: list[int] = []

    def broken_once() -> Desk:
        tries.append(1)
        if len(tries) == 1:
            raise StorageFault("the key file is missing")
        return open_desk(tmp_path / "store")

    window = open_window(broken_once)
    page = window.centralWidget()
    assert isinstance(page, OpeningPage)
    assert settle(lambda: "the key file is missing" in page.banner.text)
    page.retry.emit()
    assert settle(lambda: isinstance(window.centralWidget(), SetupPage))


def test_first_run_names_the_store_and_its_first_person(
    tmp_path: Path, open_window: OpenWindow
) -> None:
    desk = open_desk(tmp_path / "store")
    window = open_window(lambda: desk)
    assert settle(lambda: isinstance(window.centralWidget(), SetupPage))
    page = window.centralWidget()
    assert isinstance(page, SetupPage)
    for line, text in (
        (page.store, "S0217"),
        (page.store_name, "无锡滨湖店"),
        (page.name, "何丽"),
        (page.login, "he"),
        (page.password, PASSWORD),
        (page.repeat, "something else"),
    ):
        line.setText(text)
    page.submit()
    assert "不一致" in page.banner.text
    page.repeat.setText(PASSWORD)
    page.submit()
    assert settle(lambda: window.workspace is not None)
    assert desk.store.name == "无锡滨湖店"
    assert desk.person is not None
    assert desk.person.name == "何丽"
    assert "添加其他人员" in window.workspace.toast.text


def test_a_wrong_password_is_refused_in_words_and_the_right_one_enters(
    desk: Desk, open_window: OpenWindow
) -> None:
    desk.log_out()
    window = open_window(lambda: desk)
    assert settle(lambda: isinstance(window.centralWidget(), LoginPage))
    page = window.centralWidget()
    assert isinstance(page, LoginPage)
    page.people.set_value("lin")
    assert page.login.text() == "lin"
    page.password.setText("wrong")
    QTest.keyClick(page.password, Qt.Key.Key_Return)
    assert settle(lambda: bool(page.banner.text))
    assert desk.person is None
    page.password.setText(PASSWORD)
    QTest.keyClick(page.password, Qt.Key.Key_Return)
    assert settle(lambda: window.workspace is not None)
    assert desk.person is not None
    assert desk.person.login == "lin"


def test_locking_asks_for_a_person_again(workspace: Workspace, desk: Desk) -> None:
    window = workspace.window()
    assert isinstance(window, MainWindow)
    workspace.topbar.lock_wanted.emit()
    assert settle(lambda: isinstance(window.centralWidget(), LoginPage))
    assert desk.person is None
    page = window.centralWidget()
    assert isinstance(page, LoginPage)
    assert page.card.heading.text() == "已锁定"
    assert page.login.text() == "lin"


def test_n_begins_a_complaint_but_is_a_letter_in_a_field(workspace: Workspace) -> None:
    workspace.setFocus()
    QTest.keyClick(workspace, Qt.Key.Key_N)
    assert workspace.route[0] == "intake"
    workspace.go("complaints", None)
    search = workspace.front.findChild(type(workspace.topbar.search))
    assert search is not None
    QTest.keyClick(search, Qt.Key.Key_N)
    assert workspace.route[0] == "complaints"
    assert search.text() == "n"


def test_a_table_leaves_single_keys_to_the_window(workspace: Workspace, desk: Desk) -> None:
    complain(desk)
    show(workspace, "complaints")
    table = workspace.front.table  # type: ignore[attr-defined]
    QTest.keyClick(table, Qt.Key.Key_N)
    assert workspace.route[0] == "intake"


def test_alt_and_a_digit_changes_the_screen(workspace: Workspace) -> None:
    for place, (screen, _icon) in enumerate(ENTRIES[:9], start=1):
        key = Qt.Key(Qt.Key.Key_0.value + place)
        QTest.keyClick(workspace.window(), key, Qt.KeyboardModifier.AltModifier)
        assert workspace.route[0] == screen


def test_escape_leads_back_from_ticket_to_list(workspace: Workspace, desk: Desk) -> None:
    show(workspace, "ticket", complain(desk).stream)
    QTest.keyClick(workspace.front, Qt.Key.Key_Escape)
    assert workspace.route[0] == "complaints"


def test_ctrl_k_finds_a_ticket_by_words_and_enter_opens_it(
    workspace: Workspace, desk: Desk
) -> None:
    wanted = complain(desk)
    complain(desk, verbatim="面包里有塑料片", customer_name="陈玉兰", phone="13800003302")
    QTest.keyClick(workspace.window(), Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    workspace.topbar.search.setText("漏了一地")
    assert settle(lambda: workspace.finder.shown)
    assert len(workspace.finder.results()) == 1
    assert wanted.number in workspace.finder.results()[0]
    QTest.keyClick(workspace.topbar.search, Qt.Key.Key_Return)
    assert workspace.route == ("ticket", wanted.stream)


def test_ctrl_k_finds_what_stands_in_the_persons_menu(workspace: Workspace) -> None:
    workspace.finder.focus()
    workspace.topbar.search.setText("交接")
    assert settle(lambda: workspace.finder.answered == "交接")
    assert workspace.finder.results()[0].startswith("交接班")
    QTest.keyClick(workspace.topbar.search, Qt.Key.Key_Return)
    assert workspace.route[0] == "handover"


def test_a_refusal_goes_with_its_screen_and_a_fault_stays(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(workspace, "settings")
    workspace.toast.say("密码太短", "warn")
    show(workspace, "reports")
    assert workspace.toast.isVisible(), "said by an act that went on at once"
    monkeypatch.setattr("ui.widgets.feedback.READ_MS", -1)
    show(workspace, "today")
    assert not workspace.toast.isVisible()
    workspace.toast.say("磁盘已满", "bad")
    show(workspace, "reports")
    assert workspace.toast.isVisible()


def test_f1_lists_the_keys_of_the_screen_and_escape_closes_it(workspace: Workspace) -> None:
    QTest.keyClick(workspace.window(), Qt.Key.Key_F1)
    assert workspace.key_list.isVisible()
    QTest.keyClick(workspace.key_list, Qt.Key.Key_Escape)
    assert not workspace.key_list.isVisible()


def test_the_list_of_keys_gives_the_keyboard_back(workspace: Workspace, desk: Desk) -> None:
    """Esc after F1 leaves one where one was; Tab from a new screen begins in that screen."""
    show(workspace, "ticket", complain(desk).stream)
    rest(workspace)
    front = workspace.front
    assert isinstance(front, TicketScreen)
    box = next(iter(front.step.checks.values()))
    press(box, Qt.Key.Key_F1)
    assert workspace.key_list.isVisible()
    QTest.keyClick(workspace.key_list, Qt.Key.Key_Escape)
    assert box.hasFocus()
    show(workspace, "settings")
    QTest.keyClick(workspace.window(), Qt.Key.Key_Tab)
    focus = QApplication.focusWidget()
    assert focus is not None
    assert workspace.front.isAncestorOf(focus)


def test_a_window_of_no_known_place_fills_a_screen_that_is_too_small(qtbot: QtBot) -> None:
    """On 1280 × 720 nothing lies below the edge of the screen at the first start."""
    window = QWidget()
    qtbot.addWidget(window)
    room = window.screen().availableGeometry().size()
    window.resize(room * 2)
    show_fitting(window, known=False)
    assert window.isMaximized()
    small = QWidget()
    qtbot.addWidget(small)
    small.resize(room / 2)
    show_fitting(small, known=False)
    assert not small.isMaximized()


def test_language_changes_at_once_and_typing_survives_it(workspace: Workspace, desk: Desk) -> None:
    window = workspace.window()
    assert isinstance(window, MainWindow)
    show(workspace, "intake")
    QTest.keyClicks(workspace.front.form.verbatim, "TV is broken")  # type: ignore[attr-defined]
    workspace.topbar.language_wanted.emit("en")
    assert settle(lambda: window.workspace is not None and window.workspace is not workspace)
    english = window.workspace
    assert english is not None
    rest(english)
    assert english.ui.texts.lang == "en"
    show(english, "today")
    rest(english)
    assert [draft.body["verbatim"] for draft in desk.drafts()] == ["TV is broken"]


def test_size_and_appearance_change_at_once_and_are_remembered(
    workspace: Workspace, open_window: OpenWindow
) -> None:
    window = workspace.window()
    assert isinstance(window, MainWindow)
    workspace.topbar.appearance_wanted.emit("dark")
    assert theme().tokens.name == "dark"
    workspace.topbar.scale_wanted.emit(1.5)
    assert theme().scale == 1.5
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    assert app.font().pixelSize() == 21
    assert window._preferences.scale == 1.5
    assert window._preferences.appearance == "dark"


def test_no_screen_touches_the_store_on_the_gui_thread(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clock: MovingClock, open_window: OpenWindow
) -> None:
    desk = enter(open_desk(tmp_path / "store", clock=clock))
    ticket = complain(desk)
    threads: dict[str, set[int]] = {}
    # What only looks at memory may be asked anywhere; all else reads or writes the store.
    light = {"actor", "close", "now", "log_out", "tidy"}
    for name, real in inspect.getmembers(Desk, inspect.isfunction):
        if name.startswith("_") or name in light:
            continue

        def watched(*args: object, real: Callable[..., object] = real, **kw: object) -> object:
            threads.setdefault(real.__name__, set()).add(threading.get_ident())
            return real(*args, **kw)

        monkeypatch.setattr(Desk, name, watched)
    window = open_window(lambda: desk)
    assert settle(lambda: window.workspace is not None)
    workspace = window.workspace
    assert workspace is not None
    for name in (*(name for name, _icon in ENTRIES), "handover", "quality"):
        show(workspace, name)
    show(workspace, "ticket", ticket.stream)
    rest(workspace)
    assert {"today", "page", "ticket", "sync_status", "approvals"} <= threads.keys()
    here = threading.get_ident()
    assert [name for name, where in threads.items() if here in where] == []


def test_nothing_flashes_up_as_a_window_of_its_own(
    desk: Desk, open_window: OpenWindow, qapp: QApplication
) -> None:
    ticket = complain(desk)
    watch = StrayWindows()
    qapp.installEventFilter(watch)
    window = open_window(lambda: desk)
    assert settle(lambda: window.workspace is not None)
    workspace = window.workspace
    assert workspace is not None
    for name in (*(name for name, _icon in ENTRIES), "handover", "quality"):
        show(workspace, name)
    show(workspace, "ticket", ticket.stream)
    qapp.removeEventFilter(watch)
    assert watch.seen == []


def test_qts_own_words_follow_the_language(workspace: Workspace) -> None:
    """The menu of a text field and the dialog of a file are texts of the window as well."""
    window = workspace.window()
    assert isinstance(window, MainWindow)

    def menu() -> list[str]:
        found = workspace.topbar.search.createStandardContextMenu()
        words = [act.text() for act in found.actions() if act.text()]
        found.deleteLater()
        return words

    assert any("粘贴" in words for words in menu())
    window.set_language("en")
    assert settle(lambda: window.workspace is not None)
    assert window.workspace is not None
    workspace = window.workspace
    assert any("Paste" in words for words in menu())
    window.set_language("zh_CN")
