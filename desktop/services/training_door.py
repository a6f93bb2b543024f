"""The way from the desk into the training store, whose data lie in a folder of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from desktop.domain.outcomes import Refusal
from desktop.services.ports import Person

if TYPE_CHECKING:
    from desktop.services.training import TrainingDesk

#: The setting that marks a folder as a training store, for ever.
SANDBOX: Final = "training.sandbox"

OpenSandbox: TypeAlias = "Callable[[Person], TrainingDesk]"


class TrainingDoor:
    """Opens the training desk; None in the training store itself."""

    def __init__(self, open_sandbox: OpenSandbox | None) -> None:
        self._open = open_sandbox

    def enter(self, person: Person) -> TrainingDesk | Refusal:
        """Return the training desk with `person` at it; its own folder, keys, journal."""
        if self._open is None:
            return Refusal("training_already")
        return self._open(person)
