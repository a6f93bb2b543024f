"""Paper (纸质单): scans come in, are read off the GUI thread, reviewed, and become complaints."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QTemporaryDir, QTimer
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import QFileDialog, QLayout, QStackedWidget, QWidget

from desktop.domain.forms import FormReading
from desktop.domain.outcomes import Refusal
from desktop.services.desk import Desk
from desktop.services.desk_paper import ReadPage
from desktop.services.paper import MEDIA_TYPES, ConfirmedForm
from desktop.services.ports import SavedDraft
from desktop.services.ticket_ports import TicketRow
from ui.background import Job
from ui.context import Ui
from ui.screens.base import Screen
from ui.screens.paper_folder import WatchedFolder
from ui.screens.paper_queue import Scan, ScanList
from ui.screens.paper_review import Review
from ui.shell.keys import KeyRow
from ui.widgets.buttons import Button
from ui.widgets.feedback import EmptyState
from ui.widgets.image_view import smaller_copies
from ui.widgets.layout import Card, Scroll, box, column, label, restyle, row
from ui.widgets.print_preview import PrintPreview

FORMS_A_BATCH = 20
WARM_AFTER_MS = 1_500
"""How long the screen is in front before the models are loaded ahead of the first page."""
REST_AFTER_MS = 10 * 60_000
"""How long after the last page the models' memory is given back."""


