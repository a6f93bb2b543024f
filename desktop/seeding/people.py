"""The people of a seeded store, one for each role; invented."""

from __future__ import annotations

from typing import Final

from desktop.domain.outcomes import Actor, Refusal, Role
from desktop.services.people import Staff
from desktop.services.ports import Person

#: Shown on the login screen of a seeded store; a real store chooses its own.
DEMO_PASSWORD: Final = "amends-demo"  # noqa: S105 - printed on the screen of the example store
_CREW: Final[tuple[tuple[str, str, Role], ...]] = (
    ("zhou", "周岩", "supervisor"),
    ("lin", "林晓", "clerk"),
    ("chen", "陈思远", "clerk"),
    ("he", "何丽", "regional_manager"),
    ("shen", "沈涛", "department_head"),
)


class SeedRefused(Exception):
    """The folder cannot be seeded; the message says why."""


def make_crew(staff: Staff) -> dict[Role, list[Actor]]:
    """Create the people where there are none; return who may act, by role."""
    if staff.needs_owner():
        login, name, role = _CREW[0]
        _sure(staff.create_owner(login, name, DEMO_PASSWORD, role))
    owner = next(p for p in staff.all() if p.role != "clerk")
    known = {person.login for person in staff.all()}
    for login, name, role in _CREW:
        if login not in known:
            _sure(staff.add(login, name, role, DEMO_PASSWORD, Actor(owner.id, owner.role)))
    actors: dict[Role, list[Actor]] = {}
    for person in staff.all():
        actors.setdefault(person.role, []).append(Actor(person.id, person.role))
    return actors


def _sure(outcome: Person | Refusal) -> None:
    if isinstance(outcome, Refusal):
        raise RuntimeError(f"a seeded person was refused: {outcome.code}")
