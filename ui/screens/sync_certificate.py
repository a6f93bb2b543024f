"""Headquarters' certificate (总部证书) on the Sync screen: which is trusted, and another one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog

from desktop.services.certificates import TrustedCertificate
from ui.context import Ui
from ui.widgets.buttons import Button
from ui.widgets.layout import Card, box, column, label, row


class CertificateCard(Card):
    """Shows the SHA-256 that is compared with headquarters by phone."""

    changed = Signal()
    """Another certificate is trusted."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.text("ui_certificate.title"))
        self._ui = ui
        self.said = label("", "muted", wrap=True)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.choose = Button(ui.text("ui_certificate.choose"), self._ask)
        self.default = Button(ui.text("ui_certificate.default"), self.trust_authorities)
        self.default.hide()
        self.add(column(self.said, box(row(self.choose, self.default, None, gap=8)), gap=10))

    def refresh(self) -> None:
        """Read again."""
        self._ui.run(self._ui.desk.trusted_certificate, self._show)

    def trust(self, path: Path) -> None:
        """Trust the certificate in this file and no other."""
        desk = self._ui.desk
        self._ui.act(lambda: desk.trust_certificate(path), self._trusted)

    def trust_authorities(self) -> None:
        """Trust again what the system trusts."""
        self._ui.run(self._ui.desk.trust_authorities, lambda _: self._trusted(None))

    def _ask(self) -> None:
        kind = f"{self._ui.text('ui_certificate.kind')} (*.pem *.crt *.cer)"
        title = self._ui.text("ui_certificate.title")
        path, _kind = QFileDialog.getOpenFileName(self, title, "", kind)
        if path:
            self.trust(Path(path))

    def _trusted(self, found: TrustedCertificate | None) -> None:
        self._show(found)
        self.changed.emit()

    def _show(self, found: TrustedCertificate | None) -> None:
        text = self._ui.text
        self.default.setVisible(found is not None)
        if found is None:
            self.said.setText(text("ui_certificate.authorities"))
            return
        now, until = self._ui.desk.now(), self._ui.formats.whole(found.expires)
        half = (len(found.fingerprint) + 1) // 2
        digits = f"{found.fingerprint[:half]}\n{found.fingerprint[half:]}"
        key = "pinned" if found.begins <= now < found.expires else "over"
        self.said.setText(text(f"ui_certificate.{key}", fingerprint=digits, until=until))
