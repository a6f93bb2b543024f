"""The preview shows the pages that are printed, and remembers the printer of each document."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from desktop.services.desk import Desk
from tests.ui.conftest import complain, rest, show
from ui.screens.paper import FORMS_A_BATCH, PaperScreen
from ui.screens.report_preview import ReportPreview
from ui.screens.ticket import TicketScreen
from ui.screenshots import settle
from ui.shell.workspace import Workspace
from ui.widgets import print_preview
from ui.widgets.buttons import Button
from ui.widgets.print_preview import (
    PAGES_SHOWN,
    TO_FILE,
    PrintPreview,
    page_images,
    print_pdf,
    printer_setting,
)


def paper(desk: Desk, kind: str) -> bytes:
    row = complain(desk)
    made = desk.use_cases.printing.ticket(row.stream, kind, "zh_CN", desk.actor())  # type: ignore[arg-type]
    assert isinstance(made, bytes)
    return made


def test_a_receipt_is_previewed_from_the_ticket_and_saved(
    workspace: Workspace, desk: Desk, tmp_path: Path
) -> None:
    row = complain(desk)
    show(workspace, "ticket", row.stream)
    assert isinstance(workspace.front, TicketScreen)
    workspace.front.print_document("receipt")
    rest(workspace)
    preview = workspace.window().findChild(PrintPreview)
    assert preview is not None
    rest(workspace)
    assert len(preview.pages) >= 1
    width = preview.pages[0].pixmap().width()
    preview.zoom_in()
    rest(workspace)
    assert preview.pages[0].pixmap().width() > width
    out = tmp_path / "receipt.pdf"
    preview.save(out)
    rest(workspace)
    assert out.read_bytes().startswith(b"%PDF")


def test_the_printer_is_remembered_for_each_document(workspace: Workspace, desk: Desk) -> None:
    desk.save_setting(printer_setting("slip"), TO_FILE)
    preview = PrintPreview(workspace.ui, workspace, "小票", paper(desk, "slip"), "slip")
    rest(workspace)
    assert preview.printer.value() == TO_FILE
    assert desk.setting(printer_setting("receipt")) == ""
    preview.close()


@pytest.mark.parametrize(("kind", "width_mm"), [("receipt", 210), ("slip", 80)])
def test_paper_comes_out_in_its_own_size(
    desk: Desk, tmp_path: Path, kind: str, width_mm: int
) -> None:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    out = tmp_path / "out.pdf"
    printer.setOutputFileName(str(out))
    pdf = paper(desk, kind)
    pages = print_pdf(pdf, printer)
    printed = pypdfium2.PdfDocument(out)
    assert len(printed) == pages
    assert printed[0].get_width() * 25.4 / 72 == pytest.approx(width_mm, abs=1)
    image = page_images(pdf, 1.0, count=1)[0]
    assert len({image.pixel(x, y) for x in range(0, 200, 3) for y in range(0, 200, 3)}) > 2
    printed.close()
    desk.close()


def test_every_page_of_a_long_paper_is_printed(tmp_path: Path) -> None:
    paper = pypdfium2.PdfDocument.new()
    for width in (595, 595, 227):
        paper.new_page(width, 842)
    made = BytesIO()
    paper.save(made)
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "out.pdf"))
    assert print_pdf(made.getvalue(), printer) == 3
    with pypdfium2.PdfDocument(tmp_path / "out.pdf") as printed:
        assert [round(page.get_width(), -1) for page in printed] == [600, 600, 230]


def test_a_printer_that_is_gone_keeps_the_paper_and_says_what_to_do(
    workspace: Workspace, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.save_setting(printer_setting("receipt"), "Old printer")
    monkeypatch.setattr(print_preview, "printer_names", lambda: ["Counter"])
    preview = PrintPreview(workspace.ui, workspace, "通知单", paper(desk, "receipt"), "receipt")
    preview.open()
    rest(workspace)
    assert "Old printer" in preview.trouble.text
    preview.print()
    assert not preview.act.isEnabled()
    monkeypatch.setattr(print_preview, "printer_names", list)
    rest(workspace)
    assert preview.isVisible()
    assert "“Counter”不在了，什么也没有印" in preview.trouble.text
    assert preview.act.isEnabled()
    assert preview.printer.value() == TO_FILE
    preview.close()
    rest(workspace)


def test_what_is_no_pdf_is_refused() -> None:
    with pytest.raises(ValueError, match="no PDF"):
        page_images(b"nothing", 1.0)


def test_a_long_document_says_how_many_pages_it_has_and_how_many_are_shown(
    workspace: Workspace,
) -> None:
    long = pypdfium2.PdfDocument.new()
    for _ in range(PAGES_SHOWN + 2):
        long.new_page(200, 200)
    made = BytesIO()
    long.save(made)
    preview = PrintPreview(workspace.ui, workspace, "清单", made.getvalue(), "list")
    rest(workspace)
    assert len(preview.pages) == PAGES_SHOWN
    told = [found.text() for found in preview.findChildren(QLabel)]
    assert f"{PAGES_SHOWN + 2} 页，预览前 {PAGES_SHOWN} 页" in told
    preview.close()


def test_pages_that_come_after_it_was_closed_have_no_place_to_go(
    workspace: Workspace, desk: Desk, qtbot: QtBot
) -> None:
    preview = PrintPreview(workspace.ui, workspace, "通知单", paper(desk, "receipt"), "receipt")
    preview.close()
    QApplication.sendPostedEvents(preview, QEvent.Type.DeferredDelete)
    assert not isValid(preview)
    with qtbot.captureExceptions() as raised:
        rest(workspace)
    assert raised == []


def test_a_pad_of_blank_forms_is_seen_before_it_is_printed(
    workspace: Workspace, desk: Desk, tmp_path: Path
) -> None:
    desk.save_setting(printer_setting("forms"), TO_FILE)
    show(workspace, "paper")
    assert isinstance(workspace.front, PaperScreen)
    workspace.front.print_forms()
    rest(workspace)
    preview = workspace.window().findChild(PrintPreview)
    assert preview is not None
    assert settle(lambda: preview.ready)
    assert len(preview.pages) >= FORMS_A_BATCH
    preview.save(tmp_path / "pad.pdf")
    rest(workspace)
    with pypdfium2.PdfDocument(tmp_path / "pad.pdf") as pad:
        assert len(pad) == len(preview.pages)
        assert pad[0].get_width() * 25.4 / 72 == pytest.approx(210, abs=1)


def test_a_report_has_a_printer_of_its_own_and_its_files_beside(
    workspace: Workspace, desk: Desk
) -> None:
    asked: list[str] = []
    desk.save_setting(printer_setting("slip"), "till printer")
    preview = ReportPreview(workspace.ui, "月报", paper(desk, "receipt"), asked.append, workspace)
    assert settle(lambda: preview.ready)
    for button in preview.findChildren(Button):
        if button.text().strip() == "存为 XLSX":
            button.click()
    assert asked == ["xlsx"]
    assert printer_setting("report") != printer_setting("slip")
    preview.close()
    plain = ReportPreview(workspace.ui, "5 Whys", paper(desk, "receipt"), None, workspace)
    assert plain.more_buttons() == ()
    plain.close()
    rest(workspace)


def test_pages_are_drawn_while_others_are_read_on_another_lane(
    workspace: Workspace, desk: Desk, tmp_path: Path
) -> None:
    """PDFium falls over when two threads call it at once; scans and previews share one lock."""
    pdf = paper(desk, "receipt")
    path = tmp_path / "scan.pdf"
    path.write_bytes(pdf)
    done: list[int] = []
    for _turn in range(6):
        workspace.ui.run(
            lambda: len(page_images(pdf, 2.0)), lambda pages: done.append(pages), lane="files"
        )
        workspace.ui.run(
            lambda: desk.form_picture(path, 1),
            lambda picture: done.append(len(picture)),
            lane="ocr",
        )
    assert settle(lambda: len(done) == 12)
    assert all(done)


def test_the_button_says_what_it_does_with_a_printer_and_without(
    workspace: Workspace, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(print_preview, "printer_names", lambda: ["Counter"])
    preview = PrintPreview(workspace.ui, workspace, "receipt", paper(desk, "receipt"), "receipt")
    preview.open()
    rest(workspace)
    assert preview.act.text().strip() == "打印"
    preview.printer.set_value(TO_FILE)
    assert preview.act.text().strip() == "保存 PDF…"
    preview.close()
    rest(workspace)
