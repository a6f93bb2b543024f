"""What an incident or a quarantine says, as a text and its values, for people of either language.

What is kept of them is one line for the technical view. Its form is stated here beside its text;
a line of another form (noted by another version) is shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_PLACE: Final = r"(?P<chain>\S+):(?P<seq>\d+): "
#: Kind, form of the line, text `hq_attention.<key>`; the first that fits counts.
_FORMS: Final[tuple[tuple[str, re.Pattern[str], str], ...]] = (
    ("fork", re.compile(_PLACE + "another event is there already"), "told_fork_taken"),
    ("fork", re.compile(_PLACE + "the bytes do not make the signed head"), "told_fork_head"),
    ("rollback", re.compile(r"HQ holds (?P<held>\d+) of (?P<given>\d+)"), "told_rollback"),
    (
        "copy",
        re.compile(r"(?P<old>\S+): a second copy of this PC's data goes on as (?P<new>\S+), .*"),
        "told_copy",
    ),
    ("altered", re.compile(_PLACE + r"(?P<what>[a-z_]+): .*", re.DOTALL), "told_altered"),
    ("quarantine", re.compile(r"TornRecord: .*", re.DOTALL), "told_torn"),
    ("quarantine", re.compile(r".*", re.DOTALL), "told_unexplained"),
)


def told(kind: str, line: str) -> tuple[str, Mapping[str, str]] | None:
    """Return the key of the text that says it, and its values; None for a line of another form."""
    for of, form, key in _FORMS:
        found = form.fullmatch(line) if of == kind else None
        if found is not None:
            return f"hq_attention.{key}", found.groupdict()
    return None
