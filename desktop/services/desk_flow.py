"""Links, reminders, precedents and drafted reports on the desk, as the person logged in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from desktop.domain import fold
from desktop.domain.operations.move_flow import MoveFlow
from desktop.domain.operations.take_red_channel import TakeRedChannel
from desktop.domain.outcomes import Actor, Refusal
from desktop.domain.policy import Policy
from desktop.domain.ticket import TicketState
from desktop.services.desk_approving import ApprovingDesk
from desktop.services.drafting import draft_report
from desktop.services.handling import Done
from desktop.services.intake import NewComplaint
from desktop.services.precedents import Precedent
from desktop.services.reminding import Notice
from desktop.services.ticket_ports import TicketRow
from desktop.services.use_cases import UseCases
from desktop.texts import Lang, Texts


class _Desk(Protocol):
    """What these methods need of the desk."""

    use_cases: UseCases

    def actor(self) -> Actor: ...


class FlowDesk(ApprovingDesk):
    """The part of the desk that looks over more than one complaint."""

    def link(self: _Desk, stream: str, other: str, kind: str) -> TicketState | Refusal:
        """Link two complaints on both sides: duplicate, repeat or same_incident."""
        outcome = self.use_cases.linking.link(stream, other, kind, self.actor())
        return outcome.state if isinstance(outcome, Done) else outcome

    def unlink(self: _Desk, stream: str, other: str, reason: str) -> TicketState | Refusal:
        """Take a link back on both sides."""
        outcome = self.use_cases.linking.unlink(stream, other, reason, self.actor())
        return outcome.state if isinstance(outcome, Done) else outcome

    @property
    def policy_expired_on(self: _Desk) -> date | None:
        """The last day of the policy pack in force when it has passed, for a banner; else None."""
        return self.use_cases.packs.expired_on

    def install_policy(self: _Desk, archive: bytes) -> Policy | Refusal:
        """Take a pack that headquarters signed into use; a refusal says why not."""
        return self.use_cases.packs.install(archive)

    def take_red_channel(self: _Desk, stream: str, note: str = "") -> TicketState | Refusal:
        """Make a complaint level 1 by one act: the red channel's steps come first (CL-01)."""
        handling = self.use_cases.handling
        outcome = handling.execute(stream, TakeRedChannel(note), self.actor())
        return outcome.state if isinstance(outcome, Done) else outcome

    def open_red(
        self: _Desk, fields: Mapping[str, str | int | bool] | None = None, channel: str = "counter"
    ) -> TicketRow | Refusal:
        """Open a complaint in the red channel by one act; nothing needs to be filled in (CL-01)."""
        complaint = NewComplaint(
            channel, fields or {}, red=True, arrived_at=self.use_cases.clock.now()
        )
        opened = self.use_cases.intake.open(complaint, self.actor())
        if isinstance(opened, Refusal):
            return opened
        row = self.use_cases.queries.row(opened.ticket)
        if row is None:
            raise LookupError(f"ticket {opened.ticket} has no row")
        return row

    def move_flow(self: _Desk, stream: str, flow: str, reason: str) -> TicketState | Refusal:
        """Take another procedure as a manager chooses; what was done stays done (FL-07)."""
        handling = self.use_cases.handling
        outcome = handling.execute(stream, MoveFlow(flow, reason), self.actor())
        return outcome.state if isinstance(outcome, Done) else outcome

    def check_repeats(self: _Desk, stream: str) -> Sequence[str]:
        """Open a root cause task where this is the 5th of its kind in the month (QA-02)."""
        timezone = self.use_cases.identity.current().timezone
        return self.use_cases.linking.check_repeats(stream, self.actor(), timezone)

    def reminders_due(self: _Desk) -> Sequence[Notice]:
        """Escalate what is overdue and return what to show since the last call (SL-05)."""
        self.use_cases.packs.refresh()
        return self.use_cases.reminders.due(self.use_cases.clock.now())

    def duties(self: _Desk) -> Sequence[Notice]:
        """Return missing daily lines (CL-02) and overdue written reports (CO-02)."""
        now = self.use_cases.clock.now()
        reminders = self.use_cases.reminders
        return (*reminders.missing_lines(now), *reminders.overdue_reports(now))

    def precedent(self: _Desk, code: str, but: str = "") -> Precedent:
        """Return the median goodwill of like cases, all `but` one, and on how many it rests."""
        return self.use_cases.precedents.precedent(code, but)

    def draft_report(self: _Desk, stream: str, lang: Lang) -> str:
        """Return the written report drafted from what is recorded (CO-02)."""
        cases = self.use_cases
        state = fold.fold(stream, cases.journal.events(stream))
        names, policy = cases.directory.names(), cases.handling.policy_of(state)
        return draft_report(state, names, policy, Texts(lang), cases.identity.current().timezone)
