"""Words of the search index: Chinese in pairs, Latin words, tails of numbers, pinyin initials."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import Final

#: FTS5's own tokenizers find no word of two characters in running Chinese (facts.md), so runs
#: are split here into overlapping pairs.
_RUN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]+|[a-z]+|[0-9]+")
#: The shortest tail of a number that is indexed by itself.
_TAIL: Final = 4
#: Digits this few hardly narrow, nor does what is this short after other runs of its word.
_HARDLY_NARROWS: Final = 2
#: A complaint code as it is typed, PQ-07: it is complete, though its digits are few.
_CODE: Final = ("[a-z]{2}", "[0-9]{2}")
#: Letters of pinyin initials that are indexed from each character on.
_INITIALS: Final = 8
#: Runs up to this length (names, mostly) are indexed under every reading of their characters.
_ALL_READINGS: Final = 4
#: Beginnings of this many letters, and of one Chinese character, are words of the index: a prefix
#: costs as much as it has hits, for FTS5 joins them all before it gives the newest.
_BEGINNINGS: Final = (2, 3)
#: Changes whenever what the index holds of a complaint changes, so that older words are made again.
WORDS: Final = b"2"


def normalise(text: str) -> str:
    """Return `text` in one width, case and composition, for indexing and asking alike."""
    return unicodedata.normalize("NFKC", text).lower()


def index_words(texts: Iterable[str]) -> str:
    """Return the words of `texts` as the index holds them, their beginnings behind them.

    >>> index_words(["退款 A12345", "refund"])
    '退款 款 a 12345 2345 refund 退 re ref'
    """
    return _with_beginnings([word for text in texts for word in _words_of(text)])


def index_initials(names: Iterable[str]) -> str:
    """Return the pinyin initials of `names`, from every character on, with their beginnings.

    >>> index_initials(["张伟", "电饭煲"])
    'zw w dfb fb b df'
    """
    found = (
        letters[start : start + _INITIALS]
        for name in names
        for run in _runs(name)
        if not run.isascii()
        for letters in _readings(run)
        for start in range(len(letters))
    )
    return _with_beginnings(list(dict.fromkeys(found)))


def _with_beginnings(words: Sequence[str]) -> str:
    """Return the words and, once each and behind them, their beginnings that are no words."""
    known = set(words)
    begun = dict.fromkeys(begin for word in words for begin in _beginnings(word))
    return " ".join([*words, *(begin for begin in begun if begin not in known)])


def _beginnings(word: str) -> Iterable[str]:
    if not word.isascii():
        return (word[:1],)
    return () if word.isdigit() else (word[:length] for length in _BEGINNINGS)


def match_expression(asked: str, *, beginnings: bool = True) -> str | None:
    """Return the FTS5 query for what a person typed; None when it holds nothing to find.

    `beginnings` says that every complaint's are in the index, as WORDS has them; without, the same
    is found by prefixes, which takes longer where many complaints hold them.

    Words separated by blanks must all be there. What ends a word may still be typed: it finds
    what begins so, letters also pinyin initials, digits also the tail of a number. What stands
    before it in the word is complete. A letter or two that begin a large part of all words find
    nothing by themselves: they wait for more, and the empty query means that all fits so far.
    """
    words = [_runs_of(word) for word in normalise(asked).split()]
    if not any(words):
        return None
    return " AND ".join(term for runs in words for term in _terms(runs, beginnings))


def _runs_of(word: str) -> list[str]:
    return [match.group() for match in _RUN.finditer(word)]


def _terms(runs: list[str], beginnings: bool) -> Iterator[str]:
    """Yield the terms of one word of the question."""
    if len(runs) == len(_CODE) and all(map(re.fullmatch, _CODE, runs)):
        yield from (f'"{run}"' for run in runs)
        return
    for place, run in enumerate(runs):
        before = runs[place - 1] if place else ""
        if not run.isascii():
            yield _term(run, beginnings)
        elif place < len(runs) - 1:
            # The first run of a tail may begin inside a number, where no short word begins.
            if place or not run.isdigit() or len(run) >= _TAIL:
                yield f'"{run}"'
        elif len(before) == 1 and run.isdigit() and len(run) <= _TAIL:
            # A store's number after its letter: nearly every complaint holds it.
            if len(run) == _TAIL:
                yield f'"{run}"'
        elif len(run) > (_HARDLY_NARROWS if before or run.isdigit() else 1):
            yield _term(run, beginnings)


@lru_cache(maxsize=8192)
def _words_of(text: str) -> tuple[str, ...]:
    # Codes, goods and names come again and again, numbers that come once between them.
    return tuple(word for run in _runs(text) for word in _words(run))


def _runs(text: str) -> Iterator[str]:
    return (match.group() for match in _RUN.finditer(normalise(text)))


def _words(run: str) -> Iterator[str]:
    if not run.isascii():
        yield from _pairs(run)
        # The last character begins no pair; alone it lets one-character questions find it.
        yield run[-1]
    elif run.isdigit():
        yield run
        yield from (run[start:] for start in range(1, len(run) - _TAIL + 1))
    else:
        yield run


def _pairs(run: str) -> Iterator[str]:
    return (run[start : start + 2] for start in range(len(run) - 1))


def _term(run: str, beginnings: bool) -> str:
    if run.isascii():
        whole = beginnings and not run.isdigit() and len(run) in _BEGINNINGS
        return f'"{run}"' if whole else f'"{run}" *'
    if len(run) == 1:
        return f'words : "{run}"' if beginnings else f'words : "{run}" *'
    return f'words : "{" ".join(_pairs(run))}"'


@lru_cache(maxsize=4096)
def _readings(run: str) -> tuple[str, ...]:
    # Loading the dictionaries takes a while and is needed only when something is saved.
    from pypinyin import Style, lazy_pinyin, pinyin

    if len(run) > _ALL_READINGS:
        return ("".join(part[:1] for part in lazy_pinyin(run, style=Style.FIRST_LETTER)),)
    readings = pinyin(run, style=Style.FIRST_LETTER, heteronym=True)
    return tuple(dict.fromkeys("".join(p[:1] for p in way) for way in product(*readings)))
