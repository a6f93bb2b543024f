"""The knowledge files of a pack (knowledge/*.yaml): their shape, and compiling them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Final

from pydantic import Field

from desktop.domain.knowledge import Article, ArticleKind
from desktop.domain.policy import LocalText, Role
from desktop.policy.models import CodeId, Id, Strict, TextModel, Word
from desktop.policy.problems import Finding

KNOWLEDGE_PREFIX: Final = "knowledge/"


class ArticleModel(Strict):
    """One article; see desktop.domain.knowledge.Article."""

    id: Id
    kind: ArticleKind
    title: TextModel
    text: TextModel
    insert: TextModel | None = None
    keywords: tuple[Word, ...] = ()
    codes: tuple[CodeId, ...] = ()
    version: Annotated[int, Field(ge=1)] = 1
    since: date
    until: date | None = None
    changed: TextModel | None = None
    readers: Role = "clerk"


class KnowledgeModel(Strict):
    """knowledge/*.yaml."""

    articles: Annotated[tuple[ArticleModel, ...], Field(min_length=1)]


def compile_articles(
    files: Mapping[str, KnowledgeModel], codes: Collection[str]
) -> tuple[tuple[Article, ...], list[Finding]]:
    """Return the articles of every file, and what is wrong with them."""
    articles: list[Article] = []
    findings: list[Finding] = []
    seen: set[str] = set()
    for file, model in files.items():
        for index, row in enumerate(model.articles):
            at = ("articles", index)
            if row.id in seen:
                findings.append(Finding(file, (*at, "id"), f"duplicate id {row.id!r}"))
            seen.add(row.id)
            for unknown in sorted(set(row.codes) - set(codes)):
                message = f"codes: there is no code {unknown!r}"
                findings.append(Finding(file, (*at, "codes"), message))
            if row.until is not None and row.until < row.since:
                message = f"until {row.until} is before since {row.since}"
                findings.append(Finding(file, (*at, "until"), message))
            articles.append(_article(row))
    return tuple(articles), findings


def _article(row: ArticleModel) -> Article:
    return Article(
        id=row.id,
        kind=row.kind,
        title=_text(row.title),
        text=_text(row.text),
        insert=_text(row.insert) if row.insert else None,
        keywords=row.keywords,
        codes=row.codes,
        version=row.version,
        since=row.since,
        until=row.until,
        changed=_text(row.changed) if row.changed else None,
        readers=row.readers,
    )


def _text(model: TextModel) -> LocalText:
    return MappingProxyType({"zh_CN": model.zh_CN, "en": model.en})
