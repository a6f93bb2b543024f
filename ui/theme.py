"""The appearance in force: tokens, scale and fonts, read by widgets when they paint."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import Final, Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from ui.style import build_qss
from ui.tokens import FONT_FAMILY, THEMES, TYPE, ThemeName, Tokens

Appearance = Literal["system", "light", "dark"]
SCALES: Final = (1.0, 1.25, 1.5, 1.75, 2.0)
"""Text and control sizes on offer, 100 % to 200 %."""


class Theme(QObject):
    """Holds the tokens and the scale of the running application."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tokens: Tokens = THEMES["light"]
        self.scale: float = 1.0
        self.appearance: Appearance = "system"

    def px(self, logical: float) -> int:
        """Return `logical` pixels in the scale in force, at least 1 for what is above 0."""
        return max(1, round(logical * self.scale)) if logical > 0 else 0

    def colour(self, name: str) -> QColor:
        """Return the token `name` as a colour."""
        return QColor(str(getattr(self.tokens, name)))

    def font(self, size: str = "body", *, bold: bool = False) -> QFont:
        """Return the font of the type scale step `size`."""
        font = QFont(FONT_FAMILY)
        font.setPixelSize(self.px(TYPE[size]))
        font.setBold(bold)
        return font

    def apply(self, appearance: Appearance, scale: float) -> None:
        """Put an appearance and a scale into force for the whole application."""
        self.appearance = appearance
        self.scale = min(max(scale, 1.0), 2.0)
        self.tokens = THEMES[_resolve(appearance)]
        app = QApplication.instance()
        if isinstance(app, QApplication):
            _load_fonts()
            sheet = build_qss(self.tokens, self.px)
            # Every widget alive is polished anew by these, so not for a look already in force.
            if app.styleSheet() != sheet:
                app.setFont(self.font())
                app.setPalette(_palette(self.tokens))
                app.setStyleSheet(sheet)
        self.changed.emit()

    def follow_system(self) -> None:
        """Re-apply when the system turns dark or light and the user set nothing else."""
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)

    def _system_changed(self) -> None:
        if self.appearance == "system":
            self.apply("system", self.scale)


def _resolve(appearance: Appearance) -> ThemeName:
    if appearance != "system":
        return appearance
    dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return "dark" if dark else "light"


def _palette(tokens: Tokens) -> QPalette:
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, name in (
        (roles.Window, tokens.bg),
        (roles.WindowText, tokens.ink),
        (roles.Base, tokens.surface),
        (roles.AlternateBase, tokens.sunken),
        (roles.Text, tokens.ink),
        (roles.Button, tokens.surface),
        (roles.ButtonText, tokens.ink),
        (roles.Highlight, tokens.accent),
        (roles.HighlightedText, tokens.on_accent),
        (roles.ToolTipBase, tokens.surface),
        (roles.ToolTipText, tokens.ink),
        (roles.PlaceholderText, tokens.muted),
        (roles.Link, tokens.accent_ink),
    ):
        palette.setColor(role, QColor(name))
    return palette


def _load_fonts() -> None:
    """Register the bundled CJK font once, so that no machine shows boxes."""
    if FONT_FAMILY in QFontDatabase.families():
        return
    for name in ("NotoSansSC_400Regular.ttf", "NotoSansSC_700Bold.ttf"):
        with as_file(files("resources") / "fonts" / name) as path:
            QFontDatabase.addApplicationFont(str(path))


_theme: Theme | None = None


def theme() -> Theme:
    """Return the one theme of this process."""
    global _theme  # noqa: PLW0603 - one appearance per process, as Qt has one style sheet
    if _theme is None:
        _theme = Theme()
    return _theme
