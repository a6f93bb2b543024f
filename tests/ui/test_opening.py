"""The login page is there before the program behind it, and says so when that does not open."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from desktop.bootstrap import open_desk
from desktop.commands.app import opened, restored
from desktop.data_folder import verify_data
from desktop.services.desk import Desk
from desktop.services.glimpse import Glimpse
from desktop.services.ports import StorageFault
from desktop.storage import faults
from desktop.storage.glimpse import glimpse
from desktop.texts import LANGS, Lang, Texts
from tests.ui.conftest import PASSWORD
from ui.background import Background
from ui.context import fault_text
from ui.main_window import MainWindow
from ui.preferences import Preferences
from ui.screenshots import settle
from ui.shell.login import LoginPage, OpeningPage, SetupPage
from ui.widgets.buttons import Button


@pytest.fixture
def folder(ready_store: Path, tmp_path: Path) -> Path:
    copied = tmp_path / "store"
    shutil.copytree(ready_store, copied)
    return copied


@pytest.fixture
def start(qtbot: QtBot, tmp_path: Path) -> Callable[..., MainWindow]:
    def start(
        make: Callable[[], Desk], look: Callable[[Sequence[str]], Glimpse | None]
    ) -> MainWindow:
        preferences = Preferences(tmp_path / "preferences.ini")
        window = MainWindow(make, preferences, Background(), "zh_CN", look)
        qtbot.addWidget(window)
        window.show()
        window.start()
        return window

    return start


def login_of(window: MainWindow) -> LoginPage:
    assert settle(lambda: isinstance(window.centralWidget(), LoginPage))
    page = window.centralWidget()
    assert isinstance(page, LoginPage)
    return page


def test_a_password_typed_while_the_store_still_opens_is_not_lost(
    start: Callable[..., MainWindow], folder: Path
) -> None:
    held = threading.Event()

    def slowly() -> Desk:
        held.wait(30)
        return open_desk(folder)

    window = start(slowly, partial(glimpse, folder))
    page = login_of(window)
    assert {"何丽", "林晓"} <= {chip.accessibleName() for chip in page.findChildren(Button)}
    page.people.set_value("lin")
    page.password.setText(PASSWORD)
    page.submit()
    held.set()
    assert settle(lambda: window.workspace is not None)
    window.close()


def test_a_store_that_does_not_open_behind_its_login_page_is_said(
    start: Callable[..., MainWindow], folder: Path
) -> None:
    held, tries = threading.Event(), []

    def broken_once() -> Desk:
        held.wait(30)
        tries.append(1)
        if len(tries) == 1:
            raise StorageFault("another program holds it")
        return open_desk(folder)

    window = start(broken_once, partial(glimpse, folder))
    login_of(window).password.setText("half a pass")
    held.set()
    assert settle(lambda: isinstance(window.centralWidget(), OpeningPage))
    page = window.centralWidget()
    assert isinstance(page, OpeningPage)
    assert "another program holds it" in page.banner.text
    page.retry.emit()
    login_of(window)
    assert settle(lambda: len(tries) == 2)
    window.close()


def test_a_first_run_has_nobody_to_choose(start: Callable[..., MainWindow], tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    window = start(partial(open_desk, empty), partial(glimpse, empty))
    assert settle(lambda: isinstance(window.centralWidget(), SetupPage))
    window.close()


@pytest.mark.parametrize("lang", LANGS)
def test_every_fault_of_the_data_says_in_the_windows_language_what_to_do(lang: Lang) -> None:
    kinds = [
        kind
        for kind in vars(faults).values()
        if isinstance(kind, type) and issubclass(kind, StorageFault) and kind is not StorageFault
    ]
    texts = Texts(lang)
    said = {fault_text(texts, kind("/data/amends.db")) for kind in kinds}
    assert len(said) == len(kinds) >= 8
    assert all("/data/amends.db" in text and len(text) > 30 for text in said)


def test_the_restore_button_of_the_page_puts_a_backup_in_the_place_of_damaged_data(
    qtbot: QtBot, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the fault to the login by the page's own buttons; only the file dialog answers here."""
    desk = open_desk(folder)
    backup = desk.back_up().path.rename(tmp_path / "kept.amends-backup")
    desk.close()
    data = folder / "amends.db"
    data.write_bytes(data.read_bytes()[:4096] + bytes(data.stat().st_size - 4096))
    window = MainWindow(
        partial(opened, folder),
        Preferences(tmp_path / "preferences.ini"),
        Background(),
        "zh_CN",
        restore=partial(restored, folder),
    )
    qtbot.addWidget(window)
    window.show()
    window.start()
    page = broken_page(window)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: ("", ""))
    page.restore.click()
    assert window.centralWidget() is page  # nobody chose a file, and nothing happened
    chosen = [str(tmp_path / "window.txt"), str(backup)]
    (tmp_path / "window.txt").write_text("no backup", encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (chosen.pop(0), ""))
    page.restore.click()
    assert settle(lambda: page.restore.isVisible())
    assert page.banner.text  # the wrong file is said, and the button is there again
    page.restore.click()
    assert {"何丽", "林晓"} <= {c.accessibleName() for c in login_of(window).findChildren(Button)}
    window.close()
    assert verify_data(folder).first_bad is None


def broken_page(window: MainWindow) -> OpeningPage:
    def shown() -> bool:
        page = window.centralWidget()
        return isinstance(page, OpeningPage) and page.restore.isVisible()

    assert settle(shown)
    page = window.centralWidget()
    assert isinstance(page, OpeningPage)
    return page