class PaperScreen(Screen):
    """The batch of scans, and the review of one of them."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.scans: list[Scan] = []
        self.current: Scan | None = None
        self._reading = 0
        self._pasted = QTemporaryDir()
        self._resting = _timer(self, self._rest, REST_AFTER_MS)
        self._warming = _timer(self, self._warm, WARM_AFTER_MS)
        self.folder = WatchedFolder(ui, self.add_files)
        self.review = Review(ui)
        self.review.accepted.connect(self._accept)
        self.review.kept.connect(self._keep)
        self.review.left.connect(self.back)
        self._stack = QStackedWidget()
        self._batch = box(self._batch_page())
        self._stack.addWidget(self._batch)
        self._stack.addWidget(self.review)
        self.setLayout(column(self._stack))
        self.setAcceptDrops(True)
        paste = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self._batch)
        paste.activated.connect(self.paste)
        choose = QShortcut(QKeySequence(QKeySequence.StandardKey.Open), self._batch)
        choose.activated.connect(self.choose)
        self._show_queue()

    def _batch_page(self) -> QLayout:
        text = self.ui.text
        head = row(
            label(text("ui_paper.title"), "title"),
            None,
            Button(text("ui_paper.print"), self.print_forms, icon="printer"),
            Button(text("ui_paper.choose"), self.choose, variant="primary", icon="folder-open"),
            gap=12,
        )
        self._drop = Card(margins=(24, 24, 24, 24))
        self._drop.add(
            EmptyState(
                text("ui_paper.drop_title"),
                text("ui_paper.drop_text"),
                icon="scan-line",
                action=text("ui_paper.paste"),
                on_action=self.paste,
            )
        )
        self._list = ScanList(self.ui)
        self._list.wanted.connect(self.start_review)
        self._list.removed.connect(self.remove)
        self._list.stopped.connect(self.cancel)
        content = column(
            head, self._drop, self.folder, self._list, None, gap=16, margins=(24, 24, 24, 24)
        )
        return column(Scroll(box(content)))

    def open(self, what: object) -> None:
        """Come to the front; a kept draft is read again and its corrections put back."""
        if isinstance(what, SavedDraft) and all(scan.draft != what.id for scan in self.scans):
            path = Path(what.body.get("path", ""))
            self.scans.append(Scan(path, draft=what.id, typed=what.body))
            self._read(self.scans[-1])
        self._show_queue()
        self.folder.start()
        if not self._reading:
            self._warming.start(WARM_AFTER_MS)

    def _warm(self) -> None:
        """Load the models while nobody waits for them yet."""
        if self.isVisible() and not self._reading:
            self.ui.run(self.ui.desk.warm_reader, lambda _none: None, lane="ocr")
            self._resting.start(REST_AFTER_MS)

    def _rest(self) -> None:
        """Give the models' memory back when no page came for a while."""
        if not self._reading:
            self.ui.run(self.ui.desk.rest_reader, lambda _none: None, lane="ocr")

    def busy(self) -> bool:
        """Tell whether a page is still being read."""
        return self._reading > 0

    def leave(self) -> None:
        """Keep corrections that were typed."""
        self.review.keep()

    def keys(self) -> Sequence[KeyRow]:
        """Return the keys of this screen."""
        text = self.ui.text
        if self._stack.currentWidget() is self._batch:
            return (
                ("Ctrl V", text("ui_paper.key.paste")),
                ("Ctrl O", text("ui_paper.key.choose")),
            )
        return (
            ("Enter", text("ui_paper.key.next")),
            ("F8", text("ui_paper.key.certain")),
            ("Ctrl Enter", text("ui_paper.key.submit")),
        )

    def back(self) -> bool:
        """Go from the review to the batch, from the batch to Today."""
        if self._stack.currentWidget() is self.review:
            self.review.keep()
            self._stack.setCurrentWidget(self._batch)
            self._show_queue()
        else:
            self.ui.navigate.emit("today", None)
        return True

    def set_width(self, logical: int) -> None:
        """Arrange the review for the width."""
        self.review.set_width(logical)

    # scans come in
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            self._drop.setProperty("state", "drop")
            restyle(self._drop)

    def dropEvent(self, event: QDropEvent) -> None:
        """Read the files dropped."""
        self._drop.setProperty("state", "")
        restyle(self._drop)
        self.add_files([Path(url.toLocalFile()) for url in event.mimeData().urls()])

    def choose(self) -> None:
        """Ask for files."""
        suffixes = " ".join(f"*{suffix}" for suffix in MEDIA_TYPES)
        names, _kind = QFileDialog.getOpenFileNames(
            self,
            self.ui.text("ui_paper.choose"),
            "",
            f"{self.ui.text('ui_paper.files')} ({suffixes})",
        )
        self.add_files([Path(name) for name in names])

    def paste(self) -> None:
        """Read the picture in the clipboard."""
        image = QGuiApplication.clipboard().image()
        if image.isNull():
            self.ui.say(self.ui.text("ui_paper.paste_none"), "info")
            return
        path = Path(self._pasted.filePath(f"paste-{len(self.scans) + 1}.png"))
        image.save(str(path))
        self.add_files([path])

    def add_files(self, paths: Sequence[Path]) -> None:
        """Queue files for reading, one after the other."""
        for path in paths:
            scan = Scan(path)
            self.scans.append(scan)
            self._read(scan)
        self._show_queue()

    def _read(self, scan: Scan) -> None:
        self._reading += 1
        self._resting.stop()
        desk = self.ui.desk

        def work(job: Job) -> list[tuple[FormReading, Sequence[QImage]]]:
            pages = desk.read_pages(scan.path, job.progress, lambda: job.cancelled)
            return [(reading, _pictures(desk, scan.path, reading)) for reading in pages]

        scan.job = self.ui.run_with_progress(
            work,
            partial(self._judge, scan),
            partial(self._pages_done, scan),
            lane="ocr",
            on_error=partial(self._failed, scan),
        )

    def _pages_done(self, scan: Scan, pages: int) -> None:
        scan.pages_done = pages
        self._show_queue()

    def _judge(self, scan: Scan, pages: Sequence[tuple[FormReading, Sequence[QImage]]]) -> None:
        """Ask the store what it knows of the pages read: names, serials taken in before."""
        desk = self.ui.desk
        self.ui.run(
            lambda: [(desk.judge_page(reading), images) for reading, images in pages],
            partial(self._was_read, scan),
            on_error=partial(self._failed, scan),
        )

    def _was_read(self, scan: Scan, pages: Sequence[tuple[ReadPage, Sequence[QImage]]]) -> None:
        self._end_reading()
        if scan not in self.scans:
            return
        at = self.scans.index(scan)
        found = [
            Scan(
                scan.path,
                page.reading,
                images,
                self._error(page.reading),
                draft=scan.draft if place == 0 else None,
                typed=scan.typed if place == 0 else {},
                snapped=page.snapped,
                known=page.known,
            )
            for place, (page, images) in enumerate(pages)
        ]
        self.scans[at : at + 1] = found
        if found and all(one.error for one in found):
            self.folder.put_away(scan.path, "failed", found)
        self._show_queue()
        alone = len(self.scans) == len(found) == 1
        if alone and found[0].ready and self.isVisible():
            self.start_review(found[0])

    def _end_reading(self) -> None:
        self._reading -= 1
        if not self._reading:
            self._resting.start(REST_AFTER_MS)

    def cancel(self) -> None:
        """Stop reading; pages that were read stay."""
        waiting = [scan for scan in self.scans if scan.reading is None and not scan.error]
        for scan in waiting:
            if scan.job is not None:
                scan.job.cancel()
            self._end_reading()
            self.scans.remove(scan)
        self._show_queue()

    def _error(self, reading: FormReading) -> str:
        if reading.error is None:
            return ""
        key = f"ocr.{reading.error.code}"
        if not self.ui.texts.has(key):
            return reading.error.message
        detail = f" {reading.error.message}" if reading.error.code == "labels_wrong" else ""
        return self.ui.text(key) + detail

    def _failed(self, scan: Scan, message: str) -> None:
        self._end_reading()
        scan.error = message
        self._show_queue()

    # the batch
    def _show_queue(self) -> None:
        # Files are dropped anywhere on the screen; the list needs the room of the invitation.
        self._drop.setVisible(not self.scans)
        self._list.show_scans(self.scans)

    def remove(self, scan: Scan) -> None:
        """Take a page out of the batch; the file stays where it is."""
        self.scans.remove(scan)
        self._show_queue()

    # the review
    def start_review(self, scan: Scan) -> None:
        """Put a page's picture beside its fields."""
        if scan.reading is None:
            return
        self.current = scan
        self._stack.setCurrentWidget(self.review)
        at = self.scans.index(scan) + 1
        page = ReadPage(scan.reading, scan.snapped, scan.known)
        self.review.show_page(scan.path, page, scan.images, at, len(self.scans))
        if scan.typed:
            self.review.load(scan.typed)

    def _keep(self, typed: Mapping[str, str]) -> None:
        scan = self.current
        if scan is None or scan.reading is None or scan.accepted is not None:
            return
        desk = self.ui.desk
        scan.draft, scan.typed = scan.draft or desk.new_draft_id(), typed
        body = {**typed, "path": str(scan.path), "verbatim": typed.get("description", "")}
        draft = SavedDraft(scan.draft, "paper", body, desk.now())
        self.ui.keep(lambda: desk.save_draft(draft), lambda: None)

    def _accept(self, form: ConfirmedForm) -> None:
        scan, desk = self.current, self.ui.desk
        draft = scan.draft if scan is not None else None

        def work() -> TicketRow | Refusal:
            opened = desk.accept_form(form)
            if draft is not None and isinstance(opened, TicketRow):
                desk.delete_draft(draft)
            return opened

        self.ui.run(work, self._accepted, on_error=self._not_accepted)

    def _not_accepted(self, message: str) -> None:
        self.review.set_saving(on=False)
        self.review.banner.say(message, "bad")

    def _accepted(self, outcome: TicketRow | Refusal) -> None:
        self.review.set_saving(on=False)
        if isinstance(outcome, Refusal):
            self.review.banner.say(self.ui.refusal(outcome), "warn")
            return
        if self.current is not None:
            self.current.accepted = outcome
            same = [scan for scan in self.scans if scan.path == self.current.path]
            if all(scan.accepted is not None or scan.error for scan in same):
                self.folder.put_away(self.current.path, "done", same)
        self.ui.changed.emit()
        self.ui.say(self.ui.text("ui_paper.done", number=outcome.number))
        waiting = next((scan for scan in self.scans if scan.ready), None)
        if waiting is not None:
            self.start_review(waiting)
            return
        self._stack.setCurrentWidget(self._batch)
        self._show_queue()
        self.ui.navigate.emit("ticket", outcome.stream)

    # paper out
    def print_forms(self) -> None:
        """Show a pad of blank forms as it will be printed; their serials are used up by that."""
        desk, title = self.ui.desk, self.ui.text("ui_paper.print_title", n=FORMS_A_BATCH)

        def work() -> bytes | Refusal:
            with TemporaryDirectory() as folder:
                path = Path(folder) / "forms.pdf"
                outcome = desk.print_forms(path, FORMS_A_BATCH)
                return outcome if isinstance(outcome, Refusal) else path.read_bytes()

        def preview(outcome: bytes | Refusal) -> None:
            if isinstance(outcome, Refusal):
                self.ui.say(self.ui.refusal(outcome), "warn")
            else:
                PrintPreview(self.ui, self.window(), title, outcome, "forms").open()

        self.ui.run(work, preview)


def _timer(parent: QWidget, act: Callable[[], None], after_ms: int) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(after_ms)
    timer.timeout.connect(act)
    return timer


def _pictures(desk: Desk, path: Path, reading: FormReading) -> Sequence[QImage]:
    """Return the page's picture and its smaller copies; nothing to see of an unreadable page."""
    if reading.error is not None:
        return (QImage(),)
    image = QImage.fromData(desk.form_picture(path, reading.page))
    return (image, *smaller_copies(image))
