"""Who may open which address of HQ: every route has a stated answer, for every role (AU-06)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, get_args

import httpx
import pytest
from sqlalchemy import Engine, func, select

from desktop.domain.outcomes import Role
from desktop.texts import Texts
from sync.hq import bootstrap, models
from sync.hq.people import LoggedIn, People
from sync.hq.rates import Rates
from tests.sync.conftest import UNBOUNDED, ServedHq
from tests.sync.hq_browser import PASSWORD, add_people
from tests.sync.hq_routes import addresses

ROLES: Final[tuple[Role, ...]] = get_args(Role)
EVERYBODY: Final = frozenset(ROLES)
NOT_CLERKS: Final = EVERYBODY - {"clerk"}
RETRYING: Final = NOT_CLERKS - {"legal"}
HEADS: Final = frozenset({"department_head", "regional_manager"})
WITH_LEGAL: Final = HEADS | {"legal"}
HEAD: Final = frozenset({"department_head"})
AUDITORS: Final = frozenset({"department_head", "legal"})

#: Served without a session: what the login page needs, machines by their own token, the login.
OPEN: Final = {
    ("GET", "/style.css"), ("GET", "/favicon.svg"), ("GET", "/fonts/{name}"),
    ("GET", "/lang/{lang}"), ("GET", "/login"), ("POST", "/login"),
    ("GET", "/health"), ("GET", "/healthz"), ("GET", "/metrics"),
    ("GET", "/openapi.json"), ("HEAD", "/openapi.json"),
}  # fmt: skip
#: A device's token opens these, no session does.
DEVICES: Final = {
    ("POST", "/v1/sync"), ("POST", "/v1/events"), ("POST", "/v1/enrol"), ("POST", "/v1/chain"),
    ("POST", "/v1/rechain"), ("HEAD", "/v1/attachments/{sha256}"),
    ("PUT", "/v1/attachments/{sha256}"), ("GET", "/v1/attachments/{sha256}"),
}  # fmt: skip
LOGOUT: Final = ("POST", "/logout")
#: Who may, in the whole of HQ.
MAY: Final[dict[tuple[str, str], frozenset[Role]]] = {
    LOGOUT: EVERYBODY,
    ("POST", "/logout/others"): EVERYBODY,
    ("GET", "/password"): EVERYBODY,
    ("POST", "/password"): EVERYBODY,
    ("GET", "/"): EVERYBODY,
    ("GET", "/approvals"): NOT_CLERKS,
    ("POST", "/approvals"): NOT_CLERKS,
    ("GET", "/attention"): NOT_CLERKS,
    ("POST", "/attention/retry"): RETRYING,
    ("POST", "/attention/clear"): HEADS,
    ("GET", "/outlook"): NOT_CLERKS,
    ("GET", "/outlook.xlsx"): NOT_CLERKS,
    ("GET", "/reconciliation"): WITH_LEGAL,
    ("GET", "/enrolment"): HEADS,
    ("POST", "/enrolment"): HEADS,
    ("POST", "/enrolment/revoke"): HEADS,
    ("POST", "/enrolment/withdraw"): HEADS,
    ("GET", "/envelopes"): HEADS,
    ("POST", "/envelopes/{act}"): HEADS,
    ("GET", "/policy"): WITH_LEGAL,
    ("POST", "/policy"): HEAD,
    ("GET", "/policy/{pack}"): WITH_LEGAL,
    ("POST", "/policy/{pack}/simulate"): WITH_LEGAL,
    ("POST", "/policy/{pack}/publish"): HEAD,
    ("POST", "/policy/{pack}/discard"): HEAD,
    ("GET", "/staff"): HEADS,
    ("POST", "/staff/{act}"): HEADS,
    ("GET", "/people"): HEAD,
    ("POST", "/people"): HEAD,
    ("POST", "/people/{act}"): HEAD,
    ("GET", "/audit"): AUDITORS,
    ("GET", "/verification"): AUDITORS,
    ("POST", "/verification"): AUDITORS,
}
#: What binds every store is for who has all of them.
WHOLE_SCOPE: Final = {
    ("POST", "/policy"), ("POST", "/policy/{pack}/publish"), ("POST", "/policy/{pack}/discard"),
    ("GET", "/people"), ("POST", "/people"), ("POST", "/people/{act}"),
    ("GET", "/audit"), ("GET", "/verification"), ("POST", "/verification"),
}  # fmt: skip
#: Everybody there can be at HQ.
PEOPLE: Final = (
    *((role, "") for role in ROLES),
    *((role, "region:苏南") for role in ROLES),
    ("department_head", "S0217"),
)
NOT_FOR: Final = tuple(Texts("zh_CN").get(f"hq.denied_{code}") for code in ("role", "head"))
DENIED_FORGED: Final = Texts("zh_CN").get("hq.denied_forged")


@pytest.fixture
def rates() -> Rates:
    return UNBOUNDED


@pytest.fixture
def asked(served: ServedHq) -> Iterator[httpx.Client]:
    """A browser that goes nowhere by itself."""
    with httpx.Client(base_url=served.url, trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture
def sessions(engine: Engine) -> dict[tuple[Role, str], LoggedIn]:
    """Everybody there can be at HQ, each with a session."""
    logins = {who: f"p{number}" for number, who in enumerate(PEOPLE)}
    add_people(engine, *((logins[who], "何丽", *who) for who in PEOPLE))
    people = People(engine, bootstrap.utc_now)
    found = {who: people.log_in(login, PASSWORD) for who, login in logins.items()}
    made = {who: done for who, done in found.items() if isinstance(done, LoggedIn)}
    assert len(made) == len(PEOPLE)
    return made


def stated() -> Iterator[tuple[str, str]]:
    yield from OPEN | DEVICES
    yield from MAY


def filled(path: str) -> str:
    return path.replace("{act}", "nothing").replace("{pack}", "K-none")


def hold(asked: httpx.Client, token: str) -> None:
    """Carry this session's cookie, or none."""
    asked.cookies.clear()
    if token:
        asked.cookies.set("amends_session", token)


