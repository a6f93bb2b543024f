"""Every backend of the storage ports; a new one is added here and must pass the same tests."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.domain.policy import Policy
from desktop.policy import load_policy

sys.path.insert(0, str(Path(__file__).parents[1] / "storage"))
from tests.storage.store_kit import Shop

BACKENDS: dict[str, Callable[[Path, Policy], Shop]] = {
    "sqlcipher": lambda folder, policy: Shop(folder / "data", policy),
}


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_policy()


@pytest.fixture(params=BACKENDS)
def shop(
    request: pytest.FixtureRequest, tmp_path: Path, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shop]:
    monkeypatch.setenv("AMENDS_KEYRING", "off")
    opened = BACKENDS[request.param](tmp_path, policy)
    yield opened
    opened.store.close()
