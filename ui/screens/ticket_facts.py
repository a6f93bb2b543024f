"""The customer and the purchase, and the evidence with its thumbnails."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, QStandardPaths, QStorageInfo, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QImage, QPixmap
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.domain.ticket import Evidence
from desktop.services.capturing import is_original
from desktop.services.desk import TicketPage
from ui.context import Ui
from ui.icons import icon
from ui.names import Names
from ui.pictures import png
from ui.screens.ticket_panels import Panel
from ui.theme import theme
from ui.widgets.buttons import Button, PushButton
from ui.widgets.inputs import Choice, Field, Option
from ui.widgets.layout import Card, Flow, box, clear, column, label, row, rule

THUMB = 72
FACTS = ("phone", "member", "product", "purchase", "amount_involved")
PICTURES = (".jpg", ".jpeg", ".png", ".heic", ".webp", ".bmp", ".tif", ".tiff")
ROLES = ("photo", "document", "legal_opinion")


class CustomerCard(Card):
    """Who complains and about what; personal values that are erased or missing say so."""

    def __init__(self, ui: Ui, names: Names) -> None:
        super().__init__(ui.text("ui_ticket.customer"))
        self._ui, self._names = ui, names
        self._lines = column(gap=6)
        metrics = QFontMetrics(theme().font("small"))
        named = [metrics.horizontalAdvance(ui.text(f"ui_ticket.{key}")) for key in FACTS]
        self._names_width = max(named) + theme().px(4)
        self.add(self._lines)

    def show_page(self, page: TicketPage) -> None:
        """Show the facts that are known."""
        clear(self._lines)
        state, text = page.state, self._ui.text
        name = self._names.value(state.value("customer_name")) or text("ui_ticket.no_customer")
        tier = text("ui.tier.vip") if state.text("tier") == "vip" else ""
        self._lines.addWidget(label(" · ".join(p for p in (name, tier) if p), "strong", wrap=True))
        self._fact("phone", state.value("phone"))
        self._fact("member", state.value("member_no"))
        goods = [state.value("product"), state.value("sku"), state.value("batch")]
        self._fact("product", " · ".join(self._names.value(g) for g in goods if g))
        self._fact("purchase", state.value("receipt_no"))
        self._fact("amount_involved", state.value("amount"))
        self._lines.addWidget(rule())
        self._block("verbatim", state.value("verbatim"))
        self._block("expectation", state.value("expectation"))

    def _fact(self, key: str, value: object) -> None:
        words = self._names.value(value)
        if not words:
            return
        line = row(gap=8)
        name = label(self._ui.text(f"ui_ticket.{key}"), "small")
        name.setFixedWidth(self._names_width)
        line.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._selectable(words), 1)
        self._lines.addLayout(line)

    def _block(self, key: str, value: object) -> None:
        words = self._names.value(value)
        if words:
            self._lines.addWidget(label(self._ui.text(f"ui_ticket.{key}"), "small"))
            self._lines.addWidget(self._selectable(words))

    def _selectable(self, words: str) -> QWidget:
        shown = label(words, "smallink", wrap=True)
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return shown


class Thumb(PushButton):
    """One piece of evidence; opens in full when pressed."""

    def __init__(self, evidence: Evidence, name: str) -> None:
        super().__init__()
        side = theme().px(THUMB)
        self.setFixedSize(side, side)
        self.setIconSize(QSize(side - theme().px(8), side - theme().px(8)))
        self.setStyleSheet("QPushButton { padding: 0; }")
        self.setIcon(icon("image" if evidence.media_type.startswith("image/") else "file-text"))
        self.setToolTip(name)
        self.setAccessibleName(name)

    def show_image(self, image: QImage) -> None:
        """Show the picture itself."""
        if not image.isNull():
            self.setIcon(QPixmap.fromImage(image))


class EvidenceCard(Card):
    """Thumbnails; files are dropped anywhere on the ticket."""

    add_wanted = Signal()
    view_wanted = Signal(str, object)
    """Name and picture that should be seen in full."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.text("ui_ticket.evidence"))
        self._ui = ui
        self._flow = Flow(8)
        holder = QWidget()
        holder.setLayout(self._flow)
        self.add(holder)
        self._shown: tuple[str, ...] | None = None

    def show_page(self, page: TicketPage) -> None:
        """Show the evidence of the ticket; pictures are loaded behind it."""
        keys = tuple(str(item.content) for item in page.state.evidence)
        if keys == self._shown:
            return
        self._shown = keys
        while (old := self._flow.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for item, original in _pairs(page.state.evidence):
            self._flow.addWidget(self._thumb(item, original))
        self._flow.addWidget(self._adder())

    def _adder(self) -> PushButton:
        side = theme().px(THUMB)
        button = PushButton()
        button.setIcon(icon("plus", "muted"))
        button.setFixedSize(side, side)
        button.setStyleSheet("QPushButton { border-style: dashed; padding: 0; }")
        button.setAccessibleName(self._ui.text("ui_ticket.evidence_add"))
        button.setToolTip(self._ui.text("ui_ticket.evidence_add"))
        button.clicked.connect(self.add_wanted.emit)
        return button

    def _thumb(self, item: Evidence, original: Evidence | None) -> Thumb:
        name = item.name if isinstance(item.name, str) else item.role
        thumb = Thumb(item, name)
        if original is not None:
            size = self._ui.formats.size
            sizes = {"sent": size(item.size), "size": size(original.size)}
            thumb.setToolTip(f"{name}\n{self._ui.text('ui_ticket.evidence_small', **sizes)}")
        if not isinstance(item.content, str):
            thumb.setToolTip(self._ui.text("ui_ticket.evidence_waiting"))
            return thumb
        sha256, side = item.content, theme().px(THUMB)
        whole = original.content if original and isinstance(original.content, str) else sha256
        if item.media_type.startswith("image/"):
            self._ui.run(partial(self._load, sha256, side), thumb.show_image)
            full = partial(self._load_first, whole, sha256)
            thumb.clicked.connect(lambda: self._ui.run(full, partial(self._show_full, name)))
        return thumb

    def _load_first(self, whole: str, small: str) -> QImage:
        """Return the original where it lies here, else the copy that was sent."""
        found = self._load(whole, 0)
        return self._load(small, 0) if found.isNull() and whole != small else found

    def _load(self, sha256: str, side: int) -> QImage:
        content = self._ui.desk.attachment(sha256)
        image = QImage.fromData(content) if content is not None else QImage()
        if side and not image.isNull():
            mode = Qt.AspectRatioMode.KeepAspectRatioByExpanding
            image = image.scaled(side, side, mode, Qt.TransformationMode.SmoothTransformation)
        return image

    def _show_full(self, name: str, image: QImage) -> None:
        if image.isNull():
            self._ui.say(self._ui.text("ui_ticket.evidence_waiting"), "info")
            return
        self.view_wanted.emit(name, image)


def _pairs(evidence: Sequence[Evidence]) -> list[tuple[Evidence, Evidence | None]]:
    """Return each piece of evidence with its original, where a smaller copy stands before it."""
    found: list[tuple[Evidence, Evidence | None]] = []
    for item in evidence:
        if is_original(item.role) and found and found[-1][1] is None:
            found[-1] = (found[-1][0], item)
        else:
            found.append((item, None))
    return found


class EvidencePanel(Panel):
    """Adds evidence by file or clipboard; `files` carries (name, content or path, role)."""

    files = Signal(list, str)
    keeps = False

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        self.role = Choice([Option(r, self.words(f"evidence.role.{r}")) for r in ROLES])
        self.role.set_value("photo")
        choose = Button(self.words("evidence.choose"), self.choose, icon="folder-open")
        camera = Button(self.words("evidence.camera"), self.import_camera, icon="image")
        paste = Button(self.words("evidence.paste"), self.paste, icon="clipboard-paste")
        self.setLayout(
            column(
                Field(self.words("evidence.role"), self.role),
                label(self.words("evidence.hint"), "small", wrap=True),
                box(row(choose, camera, paste, None, gap=8)),
                gap=8,
            )
        )

    def chosen_role(self) -> str:
        """Return the kind of evidence chosen."""
        return self.role.value() or "photo"

    def choose(self) -> None:
        """Ask for files."""
        names, _kind = QFileDialog.getOpenFileNames(self, self.words("evidence.choose"))
        if names:
            self.files.emit([Path(name) for name in names], self.chosen_role())

    def import_camera(self) -> None:
        """Choose among the pictures of a camera or phone that is plugged in."""
        title, kinds = self.words("evidence.camera"), self.words("evidence.pictures")
        patterns = " ".join(f"*{suffix}" for suffix in PICTURES)
        names, _kind = QFileDialog.getOpenFileNames(
            self, title, str(camera_folder()), f"{kinds} ({patterns})"
        )
        if names:
            self.files.emit([Path(name) for name in names], self.chosen_role())

    def paste(self) -> None:
        """Take the picture in the clipboard."""
        image = QGuiApplication.clipboard().image()
        if image.isNull():
            self.ui.say(self.ui.text("ui_paper.paste_none"), "info")
        else:
            self.files.emit([image], self.chosen_role())


def camera_folder(volumes: Sequence[Path] | None = None) -> Path:
    """Return the newest folder of pictures on a plugged-in camera, else the user's pictures.

    Cameras and phones keep theirs under DCIM at the root of a volume (the standard of JEITA).
    """
    if volumes is None:
        ready = (v for v in QStorageInfo.mountedVolumes() if v.isValid() and v.isReady())
        volumes = [Path(volume.rootPath()) for volume in ready]
    found = [folder for root in volumes for folder in _listed(root / "DCIM") if folder.is_dir()]
    if found:
        return max(found, key=lambda folder: folder.stat().st_mtime)
    place = QStandardPaths.StandardLocation.PicturesLocation
    return Path(QStandardPaths.writableLocation(place))


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def read_files(things: Sequence[Path | QImage]) -> list[tuple[str, bytes]]:
    """Return name and bytes of files and pasted pictures; raises OSError for an unreadable file."""
    found = []
    for thing in things:
        if isinstance(thing, Path):
            found.append((thing.name, thing.read_bytes()))
            continue
        found.append(("pasted.png", png(thing)))
    return found
