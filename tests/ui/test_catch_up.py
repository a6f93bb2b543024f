"""While this version counts earlier complaints again, the window says so and goes on working."""

from __future__ import annotations

import pytest

from desktop.services.catch_up_ports import Behind
from desktop.services.desk import Desk
from desktop.storage import rollup_keeping
from tests.ui.conftest import complain, rest
from ui.screenshots import settle
from ui.shell.catch_up import CatchUpBanner
from ui.shell.workspace import Workspace


@pytest.fixture
def behind(workspace: Workspace, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> CatchUpBanner:
    """The banner of a store whose one complaint an older version counted."""
    complain(desk)
    monkeypatch.setattr(rollup_keeping, "COUNTING", b"next")
    banner = CatchUpBanner(workspace.ui, after_ms=3_600_000)
    banner.setParent(workspace)
    rest(workspace)
    return banner


def test_it_says_how_far_it_is_and_goes_away_when_done(
    workspace: Workspace, behind: CatchUpBanner, desk: Desk
) -> None:
    """AN-01: figures that lack complaints are not shown as if they were whole."""
    assert behind.isVisible()
    assert "0 / 1" in behind.banner.text
    behind.go_on()
    assert settle(lambda: behind.isHidden(), timeout_ms=60_000)
    assert desk.use_cases.catch_up.behind() is None
    assert "可以出报表" in workspace.toast.text


def test_it_rests_when_told_and_says_so(workspace: Workspace, behind: CatchUpBanner) -> None:
    behind.go_on()
    behind.stop()
    rest(workspace)
    behind._show(Behind(0, 1, True))
    assert "还没有" in behind.banner.text


def test_a_store_that_is_up_to_date_says_nothing(workspace: Workspace) -> None:
    rest(workspace)
    assert workspace.catch_up.isHidden()
