"""Tells screen readers what a widget painted by ourselves is; Qt would call each a plain client."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAccessibleWidget, QWidget

Role = QAccessible.Role

_installed: list[object] = []
"""The one factory of the process, which Qt asks but does not keep alive."""


def _with_role(_kind: str, thing: QObject) -> QAccessibleWidget | None:
    role = getattr(thing, "accessible_role", None)
    if isinstance(role, QAccessible.Role) and isinstance(thing, QWidget):
        return QAccessibleWidget(thing, role)
    return None  # Qt's own knowledge of the widget is asked next


def install_roles() -> None:
    """Let a widget's attribute `accessible_role` be its role; once a process is enough."""
    if not _installed:
        _installed.append(_with_role)
        QAccessible.installFactory(_with_role)
