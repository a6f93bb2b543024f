"""Views by name above the table (保存的视图): chips to choose one, a field to name a new one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.services.list_views import View
from ui.context import Ui
from ui.widgets.buttons import Button
from ui.widgets.inputs import Choice, LineEdit, Option
from ui.widgets.layout import box, row


class SavedViews:
    """The two lines of saved views; `on_chosen` gets the view that a person chose."""

    def __init__(
        self,
        ui: Ui,
        current: Callable[[], View],
        proposed: Callable[[], str],
        on_chosen: Callable[[View], object],
    ) -> None:
        self._ui, self._current = ui, current
        self._proposed, self._on_chosen = proposed, on_chosen
        text = ui.text
        self._views: dict[str, View] = {}
        self.chips = Choice([])
        self.chips.setAccessibleName(text("ui_complaints.views"))
        self.name = LineEdit(text("ui_complaints.view.name"))
        self.name.setAccessibleName(text("ui_complaints.view.name"))
        self.save_button = Button(text("ui_complaints.view.save"), self.ask_name, icon="save")
        self._delete = Button(text("ui_complaints.view.delete"), self.delete, variant="link")
        line = row(gap=8)
        line.addWidget(self.chips, 1)
        line.addWidget(self._delete, 0, Qt.AlignmentFlag.AlignTop)
        self.line: QWidget = box(line)
        keep = Button(text("ui_complaints.view.keep"), self.save, variant="secondary")
        leave = Button(text("ui_complaints.cancel"), self.leave, variant="ghost")
        self.naming: QWidget = box(row(self.name, keep, leave, gap=8))
        self.naming.hide()
        self.line.hide()
        self.chips.changed.connect(self._chosen)
        self.name.returnPressed.connect(self.save)

    def load(self) -> None:
        """Read the saved views again."""
        self._ui.run(self._ui.desk.views.all, self._show)

    def _show(self, views: Sequence[View], chosen: str | None = None) -> None:
        known = chosen or self.chips.value()
        self._views = {view.name: view for view in views}
        self.chips.blockSignals(True)
        self.chips.set_options([Option(name, name) for name in self._views])
        self.chips.set_value(known if known in self._views else None)
        self.chips.blockSignals(False)
        self.line.setVisible(bool(views))
        self._delete.setVisible(self.chips.value() is not None)

    def _chosen(self) -> None:
        name = self.chips.value()
        self._delete.setVisible(name is not None)
        if name is not None:
            self._on_chosen(self._views[name])

    def forget_choice(self) -> None:
        """Choose none: the filter is no longer that of a view."""
        self.chips.blockSignals(True)
        self.chips.set_value(None)
        self.chips.blockSignals(False)
        self._delete.hide()

    def ask_name(self) -> None:
        """Open the field for a name, filled with what the filter says."""
        self.naming.show()
        self.name.setText(self._proposed())
        self.name.setFocus()
        self.name.selectAll()

    def leave(self) -> bool:
        """Close the field; False when it was not open."""
        was_open = self.naming.isVisible()
        self.naming.hide()
        return was_open

    def save(self) -> None:
        """Keep the filter under the name in the field."""
        name = self.name.text().strip()
        if not name:
            self._ui.say(self._ui.text("ui_complaints.view.nameless"), "warn")
            return
        view, views = self._current(), self._ui.desk.views

        def kept(saved: Sequence[View]) -> None:
            self.naming.hide()
            self._show(saved, name)

        self._ui.run(lambda: views.save(view, name), kept)

    def delete(self) -> None:
        """Forget the view in force; the filter stays."""
        name, views = self.chips.value(), self._ui.desk.views
        if name is not None:
            self._ui.run(lambda: views.delete(name), self._show)
