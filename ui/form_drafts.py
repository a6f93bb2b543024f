"""Typing in the forms of a complaint that is not recorded yet: kept for its person and place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget
from shiboken6 import isValid

from desktop.services.kept_typing import ABOUT, GROUP, NUMBER, PERSON, PLACE, SUBJECT
from desktop.services.ports import SavedDraft
from ui.context import Ui
from ui.widgets.inputs import CheckBox, Choice, Select

SAVE_AFTER_MS = 700
#: Whoever types on without a rest is saved this often.
SAVE_EVERY_MS = 2000
_KEPT = (QLineEdit, QPlainTextEdit, Choice, Select, CheckBox)
_JOINT = "\x1f"


def inputs_of(form: object, name: str) -> dict[str, QWidget]:
    """Return a form's own inputs as `name.attribute`; those in a mapping as `name.attribute.key`.

    Attributes that begin with `_` and password lines are not kept.
    """
    found: dict[str, QWidget] = {}
    for attribute, value in vars(form).items():
        if attribute.startswith("_"):
            continue
        if _is_kept(value):
            found[f"{name}.{attribute}"] = value
        elif isinstance(value, dict):
            held = {f"{name}.{attribute}.{key}": one for key, one in value.items()}
            found.update({key: one for key, one in held.items() if _is_kept(one)})
    return found


def _is_kept(value: object) -> bool:
    hidden = isinstance(value, QLineEdit) and value.echoMode() != QLineEdit.EchoMode.Normal
    return isinstance(value, _KEPT) and not hidden


class FormDrafts(QObject):
    """Saves while it is typed and brings it back; what is recorded or emptied is forgotten.

    Inputs are named `group.field`: a group is kept from the first key typed into it. One draft
    holds a person's typing about one subject at one place, so nobody signs another's words.
    """

    kept = Signal()
    """Something was saved, brought back or forgotten: `saved_at` says so."""

    def __init__(
        self,
        ui: Ui,
        place: str,
        inputs: Callable[[], Mapping[str, QWidget]],
        known: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        super().__init__()
        self._ui, self._place = ui, place
        self._inputs, self._known = inputs, known
        self._blank: dict[str, str] = {}
        self._bound: dict[str, QWidget] = {}
        self._pending: dict[str, str] = {}
        self._touched: set[str] = set()
        self._subject, self._number = "", ""
        self._begun = False
        self._last: dict[str, str] = {}
        self._quiet = False
        self.last_group = ""
        self.saved: SavedDraft | None = None
        self._rest, self._latest = QTimer(self), QTimer(self)
        for timer in (self._rest, self._latest):
            timer.setSingleShot(True)
            timer.timeout.connect(self.flush)

    # the life of a draft
    def find(self, subject: str) -> SavedDraft | None:
        """Read the draft of the person logged in about `subject`; not on the GUI thread."""
        wanted = self._id(subject)
        return next((d for d in self._ui.desk.drafts() if d.id == wanted), None)

    def begin(self, subject: str, number: str, draft: SavedDraft | None) -> None:
        """Turn to another subject: empty every input, then wait for `fill` to bring typing back."""
        self.stop()
        self._subject, self._number, self._begun = subject, number, True
        self._touched = set()
        self._pending = {} if draft is None else {**draft.body}
        self.last_group = self._pending.get(GROUP, "")
        for name in ABOUT:
            self._pending.pop(name, None)
        self._last, self.saved = dict(self._pending), draft
        with self.quiet():
            for name, widget in self._live().items():
                _put(widget, self._blank.get(name, ""))
        self.kept.emit()

    def watch(self) -> None:
        """Watch inputs that are new from now on; what they hold now is empty."""
        self._live()

    def fill(self, group: str = "") -> None:
        """Watch inputs that are new and put back what was typed into them, of `group` or of all."""
        for name, widget in self._live().items():
            if name in self._pending and group in ("", name.partition(".")[0]):
                self._touched.add(name.partition(".")[0])
                with self.quiet():
                    _put(widget, self._pending.pop(name))

    @property
    def waiting(self) -> set[str]:
        """The groups whose typing is not in sight yet."""
        return {name.partition(".")[0] for name in self._pending}

    def finished(self, group: str) -> None:
        """Forget a group: what was typed there is recorded."""
        self._touched.discard(group)
        for name in [n for n in self._pending if n.partition(".")[0] == group]:
            del self._pending[name]
        self.flush()

    def discard(self) -> None:
        """Empty every input and forget what was typed."""
        number, subject = self._number, self._subject
        self._delete()
        self.begin(subject, number, None)

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Fill inputs meanwhile without taking it for typing."""
        before, self._quiet = self._quiet, True
        try:
            yield
        finally:
            self._quiet = before

    def stop(self) -> None:
        """Wait for nothing more."""
        self._rest.stop()
        self._latest.stop()

    def flush(self) -> None:
        """Save now what differs from what is recorded; nothing left means no draft."""
        self.stop()
        body = self.typed()
        if not self._begun or body == self._last:
            return
        if not body:
            self._delete()
            return
        desk, person = self._ui.desk, self._ui.desk.person
        if person is None:
            return
        self._last = body
        about = {
            SUBJECT: self._subject,
            NUMBER: self._number,
            PERSON: person.id,
            PLACE: self._place,
            GROUP: self.last_group,
        }
        saved = SavedDraft(self._id(self._subject), "form", {**body, **about}, desk.now())
        self._ui.keep(lambda: desk.save_draft(saved), lambda: self._saved(saved))

    def typed(self) -> dict[str, str]:
        """Return what is typed and not recorded, by input."""
        known, body = self._known(), dict(self._pending)
        for name, widget in self._live().items():
            value = _value(widget)
            if name.partition(".")[0] in self._touched and value != known.get(
                name, self._blank.get(name, "")
            ):
                body[name] = value
        return body

    # inside
    def _id(self, subject: str) -> str:
        person = self._ui.desk.person
        return f"form:{self._place}:{person.id if person else ''}:{subject}"

    def _saved(self, saved: SavedDraft) -> None:
        if saved.id == self._id(self._subject) and self._last:
            self.saved = saved
            self.kept.emit()

    def _delete(self) -> None:
        desk, draft = self._ui.desk, self._id(self._subject)
        self._last, self.saved = {}, None
        self._ui.keep(lambda: desk.delete_draft(draft), lambda: None)
        self.kept.emit()

    def _live(self) -> Mapping[str, QWidget]:
        """Return the inputs there are now, each watched from when it is first seen."""
        found = {name: w for name, w in self._inputs().items() if isValid(w)}
        for name, widget in found.items():
            if self._bound.get(name) is not widget:
                self._bound[name] = widget
                self._watch(name, widget)
        return found

    def _watch(self, name: str, widget: QWidget) -> None:
        group = name.partition(".")[0]
        self._blank.setdefault(name, _value(widget))

        def edited(*_values: object) -> None:
            self._edited(group)

        if isinstance(widget, QLineEdit | QPlainTextEdit):
            widget.textChanged.connect(edited)
        elif isinstance(widget, Choice):
            widget.picked.connect(edited)
        elif isinstance(widget, Select):
            widget.activated.connect(edited)
        elif isinstance(widget, CheckBox):
            widget.clicked.connect(edited)

    def _edited(self, group: str) -> None:
        if self._quiet:
            return
        self._touched.add(group)
        self.last_group = group
        self._rest.start(SAVE_AFTER_MS)
        if not self._latest.isActive():
            self._latest.start(SAVE_EVERY_MS)


def _value(widget: QWidget) -> str:
    if isinstance(widget, QLineEdit):
        return widget.text()
    if isinstance(widget, QPlainTextEdit):
        return widget.toPlainText()
    if isinstance(widget, Choice):
        return _JOINT.join(widget.values())
    if isinstance(widget, Select):
        return widget.wished or widget.value() or ""
    return "1" if isinstance(widget, CheckBox) and widget.isChecked() else ""


def _put(widget: QWidget, value: str) -> None:
    if isinstance(widget, QLineEdit):
        widget.setText(value)
    elif isinstance(widget, QPlainTextEdit):
        if widget.toPlainText() != value:
            widget.setPlainText(value)
    elif isinstance(widget, Choice):
        widget.set_values(value.split(_JOINT) if value else [])
    elif isinstance(widget, Select):
        widget.restore(value or None)
    elif isinstance(widget, CheckBox):
        widget.setChecked(value == "1")
