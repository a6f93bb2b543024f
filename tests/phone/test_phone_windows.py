"""Approval by phone between two windows, both offline: read out, typed, compared, released."""

from __future__ import annotations

import random
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from desktop.domain import phone_approval
from desktop.services.desk import Desk
from tests.phone.phone_kit import World
from tests.ui.conftest import open_window, rest, show
from tests.ui.story_kit import press, type_into
from ui.main_window import MainWindow
from ui.screens.approvals import ApprovalsScreen
from ui.screens.compensate import CompensateScreen
from ui.screenshots import settle
from ui.shell.workspace import Workspace
from ui.widgets.layout import Card

__all__ = ["open_window"]

Opener = Callable[[Callable[[], Desk]], MainWindow]


def opened(open_window: Opener, desk: Desk) -> Workspace:
    window = open_window(lambda: desk)
    assert settle(lambda: window.workspace is not None and window.workspace.ui.background.idle)
    assert window.workspace is not None
    return window.workspace


def at_the_store(workspace: Workspace, stream: str) -> CompensateScreen:
    show(workspace, "compensate", (stream, "phone"))
    assert isinstance(workspace.front, CompensateScreen)
    return workspace.front


def read_out(card: Card) -> list[str]:
    """Return the facts in large type, as a person would read them."""
    labels = [w for w in card.findChildren(QLabel) if w.isVisible()]
    return [w.text() for w in labels if w.property("role") == "heading"][1:]


def wrong(code: str, seed: int) -> str:
    """A well-formed code that is another one."""
    value = phone_approval.read_code(code)
    assert value is not None
    flipped = random.Random(seed).randrange(1, 1 << phone_approval.SECRET_BITS)
    return phone_approval.format_code(value ^ flipped)


def test_a_compensation_is_approved_by_phone_between_two_windows(
    world: World, open_window: Opener
) -> None:
    """CO-03, CO-04: with no network; wrong codes count, the right one releases, HQ agrees."""
    stream = world.ticket()
    world.hq.close()
    store = opened(open_window, world.store)
    counter = at_the_store(store, stream)
    type_into(counter.form.amount, "6800")
    QTest.keyClick(counter.form.amount, Qt.Key.Key_Return)
    rest(store)
    assert counter.phone.isVisible()
    press(counter.phone.start)
    rest(store)
    asked = counter.phone.challenge
    assert asked is not None

    office = opened(open_window, world.mine)
    show(office, "approvals")
    assert isinstance(office.front, ApprovalsScreen)
    phone = office.front.phone
    for line, heard in (
        (phone.envelope, str(asked.envelope)),
        (phone.ticket, asked.facts.ticket.lower()),
        (phone.amount, "6800"),
        (phone.check, f"{(int(asked.check) + 1) % 100:02d}"),
    ):
        type_into(line, heard)
    QTest.keyClick(phone.check, Qt.Key.Key_Return)
    press(phone.give)
    rest(office)
    assert "校验数字" in phone.banner.text
    assert not phone.code.isVisible()

    phone.check.clear()
    type_into(phone.check, asked.check)
    QTest.keyClick(phone.check, Qt.Key.Key_Return)
    assert read_out(phone)[:7] == read_out(counter.phone)[1:]
    press(phone.give)
    rest(office)
    code = phone.code.text()
    assert phone_approval.read_code(code) is not None

    type_into(counter.phone.code, wrong(code, 1))
    QTest.keyClick(counter.phone.code, Qt.Key.Key_Return)
    rest(store)
    assert "4" in counter.phone.banner.text
    counter.phone.code.clear()
    type_into(counter.phone.code, code.replace("-", " "))
    QTest.keyClick(counter.phone.code, Qt.Key.Key_Return)
    rest(store)
    item = next(iter(counter.page.state.compensation.values())) if counter.page else None
    assert item is not None
    assert (item.status, item.phone_envelope) == ("approved", asked.envelope)
    assert not counter.phone.isVisible()


def test_wrong_codes_kill_the_envelope_and_another_can_be_taken(
    world: World, open_window: Opener
) -> None:
    """CO-03: the fifth wrong code ends it; the person is told and may take another envelope."""
    stream, item = world.waiting()
    store = opened(open_window, world.store)
    counter = at_the_store(store, stream)
    press(counter.phone.start)
    rest(store)
    asked = counter.phone.challenge
    assert asked is not None
    code = world.code(asked)
    for seed in range(phone_approval.TRIES_PER_ENVELOPE):
        counter.phone.code.setText(wrong(code, seed))
        counter.phone.try_code()
        rest(store)
    assert "作废" in counter.phone.banner.text
    assert counter.phone.challenge is None
    assert world.status(stream, item) == "pending"
    press(counter.phone.start)
    rest(store)
    other = counter.phone.challenge
    assert other is not None
    assert other.envelope != asked.envelope
