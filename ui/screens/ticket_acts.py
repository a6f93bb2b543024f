"""What can be done on a ticket beside its steps: everyday chips, and the forms of the more menu."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.domain.commands import Command
from desktop.domain.operations.complete_step import CompleteStep
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.operations.tick_check import TickCheck
from desktop.domain.policy import Step
from desktop.services.desk import TicketPage
from ui.context import Ui
from ui.form_drafts import FormDrafts, inputs_of
from ui.screens.ticket_facts import EvidencePanel
from ui.screens.ticket_form import Form
from ui.screens.ticket_making import Panels
from ui.screens.ticket_more import FORMS
from ui.screens.ticket_panels import Panel, SignPanel
from ui.widgets.buttons import Button
from ui.widgets.inputs import Choice, Option
from ui.widgets.layout import Card, box, label, order_tabs, row

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
AFTER_CLOSING = ("comment", "evidence")
"""What may still be added to a closed ticket."""

PANEL_OF_GATE = {
    "verbatim": "record",
    "code": "classify",
    "level": "classify",
    "owner": "classify",
    "trace": "classify",
    "evidence": "evidence",
    "test_report": "evidence",
    "legal_opinion": "opinion",
    "contacted": "contact",
    "solved": "solution",
    "signed": "sign",
    "survey": "survey",
    "satisfied": "survey",
    "written_report": "report",
    "rejected": "release",
    "another_owner": "accept",
    "help_open": "help_answer",
    "task_open": "task",
    "external_reply": "case_reply",
}
"""Which form opens a closed gate of a flow; others leave the choice to the person."""

PANEL_OF_STEP = {
    "record": "record",
    "classify": "classify",
    "verify": "evidence",
    "goods": "evidence",
    "sample": "evidence",
    "test": "evidence",
    "statement": "evidence",
    "analysis": "comment",
    "propose": "contact",
    "choice": "contact",
    "carry_out": "solution",
    "sign": "solution",
    "callback": "survey",
    "safe": "red",
    "call": "red",
    "preserve": "evidence",
    "notify": "red",
    "team": "contact",
    "notice": "case",
    "reply": "case_reply",
}
"""Which form goes with a step, by the step's id in any flow."""

PANEL_OF_NODE = {
    "recorded": "record",
    "classified": "classify",
    "investigated": "evidence",
    "solved": "solution",
    "followed_up": "survey",
}
"""Which form goes with a step that a pack names otherwise, by its node."""


