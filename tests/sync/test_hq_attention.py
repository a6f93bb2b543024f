"""What a person at HQ should look at: nothing hidden behind the rest, all of it can be settled."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from desktop.domain.operations.open_ticket import PERSONAL_FIELDS, PLAIN_FIELDS
from desktop.texts import LANGS, Texts
from sync.hq import attention, bootstrap, retrying
from sync.hq.models import incident, quarantine, store, stream
from tests.sync.conftest import ServedHq
from tests.sync.hq_browser import Browser, add_people, browsing

MANY = attention.SHOWN + 20


@pytest.fixture
def head(served: ServedHq, engine: Engine) -> Iterator[Browser]:
    add_people(
        engine,
        ("wangfang", "王芳", "department_head", ""),
        ("chen", "陈立", "supervisor", "S0217"),
        ("heli", "何丽", "regional_manager", "region:华南"),
    )
    with engine.begin() as connection:
        known = {"id": "S0217", "name": "无锡滨湖店", "region": "苏南"}
        connection.execute(store.insert().values(**known, created_at=bootstrap.utc_now()))
    with browsing(served.url, "wangfang") as browser:
        yield browser


def rows(engine: Engine, first: str, marks: str) -> None:
    """Rows of MANY complaints, the newest last; `marks` are anomalies and conflicts as SQL."""
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO ticket_row (store, stream, number, closed, level, code, updated_at,"
                f" events, pending, anomalies, conflicts) SELECT 'S0217', '{first}' || n,"
                f" '{first}' || n, false, 3, '', now() + n * interval '1 s', 1, 0, {marks}"
                f" FROM generate_series(1, {MANY}) AS n"
            )
        )


def test_a_conflict_is_found_behind_any_number_of_newer_anomalies(
    head: Browser, engine: Engine
) -> None:
    rows(engine, "old-", """'[]', CASE WHEN n = 1 THEN '["level"]'::jsonb ELSE '[]' END""")
    rows(engine, "new-", """'[{"code": "over_authority"}]', '[]'""")
    page = head.get("/attention").text
    assert f"<b>{MANY + 1}</b>" in page  # every one is counted
    conflict = head.get("/attention?kind=conflict").text
    assert "old-1<" in conflict
    assert "“级别”" in conflict
    assert "无锡滨湖店" in conflict
    anomalies = head.get("/attention?kind=anomaly").text
    assert anomalies.count("<tr>") == attention.SHOWN + 1
    assert f"最新的 {attention.SHOWN} 条，共 {MANY} 条" in anomalies
    assert f"new-{MANY}<" in anomalies


def noted(engine: Engine) -> None:
    told = {"scope": "S0217", "chain": "c-S0217", "code": "copy", "detail": "c-S0217:7"}
    with engine.begin() as connection:
        connection.execute(incident.insert().values(at=bootstrap.utc_now(), **told))


def test_an_incident_stays_until_somebody_looked_into_it_and_is_on_the_record(
    head: Browser, served: ServedHq, engine: Engine
) -> None:
    noted(engine)
    found = re.search(r'name="incident" value="(\d+)"', head.get("/attention").text)
    assert found
    with browsing(served.url, "chen") as other:
        assert 'name="incident"' not in other.get("/attention").text
        assert other.post("/attention/clear", incident=found[1]).status_code == 403
    with browsing(served.url, "heli") as elsewhere:
        assert "c-S0217" not in elsewhere.post("/attention/clear", incident=found[1]).text
    for odd in ("", "x", "-1", "²", "9" * 40):
        assert head.post("/attention/clear", incident=odd).status_code == 200
    assert "c-S0217:7" in head.get("/attention").text
    assert "c-S0217:7" not in head.post("/attention/clear", incident=found[1]).text
    record = head.get("/audit?what=incident_cleared").text
    assert "移除已查明的情况" in record
    assert "c-S0217:7" in record
    # And what happens again is told again
    noted(engine)
    assert "c-S0217:7" in head.get("/attention").text


def test_trying_again_comes_to_every_complaint(head: Browser, engine: Engine) -> None:
    with engine.begin() as connection:
        kept = [
            {"stream": f"t-{n:04}", "store": "S0217", "reason": "old", "since": bootstrap.utc_now()}
            for n in range(retrying.AT_ONCE + 5)
        ]
        connection.execute(quarantine.insert(), kept)
        names = [{"id": aside["stream"], "store": "S0217"} for aside in kept]
        connection.execute(stream.insert(), names)
    assert "都恢复了" in head.post("/attention/retry").text
    with engine.connect() as connection:
        assert connection.execute(quarantine.select()).first() is None


@pytest.mark.parametrize(
    "form",
    [
        {"scope": "S0218", "region": "苏 南"},
        {"scope": "S0218", "region": "x" * 65},
        {"scope": "S0218", "name": "店" * 101},
    ],
)
def test_a_store_is_not_put_where_no_regional_pc_can_join(
    head: Browser, engine: Engine, form: dict[str, str]
) -> None:
    refused = head.post("/enrolment", **form)
    assert refused.status_code == 400
    assert "最长 64 个字" in refused.text
    with engine.connect() as connection:
        assert connection.execute(store.select().where(store.c.id == "S0218")).first() is None


def test_how_many_wait_for_an_approver_is_told_when_not_all_are_listed(
    head: Browser, engine: Engine
) -> None:
    assert "笔待批" not in head.get("/approvals").text
    rows(engine, "t-", "'[]', '[]'")
    with engine.begin() as connection:
        connection.execute(text("UPDATE ticket_row SET pending = 1"))
    assert f"共有 {MANY} 笔待批" in head.get("/approvals").text


def test_every_field_of_a_complaint_has_a_name_for_people() -> None:
    """Two that were set apart are told by the field's name, at HQ and at the desk."""
    written = {"code", "level", "owner", "solution", "complexity", "signed_how", "anonymous"}
    for lang in LANGS:
        texts = Texts(lang)
        fields = PLAIN_FIELDS | PERSONAL_FIELDS | written
        assert sorted(f for f in fields if not texts.has(f"field.{f}")) == []
