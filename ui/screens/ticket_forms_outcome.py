"""Forms about how it ends: a case at an authority, rejecting it, letting it close, reopening it."""

from __future__ import annotations

from desktop.domain.operations.external_case import (
    AUTHORITIES,
    AnswerExternalCase,
    RecordExternalCase,
)
from desktop.domain.operations.reject_complaint import (
    RELEASES,
    ROUTES,
    RejectComplaint,
    ReleaseRejection,
)
from desktop.domain.operations.reopen_ticket import CAUSES, ReopenTicket
from desktop.services.desk import TicketPage
from ui.context import Ui
from ui.screens.ticket_form import DayLine, Form, pairs, read_day, read_moment
from ui.widgets.inputs import CheckBox, Choice, LineEdit, Option, Select, TextArea

NEW_CASE = ""


class CaseForm(Form):
    """A case at 12315, a court or the press (CH-05): every date is typed from the notice."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.case = Select()
        self.authority = Choice(
            [Option(a, ui.text(f"ui_acts.case_authority.{a}")) for a in AUTHORITIES]
        )
        self.authority.set_value(AUTHORITIES[0])
        self.number, self.materials = LineEdit(), LineEdit()
        self.received, self.reply_by = DayLine(), DayLine()
        self.hearing = DayLine(timed=True)
        self._case = self.field("case.case", self.case)
        self._received = self.field("case.received", self.received)
        self._reply_by = self.field("case.reply_by", self.reply_by, "case.dates_hint")
        self._hearing = self.field("case.hearing", self.hearing)
        self.put(self._case, self.field("case.authority", self.authority))
        numbers = [self.field("case.number", self.number), self._received]
        self.put(pairs([*numbers, self._reply_by, self._hearing]))
        self.put(self.field("case.materials", self.materials), self.foot("case.do", self.save))
        self.case.currentIndexChanged.connect(lambda _at: self._fill())

    def show_page(self, page: TicketPage) -> None:
        """Offer the known cases, whose dates may be corrected."""
        super().show_page(page)
        known = page.state.external_cases.values()
        options = [Option(c.id, f"{self._authority(c.authority)} {c.number}") for c in known]
        self.case.set_options([Option(NEW_CASE, self.words("case.new")), *options])
        self._case.setVisible(bool(options))

    def _authority(self, name: str) -> str:
        return self.ui.text(f"ui_acts.case_authority.{name}")

    def _fill(self) -> None:
        cases = self.page.state.external_cases if self.page else {}
        case = cases.get(self.case.value() or "")
        if case is None:
            self.done()
            return
        zone = self.zone()
        self.authority.set_value(case.authority)
        self.number.setText(case.number)
        self.received.setText(case.received.isoformat())
        self.reply_by.setText(case.reply_by.isoformat() if case.reply_by else "")
        local = case.hearing.astimezone(zone) if case.hearing else None
        self.hearing.setText(f"{local:%Y-%m-%d %H:%M}" if local else "")
        self.materials.setText(case.materials if isinstance(case.materials, str) else "")

    def save(self) -> None:
        """Ask for the case; a date that cannot be read is said beside its line."""
        received = read_day(self.received.text())
        reply_by, hearing = None, None
        self._received.set_error("" if received else self.words("bad_day"))
        wrong = received is None
        if self.reply_by.text().strip():
            reply_by = read_day(self.reply_by.text())
            wrong = wrong or reply_by is None
            self._reply_by.set_error("" if reply_by else self.words("bad_day"))
        if self.hearing.text().strip():
            hearing = read_moment(self.hearing.text(), self.zone())
            wrong = wrong or hearing is None
            self._hearing.set_error("" if hearing else self.words("bad_moment"))
        if wrong or received is None:
            return
        case = self.case.value() or self.ui.desk.use_cases.ids.new_id("X")
        authority = self.authority.value() or AUTHORITIES[0]
        number, materials = self.number.text(), self.materials.text()
        self.say(
            RecordExternalCase(case, authority, number, received, reply_by, hearing, materials)
        )

    def done(self) -> None:
        """Clear the lines."""
        for line in (self.number, self.received, self.reply_by, self.hearing, self.materials):
            line.clear()


class CaseReplyForm(Form):
    """That the reply was sent, and how the case ended; the outcome may come long after."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.case, self.outcome = Select(), LineEdit()
        self.put(self.field("case_reply.case", self.case))
        self.put(self.field("case_reply.outcome", self.outcome, "case_reply.hint"))
        self.put(self.foot("case_reply.do", self.save))

    @classmethod
    def fits(cls, page: TicketPage) -> bool:
        """Only with a case whose outcome is not known."""
        return any(not case.outcome for case in page.state.external_cases.values())

    def show_page(self, page: TicketPage) -> None:
        """Offer the cases."""
        super().show_page(page)
        self.case.set_options(
            [
                Option(c.id, f"{self.ui.text(f'ui_acts.case_authority.{c.authority}')} {c.number}")
                for c in page.state.external_cases.values()
                if not c.outcome
            ]
        )

    def save(self) -> None:
        """Ask for the reply."""
        self.say(AnswerExternalCase(self.case.value() or "", self.outcome.text()))

    def done(self) -> None:
        """Clear the outcome."""
        self.outcome.clear()


