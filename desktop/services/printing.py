"""Print papers (打印): receipt, settlement, apology letter, ticket file, monthly report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from desktop.domain import deadlines, fold
from desktop.domain.outcomes import Actor, Refusal
from desktop.domain.papers import DocumentKind, PeriodPaper, TicketPaper
from desktop.domain.ticket import TicketState
from desktop.services.handling import Handling
from desktop.services.identity import Identity
from desktop.services.ports import (
    Attachments,
    Clock,
    Directory,
    DocumentWriter,
    Journal,
    Policies,
    TicketQueries,
)
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

    def month(self, period: str, lang: Lang) -> PrintOutcome:
        """Return the monthly report; `period` is YYYY-MM in the store's zone."""
        try:
            since, until = month_bounds(period, ZoneInfo(self._identity.current().timezone))
        except ValueError:
            return Refusal("period_unreadable", {"period": period})
        policy = self._policies.current()
        reader = Actor("", "clerk")  # clocks do not depend on who reads the report
        context = self._handling.context(reader, policy)
        tickets = []
        for stream in self._queries.streams(since, until):
            state = fold.fold(stream, self._journal.events(stream))
            tickets.append((state, deadlines.of_ticket(state, context)))
        return self._writer.period(
            PeriodPaper(
                kind="month",
                period=period,
                since=since,
                until=until,
                tickets=tickets,
                policy=policy,
                identity=self._identity.current(),
                printed_at=context.now,
                lang=lang,
            )
        )

    def _pictures(self, state: TicketState) -> Mapping[str, bytes]:
        wanted = [
            str(e.content)
            for e in state.evidence
            if e.media_type.startswith("image/") and isinstance(e.content, str)
        ]
        found = {sha256: self._attachments.get(sha256) for sha256 in wanted}
        return {sha256: content for sha256, content in found.items() if content is not None}


def month_bounds(period: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the aware start and end of a month; raises ValueError for no YYYY-MM."""
    since = datetime.strptime(period, "%Y-%m").replace(tzinfo=zone)
    year, month = (since.year + 1, 1) if since.month == 12 else (since.year, since.month + 1)
    return since, since.replace(year=year, month=month)
