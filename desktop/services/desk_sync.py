"""Sync on the desk: the exchange, what waits for a person after it, and the courier."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from desktop.domain.outcomes import Refusal
from desktop.services import certificates
from desktop.services.certificates import TrustedCertificate
from desktop.services.clock_check import BEHIND_BY
from desktop.services.courier_ports import Carried, CourierRefusal, Exported
from desktop.services.exchange_ports import (
    Enrolment,
    ExchangeFailure,
    ExchangeOutcome,
    Progress,
)
from desktop.services.sync_ports import Conflicting, SetAside, StuckAttachment, WentOn
from desktop.services.ticket_ports import TicketFilter, TicketRow
from desktop.services.use_cases import UseCases

_SHOWN = 20


class _Desk(Protocol):
    """What these methods need of the desk."""

    use_cases: UseCases


class SyncDesk:
    """The part of the desk behind the Sync screen."""

    def enrol(self: _Desk, url: str, code: str) -> Enrolment | ExchangeFailure:
        """Join HQ by a one-time code; the store and the letter that HQ names are taken over."""
        joined = self.use_cases.hq.enrol(url, code)
        if isinstance(joined, Enrolment):
            self.use_cases.identity.adopt(joined)
        return joined

    def exchange(
        self: _Desk, progress: Progress | None = None, files: Progress | None = None
    ) -> ExchangeOutcome:
        """Send what HQ lacks, receive what this store lacks; `files` gets bytes of attachments.

        A restored or copied PC gets a letter of its own on the way, for its next numbers. It is
        compared with the letter in use, so that one that a dying process left is taken over too.
        """
        outcome = self.use_cases.hq.exchange(progress, files)
        after = self.use_cases.sync.enrolment()
        identity = self.use_cases.identity
        if after is not None and after.letter != identity.current().device:
            identity.adopt(after)
        return outcome

    def set_aside(self: _Desk) -> Sequence[SetAside]:
        """Return complaints in quarantine."""
        return self.use_cases.sync_care.set_aside(_SHOWN)

    def try_set_aside_again(self: _Desk) -> int:
        """Make the rows of quarantined complaints again; return how many are left."""
        return self.use_cases.sync_care.try_again()

    def conflicting(self: _Desk) -> Sequence[Conflicting]:
        """Return complaints with conflicts to settle."""
        return self.use_cases.sync_care.conflicting(_SHOWN)

    def clock_offset_ms(self: _Desk) -> int | None:
        """Return HQ's clock minus this PC's at the last exchange."""
        return self.use_cases.sync.clock_offset_ms()

    def dated_ahead(self: _Desk) -> Sequence[TicketRow]:
        """Return open complaints whose time is yet to come: their writer's clock was wrong."""
        ahead = self.use_cases.clock.now() + BEHIND_BY
        wanted = TicketFilter(open_only=True, opened_from=ahead)
        return self.use_cases.queries.page(wanted, None, _SHOWN)

    def went_on(self: _Desk) -> WentOn | None:
        """Return that this PC went on under a new chain, until somebody has read it."""
        return self.use_cases.sync_care.went_on()

    def went_on_read(self: _Desk) -> None:
        """Note that somebody has read it."""
        self.use_cases.sync_care.went_on_read()

    def stuck_attachments(self: _Desk) -> Sequence[StuckAttachment]:
        """Return attachments that could not be sent, and why."""
        return self.use_cases.sync_care.stuck_attachments(_SHOWN)

    def send_refused_again(self: _Desk) -> None:
        """Let attachments that HQ refused go again with the next exchange."""
        self.use_cases.sync_care.send_refused_again()

    def trust_certificate(self: _Desk, path: Path) -> TrustedCertificate | Refusal:
        """Trust headquarters' own certificate and no other; raises OSError."""
        return certificates.trust(self.use_cases.settings, path)

    def trusted_certificate(self: _Desk) -> TrustedCertificate | None:
        """Return the certificate that alone is trusted, None where there is none."""
        return certificates.trusted(self.use_cases.settings)

    def trust_authorities(self: _Desk) -> None:
        """Trust again what this PC's system trusts."""
        certificates.trust_authorities(self.use_cases.settings)

    def courier_out(self: _Desk, path: Path, *, peer: bool) -> Exported | CourierRefusal:
        """Write a courier file for HQ, or for another PC of this store."""
        cases = self.use_cases
        if peer:
            return cases.courier.export_to_peer(path, cases.identity.current().store)
        return cases.courier.export_to_hq(path)

    def courier_in(self: _Desk, path: Path, code: str) -> Carried | CourierRefusal:
        """Take a courier file of HQ or of another PC of this store."""
        return self.use_cases.courier.take(path, code, self.use_cases.identity.current().store)
