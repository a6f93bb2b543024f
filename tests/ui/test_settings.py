"""Settings: what is changed is kept, what may not be changed says so, restoring opens anew."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from desktop.services.customers import Imported
from desktop.services.desk import Desk
from desktop.services.ports import Person
from desktop.services.ticket_ports import TicketFilter
from desktop.texts import Lang
from tests.ui.conftest import PASSWORD, complain, rest, show
from tests.ui.story_kit import type_into
from ui.main_window import MainWindow
from ui.screens.settings import SECTIONS, SettingsScreen
from ui.screens.settings_about import AboutPage, CheckPage
from ui.screens.settings_data import DataPage
from ui.screens.settings_people import PeoplePage
from ui.screens.settings_store import LookPage, PrintPage, StorePage
from ui.screenshots import settle
from ui.shell.workspace import Workspace
from ui.widgets.buttons import Button
from ui.widgets.feedback import Banner
from ui.widgets.password import PasswordLine


@pytest.fixture
def manager(desk: Desk) -> Desk:
    desk.log_in("he", PASSWORD)
    return desk


def settings(workspace: Workspace, section: str) -> SettingsScreen:
    show(workspace, "settings", section)
    assert isinstance(workspace.front, SettingsScreen)
    rest(workspace)
    return workspace.front


def words(screen: SettingsScreen) -> str:
    page = screen.pages[screen.sections.value() or ""]
    return " ".join(label.text() for label in page.findChildren(QLabel))


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_opens(manager: Desk, workspace: Workspace, section: str) -> None:
    screen = settings(workspace, section)
    assert screen.sections.value() == section
    assert screen.pages[section].isVisible()


def test_a_manager_adds_a_person_who_can_then_log_in(manager: Desk, workspace: Workspace) -> None:
    page = settings(workspace, "people").pages["people"]
    assert isinstance(page, PeoplePage)
    page.login.setText("chen")
    page.name.setText("陈思远")
    page.password.setText("another-word-2")
    page.role.set_value("supervisor")
    page.add()
    rest(workspace)
    assert [p.role for p in manager.people() if p.login == "chen"] == ["supervisor"]
    assert page.password.text() == ""
    assert "陈思远" in words(settings(workspace, "people"))


def test_a_clerk_sees_people_but_no_way_to_change_them(workspace: Workspace) -> None:
    screen = settings(workspace, "people")
    page = screen.pages["people"]
    shown = [b.accessibleName() for b in page.findChildren(Button) if b.isVisible()]
    assert [name for name in shown if "停用" in name or "重设" in name or "添加" in name] == []
    assert any("主管" in banner.text for banner in page.findChildren(Banner))


def test_enter_adds_the_person_and_begins_with_the_next(
    manager: Desk, workspace: Workspace
) -> None:
    page = settings(workspace, "people").pages["people"]
    assert isinstance(page, PeoplePage)
    for line, words in ((page.login, "chen"), (page.name, "Chen"), (page.password, "a-first-word")):
        type_into(line, words)
    QTest.keyClick(page.password, Qt.Key.Key_Return)
    rest(workspace)
    assert [p.login for p in manager.people() if p.name == "Chen"] == ["chen"]
    assert page.login.hasFocus()


def test_the_persons_menu_leads_to_another_password(workspace: Workspace, desk: Desk) -> None:
    """The eye shows what was typed; a wrong one is said and nothing changed."""
    menu = workspace.topbar.build_menu()
    next(act for act in menu.actions() if act.text() == "修改我的密码").trigger()
    rest(workspace)
    screen = workspace.front
    assert isinstance(screen, SettingsScreen)
    page = screen.pages["people"]
    before, after, again = [line for line in page.findChildren(PasswordLine) if line.isVisible()]
    assert before.hasFocus()
    for line, words in ((before, "not this"), (after, "my-own-word"), (again, "my-own-word")):
        type_into(line, words)
    QTest.keyClick(again, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert again.echoMode() == PasswordLine.EchoMode.Normal
    QTest.keyClick(again, Qt.Key.Key_Return)
    rest(workspace)
    assert any("现在的密码不对" in b.text for b in page.findChildren(Banner) if b.isVisible())
    before.clear()
    type_into(before, PASSWORD)
    QTest.keyClick(before, Qt.Key.Key_Return)
    rest(workspace)
    assert not before.isVisible()
    assert isinstance(desk.log_in("lin", "my-own-word"), Person)


def test_hours_are_kept_and_wrong_ones_are_said(manager: Desk, workspace: Workspace) -> None:
    page = settings(workspace, "store").pages["store"]
    assert isinstance(page, StorePage)
    page.hours["sun"][0].setChecked(False)
    page.hours["mon"][1].setText("25:00")
    page.save_hours()
    rest(workspace)
    assert "25:00" in workspace.toast.text
    page.hours["mon"][1].setText("08:00")
    page.save_hours()
    rest(workspace)
    assert manager.store.hours["mon"] == ("08:00", "21:00")
    assert "sun" not in manager.store.hours


def test_printer_scan_folder_sound_and_lock_are_remembered(
    manager: Desk, workspace: Workspace, tmp_path: Path
) -> None:
    printing = settings(workspace, "print").pages["print"]
    assert isinstance(printing, PrintPage)
    printing.set_folder(str(tmp_path / "nowhere"))
    assert "nowhere" in workspace.toast.text
    printing.set_folder(str(tmp_path))
    look = settings(workspace, "look").pages["look"]
    assert isinstance(look, LookPage)
    look.sounds.setChecked(False)
    look.idle.set_value("30")
    rest(workspace)
    assert manager.setting("paper.scan_folder") == str(tmp_path)
    assert manager.setting("reminders.sound") == "off"
    assert manager.setting("lock.minutes") == "30"


def test_a_backup_is_made_and_restored_and_the_window_opens_anew(
    manager: Desk,
    open_window: Callable[[Callable[[], Desk], Lang], MainWindow],
    tmp_path: Path,
) -> None:
    from desktop.bootstrap import open_desk

    desks = iter([manager])
    folder = tmp_path / "store"
    window = open_window(lambda: next(desks, None) or open_desk(folder), "zh_CN")
    assert settle(lambda: window.workspace is not None)
    workspace = window.workspace
    assert workspace is not None
    manager.use_cases.backups.set_folder(tmp_path / "kept")
    page = settings(workspace, "data").pages["data"]
    assert isinstance(page, DataPage)
    page.back_up()
    rest(workspace)
    made = manager.backups()
    assert len(made) == 1
    complain(manager)
    page.restore_form.ask(made[0])
    page.restore_form.restore()
    assert settle(lambda: window.workspace is None and window._desk is not manager)
    assert settle(lambda: window._background.idle and window._desk is not None)
    again = window._desk
    assert again is not None
    assert again.count(TicketFilter()) == 0
    assert len(list(tmp_path.glob("store.before-restore-*"))) == 1


def test_erasing_shows_what_it_will_do_before_it_does(manager: Desk, workspace: Workspace) -> None:
    row = complain(manager)
    page = settings(workspace, "data").pages["data"]
    card = next(c for c in page.findChildren(object) if type(c).__name__ == "_EraseCard")
    card.asked.setText(row.number)
    assert not card.erase_button.isVisible()
    card.look_up()
    rest(workspace)
    assert card.erase_button.isVisible()
    card.erase()
    rest(workspace)
    assert "未关闭" in workspace.toast.text.replace("还未关闭", "未关闭")


def test_diagnostics_and_licences_are_shown(manager: Desk, workspace: Workspace) -> None:
    check = settings(workspace, "check").pages["check"]
    assert isinstance(check, CheckPage)
    check.examine()
    rest(workspace)
    said = [banner.text for banner in check.findChildren(Banner)]
    assert any("数据库完好" in line for line in said)
    about = settings(workspace, "about").pages["about"]
    assert isinstance(about, AboutPage)
    rest(workspace)
    assert "Apache" in about.licences.toPlainText()


def test_customer_records_are_imported_in_the_background_and_can_be_stopped(
    manager: Desk, workspace: Workspace, tmp_path: Path
) -> None:
    """IN-04: what forms are checked against offline; a stop or a bad file changes nothing."""
    page = settings(workspace, "data").pages["data"]
    assert isinstance(page, DataPage)
    card = page.customers
    assert card is not None
    assert "还没有导入" in words(settings(workspace, "data"))
    bad, members, many = (tmp_path / name for name in ("bad.csv", "members.csv", "many.csv"))
    bad.write_text("a,b\n1,2\n", encoding="utf-8")
    card.take([bad])
    rest(workspace)
    assert "小票号" in card.banner.text
    members.write_text("会员号,姓名,电话\nM1,王建国,13800002201\n", encoding="gb18030")
    card.take([members])
    rest(workspace)
    assert "1 位会员" in card.banner.text
    assert "导入于" in words(settings(workspace, "data"))
    many.write_text("member_no,name,phone\nM2,Li,13900000002\n", encoding="utf-8")
    held = threading.Event()
    workspace.ui.run(lambda: held.wait(60), lambda _done: None, lane="files")
    card.take([many])
    assert card.strip.isVisible()
    card.stop.click()
    held.set()
    rest(workspace)
    assert "没有改动" in card.banner.text
    assert not card.running
    book = manager.use_cases.paper.customers
    assert isinstance(book.replace([members.read_bytes()]), Imported)
