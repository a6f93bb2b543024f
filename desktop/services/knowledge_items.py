"""What a pack knows, piece by piece: articles, law cards, phrases, steps with scripts, codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from desktop.domain.outcomes import Role
from desktop.domain.policy import LocalText, Policy
from desktop.texts import LANGS, Lang, Texts

Kind = Literal["norm", "product", "pitfall", "case", "law", "sop", "script", "phrase", "code"]
KINDS: Final[tuple[Kind, ...]] = (
    "norm",
    "product",
    "law",
    "phrase",
    "script",
    "sop",
    "code",
    "pitfall",
    "case",
)


@dataclass(frozen=True, slots=True)
class KnowledgeItem:
    """One thing to know; texts in every language.

    `insert` is what goes into a reply (None: the text itself); `source` its article of law, code
    or step; `confidence` of a law card is A, B or C; `readers` the lowest role that sees it.
    """

    id: str
    kind: Kind
    title: LocalText
    text: LocalText
    insert: LocalText | None = None
    source: str = ""
    keywords: tuple[str, ...] = ()
    version: int = 1
    since: date | None = None
    until: date | None = None
    changed: LocalText | None = None
    confidence: str = ""
    readers: Role = "clerk"


def items_of(policy: Policy) -> Iterator[KnowledgeItem]:
    """Yield everything in the order in which equals are listed: articles, law, phrases, steps."""
    texts: Mapping[Lang, Texts] = {lang: Texts(lang) for lang in LANGS}
    yield from _articles(policy)
    yield from _laws(policy, texts)
    yield from _phrases(policy, texts)
    yield from _steps(policy, texts)
    yield from _codes(policy, texts)


def _articles(policy: Policy) -> Iterator[KnowledgeItem]:
    for row in policy.articles:
        yield KnowledgeItem(
            id=f"article:{row.id}",
            kind=row.kind,
            title=row.title,
            text=row.text,
            insert=row.insert,
            source=" ".join(row.codes),
            keywords=row.keywords,
            version=row.version,
            since=row.since,
            until=row.until,
            changed=row.changed,
            readers=row.readers,
        )


def _laws(policy: Policy, texts: Mapping[Lang, Texts]) -> Iterator[KnowledgeItem]:
    for card in policy.law_cards:
        text: LocalText = {
            lang: f"{card.text[lang]}\n{words.get('knowledge.advice', text=card.advice[lang])}"
            for lang, words in texts.items()
        }
        yield KnowledgeItem(
            id=f"law:{card.id}",
            kind="law",
            title=card.title,
            text=text,
            insert={
                lang: words.get("knowledge.law_quote", article=card.article, text=card.text[lang])
                for lang, words in texts.items()
            },
            source=card.article,
            since=None,
            confidence=card.confidence,
        )


def _phrases(policy: Policy, texts: Mapping[Lang, Texts]) -> Iterator[KnowledgeItem]:
    for pair in policy.phrase_pairs:
        text: LocalText = {
            lang: words.get(
                "knowledge.phrase_text", avoid=pair.avoid[lang], prefer=pair.prefer[lang]
            )
            for lang, words in texts.items()
        }
        yield KnowledgeItem(
            f"phrase:{pair.id}", "phrase", pair.avoid, text, pair.prefer, readers="clerk"
        )


def _steps(policy: Policy, texts: Mapping[Lang, Texts]) -> Iterator[KnowledgeItem]:
    seen: set[str] = set()
    for flow in policy.flows.values():
        for step in flow.steps:
            lines = tuple(check.text["zh_CN"] for check in step.do)
            key = "\n".join((step.title["zh_CN"], *lines))
            if key in seen:
                continue
            seen.add(key)
            body: LocalText = {
                lang: "\n".join(
                    (
                        *((step.limit_text[lang],) if step.limit_text else ()),
                        *(f"· {check.text[lang]}" for check in step.do),
                        *(words.get("knowledge.gate", text=gate.text[lang]) for gate in step.needs),
                    )
                )
                for lang, words in texts.items()
            }
            place = f"{flow.id}.{step.id}"
            source = flow.title
            title: LocalText = {lang: f"{step.title[lang]} · {source[lang]}" for lang in LANGS}
            yield KnowledgeItem(f"sop:{place}", "sop", title, body)
            yield from _scripts(place, step.title, step.say, texts, seen)


def _scripts(
    place: str,
    title: LocalText,
    say: Mapping[int, LocalText],
    texts: Mapping[Lang, Texts],
    seen: set[str],
) -> Iterator[KnowledgeItem]:
    for emotion, words in say.items():
        if words["zh_CN"] in seen:
            continue
        seen.add(words["zh_CN"])
        named: LocalText = {
            lang: known.get("knowledge.script_title", step=title[lang], emotion=emotion)
            for lang, known in texts.items()
        }
        yield KnowledgeItem(f"script:{place}.{emotion}", "script", named, words, words)


def _codes(policy: Policy, texts: Mapping[Lang, Texts]) -> Iterator[KnowledgeItem]:
    for code in policy.codes.values():
        family = policy.families.get(code.family, {})
        text: LocalText = {
            lang: words.get(
                "knowledge.code_text",
                family=family.get(lang, code.family),
                words=("、" if lang == "zh_CN" else ", ").join(code.keywords) or "–",
            )
            + "".join(
                "\n" + words.get(f"knowledge.consequence.{name}") for name in code.consequences
            )
            for lang, words in texts.items()
        }
        title: LocalText = {lang: f"{code.id} {code.title[lang]}" for lang in LANGS}
        yield KnowledgeItem(
            f"code:{code.id}", "code", title, text, source=code.id, keywords=code.keywords
        )
    for row in policy.levels:
        heads = {
            lang: ("、" if lang == "zh_CN" else ", ").join(row.keywords) or "–" for lang in LANGS
        }
        meaning: LocalText = {
            lang: f"{row.meaning[lang]}\n{words.get('knowledge.level_words', words=heads[lang])}"
            for lang, words in texts.items()
        }
        yield KnowledgeItem(f"level:{row.level}", "code", row.title, meaning, keywords=row.keywords)
