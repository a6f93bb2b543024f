"""Every place of the window one after the other: screens, forms, sections, panels and dialogs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

from desktop.domain.forms import Box, FieldReading, FormReading
from desktop.domain.operations.record_promise import RecordPromise
from desktop.services.desk import Desk
from desktop.services.ports import Person
from desktop.services.reminding import Notice
from desktop.services.ticket_ports import TicketRow
from tests.ui.conftest import PASSWORD, complain, rest, show
from ui.main_window import MainWindow
from ui.pictures import png
from ui.screens.paper import PaperScreen
from ui.screens.paper_queue import Scan
from ui.screens.quality import QualityScreen
from ui.screens.report_preview import ReportPreview
from ui.screens.settings import SECTIONS, SettingsScreen
from ui.screens.settings_data import DataPage
from ui.screens.settings_people import PeoplePage
from ui.screens.ticket import TicketScreen
from ui.screens.training import TrainingScreen
from ui.screenshots import settle
from ui.shell.login import LoginPage, OpeningPage, SetupPage
from ui.shell.workspace import ENTRIES, Workspace
from ui.widgets.print_preview import PrintPreview

Place = tuple[str, QWidget]
SCREENS: Final = (*(name for name, _icon in ENTRIES), "quality", "handover")
LONG: Final = "很长的话，" * 60


def furnish(desk: Desk) -> TicketRow:
    """Fill a store with what makes screens full: long words, money to decide, a promise, news."""
    row = complain(desk, verbatim=LONG, customer_name="欧阳" * 20, tier="vip")
    complain(desk, verbatim="同一顾客再来", phone="13800002201")
    for amount in ("300", "2500"):
        asked = desk.new_compensation("voucher", "goodwill", Decimal(amount), "customer", "长" * 80)
        desk.act(row.stream, asked)
    promise = desk.use_cases.ids.new_id("P")
    due = desk.now() + timedelta(hours=3)
    desk.act(row.stream, RecordPromise(promise, "周五前换新机", Decimal(200), due))
    desk.attach(row.stream, "photo.png", png(_photo()), "photo")
    assert isinstance(desk.log_in("he", PASSWORD), Person)
    return row


def _photo() -> QImage:
    image = QImage(320, 240, QImage.Format.Format_RGB32)
    image.fill(QColor("#507090"))
    return image


def walk(window: MainWindow, desk: Desk, row: TicketRow) -> Iterator[Place]:
    """Go to each place, wait until it rests, and hand over its name and its outermost widget."""
    assert window.workspace is not None
    workspace = window.workspace
    for name in SCREENS:
        show(workspace, name)
        rest(workspace)
        yield name, workspace.front
        if name == "settings":
            yield from _settings(workspace)
        if name == "quality":
            yield from _quality(workspace)
    yield from _ticket(workspace, row)
    show(workspace, "compensate", (row.stream, ""))
    rest(workspace)
    yield "compensate", workspace.front
    yield from _over(workspace, row)
    yield from _papers(workspace, desk, row)
    yield from _review(workspace)
    yield from _training(window, workspace)
    yield from _doors(window, desk)


def _settings(workspace: Workspace) -> Iterator[Place]:
    screen = workspace.front
    assert isinstance(screen, SettingsScreen)
    for section in SECTIONS:
        screen.open(section)
        rest(workspace)
        page = screen.pages[section]
        if isinstance(page, PeoplePage):
            others = [p for p in workspace.ui.desk.people() if p != workspace.ui.desk.person]
            page._reset.ask(others[0])
            page.change_own()
        if isinstance(page, DataPage):
            page.restore_form.ask(workspace.ui.desk.back_up())
        rest(workspace)
        yield f"settings {section}", screen


def _quality(workspace: Workspace) -> Iterator[Place]:
    screen = workspace.front
    assert isinstance(screen, QualityScreen)
    for tab in screen.tabs._chips:
        screen.tabs.set_value(tab)
        rest(workspace)
        yield f"quality {tab}", screen


def _ticket(workspace: Workspace, row: TicketRow) -> Iterator[Place]:
    show(workspace, "ticket", row.stream)
    rest(workspace)
    screen = workspace.front
    assert isinstance(screen, TicketScreen)
    assert screen.page is not None
    yield "ticket", screen
    for name in screen.acts.panels:
        if not screen.acts.fits(name):
            continue
        screen.open_form(name)
        rest(workspace)
        yield f"ticket {name}", screen.acts
    screen.viewer.show_picture("photo.png", _photo())
    settle()
    yield "viewer", screen.viewer
    screen.viewer.hide()


def _over(workspace: Workspace, row: TicketRow) -> Iterator[Place]:
    """What lies over a screen: keys, search results, reminders, a passing word."""
    workspace.show_keys()
    settle()
    yield "keys", workspace.key_list
    workspace.key_list.hide()
    workspace.topbar.search.setFocus()
    workspace.topbar.search.setText("同一")
    settle(lambda: workspace.finder.shown)
    yield "finder", workspace.finder._popup
    workspace.topbar.search.clear()
    workspace.front.setFocus()
    due = workspace.ui.desk.now() + timedelta(minutes=30)
    card = workspace.reminders.card
    card.add([Notice(row.stream, row.number, "reminder", "first_reply", 80, due)])
    if not card.isVisible():
        card.toggle()
    settle()
    yield "reminders", card
    card.dismiss()
    workspace.toast.say(workspace.ui.text("ui_acts.red.taken"), "bad")
    settle()
    yield "toast", workspace.toast
    workspace.toast.hide()


def _papers(workspace: Workspace, desk: Desk, row: TicketRow) -> Iterator[Place]:
    lang = workspace.ui.texts.lang
    pdf = desk.use_cases.printing.ticket(row.stream, "receipt", lang, desk.actor())
    assert isinstance(pdf, bytes)
    title = f"{workspace.ui.text('ui_ticket.document.receipt')} {row.number}"
    window = workspace.window()
    previews: tuple[Callable[[], PrintPreview], ...] = (
        lambda: PrintPreview(workspace.ui, window, title, pdf, "receipt"),
        lambda: ReportPreview(workspace.ui, title, pdf, lambda _kind: None, window),
    )
    for make in previews:
        preview = make()
        preview.open()
        assert settle(lambda preview=preview: preview.ready)
        yield type(preview).__name__, preview
        preview.close()
    rest(workspace)


def _review(workspace: Workspace) -> Iterator[Place]:
    """A form that was read, beside its picture."""
    show(workspace, "paper")
    screen = workspace.front
    assert isinstance(screen, PaperScreen)
    path = Path("scan.png")
    options = {"投诉类型": ("商品质量", "服务态度", "其他")}
    fields = {
        "customer_name": FieldReading("侯辉", 0.7, False, Box(40, 30, 200, 24)),
        "phone": FieldReading("15830662201", 0.99, True, Box(40, 60, 200, 24)),
        "description": FieldReading(LONG, 0.6, False, Box(40, 90, 240, 90)),
    }
    read = FormReading(
        str(path), 1, "A", None, fields, {"投诉类型": ("其他",)}, 0.7, options=options
    )
    scan = Scan(path, read, (_photo(),))
    screen.scans.append(scan)
    screen.start_review(scan)
    rest(workspace)
    yield "paper review", screen
    screen.back()
    rest(workspace)


def _training(window: MainWindow, real: Workspace) -> Iterator[Place]:
    """The training store: its choice, and the coach beside a screen."""
    window.train()
    assert settle(lambda: window.workspace not in (None, real))
    sandbox = window.workspace
    assert sandbox is not None
    rest(sandbox)
    screen, coach = sandbox.front, sandbox.coach
    assert isinstance(screen, TrainingScreen)
    assert coach is not None
    yield "training", sandbox
    screen.starts["washer-leaks-again"].click()
    assert settle(lambda: sandbox.route[0] == "intake" and bool(coach.lines))
    rest(sandbox)
    yield "training coach", coach
    if not coach.beside:
        coach.turn_over()
        rest(sandbox)
        yield "training coach folded", coach
    yield "training intake", sandbox.front
    coach.finish()
    assert settle(lambda: sandbox.route[0] == "training" and screen.list.count() == 1)
    rest(sandbox)
    yield "training score", screen
    window.leave_training()
    assert settle(lambda: window.workspace is real)
    rest(real)


def _doors(window: MainWindow, desk: Desk) -> Iterator[Place]:
    """The pages before the workspace; the last ones stand alone."""
    window.switch()
    assert settle(lambda: isinstance(window.centralWidget(), LoginPage))
    login = window.centralWidget()
    assert isinstance(login, LoginPage)
    login.banner.say(window._texts.get("ui.login.mismatch"), "bad")
    settle()
    yield "switch", login
    window._restore()
    opening = OpeningPage(window._texts)
    opening.failed(window._texts.get("ui.fault.disk_full"))
    for name, page in (
        ("opening", opening),
        ("setup", SetupPage(desk, window._texts, window._background)),
    ):
        page.resize(window.size())
        page.show()
        page.activateWindow()
        settle()
        yield name, page
        page.close()
        page.deleteLater()
