"""Finds the words printed before a field, by meaning: synonyms of any language from a list."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from rapidfuzz import fuzz
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from desktop.domain.forms import DIGIT_KEYS, FIELD_KEYS
from ocr.runs import Run

OTHER: Final = "other"
"""The key of labels that end a field but are not read themselves."""

_COLONS: Final = ":︰;"
_MARKS: Final = "*●■◆·•※-—"
_JOINTS: Final = "/|,、()"
_BLANK: Final = "_＿"
_NUMBERED: Final = re.compile(r"^[(]?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,2})[)、.]")
_NUMBER: Final = re.compile(r"[(](?:[0-9]{1,2}|[一二三四五六七八九十]{1,2})[)]$")
_LONGEST_TRANSLATION: Final = 40
_LEAST_LEADING: Final = 4
"""Signs of a word that begins a line and is a label though a value follows without a gap."""
_LIKE: Final = 86.0
"""Least likeness (rapidfuzz, 0..100) of a whole short line to a label with one misread sign."""


@dataclass(frozen=True, slots=True)
class Word:
    """One synonym: the field it names and whether it names no other."""

    key: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Label:
    """A label on the sheet: its run, and how it ends (`colon`, `end`, `gap` or `tight`)."""

    key: str
    sure: bool
    ending: str
    run: Run


class Labels:
    """The synonym list, ready for matching."""

    def __init__(self, words: Mapping[str, Word], fold: Mapping[str, str]) -> None:
        self._words = words
        self._fold = fold
        self._longest = max((len(word) for word in words), default=0)

    def normal(self, text: str) -> str:
        """Return `text` without width, case, spaces and traditional forms."""
        plain = unicodedata.normalize("NFKC", text).lower()
        return "".join(self._fold.get(sign, sign) for sign in plain if not sign.isspace())

    def extended(self, more: Labels) -> Labels:
        """Return this list with another's words on top."""
        return Labels({**self._words, **more._words}, {**self._fold, **more._fold})

    def knows(self, text: str) -> bool:
        """Tell whether `text` is on the list."""
        return self.normal(text) in self._words

    def split(self, run: Run) -> tuple[list[Label], list[Run]]:
        """Cut a run of writing into the labels in it and the rest, each left to right."""
        signs = [self.normal(glyph.text) or " " for glyph in run.glyphs]
        whole = self._whole(run, "".join(signs))
        if whole is not None:
            return [whole], []
        labels: list[Label] = []
        rest: list[Run] = []
        start = position = 0
        while position < len(signs):
            found = self._at(run, signs, position)
            if found is None:
                position += 1
                continue
            word, ending, label_end, after = found
            before = _without_number(signs, start, position)
            if before > start:
                rest.append(run.part(start, before))
            labels.append(Label(word.key, word.sure, ending, run.part(position, label_end)))
            start = position = after
        if start < len(signs):
            rest.append(run.part(start, len(signs)))
        return labels, [piece for piece in rest if piece.text.strip(_BLANK + _COLONS + " ")]

    def leading(self, run: Run) -> tuple[Label, Run] | None:
        """Cut a line that begins with a field's sure word, its value written right at its end.

        Nothing but its place tells such a word from a text's own, so `split` leaves it alone.
        """
        signs = [self.normal(glyph.text) or " " for glyph in run.glyphs]
        for length in range(min(self._longest, len(signs) - 1), _LEAST_LEADING - 1, -1):
            word = self._words.get("".join(signs[:length]))
            if word is not None and word.sure and word.key != OTHER and not _is_latin(signs[0]):
                label = Label(word.key, True, "tight", run.part(0, length))
                return label, run.part(length, len(signs))
        return None

    def _whole(self, run: Run, text: str) -> Label | None:
        """Match a run that is nothing but a label, allowing decoration and one misread sign."""
        bare = _NUMBERED.sub("", text.strip(_MARKS))
        colon = bare.endswith(tuple(_COLONS))
        bare = bare.rstrip(_COLONS + _BLANK).strip(_MARKS)
        for candidate in (bare, re.sub(r"[(\[【].*?[)\]】]", "", bare)):
            parts = [part for part in re.split(r"[/|()]", candidate) if part]
            word = self._words.get(candidate) or self._same([self._words.get(p) for p in parts])
            word = word or self._bilingual(candidate)
            if word is not None:
                return Label(word.key, word.sure, "colon" if colon else "end", run)
        if not 4 <= len(bare) <= 24:
            return None
        best = max(self._words, key=lambda word: fuzz.ratio(word, bare), default="")
        near = abs(len(best) - len(bare)) <= 1 and fuzz.ratio(best, bare) >= _LIKE
        if not near or best[-2:] != bare[-2:]:
            return None
        return Label(self._words[best].key, False, "colon" if colon else "end", run)

    @staticmethod
    def _same(words: Sequence[Word | None]) -> Word | None:
        known = [word for word in words if word is not None]
        if not known or len(known) < len(words) or len({word.key for word in known}) > 1:
            return None
        return Word(known[0].key, any(word.sure for word in known))

    def _bilingual(self, text: str) -> Word | None:
        """Match a known label with a translation that is not on the list."""
        parts = [part for part in re.split(r"(?<=[^\x00-\x7f])(?=[a-z])", text) if part]
        if len(parts) != 2 or not re.fullmatch(r"[a-z.&'/-]{2,40}", parts[1]):
            return None
        return self._words.get(parts[0])

    def _at(
        self, run: Run, signs: Sequence[str], position: int
    ) -> tuple[Word, str, int, int] | None:
        """Match a label that begins at `position`; return word, ending, its end, value start."""
        fresh = position == 0 or run.gap_before(position) or signs[position - 1] in " _)*.、|"
        for length in range(min(self._longest, len(signs) - position), 1, -1):
            word = self._words.get("".join(signs[position : position + length]))
            if word is None:
                continue
            end = self._extended(signs, position + length, word)
            ending, after = self._ending(run, signs, end, word)
            if ending == "colon" and (fresh or length >= 3):
                return word, ending, end, after
            if ending == "tight" and not (fresh and word.sure):
                continue
            if ending and fresh:
                return word, ending, end, after
        return None

    def _extended(self, signs: Sequence[str], end: int, word: Word) -> int:
        """Take in a second word for the same field, or a remark in brackets, after a label."""
        while end < len(signs):
            if signs[end] in "([【":
                close = next((i for i in range(end, len(signs)) if signs[i] in ")]】"), None)
                if close is None or close - end > 24:
                    return end
                end = close + 1
                continue
            start = end + 1 if signs[end] in "/|" else end
            for length in range(min(self._longest, len(signs) - start), 1, -1):
                other = self._words.get("".join(signs[start : start + length]))
                latin_follows = start + length < len(signs) and _is_latin(signs[start + length])
                if other is not None and other.key == word.key and not latin_follows:
                    end = start + length
                    break
            else:
                return self._past_translation(signs, end)
        return end

    @staticmethod
    def _past_translation(signs: Sequence[str], end: int) -> int:
        """Pass Latin words between a Chinese label and its colon."""
        if _is_latin(signs[end - 1]):
            return end
        stop = end
        while stop < len(signs) and (_is_latin(signs[stop]) or signs[stop] in ".&'/-"):
            stop += 1
        closed = stop < len(signs) and signs[stop] in _COLONS
        return stop if closed and stop - end <= _LONGEST_TRANSLATION else end

    @staticmethod
    def _ending(run: Run, signs: Sequence[str], end: int, word: Word) -> tuple[str, int]:
        if end < len(signs) and signs[end] == "." and _is_latin(signs[end - 1]):
            end += 1
        if end >= len(signs):
            return "end", end
        if signs[end] in _COLONS:
            while end < len(signs) and signs[end] in _COLONS + _BLANK:
                end += 1
            return "colon", end
        if signs[end] in _BLANK or run.gap_before(end):
            return "gap", end
        if _is_latin(signs[end - 1]) and _is_latin(signs[end]):
            return "", end
        if word.key in DIGIT_KEYS and (signs[end].isdigit() or signs[end] in "¥$"):
            return "tight", end
        return "", end


