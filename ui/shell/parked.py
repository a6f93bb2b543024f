"""A workspace out of sight: whose it is, where the cursor was, if it is out of date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop.services.ports import Person

if TYPE_CHECKING:
    from ui.shell.workspace import Workspace


@dataclass(slots=True)
class Parked:
    """Hidden while its person is locked out, away in the training store, or switched."""

    workspace: Workspace
    person: Person | None
    focus: QWidget | None
    stale: bool = False
