"""Pictures of every screen are taken from a real desk with no display."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from desktop.services.desk import Desk
from desktop.texts import Texts
from tests.ui.conftest import PASSWORD, complain
from ui.background import Background
from ui.main_window import MainWindow
from ui.preferences import Preferences
from ui.screenshots import picture, settle
from ui.theme import theme
from ui.tokens import DARK, LIGHT
from ui.tour import Look, Tour
from ui.tour_desk import DeskStates

SCREENS = ["today", "intake", "paper", "complaints", "knowledge", "ticket", "compensate"]
SCREENS += ["approvals", "reports", "quality", "sync", "handover", "settings"]
SCREENS += ["training", "coach"]
#: Some of the states pictured beside the screens themselves.
STATES = {"knowledge_nothing", "reports_sla", "reports_preview", "quality_sample", "keys_shown"}
DAILY = {"door_failed", "door_setup", "door_locked", "door_wrong", "intake_found", "gallery"}
DAILY |= {"complaints_nothing", "ticket_classify", "compensate_above", "approvals_waiting"}
STATES |= {"settings_about", "finder_found", "menu_person", "message_bad"}


def colours(image: QImage) -> int:
    """Count different colours on a coarse grid: an unpainted screen has very few."""
    steps = range(0, min(image.width(), image.height()), 7)
    return len({image.pixel(x, y) for x in steps for y in steps})


@pytest.mark.parametrize(
    "look",
    [Look("zh_CN", "light", 1.0), Look("en", "dark", 1.5, (1280, 720))],
    ids=lambda look: look.name,
)
def test_every_screen_is_pictured_in_the_look_asked_for(
    qapp: QApplication, desk: Desk, tmp_path: Path, look: Look
) -> None:
    ticket = complain(desk)
    tour = Tour(desk, tmp_path / "shots", "empty", ticket.stream, tmp_path / "none.jpg")
    paths = list(tour.take([look], states=False))
    assert [path.name.split("-")[0] for path in paths] == SCREENS
    tokens = LIGHT if look.theme == "light" else DARK
    for path in paths:
        image = QImage(str(path))
        assert (image.width(), image.height()) == look.size
        assert image.pixelColor(3, look.size[1] - 3).name().upper() == tokens.rail
        assert colours(image) > 8, path.name
    desk.close()
    theme().apply("light", 1.0)


def test_states_are_pictured_beside_the_screens(
    qapp: QApplication, desk: Desk, tmp_path: Path
) -> None:
    complain(desk)
    tour = Tour(desk, tmp_path / "shots", "empty", None, tmp_path / "none.jpg")
    paths = {path.name.split("-")[0]: path for path in tour.take([Look("zh_CN", "light", 1.0)])}
    assert paths.keys() >= STATES
    assert all(colours(QImage(str(paths[name]))) > 4 for name in STATES)
    desk.close()


def test_the_states_of_daily_work_are_pictured_and_leave_nothing_behind(
    qapp: QApplication, desk: Desk, tmp_path: Path
) -> None:
    row = complain(desk)
    asked = desk.new_compensation("voucher", "goodwill", Decimal(3000), "customer", "漏水")
    desk.act(row.stream, asked)
    background = Background()
    window = MainWindow(lambda: desk, Preferences(tmp_path / "window.ini"), background, "zh_CN")
    window.show()
    window.start()

    def settled(ready: Callable[[], bool]) -> None:
        assert settle(lambda: ready() and background.idle)

    settled(lambda: window.workspace is not None)
    states = DeskStates(window, desk, settled, PASSWORD)
    taken = {}
    for name, shown in states.take(Texts("zh_CN"), background, row.stream):
        taken[name] = colours(picture(shown).toImage())
    assert taken.keys() >= DAILY
    assert min(taken.values()) > 4
    assert list(desk.drafts()) == []
    assert desk.person is not None
    assert desk.person.login == "lin"
    window.close()
    background.shutdown()
