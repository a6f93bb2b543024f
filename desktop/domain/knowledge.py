"""Articles of the knowledge base (知识库, KB-01 … KB-06) as the policy pack carries them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from desktop.domain.policy import LocalText, Role

ArticleKind = Literal["norm", "product", "pitfall", "case"]
ARTICLE_KINDS: Final[tuple[ArticleKind, ...]] = ("norm", "product", "pitfall", "case")


@dataclass(frozen=True, slots=True)
class Article:
    """One article: service norm, product knowledge, lesson (避坑指南) or anonymised precedent.

    `insert` is what may go into a reply as it stands; `version` counts the article's own editions,
    `since`/`until` say when it holds, `changed` what the last edition changed; `readers` is the
    lowest role that sees it (KB-05).
    """

    id: str
    kind: ArticleKind
    title: LocalText
    text: LocalText
    insert: LocalText | None
    keywords: tuple[str, ...]
    codes: tuple[str, ...]
    version: int
    since: date
    until: date | None
    changed: LocalText | None
    readers: Role

    def holds(self, day: date) -> bool:
        """Whether the article is in force on `day` in the store's zone (KB-02)."""
        return self.since <= day and (self.until is None or day <= self.until)
