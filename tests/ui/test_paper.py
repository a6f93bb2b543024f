"""Paper forms are read behind the window, reviewed, and become tickets with their picture."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.domain.forms import FIELD_KEYS, Box, FieldReading, FormReading
from desktop.services.desk import Desk
from desktop.services.ticket_ports import TicketFilter
from tests.ui.conftest import rest, show
from ui.screens.paper import PaperScreen
from ui.screens.paper_queue import Scan
from ui.screenshots import settle
from ui.shell.workspace import Workspace

LONG = 120_000


@pytest.fixture
def paper(workspace: Workspace) -> PaperScreen:
    show(workspace, "paper")
    assert isinstance(workspace.front, PaperScreen)
    return workspace.front


@pytest.fixture
def blank_form(desk: Desk, tmp_path: Path) -> Path:
    path = tmp_path / "forms.pdf"
    desk.print_forms(path, 1)
    return path


def picture(path: Path) -> QImage:
    image = QImage(600, 800, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    image.save(str(path))
    return image


def reading(path: Path) -> FormReading:
    """Return a reading as the reader gives it: two fields certain, two to be checked."""
    box = Box(40, 60, 200, 40)
    fields = {
        "customer_name": FieldReading("侯辉", 0.7, False, box),
        "phone": FieldReading("15830662201", 0.99, True, box),
        "description": FieldReading("里面发现异物", 0.6, False, Box(40, 300, 400, 200)),
        "expected_resolution": FieldReading("全额退款", 0.99, True, box),
        "store": FieldReading("厦门万达广场店", 0.99, True, box),
    }
    options = {"投诉类型": ("商品质量", "服务态度", "其他")}
    return FormReading(
        str(path), 1, "A", None, fields, {"投诉类型": ("其他",)}, 0.7, options=options
    )


@pytest.fixture
def review(paper: PaperScreen, tmp_path: Path) -> PaperScreen:
    path = tmp_path / "scan.png"
    scan = Scan(path, reading(path), (picture(path),))
    paper.scans.append(scan)
    paper.start_review(scan)
    return paper


def test_our_own_printed_form_is_read_and_becomes_a_ticket_with_its_picture(
    paper: PaperScreen, workspace: Workspace, desk: Desk, blank_form: Path
) -> None:
    paper.add_files([blank_form])
    assert settle(lambda: not paper.busy(), timeout_ms=LONG)
    assert paper.scans[0].ready, paper.scans[0].error
    grid = paper.review.grid
    assert paper.current is paper.scans[0]
    grid.cells["description"].set_value("电视机屏幕有坏点")
    grid.cells["expected_resolution"].set_value("换新")
    for cell in grid.cells.values():
        if cell.state != "empty":
            cell.set_state("confirmed")
    paper.review.emotion.set_value("3")
    paper.review.submit()
    assert settle(lambda: workspace.route[0] == "ticket", timeout_ms=LONG)
    page = desk.ticket(str(workspace.route[1]))
    assert page is not None
    assert page.state.text("verbatim") == "电视机屏幕有坏点"
    assert page.state.channel == "paper"
    assert [e.role for e in page.state.evidence] == ["form"]


def test_a_text_file_named_jpg_is_said_plainly_and_the_rest_goes_on(
    paper: PaperScreen, workspace: Workspace, tmp_path: Path
) -> None:
    wrong, empty = tmp_path / "wrong.jpg", tmp_path / "empty.jpg"
    wrong.write_text("not a picture", encoding="utf-8")
    empty.write_bytes(b"")
    paper.add_files([wrong, empty])
    assert settle(lambda: not paper.busy(), timeout_ms=LONG)
    assert [bool(scan.error) for scan in paper.scans] == [True, True]
    assert not any("Traceback" in scan.error for scan in paper.scans)
    paper.remove(paper.scans[0])
    assert [scan.path.name for scan in paper.scans] == ["empty.jpg"]


def test_certain_fields_are_confirmed_together_and_uncertain_ones_walked_by_enter(
    review: PaperScreen,
) -> None:
    grid = review.review.grid
    # Another store's name was read with certainty and still has to be looked at.
    assert settle(lambda: grid.cells["store"].state == "unsure")
    assert grid.count("certain") == 2
    assert grid.cells["customer_name"].property("current") == "true"
    QTest.keyClick(review, Qt.Key.Key_F8)
    assert settle(lambda: grid.count("certain") == 0)
    assert grid.count("unsure") == 3
    QTest.keyClick(grid.cells["customer_name"].editor, Qt.Key.Key_Return)
    assert grid.cells["customer_name"].state == "confirmed"
    QTest.keyClick(grid.cells["store"].editor, Qt.Key.Key_Return)
    assert grid.cells["description"].property("current") == "true"
    QTest.keyClick(grid.cells["description"].editor, Qt.Key.Key_Return)
    assert grid.count("unsure") == 0
    assert review.review.submit_button.isVisible()


def test_nothing_unchecked_becomes_a_ticket(
    review: PaperScreen, workspace: Workspace, desk: Desk
) -> None:
    review.review.submit()
    assert review.review.banner.text
    review.review.grid.confirm_certain()
    for cell in review.review.grid.cells.values():
        if cell.state == "unsure":
            cell.set_state("confirmed")
    review.review.submit()
    assert "情绪" in review.review.banner.text
    rest(workspace)
    assert desk.count(TicketFilter()) == 0


def test_a_confirmed_field_that_is_changed_is_to_be_checked_again(review: PaperScreen) -> None:
    cell = review.review.grid.cells["phone"]
    review.review.grid.confirm_certain()
    assert cell.state == "confirmed"
    QTest.keyClicks(cell.editor, "9")
    assert cell.state == "unsure"


def test_a_form_of_another_store_is_marked(review: PaperScreen) -> None:
    note = review.review.grid.cells["store"]._note
    assert settle(lambda: "无锡滨湖店" in note.text())


def test_every_field_can_be_filled_even_when_the_form_lacks_it(review: PaperScreen) -> None:
    assert set(review.review.grid.cells) == set(FIELD_KEYS)
    assert all(cell.isVisible() for cell in review.review.grid.cells.values())


def test_pressing_a_box_in_the_picture_goes_to_its_field(review: PaperScreen) -> None:
    view = review.review.picture
    box = view._boxes["description"]
    point = view.transform().map(box[0] + box[2] / 2, box[1] + box[3] / 2)
    from PySide6.QtCore import QPoint

    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(int(point[0]), int(point[1])))
    assert review.review.grid.cells["description"].property("current") == "true"


def test_corrections_are_kept_as_a_draft_when_the_review_is_left(
    review: PaperScreen, workspace: Workspace, desk: Desk
) -> None:
    cell = review.review.grid.cells["customer_name"]
    QTest.keyClicks(cell.editor, "X")
    typed = cell.value
    workspace.go("today", None)
    rest(workspace)
    draft = desk.drafts()[0]
    assert draft.kind == "paper"
    assert draft.body["customer_name"] == typed


def test_the_picture_in_the_clipboard_is_read_too(paper: PaperScreen, workspace: Workspace) -> None:
    image = QImage(300, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    QGuiApplication.clipboard().setImage(image)
    paper.paste()
    assert len(paper.scans) == 1
    assert settle(lambda: not paper.busy(), timeout_ms=LONG)


def test_ticks_are_corrected_and_go_with_the_form(review: PaperScreen, qtbot: QtBot) -> None:
    page = review.review
    assert page.ticks.ticks() == {"投诉类型": ("其他",)}
    choice = page.ticks._groups["投诉类型"]
    QTest.keyClick(choice.chip("商品质量"), Qt.Key.Key_Space)
    QTest.keyClick(choice.chip("其他"), Qt.Key.Key_Space)
    for cell in page.grid.cells.values():
        cell.set_state("confirmed")
    page.emotion.set_value("2")
    with qtbot.waitSignal(page.accepted) as accepted:
        page.submit()
    assert accepted.args is not None
    assert accepted.args[0].ticks == {"投诉类型": ("商品质量",)}


def test_what_the_snapshot_says_stands_under_the_field(
    review: PaperScreen, workspace: Workspace, desk: Desk
) -> None:
    members = "会员号,姓名,手机号\n03597638,侯晖,15830662201\n".encode()
    desk.use_cases.paper.customers.replace([members])
    grid = review.review.grid
    grid.cells["member_no"].editor.setFocus()
    QTest.keyClicks(grid.cells["member_no"].editor, "03597638")
    rest(workspace)
    assert "不一致 · 会员快照中的姓名为 侯晖" in grid.cells["customer_name"]._note.text()
    assert grid.cells["phone"]._note.text().startswith("一致")


def test_a_name_taken_from_the_list_shows_what_was_read(
    review: PaperScreen, workspace: Workspace, desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "scan.png"
    page = reading(path)
    near = {**page.fields, "store": FieldReading("元锡滨湖店", 0.9, True, Box(1, 1, 9, 9))}
    judged = desk.judge_page(replace(page, fields=near))
    review.review.show_page(path, judged, (picture(path),), 1, 1)
    rest(workspace)
    cell = review.review.grid.cells["store"]
    assert cell.value == "无锡滨湖店"
    assert cell.state == "unsure"
    assert "元锡滨湖店" in cell._note.text()


def test_the_watched_folder_brings_scans_in_and_puts_them_aside(
    paper: PaperScreen, workspace: Workspace, tmp_path: Path
) -> None:
    watched = tmp_path / "scans"
    watched.mkdir()
    wrong = watched / "scan.jpg"
    wrong.write_text("not a picture", encoding="utf-8")
    os.utime(wrong, (1, 1))
    paper.folder.set_folder(watched)
    rest(workspace)
    assert settle(lambda: bool(paper.scans) and not paper.busy(), timeout_ms=LONG)
    rest(workspace)
    assert paper.scans[0].error
    assert not wrong.exists()
    assert (watched / "failed" / "scan.jpg").exists()
    paper.folder.stop()
    rest(workspace)
    assert workspace.ui.desk.scan_folder() is None


def test_reading_can_be_stopped(paper: PaperScreen, workspace: Workspace, tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.jpg" for n in range(5)]
    for path in paths:
        path.write_text("not a picture", encoding="utf-8")
    paper.add_files(paths)
    paper.cancel()
    rest(workspace)
    assert not paper.busy()
    assert all(scan.error for scan in paper.scans), "what was read stays, what was not is gone"
