"""Evidence on the desk: files taken in and given out, as the person logged in."""

from __future__ import annotations

from typing import Protocol

from desktop.domain.outcomes import Actor, Refusal
from desktop.domain.ticket import TicketState
from desktop.services.capturing import Captured
from desktop.services.ports import StorageFault
from desktop.services.use_cases import UseCases


class _Desk(Protocol):
    """What these methods need of the desk."""

    use_cases: UseCases

    def actor(self) -> Actor: ...

    def capture(self, stream: str, name: str, content: bytes, role: str) -> Captured | Refusal: ...


class EvidenceDesk:
    """The part of the desk that keeps files."""

    def attachment(self: _Desk, sha256: str) -> bytes | None:
        """Return an attachment, None when it has not arrived.

        One that HQ holds and that is lost or altered here comes back with the next exchange.
        """
        try:
            content = self.use_cases.attachments.get(sha256)
        except StorageFault:
            self.use_cases.sync_care.fetch_again(sha256)
            raise
        if content is None:
            self.use_cases.sync_care.fetch_again(sha256)
        return content

    def capture(
        self: _Desk, stream: str, name: str, content: bytes, role: str
    ) -> Captured | Refusal:
        """Keep a file as evidence, a big picture small beside its original (EV-01)."""
        return self.use_cases.capturing.attach(stream, name, content, role, self.actor())

    def attach(
        self: _Desk, stream: str, name: str, content: bytes, role: str
    ) -> TicketState | Refusal:
        """Do the same where only the ticket matters."""
        outcome = self.capture(stream, name, content, role)
        return outcome if isinstance(outcome, Refusal) else outcome.state
