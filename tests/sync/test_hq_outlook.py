"""HQ's forecast and quality index: from its own rows and events, within a person's scope."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from desktop.domain.analytics.forecasting import Forecast, TooLittle
from desktop.domain.events import Draft
from desktop.policy.loading import load_policy
from sync.hq import bootstrap, outlook, projection
from sync.hq.exchange import Exchange
from sync.hq.models import store, ticket_row
from sync.hq.packs import HqPolicies
from sync.hq.people import User
from tests.sync.conftest import ServedHq
from tests.sync.devices import AT, WireDevice, opened
from tests.sync.hq_browser import add_people, browsing

#: Noon of a Sunday in Shanghai.
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def user(scope: str) -> User:
    return User("p", "heli", "何丽", "regional_manager", "csrf", scope)


def fill(engine: Engine, name: str, region: str, weeks: int, a_day: int) -> None:
    """Give a store rows of past complaints, twice as many on Saturdays."""
    rows: list[dict[str, Any]] = []
    for day in range(1, weeks * 7 + 1):
        at = NOW - timedelta(days=day)
        count = a_day * (2 if at.weekday() == 5 else 1)
        rows += [
            {
                "store": name, "stream": f"{name}-{day}-{n}", "number": f"{name}-{day}-{n}",
                "closed": False, "level": 3, "code": "PQ-01", "opened_at": at, "updated_at": at,
                "events": 1, "pending": 0, "anomalies": [], "conflicts": [],
            }
            for n in range(count)
        ]  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(store).values(id=name, name=name, region=region, created_at=NOW))
        connection.execute(insert(ticket_row), rows)


def test_the_weeks_ahead_are_those_of_the_stores_in_scope(engine: Engine) -> None:
    """AN-10: counted by the day of the store, today left out; another region's are not counted."""
    fill(engine, "S0217", "苏南", 30, 3)
    fill(engine, "S0900", "华南", 10, 5)
    with engine.connect() as connection:
        own = outlook.expected(connection, user("region:苏南"), NOW)
        other = outlook.expected(connection, user("region:华南"), NOW)
        every = outlook.expected(connection, user(""), NOW)
    assert isinstance(own, Forecast)
    assert own.past == (3 * 6 + 6,) * 30
    assert own.weeks == (24,) * 4
    assert own.until.isoformat() == "2026-11-22"
    assert isinstance(other, TooLittle)
    assert (other.weeks, other.cases) == (10, 10 * 40)
    assert isinstance(every, Forecast)
    assert every.past[-1] == 24 + 40


def test_the_page_and_the_workbook_show_the_forecast_with_its_back_test(
    served: ServedHq, engine: Engine
) -> None:
    """AN-10."""
    add_people(engine, ("heli", "何丽", "regional_manager", ""))
    fill(engine, "S0217", "苏南", 30, 3)
    with browsing(served.url, "heli") as browser:
        shown = browser.get("/outlook").text
        book = browser.get("/outlook.xlsx")
    assert "MASE" in shown
    assert "<svg" in shown
    assert book.status_code == 200
    with zipfile.ZipFile(io.BytesIO(book.content)) as parts:
        assert any(b"MASE" in parts.read(name) for name in parts.namelist())


@pytest.fixture
def closed_cases(engine: Engine, served: ServedHq) -> None:
    """Four closed complaints: three with words, one of which says all that is asked for."""
    device = WireDevice(Exchange(engine, served.key, bootstrap.utc_now))
    device.enrol("S0217", name="无锡滨湖店", region="苏南")
    said = ("非常抱歉，明天 18:00 前给您答复", "知道了", "抱歉", "")
    for number, words in enumerate(said):
        stream = f"t-{number}"
        device.write(stream, opened(f"S0217-A-1121-00{number}"))
        if words:
            contact = {"reached": True, "purpose": "first_response", "channel": "phone"}
            device.write(stream, Draft("customer.contacted", contact, {"note": words}))
        device.write(stream, Draft("ticket.closed", {}, {}))
    device.sync()
    projection.drain(engine, bootstrap.utc_now())


def test_the_index_is_that_of_the_words_of_closed_complaints(
    engine: Engine, served: ServedHq, closed_cases: None
) -> None:
    """AN-13: one of three lacks an apology, two a date; the one without words is not checked."""
    policies = HqPolicies(engine, load_policy(), lambda: NOW)
    with engine.connect() as connection:
        found = outlook.quality(connection, user(""), policies, AT + timedelta(days=1))
        later = outlook.quality(connection, user(""), policies, AT + timedelta(days=60))
        elsewhere = outlook.quality(connection, user("region:华南"), policies, AT)
    assert (found.of, found.n) == (4, 3)
    assert dict(found.failed) == {"over_promise": 0, "no_apology": 1, "no_next_date": 2}
    assert (found.passed, found.asked, found.value) == (6, 9, "66.7")
    assert list(found.days.values()) == [(3, 6)]
    assert (later.n, elsewhere.of) == (0, 0)
