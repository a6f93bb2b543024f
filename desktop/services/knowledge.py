"""Search what the pack knows (知识库): articles, procedure, codes, law cards, phrases, scripts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from desktop.domain.choosing import unify
from desktop.domain.outcomes import Role
from desktop.domain.policy import ROLES, Policy
from desktop.services.knowledge_items import KINDS, Kind, KnowledgeItem, items_of
from desktop.texts import Lang

__all__ = [
    "KINDS",
    "Freshness",
    "Hit",
    "Kind",
    "KnowledgeBook",
    "KnowledgeItem",
    "book_of",
    "freshness",
]

#: Typical cases are added monthly (KB-02); knowledge older than this says so.
FRESH_DAYS: Final = 62

_RUN: Final = re.compile(r"[a-z0-9][a-z0-9.\-]*|[^\W\d_a-z]+")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
#: What each place of a hit is worth; a title beats a keyword, a keyword beats the text.
_TITLE_START, _TITLE, _KEYWORD, _INITIALS, _TEXT, _PIECES = 100, 60, 45, 40, 12, 6
_BY_KIND: Final[Mapping[str, int]] = {"norm": 9, "product": 9, "law": 8, "pitfall": 7, "case": 5}
_LEAST_PIECES: Final = 0.6
_SNIPPET: Final = 56
_KEPT: Final = 4
_books: dict[tuple[str, str], KnowledgeBook] = {}


@dataclass(frozen=True, slots=True)
class Hit:
    """An item found: how well it fits, and the words around the place where it does."""

    item: KnowledgeItem
    score: int
    snippet: str


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old the pack is on a day: `state` is current, old (KB-02) or expired."""

    version: str
    effective: date
    expires: date | None
    days: int
    state: Literal["current", "old", "expired"]


def freshness(policy: Policy, today: date) -> Freshness:
    """Say whether the pack is current; an expired one stays in use and is said to be stale."""
    days = (today - policy.effective).days
    expired = policy.expires is not None and policy.expires < today
    state: Literal["current", "old", "expired"] = "old" if days > FRESH_DAYS else "current"
    return Freshness(
        policy.version, policy.effective, policy.expires, days, "expired" if expired else state
    )


class KnowledgeBook:
    """Everything a pack knows, ready to be searched; building it reads pinyin, so not on screen."""

    def __init__(self, policy: Policy) -> None:
        self._synonyms = policy.synonyms
        self.items: tuple[KnowledgeItem, ...] = tuple(items_of(policy))
        self._indexed = tuple(_Indexed.of(item) for item in self.items)

    def item(self, item_id: str) -> KnowledgeItem | None:
        """Return an item by its id."""
        return next((item for item in self.items if item.id == item_id), None)

    def search(
        self,
        asked: str,
        lang: Lang,
        role: Role,
        today: date,
        *,
        kinds: Sequence[Kind] = (),
        limit: int = 40,
    ) -> tuple[Hit, ...]:
        """Return what fits every word asked for, the best first; nothing asked lists all.

        Words may be Chinese (two characters are enough), English, or pinyin initials of a title.
        Articles not in force on `today` and those for higher roles (KB-05) are left out.
        """
        words = _words(asked)
        found: list[tuple[int, int, Hit]] = []
        for at, entry in enumerate(self._indexed):
            item = entry.item
            if kinds and item.kind not in kinds:
                continue
            if not _holds(item, today) or not _may_read(item, role):
                continue
            score = entry.score(words, self._synonyms)
            if score:
                found.append((-score, at, Hit(item, score, entry.snippet(words, lang))))
        found.sort(key=lambda row: row[:2])
        return tuple(hit for _score, _at, hit in found[:limit])


def book_of(policy: Policy) -> KnowledgeBook:
    """Return the book of a pack; it is built once for each."""
    key = (policy.version, policy.digest)
    if key not in _books:
        while len(_books) >= _KEPT:
            _books.pop(next(iter(_books)))
        _books[key] = KnowledgeBook(policy)
    return _books[key]


@dataclass(frozen=True, slots=True)
class _Indexed:
    item: KnowledgeItem
    titles: tuple[str, ...]
    initials: str
    keywords: tuple[str, ...]
    texts: tuple[str, ...]

    @classmethod
    def of(cls, item: KnowledgeItem) -> _Indexed:
        return cls(
            item,
            tuple(_plain(t) for t in (*item.title.values(), item.source) if t),
            _initials(item.title.get("zh_CN", "")),
            tuple(_plain(k) for k in item.keywords),
            tuple(_plain(t) for t in (*item.text.values(), *(item.insert or {}).values())),
        )

    def score(self, words: Sequence[str], synonyms: Mapping[str, str]) -> int:
        """Return how well every word fits, 0 where one does not."""
        total = _BY_KIND.get(self.item.kind, 3)
        for word in words:
            term = unify(word, synonyms)
            best = max(self._one(word), self._one(term) if term != word else 0)
            if not best:
                return 0
            total += best
        return total

    def _one(self, word: str) -> int:
        best = 0
        if any(title.startswith(word) for title in self.titles):
            best = _TITLE_START
        elif any(word in title for title in self.titles):
            best = _TITLE
        elif any(word in key for key in self.keywords):
            best = _KEYWORD
        elif word.isascii() and word.isalpha() and len(word) > 1 and word in self.initials:
            best = _INITIALS
        times = sum(text.count(word) for text in self.texts)
        if best or times:
            return best + min(times, 5) + (0 if best else _TEXT)
        return self._pieces(word)

    def _pieces(self, word: str) -> int:
        """Say how many of a long word's pairs of characters are there: 七天退货, 七日内退货."""
        if len(word) < 4 or not _HAN.match(word):
            return 0
        pairs = [word[at : at + 2] for at in range(len(word) - 1)]
        whole = "\n".join((*self.titles, *self.keywords, *self.texts))
        share = sum(pair in whole for pair in pairs) / len(pairs)
        return round(_PIECES * share) if share >= _LEAST_PIECES else 0

    def snippet(self, words: Sequence[str], lang: Lang) -> str:
        """Return the words around the first hit in the text of `lang`, its beginning without."""
        shown = " ".join(self.item.text.get(lang, "").split())
        low = shown.lower()
        at = next((low.find(word) for word in words if word in low), 0)
        start = max(at - _SNIPPET // 3, 0)
        lead, end = ("…" if start else ""), start + _SNIPPET * (1 if lang == "zh_CN" else 2)
        return f"{lead}{shown[start:end]}{'…' if end < len(shown) else ''}"


def _holds(item: KnowledgeItem, today: date) -> bool:
    begun = item.since is None or item.since <= today
    return begun and (item.until is None or today <= item.until)


def _may_read(item: KnowledgeItem, role: Role) -> bool:
    return ROLES.index(role) >= ROLES.index(item.readers)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _words(asked: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match.group() for match in _RUN.finditer(_plain(asked))))


def _initials(title: str) -> str:
    # Loading the dictionaries takes a while; it is done where the book is built.
    from pypinyin import Style, lazy_pinyin

    han = "".join(_HAN.findall(title))
    return "".join(part[:1] for part in lazy_pinyin(han, style=Style.FIRST_LETTER))
