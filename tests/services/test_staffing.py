"""Accounts are cared for by a second person with the right; all of it is journalled (AU-03)."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.bootstrap import open_desk
from desktop.domain.outcomes import Refusal
from desktop.services.desk import Desk
from desktop.services.desk_settings import checked_hours
from desktop.services.exchange_ports import Enrolment
from desktop.services.ports import Person

PASSWORD = "counter-desk-1"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = open_desk(tmp_path / "store")
    desk.set_up("S0217", "无锡滨湖店", "0510", "he", "何丽", PASSWORD)
    desk.log_in("he", PASSWORD)
    desk.add_person("lin", "林晓", "clerk", PASSWORD)
    return desk


def person(desk: Desk, login: str) -> Person:
    return next(person for person in desk.people() if person.login == login)


def code(outcome: object) -> str:
    assert isinstance(outcome, Refusal)
    return outcome.code


def test_a_forgotten_password_is_reset_offline_by_a_second_person(desk: Desk) -> None:
    lin = person(desk, "lin")
    assert code(desk.reset_password(lin.id, "short")) == "password_short"
    assert desk.reset_password(lin.id, "another-word-2") == lin
    assert code(desk.log_in("lin", PASSWORD)) == "wrong_password"
    assert desk.log_in("lin", "another-word-2") == lin
    written = [(e.kind, e.actor) for e in desk.use_cases.journal.events(lin.id)]
    assert written[-1] == ("person.changed", person(desk, "he").id)
    assert "another-word-2" not in str(desk.use_cases.journal.events(lin.id))


def test_whoever_knows_their_password_gives_themselves_another(desk: Desk) -> None:
    """AU-03: a first password that somebody else chose need not stay; the change is journalled."""
    lin = person(desk, "lin")
    assert desk.log_in("lin", PASSWORD) == lin
    assert code(desk.change_password("not this", "my-own-word-3")) == "password_now_wrong"
    assert code(desk.change_password(PASSWORD, "short")) == "password_short"
    assert desk.change_password(PASSWORD, "my-own-word-3") == lin
    assert code(desk.log_in("lin", PASSWORD)) == "wrong_password"
    assert desk.log_in("lin", "my-own-word-3") == lin
    written = [(e.kind, e.actor) for e in desk.use_cases.journal.events(lin.id)]
    assert written[-1] == ("person.changed", lin.id)


def test_a_clerk_changes_nobody_and_nobody_changes_themselves(desk: Desk) -> None:
    he, lin = person(desk, "he"), person(desk, "lin")
    assert code(desk.set_role(he.id, "clerk")) == "second_person"
    assert code(desk.reset_password(he.id, "another-word-2")) == "second_person"
    desk.log_in("lin", PASSWORD)
    assert code(desk.set_active(he.id, False)) == "people_need_manager"
    assert code(desk.set_role(lin.id, "supervisor")) == "people_need_manager"
    assert code(desk.set_store("别的店", "")) == "settings_need_manager"


def test_a_disabled_person_cannot_log_in_until_enabled(desk: Desk) -> None:
    lin = person(desk, "lin")
    desk.set_active(lin.id, False)
    assert code(desk.log_in("lin", PASSWORD)) == "wrong_password"
    desk.log_in("he", PASSWORD)
    desk.set_active(lin.id, True)
    assert isinstance(desk.log_in("lin", PASSWORD), Person)


def test_somebody_who_can_manage_people_always_remains(desk: Desk) -> None:
    he, lin = person(desk, "he"), person(desk, "lin")
    desk.set_role(lin.id, "supervisor")
    desk.log_in("lin", PASSWORD)
    desk.set_active(he.id, False)
    assert person(desk, "he").active is False
    assert code(desk.set_active("nobody", False)) == "no_such_person"


def test_hours_are_times_in_order(desk: Desk) -> None:
    assert checked_hours({"mon": ("09:00", "21:00")}) is None
    assert code(desk.set_hours({"mon": ("9 Uhr", "21:00")})) == "hours_form"
    assert code(desk.set_hours({"mon": ("21:00", "09:00")})) == "hours_order"
    assert desk.set_hours({"mon": ("08:30", "22:00")}) is None
    assert desk.store.hours == {"mon": ("08:30", "22:00")}


def test_once_joined_nobody_gives_a_role_above_their_own(desk: Desk) -> None:
    """AS-06: a store of its own gives every role; a joined one asks HQ for those above."""
    assert isinstance(desk.add_person("gu", "顾峰", "department_head", PASSWORD), Person)
    desk.use_cases.sync.save_enrolment(
        Enrolment("http://127.0.0.1:1", "S0217", "无锡滨湖店", "D1", "token", bytes(32))
    )
    lin, head = person(desk, "lin"), person(desk, "gu")
    assert code(desk.set_role(lin.id, "regional_manager")) == "role_above"
    assert code(desk.set_role(lin.id, "legal")) == "role_above"
    assert code(desk.reset_password(head.id, "another-word-2")) == "role_above"
    assert code(desk.set_active(head.id, False)) == "role_above"
    assert code(desk.add_person("qian", "钱多", "department_head", PASSWORD)) == "role_above"
    assert isinstance(desk.set_role(lin.id, "supervisor"), Person)
    assert isinstance(desk.add_person("sun", "孙宁", "supervisor", PASSWORD), Person)
    desk.log_in("gu", PASSWORD)
    assert isinstance(desk.set_role(lin.id, "legal"), Person)
