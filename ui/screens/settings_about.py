"""Diagnostics (诊断) and what this program is: versions, where the data lie, licences."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtWidgets import QApplication, QTextEdit, QWidget

from desktop.services.diagnosing import Finding, Machine
from desktop.services.wording import finding_text
from ui.context import Ui
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.feedback import Banner
from ui.widgets.layout import Card, clear, column, label, row


class CheckPage(QWidget):
    """Runs the diagnostics when asked and shows what they find."""

    def __init__(self, ui: Ui) -> None:
        super().__init__()
        self.ui = ui
        text = ui.text
        self._said = ""
        self.run_button = Button(text("ui_settings.check.run"), self.examine, icon="list-checks")
        self._copy = Button(text("ui_settings.check.copy"), self.copy, variant="link")
        self._copy.hide()
        self._found = column(gap=8)
        card = Card(text("ui_settings.check"))
        card.add(
            label(text("ui_settings.check.note"), "small", wrap=True),
            row(self.run_button, self._copy, None),
            self._found,
        )
        self.setLayout(column(card))

    def examine(self) -> None:
        """Look at everything, beside the saving of complaints."""
        self.run_button.set_waiting(True)
        desk = self.ui.desk
        self.ui.run(lambda: tuple(desk.examine()), self._show, lane="files", on_error=self._failed)

    def _failed(self, message: str) -> None:
        self.run_button.set_waiting(False)
        self.ui.say(message, "bad")

    def _show(self, findings: Sequence[Finding]) -> None:
        self.run_button.set_waiting(False)
        clear(self._found)
        lines = []
        for finding in findings:
            banner = Banner()
            words = self._worded(finding)
            banner.say(words, finding.state)
            self._found.addWidget(banner)
            lines.append(f"{finding.state}: {words}")
        self._said = "\n".join(lines)
        self._copy.show()

    def _worded(self, finding: Finding) -> str:
        return finding_text(finding, self.ui.texts)

    def copy(self) -> None:
        """Put the findings on the clipboard, for whoever helps."""
        QApplication.clipboard().setText(self._said)
        self.ui.say(self.ui.text("ui_settings.check.copied"))


class AboutPage(QWidget):
    """Versions, the data's place, and every licence."""

    def __init__(self, ui: Ui) -> None:
        super().__init__()
        self.ui = ui
        text = ui.text
        self._version = label("", "strong", wrap=True)
        self._parts = label("", "small", wrap=True)
        self._folder = label("", "small", wrap=True)
        versions = Card(text("ui_settings.about"))
        versions.add(self._version, self._folder, self._parts)
        self._shown = ""
        self.licences = QTextEdit()
        self.licences.setReadOnly(True)
        self.licences.setTabChangesFocus(True)
        self.licences.setMinimumHeight(theme().px(320))
        self.licences.setAccessibleName(text("ui_settings.licences"))
        card = Card(text("ui_settings.licences"))
        card.add(self.licences)
        self.setLayout(column(versions, card, gap=16))

    def load(self) -> None:
        """Read versions and licences."""
        doctor = self.ui.desk.use_cases.doctor
        self.ui.run(
            lambda: (doctor.machine(), doctor.licences()), lambda found: self._show(*found),
            lane="files",
        )  # fmt: skip

    def _show(self, machine: Machine, licences: str) -> None:
        text = self.ui.text
        said = {"Amends": text("ui.app"), "system": text("ui_settings.about.system")}
        versions = [
            f"{said.get(name, name)} {version}" for name, version in machine.versions.items()
        ]
        self._version.setText(versions[0] if versions else "")
        self._parts.setText(self.ui.text("ui_settings.about.parts", parts=" · ".join(versions[1:])))
        self._folder.setText(self.ui.text("ui_settings.about.folder", folder=machine.folder))
        if self._shown != licences:
            self._shown = licences
            # Headings of the list are headings in a card here: bold, and no larger.
            self.licences.setMarkdown(re.sub(r"^#+ ", "#### ", licences, flags=re.MULTILINE))
