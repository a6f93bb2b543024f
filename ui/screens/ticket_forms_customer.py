"""Forms about the customer: the wait at the counter, promises, withdrawal, staying unnamed."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from PySide6.QtCore import QTimer

from desktop.domain.operations.attend_customer import AttendCustomer
from desktop.domain.operations.rate_experience import CES, NPS, RateExperience
from desktop.domain.operations.record_promise import (
    ExplainPromise,
    KeepPromise,
    RecordPromise,
)
from desktop.domain.operations.withdraw_complaint import MarkAnonymous, WithdrawComplaint
from desktop.domain.parts import Promise
from desktop.services.desk import TicketPage
from ui.context import Ui
from ui.screens.ticket_form import DayLine, Form, pairs, read_moment
from ui.screens.ticket_money import ASK_AFTER_MS, read_amount
from ui.widgets.buttons import Button
from ui.widgets.feedback import Banner
from ui.widgets.inputs import Choice, LineEdit, Option, Select, TextArea
from ui.widgets.layout import box, label, row


class AttendForm(Form):
    """End the wait at the counter (SL-10)."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        served = Button(self.words("attend.served"), lambda: self.say(AttendCustomer("served")))
        left = Button(self.words("attend.left"), lambda: self.say(AttendCustomer("left")))
        self._about = label("", "smallink", wrap=True)
        self.put(self._about, box(row(served, left, None)))

    @classmethod
    def fits(cls, page: TicketPage) -> bool:
        """Only while the customer waits."""
        state = page.state
        return state.arrived_at is not None and not (state.served_at or state.left_at)

    def show_page(self, page: TicketPage) -> None:
        """Say since when the customer waits."""
        super().show_page(page)
        if page.state.arrived_at is not None:
            since = self.ui.formats.clock(page.state.arrived_at)
            self._about.setText(self.words("attend.since", since=since))


class PromiseForm(Form):
    """Record what was promised (CO-08): amount, date or both, warned above authority."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.text, self.amount, self.due = LineEdit(), LineEdit("0.00"), DayLine(timed=True)
        self.warning = Banner()
        self._amount = self.field("promise.amount", self.amount)
        self._due = self.field("promise.due", self.due, "promise.due_hint")
        self.put(self.field("promise.text", self.text), pairs([self._amount, self._due]))
        self.put(self.warning, self.foot("promise.do", self.save, "promise.hint"))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.ask)
        self.amount.textEdited.connect(lambda _text: self._timer.start(ASK_AFTER_MS))

    def ask(self) -> None:
        """Ask whether the amount is above authority, before it is promised."""
        amount, desk = read_amount(self.amount.text()), self.ui.desk
        if amount is None or self.page is None:
            self.warning.say("")
            return
        stream = self.page.state.id
        self.ui.run(
            lambda: desk.promise_over_authority(stream, amount), partial(self._warn, amount)
        )

    def _warn(self, amount: Decimal, over: bool) -> None:
        if read_amount(self.amount.text()) == amount:
            money = self.ui.formats.money(amount)
            self.warning.say(self.words("promise.over", amount=money) if over else "", "warn")

    def save(self) -> None:
        """Ask for the promise; what cannot be read is said beside its line."""
        written, day = self.amount.text().strip(), self.due.text().strip()
        amount = read_amount(written) if written else None
        due = read_moment(day, self.zone()) if day else None
        bad_amount, bad_due = bool(written) and amount is None, bool(day) and due is None
        self._amount.set_error(self.ui.text("ui_ticket.amount_bad") if bad_amount else "")
        self._due.set_error(self.words("bad_moment") if bad_due else "")
        if not (bad_amount or bad_due):
            promise = self.ui.desk.use_cases.ids.new_id("P")
            self.say(RecordPromise(promise, self.text.text(), amount, due))

    def done(self) -> None:
        """Clear the promise."""
        for line in (self.text, self.amount, self.due):
            line.clear()
        self.warning.say("")


class KeptForm(Form):
    """Say that a promise was kept, or why it was not; a closed ticket still keeps them."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.promise, self.excuse = Select(), LineEdit()
        self.put(
            self.field("kept.promise", self.promise),
            self.field("kept.excuse", self.excuse),
            self.foot("kept.do", self.save),
        )

    @classmethod
    def fits(cls, page: TicketPage) -> bool:
        """Only while a promise is open."""
        return any(promise.open for promise in page.state.promises.values())

    def show_page(self, page: TicketPage) -> None:
        """Offer the open promises."""
        super().show_page(page)
        self.promise.set_options(
            [
                Option(p.id, promise_words(p, self.ui))
                for p in page.state.promises.values()
                if p.open
            ]
        )

    def save(self) -> None:
        """Ask for it."""
        promise, excuse = self.promise.value() or "", self.excuse.text().strip()
        self.say(ExplainPromise(promise, excuse) if excuse else KeepPromise(promise))

    def done(self) -> None:
        """Clear the excuse: it was for this promise alone."""
        self.excuse.clear()


