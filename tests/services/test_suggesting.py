"""Suggestions from the real pack's words, with the words that led to them (CL-06, CL-17)."""

from dataclasses import replace
from itertools import pairwise

import pytest

from desktop.policy import load_policy
from desktop.services.suggesting import suggest

POLICY = load_policy()


def test_words_that_say_nothing_suggest_nothing():
    found = suggest("你好", POLICY)
    assert (found.code, found.code_hits, found.level, found.level_hits) == (None, (), None, ())
    assert suggest("", POLICY) == found


@pytest.mark.parametrize(
    "code", [c for c in POLICY.codes.values() if c.keywords], ids=lambda c: c.id
)
def test_all_the_words_of_a_code_lead_to_it(code):
    found = suggest("，".join(code.keywords), POLICY)
    weight = sum(len(word) for word in found.code_hits)
    assert weight >= sum(len(word) for word in code.keywords)
    assert set(found.code_hits) <= set(POLICY.codes[found.code].keywords)


@pytest.mark.parametrize("row", [r for r in POLICY.levels if r.keywords], ids=lambda r: r.level)
def test_a_word_of_a_level_suggests_it_or_a_more_urgent_one_and_is_named(row):
    found = suggest(f"顾客说{row.keywords[0]}", POLICY)
    assert found.level <= row.level
    assert found.level_hits


def test_cl_06_the_most_urgent_level_wins():
    words = [
        row.keywords[0] for row in sorted(POLICY.levels, key=lambda r: r.level) if row.keywords
    ]
    for urgent, lesser in pairwise(words):
        both = suggest(f"{lesser}，{urgent}", POLICY)
        assert both.level == suggest(urgent, POLICY).level


def test_latin_letters_match_in_any_case():
    code = next(iter(POLICY.codes.values()))
    policy = replace(POLICY, codes={code.id: replace(code, keywords=("Bluetooth",))})
    found = suggest("我的BLUETOOTH耳机", policy)
    assert (found.code, found.code_hits) == (code.id, ("Bluetooth",))


#: A title that says nothing of the words asked about.
UNTOLD = {"zh_CN": "某类", "en": "Some kind"}


def test_of_two_codes_the_one_with_more_of_its_words_wins():
    one, two = list(POLICY.codes.values())[:2]
    codes = {
        one.id: replace(one, keywords=("包装",), title=UNTOLD),
        two.id: replace(two, keywords=("破损", "退款"), title=UNTOLD),
    }
    found = suggest("包装破损，要求退款", replace(POLICY, codes=codes, examples=()))
    assert (found.code, found.code_hits) == (two.id, ("破损", "退款"))


def test_a_denied_word_of_a_level_does_not_suggest_it():
    assert suggest("水壶炸了，有人受伤", POLICY).level == 1
    assert suggest("水壶坏了，没有人受伤", POLICY).level is None
    assert suggest("上次没有受伤，这次受伤了", POLICY).level == 1


def test_in_14_a_synonym_counts_as_its_term():
    found = suggest("牛奶的包装损毁", POLICY)
    assert (found.code, found.code_hits) == ("PQ-01", ("包装破损", "破损"))


def test_words_without_a_keyword_are_suggested_by_likeness_and_the_reason_stands_in_them():
    words = "入口的摄像头在采集我的脸"
    found = suggest(words, POLICY)
    assert (found.code, found.why) == ("RL-09", "likeness")
    assert found.code_hits
    assert all(piece in words for piece in found.code_hits)


def test_a_code_that_the_pack_took_out_is_never_suggested():
    words = "吃面条吃出一根头发"
    assert suggest(words, POLICY).code == "PQ-05"
    codes = {name: code for name, code in POLICY.codes.items() if name != "PQ-05"}
    assert suggest(words, replace(POLICY, codes=codes)).code != "PQ-05"


def test_words_of_any_length_and_kind_are_answered():
    for words in ("。！？", "1234567890", "hello world", "坏" * 5000, "\n\t ", "😀😀"):
        found = suggest(words, POLICY)
        assert found.code is None or found.code_hits
