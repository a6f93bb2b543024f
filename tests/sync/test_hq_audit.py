"""AU-01, AU-03, AU-06: what was done at HQ, by whom, when: looked for and paged through."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from sync.hq import acts
from sync.hq.acts import Wanted
from tests.sync.conftest import ServedHq
from tests.sync.hq_browser import Browser, add_people, browsing

#: 2026-11-20 23:30 at the stores.
EVENING = datetime.fromisoformat("2026-11-20T15:30:00+00:00")


@pytest.fixture
def people(engine: Engine) -> dict[str, str]:
    """Two heads, and what each did on two days."""
    ids = add_people(
        engine,
        ("wangfang", "王芳", "department_head", ""),
        ("luo", "罗薇", "department_head", ""),
    )
    with engine.begin() as connection:
        for number in range(130):
            at = EVENING + timedelta(seconds=number * 30)
            who = ids["luo" if number % 2 else "wangfang"]
            acts.record(connection, who, "code_issued", at, store=f"S{number:04d}")
        acts.record(connection, acts.OPERATOR, "device_revoked", EVENING, device="D1")
    return ids


def shown(browser: Browser, query: str) -> str:
    answer = browser.get(f"/audit?{query}")
    assert answer.status_code == 200
    return answer.text


def test_acts_are_found_by_person_kind_and_day(
    served: ServedHq, people: dict[str, str], engine: Engine
) -> None:
    with browsing(served.url, "wangfang") as browser:
        hers = shown(browser, f"who={people['luo']}&what=code_issued")
        assert hers.count("<tr>") == 66
        assert "S0001" in hers
        assert "S0002" not in hers
        line = shown(browser, f"who={acts.OPERATOR}")
        assert "D1" in line
        assert "S0001" not in line
        # Days are the stores': half past eleven in the evening is still the 20th
        day = shown(browser, "what=code_issued&since=2026-11-20&until=2026-11-20")
        assert day.count("<tr>") == 61
        assert "S0060" not in day
        assert "没有符合条件" in shown(browser, "since=2030-01-01")
    with engine.connect() as connection:
        assert len(acts.newest(connection, 500, wanted=Wanted(what="logged_in"))) == 1


def test_pages_follow_each_other_under_the_same_filter(
    served: ServedHq, people: dict[str, str]
) -> None:
    with browsing(served.url, "wangfang") as browser:
        first = shown(browser, "what=code_issued")
        assert first.count("<tr>") == 101
        assert "更早的记录" in first
        place = first.split('href="/audit?what=code_issued&amp;before=')[1].split('"')[0]
        second = shown(browser, f"what=code_issued&before={place}")
        assert second.count("<tr>") == 31
        assert "S0000" in second
        assert "更早的记录" not in second
        assert "最新的记录" in second


@pytest.mark.parametrize(
    "query",
    ["before=x", "before=2026-01-01T00:00:00|hq|1", "since=9999-12-31", "until=0001-01-01",
     "before=2026-01-01T00:00:00%2B00:00|hq|99999999999999999999", "who=%22&what=no"],
)  # fmt: skip
def test_what_cannot_be_asked_for_is_answered_all_the_same(
    served: ServedHq, people: dict[str, str], query: str
) -> None:
    with browsing(served.url, "wangfang") as browser:
        shown(browser, query)


@pytest.mark.parametrize("query", ["before=2026-01-01T00:00:00|h%00q|1", "who=%00%22&what=no"])
def test_a_zero_byte_names_no_page(served: ServedHq, people: dict[str, str], query: str) -> None:
    with browsing(served.url, "wangfang") as browser:
        assert browser.get(f"/audit?{query}").status_code == 404


def test_an_altered_record_does_not_hide_the_others(
    served: ServedHq, people: dict[str, str], engine: Engine
) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE event SET core = '\\xff00' WHERE chain = 'hq' AND seq = 3"))
    with browsing(served.url, "wangfang") as browser:
        assert shown(browser, f"who={people['luo']}&what=code_issued").count("<tr>") == 66
        assert "无法读取" in shown(browser, "since=2026-11-20&until=2026-11-20")
