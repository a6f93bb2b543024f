"""What to say of the events that come from working on a complaint together, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from desktop.domain import custom_fields
from desktop.domain.events import Event
from desktop.services.desk import TicketPage
from ui.context import Ui
from ui.names import Names
from ui.screens.conflict_sides import field_name
from ui.screens.ticket_forms_team import department
from ui.screens.ticket_register import own_value

Words = tuple[str, str]
"""One line about the event, and what was written with it."""


class HistoryWords:
    """Writes one event; names come from the ticket's own pack."""

    def __init__(self, ui: Ui, names: Names) -> None:
        self._ui, self._names = ui, names
        self.writers: Final[Mapping[str, Callable[[Event, TicketPage], Words]]] = {
            "ticket.corrected": self._corrected,
            "approval.by_phone": self._by_phone,
            "approval.phone_locked": self._phone_locked,
            "settlement.signed": self._signed,
            "clocks.paused": self._paused,
            "clocks.resumed": lambda _e, _p: ("", ""),
            "ticket.transferred": self._transferred,
            "transfer.accepted": lambda _e, _p: ("", ""),
            "help.requested": self._help,
            "help.answered": self._help_answered,
            "ticket.reopened": self._reopened,
            "ticket.linked": self._linked,
            "ticket.unlinked": self._unlinked,
            "promise.recorded": self._promised,
            "promise.kept": self._kept,
            "promise.lapsed": self._lapsed,
            "survey.rated": self._rated,
            "legal_opinion.recorded": self._opinion,
            "task.opened": self._task,
            "task.answered": self._task_answered,
            "external_case.recorded": self._case,
            "external_case.answered": self._case_answered,
            "complaint.rejected": self._reason,
            "rejection.released": self._released,
            "complaint.withdrawn": self._reason,
            "ticket.marked_anonymous": self._reason,
            "progress.noted": self._progress,
            "complexity.set": self._complexity,
            "red_channel.taken": lambda e, _p: (self._personal(e, "note"), ""),
            "red_channel.acted": self._red,
            "ticket.flow_moved": self._moved,
            "customer.attended": self._attended,
            "ticket.escalated": self._escalated,
            "escalation.told": lambda e, _p: (self._personal(e, "who"), ""),
        }

    def _text(self, key: str, **values: object) -> str:
        return self._ui.text(key, **values)

    def _named(self, prefix: str, value: object) -> str:
        """Return the word for a value of the domain; one from a newer version stays as it is."""
        key = f"{prefix}.{value}"
        return self._ui.text(key) if self._ui.texts.has(key) else str(value)

    def _personal(self, event: Event, name: str) -> str:
        return self._names.value(event.personal.get(name))

    def _reason(self, event: Event, _page: TicketPage) -> Words:
        return "", self._personal(event, "reason")

    def _complexity(self, event: Event, _page: TicketPage) -> Words:
        words = self._named("ui_acts.complexity_is", event.data.get("complexity"))
        return words, self._personal(event, "reason")

    def _corrected(self, event: Event, page: TicketPage) -> Words:
        fields = event.data.get("fields")
        plain = fields if isinstance(fields, dict) else {}
        values = {**plain, **event.personal}
        return "", "\n".join(self._field(name, value, page) for name, value in values.items())

    def _field(self, name: str, value: object, page: TicketPage) -> str:
        own = custom_fields.of_policy(page.policy).get(name.removeprefix(custom_fields.PREFIX))
        if own is not None:
            words = own_value(own.choices, value, self._names, self._ui)
            return f"{self._names.local(own.label)}: {words}"
        title = field_name(self._ui, name)
        return f"{title}: {self._names.value(value)}"

    def _item(self, event: Event, page: TicketPage) -> str:
        item = page.state.compensation.get(str(event.data.get("item", "")))
        return self._ui.formats.yuan(item.amount) if item else ""

    def _by_phone(self, event: Event, page: TicketPage) -> Words:
        person = str(event.data.get("approver", ""))
        who = page.names.get(person, person)
        number = event.data.get("envelope")
        words = self._text("ui_acts.said.by_phone", who=who, n=number)
        return f"{self._item(event, page)} · {words}", ""

    def _phone_locked(self, event: Event, _page: TicketPage) -> Words:
        number, tries = event.data.get("envelope"), event.data.get("tries")
        return self._text("ui_acts.said.phone_locked", n=number, tries=tries), ""

    def _signed(self, event: Event, _page: TicketPage) -> Words:
        return self._named("ui_ticket.sign", event.data.get("how")), ""

    def _paused(self, event: Event, _page: TicketPage) -> Words:
        return self._named("ui_ticket.pause", event.data.get("reason")), ""

    def _transferred(self, event: Event, page: TicketPage) -> Words:
        to = str(event.data.get("to", ""))
        words = self._text("ui_acts.said.to", who=page.names.get(to, to))
        parts = (self._personal(event, "reason"), self._personal(event, "note"))
        return words, "\n".join(part for part in parts if part)

    def _help(self, event: Event, page: TicketPage) -> Words:
        name = department(page, str(event.data.get("department", "")), self._ui)
        return name, self._personal(event, "text")

    def _help_answered(self, event: Event, page: TicketPage) -> Words:
        asked = page.state.help_requests.get(str(event.data.get("request", "")))
        name = department(page, asked.department, self._ui) if asked else ""
        answer = self._named("ui_acts.help_result", event.data.get("answer"))
        return " · ".join(p for p in (name, answer) if p), self._personal(event, "text")

    def _reopened(self, event: Event, _page: TicketPage) -> Words:
        level = event.data.get("level")
        cause = self._named("ui_acts.reopen_cause", event.data.get("cause"))
        named = self._names.level(level) if isinstance(level, int) else ""
        return " · ".join(p for p in (cause, named) if p), self._personal(event, "reason")

    def _linked(self, event: Event, _page: TicketPage) -> Words:
        kind = self._named("ui_acts.link_kind", event.data.get("kind"))
        return f"{kind} {event.data.get('number', '')}", ""

    def _unlinked(self, event: Event, page: TicketPage) -> Words:
        link = page.state.links.get(str(event.data.get("other", "")))
        return (link.number if link else ""), self._personal(event, "reason")

    def _promised(self, event: Event, _page: TicketPage) -> Words:
        parts = [_yuan(event.data.get("amount"), self._ui), self._moment(event.data.get("due"))]
        if event.data.get("over_authority") is True:
            parts.append(self._text("ui_acts.said.over_authority"))
        return " · ".join(part for part in parts if part), self._personal(event, "text")

    def _kept(self, event: Event, page: TicketPage) -> Words:
        promise = page.state.promises.get(str(event.data.get("promise", "")))
        return "", self._names.value(promise.text) if promise else ""

    def _lapsed(self, event: Event, page: TicketPage) -> Words:
        return self._kept(event, page)[1], self._personal(event, "excuse")

    def _rated(self, event: Event, _page: TicketPage) -> Words:
        nps, ces = event.data.get("survey_nps"), event.data.get("survey_ces")
        parts = [self._text("ui_acts.said.nps", n=nps)] if nps is not None else []
        parts += [self._text("ui_acts.said.ces", n=ces)] if ces is not None else []
        return " · ".join(parts), ""

    def _opinion(self, event: Event, _page: TicketPage) -> Words:
        may = event.data.get("may_close") is True
        key = "ui_acts.said.may_close" if may else "ui_acts.said.may_not_close"
        return self._text(key), self._personal(event, "text")

    def _task(self, event: Event, _page: TicketPage) -> Words:
        kind = self._named("ui_acts.task_kind", event.data.get("task"))
        return f"{kind} · {self._names.code(str(event.data.get('cause', '')))}", ""

    def _task_answered(self, event: Event, _page: TicketPage) -> Words:
        kind = self._named("ui_acts.task_kind", event.data.get("task"))
        result = self._named("ui_acts.task_result", event.data.get("result"))
        return f"{kind} · {result}", self._personal(event, "text")

    def _case(self, event: Event, _page: TicketPage) -> Words:
        data = event.data
        head = (
            f"{self._named('ui_acts.case_authority', data.get('authority'))} {data.get('number')}"
        )
        lines = [self._text("ui_acts.said.received", day=data.get("received"))]
        if data.get("reply_by"):
            lines.append(self._text("ui_acts.said.reply_by", day=data.get("reply_by")))
        if data.get("hearing"):
            when = self._moment(data.get("hearing"))
            lines.append(self._text("ui_acts.said.hearing", when=when))
        materials = self._personal(event, "materials")
        return head, "\n".join([" · ".join(lines), materials] if materials else [" · ".join(lines)])

    def _case_answered(self, event: Event, page: TicketPage) -> Words:
        case = page.state.external_cases.get(str(event.data.get("case", "")))
        return (case.number if case else ""), str(event.data.get("outcome") or "")

    def _released(self, event: Event, _page: TicketPage) -> Words:
        return self._named("ui_acts.release_by", event.data.get("release")), self._personal(
            event, "note"
        )

    def _progress(self, event: Event, _page: TicketPage) -> Words:
        return str(event.data.get("day", "")), self._personal(event, "text")

    def _red(self, event: Event, _page: TicketPage) -> Words:
        parts = [self._named("ui_acts.red_act", event.data.get("act"))]
        parts += [self._personal(event, "contact")]
        if event.data.get("reached") is not True:
            parts.append(self._text("ui_ticket.detail.unreached"))
        return " · ".join(part for part in parts if part), self._personal(event, "note")

    def _moved(self, event: Event, page: TicketPage) -> Words:
        flow = page.policy.flows.get(str(event.data.get("flow", "")))
        return (self._names.local(flow.title) if flow else ""), self._personal(event, "reason")

    def _attended(self, event: Event, _page: TicketPage) -> Words:
        return self._named("ui_acts.attend", event.data.get("outcome")), ""

    def _escalated(self, event: Event, _page: TicketPage) -> Words:
        key = f"ui_acts.escalated_for.{event.data.get('cause')}"
        cause = self._ui.text(key) if self._ui.texts.has(key) else ""
        clock = str(event.data.get("clock") or "")
        role = self._names.role(str(event.data.get("to", "")))
        parts = [cause, self._names.clock(clock) if clock else ""]
        words = " · ".join(part for part in parts if part)
        to = self._text("ui_acts.said.to", who=role)
        return f"{words} {to}".strip(), self._personal(event, "reason")

    def _moment(self, written: object) -> str:
        if not isinstance(written, str):
            return ""
        try:
            return self._ui.formats.moment(datetime.fromisoformat(written))
        except ValueError:
            return written


def _yuan(written: object, ui: Ui) -> str:
    if not isinstance(written, str):
        return ""
    try:
        return ui.formats.yuan(Decimal(written))
    except InvalidOperation:
        return written
