"""Ticket (投诉单): the SOP at the left, the step in hand in the middle, facts and money right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import QLayout, QWidget

from desktop.domain.commands import Command
from desktop.domain.operations.complete_step import CompleteStep
from desktop.domain.operations.correct_ticket import CorrectTicket
from desktop.domain.operations.take_red_channel import TakeRedChannel
from desktop.domain.operations.tick_check import TickCheck
from desktop.domain.outcomes import Refusal
from desktop.domain.ticket import TicketState
from desktop.services.capturing import Captured
from desktop.services.desk import TicketPage
from desktop.services.ports import SavedDraft
from ui.context import Ui
from ui.form_drafts import FormDrafts
from ui.screens.ticket_acts import ActsCard
from ui.screens.ticket_alerts import AlertsBox
from ui.screens.ticket_alike import AlikeCard
from ui.screens.ticket_facts import CustomerCard, EvidenceCard, read_files
from ui.screens.ticket_forms_record import is_red
from ui.screens.ticket_header import DOCUMENTS, TicketHeader
from ui.screens.ticket_money import MoneyCard
from ui.screens.ticket_more import GROUPS, MoreMenu
from ui.screens.ticket_place import TicketPlace
from ui.screens.ticket_register import RegisterCard
from ui.screens.ticket_step import StepCard
from ui.screens.ticket_timeline import TimelineWriter
from ui.screens.ticket_viewer import Viewer
from ui.shell.keys import KeyRow
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.by_turns import paint_by_turns
from ui.widgets.layout import Card, Scroll, box, clear, column, order_tabs, row
from ui.widgets.progress import Step as StepEntry
from ui.widgets.progress import StepList, StepState
from ui.widgets.timeline import Timeline

STEPS_WIDTH, SIDE_WIDTH = 212, 300
SIDE_FROM = 980
"""Content width in logical pixels from which the columns stand beside the middle one."""
OTHERS_SHOWN = 5
RED_KEY = "F8"
"""The red channel on one key (CL-01)."""


class TicketScreen(TicketPlace[SavedDraft | None]):
    """Shows one ticket; every act is a command carried out off the GUI thread."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui, "ui.rail.complaints")
        self._shown, self._follow = "", False
        self._header_scrolls: bool | None = None
        self.header = TicketHeader(ui, self._names)
        self.steps = StepList()
        self.step = StepCard(ui, self._names)
        self.typing = FormDrafts(ui, "ticket", self._inputs, self._known)
        self.acts = ActsCard(ui, self.typing)
        self.alerts = AlertsBox(ui, self._names)
        self.timeline = Timeline()
        self._writer = TimelineWriter(ui, self._names)
        self.money = MoneyCard(ui, self._names)
        self.register = RegisterCard(ui, self._names)
        self.customer = CustomerCard(ui, self._names)
        self.alike = AlikeCard(ui)
        self.evidence = EvidenceCard(ui)
        self.hold(self._arrange())
        self.viewer = Viewer(ui, self)
        self.setAcceptDrops(True)
        self._connect()

    def _arrange(self) -> QLayout:
        text = self.ui.text
        self._steps_card = Card(" ", margins=(14, 16, 14, 16))
        self._steps_card.head.setContentsMargins(theme().px(6), 0, 0, 0)
        self._steps_card.add(self.steps, None)
        self._history = history = Card(text("ui_ticket.history"))
        self._others = column(gap=0)
        history.add(self.timeline, self._others)
        middle = column(self.alerts, self.step, self.acts, history, None, gap=16)
        cards = (self.money, self.register, self.customer, self.alike, self.evidence)
        side = column(*cards, None, gap=16)
        self._middle, self._side = box(middle), box(side)
        self._columns = row(gap=16, margins=(24, 0, 24, 24))
        self._columns.addWidget(self._steps_card)
        self._columns.addWidget(self._middle, 1)
        self._columns.addWidget(self._side)
        page = column(gap=12, margins=(0, 0, 0, 0))
        self._top = row(self.header)
        page.addLayout(self._top)
        # The outer part first: moving it with all that is in it styles all of it again.
        content = QWidget()
        self._scroll = Scroll(content)
        content.setLayout(self._columns)
        page.addWidget(self._scroll, 1)
        return page

    def _connect(self) -> None:
        self.step.ticked.connect(lambda s, c, on: self.act(TickCheck(s, c, on)))
        self.step.completed.connect(lambda s, why: self.act(CompleteStep(s, why)))
        self.step.emotion_set.connect(lambda n: self.act(CorrectTicket({"emotion": n})))
        self.step.help_wanted.connect(self._help)
        self.steps.chosen.connect(self._show_step)
        self.money.wanted.connect(self.act)
        self.acts.wanted.connect(self.act)
        self.acts.work.connect(lambda work: self.run(work, lambda _s: self.acts.done(None)))
        self.alerts.wanted.connect(self.act)
        self.alerts.form_wanted.connect(self.open_form)
        self.register.form_wanted.connect(self.open_form)
        self.acts.files.connect(self.attach)
        self.acts.print_wanted.connect(self.print_document)
        self.acts.discard.clicked.connect(self._discard)
        self.header.more_wanted.connect(self.open_menu)
        self.evidence.view_wanted.connect(self.viewer.show_picture)
        self.evidence.add_wanted.connect(lambda: self.acts.open("evidence"))
        self.ui.tick.connect(self._tick)
        paste = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self)
        paste.activated.connect(self._paste)
        red = QShortcut(QKeySequence(RED_KEY), self)
        red.activated.connect(self.take_red_channel)

    def open(self, what: object) -> None:
        """Show the ticket of the stream `what`."""
        self.typing.flush()
        self.show_stream(what)

    def leave(self) -> None:
        """Keep what was typed."""
        self.typing.flush()

    def read(self, stream: str) -> tuple[TicketPage | None, SavedDraft | None]:
        """Read the ticket, and what was typed about it when it was last in sight."""
        return self.ui.desk.ticket(stream), self.typing.find(stream)

    def _inputs(self) -> dict[str, QWidget]:
        pays = {f"pay.{item}": line for item, line in self.money.items.lines.items()}
        return {**self.acts.inputs(), **pays, "step.overdue": self.step.overdue}

    def _known(self) -> dict[str, str]:
        return self.acts.known()

    def keys(self) -> Sequence[KeyRow]:
        """Return the keys of this screen."""
        text = self.ui.text
        return (
            ("Ctrl Enter", text("ui_ticket.key.complete")),
            ("Alt M", text("ui_acts.key.more")),
            ("F8", text("ui_acts.red.title")),
            ("Ctrl B", text("ui_acts.key.compensate")),
            ("Ctrl V", text("ui_ticket.key.paste")),
        )

    def commands(self) -> Sequence[tuple[str, Callable[[], object]]]:
        """Return what can be done here now, for Ctrl+K."""
        page, text = self.page, self.ui.text
        if page is None:
            return ()
        fitting = [
            (text(f"ui_acts.{name}.title"), partial(self.open_form, name))
            for _group, _icon, names in GROUPS
            for name in names
            if self.acts.fits(name)
        ]
        papers = [
            (text(f"ui_ticket.document.{kind}"), partial(self.print_document, kind))
            for kind in DOCUMENTS
        ]
        return (*fitting, *papers)

    def open_menu(self) -> None:
        """Offer every act that is no everyday one, and the papers."""
        page, button = self.page, self.header.more
        if page is None:
            return
        menu = MoreMenu(self, self.ui, self.acts.fits, self.open_form)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.add_papers(self.ui, DOCUMENTS, self.print_document)
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    def take_red_channel(self) -> None:
        """Make it level 1 at once, then show the four acts (CL-01)."""
        page = self.page
        if page is not None and page.state.closed is None and not is_red(page):
            self.act(TakeRedChannel())
            self.ui.say(self.ui.text("ui_acts.red.taken"), "bad")
        self.open_form("red")

    def open_form(self, name: str) -> None:
        """Open an act's form in place, bring it into sight and put the keyboard into it."""
        if self.page is not None:
            self.acts.open(name)
            QTimer.singleShot(0, self.acts, lambda: self._scroll.ensureWidgetVisible(self.acts))

    def back(self) -> bool:
        """Go back to the list."""
        self.ui.navigate.emit("complaints", None)
        return True

    def set_width(self, logical: int) -> None:
        """Move the side columns below the middle one when it is narrow."""
        px = theme().px
        beside = logical >= SIDE_FROM
        direction = self._columns.Direction
        wanted = direction.LeftToRight if beside else direction.TopToBottom
        self._columns.setDirection(wanted)
        # Below each other, the step in hand comes first: it says what to do now.
        self._columns.removeWidget(self._steps_card)
        self._columns.insertWidget(0 if beside else 2, self._steps_card)
        self._place_header(scrolls=self.low and not beside)
        self.header.set_width(logical)
        self._side.setMinimumWidth(px(SIDE_WIDTH) if beside else 0)
        self._side.setMaximumWidth(px(SIDE_WIDTH) if beside else 16_777_215)
        self._steps_card.setMaximumWidth(px(STEPS_WIDTH) if beside else 16_777_215)
        self._steps_card.setMinimumWidth(px(STEPS_WIDTH) if beside else 0)
        middle = logical - (STEPS_WIDTH + SIDE_WIDTH + 80 if beside else 48)
        self.step.set_width(middle)

    def _place_header(self, *, scrolls: bool) -> None:
        """Keep the header in sight, but where it would take half of a low window."""
        if scrolls == self._header_scrolls:
            return
        self._header_scrolls = scrolls
        px = theme().px
        self._top.setContentsMargins(px(24), 0 if scrolls else px(20), px(24), 0)
        self._columns.setContentsMargins(px(24), px(12) if scrolls else 0, px(24), px(24))
        if scrolls:
            self._columns.insertWidget(0, self.header)
        else:
            self._top.addWidget(self.header)

    def show_found(self, page: TicketPage, found: SavedDraft | None, *, fresh: bool) -> None:
        """Show the ticket in every part; one that was not in sight gets its own typing back."""
        if fresh:
            self.typing.begin(page.state.id, page.row.number, found)
            with self.typing.quiet():
                self.acts.forget()
        with self.typing.quiet():
            self._show_parts(page)
        if fresh:
            self.acts.take_up()
        for part in ("pay", "step"):
            self.typing.fill(part)
        self.typing.flush()
        if fresh or self._follow:
            self._follow = False
            if not self.step.take_keyboard():
                self.setFocus()
        if fresh:
            paint_by_turns(self._body, self._history, self._side)

    def _show_parts(self, page: TicketPage) -> None:
        now = self.ui.desk.now()
        self.header.show_page(page, now)
        self._show_steps(page)
        self.alerts.show_page(page)
        for part in (self.acts, self.money, self.register, self.customer, self.evidence):
            part.show_page(page)
        self.alike.show_page(page)
        self.timeline.set_entries(self._writer.entries(page))
        self._show_others(page, now)
        order_tabs(self)

    def _show_others(self, page: TicketPage, now: datetime) -> None:
        clear(self._others)
        for other in page.same_customer[:OTHERS_SHOWN]:
            words = self.ui.text(
                "ui_ticket.same_customer",
                when=self.ui.formats.smart(other.opened_at, now),
                number=other.number,
                summary=other.summary,
            )
            go = partial(self.ui.navigate.emit, "ticket", other.stream)
            self._others.addWidget(Button(words, go, variant="link"))

    def _show_steps(self, page: TicketPage) -> None:
        flow = page.policy.flows.get(page.state.flow)
        self._steps_card.set_title(self._names.local(flow.title) if flow else "")
        current = page.current.id if page.current else ""
        entries = []
        for step in page.steps:
            done = step.id in page.state.steps_done
            state: StepState = "done" if done else "current" if step.id == current else "open"
            title, limit = self._names.local(step.title), self._names.local(step.limit_text)
            said = self.ui.text(f"ui_ticket.step_state.{state}")
            entries.append(StepEntry(step.id, title, state, limit, said))
        self.steps.set_steps(entries)
        known = {step.id for step in page.steps}
        last = page.steps[-1].id if page.steps else ""
        self._show_step(current or (self._shown if self._shown in known else last))

    def _show_step(self, step_id: str) -> None:
        page = self.page
        step = next((s for s in page.steps if s.id == step_id), None) if page else None
        self.step.setVisible(step is not None)
        if page is not None and step is not None:
            self._shown = step_id
            self.step.show_step(page, step)

    def _help(self, gate: str) -> None:
        if gate in {"approvals", "paid"}:
            self.money.setFocus()
        else:
            self.acts.open_for(gate)

    # acts
    def _discard(self) -> None:
        """Forget what was typed; the forms say again what the ticket says."""
        self.typing.discard()
        with self.typing.quiet():
            self.acts.forget()
        self.refresh()

    def acted(self, command: Command, state: TicketState) -> None:
        """Clear the form whose act was carried out; the keyboard goes on to what is next."""
        del state
        self.acts.done(command)
        self._follow = not isinstance(command, TickCheck | CorrectTicket)

    def _paste(self) -> None:
        """Keep the picture in the clipboard as evidence."""
        self.acts.evidence.paste()

    def attach(self, things: Sequence[Path | QImage], role: str) -> None:
        """Keep files and pasted pictures as evidence."""
        stream, desk = self._stream, self.ui.desk

        kept: list[Captured] = []

        def work() -> TicketState | Refusal:
            outcome: Captured | Refusal = Refusal("no_such_ticket", {"ticket": stream})
            for name, content in read_files(things):
                outcome = desk.capture(stream, name, content, role)
                if isinstance(outcome, Refusal):
                    return outcome
                kept.append(outcome)
            return outcome if isinstance(outcome, Refusal) else outcome.state

        self.run(work, lambda _state: self._say_kept(kept))

    def _say_kept(self, kept: Sequence[Captured]) -> None:
        """Say which pictures travel small and that the originals stay."""
        small = [one for one in kept if one.sent < one.size]
        if small:
            size, of = self.ui.formats.size, sum(one.size for one in small)
            sent = size(sum(one.sent for one in small))
            words = self.ui.text("ui_ticket.shrunk", n=len(small), size=size(of), sent=sent)
            self.ui.say(words, "info")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files anywhere on the ticket."""
        if event.mimeData().hasUrls() and self.page is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Keep what was dropped as evidence."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls()]
        self.attach(paths, self.acts.evidence.chosen_role())

    def _tick(self, now: datetime) -> None:
        if self.isVisible():
            self.header.tick(now)
