"""A PC whose access was taken back says so, keeps its work, and joins again where it is told."""

from __future__ import annotations

import pytest

from desktop.services.desk import Desk
from desktop.services.exchange_ports import ExchangeReport
from desktop.storage.ids import SystemClock
from sync.hq import bootstrap, enrolment
from tests.sync.conftest import ServedHq
from tests.ui import conftest as windows
from tests.ui.conftest import MovingClock, complain, rest, show
from ui.screens.sync import SyncScreen
from ui.screenshots import settle
from ui.shell.workspace import Workspace

ready_store, desk, open_window, workspace = (
    windows.ready_store,
    windows.desk,
    windows.open_window,
    windows.workspace,
)


@pytest.fixture
def clock() -> MovingClock:
    """HQ's own time: nothing here is about wrong clocks."""
    return MovingClock(SystemClock().now())


def exchange(sync: SyncScreen, workspace: Workspace) -> None:
    sync.agent.exchange()
    assert settle(lambda: not sync.agent.busy)
    rest(workspace)


def join(sync: SyncScreen, workspace: Workspace, url: str, code: str) -> None:
    sync.url.setText(url)
    sync.code.setText(code)
    sync.join()
    assert settle(lambda: not sync.agent.busy)
    rest(workspace)


def test_a_pc_that_was_shut_out_joins_again_and_sends_what_waited(
    workspace: Workspace, desk: Desk, served: ServedHq
) -> None:
    # Given a PC that has joined, has work to send, and loses its access
    show(workspace, "sync")
    sync = workspace.front
    assert isinstance(sync, SyncScreen)
    join(sync, workspace, served.url, served.code())
    joined = desk.enrolment()
    assert joined is not None
    assert not sync.code.isVisible()
    complain(desk)
    with served.engine.begin() as connection:
        assert enrolment.revoke(connection, joined.device, bootstrap.utc_now())
    # When it exchanges
    exchange(sync, workspace)
    # Then it says so, keeps everything and has a place for the new code
    waits = desk.sync_status().pending
    assert waits > 0
    assert workspace.topbar.pill.text().strip() == f"接入已停用 · {waits} 条待上传"
    assert "新的接入码" in sync.banner.text
    assert sync.code.isVisible()
    assert sync.url.text() == served.url
    # A wrong code leaves it there, what is typed while the next exchange fails too
    join(sync, workspace, served.url, "AAAA-AAAA-AAAA")
    assert sync.code.isVisible()
    assert desk.enrolment() == joined
    sync.code.setText("half a co")
    exchange(sync, workspace)
    assert sync.code.text() == "half a co"
    # And with a right one it goes on, nothing lost or doubled
    join(sync, workspace, served.url, served.code())
    assert isinstance(sync.agent.last, ExchangeReport)
    again = desk.enrolment()
    assert again is not None
    assert (again.device, again.letter) == (joined.device, joined.letter)
    assert desk.sync_status().pending == 0
    assert not sync.code.isVisible()
    assert workspace.topbar.pill.text().strip() == "已上传"


def test_a_pc_can_be_told_where_hq_has_moved(
    workspace: Workspace, desk: Desk, served: ServedHq
) -> None:
    show(workspace, "sync")
    sync = workspace.front
    assert isinstance(sync, SyncScreen)
    join(sync, workspace, served.url, served.code())
    sync.rejoin()
    assert settle(lambda: sync.code.isVisible() and sync.code.hasFocus())
    assert sync.code.isVisible()
    # Nobody is interrupted by the exchange of every minute
    exchange(sync, workspace)
    assert sync.code.isVisible()
    moved = served.url.replace("127.0.0.1", "localhost")
    join(sync, workspace, moved, served.code())
    found = desk.enrolment()
    assert found is not None
    assert found.url == moved
    assert not sync.code.isVisible()
