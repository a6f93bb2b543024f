"""What a person with a keyboard or a screen reader meets at a place: names, roles, order, focus."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget
from shiboken6 import isValid

#: What Qt itself puts into its widgets, such as the button that clears a search.
_QTS_OWN = ("qt_", "_q_")


def stops(root: QWidget) -> list[QWidget]:
    """Return what Tab should stop at, in no order."""
    return [w for w in root.findChildren(QWidget) if _is_stop(w)]


def _is_stop(widget: QWidget) -> bool:
    return (
        widget.isVisible()
        and widget.isEnabled()
        and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        and widget.focusProxy() is None
        and not widget.objectName().startswith(_QTS_OWN)
    )


def said(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.accessibleName()[:30]!r}"


def unnamed(root: QWidget) -> list[str]:
    """Return the stops that a screen reader has no name or no telling role for."""
    found = []
    for widget in stops(root):
        what = QAccessible.queryAccessibleInterface(widget)
        if what is None or not what.text(QAccessible.Text.Name).strip():
            found.append(f"{said(widget)} in {widget.parentWidget()} has no name")
        elif what.role() in (QAccessible.Role.NoRole, QAccessible.Role.Client):
            found.append(f"{said(widget)} has no role")
    return found


def tab_faults(root: QWidget) -> list[str]:
    """Walk Tab through a place: everything is met once, downwards, in sight, and seen to be met."""
    wanted = stops(root)
    if not wanted:
        return []
    first = next(w for w in _chain(root) if w in wanted)
    root.window().activateWindow()
    first.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    order: list[QWidget] = []
    found: list[str] = []
    spots = {id(w): _spots(w, root) for w in wanted}
    for _step in range(len(wanted) + 10):
        now = QApplication.focusWidget()
        if now is None or not root.isAncestorOf(now) or any(now is w for w in order):
            break
        order.append(now)
        if now.visibleRegion().isEmpty():
            found.append(f"{said(now)} has the focus out of sight")
        focused = _picture(now)
        QTest.keyClick(now, Qt.Key.Key_Tab)
        if isValid(now) and now.isVisible() and not now.hasFocus() and focused == _picture(now):
            found.append(f"{said(now)} does not show that it has the focus")
    last = QApplication.focusWidget()
    if not order:
        return [f"{said(first)} does not take the keyboard, {last} has it"]
    if last is order[-1] and len(wanted) > 1:
        found.append(f"{said(last)} keeps the focus for ever")
    left = [w for w in wanted if isValid(w) and _is_stop(w) and not any(w is o for o in order)]
    found += [f"{said(w)} is never reached" for w in left]
    return [*found, *_jumps([w for w in order if id(w) in spots], spots)]


def _chain(root: QWidget) -> Sequence[QWidget]:
    found, widget = [], root.nextInFocusChain()
    while widget is not None and widget is not root:
        if root.isAncestorOf(widget):
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found


def _picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def _spots(widget: QWidget, root: QWidget) -> list[tuple[QWidget, QRect]]:
    """Return where a widget stands on each scrolled page around it, the innermost first.

    What scrolls stands where its frame stands for whoever is outside of it.
    """
    found: list[tuple[QWidget, QRect]] = []
    inner: QWidget = widget
    around = widget.parentWidget()
    while around is not None and inner is not root:
        outer = around.parentWidget()
        scrolled = isinstance(outer, QWidget) and isinstance(
            outer.parentWidget(), QAbstractScrollArea
        )
        if around is root or scrolled:
            found.append((around, QRect(inner.mapTo(around, QPoint(0, 0)), inner.size())))
            if around is root:
                break
            assert outer is not None
            area = outer.parentWidget()
            assert area is not None
            inner, around = area, area.parentWidget()
            continue
        around = outer
    return found


def _jumps(order: Sequence[QWidget], spots: dict[int, list[tuple[QWidget, QRect]]]) -> list[str]:
    """Return where the focus goes back up: to what stands above and no column further right."""
    found = []
    for before, after in pairwise(order):
        if not (isValid(before) and isValid(after)):
            continue
        for page, here in spots[id(before)]:
            there = next((rect for other, rect in spots[id(after)] if other is page), None)
            if there is None:
                continue
            above = there.bottom() <= here.top() and there.left() < here.right()
            level = there.top() < here.bottom() and here.top() < there.bottom()
            if above or (level and there.right() <= here.left()):
                found.append(f"{said(before)} → {said(after)} jumps back")
            break
    return found
