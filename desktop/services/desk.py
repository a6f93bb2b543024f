"""The desk as screens and commands reach it: one facade, with the person who is logged in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from desktop.domain import custom_fields, fold
from desktop.domain.commands import Command
from desktop.domain.deadlines import Deadline
from desktop.domain.events import Event
from desktop.domain.forms import FormReading
from desktop.domain.operations import propose_compensation
from desktop.domain.operations.complete_step import Missing
from desktop.domain.operations.propose_compensation import ProposeCompensation
from desktop.domain.outcomes import Actor, Refusal, Role
from desktop.domain.papers import DocumentKind, StoreIdentity
from desktop.domain.policy import Policy, Step
from desktop.domain.ticket import TicketState
from desktop.files import write_whole
from desktop.services.desk_evidence import EvidenceDesk
from desktop.services.desk_flow import FlowDesk
from desktop.services.desk_list import ListDesk
from desktop.services.desk_paper import PaperDesk
from desktop.services.desk_phone import PhoneDesk
from desktop.services.desk_reports import ReportDesk
from desktop.services.desk_settings import SettingsDesk
from desktop.services.desk_sync import SyncDesk
from desktop.services.exchange_ports import Enrolment, SyncStatus
from desktop.services.handling import Done
from desktop.services.intake import NewComplaint
from desktop.services.linking import may_be_alike
from desktop.services.paper import ConfirmedForm
from desktop.services.ports import FormOrder, Person, SavedDraft
from desktop.services.promises import PromiseDue
from desktop.services.suggesting import Suggestion, suggest
from desktop.services.ticket_ports import Counts, TicketFilter, TicketRow, Waiting
from desktop.services.tickets import AuthorityBand
from desktop.services.use_cases import UseCases
from desktop.texts import Lang

NEWS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class News:
    """A remark or decision from another place that nobody here has opened (EV-02)."""

    stream: str
    number: str
    who: str
    at: datetime
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class TodayBoard:
    """The Today screen at one moment."""

    counts: Counts
    rows: Sequence[TicketRow]
    waiting: Sequence[Waiting]
    promises: Sequence[PromiseDue]
    news: Sequence[News]
    drafts: Sequence[SavedDraft]


@dataclass(frozen=True, slots=True)
class TicketPage:
    """The Ticket screen at one moment; `policy` is the pack that the ticket began with (FL-07).

    `custom` holds what the pack's own fields say, by their ids (CF-01).
    """

    row: TicketRow
    state: TicketState
    events: Sequence[Event]
    names: Mapping[str, str]
    deadlines: Sequence[Deadline]
    steps: Sequence[Step]
    current: Step | None
    missing: Sequence[Missing]
    unsent: frozenset[str]
    same_customer: Sequence[TicketRow]
    goodwill_used: Decimal
    bands: Sequence[AuthorityBand]
    custom: Mapping[str, str | bool]
    policy: Policy


class Desk(
    PhoneDesk, FlowDesk, ReportDesk, ListDesk, PaperDesk, SettingsDesk, SyncDesk, EvidenceDesk
):
    """The desk of one store PC; every act carries who is logged in (AU-03)."""

    def __init__(self, use_cases: UseCases) -> None:
        self.use_cases = use_cases
        self._person: Person | None = None

    @property
    def person(self) -> Person | None:
        """Who is logged in."""
        return self._person

    @property
    def policy(self) -> Policy:
        """The pack in force."""
        return self.use_cases.policies.current()

    @property
    def store(self) -> StoreIdentity:
        """This store and device."""
        return self.use_cases.identity.current()

    @property
    def needs_setup(self) -> bool:
        """Whether this is a first run: no store is named, or nobody can log in yet."""
        return not self.use_cases.identity.is_set or self.use_cases.staff.needs_owner()

    def set_up(
        self, store: str, store_name: str, phone: str, login: str, name: str, password: str
    ) -> Person | Refusal:
        """Name the store and make its first person, a supervisor who may make others."""
        refused = self.use_cases.identity.set(store, store_name, phone)
        if refused:
            return refused
        return self.use_cases.staff.create_owner(login, name, password, "supervisor")

    def now(self) -> datetime:
        """Return the aware UTC time."""
        return self.use_cases.clock.now()

    def close(self) -> None:
        """End the desk: databases are closed."""
        self.use_cases.close()

    def actor(self) -> Actor:
        """Return who acts; nobody logged in is a fault of the caller."""
        if self._person is None:
            raise PermissionError("nobody is logged in")
        return Actor(self._person.id, self._person.role)

    # people
    def people(self) -> Sequence[Person]:
        """Return everybody who may log in; empty before the first owner was made."""
        return self.use_cases.staff.all()

    def log_in(self, login: str, password: str) -> Person | Refusal:
        """Log a person in."""
        outcome = self.use_cases.staff.log_in(login, password)
        if isinstance(outcome, Person):
            self._person = outcome
        return outcome

    def log_out(self) -> None:
        """Lock the desk."""
        self._person = None

    def add_person(self, login: str, name: str, role: Role, password: str) -> Person | Refusal:
        """Add a person, as the one logged in."""
        return self.use_cases.staff.add(login, name, role, password, self.actor())

    # small settings of this PC
    def setting(self, name: str, default: str = "") -> str:
        """Return a setting."""
        return self.use_cases.settings.get(name, default)

    def save_setting(self, name: str, value: str) -> None:
        """Keep a setting."""
        self.use_cases.settings.set(name, value)

    # looking
    def today(self) -> TodayBoard:
        """Return the Today board."""
        board = self.use_cases.today.board()
        names = self._names()
        return TodayBoard(
            counts=board.counts,
            rows=board.todo,
            waiting=board.waiting,
            promises=board.promises,
            news=[self._news(e, names) for e in self.use_cases.inbox.unread(NEWS_SHOWN)],
            drafts=self.use_cases.drafts.all(),
        )

    def _news(self, event: Event, names: Mapping[str, str]) -> News:
        row = self.use_cases.queries.row(event.stream)
        return News(
            stream=event.stream,
            number=row.number if row else "",
            who=names.get(event.actor, event.actor),
            at=event.at,
            kind=event.kind,
            text=event.text("text") or event.text("reason"),
        )

    def _names(self) -> dict[str, str]:
        return dict(self.use_cases.directory.names())

    def find(self, text: str, limit: int) -> Sequence[TicketRow]:
        """Return tickets by number (a tail is enough), words, phone."""
        by_number = self.use_cases.queries.by_number(text)
        found = [by_number] if by_number else []
        for row in (
            *self.use_cases.queries.by_phone(text),
            *self.use_cases.queries.page(TicketFilter(text=text), None, limit),
        ):
            if row.stream not in {known.stream for known in found}:
                found.append(row)
        return found[:limit]

    def ticket(self, stream: str) -> TicketPage | None:
        """Return one ticket; opening it marks what arrived for it as read."""
        view = self.use_cases.tickets.view(stream, self.actor())
        row = self.use_cases.queries.row(stream)
        if view is None or row is None:
            return None
        self.use_cases.inbox.mark_read(stream)
        same = self.same_customer(view.state.text("phone"))
        return TicketPage(
            row=row,
            state=view.state,
            events=view.events,
            names=self._names(),
            deadlines=view.deadlines,
            steps=view.steps,
            current=view.in_hand,
            missing=view.missing,
            unsent=self._unsent(view.events),
            same_customer=[other for other in same if other.stream != stream],
            goodwill_used=view.goodwill_used,
            bands=view.bands,
            custom=custom_fields.values_of(
                view.state, self.use_cases.handling.policy_of(view.state)
            ),
            policy=view.policy,
        )

    def _unsent(self, events: Sequence[Event]) -> frozenset[str]:
        own = self.use_cases.sync.chain()
        acked = self.use_cases.sync.status().acked_seq
        return frozenset(str(e.id) for e in events if e.id.chain == own and e.id.seq > acked)

    # acting
    def act(self, stream: str, command: Command) -> TicketState | Refusal:
        """Decide and save a command as the person logged in; returns the ticket as it is now."""
        outcome = self.use_cases.handling.execute(stream, command, self.actor())
        if may_be_alike(command) and isinstance(outcome, Done):
            self.check_repeats(stream)
            self.raise_repeats(stream)
        return outcome.state if isinstance(outcome, Done) else outcome

    def new_compensation(
        self, instrument: str, ledger: str, amount: Decimal, payee: str, reason: str
    ) -> ProposeCompensation:
        """Return the command for a new compensation item with an id of its own."""
        item = self.use_cases.ids.new_id("I")
        return ProposeCompensation(item, instrument, ledger, amount, payee, reason)

    def preview(
        self, stream: str, instrument: str, ledger: str, amount: Decimal, payee: str
    ) -> propose_compensation.Ruling | Refusal:
        """Return what would be decided, without writing anything."""
        state = fold.fold(stream, self.use_cases.journal.events(stream))
        command = ProposeCompensation("preview", instrument, ledger, amount, payee)
        context = self.use_cases.handling.context_of(state, self.actor(), money=True)
        return propose_compensation.rule(state, command, context)

    # intake
    def suggest(self, words: str) -> Suggestion:
        """Suggest code and level from the customer's words, with the words that led there."""
        return suggest(words, self.policy)

    def same_customer(self, phone: str) -> Sequence[TicketRow]:
        """Return the customer's tickets by phone number (IN-07, IN-09)."""
        return self.use_cases.queries.by_phone(phone) if phone.strip() else ()

    def open_ticket(
        self,
        fields: Mapping[str, str | int | bool],
        *,
        channel: str,
        quick: bool,
        arrived_at: datetime | None,
        draft: str | None,
    ) -> TicketRow | Refusal:
        """Open a ticket from typing; the draft it came from is forgotten."""
        complaint = NewComplaint(channel, fields, quick=quick, arrived_at=arrived_at, draft=draft)
        opened = self.use_cases.intake.open(complaint, self.actor())
        return opened if isinstance(opened, Refusal) else self._row(opened.ticket)

    def _row(self, stream: str) -> TicketRow:
        row = self.use_cases.queries.row(stream)
        if row is None:
            raise LookupError(f"ticket {stream} has no row")
        return row

    def new_draft_id(self) -> str:
        """Return an id for a draft."""
        return self.use_cases.ids.new_id("D")

    def save_draft(self, draft: SavedDraft) -> None:
        """Keep typing."""
        self.use_cases.drafts.save(draft)

    def drafts(self) -> Sequence[SavedDraft]:
        """Return kept typing, the newest first."""
        return self.use_cases.drafts.all()

    def delete_draft(self, draft: str) -> None:
        """Forget a draft."""
        self.use_cases.drafts.delete(draft)

    # paper
    def read_form(self, path: Path) -> Sequence[FormReading]:
        """Read every page of a file; readings carry their own errors."""
        return self.use_cases.paper.read(path)

    def form_picture(self, path: Path, page: int) -> bytes:
        """Return a page as PNG or JPEG in the pixels of the reading's boxes."""
        return self.use_cases.paper.picture(path, page)

    def accept_form(self, form: ConfirmedForm) -> TicketRow | Refusal:
        """Open a ticket from a reviewed page, the picture as evidence (IN-04)."""
        opened = self.use_cases.paper.open(form, self.actor())
        return opened if isinstance(opened, Refusal) else self._row(opened.ticket)

    def print_forms(self, out: Path, count: int) -> Sequence[int] | Refusal:
        """Write blank forms with serial numbers as PDF; returns the serials."""
        return self.use_cases.forms.print(out, FormOrder(count, self.store.store))

    # paper out
    def document(self, stream: str, kind: DocumentKind, lang: Lang, out: Path) -> Path | Refusal:
        """Write a PDF of the ticket; returns where."""
        outcome = self.use_cases.printing.ticket(stream, kind, lang, self.actor())
        return outcome if isinstance(outcome, Refusal) else _write(out, outcome)

    # HQ
    def enrolment(self) -> Enrolment | None:
        """Return the enrolment, None before it."""
        return self.use_cases.sync.enrolment()

    def sync_status(self) -> SyncStatus:
        """Return where the exchange stands."""
        return self.use_cases.sync.status()

    def figures(self) -> dict[str, object]:
        """Return what this PC holds and what waits for HQ, in the shape of `amends status`."""
        chains = self.use_cases.journal.chains()
        status = self.sync_status()
        return {
            "tickets": self.count(TicketFilter()),
            "events": sum(seq for seq, _ in chains.values()),
            "pending": status.pending,
            "pending_attachments": status.pending_attachments,
            "quarantined": status.quarantined,
            "acked_seq": status.acked_seq,
            "chains": {
                chain: {"seq": seq, "head": head.hex()} for chain, (seq, head) in chains.items()
            },
        }


def _write(out: Path, content: bytes) -> Path:
    write_whole(out, content)
    return out
