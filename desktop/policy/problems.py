"""What is wrong with a policy pack, named by file and line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Place = tuple[str | int, ...]
"""The way to a value inside a file: keys and list positions."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem before its line is known: the file, the place in it, what is wrong."""

    file: str
    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem an author can go to; `line` counts from 1."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class PolicyError(Exception):
    """A pack that cannot be used, with every problem found in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