class ActsCard(Card):
    """One form is open at a time; the step in hand chooses which, until a person does."""

    wanted = Signal(object)
    work = Signal(object)
    files = Signal(list, str)
    print_wanted = Signal(str)

    def __init__(self, ui: Ui, typing: FormDrafts) -> None:
        super().__init__(margins=(20, 12, 20, 16))
        self._ui, self.typing = ui, typing
        self.choice = Choice([Option(name, ui.text(f"ui_ticket.act.{name}")) for name in ORDER])
        self.panels = Panels(ui, self._take_in)
        self._title = label("", "heading")
        close = Button(
            "", self.close_form, variant="ghost", icon="x", accessible=ui.text("ui.close")
        )
        self._form_head = box(row(self._title, None, close))
        self.add(self.choice, self._form_head)
        self._form_head.hide()
        self.choice.changed.connect(self._show)
        self._kept = label("", "small", wrap=True)
        self.discard = Button(ui.text("ui_intake.discard"), variant="link")
        kept = row(gap=12)
        kept.addWidget(self._kept, 1)
        kept.addWidget(self.discard)
        self._kept_line = box(kept)
        self._kept_line.hide()
        self.add(self._kept_line)
        typing.kept.connect(self._say_kept)
        self._page: TicketPage | None = None
        self._step, self._form = "", ""
        self._stale: set[str] = set()

    def _take_in(self, name: str, panel: Panel) -> None:
        """Put a form that has just been made above the line about kept typing."""
        panel.hide()
        panel.wanted.connect(self.wanted)
        if isinstance(panel, Form):
            panel.work.connect(self.work)
        elif isinstance(panel, EvidencePanel):
            panel.files.connect(self.files)
        elif isinstance(panel, SignPanel):
            panel.print_wanted.connect(self.print_wanted)
        self.body.insertWidget(self.body.indexOf(self._kept_line), panel)
        self._stale.add(name)
        self.typing.watch()

    def form(self, name: str) -> Form:
        """Return a form of the more menu; raises KeyError for any other name."""
        panel = self.panels[name]
        if not isinstance(panel, Form):
            raise KeyError(name)
        return panel

    @property
    def evidence(self) -> EvidencePanel:
        """Return the form that takes evidence."""
        return cast(EvidencePanel, self.panels["evidence"])

    def fits(self, name: str) -> bool:
        """Tell whether an act can be done on the ticket now, without making its form."""
        page = self._page
        if page is None:
            return False
        if name in FORMS:
            form, person = FORMS[name], self._ui.desk.person
            may = form.for_clerks or (person is not None and person.role != "clerk")
            return may and form.fits(page)
        return page.state.closed is None or name in AFTER_CLOSING

    @property
    def current(self) -> str:
        """Return the name of the form that is open, empty for none."""
        return self._form or self.choice.value() or ""

    def show_page(self, page: TicketPage) -> None:
        """Show the ticket in every form; a new step in hand opens its form."""
        other = self._page is None or self._page.state.id != page.state.id
        self._page = page
        self._stale = set(self.panels.made)
        for name in ORDER:
            self.choice.chip(name).setVisible(self.fits(name))
        if other or (self._form and not self.fits(self._form)):
            self._form = ""
        step = f"{page.state.id}/{page.current.id}" if page.current else ""
        if step != self._step and page.current is not None:
            self._open_for_step(page.current, page)
        elif page.current is None and other:
            self.choice.set_value(None)
        self._step = step
        self._show()

    def inputs(self) -> dict[str, QWidget]:
        """Return the inputs whose typing is kept, by form."""
        made = self.panels.made
        kept = ((name, panel) for name, panel in made.items() if panel.keeps)
        return {key: found for name, p in kept for key, found in inputs_of(p, name).items()}

    def known(self) -> dict[str, str]:
        """Return what the ticket already says, by input."""
        made = self.panels.made.values()
        return {key: said for panel in made for key, said in panel.known().items()}

    def forget(self) -> None:
        """Let every form forget the ticket in sight."""
        for panel in self.panels.made.values():
            panel.forget()
        self._page, self._stale = None, set(self.panels.made)

    def take_up(self) -> None:
        """Open the form in which typing was left, if it still fits the ticket."""
        name = self.typing.last_group
        if name not in self.typing.waiting or name not in self.panels or not self.fits(name):
            return
        if name in FORMS:
            self._start(name)
        else:
            self.choice.set_value(name)

    def _say_kept(self) -> None:
        saved = self.typing.saved
        self._kept_line.setVisible(saved is not None)
        if saved is not None:
            time = self._ui.formats.clock(saved.updated_at)
            self._kept.setText(self._ui.text("ui_ticket.typing_kept", time=time))

    def _open_for_step(self, step: Step, page: TicketPage) -> None:
        name = PANEL_OF_STEP.get(step.id) or PANEL_OF_NODE.get(step.node, "")
        if name == "case" and page.state.external_cases:
            name = "evidence"  # the case is recorded; what is left is the picture of its notice
        if name in FORMS:
            if self.fits(name):
                self._start(name)
            return
        self._form = ""
        self.choice.set_value(name or None)

    def open(self, name: str) -> None:
        """Open a form and put the keyboard into it."""
        if name in FORMS:
            self._start(name)
        else:
            self._form = ""
            self.choice.set_value(name)
            self._show()
        self.panels[name].focus_first()

    def _start(self, name: str) -> None:
        self._freshen(name)
        if self._page is not None:
            self.form(name).opened(self._page)
        self._form = name
        self.choice.set_value(None)
        self._show()

    def _freshen(self, name: str) -> None:
        """Let a form look at the ticket; only one that is seen needs to."""
        panel = self.panels[name]
        if name in self._stale and self._page is not None:
            self._stale.discard(name)
            with self.typing.quiet():
                panel.show_page(self._page)
            self.typing.fill(name)
            order_tabs(self)

    def close_form(self) -> None:
        """Close the form of the more menu."""
        self._form = ""
        self._show()

    def open_for(self, gate: str) -> None:
        """Open the form that opens a gate, if one does."""
        if gate in PANEL_OF_GATE:
            self.open(PANEL_OF_GATE[gate])

    def done(self, command: Command | None) -> None:
        """Clear the form whose act was carried out."""
        if isinstance(command, TickCheck | CompleteStep):
            return
        if self._form:
            self.form(self._form).done()
        elif self.current and not isinstance(command, CorrectTicket):
            self.panels[self.current].done()
        if not isinstance(command, CorrectTicket):
            self.typing.finished(self.current)

    def _show(self) -> None:
        chosen = self.choice.value()
        if chosen is not None:
            self._form = ""
        name = self._form or chosen
        if name is not None:
            self._freshen(name)
        self._form_head.setVisible(bool(self._form))
        if self._form:
            self._title.setText(self._ui.text(f"ui_acts.{self._form}.title"))
        for known, panel in self.panels.made.items():
            panel.setVisible(known == name)
