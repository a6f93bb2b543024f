"""Editions of an article over the packs of a PC, and what changed between two (KB-02)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from desktop.domain.policy import Policy
from desktop.policy.loading import load_policy
from desktop.services.knowledge_history import Line, compare, editions

POLICY = load_policy()
ARTICLE = POLICY.articles[0]
ITEM = f"article:{ARTICLE.id}"


def pack(name: str, days: int, **changes: object) -> Policy:
    """Return the pack with one article changed, in force `days` later."""
    article = replace(ARTICLE, **changes)  # type: ignore[arg-type]
    later = POLICY.effective + timedelta(days=days)
    articles = (article, *POLICY.articles[1:])
    return replace(POLICY, version=name, effective=later, articles=articles)


def test_packs_that_say_the_same_are_one_edition_and_later_ones_are_marked() -> None:
    today = POLICY.effective + timedelta(days=40)
    longer = {lang: f"{text}\nNew line" for lang, text in ARTICLE.text.items()}
    again = pack("next", 30)
    later = pack("later", 60, text=longer, version=ARTICLE.version + 1, since=None)
    found = editions(ITEM, [later, POLICY, again, POLICY], today)
    assert [(one.pack, one.upcoming) for one in found] == [
        ("later", True),
        (POLICY.version, False),
    ]
    assert found[0].since == later.effective


def test_a_comparison_shows_what_went_and_what_came() -> None:
    first, *rest = ARTICLE.text["en"].strip().splitlines()
    text = {lang: "\n".join(["Another first", *rest]) for lang in ARTICLE.text}
    after, before = editions(ITEM, [POLICY, pack("b", 9, text=text)], POLICY.effective)
    lines = compare(before.item, after.item, "en")
    assert Line("gone", first) in lines
    assert Line("new", "Another first") in lines
    assert lines.index(Line("gone", first)) < lines.index(Line("new", "Another first"))
    assert [line.text for line in lines if line.change == "same"][1:] == [
        *rest,
        *(ARTICLE.insert or {}).get("en", "").strip().splitlines(),
    ]


def test_an_article_that_no_pack_has_has_no_history() -> None:
    assert editions("article:none", [POLICY], POLICY.effective) == ()
