"""The more menu of a ticket: every act beside the everyday ones, by group, with when it fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from ui.context import Ui
from ui.icons import icon
from ui.screens.ticket_form import Form
from ui.screens.ticket_forms_customer import (
    AnonymousForm,
    AttendForm,
    KeptForm,
    LapsedForm,
    PromiseForm,
    RateForm,
    WithdrawForm,
)
from ui.screens.ticket_forms_erase import EraseForm
from ui.screens.ticket_forms_outcome import (
    CaseForm,
    CaseReplyForm,
    RejectForm,
    ReleaseForm,
    ReopenForm,
)
from ui.screens.ticket_forms_own import OwnFieldsForm
from ui.screens.ticket_forms_record import (
    ComplexityForm,
    FlowForm,
    LinkForm,
    ProgressForm,
    RedForm,
    UnlinkForm,
)
from ui.screens.ticket_forms_team import (
    AcceptForm,
    AnswerHelpForm,
    EscalateForm,
    HelpForm,
    OpinionForm,
    TaskForm,
    ToldForm,
    TransferForm,
)

FORMS: Final[dict[str, type[Form]]] = {
    "transfer": TransferForm,
    "accept": AcceptForm,
    "escalate": EscalateForm,
    "told": ToldForm,
    "help": HelpForm,
    "help_answer": AnswerHelpForm,
    "task": TaskForm,
    "opinion": OpinionForm,
    "attend": AttendForm,
    "promise": PromiseForm,
    "kept": KeptForm,
    "lapsed": LapsedForm,
    "rate": RateForm,
    "withdraw": WithdrawForm,
    "anonymous": AnonymousForm,
    "red": RedForm,
    "progress": ProgressForm,
    "own_fields": OwnFieldsForm,
    "complexity": ComplexityForm,
    "flow": FlowForm,
    "link": LinkForm,
    "unlink": UnlinkForm,
    "case": CaseForm,
    "case_reply": CaseReplyForm,
    "reject": RejectForm,
    "release": ReleaseForm,
    "reopen": ReopenForm,
    "erase": EraseForm,
}

GROUPS: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("team", "users", ("transfer", "accept", "escalate", "told")),
    ("departments", "link", ("help", "help_answer", "task", "opinion")),
    ("customer", "user", ("attend", "promise", "kept", "lapsed", "rate", "withdraw", "anonymous")),
    (
        "record",
        "list-checks",
        ("red", "progress", "own_fields", "link", "unlink", "complexity", "flow"),
    ),
    ("outcome", "scale", ("case", "case_reply", "reject", "release", "reopen", "erase")),
)
"""Group, its icon, and its acts in the order of the menu."""


class MoreMenu(QMenu):
    """Groups as submenus, so that the menu fits 720 pixels; what does not fit now is greyed."""

    def __init__(
        self,
        parent: QWidget,
        ui: Ui,
        fits: Callable[[str], bool],
        choose: Callable[[str], object],
    ) -> None:
        super().__init__(parent)
        self.acts: dict[str, QAction] = {}
        for group, picture, names in GROUPS:
            menu = self.addMenu(icon(picture), ui.text(f"ui_acts.group.{group}"))
            for name in names:
                action = menu.addAction(ui.text(f"ui_acts.{name}.title"))
                action.setEnabled(fits(name))
                action.triggered.connect(lambda _on=False, n=name: choose(n))
                self.acts[name] = action

    def add_papers(self, ui: Ui, kinds: Sequence[str], choose: Callable[[str], object]) -> None:
        """Append the papers that can be printed."""
        menu = self.addMenu(icon("printer"), ui.text("ui_ticket.document"))
        for kind in kinds:
            action = menu.addAction(ui.text(f"ui_ticket.document.{kind}"))
            action.triggered.connect(lambda _on=False, k=kind: choose(k))
