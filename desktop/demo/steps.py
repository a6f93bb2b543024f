"""What the parts of the day share: where things lie, what is told, what was really seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from desktop.domain.outcomes import Refusal
from desktop.domain.ticket import TicketState
from desktop.services.wording import refusal_text
from desktop.texts import Texts

T = TypeVar("T")


class DemoFailed(Exception):
    """A step did not happen; the message is the one line that the person reads."""


@dataclass(slots=True)
class Day:
    """The day in progress: its folder, how to tell, and the summary that grows."""

    out: Path
    tell: Callable[[str], None]
    summary: dict[str, Any] = field(default_factory=dict)

    def saw(self, name: str, value: Any) -> None:
        """Note something that was really seen."""
        self.summary[name] = value


def fail(message: str) -> NoReturn:
    """End the demo with one line."""
    raise DemoFailed(message)


def done(outcome: T | Refusal, what: str) -> T:
    """Return what a step gave; a refusal ends the demo."""
    if isinstance(outcome, Refusal):
        fail(f"{what}: {refusal_text(outcome, Texts('en'))}")
    return outcome


def refused(outcome: TicketState | Refusal, code: str, what: str) -> Refusal:
    """Return the refusal that the rules had to give; anything else ends the demo."""
    if not isinstance(outcome, Refusal) or outcome.code != code:
        fail(f"{what} was not refused as {code}")
    return outcome


def same(found: object, wanted: object, what: str) -> None:
    """End the demo unless both are equal."""
    if found != wanted:
        fail(f"{what}: found {found!r}, wanted {wanted!r}")


def certain_values(fields: Mapping[str, str]) -> dict[str, str]:
    """Return the values that are not empty."""
    return {name: value for name, value in fields.items() if value.strip()}
