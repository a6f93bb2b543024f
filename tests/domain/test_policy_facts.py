"""The facts that conditions may name are the facts that a ticket gives."""

from __future__ import annotations

from desktop.domain import facts
from desktop.domain.policy import FACTS
from tests.domain.history import Pc


def test_a_ticket_gives_every_fact_with_its_type(pc: Pc, ask) -> None:
    given = facts.of_ticket(pc.state, ask())
    assert set(given) == set(FACTS)
    assert {name: type(value) for name, value in given.items()} == dict(FACTS)
