"""Accounts on the real store: first owner, more people, logging in, waiting after wrong words."""

import pytest

from desktop.domain.outcomes import Actor, Refusal
from desktop.services.people import FREE_TRIES, WAIT
from desktop.services.ports import Person
from tests.services.desk_kit import PASSWORD


def test_the_first_owner_is_made_once(desk):
    staff = desk.use_cases.staff
    assert not staff.needs_owner()
    assert staff.create_owner("li", "李静", PASSWORD, "supervisor") == Refusal("owner_exists")


def test_a_person_added_by_the_supervisor_logs_in_and_is_known_by_name(desk):
    added = desk.add_person(" Li ", " 李静 ", "clerk", PASSWORD)
    assert isinstance(added, Person)
    assert (added.login, added.name, added.role) == ("li", "李静", "clerk")
    assert desk.log_in("LI ", PASSWORD) == added
    assert desk.person == added
    assert desk.use_cases.directory.names()[added.id] == "李静"


def test_a_new_person_is_an_event_whose_name_is_a_personal_value(desk):
    added = desk.add_person("li", "李静", "clerk", PASSWORD)
    (event,) = desk.use_cases.journal.events(added.id)
    assert event.kind == "person.added"
    assert event.actor == desk.person.id
    assert "李静" not in str(event.data)
    assert PASSWORD not in str(event)


def test_a_clerk_adds_nobody(desk):
    by = Actor("P-li", "clerk")
    refusal = desk.use_cases.staff.add("zhao", "赵强", "clerk", PASSWORD, by)
    assert refusal == Refusal("people_need_manager")
    assert len(desk.people()) == 1


@pytest.mark.parametrize(
    ("login", "name", "password", "code"),
    [
        ("", "李静", PASSWORD, "name_missing"),
        ("li", "  ", PASSWORD, "name_missing"),
        ("li", "李静", PASSWORD[:-1], "password_short"),
        ("WANG", "王五", PASSWORD, "login_taken"),
    ],
)
def test_what_cannot_be_an_account_is_refused_and_leaves_nothing(desk, login, name, password, code):
    assert desk.add_person(login, name, "clerk", password).code == code
    assert len(desk.people()) == 1


def test_an_unknown_login_and_a_wrong_word_look_the_same(desk):
    assert desk.log_in("wang", "falsch-falsch") == desk.log_in("nobody", PASSWORD)
    assert desk.log_in("wang", "").code == "wrong_password"


def test_a_failed_login_leaves_who_was_there(desk):
    before = desk.person
    desk.log_in("wang", "falsch-falsch")
    assert desk.person == before


def test_after_five_wrong_words_the_login_waits_a_minute(desk, clock):
    for _ in range(FREE_TRIES):
        assert desk.log_in("wang", "falsch-falsch").code == "wrong_password"
    waits = desk.log_in("wang", PASSWORD)
    assert (waits.code, 0 < waits.values["seconds"] <= WAIT.seconds + 1) == ("login_waits", True)
    clock.wait(seconds=WAIT.seconds)
    assert isinstance(desk.log_in("wang", PASSWORD), Person)


def test_a_right_word_forgets_the_wrong_ones(desk):
    for _ in range(FREE_TRIES - 1):
        desk.log_in("wang", "falsch-falsch")
    desk.log_in("wang", PASSWORD)
    assert desk.log_in("wang", "falsch-falsch").code == "wrong_password"
    assert isinstance(desk.log_in("wang", PASSWORD), Person)
