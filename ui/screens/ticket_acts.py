"""What can be done on a ticket beside its steps: chips, each opening its small form."""

from __future__ import annotations

from PySide6.QtCore import Signal

from desktop.domain.commands import Command
from desktop.domain.operations.complete_step import CompleteStep
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.operations.tick_check import TickCheck
from desktop.services.desk import TicketPage
from ui.context import Ui
from ui.screens.ticket_facts import EvidencePanel
from ui.screens.ticket_panels import (
    ClassifyPanel,
    ContactPanel,
    Panel,
    PausePanel,
    RecordPanel,
    SignPanel,
    SurveyPanel,
    text_panels,
)
from ui.widgets.inputs import Choice, Option
from ui.widgets.layout import Card

ORDER = (
    "contact",
    "classify",
    "evidence",
    "comment",
    "solution",
    "sign",
    "survey",
    "report",
    "record",
    "pause",
)
PANEL_OF_GATE = {
    "verbatim": "record",
    "code": "classify",
    "level": "classify",
    "owner": "classify",
    "trace": "classify",
    "evidence": "evidence",
    "legal_opinion": "evidence",
    "contacted": "contact",
    "solved": "solution",
    "signed": "sign",
    "survey": "survey",
    "satisfied": "survey",
    "written_report": "report",
}
"""Which form opens a closed gate of the store's flow; others leave the choice to the person."""

PANEL_OF_STEP = {
    "record": "record",
    "classify": "classify",
    "verify": "evidence",
    "propose": "contact",
    "sign": "solution",
    "callback": "survey",
}


class ActsCard(Card):
    """One form is open at a time; the step in hand chooses which, until a person does."""

    wanted = Signal(object)
    files = Signal(list, str)
    print_wanted = Signal(str)

    def __init__(self, ui: Ui) -> None:
        super().__init__(margins=(20, 12, 20, 16))
        self.choice = Choice([Option(name, ui.text(f"ui_ticket.act.{name}")) for name in ORDER])
        self.evidence, sign = EvidencePanel(ui), SignPanel(ui)
        self.panels: dict[str, Panel] = {
            "contact": ContactPanel(ui),
            "classify": ClassifyPanel(ui),
            "evidence": self.evidence,
            "sign": sign,
            "survey": SurveyPanel(ui),
            "record": RecordPanel(ui),
            "pause": PausePanel(ui),
            **text_panels(ui),
        }
        self.add(self.choice)
        for name in ORDER:
            panel = self.panels[name]
            panel.wanted.connect(self.wanted)
            panel.hide()
            self.add(panel)
        self.evidence.files.connect(self.files)
        sign.print_wanted.connect(self.print_wanted)
        self.choice.changed.connect(self._show)
        self._step = ""

    def show_page(self, page: TicketPage) -> None:
        """Show the ticket in every form; a new step in hand opens its form."""
        for panel in self.panels.values():
            panel.show_page(page)
        step = f"{page.state.id}/{page.current.id}" if page.current else ""
        if step != self._step and page.current is not None:
            self.choice.set_value(PANEL_OF_STEP.get(page.current.id))
        self._step = step
        self.setVisible(page.state.closed is None)

    def open(self, name: str) -> None:
        """Open a form and put the keyboard into it."""
        self.choice.set_value(name)
        self.panels[name].focusNextChild()

    def open_for(self, gate: str) -> None:
        """Open the form that opens a gate, if one does."""
        if gate in PANEL_OF_GATE:
            self.open(PANEL_OF_GATE[gate])

    def done(self, command: Command) -> None:
        """Clear the form whose act was carried out."""
        chosen = self.choice.value()
        if chosen is not None and not isinstance(command, TickCheck | CompleteStep | CorrectTicket):
            self.panels[chosen].done()

    def _show(self) -> None:
        chosen = self.choice.value()
        for name, panel in self.panels.items():
            panel.setVisible(name == chosen)
