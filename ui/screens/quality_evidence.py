"""The file that proves an action (改进证据, QA-06): chosen or dropped, kept with its hash."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.domain.improvement.root_cause import Action, shown
from desktop.files import write_whole
from ui.context import Ui
from ui.widgets.buttons import Button


@dataclass(frozen=True, slots=True)
class Proof:
    """A file taken in: its SHA-256 and its name."""

    sha256: str = ""
    name: str = ""


class ProofButton(Button):
    """Takes a file in by a click or a drop; its hash is taken before anything is done to it."""

    def __init__(self, ui: Ui, action: str) -> None:
        super().__init__(ui.text("ui_quality.proof"), self.choose, icon="paperclip")
        self._ui = ui
        self.proof = Proof()
        self.setAcceptDrops(True)
        self.setToolTip(ui.text("ui_quality.proof_hint"))
        self.setAccessibleName(f"{ui.text('ui_quality.proof')} {action}")

    def choose(self) -> None:
        """Ask for the file."""
        name, _kind = QFileDialog.getOpenFileName(self, self._ui.text("ui_quality.proof"))
        if name:
            self.take(Path(name))

    def take(self, path: Path) -> None:
        """Keep a file; the button then says its name."""
        desk = self._ui.desk
        self._ui.run(
            lambda: Proof(desk.keep_proof(path.read_bytes()), path.name),
            self._taken,
            on_error=lambda _why: self._ui.say(
                self._ui.text("ui_quality.proof_unreadable", name=path.name), "bad"
            ),
        )

    def _taken(self, proof: Proof) -> None:
        self.proof = proof
        self.setText(_short(proof.name))
        self.setToolTip(f"{proof.name}\nSHA-256 {proof.sha256}")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept one file."""
        if len(event.mimeData().urls()) == 1:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Keep the file that was dropped."""
        self.take(Path(event.mimeData().urls()[0].toLocalFile()))


class ProofLink(Button):
    """Gives the file of a done action back: a click saves a copy."""

    def __init__(self, ui: Ui, action: Action, parent: QWidget | None = None) -> None:
        self._ui, self._action = ui, action
        name = shown(action.file) or action.attachment[:12]
        super().__init__(name, self.ask, variant="link", icon="paperclip")
        self.setToolTip(f"{ui.text('ui_quality.proof_save')}\nSHA-256 {action.attachment}")
        if parent is not None:
            self.setParent(parent)

    def ask(self) -> None:
        """Ask where to save it."""
        name = shown(self._action.file)
        path, _kind = QFileDialog.getSaveFileName(
            self, self._ui.text("ui_quality.proof_save"), name
        )
        if path:
            self.save(Path(path))

    def save(self, path: Path) -> None:
        """Write the file as it was taken in; say so where it has not arrived by sync yet."""
        desk, sha256 = self._ui.desk, self._action.attachment

        def write() -> bool:
            content = desk.attachment(sha256)
            if content is not None:
                write_whole(path, content)
            return content is not None

        self._ui.run(write, lambda there: self._said(path, there=there))

    def _said(self, path: Path, *, there: bool) -> None:
        if there:
            self._ui.say(self._ui.text("ui_reports.saved", path=path.name))
        else:
            self._ui.say(self._ui.text("ui_quality.proof_missing"), "warn")


def _short(name: str) -> str:
    """Return a file's name as it fits a button, its ending kept."""
    return name if len(name) <= 18 else f"{name[:9]}…{name[-8:]}"
