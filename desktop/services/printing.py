"""Print papers (打印): receipt, settlement, apology letter, ticket file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from desktop.domain import deadlines, fold
from desktop.domain.outcomes import Actor, Refusal
from desktop.domain.papers import DocumentKind, TicketPaper
from desktop.domain.ticket import TicketState
from desktop.services.handling import Handling
from desktop.services.identity import Identity
from desktop.services.ports import Attachments, Clock, Directory, DocumentWriter, Journal, Policies
from desktop.services.ticket_ports import TicketQueries
from desktop.texts import Lang

PrintOutcome: TypeAlias = bytes | Refusal


class Printing:
    """Collects what a paper needs and has it written."""

    def __init__(
        self,
        journal: Journal,
        queries: TicketQueries,
        attachments: Attachments,
        directory: Directory,
        policies: Policies,
        handling: Handling,
        writer: DocumentWriter,
        clock: Clock,
        identity: Identity,
    ) -> None:
        self._journal = journal
        self._queries = queries
        self._attachments = attachments
        self._directory = directory
        self._policies = policies
        self._handling = handling
        self._writer = writer
        self._clock = clock
        self._identity = identity

    def ticket(self, ticket: str, kind: DocumentKind, lang: Lang, actor: Actor) -> PrintOutcome:
        """Return the PDF of one ticket; a settlement or apology needs its facts first."""
        events = self._journal.events(ticket)
        state = fold.fold(ticket, events)
        if state.opened is None:
            return Refusal("no_such_ticket", {"ticket": ticket})
        if kind == "settlement" and not state.solved:
            return Refusal("no_solution_yet")
        policy = self._handling.policy_of(state)
        context = self._handling.context(actor, policy)
        paper = TicketPaper(
            kind=kind,
            state=state,
            events=events,
            deadlines=deadlines.of_ticket(state, context),
            policy=policy,
            identity=self._identity.current(),
            people=self._directory.names(),
            pictures=self._pictures(state) if kind == "ticket" else {},
            heads=self._journal.heads(ticket),
            printed_at=context.now,
            lang=lang,
        )
        return self._writer.ticket(paper)

    def _pictures(self, state: TicketState) -> Mapping[str, bytes]:
        wanted = [
            str(e.content)
            for e in state.evidence
            if e.media_type.startswith("image/") and isinstance(e.content, str)
        ]
        found = {sha256: self._attachments.get(sha256) for sha256 in wanted}
        return {sha256: content for sha256, content in found.items() if content is not None}
