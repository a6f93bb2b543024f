"""Writes the papers of handover and training; the PDF library is loaded at the first of them."""

from __future__ import annotations

from desktop.domain.handover import HandoverPaper
from desktop.domain.training import TrainingPaper
from desktop.texts import Texts


class LateRoomPapers:
    """Implements the port `RoomPapers`."""

    def handover(self, paper: HandoverPaper) -> bytes:
        """Return the PDF of a handover."""
        from desktop.reports.handover import render_handover

        return render_handover(paper, Texts(paper.lang))

    def training(self, paper: TrainingPaper) -> bytes:
        """Return the PDF of a training's score sheet."""
        from desktop.reports.training import render_training

        return render_training(paper, Texts(paper.lang))
