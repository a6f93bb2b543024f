"""What this PC remembers of the window before any store is open: language, look, size, place."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from desktop.texts import LANGS, Lang
from ui.theme import SCALES, Appearance


class Preferences:
    """An INI file; values it does not know fall back to the defaults."""

    def __init__(self, path: Path) -> None:
        self._stored = QSettings(str(path), QSettings.Format.IniFormat)

    @property
    def lang(self) -> Lang:
        """Language of the window; Chinese first."""
        stored = self._stored.value("lang")
        return next((lang for lang in LANGS if lang == stored), "zh_CN")

    @lang.setter
    def lang(self, value: Lang) -> None:
        self._stored.setValue("lang", value)

    @property
    def appearance(self) -> Appearance:
        """Light, dark or as the system is."""
        stored = self._stored.value("appearance")
        known: tuple[Appearance, ...] = ("light", "dark")
        return next((look for look in known if look == stored), "system")

    @appearance.setter
    def appearance(self, value: Appearance) -> None:
        self._stored.setValue("appearance", value)

    @property
    def scale(self) -> float:
        """Size of text and controls, 1.0 to 2.0."""
        stored = str(self._stored.value("scale", "1.0"))
        return next((scale for scale in SCALES if str(scale) == stored), 1.0)

    @scale.setter
    def scale(self, value: float) -> None:
        self._stored.setValue("scale", str(value))

    @property
    def last_login(self) -> str:
        """Who logged in last on this PC, offered first the next time."""
        return str(self._stored.value("last_login", ""))

    @last_login.setter
    def last_login(self, value: str) -> None:
        self._stored.setValue("last_login", value)

    @property
    def geometry(self) -> QByteArray | None:
        """Where the window stood."""
        stored = self._stored.value("geometry")
        return stored if isinstance(stored, QByteArray) else None

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._stored.setValue("geometry", value)
