"""Keeps the keyboard where it is while a list is drawn again under somebody's hands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLayout, QLineEdit, QWidget


@dataclass(frozen=True, slots=True)
class Held:
    """What had the keyboard: its kind, its name, which of those of that name, and the cursor."""

    kind: type[QWidget]
    name: str
    at: int
    cursor: int


def held_in(layout: QLayout) -> Held | None:
    """Return what has the keyboard in a layout that is about to be emptied."""
    focus, page = QApplication.focusWidget(), layout.parentWidget()
    if focus is None or page is None or not _holds(layout, focus):
        return None
    kind, name = type(focus), focus.accessibleName()
    cursor = focus.cursorPosition() if isinstance(focus, QLineEdit) else 0
    return Held(kind, name, _alike(page, kind, name).index(focus), cursor)


def give_back(layout: QLayout, held: Held) -> None:
    """Give the keyboard to what takes its place, once that is there, unless somebody took it.

    Where nothing does, the screen gets it: the rail, to which Qt hands it, would leave the screen.
    """
    page = layout.parentWidget()
    if page is not None:
        fled = QApplication.focusWidget()
        # Qt shows what was added to a page in sight by an event of its own, queued after this.
        later = partial(QTimer.singleShot, 0, page, partial(_give_back, page, held, fled))
        QTimer.singleShot(0, page, later)


def _give_back(page: QWidget, held: Held, fled: QWidget | None) -> None:
    if QApplication.focusWidget() is not fled:
        return
    found = _alike(page, held.kind, held.name)
    if len(found) > held.at:
        found[held.at].setFocus()
        line = found[held.at]
        if isinstance(line, QLineEdit):
            line.setCursorPosition(held.cursor)
        return
    screen = _screen_of(page)
    if screen is not None and (fled is None or not screen.isAncestorOf(fled)):
        screen.setFocus()


def _screen_of(widget: QWidget) -> QWidget | None:
    around: QWidget | None = widget
    while around is not None and around.property("role") != "page":
        around = around.parentWidget()
    return around


def _alike(page: QWidget, kind: type[QWidget], name: str) -> list[QWidget]:
    """Return what is in sight of a kind and a name, in the order in which it was made."""
    found = page.findChildren(kind)
    return [one for one in found if one.accessibleName() == name and not one.isHidden()]


def _holds(layout: QLayout, focus: QWidget) -> bool:
    for at in range(layout.count()):
        item = layout.itemAt(at)
        widget, inner = (item.widget(), item.layout()) if item is not None else (None, None)
        if widget is not None and (widget is focus or widget.isAncestorOf(focus)):
            return True
        if inner is not None and _holds(inner, focus):
            return True
    return False
