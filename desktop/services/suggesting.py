"""Suggest a code and a level from the customer's words, and say why (命中: …; CL-06, CL-17)."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A proposed code and level with the words that led to each; None where nothing matched."""

    code: str | None
    code_hits: tuple[str, ...]
    level: int | None
    level_hits: tuple[str, ...]


def suggest(words: str, policy: Policy) -> Suggestion:
    """Return the code with most of its keywords in `words`, and the most urgent level hit."""
    folded = words.casefold()
    best_code: str | None = None
    best_hits: tuple[str, ...] = ()
    for code in policy.codes.values():
        hits = tuple(k for k in code.keywords if k.casefold() in folded)
        if _weight(hits) > _weight(best_hits):
            best_code, best_hits = code.id, hits
    levels = [
        (row.level, tuple(k for k in row.keywords if k.casefold() in folded))
        for row in policy.levels
    ]
    level, level_hits = min(((n, h) for n, h in levels if h), default=(None, ()))
    return Suggestion(best_code, best_hits, level, level_hits)


def _weight(hits: tuple[str, ...]) -> int:
    return sum(len(hit) for hit in hits)
