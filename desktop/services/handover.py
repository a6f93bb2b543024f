"""Hand a shift over (交接班): gather what cannot wait, both sign with their own password."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Final

from desktop.domain import fold
from desktop.domain import handover as rules
from desktop.domain.handover import (
    HandoverLine,
    HandoverPaper,
    HandoverSheet,
    Reason,
    Shift,
    shift_starts,
)
from desktop.domain.outcomes import Actor, Refusal
from desktop.domain.ticket import TicketState
from desktop.services.exchange_ports import SyncStore
from desktop.services.handling import Handling
from desktop.services.identity import Identity
from desktop.services.people import Staff
from desktop.services.policy_book import PolicyBook
from desktop.services.ports import Author, Clock, Directory, Ids, Journal, Person, Settings
from desktop.services.room_ports import RoomPapers, Streams
from desktop.services.ticket_ports import TicketQueries, TicketRow
from desktop.texts import Lang

SHIFTS: Final = "store.shifts"
#: Complaints that are looked at; a store has tens of open ones.
_MOST: Final = 400
_SAID_LENGTH: Final = 80


@dataclass(frozen=True, slots=True)
class HandoverDraft:
    """What the giver sees before signing: the sheet, and the rows its lines are of."""

    sheet: HandoverSheet
    rows: Mapping[str, TicketRow]


@dataclass(frozen=True, slots=True)
class SignedHandover:
    """One handover of the history with the names of both."""

    id: str
    sheet: HandoverSheet
    giver: str
    taker: str


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs: login and password, entered by the one whose they are."""

    login: str
    password: str


