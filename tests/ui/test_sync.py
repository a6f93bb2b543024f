"""Sync is calm about being offline and calls nothing uploaded without HQ's receipt."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from desktop.services.desk import Desk
from desktop.services.exchange_ports import ExchangeFailure, ExchangeReport
from desktop.services.ticket_ports import TicketRow
from desktop.texts import Texts
from tests.ui.conftest import complain, rest, show
from ui.screens.sync import SyncScreen
from ui.screenshots import settle
from ui.shell.workspace import Workspace


@pytest.fixture
def sync(workspace: Workspace) -> SyncScreen:
    show(workspace, "sync")
    assert isinstance(workspace.front, SyncScreen)
    return workspace.front


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_before_joining_everything_waits_and_nothing_is_called_uploaded(
    sync: SyncScreen, workspace: Workspace, desk: Desk
) -> None:
    complain(desk)
    sync.refresh()
    rest(workspace)
    pending = desk.sync_status().pending
    assert pending > 0
    assert f"待上传 {pending}" in sync.tiles["pending"].accessibleName()
    assert f"{pending} 条待上传" in workspace.topbar.pill.text()
    assert "已上传" not in workspace.topbar.pill.text()
    assert not sync.now.isEnabled()


def test_an_hq_that_cannot_be_reached_is_said_and_the_desk_works_on(
    sync: SyncScreen, workspace: Workspace, desk: Desk
) -> None:
    sync.url.setText(f"http://127.0.0.1:{closed_port()}")
    sync.code.setText("ABCD-EFGH-JKMN")
    sync.join()
    assert settle(lambda: not sync.agent.busy, timeout_ms=120_000)
    assert isinstance(sync.agent.last, ExchangeFailure)
    assert sync.banner.text
    assert "Traceback" not in sync.banner.text
    assert desk.enrolment() is None
    assert complain(desk).number


def test_joining_without_address_or_code_asks_for_it(sync: SyncScreen) -> None:
    sync.url.clear()
    sync.join()
    assert not sync.agent.busy


def test_compensation_that_waits_for_approval_is_listed(
    sync: SyncScreen, workspace: Workspace, desk: Desk
) -> None:
    from decimal import Decimal

    from PySide6.QtWidgets import QLabel

    ticket: TicketRow = complain(desk)
    command = desk.new_compensation("voucher", "goodwill", Decimal("5000.01"), "customer", "")
    desk.act(ticket.stream, command)
    sync.refresh()
    rest(workspace)
    words = " ".join(label.text() for label in sync._waiting.findChildren(QLabel))
    assert ticket.number in words


def test_the_pill_tells_offline_from_uploaded(workspace: Workspace, desk: Desk) -> None:
    from dataclasses import replace

    from desktop.services.exchange_ports import Enrolment

    rest(workspace)
    status = desk.sync_status()
    joined = Enrolment("https://hq", "S0217", "无锡滨湖店", "A", "token", bytes(32))
    bar = workspace.topbar
    bar.show_sync(replace(status, pending=12), joined, online=False, busy=False)
    assert bar.pill.text().strip() == "离线 · 12 条待上传"
    bar.show_sync(replace(status, pending=0), joined, online=True, busy=False)
    assert bar.pill.text().strip() == "已上传"
    bar.show_sync(replace(status, pending=3), joined, online=True, busy=False)
    assert "3 条待上传" in bar.pill.text()
    bar.show_sync(status, joined, online=True, busy=True)
    assert "正在同步" in bar.pill.text()


def test_what_an_exchange_did_is_written_with_its_figures(
    sync: SyncScreen, workspace: Workspace
) -> None:
    from PySide6.QtWidgets import QLabel

    sync.agent.last = ExchangeReport(12, 3, 2048, 512, 40, "ab", 0, 0, 1.26)
    sync.agent.state.emit()
    words = " ".join(label.text() for label in sync._last.findChildren(QLabel))
    assert "12" in words
    assert "2.0 KB" in words
    assert "1.3" in words


def test_a_file_goes_out_for_the_other_pc_and_its_code_is_told(
    sync: SyncScreen, workspace: Workspace, desk: Desk, tmp_path: Path
) -> None:
    complain(desk)
    path = tmp_path / "stick.amends"
    sync.courier.write(path, peer=True)
    rest(workspace)
    assert path.exists()
    code = sync.courier.said.text().split("：")[1].split("。")[0]
    assert len(code) == 19
    # And taking one's own file in is refused in words
    sync.courier.take(path, code)
    rest(workspace)
    assert "另一台电脑" in sync.courier.said.text()
    sync.courier.write(tmp_path / "hq.amends", peer=False)
    rest(workspace)
    assert "尚未接入总部" in sync.courier.said.text()


def test_a_complaint_set_aside_is_named_and_tried_again(
    sync: SyncScreen, workspace: Workspace, desk: Desk
) -> None:
    # Given a complaint that another version could not make a row of
    ticket = complain(desk)
    store = desk.use_cases.sync
    with store._database.write() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql(
            "INSERT INTO quarantine VALUES (?, 'c-x', 1, 'ValueError: unknown')", (ticket.stream,)
        )
    sync.refresh()
    rest(workspace)
    assert sync.care.again.isVisibleTo(sync.care)
    assert sync.tiles["quarantined"].accessibleName().count("1")
    # Why is said in words; the fault itself is for who is asked to help
    words = [found.text() for found in sync.care.findChildren(QLabel)]
    assert Texts("zh_CN").get("sync.aside_unexplained") in words
    assert not any("ValueError" in said for said in words)
    assert any("ValueError: unknown" in w.toolTip() for w in sync.care.findChildren(QWidget))
    # When a person tries again
    sync.care.try_again()
    rest(workspace)
    # Then it is back in the list
    assert "已全部恢复" in sync.care.said.text()
    assert desk.set_aside() == ()
    assert desk.sync_status().quarantined == 0


@pytest.mark.parametrize(("offset", "word"), [(365 * 86_400_000, "慢"), (-180_000, "快")])
def test_a_wrong_clock_is_shown_and_not_obeyed(
    sync: SyncScreen, workspace: Workspace, desk: Desk, offset: int, word: str
) -> None:
    desk.use_cases.sync.set_clock_offset(offset)
    before = desk.now()
    sync.refresh()
    rest(workspace)
    shown = sync.care.lines.itemAt(0).widget()
    assert word in shown.text()
    assert abs((desk.now() - before).total_seconds()) < 3600
