"""Editions of one thing to know over the packs of this PC, and what changed between two (KB-02)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Literal

from desktop.domain.policy import Policy
from desktop.services.knowledge_items import KnowledgeItem, items_of
from desktop.texts import Lang


@dataclass(frozen=True, slots=True)
class Edition:
    """A wording and since when it holds; `pack` is the first pack that carries it.

    `upcoming` says that its pack is here but does not hold yet.
    """

    item: KnowledgeItem
    pack: str
    since: date
    upcoming: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a comparison: in both, only in the earlier or only in the later edition."""

    change: Literal["same", "gone", "new"]
    text: str


def editions(item_id: str, packs: Iterable[Policy], today: date) -> tuple[Edition, ...]:
    """Return the editions of an item, the newest first; packs that say the same count once."""
    found: list[Edition] = []
    for pack in sorted({p.version: p for p in packs}.values(), key=lambda p: p.effective):
        item = next((known for known in items_of(pack) if known.id == item_id), None)
        if item is None or (found and _wording(found[-1].item) == _wording(item)):
            continue
        since = item.since or pack.effective
        found.append(Edition(item, pack.version, since, pack.effective > today))
    return tuple(reversed(found))


def compare(before: KnowledgeItem, after: KnowledgeItem, lang: Lang) -> tuple[Line, ...]:
    """Return the later text line by line with what was taken out of the earlier one."""
    old, new = _lines(before, lang), _lines(after, lang)
    lines: list[Line] = []
    for kind, a1, a2, b1, b2 in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind == "equal":
            lines += [Line("same", text) for text in new[b1:b2]]
            continue
        lines += [Line("gone", text) for text in old[a1:a2]]
        lines += [Line("new", text) for text in new[b1:b2]]
    return tuple(lines)


def _wording(item: KnowledgeItem) -> tuple[object, ...]:
    return (dict(item.title), dict(item.text), dict(item.insert or {}))


def _lines(item: KnowledgeItem, lang: Lang) -> list[str]:
    parts = [item.title[lang], *item.text[lang].strip().splitlines()]
    return [*parts, *(item.insert or {}).get(lang, "").strip().splitlines()]
