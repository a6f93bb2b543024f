"""The window after logging in: rail, top bar and one screen in front."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.services.approving import ApprovalList
from desktop.services.training import TrainingDesk
from ui.context import Ui
from ui.reminders import ReminderAgent
from ui.screens.approvals import ApprovalsScreen
from ui.screens.base import OWN_ACCOUNT, Screen
from ui.screens.compensate import CompensateScreen
from ui.screens.complaints import ComplaintsScreen
from ui.screens.handover import HandoverScreen
from ui.screens.intake import IntakeScreen
from ui.screens.knowledge import KnowledgeScreen
from ui.screens.paper import PaperScreen
from ui.screens.quality import QualityScreen
from ui.screens.reports import ReportsScreen
from ui.screens.settings import SettingsScreen
from ui.screens.sync import SyncScreen
from ui.screens.ticket import TicketScreen
from ui.screens.today import TodayScreen
from ui.screens.training import TrainingScreen
from ui.shell.catch_up import CatchUpBanner
from ui.shell.coach import COACH_WIDTH, LEFT_BESIDE, CoachPanel, TrainingBanner
from ui.shell.finder import Finder
from ui.shell.keys import KeyList, KeyRow
from ui.shell.pack_banner import PackBanner
from ui.shell.rail import Rail, RailEntry
from ui.shell.reply import ReplyField
from ui.shell.sync_agent import SyncAgent
from ui.shell.topbar import TopBar
from ui.shell.verification_banner import VerificationBanner
from ui.theme import theme
from ui.tokens import RAIL_WIDTH
from ui.widgets.feedback import Toast
from ui.widgets.layout import box, column, row

COMPACT_BELOW = 1000
"""Logical window width below which the rail shows icons only."""

ENTRIES = (
    ("today", "list-todo"),
    ("intake", "plus"),
    ("paper", "file-text"),
    ("complaints", "message-square"),
    ("approvals", "check"),
    ("knowledge", "book-open"),
    ("reports", "chart-column"),
    ("sync", "refresh-cw"),
    ("settings", "settings"),
)

RAIL_OF = {"ticket": "complaints", "compensate": "complaints", "quality": "reports"}
"""Which entry of the rail stands for a screen that has none."""


class Workspace(QWidget):
    """Builds each screen when it is first opened and keeps it, so that nothing typed is lost."""

    def __init__(self, ui: Ui) -> None:
        super().__init__()
        self.ui = ui
        self.route: tuple[str, object] = ("today", None)
        self.agent = SyncAgent(ui)
        self._makers: dict[str, Callable[[], Screen]] = {
            "today": lambda: TodayScreen(ui),
            "intake": lambda: IntakeScreen(ui),
            "paper": lambda: PaperScreen(ui),
            "complaints": lambda: ComplaintsScreen(ui),
            "knowledge": lambda: KnowledgeScreen(ui, self.reply.insert),
            "approvals": lambda: ApprovalsScreen(ui),
            "ticket": lambda: TicketScreen(ui),
            "compensate": lambda: CompensateScreen(ui),
            "reports": lambda: ReportsScreen(ui),
            "quality": lambda: QualityScreen(ui),
            "sync": lambda: SyncScreen(ui, self.agent),
            "handover": lambda: HandoverScreen(ui),
            "settings": lambda: SettingsScreen(ui, self.topbar),
        }
        self._screens: dict[str, Screen] = {}
        self._shown: dict[str, object] = {}
        self._rail = self._make_rail()
        self.topbar = TopBar(ui)
        self._stack = ui.host = QStackedWidget()
        self.banner: TrainingBanner | None = None
        self.coach: CoachPanel | None = None
        self._frame()
        self.finder = Finder(ui, self.topbar.search, self, self.commands)
        self.toast = Toast(self, ui.text("ui.close"))
        self.key_list = KeyList(self, ui.texts)
        self.reply = ReplyField(self, self._place_of, self._screens.get, self.bring)
        self.reminders = ReminderAgent(ui, self, self.topbar.reminders)
        # Only the pill goes along to another screen: the card was placed for this one.
        self._stack.currentChanged.connect(lambda _index: self.reminders.card.fold())
        self._connect()
        self._shortcuts()
        self.agent.look()
        self.reminders.look()
        self._count_approvals()
        self.pack.look()
        self.verification.look()

    def _frame(self) -> None:
        """Put rail, bar and screens together; in the training store banner and coach beside."""
        right, work = column(gap=0), row(self._stack, gap=0)
        self._work = work
        desk = self.ui.desk
        if isinstance(desk, TrainingDesk):
            self.banner, self.coach = TrainingBanner(self.ui), CoachPanel(self.ui, desk)
            coach = self.coach
            self._makers["training"] = lambda: TrainingScreen(self.ui, desk, coach.begin)
            coach.toggled.connect(self._fit_front)
            coach.finished.connect(lambda _score: self.go("training", None))
            work.addWidget(coach)
            right.addWidget(self.banner)
        self.pack = PackBanner(self.ui)
        self.verification = VerificationBanner(self.ui)
        self.catch_up = CatchUpBanner(self.ui)
        right.addWidget(self.topbar)
        right.addWidget(self.pack)
        right.addWidget(self.verification)
        right.addWidget(self.catch_up)
        right.addLayout(work, 1)
        self.setLayout(row(self._rail, box(right), gap=0))

    def _make_rail(self) -> Rail:
        entries = [
            RailEntry(name, picture, self.ui.text(f"ui.rail.{name}"), f"Alt+{place}")
            for place, (name, picture) in enumerate(ENTRIES, start=1)
        ]
        return Rail(entries, self.ui.text("ui.rail.name"), self.ui.text("ui.logo"))

    def _connect(self) -> None:
        self._rail.chosen.connect(lambda name: self.go(name, None))
        self.ui.navigate.connect(self.go)
        self.ui.said.connect(self.toast.say)
        self.ui.tick.connect(self.topbar.show_day)
        self.agent.state.connect(self._show_sync)
        self.agent.finished.connect(lambda _outcome: self.refresh())
        self.agent.finished.connect(lambda _outcome: self._count_approvals())
        self.agent.finished.connect(lambda _outcome: self.pack.look())
        self.ui.changed.connect(self._count_approvals)
        self.catch_up.finished.connect(self.refresh)

    def _shortcuts(self) -> None:
        for place, (name, _picture) in enumerate(ENTRIES, start=1):
            self._shortcut(f"Alt+{place}", partial(self.go, name, None))
        self._shortcut("Ctrl+K", self.finder.focus)
        self._shortcut("F1", self.show_keys)
        self._shortcut("F5", self.agent.exchange)
        self._shortcut("F6", self.reminders.card.toggle)
        self._shortcut("Ctrl+L", self.topbar.lock_wanted.emit)
        self._shortcut("Ctrl+Shift+L", self.topbar.switch_wanted.emit)

    def _shortcut(self, keys: str, act: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.activated.connect(act)

    @property
    def front(self) -> Screen:
        """The screen in front."""
        return self._screens[self.route[0]]

    def go(self, name: str, what: object) -> None:
        """Bring a screen to the front and let it show `what`."""
        if self.route[0] in self._screens and self.route[0] != name:
            self.front.leave()
            self.toast.leave()
        if name not in self._screens:
            self._screens[name] = self._makers[name]()
            self._stack.addWidget(self._screens[name])
        self.route = (name, what)
        self._shown[name] = what
        self._stack.setCurrentWidget(self.front)
        self._rail.select(RAIL_OF.get(name, name))
        self.front.set_width(self._content_width())
        # Single keys work at once and Tab begins in the screen; one with fields takes it over.
        self.front.setFocus()
        self.front.open(what)

    def bring(self, name: str) -> None:
        """Bring a screen back as it was left, whatever was typed in it."""
        if name not in self._screens:
            return
        if self.route[0] in self._screens and self.route[0] != name:
            self.front.leave()
        self.route = (name, self._shown.get(name))
        self._stack.setCurrentWidget(self.front)
        self._rail.select(RAIL_OF.get(name, name))
        self.front.set_width(self._content_width())

    def _place_of(self, widget: QWidget) -> str:
        found = (name for name, page in self._screens.items() if page.isAncestorOf(widget))
        return next(found, "")

    def commands(self) -> list[tuple[str, Callable[[], object]]]:
        """Return what the screen in front can do, and the way to every other one, for Ctrl+K."""
        ways = [
            (self.ui.text(f"ui.rail.{name}"), partial(self.go, name, None))
            for name, _picture in ENTRIES
        ]
        return [*self.front.commands(), *ways, *self._menu_commands()]

    def _menu_commands(self) -> list[tuple[str, Callable[[], object]]]:
        """Return what stands in the person's menu and under reports: nobody looks for it there."""
        text, bar = self.ui.text, self.topbar
        return [
            (text("ui_shell.handover"), partial(self.go, "handover", None)),
            (text("ui_quality.title"), partial(self.go, "quality", None)),
            (
                text("ui_training.leave" if self.coach else "ui_shell.training"),
                bar.training_wanted.emit,
            ),
            (text("ui_shell.switch"), bar.switch_wanted.emit),
            (text("ui.menu.lock"), bar.lock_wanted.emit),
            (text("ui.menu.password"), partial(self.go, "settings", OWN_ACCOUNT)),
            (text("ui.menu.keys"), self.show_keys),
        ]

    def _count_approvals(self) -> None:
        self.ui.run(self.ui.desk.approvals, self._show_approvals)

    def _show_approvals(self, found: ApprovalList) -> None:
        self._rail.set_badge("approvals", len(found.mine))

    def refresh(self) -> None:
        """Let the screen in front look again, unless the window hides it."""
        if self.route[0] in self._screens and self.isVisible():
            self.front.refresh()

    def show_keys(self) -> None:
        """Open the list of keys of this screen and of the window."""
        text = self.ui.text
        everywhere: list[KeyRow] = [
            (f"Alt 1 – {len(ENTRIES)}", text("ui.keys.rail")),
            ("N", text("ui.keys.new")),
            ("Ctrl K", text("ui.keys.search")),
            ("F5", text("ui.keys.sync")),
            ("F6", text("ui_reminders.key")),
            ("Ctrl L", text("ui.keys.lock")),
            ("Ctrl Shift L", text("ui_shell.switch")),
            ("Esc", text("ui.keys.back")),
            ("F1", text("ui.keys.help")),
        ]
        self.key_list.open(everywhere, self.front.keys())

    def park(self) -> None:
        """Keep what was typed before the window hides this workspace."""
        self.toast.leave()
        if self.route[0] in self._screens:
            self.front.leave()

    def close_down(self) -> None:
        """Keep what was typed and drop late results."""
        self.reminders.close_down()
        for screen in self._screens.values():
            screen.leave()
        self.ui.close()

    def _show_sync(self) -> None:
        if self.agent.status is not None:
            self.topbar.show_sync(
                self.agent.status,
                self.agent.enrolment,
                online=self.agent.online,
                busy=self.agent.busy,
                revoked=getattr(self.agent.last, "code", "") == "revoked",
            )

    def _fit_front(self) -> None:
        self._fit_coach()
        if self.route[0] in self._screens:
            self.front.set_width(self._content_width())

    def _fit_coach(self) -> None:
        """Let the coach stand beside the screen, or above it or in its place where it is narrow."""
        coach = self.coach
        if coach is None:
            return
        coach.set_beside(self._beside_rail() >= COACH_WIDTH + LEFT_BESIDE)
        direction = self._work.Direction
        self._work.setDirection(direction.LeftToRight if coach.beside else direction.BottomToTop)
        self._stack.setVisible(not coach.covers)
        if coach.covers:
            coach.fold.setFocus()

    def _beside_rail(self) -> int:
        logical = round(self.width() / theme().scale)
        return logical - (60 if logical < COMPACT_BELOW else RAIL_WIDTH)

    def _content_width(self) -> int:
        coach = self.coach
        beside = COACH_WIDTH if coach and coach.beside and not coach.isHidden() else 0
        return self._beside_rail() - beside

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange rail, bar and screen for the new width."""
        super().resizeEvent(event)
        logical = round(self.width() / theme().scale)
        self._rail.set_compact(logical < COMPACT_BELOW)
        self.topbar.set_width(logical)
        if self.banner is not None:
            self.banner.set_width(logical)
        self._fit_front()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Answer single keys that no field wanted: N begins a complaint, Esc goes back.

        Fields and input methods take their keys first, so these never fire while typing.
        """
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if plain and event.key() == Qt.Key.Key_N:
            self.go("intake", None)
        elif event.key() == Qt.Key.Key_Escape and self.front.back():
            event.accept()
        else:
            super().keyPressEvent(event)