class LapsedForm(Form):
    """Say why a promise was not kept, as the customer was told it."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.promise, self.reason = Select(), LineEdit()
        self.put(self.field("lapsed.promise", self.promise))
        self.put(self.field("lapsed.reason", self.reason), self.foot("lapsed.do", self.save))

    @classmethod
    def fits(cls, page: TicketPage) -> bool:
        """Only while a promise is open."""
        return any(promise.open for promise in page.state.promises.values())

    def show_page(self, page: TicketPage) -> None:
        """Offer the open promises."""
        super().show_page(page)
        self.promise.set_options(open_promises(page, self.ui))

    def save(self) -> None:
        """Ask for it."""
        self.say(ExplainPromise(self.promise.value() or "", self.reason.text()))

    def done(self) -> None:
        """Clear the reason."""
        self.reason.clear()


class RateForm(Form):
    """The two further questions of a satisfaction call: recommending, and effort (NC-07)."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.nps = Choice([Option(str(n), str(n)) for n in NPS])
        self.ces = Choice([Option(str(n), str(n)) for n in CES], digits=True)
        self.put(self.field("rate.nps", self.nps), self.field("rate.ces", self.ces))
        self.put(self.foot("rate.do", self.save))

    @classmethod
    def fits(cls, page: TicketPage) -> bool:
        """Only once the customer answered the survey."""
        return any(survey.score is not None for survey in page.state.surveys)

    def save(self) -> None:
        """Ask for the answers that were given."""
        nps, ces = self.nps.value(), self.ces.value()
        self.say(RateExperience(int(nps) if nps else None, int(ces) if ces else None))

    def done(self) -> None:
        """Clear the answers."""
        self.nps.set_values([])
        self.ces.set_values([])


class WithdrawForm(Form):
    """The customer withdraws (撤诉)."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.reason = TextArea(2)
        self.put(self.field("withdraw.reason", self.reason))
        self.put(self.foot("withdraw.do", self.save, "withdraw.hint"))

    @classmethod
    def fits(cls, page: TicketPage) -> bool:
        """Once, on an open ticket."""
        return page.state.closed is None and page.state.withdrawn is None

    def save(self) -> None:
        """Ask for the withdrawal."""
        self.say(WithdrawComplaint(self.reason.toPlainText()))

    def done(self) -> None:
        """Clear the reason."""
        self.reason.clear()


class AnonymousForm(Form):
    """The customer stays unnamed: nobody can be called (R14)."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.reason = LineEdit()
        self.put(self.field("anonymous.reason", self.reason))
        self.put(self.foot("anonymous.do", self.save, "anonymous.hint"))

    @classmethod
    def fits(cls, page: TicketPage) -> bool:
        """Only without a phone number."""
        return page.state.closed is None and not page.state.text("phone")

    def save(self) -> None:
        """Ask for it."""
        self.say(MarkAnonymous(self.reason.text()))

    def done(self) -> None:
        """Clear the reason."""
        self.reason.clear()


def promise_words(promise: Promise, ui: Ui) -> str:
    """Write a promise in one line: what, how much, until when."""
    parts = [promise.text if isinstance(promise.text, str) else ui.text("ui.erased")]
    parts += [ui.formats.yuan(promise.amount)] if promise.amount is not None else []
    parts += [ui.formats.moment(promise.due)] if promise.due is not None else []
    return " · ".join(part for part in parts if part)


def open_promises(page: TicketPage, ui: Ui) -> list[Option]:
    """Return the promises that are neither kept nor explained."""
    promises = page.state.promises.values()
    return [Option(p.id, promise_words(p, ui)) for p in promises if p.open]