def _without_number(signs: Sequence[str], start: int, end: int) -> int:
    """Return where what stands before a label ends: the label's own number, (3), is not of it."""
    number = _NUMBER.search("".join(signs[start:end]))
    return start + number.start() if number else end


def _is_latin(sign: str) -> bool:
    return "a" <= sign <= "z"


def parse_labels(text: str) -> Labels:
    """Parse a synonym list; raise ValueError naming what is wrong in it."""
    content = YAML(typ="safe").load(text) or {}
    unknown = set(content.get("fields", {})) - set(FIELD_KEYS)
    if unknown:
        raise ValueError(f"labels.yaml: unknown field {sorted(unknown)[0]}")
    fold = {str(old): str(new) for old, new in (content.get("fold") or {}).items()}
    plain = Labels({}, fold)
    words: dict[str, Word] = {}
    for word in content.get("other", []):
        words[plain.normal(str(word))] = Word(OTHER, True)
    for sure in (False, True):
        for key, lists in content.get("fields", {}).items():
            for word in lists.get("sure" if sure else "maybe", []):
                words[plain.normal(str(word))] = Word(key, sure)
    return Labels(words, fold)


@cache
def shipped_labels() -> Labels:
    """Return the list that ships in `resources/ocr/labels.yaml`."""
    return parse_labels((files("resources") / "ocr" / "labels.yaml").read_text(encoding="utf-8"))


def labels_with(own: Path | None) -> Labels:
    """Return the shipped list with a store's own words on top, where the file `own` exists.

    The file has the shape of `resources/ocr/labels.yaml`; it needs only what it adds. Raises
    ValueError naming the file and what is wrong in it.
    """
    shipped = shipped_labels()
    if own is None or not own.is_file():
        return shipped
    try:
        added = parse_labels(own.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError, AttributeError, TypeError, ValueError) as fault:
        reason = " ".join(str(fault).split())[:200]
        raise ValueError(f"{own.name} cannot be used: {reason}") from fault
    return shipped.extended(added)
