"""States of the daily work for its pictures: doors, intake, list, forms, approvals, the gallery."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from PySide6.QtWidgets import QWidget

from desktop.services.desk import Desk
from desktop.texts import Texts
from ui.background import Background
from ui.gallery import build_gallery
from ui.main_window import MainWindow
from ui.screens.approvals import ApprovalsScreen
from ui.screens.compensate import CompensateScreen
from ui.screens.complaints import ComplaintsScreen
from ui.screens.intake import IntakeScreen
from ui.screens.ticket import TicketScreen
from ui.shell.login import LoginPage, OpeningPage, SetupPage
from ui.shell.workspace import Workspace
from ui.tour_states import Place, Settled
from ui.widgets.layout import Scroll

FORMS: Final = ("contact", "classify", "evidence", "solution", "survey", "record", "promise")
ABOVE_ALL: Final = "6000"
"""Yuan that no band of the default policy lets a clerk or a supervisor give alone."""


class DeskStates:
    """Goes to each state and hands it over; the last ones log in as somebody else and back."""

    def __init__(self, window: MainWindow, desk: Desk, settled: Settled, password: str) -> None:
        self._window, self._desk, self._settled = window, desk, settled
        self._password = password

    def take(self, texts: Texts, background: Background, ticket: str) -> Iterator[Place]:
        """Go through all of them; typing is thrown away again."""
        yield from self._doors(texts, background)
        yield from self._intake(ticket)
        yield from self._complaints()
        yield from self._ticket(ticket)
        yield from self._compensate(ticket)
        gallery = self._alone(build_gallery(texts.lang))
        yield "gallery", gallery
        gallery.deleteLater()
        yield from self._other_people()

    @property
    def _workspace(self) -> Workspace:
        if self._window.workspace is None:
            raise RuntimeError("the desk did not open")
        return self._window.workspace

    def _go(self, name: str, what: object = None) -> QWidget:
        self._workspace.go(name, what)
        self._rest()
        return self._workspace.front

    def _rest(self, ready: Callable[[], bool] = lambda: True) -> None:
        self._settled(lambda: ready() and not self._workspace.front.busy())

    def _alone(self, page: QWidget) -> QWidget:
        """Lay a page out at the size of the window without showing it over it."""
        page.setParent(self._window)
        page.resize(self._window.size())
        page.lower()
        page.show()
        self._settled(lambda: True)
        return page

    def _doors(self, texts: Texts, background: Background) -> Iterator[Place]:
        """Show what comes before the desk: a start that failed, and a first run."""
        opening = OpeningPage(texts)
        opening.failed(texts.get("ui.fault.disk_full"), restorable=True)
        setup = SetupPage(self._desk, texts, background)
        setup.repeat.setText("-")
        setup.submit()
        for name, page in (("door_failed", opening), ("door_setup", setup)):
            yield name, self._alone(page)
            page.hide()
            page.deleteLater()

    def _intake(self, ticket: str) -> Iterator[Place]:
        """Show a customer who comes about the same thing again, then what is missing."""
        screen, found = self._go("intake"), self._desk.ticket(ticket)
        if not isinstance(screen, IntakeScreen) or found is None:
            raise RuntimeError("the Intake screen did not open")
        known = found.state
        form = screen.form
        form.verbatim.setPlainText(f"{known.text('verbatim')}，说了三天还没人来")
        form.lines["phone"].setText(known.text("phone"))
        form.lines["product"].setText(known.text("product"))
        form.emotion.set_value("4")
        form.edited.emit()
        self._rest(lambda: screen.found.card is not None)
        yield "intake_found", self._window
        form.level.set_value("1")
        form.check(quick=False)
        yield "intake_missing", self._window
        screen.discard_draft()
        screen.banner.say("")
        self._rest()

    def _complaints(self) -> Iterator[Place]:
        screen = self._go("complaints")
        if not isinstance(screen, ComplaintsScreen):
            raise RuntimeError("the Complaints screen did not open")
        screen.states.set_values(["open"])
        screen.levels.set_values(["3"])
        screen.refresh()
        screen.saved.ask_name()
        self._rest()
        yield "complaints_naming", self._window
        screen.clear_filters()
        self._rest()
        screen.table.selectAll()
        yield "complaints_chosen", self._window
        screen.table.clearSelection()
        screen.search.setText("量子纠缠")
        screen.refresh()
        self._rest()
        yield "complaints_nothing", self._window
        screen.clear_filters()

    def _ticket(self, ticket: str) -> Iterator[Place]:
        screen = self._go("ticket", ticket)
        if not isinstance(screen, TicketScreen):
            raise RuntimeError("the ticket did not open")
        for name in FORMS:
            if screen.acts.fits(name):
                screen.open_form(name)
                self._rest()
                yield f"ticket_{name}", self._window

    def _compensate(self, ticket: str) -> Iterator[Place]:
        """Show an amount that needs somebody above, then what follows further down."""
        screen = self._go("compensate", (ticket, ""))
        if not isinstance(screen, CompensateScreen):
            raise RuntimeError("the Compensate screen did not open")
        self._rest()
        screen.form.amount.setText(ABOVE_ALL)
        screen.form.ask()
        self._rest(lambda: screen.form.ruling is not None)
        yield "compensate_above", self._window
        page = screen.findChild(Scroll)
        if page is not None:
            page.verticalScrollBar().setValue(page.verticalScrollBar().maximum())
            yield "compensate_below", self._window
        screen.form.done()
        screen.form.ask()

    def _other_people(self) -> Iterator[Place]:
        """Show the locked desk, and what waits for a supervisor."""
        me = self._desk.person
        above = next((p for p in self._desk.people() if p.role == "supervisor"), None)
        if me is None or above is None or not self._password:
            return
        yield "door_locked", self._lock()
        self._enter("?")
        yield "door_wrong", self._window
        self._enter(self._password, above.login)
        screen = self._go("approvals")
        if not isinstance(screen, ApprovalsScreen):
            raise RuntimeError("the Approvals screen did not open")
        yield "approvals_waiting", self._window
        if screen.cards:
            next(iter(screen.cards.values())).refuse.click()
            yield "approvals_reason", self._window
        self._lock()
        self._enter(self._password, me.login)

    def _lock(self) -> QWidget:
        self._window.lock()
        self._settled(lambda: isinstance(self._window.centralWidget(), LoginPage))
        return self._window

    def _enter(self, password: str, login: str = "") -> None:
        page = self._window.centralWidget()
        if not isinstance(page, LoginPage):
            raise RuntimeError("the login page did not open")
        if login:
            page.login.setText(login)
        page.password.setText(password)
        page.submit()
        if login:
            self._settled(lambda: self._window.workspace is not None)
        else:
            self._settled(page.enter.isEnabled)
