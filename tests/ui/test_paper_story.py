"""A handwritten form from drop to ticket with both hands on the keyboard (IN-04, ≤ 2 minutes).

`amends screenshots --story paper` plays the same and writes its pictures.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from desktop.domain.forms import LONG_KEYS
from desktop.services.desk import Desk
from tests.ui.conftest import show
from ui.paper_story import MOST_SECONDS, Clerk, play
from ui.screens.paper import PaperScreen
from ui.screenshots import settle
from ui.shell.workspace import Workspace

LONG = 120_000
FORM = Path(__file__).parents[2] / "resources" / "demo" / "our_form.jpg"


@pytest.mark.timeout(240)
def test_a_handwritten_form_becomes_a_ticket_by_keyboard_in_two_minutes(
    workspace: Workspace, desk: Desk
) -> None:
    written = YAML(typ="safe").load(FORM.with_suffix(".yaml"))
    stages: list[tuple[str, float]] = []
    clerk = Clerk(workspace, lambda name, seconds: stages.append((name, seconds)))

    stream = play(clerk, FORM, written)

    assert clerk.seconds < MOST_SECONDS, stages
    assert [name for name, _ in stages if not name.startswith("corrected-")] == [
        "before",
        "read",
        "certain",
        "walked",
        "complaint",
    ]
    page = desk.ticket(stream)
    assert page is not None
    assert page.state.text("phone") == written["phone"]
    assert page.state.text("customer_name") == written["customer_name"]
    assert "【投诉类型：价格问题；严重程度：一般、较重】" in page.state.text("verbatim")
    outcomes = desk.use_cases.paper.records.since(None)
    assert {one.key for one in outcomes} == set(written) - {"store"}
    assert all(one.right for one in outcomes if one.certain)


def test_the_same_sheet_a_second_time_is_recognised_and_makes_no_second_ticket(
    workspace: Workspace, desk: Desk
) -> None:
    show(workspace, "paper")
    screen = workspace.front
    assert isinstance(screen, PaperScreen)
    screen.add_files([FORM])
    assert settle(lambda: not screen.busy() and workspace.ui.background.idle, timeout_ms=LONG)
    for cell in screen.review.grid.cells.values():
        if cell.state != "empty":
            cell.set_state("confirmed")
    screen.review.emotion.set_value("2")
    screen.review.submit()
    assert settle(lambda: workspace.route[0] == "ticket", timeout_ms=LONG)
    number = desk.ticket(str(workspace.route[1])).row.number

    show(workspace, "paper")
    screen.add_files([FORM])
    assert settle(lambda: not screen.busy() and workspace.ui.background.idle, timeout_ms=LONG)
    again = screen.scans[-1]
    assert again.known is not None
    assert again.known.number == number
    screen.start_review(again)
    assert number in screen.review.banner.text
    assert set(screen.review.grid.values()) >= LONG_KEYS