class RejectForm(Form):
    """A reasoned no (R14): all five routes of 消法 39 were told, one by one."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.reason = TextArea(2)
        self.routes = {r: CheckBox(ui.text(f"ui_acts.reject_route.{r}")) for r in ROUTES}
        self.put(self.field("reject.reason", self.reason), self.note("reject.routes"))
        self.put(*self.routes.values(), self.foot("reject.do", self.save, "reject.hint"))

    @classmethod
    def fits(cls, page: TicketPage) -> bool:
        """Once, on an open ticket."""
        return page.state.closed is None and not page.state.rejected

    def save(self) -> None:
        """Ask for the rejection."""
        told = frozenset(route for route, mark in self.routes.items() if mark.isChecked())
        self.say(RejectComplaint(self.reason.toPlainText(), told))

    def done(self) -> None:
        """Clear reason and marks."""
        self.reason.clear()
        for mark in self.routes.values():
            mark.setChecked(False)


class ReleaseForm(Form):
    """What lets a rejected complaint close: accepted, an outcome outside, or time barred."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.release = Choice([Option(r, ui.text(f"ui_acts.release_by.{r}")) for r in RELEASES])
        self.release.set_value(RELEASES[0])
        self.why = TextArea(2)
        self.put(self.field("release.release", self.release))
        self.put(self.field("release.note", self.why), self.foot("release.do", self.save))

    @classmethod
    def fits(cls, page: TicketPage) -> bool:
        """Only while it is rejected."""
        return page.state.rejected

    def save(self) -> None:
        """Ask for the release."""
        self.say(ReleaseRejection(self.release.value() or RELEASES[0], self.why.toPlainText()))

    def done(self) -> None:
        """Clear the note."""
        self.why.clear()


class ReopenForm(Form):
    """Handle it again (NC-05, R11): one level more urgent, another owner."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.cause = Choice([Option(c, ui.text(f"ui_acts.reopen_cause.{c}")) for c in CAUSES])
        self.cause.set_value("repeat")
        self.reason = TextArea(2)
        self.put(self.field("reopen.cause", self.cause))
        self.put(self.field("reopen.reason", self.reason))
        self.put(self.foot("reopen.do", self.save, "reopen.hint"))

    @classmethod
    def fits(cls, page: TicketPage) -> bool:
        """Only once the customer was answered."""
        return bool(page.state.closed or page.state.solved or page.state.rejection)

    def save(self) -> None:
        """Ask for the reopening."""
        self.say(ReopenTicket(self.cause.value() or "repeat", self.reason.toPlainText()))

    def done(self) -> None:
        """Clear the reason."""
        self.reason.clear()
