"""Forms about who works on the complaint: transfer, accept, escalate, help, checks, opinion."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.domain.operations.answer_task import AnswerTask
from desktop.domain.operations.escalate_ticket import (
    EscalateTicket,
    TellEscalation,
    one_up,
    role_in_charge,
)
from desktop.domain.operations.record_legal_opinion import RecordLegalOpinion
from desktop.domain.operations.request_help import ANSWERS, AnswerHelp, RequestHelp
from desktop.domain.operations.transfer_ticket import AcceptTransfer, TransferTicket, transfers
from desktop.services.desk import TicketPage
from desktop.services.ports import Person
from ui.context import Ui
from ui.screens.ticket_form import Form
from ui.widgets.feedback import Banner
from ui.widgets.inputs import CheckBox, Choice, LineEdit, Option, Select, TextArea
from ui.widgets.layout import label, row

RESULTS = ("confirmed", "refuted", "unclear")


class TransferForm(Form):
    """Hand the complaint over (AS-03, AS-10); one too many is said beforehand (AS-04)."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.to, self.reason, self.handover = Select(), LineEdit(), TextArea(2)
        self.warning = Banner()
        first = row(gap=12)
        first.addWidget(self.field("transfer.to", self.to), 1)
        first.addWidget(self.field("transfer.reason", self.reason), 2)
        self.put(self.warning, first, self.field("transfer.note", self.handover))
        self.put(self.foot("transfer.do", self.save, "transfer.hint"))

    def opened(self, page: TicketPage) -> None:
        """Offer everybody but the owner, and say when it was handed over too often."""
        self.ui.run(self.ui.desk.people, self._offer)
        over, done = page.policy.thresholds.transfers_over, transfers(page.state)
        often = self.words("transfer.often", n=done, over=over) if done >= over else ""
        self.warning.say(often, "warn")

    def _offer(self, people: Sequence[Person]) -> None:
        owner = self.page.state.text("owner") if self.page else ""
        known = [
            Option(p.id, f"{p.name} · {self.ui.text(f'ui.role.{p.role}')}")
            for p in people
            if p.id != owner
        ]
        self.to.set_options([Option("", "–"), *known])

    def save(self) -> None:
        """Ask for the transfer."""
        to, note = self.to.value() or "", self.handover.toPlainText()
        self.say(TransferTicket(to, self.reason.text(), note))

    def done(self) -> None:
        """Clear what was typed."""
        self.reason.clear()
        self.handover.clear()


class AcceptForm(Form):
    """Take a complaint over (AS-11): who asked, why, and what one must know."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self._about = label("", "smallink", wrap=True)
        self.put(self._about, self.foot("accept.do", lambda: self.say(AcceptTransfer())))

    @classmethod
    def fits(cls, page: TicketPage) -> bool:
        """Only while a handover waits."""
        return page.state.closed is None and page.state.handover is not None

    def show_page(self, page: TicketPage) -> None:
        """Say who asks whom, and why."""
        super().show_page(page)
        waiting = page.state.handover
        if waiting is None:
            return
        to = self.who(waiting.to) if waiting.to else self.ui.text(f"ui.role.{waiting.role}")
        reason = waiting.reason
        if waiting.role:
            reason = self.words("accept.reopened")
        lines = [self.words("accept.about", sender=self.who(waiting.sender), to=to, reason=reason)]
        note = waiting.note if isinstance(waiting.note, str) else ""
        self._about.setText("\n".join([*lines, note] if note else lines))


class EscalateForm(Form):
    """Bring it one role up (SL-07, FL-10), with the reason."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.reason = TextArea(2)
        self._to = label("", "small", wrap=True)
        self.put(self._to, self.field("escalate.reason", self.reason))
        self.put(self.foot("escalate.do", self.save))

    def show_page(self, page: TicketPage) -> None:
        """Say to whom it goes."""
        super().show_page(page)
        role = self.ui.text(f"ui.role.{one_up(role_in_charge(page.state))}")
        self._to.setText(self.words("escalate.to", role=role))

    def save(self) -> None:
        """Ask for the escalation."""
        self.say(EscalateTicket("manual", reason=self.reason.toPlainText()))

    def done(self) -> None:
        """Clear the reason."""
        self.reason.clear()


