"""The real built-in policy pack and one computer at which a clerk opened a complaint."""

import pytest

from desktop.domain.policy import Policy
from desktop.policy import load_policy
from tests.domain.history import CLERK, Pc, context, opening


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_policy()


@pytest.fixture
def pc(policy: Policy) -> Pc:
    """A computer with one open complaint."""
    computer = Pc("A", policy)
    computer.act(opening(), CLERK)
    return computer


@pytest.fixture
def ask(policy: Policy):
    """Build a context as a role, for rules called without a computer."""
    return lambda role="clerk", person="P-li", **more: context(policy, role, person, **more)
