"""Take a complaint in (受理): typed at the counter, or confirmed from a paper form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from desktop.domain.commands import Command
from desktop.domain.numbers import complaint_number
from desktop.domain.operations.attach_evidence import AttachEvidence
from desktop.domain.operations.open_ticket import OpenTicket
from desktop.domain.operations.record_red_act import RED_LEVEL
from desktop.domain.outcomes import Actor, Refusal
from desktop.services.evidence_size import size_refusal
from desktop.services.handling import Handling
from desktop.services.identity import Identity
from desktop.services.ports import Attachments, Clock, Drafts, Ids, Journal, JournalWriter, Policies
from desktop.services.ticket_ports import TicketQueries, TicketRow

#: Fields of a new complaint that may choose its flow; code and level come with classifying.
_ROUTING: Final = ("tier", "complexity", "emotion")


@dataclass(frozen=True, slots=True)
class NewEvidence:
    """Bytes to keep with the ticket: the picture of the form, a photo, a document.

    What is `local` is not sent: a smaller copy goes with it as evidence of its own.
    """

    content: bytes
    media_type: str
    role: str
    name: str
    local: bool = False


@dataclass(frozen=True, slots=True)
class NewComplaint:
    """What was typed or confirmed; `fields` are those of OpenTicket.

    `red` takes the red channel on this one act (CL-01); nothing else is asked for then.
    """

    channel: str
    fields: Mapping[str, str | int | bool]
    form_serial: str | None = None
    quick: bool = False
    red: bool = False
    arrived_at: datetime | None = None
    evidence: Sequence[NewEvidence] = ()
    draft: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """The complaint exists and is saved."""

    ticket: str
    number: str


IntakeOutcome: TypeAlias = Opened | Refusal


class Intake:
    """Opens complaints; the ticket and its evidence appear together or not at all."""

    def __init__(
        self,
        journal: Journal,
        handling: Handling,
        queries: TicketQueries,
        attachments: Attachments,
        drafts: Drafts,
        policies: Policies,
        clock: Clock,
        ids: Ids,
        identity: Identity,
    ) -> None:
        self._journal = journal
        self._handling = handling
        self._queries = queries
        self._attachments = attachments
        self._drafts = drafts
        self._policies = policies
        self._clock = clock
        self._ids = ids
        self._identity = identity

    def open(self, complaint: NewComplaint, actor: Actor) -> IntakeOutcome:
        """Open a complaint; a paper form that became a ticket before is refused (its serial)."""
        if complaint.form_serial:
            known = self._queries.by_form_serial(complaint.form_serial)
            if known:
                return Refusal(
                    "form_known", {"serial": complaint.form_serial, "number": known.number}
                )
        for e in complaint.evidence:
            refused = None if e.local else size_refusal(e.name, len(e.content))
            if refused is not None:
                return refused
        kept = [
            AttachEvidence(
                self._attachments.put(e.content, local=e.local),
                e.media_type,
                len(e.content),
                e.role,
                e.name,
            )
            for e in complaint.evidence
        ]
        with self._journal.write() as writer:
            outcome = self.open_in(writer, complaint, kept, actor)
        if isinstance(outcome, Opened) and complaint.draft:
            self._drafts.delete(complaint.draft)
        return outcome

    def open_in(
        self,
        writer: JournalWriter,
        complaint: NewComplaint,
        evidence: Sequence[AttachEvidence],
        actor: Actor,
    ) -> IntakeOutcome:
        """Open within a running transaction; the evidence's bytes are kept already."""
        identity = self._identity.current()
        day = self._clock.now().astimezone(ZoneInfo(identity.timezone)).date()
        ticket = self._ids.new_id("T")
        number = complaint_number(identity.store, identity.device, day, writer.next_number(day))
        command = OpenTicket(
            number=number,
            channel=complaint.channel,
            store=identity.store,
            flow=self._flow(complaint),
            fields=complaint.fields,
            form_serial=complaint.form_serial,
            quick=complaint.quick,
            red=complaint.red,
            arrived_at=complaint.arrived_at,
        )
        steps: tuple[Command, ...] = (command, *evidence)
        for step in steps:
            outcome = self._handling.execute_in(writer, ticket, step, actor)
            if isinstance(outcome, Refusal):
                return outcome
        return Opened(ticket, number)

    def _flow(self, complaint: NewComplaint) -> str:
        """Return the flow that the pack gives such a complaint, by what is known of it (FL-05)."""
        facts: dict[str, object] = {"channel": complaint.channel}
        facts |= {n: complaint.fields[n] for n in _ROUTING if complaint.fields.get(n)}
        if complaint.red:
            facts["level"] = RED_LEVEL
        return self._policies.current().flow_for(facts)

    def likely_duplicates(self, fields: Mapping[str, str | int | bool]) -> Sequence[TicketRow]:
        """Return earlier complaints of the same phone number, the newest first (IN-09)."""
        phone = str(fields.get("phone", ""))
        return self._queries.by_phone(phone) if phone else ()
