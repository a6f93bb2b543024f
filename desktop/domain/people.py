"""The event that makes a person known (人员): written at a store or at HQ, read by both."""

from __future__ import annotations

from typing import Final

from desktop.domain.events import Draft

PERSON_ADDED: Final = "person.added"


def person_added(login: str, name: str, role: str) -> Draft:
    """Return the event for the person's own stream; the name is a personal value."""
    return Draft(PERSON_ADDED, {"login": login, "role": role}, {"name": name})


PERSON_CHANGED: Final = "person.changed"


def person_changed(what: str, role: str, *, active: bool) -> Draft:
    """Return the event for the person's own stream: role, active or password was changed.

    Of a password only that it changed is written.
    """
    return Draft(PERSON_CHANGED, {"what": what, "role": role, "active": active})


PERSON_ORDERED: Final = "person.ordered"


def person_ordered(
    what: str, login: str, role: str, *, active: bool, name: str = "", password_hash: str = ""
) -> Draft:
    """Return headquarters' order about an account: `add`, `role`, `active` or `password`.

    The store's PCs carry it out; a password travels as its argon2id hash only.
    """
    beside = {"name": name, "password_hash": password_hash}
    return Draft(
        PERSON_ORDERED,
        {"what": what, "login": login, "role": role, "active": active},
        {field: text for field, text in beside.items() if text},
    )
