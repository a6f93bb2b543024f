"""What the screens of one complaint share: reading it, acting on it, and showing its papers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar, cast

from PySide6.QtWidgets import QLayout, QStackedWidget, QWidget

from desktop.domain.commands import Command
from desktop.domain.outcomes import Refusal
from desktop.domain.papers import DocumentKind
from desktop.domain.ticket import TicketState
from desktop.services.desk import TicketPage
from ui.context import Ui
from ui.names import Names
from ui.screens.base import Screen
from ui.widgets.feedback import EmptyState
from ui.widgets.layout import box, column, label

Found = TypeVar("Found")
"""What is read for the screen, the ticket's page with whatever it rests on."""


class TicketPlace(Screen, Generic[Found]):
    """Waits, shows the complaint, or says that there is none; acts never run on the GUI thread."""

    def __init__(self, ui: Ui, gone_title: str) -> None:
        super().__init__(ui)
        self._names = Names(ui.texts, ui.desk.policy)
        self._stream = ""
        self.page: TicketPage | None = None
        self._stack = QStackedWidget()
        self._waiting = label(ui.text("ui.loading"), "muted")
        self._gone = EmptyState(ui.text(gone_title), ui.text("ui_ticket.missing_ticket"))
        self._stack.addWidget(box(column(self._waiting, None, margins=(24, 24, 24, 24))))
        self._stack.addWidget(self._gone)
        self.setLayout(column(self._stack))

    def hold(self, layout: QLayout) -> None:
        """Take the layout that shows the complaint once it has arrived."""
        self._body = QWidget()
        self._stack.addWidget(self._body)
        self._body.setLayout(layout)

    def show_stream(self, stream: object) -> None:
        """Show the complaint of a stream."""
        if isinstance(stream, str) and stream != self._stream:
            self._stream, self.page = stream, None
            self._stack.setCurrentIndex(0)
        self.refresh()

    @abstractmethod
    def read(self, stream: str) -> tuple[TicketPage | None, Found]:
        """Read the complaint; not on the GUI thread."""

    @abstractmethod
    def show_found(self, page: TicketPage, found: Found, *, fresh: bool) -> None:
        """Show what was read; `fresh` says that the complaint was not in sight before."""

    def refresh(self) -> None:
        """Read the complaint again."""
        stream = self._stream
        if stream:
            shown = partial(self._arrived, stream)
            self.ui.run(lambda: self.read(stream), shown, on_error=self._waiting.setText)

    def busy(self) -> bool:
        """Tell whether the complaint has not arrived yet."""
        return self.page is None and self._stack.currentIndex() == 0

    def _arrived(self, stream: str, answer: tuple[TicketPage | None, Found]) -> None:
        page, found = answer
        if stream != self._stream:
            return
        if page is None:
            self._stack.setCurrentWidget(self._gone)
            return
        fresh = self.page is None
        self.page = page
        self._names.use(page.policy)
        self.show_found(page, found, fresh=fresh)
        self._stack.setCurrentWidget(self._body)

    # acts
    def act(self, command: Command) -> None:
        """Carry out a command and look again; a refusal is said and changes nothing."""
        stream, desk = self._stream, self.ui.desk
        self.run(lambda: desk.act(stream, command), partial(self.acted, command))

    def acted(self, command: Command, state: TicketState) -> None:
        """A command was carried out."""

    def run(
        self,
        work: Callable[[], TicketState | Refusal],
        on_done: Callable[[TicketState], object] = lambda _state: None,
    ) -> None:
        """Do work that changes the complaint, then look again."""

        def answered(outcome: TicketState | Refusal) -> None:
            if isinstance(outcome, Refusal):
                self.ui.say(self.ui.refusal(outcome), "warn")
            else:
                self.ui.changed.emit()
                on_done(outcome)
            self.refresh()

        self.ui.run(work, answered)

    # papers
    def print_document(self, kind: str) -> None:
        """Show a paper as it will be printed; from there it goes to a printer or a file."""
        if self.page is None:
            return
        title = f"{self.ui.text(f'ui_ticket.document.{kind}')} {self.page.row.number}"
        stream, lang, desk = self._stream, self.ui.texts.lang, self.ui.desk

        def work() -> bytes | Refusal:
            paper = cast(DocumentKind, kind)
            return desk.use_cases.printing.ticket(stream, paper, lang, desk.actor())

        def preview(outcome: bytes | Refusal) -> None:
            from ui.widgets.print_preview import PrintPreview

            if isinstance(outcome, Refusal):
                self.ui.say(self.ui.refusal(outcome), "warn")
            else:
                PrintPreview(self.ui, self.window(), title, outcome, kind).open()

        self.ui.run(work, preview)

    def write_document(self, kind: DocumentKind, path: Path) -> None:
        """Write a paper of this complaint to `path`."""
        stream, lang, desk = self._stream, self.ui.texts.lang, self.ui.desk

        def written(outcome: Path | Refusal) -> None:
            if isinstance(outcome, Refusal):
                self.ui.say(self.ui.refusal(outcome), "warn")
            else:
                self.ui.say(self.ui.text("ui_ticket.document_saved", path=outcome))

        self.ui.run(lambda: desk.document(stream, kind, lang, path), written)