class Handovers:
    """Makes, signs, lists and prints handovers; they are events of the journal like any act."""

    def __init__(
        self,
        journal: Journal,
        queries: TicketQueries,
        handling: Handling,
        staff: Staff,
        sync: SyncStore,
        directory: Directory,
        settings: Settings,
        policies: PolicyBook,
        streams: Streams,
        papers: RoomPapers,
        clock: Clock,
        ids: Ids,
        identity: Identity,
    ) -> None:
        self._journal = journal
        self._queries = queries
        self._handling = handling
        self._staff = staff
        self._sync = sync
        self._directory = directory
        self._settings = settings
        self._policies = policies
        self._streams = streams
        self._papers = papers
        self._clock = clock
        self._ids = ids
        self._identity = identity

    @property
    def shifts(self) -> str:
        """When shifts begin as set for this store, empty for the two halves of the day."""
        return self._settings.get(SHIFTS)

    def set_shifts(self, written: str) -> Refusal | None:
        """Keep when shifts begin ("09:00, 15:00"); refuses what are no times."""
        try:
            starts = shift_starts(written)
        except ValueError:
            return Refusal("shift_times", {"written": written})
        self._settings.set(SHIFTS, ", ".join(f"{at:%H:%M}" for at in starts))
        return None

    def draft(self, actor: Actor) -> HandoverDraft:
        """Gather what the next shift must know, the most urgent first."""
        now = self._clock.now()
        shift = rules.incoming_shift(now, self._identity.current(), self._starts())
        rows = self._queries.open_by_due(_MOST)
        waiting = {person.stream for person in self._queries.waiting()}
        names = self._directory.names()
        lines = []
        for row in rows:
            state = fold.fold(row.stream, self._journal.events(row.stream))
            reasons = _reasons(row, state, row.stream in waiting, now, shift)
            if reasons:
                said = self._said(state, names)
                due = row.due_at or _first_promise(state)
                lines.append(HandoverLine(row.stream, row.number, reasons, due, row.due_rule, said))
        far = datetime.max.replace(tzinfo=now.tzinfo)
        lines.sort(key=lambda line: ("waiting" not in line.reasons, line.due_at or far))
        sheet = HandoverSheet(
            giver=actor.person,
            made_at=now,
            shift=shift,
            open=len(rows),
            waiting=len(waiting),
            unsent=self._sync.status().pending,
            lines=tuple(lines),
        )
        return HandoverDraft(sheet, {row.stream: row for row in rows})

    def sign(
        self, sheet: HandoverSheet, actor: Actor, giver: Signature, taker: Signature
    ) -> SignedHandover | Refusal:
        """Write the handover under both names; each signs with the own password, none logs out.

        Refused where they are one person, the giver is not the one logged in, or a password is
        wrong; nothing is written then.
        """
        first = self._checked(giver)
        if isinstance(first, Refusal):
            return first
        if first.id != actor.person:
            return Refusal("handover_giver")
        second = self._checked(taker)
        if isinstance(second, Refusal):
            return second
        if second.id == first.id:
            return Refusal("handover_same_person")
        now, version = self._clock.now(), self._policies.current().version
        stream = self._ids.new_id(rules.STREAM_PREFIX)
        signed = replace(sheet, giver=first.id, taker=second.id)
        with self._journal.write() as writer:
            writer.append(stream, (rules.given(signed),), Author(first.id, now, version))
            writer.append(stream, (rules.taken(),), Author(second.id, now, version))
        return self._named(stream, replace(signed, signed_at=now))

    def history(self, limit: int) -> Sequence[SignedHandover]:
        """Return the handovers known here, the last first."""
        found = []
        for stream in self._streams.of_prefix(rules.STREAM_PREFIX, limit):
            sheet = rules.read(self._journal.events(stream))
            if sheet is not None:
                found.append(self._named(stream, sheet))
        return found

    def get(self, stream: str) -> SignedHandover | None:
        """Return one handover."""
        sheet = rules.read(self._journal.events(stream))
        return self._named(stream, sheet) if sheet else None

    def rows_of(self, sheet: HandoverSheet) -> Mapping[str, TicketRow]:
        """Return the complaints of a handover's lines as they are known now."""
        found = ((line.ticket, self._queries.row(line.ticket)) for line in sheet.lines)
        return {ticket: row for ticket, row in found if row is not None}

    def print(self, stream: str, lang: Lang) -> bytes | Refusal:
        """Return a signed handover as PDF."""
        sheet = rules.read(self._journal.events(stream))
        if sheet is None:
            return Refusal("handover_unknown")
        rows = self.rows_of(sheet)
        clocks = {row.id: row.title[lang] for row in self._policies.current().clocks}
        head = next(iter(self._journal.heads(stream).items()), None)
        paper = HandoverPaper(
            id=stream,
            sheet=sheet,
            about={s: (row.customer_name, row.summary) for s, row in rows.items()},
            rules=clocks,
            people=self._directory.names(),
            identity=self._identity.current(),
            head=(head[0], *head[1]) if head else None,
            printed_at=self._clock.now(),
            lang=lang,
        )
        return self._papers.handover(paper)

    def _starts(self) -> tuple[time, ...]:
        try:
            return shift_starts(self.shifts)
        except ValueError:
            return ()

    def _checked(self, who: Signature) -> Person | Refusal:
        outcome = self._staff.log_in(who.login, who.password)
        if isinstance(outcome, Refusal) and outcome.code == "wrong_password":
            return Refusal("handover_password", {"who": who.login})
        return outcome

    def _named(self, stream: str, sheet: HandoverSheet) -> SignedHandover:
        names = self._directory.names()
        return SignedHandover(
            stream,
            sheet,
            names.get(sheet.giver, sheet.giver),
            names.get(sheet.taker, sheet.taker),
        )

    def _said(self, state: TicketState, names: Mapping[str, str]) -> str:
        """Say who told whom what, from the last promise or word with the customer."""
        kept = [p for p in state.promises.values() if p.kept is None and isinstance(p.text, str)]
        notes = [c for c in state.contacts if c.reached and isinstance(c.note, str) and c.note]
        if kept:
            mark, words = kept[-1].mark, str(kept[-1].text)
        elif notes:
            mark, words = notes[-1].mark, str(notes[-1].note)
        else:
            return ""
        return f"{names.get(mark.actor, mark.actor)} → {state.text('customer_name')}：{words}"[
            :_SAID_LENGTH
        ]


def _reasons(
    row: TicketRow, state: TicketState, waits: bool, now: datetime, shift: Shift
) -> tuple[Reason, ...]:
    promised = any(promise.kept is None for promise in state.promises.values())
    late = row.due_at is not None and row.due_at <= now
    due = row.due_at is not None and now < row.due_at <= shift.ends
    facts: tuple[tuple[Reason, bool], ...] = (
        ("waiting", waits),
        ("overdue", late),
        ("due", due),
        ("promised", promised),
        ("approval", row.pending_approvals > 0),
    )
    return tuple(reason for reason, holds in facts if holds)


def _first_promise(state: TicketState) -> datetime | None:
    dues = (p.due for p in state.promises.values() if p.kept is None and p.due)
    return min(dues, default=None)
