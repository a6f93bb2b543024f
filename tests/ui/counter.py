"""A person at one ticket's screen: forms by the menu, what goes before by commands."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu

from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.complete_step import CompleteStep
from desktop.domain.operations.contact_customer import ContactCustomer
from desktop.domain.operations.record_solution import RecordSolution
from desktop.domain.operations.tick_check import TickCheck
from desktop.domain.outcomes import Refusal
from desktop.services.desk import Desk, TicketPage
from tests.ui.conftest import PASSWORD, rest, show
from tests.ui.story_kit import button, press
from ui.screens.ticket import TicketScreen
from ui.screens.ticket_form import Form
from ui.screens.ticket_panels import SurveyPanel
from ui.screenshots import settle
from ui.shell.workspace import Workspace

MOST_STEPS = 20


class Counter:
    """A person at one ticket's screen: forms by the menu, what is needed before by commands."""

    def __init__(self, workspace: Workspace, desk: Desk, stream: str) -> None:
        self.workspace, self.desk, self.stream = workspace, desk, stream
        show(workspace, "ticket", stream)
        assert isinstance(workspace.front, TicketScreen)
        self.screen = workspace.front

    @property
    def page(self) -> TicketPage:
        """Return the ticket as the screen shows it."""
        assert self.screen.page is not None
        return self.screen.page

    def words(self) -> str:
        """Return what timeline and register say."""
        screen = self.screen
        labels = (*screen.timeline.findChildren(QLabel), *screen.register.findChildren(QLabel))
        return "\n".join(found.text() for found in labels)

    def menu(self, name: str) -> Form:
        """Open a form by Alt+M, the keys through the submenu, and Enter."""
        QTest.keyClick(self.screen, Qt.Key.Key_M, Qt.KeyboardModifier.AltModifier)
        assert settle(lambda: any(m.isVisible() for m in self.screen.findChildren(QMenu)))
        menu = next(m for m in self.screen.findChildren(QMenu) if m.isVisible())
        action = menu.acts[name]  # type: ignore[attr-defined]
        assert action.isEnabled(), name
        sub = action.parent()
        assert isinstance(sub, QMenu)
        for _ in range(12):
            if menu.activeAction() is sub.menuAction():
                break
            QTest.keyClick(menu, Qt.Key.Key_Down)
        QTest.keyClick(menu, Qt.Key.Key_Right)
        assert settle(sub.isVisible)
        for _ in range(12):
            if sub.activeAction() is action:
                break
            QTest.keyClick(sub, Qt.Key.Key_Down)
        QTest.keyClick(sub, Qt.Key.Key_Return)
        rest(self.workspace)
        assert self.screen.acts.current == name
        return self.screen.acts.form(name)

    def press(self, form: Form, words: str) -> None:
        """Press a button of the form and wait for what becomes of it."""
        press(button(form, words))
        rest(self.workspace)

    def log_in(self, login: str) -> None:
        """Change who is at the counter."""
        self.desk.log_in(login, PASSWORD)
        self.look()

    def look(self) -> None:
        """Look at the ticket again."""
        self.screen.refresh()
        rest(self.workspace)

    def classify(self, code: str, level: int = 3) -> None:
        """Set code and level."""
        assert not isinstance(self.desk.act(self.stream, ClassifyTicket(code, level)), Refusal)

    def forward(self, until: str = "") -> None:
        """Do the steps before `until` by commands, as far as their gates allow."""
        for _ in range(MOST_STEPS):
            page = self.desk.ticket(self.stream)
            assert page is not None
            if page.current is None or page.current.id == until:
                break
            for item in page.current.do:
                self.desk.act(self.stream, TickCheck(page.current.id, item.id, True))
            done = self.desk.act(self.stream, CompleteStep(page.current.id))
            if isinstance(done, Refusal):
                break
        self.look()

    def solved(self) -> None:
        """Bring it to the satisfaction call."""
        self.desk.act(self.stream, ContactCustomer("first_response", "phone", True, "told"))
        self.desk.act(self.stream, RecordSolution("换新"))
        self.forward("callback")
        assert self.page.current is not None
        assert self.page.current.id == "callback"

    def survey(self, outcome: str, stars: int = 0) -> None:
        """Record a satisfaction call."""
        self.screen.open_form("survey")
        panel = self.screen.acts.panels["survey"]
        assert isinstance(panel, SurveyPanel)
        press(panel.outcome.chip(outcome))
        if stars:
            press(panel.score.chip(str(stars)))
        press(button(panel, "登记回访"))
        rest(self.workspace)

    def missing(self) -> set[str]:
        """Return the gates and checks that block the step in hand."""
        return {m.id for m in self.page.missing}
