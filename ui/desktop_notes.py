"""Messages of a Linux desktop that can be clicked: Qt's tray sends them without any action."""

from __future__ import annotations

import html
import os
import sys
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QSocketNotifier, Signal
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection

SHOWN_MS: Final = 10_000
_NAME: Final = "org.freedesktop.Notifications"
_PATH: Final = "/org/freedesktop/Notifications"


def connect() -> DBusConnection | None:
    """Return a connection to the desktop's session bus, None where there is no such desktop.

    Waits for the bus to answer: called on a worker.
    """
    if sys.platform != "linux" or not os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return None
    if QGuiApplication.platformName() not in ("xcb", "wayland"):
        return None
    from jeepney.io.blocking import open_dbus_connection

    try:
        return open_dbus_connection("SESSION")
    except (OSError, ValueError, TimeoutError):
        return None


class DesktopNotes(QObject):
    """Shows one message at a time: a later one takes the place of an earlier one."""

    clicked = Signal()
    refused = Signal(str, str)
    """The desktop shows no messages; title and text of the one that was to be shown."""

    def __init__(self, parent: QObject, program: str, action: str) -> None:
        """Take the names of the program and of what a click does."""
        super().__init__(parent)
        self._program, self._action = program, action
        self._bus: DBusConnection | None = None
        self._ears: QSocketNotifier | None = None
        self._asked: dict[int, tuple[str, str]] = {}
        self._shown = 0

    def use(self, bus: DBusConnection | None) -> None:
        """Show messages by this connection from now on."""
        self.close()
        self._bus = bus
        if bus is not None:
            from jeepney import MatchRule, message_bus

            # Some desktops tell all that a message was clicked, others its sender alone.
            rule = MatchRule(type="signal", interface=_NAME, member="ActionInvoked", path=_PATH)
            bus.send(message_bus.AddMatch(rule))
            self._ears = QSocketNotifier(bus.sock.fileno(), QSocketNotifier.Type.Read, self)
            self._ears.activated.connect(self._hear)

    def show(self, title: str, text: str) -> bool:
        """Send a message without waiting for the answer; False when nobody can take it."""
        if self._bus is None:
            return False
        from jeepney import DBusAddress, new_method_call

        said: tuple[object, ...] = (
            self._program, self._shown, "", title, html.escape(text, quote=False),
            ["default", self._action], {}, SHOWN_MS,
        )  # fmt: skip
        address = DBusAddress(_PATH, _NAME, _NAME)
        serial = next(self._bus.outgoing_serial)
        try:
            call = new_method_call(address, "Notify", "susssasa{sv}i", said)
            self._bus.send(call, serial=serial)
        except OSError:
            self.close()
            return False
        self._asked[serial] = (title, text)
        return True

    def close(self) -> None:
        """Leave the bus."""
        if self._ears is not None:
            self._ears.setEnabled(False)
            self._ears.deleteLater()
            self._ears = None
        if self._bus is not None:
            self._bus.close()
            self._bus = None

    def _hear(self) -> None:
        while self._bus is not None:
            try:
                message = self._bus.receive(timeout=0)
            except TimeoutError:
                return
            except (OSError, EOFError):
                self.close()  # the session ended
                return
            self._take(message)

    def _take(self, message: Any) -> None:
        from jeepney import HeaderFields, MessageType

        fields, kind = message.header.fields, message.header.message_type
        asked = self._asked.pop(fields.get(HeaderFields.reply_serial, -1), None)
        if kind is MessageType.method_return and asked is not None:
            self._shown = message.body[0]
        elif kind is MessageType.error and asked is not None:
            self.refused.emit(*asked)
        elif kind is MessageType.signal and fields.get(HeaderFields.member) == "ActionInvoked":
            self._pressed(message.body[0])

    def _pressed(self, note: int) -> None:
        if note == self._shown:  # others show messages as well
            self.clicked.emit()
