"""Messages of the desktop open the complaint when they are clicked, over a real session bus."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from ui.desktop_notes import DesktopNotes, connect

DAEMON = shutil.which("dbus-daemon")
NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"


@pytest.fixture
def bus() -> Iterator[str]:
    """Run a session bus of our own and return its address."""
    if sys.platform != "linux" or DAEMON is None:
        pytest.skip("no dbus-daemon here")
    command = [DAEMON, "--session", "--nofork", "--nopidfile", "--print-address=1"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as daemon:
        assert daemon.stdout is not None
        try:
            address = daemon.stdout.readline().strip()
            if not address:
                pytest.skip("dbus-daemon does not start here")
            yield address
        finally:
            daemon.kill()


def opened(address: str) -> Any:
    from jeepney.io.blocking import open_dbus_connection

    return open_dbus_connection(address)


def noted(owner: QObject, address: str) -> tuple[DesktopNotes, list[str], list[tuple[str, str]]]:
    notes = DesktopNotes(owner, "安诉", "打开投诉")
    clicks, refused = list[str](), list[tuple[str, str]]()
    notes.clicked.connect(lambda: clicks.append("click"))
    notes.refused.connect(lambda title, text: refused.append((title, text)))
    notes.use(opened(address))
    return notes, clicks, refused


def test_a_click_on_the_message_is_heard_and_on_no_other(bus: str, qtbot: QtBot) -> None:
    """SL-05: a reminder opens its complaint."""
    from jeepney import DBusAddress, message_bus, new_method_return, new_signal

    desktop = opened(bus)
    desktop.send_and_get_reply(message_bus.RequestName(NAME))

    def asked() -> Any:
        while True:
            message = desktop.receive(timeout=5)
            if message.body and len(message.body) == 8:
                return message

    owner = QObject()
    notes, clicks, refused = noted(owner, bus)
    for turn, before in ((7, 0), (8, 7)):
        assert notes.show("S0217-A-261120-001-Q", "首次响应 <50 %>")
        call = asked()
        program, replaces, _icon, title, text, actions, _hints, _shown = call.body
        assert (program, replaces, title) == ("安诉", before, "S0217-A-261120-001-Q")
        assert text == "首次响应 &lt;50 %&gt;"
        assert actions == ["default", "打开投诉"]
        desktop.send(new_method_return(call, "u", (turn,)))
        qtbot.waitUntil(lambda turn=turn: notes._shown == turn)
        to = call.header.fields[7]  # who asked
        emitter = DBusAddress(PATH, to, NAME)
        for note in (99, turn):
            signal = new_signal(emitter, "ActionInvoked", "us", (note, "default"))
            desktop.send(signal)
        qtbot.waitUntil(lambda turn=turn: len(clicks) == turn - 6)
    assert not refused
    notes.close()
    assert not notes.show("later", "nobody hears it")
    desktop.close()


def test_without_a_service_for_messages_the_words_come_back(bus: str, qtbot: QtBot) -> None:
    owner = QObject()
    notes, clicks, refused = noted(owner, bus)
    assert notes.show("S0217", "已超时")
    qtbot.waitUntil(lambda: refused == [("S0217", "已超时")])
    assert not clicks
    notes.close()


def test_no_desktop_no_connection(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    """Windows that are drawn nowhere send messages to nobody."""
    del qtbot
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    assert connect() is None
    owner = QObject()
    notes = DesktopNotes(owner, "安诉", "打开投诉")
    notes.use(None)
    assert not notes.show("S0217", "已超时")
