"""Suggest code and level from the customer's words, with the reasons (CL-06, CL-17, IN-14)."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from desktop.domain.choosing import Example, unify
from desktop.domain.policy import Code, LevelRow, Policy

#: Lengths of the character n-grams; all count the same, which cross-validation liked best.
_LENGTHS: Final = (1, 2, 3)
#: What one character of a keyword adds to the likeness (0 to 1).
_KEYWORD_WEIGHT: Final = 0.03
#: Without a keyword, a code is suggested only from this likeness on …
_LEAST_LIKE: Final = 0.08
#: … and only if this many of the words' two-character pieces were learnt from.
_LEAST_KNOWN: Final = 2
_TELLING: Final = 3
_NO_WORD: Final = re.compile(r"[\W_\d]+")
#: What turns the word behind it into its opposite: 没有受伤, 并未过敏.
_NOT: Final = re.compile(r"(?:没有?人?|并?未|并?不是|并?无|不会|不用)$")
_DEFAULT_LEVEL: Final = 3

Why = Literal["words", "likeness", ""]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A proposed code and level with what led to each; None where nothing did.

    `why` tells whether `code_hits` are words of the pack, or the pieces of the customer's words
    that are most like the labelled examples; `likeness` is 0 to 1.
    """

    code: str | None
    code_hits: tuple[str, ...]
    level: int | None
    level_hits: tuple[str, ...]
    why: Why = ""
    likeness: float = 0.0


class CodeModel:
    """The likeness of words to each code: cosine of TF-IDF over character n-grams.

    Learnt from labelled examples, keywords and titles; a code is the mean of what it was given.
    """

    def __init__(
        self, examples: Iterable[Example], codes: Iterable[Code], synonyms: Mapping[str, str]
    ) -> None:
        given = [(e.code, n_grams(unify(e.words, synonyms))) for e in examples]
        for code in codes:
            texts = (*code.keywords, code.title["zh_CN"])
            given += [(code.id, n_grams(unify(text, synonyms))) for text in texts]
        held = Counter(gram for _, grams in given for gram in grams)
        self._rare = {gram: math.log((len(given) + 1) / (n + 0.5)) for gram, n in held.items()}
        means: dict[str, dict[str, float]] = {}
        for name, grams in given:
            mean = means.setdefault(name, {})
            for gram, weight in self._direction(grams).items():
                mean[gram] = mean.get(gram, 0.0) + weight
        self._by_gram: dict[str, dict[str, float]] = {gram: {} for gram in held}
        for name, mean in means.items():
            length = math.sqrt(sum(weight * weight for weight in mean.values())) or 1.0
            for gram, weight in mean.items():
                self._by_gram[gram][name] = weight / length

    def likeness(self, grams: Sequence[str]) -> dict[str, float]:
        """How like each code the n-grams are, 0 to 1; codes that share none are left out."""
        found: dict[str, float] = {}
        for gram, weight in self._direction(grams).items():
            for code, other in self._by_gram[gram].items():
                found[code] = found.get(code, 0.0) + weight * other
        return found

    def knows(self, gram: str) -> bool:
        """Whether an example holds this n-gram."""
        return gram in self._rare

    def telling(self, grams: Sequence[str], code: str) -> tuple[str, ...]:
        """The n-grams that speak most for `code` and least for the others, none in another."""
        weights = {
            gram: weight * mine * mine / sum(self._by_gram[gram].values()) * len(gram)
            for gram, weight in self._direction(grams).items()
            if len(gram) > 1 and (mine := self._by_gram[gram].get(code, 0.0))
        }
        chosen: list[str] = []
        for gram in sorted(weights, key=lambda gram: -weights[gram]):
            if not any(gram in other or other in gram for other in chosen):
                chosen.append(gram)
        return tuple(chosen[:_TELLING])

    def _direction(self, grams: Sequence[str]) -> dict[str, float]:
        weights = {gram: self._rare[gram] for gram in grams if gram in self._rare}
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {gram: weight / length for gram, weight in weights.items()}


def n_grams(text: str) -> tuple[str, ...]:
    """The distinct n-grams of a text without punctuation and digits, none across a gap."""
    parts = _NO_WORD.split(text)
    return tuple(
        dict.fromkeys(
            part[at : at + length]
            for part in parts
            for length in _LENGTHS
            for at in range(len(part) - length + 1)
        )
    )


def suggest(words: str, policy: Policy, model: CodeModel) -> Suggestion:
    """Return the code that keywords and examples speak for together, and the most urgent level."""
    text = unify(words, policy.synonyms)
    level, level_hits = suggest_level(text, policy.levels, policy.synonyms)
    hits = {c.id: _keywords(text, c, policy.synonyms) for c in policy.codes.values()}
    grams = n_grams(text)
    learnt = sum(len(gram) == _LEAST_KNOWN and model.knows(gram) for gram in grams)
    likeness = model.likeness(grams) if learnt >= _LEAST_KNOWN else {}
    total = {
        code: likeness.get(code, 0.0) + _KEYWORD_WEIGHT * sum(map(len, found))
        for code, found in hits.items()
    }
    best = max(total, key=total.__getitem__, default=None)
    if best is None:
        return Suggestion(None, (), level, level_hits)
    like = likeness.get(best, 0.0)
    if hits[best]:
        return Suggestion(best, hits[best], level, level_hits, "words", like)
    if like >= _LEAST_LIKE:
        return Suggestion(best, model.telling(grams, best), level, level_hits, "likeness", like)
    return Suggestion(None, (), level, level_hits)


def suggest_level(
    text: str, rows: Sequence[LevelRow], synonyms: Mapping[str, str]
) -> tuple[int | None, tuple[str, ...]]:
    """Return the most urgent level of which a word stands in `text` and is not denied there."""
    found = (
        (row.level, tuple(k for k in row.keywords if _said(unify(k, synonyms), text)))
        for row in rows
    )
    return min(((n, hits) for n, hits in found if hits), default=(None, ()))


def level_or_default(suggestion: Suggestion) -> int:
    """The level that a complaint has until somebody says otherwise (CL-03)."""
    return suggestion.level or _DEFAULT_LEVEL


def _keywords(text: str, code: Code, synonyms: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(k for k in code.keywords if unify(k, synonyms) in text)


def _said(word: str, text: str) -> bool:
    at = text.find(word)
    while at >= 0:
        if not _NOT.search(text[:at]):
            return True
        at = text.find(word, at + 1)
    return False
