"""The forms of a ticket by name, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from desktop.domain.operations.add_comment import AddComment
from desktop.domain.operations.record_solution import RecordSolution
from ui.context import Ui
from ui.screens.ticket_classify import ClassifyPanel
from ui.screens.ticket_facts import EvidencePanel
from ui.screens.ticket_more import FORMS
from ui.screens.ticket_panels import (
    ContactPanel,
    Panel,
    PausePanel,
    RecordPanel,
    ReportPanel,
    SignPanel,
    SurveyPanel,
    TextPanel,
)

EVERYDAY: dict[str, Callable[[Ui], Panel]] = {
    "contact": ContactPanel,
    "classify": ClassifyPanel,
    "evidence": EvidencePanel,
    "sign": SignPanel,
    "survey": SurveyPanel,
    "record": RecordPanel,
    "pause": PausePanel,
    "comment": partial(TextPanel, name="comment", make=AddComment, hint=False),
    "solution": partial(TextPanel, name="solution", make=RecordSolution, hint=True),
    "report": ReportPanel,
}
"""The forms behind the chips."""


class Panels(Mapping[str, Panel]):
    """Looking a form up makes it: all at once, at the first ticket, held the window up.

    `ready` gets each new form with its name. Names and length need no form.
    """

    def __init__(self, ui: Ui, ready: Callable[[str, Panel], object]) -> None:
        self._ui, self._ready = ui, ready
        self._makers: dict[str, Callable[[Ui], Panel]] = {**EVERYDAY, **FORMS}
        self.made: dict[str, Panel] = {}

    def __getitem__(self, name: str) -> Panel:
        """Return the form of this name; raises KeyError where there is none."""
        if name not in self.made:
            self.made[name] = self._makers[name](self._ui)
            self._ready(name, self.made[name])
        return self.made[name]

    def __contains__(self, name: object) -> bool:
        """Tell whether there is a form of this name."""
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return iter(self._makers)

    def __len__(self) -> int:
        """Return how many forms there are, made or not."""
        return len(self._makers)
