"""Lets a screen reader speak what appears beside the keyboard: notes, refusals, reminders."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget


def announce(source: QWidget, words: str, *, urgent: bool = False) -> None:
    """Speak `words` about `source`: when the reader is free, or at once when `urgent`.

    Without a screen reader nothing happens. Readers do not speak a name that changes away from
    the keyboard, which is all that Qt tells them of a text by itself.
    """
    if not words or not QAccessible.isActive():
        return
    said = QAccessibleAnnouncementEvent(source, words)
    politeness = QAccessible.AnnouncementPoliteness
    said.setPoliteness(politeness.Assertive if urgent else politeness.Polite)
    QAccessible.updateAccessibility(said)
