"""A store on the real built-in policy pack, its key in a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.domain.policy import Policy
from desktop.policy import load_policy
from tests.storage.store_kit import Shop


@pytest.fixture(autouse=True, scope="session")
def _no_keyring() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AMENDS_KEYRING", "off")
        yield


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_policy()


@pytest.fixture
def shop(tmp_path: Path, policy: Policy) -> Iterator[Shop]:
    opened = Shop(tmp_path / "data", policy)
    yield opened
    opened.store.close()


@pytest.fixture
def other_shop(tmp_path: Path, policy: Policy) -> Iterator[Shop]:
    opened = Shop(tmp_path / "other", policy)
    yield opened
    opened.store.close()
