"""Two PCs of a store wrote at once; a person settles it in the window, side by side."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame

from desktop.bootstrap import open_desk
from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.services.courier_ports import Carried, Exported
from desktop.services.desk import Desk
from desktop.services.ticket_ports import TicketRow
from tests.ui.conftest import MovingClock, complain, enter, rest, show
from tests.ui.story_kit import press
from ui.screens.sync import SyncScreen
from ui.screens.ticket import TicketScreen
from ui.shell.workspace import Workspace
from ui.widgets.buttons import Button


def carry(source: Desk, target: Desk, path: Path) -> None:
    """Carry everything of one PC to the other on a stick."""
    store = source.store.store
    written = source.use_cases.courier.export_to_peer(path, store)
    assert isinstance(written, Exported), written
    taken = target.use_cases.courier.take(path, written.code, store)
    assert isinstance(taken, Carried), taken


def at_odds(desk: Desk, clock: MovingClock, folder: Path) -> TicketRow:
    """Return a complaint to which two PCs gave different codes at once."""
    other = enter(open_desk(folder / "other" / "store", clock=clock))
    try:
        row = complain(desk)
        carry(desk, other, folder / "out.amends")
        desk.act(row.stream, ClassifyTicket("SP-11", 3))
        other.act(row.stream, ClassifyTicket("SP-01", 3))
        carry(other, desk, folder / "back.amends")
    finally:
        other.close()
    return row


def test_two_codes_written_at_once_are_settled_side_by_side(
    workspace: Workspace, desk: Desk, clock: MovingClock, tmp_path: Path
) -> None:
    row = at_odds(desk, clock, tmp_path)
    show(workspace, "ticket", row.stream)
    screen = workspace.front
    assert isinstance(screen, TicketScreen)
    assert screen.page is not None
    assert screen.page.state.conflicts == ("code",)
    keep = [b for b in screen.alerts.findChildren(Button) if "SP-" in b.accessibleName()]
    assert len(keep) == 2
    sides = [b.parentWidget() for b in keep]
    assert all(isinstance(side, QFrame) for side in sides)
    assert sides[0].y() == sides[1].y()
    assert sides[0].x() < sides[1].x()
    press(next(b for b in keep if "SP-01" in b.accessibleName()), Qt.Key.Key_Space)
    rest(workspace)
    assert screen.page.state.conflicts == ()
    assert screen.page.state.text("code") == "SP-01"


def test_the_sync_screen_settles_a_conflict_where_it_tells_of_it(
    workspace: Workspace, desk: Desk, clock: MovingClock, tmp_path: Path
) -> None:
    row = at_odds(desk, clock, tmp_path)
    show(workspace, "sync")
    sync = workspace.front
    assert isinstance(sync, SyncScreen)
    keep = [b for b in sync.care.findChildren(Button) if "SP-01" in b.accessibleName()]
    assert len(keep) == 1
    press(keep[0], Qt.Key.Key_Space)
    rest(workspace)
    page = desk.ticket(row.stream)
    assert page is not None
    assert page.state.conflicts == ()
    assert page.state.text("code") == "SP-01"
    assert sync.care.isHidden()
