"""The headquarters of the training store: there is none, and nothing can be joined or sent."""

from __future__ import annotations

from desktop.services.exchange_ports import Enrolment, ExchangeFailure, ExchangeOutcome, Progress


class NoHq:
    """Implements the port `Hq` without a network; what is practised never leaves the PC (SY-05)."""

    def enrol(self, url: str, code: str) -> Enrolment | ExchangeFailure:
        """Refuse: a training store joins no headquarters."""
        del url, code
        return ExchangeFailure("training", "")

    def exchange(
        self, progress: Progress | None = None, files: Progress | None = None
    ) -> ExchangeOutcome:
        """Refuse: nothing is sent or received."""
        del progress, files
        return ExchangeFailure("training", "")
