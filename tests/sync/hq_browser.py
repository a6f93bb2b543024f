"""A person at HQ's pages: logs in, follows links, sends forms with what the page hides in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from argon2 import PasswordHasher
from sqlalchemy import Engine

from sync.hq import bootstrap
from sync.hq.people import People

PASSWORD = "correct horse battery"


def add_people(engine: Engine, *people: tuple[str, str, str, str]) -> dict[str, str]:
    """Add (login, name, role, scope) with PASSWORD; return ids by login."""
    found = People(engine, bootstrap.utc_now, PasswordHasher(time_cost=1, memory_cost=1024))
    return {
        login: found.save(login, name, role, PASSWORD, scope) for login, name, role, scope in people
    }


class Browser:
    """One logged-in session."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.page = ""

    def get(self, path: str) -> httpx.Response:
        answer = self.client.get(path)
        self.page = answer.text
        return answer

    def post(self, path: str, **form: str) -> httpx.Response:
        """Send a form with the page's CSRF token."""
        csrf = form.pop("csrf", None)
        return self.client.post(path, data={"csrf": self.csrf if csrf is None else csrf, **form})

    def upload(self, path: str, name: str, content: bytes) -> httpx.Response:
        return self.client.post(path, data={"csrf": self.csrf}, files={name: ("pack.zip", content)})

    @property
    def csrf(self) -> str:
        if 'name="csrf"' not in self.page:
            self.get("/")
        return hidden(self.page, "csrf")


def hidden(page: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]*)"', page)
    assert found, page
    return found[1]


@contextmanager
def browsing(url: str, login: str) -> Iterator[Browser]:
    """A browser in which this person has logged in."""
    with httpx.Client(base_url=url, follow_redirects=True, trust_env=False, timeout=60) as client:
        done = client.post("/login", data={"login": login, "password": PASSWORD})
        assert done.status_code == 200, done.text
        browser = Browser(client)
        browser.page = done.text
        yield browser