class ToldForm(Form):
    """Offline somebody phones: who was told of the escalation."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.person = LineEdit()
        self.put(self.field("told.who", self.person), self.foot("told.do", self.save, "told.hint"))

    @classmethod
    def fits(cls, page: TicketPage) -> bool:
        """Only after an escalation."""
        return bool(page.state.escalations)

    def save(self) -> None:
        """Ask for the note."""
        self.say(TellEscalation(self.person.text()))

    def done(self) -> None:
        """Clear the name."""
        self.person.clear()


class HelpForm(Form):
    """Ask a department of the pack for help (AS-09): 48 h to diagnose, 72 h to solve (FL-09)."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.department, self.text = Select(), TextArea(2)
        self.put(self.field("help.department", self.department), self.field("help.text", self.text))
        self.put(self.foot("help.do", self.save, "help.hint"))

    def opened(self, page: TicketPage) -> None:
        """Offer the departments, those for this code first."""
        code, local = page.state.text("code"), self.ui.texts.choose
        fit = [c for c in page.policy.contacts if {code, code[:2]} & set(c.codes) and code]
        rest = [c for c in page.policy.contacts if c not in fit]
        self.department.set_options(
            [
                Option(c.id, f"{local(dict(c.title))} · {c.phone}", local(dict(c.duty)))
                for c in (*fit, *rest)
            ]
        )

    def save(self) -> None:
        """Ask for the request."""
        request = self.ui.desk.use_cases.ids.new_id("H")
        self.say(RequestHelp(request, self.department.value() or "", self.text.toPlainText()))

    def done(self) -> None:
        """Clear the question."""
        self.text.clear()


class AnswerHelpForm(Form):
    """Note what a department answered."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.request, self.text = Select(), TextArea(2)
        self.answer = Choice([Option(a, ui.text(f"ui_acts.help_result.{a}")) for a in ANSWERS])
        self.answer.set_value(ANSWERS[0])
        self.put(self.field("help_answer.request", self.request))
        self.put(self.field("help_answer.answer", self.answer))
        self.put(self.field("help_answer.text", self.text))
        self.put(self.foot("help_answer.do", self.save))

    @classmethod
    def fits(cls, page: TicketPage) -> bool:
        """Only while a request is open."""
        return any(asked.open for asked in page.state.help_requests.values())

    def show_page(self, page: TicketPage) -> None:
        """Offer the open requests."""
        super().show_page(page)
        self.request.set_options(
            [
                Option(asked.id, f"{department(page, asked.department, self.ui)} · {asked.text}")
                for asked in page.state.help_requests.values()
                if asked.open
            ]
        )

    def save(self) -> None:
        """Ask for the answer."""
        request, answer = self.request.value() or "", self.answer.value() or ANSWERS[0]
        self.say(AnswerHelp(request, answer, self.text.toPlainText()))

    def done(self) -> None:
        """Clear the answer."""
        self.text.clear()


class TaskForm(Form):
    """Note the result of what a code or a count set off (CL-07, CL-09, QA-02)."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.task, self.text = Select(), TextArea(2)
        self.result = Choice([Option(r, ui.text(f"ui_acts.task_result.{r}")) for r in RESULTS])
        self.result.set_value(RESULTS[0])
        self.put(self.field("task.task", self.task), self.field("task.result", self.result))
        self.put(self.field("task.text", self.text), self.foot("task.do", self.save, "task.hint"))

    @classmethod
    def fits(cls, page: TicketPage) -> bool:
        """Only while a task is not answered."""
        return any(task.answered is None for task in page.state.tasks.values())

    def show_page(self, page: TicketPage) -> None:
        """Offer the tasks that wait."""
        super().show_page(page)
        waiting = [t for t in page.state.tasks.values() if t.answered is None]
        names = [Option(t.kind, self.ui.text(f"ui_acts.task_kind.{t.kind}")) for t in waiting]
        self.task.set_options(names)

    def save(self) -> None:
        """Ask for the result."""
        task, result = self.task.value() or "", self.result.value() or RESULTS[0]
        self.say(AnswerTask(task, result, self.text.toPlainText()))

    def done(self) -> None:
        """Clear the result."""
        self.text.clear()


class OpinionForm(Form):
    """What legal says (CL-10): RL-09 cannot be closed without it."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.text, self.may_close = TextArea(3), CheckBox(self.words("opinion.may_close"))
        self.put(self.field("opinion.text", self.text), self.may_close)
        self.put(self.foot("opinion.do", self.save, "opinion.hint"))

    def save(self) -> None:
        """Ask for the opinion."""
        self.say(RecordLegalOpinion(self.text.toPlainText(), self.may_close.isChecked()))

    def done(self) -> None:
        """Clear the opinion."""
        self.text.clear()
        self.may_close.setChecked(False)


def department(page: TicketPage, name: str, ui: Ui) -> str:
    """Return a department's name from the ticket's pack; one that is none stays as written."""
    known = next((c for c in page.policy.contacts if c.id == name), None)
    return ui.texts.choose(dict(known.title)) if known else name
