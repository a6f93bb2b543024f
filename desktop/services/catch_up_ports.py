"""What an older version of the program left to be made again, and the port that makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Behind:
    """`done` of `of` complaints are made again; `counting`: reports do not hold all of them yet.

    Without `counting` nothing is missing anywhere: searches by few letters are only slower.
    """

    done: int
    of: int
    counting: bool


class CatchUp(Protocol):
    """Makes again, beside all work, what this version keeps of each complaint in another form."""

    def behind(self) -> Behind | None:
        """Return how far it is, None when everything is as this version makes it."""
        ...

    def run(self, told: Callable[[Behind], object], stopping: Callable[[], bool]) -> None:
        """Go on where it stood, until the end or until `stopping`; the next run goes on there."""
        ...
