"""A ticket's forms are made when they are first asked for, and what was typed in them is there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from desktop.services.desk import Desk
from tests.ui.conftest import complain, rest, show
from ui.main_window import MainWindow
from ui.screens.ticket import TicketScreen
from ui.screens.ticket_panels import TextPanel
from ui.screenshots import settle
from ui.shell.workspace import Workspace

WORDS = "said she comes again on Monday"


def ticket(workspace: Workspace, stream: str) -> TicketScreen:
    show(workspace, "ticket", stream)
    rest(workspace)
    assert isinstance(workspace.front, TicketScreen)
    return workspace.front


def text_panel(screen: TicketScreen, name: str) -> TextPanel:
    panel = screen.acts.panels[name]
    assert isinstance(panel, TextPanel)
    return panel


def test_menu_and_ctrl_k_know_every_act_without_its_form(workspace: Workspace, desk: Desk) -> None:
    screen = ticket(workspace, complain(desk).stream)
    made = set(screen.acts.panels.made)
    assert made <= {screen.acts.current}
    assert len(screen.commands()) > 10
    screen.open_menu()
    menu = next(m for m in screen.findChildren(QMenu) if m.isVisible())
    acts = menu.acts  # type: ignore[attr-defined]
    assert acts["transfer"].isEnabled()
    assert not acts["reopen"].isEnabled()
    assert set(screen.acts.panels.made) == made
    acts["transfer"].trigger()
    menu.close()
    rest(workspace)
    assert set(screen.acts.panels.made) == made | {"transfer"}
    focus = screen.window().focusWidget()
    assert focus is not None
    assert screen.acts.form("transfer").isAncestorOf(focus)


def test_typing_waits_for_a_form_that_is_not_made_yet(
    workspace: Workspace, desk: Desk, open_window: Callable[..., MainWindow]
) -> None:
    """IN-16: kept words outlive a window in which their form was never opened."""
    stream = complain(desk).stream
    screen = ticket(workspace, stream)
    for name in ("solution", "comment"):
        screen.open_form(name)
        QTest.keyClicks(text_panel(screen, name).text, f"{name} {WORDS}")
    screen.typing.flush()
    rest(workspace)
    for _window in range(2):  # the first of them opens none of the two by hand
        window = open_window(lambda: desk)
        assert settle(lambda window=window: window.workspace is not None)
        assert window.workspace is not None
        screen = ticket(window.workspace, stream)
        assert screen.acts.current == "comment"  # where the last key was pressed
        assert "solution" not in screen.acts.panels.made
        QTest.keyClicks(text_panel(screen, "comment").text, "!")
        screen.typing.flush()
        rest(window.workspace)
    screen.open_form("solution")
    assert text_panel(screen, "solution").text.toPlainText() == f"solution {WORDS}"


def test_what_the_ticket_says_is_no_typing_in_a_form_just_made(
    workspace: Workspace, desk: Desk
) -> None:
    screen = ticket(workspace, complain(desk).stream)
    for name in screen.acts.panels:
        if screen.acts.fits(name):
            screen.open_form(name)
    rest(workspace)
    assert screen.typing.typed() == {}
    other = complain(desk, phone="13900001111")
    ticket(workspace, other.stream)
    assert screen.typing.typed() == {}
    assert desk.drafts() == ()


def test_the_first_picture_is_whole_after_its_turns(workspace: Workspace, desk: Desk) -> None:
    screen = ticket(workspace, complain(desk).stream)
    assert settle(lambda: screen.evidence.updatesEnabled() and screen.timeline.updatesEnabled())
    assert screen.step.updatesEnabled()
