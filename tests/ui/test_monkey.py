"""A monkey on every screen: random keys and clicks raise nothing and lose nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from desktop.data_folder import verify_data
from desktop.services.desk import Desk
from desktop.services.ticket_ports import TicketFilter
from tests.ui.conftest import complain, rest
from tests.ui.monkey import Monkey, watched
from ui.main_window import MainWindow
from ui.shell.workspace import ENTRIES, Workspace

SHORT, WHOLE = 60, 10_000
SCREENS = (*(name for name, _icon in ENTRIES), "ticket", "compensate", "quality", "handover")


def let_loose(
    workspace: Workspace,
    desk: Desk,
    folder: Path,
    name: str,
    steps: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ticket = complain(desk, verbatim="一字不能丢的话")
    before = desk.count(TicketFilter())
    what = ticket.stream if name in ("ticket", "compensate") else None

    def home() -> None:
        workspace.go(name, what)

    window = workspace.window()
    assert isinstance(window, MainWindow)
    window.idle.stop()  # a long walk is no idle desk, though its events are not the window's own
    home()
    rest(workspace)
    monkey = Monkey(workspace, seed=sum(map(ord, name)), home=home)
    with watched(monkeypatch) as faults:
        monkey.run(steps)
    assert faults.seen == [], monkey.steps[-12:]
    page = desk.ticket(ticket.stream)
    assert page is not None
    assert page.state.text("verbatim").startswith("一字不能丢的话")
    assert desk.count(TicketFilter()) >= before
    copy = folder.with_name("copy")
    rest(workspace)
    shutil.copytree(folder, copy)
    assert verify_data(copy).first_bad is None


@pytest.mark.parametrize("name", SCREENS)
def test_a_short_walk(
    workspace: Workspace,
    desk: Desk,
    tmp_path: Path,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    let_loose(workspace, desk, tmp_path / "store", name, SHORT, monkeypatch)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", SCREENS)
def test_ten_thousand_steps(
    workspace: Workspace,
    desk: Desk,
    tmp_path: Path,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    let_loose(workspace, desk, tmp_path / "store", name, WHOLE, monkeypatch)
