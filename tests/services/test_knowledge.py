"""Knowledge is found by two characters, pinyin initials and English, ranked, dated, by role."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from desktop.domain.outcomes import Role
from desktop.policy.loading import load_policy
from desktop.services.knowledge import Kind, KnowledgeBook, book_of, freshness

POLICY = load_policy()
DAY = POLICY.effective + timedelta(days=10)


@pytest.fixture(scope="module")
def book() -> KnowledgeBook:
    return book_of(POLICY)


def titles(book: KnowledgeBook, asked: str, role: Role = "clerk") -> list[str]:
    hits = book.search(asked, "zh_CN", role, DAY)
    return [hit.item.title["zh_CN"] for hit in hits]


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("特价", "特价商品概不退换。"),
        ("wlyth", "七日无理由退货只适用于远程购物"),
        ("phone black", "手机黑屏、无法开机"),
        ("PQ-07", "洗衣机维修后又漏水"),
        ("记者", "记者、律师、自媒体来了"),
    ],
)
def test_two_characters_initials_and_english_find_the_right_thing(
    book: KnowledgeBook, asked: str, first: str
) -> None:
    """KB-01."""
    assert titles(book, asked)[0] == first


def test_every_word_must_fit_and_a_title_beats_the_text(book: KnowledgeBook) -> None:
    """KB-01."""
    found = titles(book, "洗衣机 漏水")
    assert found[0] == "洗衣机维修后又漏水"
    assert titles(book, "洗衣机 zzzz") == []
    hits = book.search("承诺", "zh_CN", "clerk", DAY)
    assert "承诺" in hits[0].item.title["zh_CN"]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_synonym_of_the_pack_finds_the_term(book: KnowledgeBook) -> None:
    assert "食品发霉、过期、有异物" in titles(book, "长毛")


def test_articles_for_supervisors_are_not_shown_to_a_clerk(book: KnowledgeBook) -> None:
    """KB-05."""
    title = "主管：大额补偿怎么判断"
    assert title not in titles(book, "大额补偿")
    assert title in titles(book, "大额补偿", "supervisor")


def test_an_article_is_listed_only_while_it_is_in_force() -> None:
    """KB-02."""
    first = POLICY.articles[0]
    ended = replace(first, until=DAY - timedelta(days=1))
    book = KnowledgeBook(replace(POLICY, articles=(ended,), digest="x"))
    assert first.title["zh_CN"] not in titles(book, "")
    running = KnowledgeBook(replace(POLICY, articles=(replace(first, until=DAY),), digest="y"))
    assert first.title["zh_CN"] in titles(running, "")


def test_the_store_card_says_that_seven_days_without_reason_is_for_distance_sales(
    book: KnowledgeBook,
) -> None:
    """KB-06: the trap of art. 25 in a physical store."""
    item = book.item("article:seven-days-in-store")
    assert item is not None
    assert "远程购物" in item.text["zh_CN"]
    assert "二十四条" in item.text["zh_CN"]
    assert "distance" in (item.insert or {})["en"]


def test_kinds_narrow_the_search_and_lessons_and_cases_are_there(book: KnowledgeBook) -> None:
    """KB-03, KB-04."""
    kinds: tuple[Kind, ...] = ("case", "pitfall")
    for kind in kinds:
        found = book.search("", "en", "clerk", DAY, kinds=[kind])
        assert found
        assert {hit.item.kind for hit in found} == {kind}


def test_snippets_show_the_place_of_the_hit(book: KnowledgeBook) -> None:
    hit = book.search("压缩机", "zh_CN", "clerk", DAY)[0]
    assert "压缩机" in hit.snippet


def test_no_reply_names_an_amount() -> None:
    """R15: amounts come from the authority, never from a text."""
    for article in POLICY.articles:
        for words in (article.insert or {}).values():
            assert not any(sign in words for sign in ("元", "¥", "yuan")), article.id


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (POLICY.effective, "current"),
        (POLICY.effective + timedelta(days=63), "old"),
        (date(2028, 1, 1), "expired"),
    ],
)
def test_an_old_pack_is_said_to_be_old(day: date, state: str) -> None:
    """KB-02: the stale-pack banner."""
    assert freshness(POLICY, day).state == state
