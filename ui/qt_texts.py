"""Qt's own words – the menu of a text field, a file dialog – in the language of the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QTranslator

from desktop.texts import Lang

_NAME = "qt-texts"
"""Under which the translator of the program is found again."""


def speak(lang: Lang) -> None:
    """Let Qt say its words in `lang`; English is what it speaks without a translator."""
    app = QCoreApplication.instance()
    if app is None:
        return
    before = app.findChild(QTranslator, _NAME)
    if before is not None:
        app.removeTranslator(before)
        before.deleteLater()
        before.setObjectName("")
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    translator = QTranslator(app)
    translator.setObjectName(_NAME)
    if lang != "en" and translator.load(f"qtbase_{lang}", folder):
        app.installTranslator(translator)
