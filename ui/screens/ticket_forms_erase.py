"""The form that erases a complaint's person (D10): what happens is shown, the number typed."""

from __future__ import annotations

from desktop.domain.operations.erase_person import BASES
from desktop.domain.outcomes import Refusal
from desktop.domain.ticket import TicketState
from desktop.services.desk import TicketPage
from ui.context import Ui
from ui.screens.ticket_form import Form
from ui.widgets.buttons import Button
from ui.widgets.inputs import Choice, LineEdit, Option
from ui.widgets.layout import row


class EraseForm(Form):
    """It cannot be undone, so a press is not enough: the complaint's own number is typed."""

    keeps = False  # what guards an act that cannot be undone must not wait there typed
    for_clerks = False

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.basis = Choice([Option(b, ui.text(f"ui_settings.erase.{b}")) for b in BASES])
        self.basis.set_value(BASES[0])
        self.number = LineEdit()
        self.do = Button(self.words("erase.do"), self.save, variant="danger", icon="trash-2")
        self._what = self.note()
        self.put(self._what, self.field("erase.basis", self.basis))
        self.put(self.field("erase.number", self.number, "erase.number_hint"))
        self.put(row(None, self.do))
        self.number.textChanged.connect(lambda _text: self._adapt())
        self.number.returnPressed.connect(self.save)

    @classmethod
    def fits(cls, page: TicketPage) -> bool:
        """Only once it is closed; an erased person is gone."""
        return page.state.closed is not None and page.state.erased is None

    def show_page(self, page: TicketPage) -> None:
        """Say exactly what goes and what stays."""
        super().show_page(page)
        pictures = len(page.state.evidence)
        self._what.setText(self.words("erase.what", number=page.row.number, files=pictures))
        self._adapt()

    def save(self) -> None:
        """Erase; the page is read again with what is left."""
        page, desk, basis = self.page, self.ui.desk, self.basis.value() or BASES[0]
        if page is None or not self._matches():
            return
        stream = page.state.id  # another complaint may have its number

        def work() -> TicketState | Refusal:
            outcome = desk.erase_person(stream, basis)
            if isinstance(outcome, Refusal):
                return outcome
            left = desk.ticket(stream)
            return left.state if left else Refusal("no_such_ticket", {"ticket": stream})

        self.work.emit(work)

    def done(self) -> None:
        """Empty the line, so that the next press needs the number again."""
        self.number.clear()

    def _matches(self) -> bool:
        typed = self.number.text().strip().upper()
        return self.page is not None and typed == self.page.row.number.upper()

    def _adapt(self) -> None:
        self.do.setEnabled(self._matches())
