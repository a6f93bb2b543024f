"""Writes a ticket's events as the entries of its timeline, newest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from desktop.domain.events import Event
from desktop.domain.policy import Flow
from desktop.services.desk import TicketPage
from desktop.services.reminding import PROGRAM
from ui.context import Ui
from ui.names import Names
from ui.screens.ticket_history import HistoryWords
from ui.widgets.timeline import Entry


class TimelineWriter:
    """Knows what to say of each kind of event; unknown kinds are named and kept."""

    def __init__(self, ui: Ui, names: Names) -> None:
        self._ui, self._names = ui, names
        self._details: Mapping[str, Callable[[Event, TicketPage], tuple[str, str]]] = {
            "ticket.opened": self._opened,
            "ticket.classified": self._classified,
            "check.ticked": self._checked,
            "customer.contacted": self._contacted,
            "evidence.attached": lambda e, _p: (self._personal(e, "name"), ""),
            "comment.added": lambda e, _p: (self._personal(e, "text"), ""),
            "compensation.proposed": self._proposed,
            "approval.decided": self._decided,
            "compensation.paid": self._paid,
            "report.filed": lambda e, _p: (self._personal(e, "text"), ""),
            "solution.recorded": lambda e, _p: (self._personal(e, "text"), ""),
            "survey.recorded": self._surveyed,
            "step.completed": self._completed,
            "ticket.closed": lambda e, _p: (self._personal(e, "overdue_reason"), ""),
            **HistoryWords(ui, names).writers,
        }

    def kinds(self) -> frozenset[str]:
        """Return the kinds of event that it has words for."""
        return frozenset(self._details)

    def entries(self, page: TicketPage) -> list[Entry]:
        """Return the entries of a ticket, newest first."""
        return [self._entry(event, page) for event in reversed(page.events)]

    def _entry(self, event: Event, page: TicketPage) -> Entry:
        key = f"event.{event.kind}"
        name = self._ui.text(key) if self._ui.texts.has(key) else event.kind
        write = self._details.get(event.kind)
        words, detail = write(event, page) if write else ("", "")
        return Entry(
            when=self._ui.formats.smart(event.at, self._ui.desk.now()),
            who=self._who(event, page),
            text=f"{name} · {words}" if words else name,
            detail=detail,
            pill=self._ui.text("ui_ticket.unsent") if str(event.id) in page.unsent else "",
        )

    def _who(self, event: Event, page: TicketPage) -> str:
        if event.actor == PROGRAM.person:
            return self._ui.text("ui_acts.program")
        return page.names.get(event.actor, event.actor)

    def _personal(self, event: Event, name: str) -> str:
        return self._names.value(event.personal.get(name))

    def _opened(self, event: Event, _page: TicketPage) -> tuple[str, str]:
        text = self._ui.text
        where = self._names.channel(str(event.data.get("channel", "")))
        serial = event.data.get("form")
        if serial:
            where = text("ui_ticket.detail.form", serial=serial)
        words = self._personal(event, "verbatim")
        wish = self._personal(event, "expectation")
        lines = [text("ui_ticket.detail.opened", words=words)] if words else []
        lines += [text("ui_ticket.detail.expectation", words=wish)] if wish else []
        return where, "\n".join(lines)

    def _classified(self, event: Event, _page: TicketPage) -> tuple[str, str]:
        level = event.data.get("level")
        words = self._ui.text(
            "ui_ticket.detail.classified",
            code=self._names.code(str(event.data.get("code", ""))),
            level=self._names.level(level) if isinstance(level, int) else "",
        )
        return words, self._personal(event, "reason")

    def _flow(self, page: TicketPage) -> Flow | None:
        return page.policy.flows.get(page.state.flow)

    def _checked(self, event: Event, page: TicketPage) -> tuple[str, str]:
        flow, wanted = self._flow(page), (event.data.get("step"), event.data.get("check"))
        steps = flow.steps if flow else ()
        words = next(
            (self._names.local(c.text) for s in steps for c in s.do if (s.id, c.id) == wanted),
            ".".join(str(part) for part in wanted),
        )
        undone = "" if event.data.get("done") else self._ui.text("ui_ticket.detail.check_undone")
        return words, undone

    def _completed(self, event: Event, page: TicketPage) -> tuple[str, str]:
        flow, wanted = self._flow(page), event.data.get("step")
        steps = flow.steps if flow else ()
        title = next((self._names.local(s.title) for s in steps if s.id == wanted), str(wanted))
        return title, ""

    def _contacted(self, event: Event, _page: TicketPage) -> tuple[str, str]:
        purpose = f"ui_ticket.contact.purpose.{event.data.get('purpose')}"
        words = self._ui.text(purpose) if self._ui.texts.has(purpose) else ""
        if not event.data.get("reached"):
            words = f"{words} · {self._ui.text('ui_ticket.detail.unreached')}"
        return words, self._personal(event, "note")

    def _proposed(self, event: Event, _page: TicketPage) -> tuple[str, str]:
        words = self._ui.text(
            "ui_ticket.detail.compensation",
            instrument=self._ui.text(f"ui_ticket.instrument.{event.data.get('instrument')}"),
            amount=self._ui.formats.money(Decimal(str(event.data.get("amount", "0")))),
            ledger=self._ui.text(f"ui_ticket.ledger.{event.data.get('ledger')}"),
        )
        return words, self._personal(event, "reason")

    def _item(self, event: Event, page: TicketPage) -> str:
        item = page.state.compensation.get(str(event.data.get("item", "")))
        return f"{self._ui.formats.yuan(item.amount)}" if item else ""

    def _decided(self, event: Event, page: TicketPage) -> tuple[str, str]:
        key = "approved" if event.data.get("approved") else "refused"
        words = f"{self._ui.text(f'ui_ticket.detail.{key}')} {self._item(event, page)}"
        return words, self._personal(event, "reason")

    def _paid(self, event: Event, page: TicketPage) -> tuple[str, str]:
        return self._item(event, page), self._personal(event, "reference")

    def _surveyed(self, event: Event, _page: TicketPage) -> tuple[str, str]:
        score, text = event.data.get("score"), self._ui.text
        words = text(
            "ui_ticket.detail.survey",
            outcome=text(f"ui_ticket.survey.outcome.{event.data.get('outcome')}"),
            score=text("ui_ticket.detail.stars", n=score) if score else "",
        )
        return words.strip(), self._personal(event, "comment")
