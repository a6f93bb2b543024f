"""What handover and training need from outside: their streams, and their papers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from desktop.domain.handover import HandoverPaper
from desktop.domain.training import TrainingPaper


class Streams(Protocol):
    """Finds streams of the journal that are no complaints."""

    def of_prefix(self, prefix: str, limit: int) -> Sequence[str]:
        """Return streams whose id begins with `prefix`, the last begun first."""
        ...


class RoomPapers(Protocol):
    """Writes the papers of these rooms as PDF: the same bytes from the same data."""

    def handover(self, paper: HandoverPaper) -> bytes:
        """Return the PDF of a handover."""
        ...

    def training(self, paper: TrainingPaper) -> bytes:
        """Return the PDF of a training's score sheet."""
        ...
