"""A piece of evidence in full over the ticket: zoom, turn, and back to where one was."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QFrame, QWidget

from ui.context import Ui
from ui.widgets.buttons import Button
from ui.widgets.image_view import ZOOM_STEP, ImageView
from ui.widgets.layout import column, row
from ui.widgets.text import ElidedLabel


class Viewer(QFrame):
    """Covers its parent; Esc closes it, + and - zoom, 0 fits, R turns by a quarter."""

    def __init__(self, ui: Ui, parent: QWidget) -> None:
        super().__init__(parent)
        text = ui.text
        self.setProperty("role", "popup")
        self._title = ElidedLabel("", "heading")
        self.view = ImageView(text("ui_ticket.evidence"))
        zoom_in = lambda: self.view.zoom(ZOOM_STEP)  # noqa: E731
        zoom_out = lambda: self.view.zoom(1 / ZOOM_STEP)  # noqa: E731
        acts = (
            ("zoom-in", "ui_paper.zoom_in", zoom_in),
            ("zoom-out", "ui_paper.zoom_out", zoom_out),
            ("maximize", "ui_paper.fit", self.view.fit),
            ("rotate-cw", "ui_paper.rotate", self.view.rotate),
            ("x", "ui.close", self.hide),
        )
        head = row(gap=4)
        head.addWidget(self._title, 1)
        for picture, words, act in acts:
            head.addWidget(Button("", act, variant="ghost", icon=picture, accessible=text(words)))
        self.setLayout(column(head, self.view, margins=(16, 8, 8, 16)))
        parent.installEventFilter(self)
        self.hide()

    def show_picture(self, name: str, image: QImage) -> None:
        """Show a picture fitted and upright, the keyboard on it."""
        self._title.set_text(name)
        self.view.set_image(image)
        self._cover()
        self.show()
        self.raise_()
        self.view.setFocus()

    def _cover(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect().adjusted(8, 8, -8, -8))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the parent at every size."""
        if event.type() == QEvent.Type.Resize:
            self._cover()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)