def kept(engine: Engine) -> dict[str, int]:
    """How many rows every table of HQ has."""
    with engine.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in models.metadata.sorted_tables
        }


def test_every_route_has_a_stated_reader(served: ServedHq) -> None:
    """Whoever adds a route says here who may ask for it."""
    served = set(addresses(served.app.routes))
    assert served == set(stated())


def opens(role: Role, scope: str, address: tuple[str, str]) -> bool:
    return role in MAY[address] and (not scope or address not in WHOLE_SCOPE)


def test_every_role_opens_what_is_stated_and_nothing_else(
    asked: httpx.Client, sessions: dict[tuple[Role, str], LoggedIn], engine: Engine
) -> None:
    people = People(engine, bootstrap.utc_now)
    before = kept(engine)
    for expected in (False, True):
        for (role, scope), held in sessions.items():
            user = people.user(held.token)
            assert user is not None
            hold(asked, held.token)
            for address in MAY:
                if opens(role, scope, address) != expected or address == LOGOUT:
                    continue
                method, path = address
                form = {"csrf": user.csrf} if method == "POST" else None
                answer = asked.request(method, filled(path), data=form)
                where = (role, scope, *address)
                told = NOT_FOR[role in HEADS]
                assert (told in answer.text) != expected, where
                assert answer.headers.get("location") != "/login", where
                assert answer.status_code < 500 if expected else answer.status_code == 403, where
        if not expected:
            assert kept(engine) == before
    for held in sessions.values():
        user = people.user(held.token)
        assert user is not None
        hold(asked, held.token)
        assert asked.post("/logout", data={"csrf": user.csrf}).headers["location"] == "/login"
        assert people.user(held.token) is None


def test_nobody_without_a_session_gets_further_than_the_login(
    asked: httpx.Client, engine: Engine, sessions: dict[tuple[Role, str], LoggedIn]
) -> None:
    before = kept(engine)
    for cookie in ("", "made-up", "x" * 5000):
        hold(asked, cookie)
        for method, path in MAY:
            answer = asked.request(method, filled(path), data={"csrf": ""})
            assert (answer.status_code, answer.headers["location"]) == (303, "/login"), path
            assert answer.content == b""
    assert kept(engine) == before


def test_the_token_of_another_persons_forms_sends_none(
    asked: httpx.Client, engine: Engine, sessions: dict[tuple[Role, str], LoggedIn]
) -> None:
    people = People(engine, bootstrap.utc_now)
    own, other = sessions["department_head", ""], sessions["regional_manager", ""]
    user = people.user(other.token)
    assert user is not None
    hold(asked, own.token)
    before = kept(engine)
    for method, path in MAY:
        if method == "GET":
            continue
        for csrf in (user.csrf, own.token, other.token):
            answer = asked.request(method, filled(path), data={"csrf": csrf})
            assert answer.status_code == 403, path
            assert DENIED_FORGED in answer.text, path
    assert kept(engine) == before


def test_who_must_choose_a_password_opens_nothing_else(asked: httpx.Client, engine: Engine) -> None:
    people = People(engine, bootstrap.utc_now)
    people.save("neu", "新人", "department_head", PASSWORD, must_change=True)
    held = people.log_in("neu", PASSWORD)
    assert isinstance(held, LoggedIn)
    user = people.user(held.token)
    assert user is not None
    hold(asked, held.token)
    for method, path in MAY:
        if path in ("/password", "/logout"):
            continue
        answer = asked.request(method, filled(path), data={"csrf": user.csrf})
        assert (answer.status_code, answer.headers["location"]) == (303, "/password"), path
