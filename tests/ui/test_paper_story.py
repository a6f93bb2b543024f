"""A handwritten form from drop to ticket with both hands on the keyboard (IN-04, ≤ 2 minutes).

AMENDS_PICTURES=DIR writes a picture of the window at every stage.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.domain.forms import FIELD_KEYS, LONG_KEYS
from desktop.services.desk import Desk
from tests.ui.conftest import rest, show
from ui.screens.paper import PaperScreen
from ui.screenshots import picture, settle
from ui.shell.workspace import Workspace

LONG = 120_000
FORM = Path(__file__).parents[2] / "resources" / "demo" / "our_form.jpg"
TRUTH = {
    "customer_name": "董桂洋",
    "phone": "19707675907",
    "member_no": "03597638",
    "complaint_date": "2025-03-14",
    "store": "贵阳五一广场店",
    "product": "海尔羊毛围巾500ml",
    "receipt_no": "8495371073",
    "amount": "9.90",
    "description": "上周六洗了一次就严重掉色，把别的衣服染坏了。家里老人在用，很不安全。",
    "expected_resolution": "要求全额退款。",
    "received_by": "唐雨玲",
}
#: A person's pace (seconds): to look at a field and its crop, to press a key, to type a sign.
LOOK, PRESS, TYPE = 2.5, 0.3, 0.8
#: Reading the page on two idle processors, measured by tests/bench/ocr_measure.py.
READING = 1.5


class Person:
    """Presses keys on whatever has the focus, and counts the seconds a person needs for it."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.seconds = READING
        self.mouse = 0
        folder = os.environ.get("AMENDS_PICTURES")
        self._folder = Path(folder) if folder else None
        self._taken = 0

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier):
        self.seconds += PRESS
        QTest.keyClick(self.focused, key, modifier)
        rest(self.workspace)

    def type(self, text: str) -> None:
        """Commit text as an input method does."""
        self.seconds += TYPE * len(text)
        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(self.focused, event)
        rest(self.workspace)

    def look(self, seconds: float = LOOK) -> None:
        self.seconds += seconds

    def shoot(self, name: str) -> None:
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._taken += 1
            path = self._folder / f"paper-{self._taken}-{name}.png"
            assert picture(self.workspace.window()).save(str(path))

    @property
    def focused(self) -> QWidget:
        widget = QApplication.focusWidget()
        assert widget is not None, "nothing has the focus"
        return widget


def drop(screen: PaperScreen, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(screen.rect().center()),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    screen.dropEvent(event)


@pytest.mark.timeout(240)
def test_a_handwritten_form_becomes_a_ticket_by_keyboard_in_two_minutes(
    workspace: Workspace, desk: Desk
) -> None:
    show(workspace, "paper")
    screen = workspace.front
    assert isinstance(screen, PaperScreen)
    person = Person(workspace)
    person.shoot("before")
    drop(screen, FORM)
    assert settle(lambda: not screen.busy() and workspace.ui.background.idle, timeout_ms=LONG)
    review = screen.review
    assert screen.current is not None, screen.scans[0].error
    rest(workspace)
    person.shoot("read")

    person.look(6)  # over all certain fields at once
    person.press(Qt.Key.Key_F8)
    person.shoot("certain-confirmed")
    for _ in range(2 * len(FIELD_KEYS)):
        if not review.grid.count("unsure"):
            break
        cell = next(c for c in review.grid.cells.values() if c.property("current") == "true")
        assert person.focused is cell.editor
        person.look()
        if _bare(cell.value) != _bare(TRUTH[cell.key]):
            person.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            person.type(TRUTH[cell.key])
        person.press(Qt.Key.Key_Return)
    assert review.grid.count("unsure") == 0
    person.look()
    person.press(Qt.Key.Key_3)
    assert review.emotion.value() == "3"
    person.shoot("walked")
    person.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert settle(lambda: workspace.route[0] == "ticket", timeout_ms=LONG)
    rest(workspace)
    person.shoot("ticket")

    page = desk.ticket(str(workspace.route[1]))
    assert page is not None
    assert page.state.text("phone") == TRUTH["phone"]
    assert page.state.text("customer_name") == TRUTH["customer_name"]
    assert "【投诉类型：价格问题；严重程度：一般、较重】" in page.state.text("verbatim")
    assert person.seconds < 120, person.seconds
    outcomes = desk.use_cases.paper.records.since(None)
    assert {one.key for one in outcomes} == set(TRUTH) - {"store"}
    assert all(one.right for one in outcomes if one.certain)


def test_the_same_sheet_a_second_time_is_recognised_and_makes_no_second_ticket(
    workspace: Workspace, desk: Desk
) -> None:
    show(workspace, "paper")
    screen = workspace.front
    assert isinstance(screen, PaperScreen)
    screen.add_files([FORM])
    assert settle(lambda: not screen.busy() and workspace.ui.background.idle, timeout_ms=LONG)
    for cell in screen.review.grid.cells.values():
        if cell.state != "empty":
            cell.set_state("confirmed")
    screen.review.emotion.set_value("2")
    screen.review.submit()
    assert settle(lambda: workspace.route[0] == "ticket", timeout_ms=LONG)
    number = desk.ticket(str(workspace.route[1])).row.number

    show(workspace, "paper")
    screen.add_files([FORM])
    assert settle(lambda: not screen.busy() and workspace.ui.background.idle, timeout_ms=LONG)
    again = screen.scans[-1]
    assert again.known is not None
    assert again.known.number == number
    screen.start_review(again)
    assert number in screen.review.banner.text
    assert set(screen.review.grid.values()) >= LONG_KEYS


def _bare(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum())
