"""The database key: in the keyring where there is one, else in a file only its owner reads."""

import stat
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from desktop.storage.faults import KeyMissing
from desktop.storage.keys import KeyPlace, load_key

ON = {"AMENDS_KEYRING": "on"}
OFF = {"AMENDS_KEYRING": "off"}


class MemoryKeyring(KeyringBackend):
    """A keyring as a desktop has it, without a desktop."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked("locked")
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise KeyringLocked("locked")
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError


@pytest.fixture
def ring() -> MemoryKeyring:
    backend, kept = MemoryKeyring(), keyring.get_keyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(kept)


def test_without_a_keyring_the_key_is_a_file_of_its_owner(tmp_path: Path) -> None:
    made = load_key(tmp_path, new=True, environment=OFF)
    again = load_key(tmp_path, new=False, environment=OFF)
    assert made == again
    assert made.place is KeyPlace.FILE
    assert len(made.secret) == 32
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert made.secret.hex() not in repr(made)


def test_with_a_keyring_no_key_lies_in_the_folder(tmp_path: Path, ring: MemoryKeyring) -> None:
    made = load_key(tmp_path, new=True, environment=ON)
    assert made.place is KeyPlace.KEYRING
    assert load_key(tmp_path, new=False, environment=ON) == made
    assert list(ring.entries.values()) == [made.secret.hex()]
    assert made.secret.hex() not in "".join(p.read_text() for p in tmp_path.iterdir())


def test_a_headless_linux_never_asks_a_keyring(
    tmp_path: Path, ring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.system", lambda: "Linux")
    assert load_key(tmp_path, new=True, environment={}).place is KeyPlace.FILE
    assert ring.entries == {}


def test_a_locked_keyring_falls_back_to_a_file_for_new_data(
    tmp_path: Path, ring: MemoryKeyring
) -> None:
    ring.locked = True
    assert load_key(tmp_path, new=True, environment=ON).place is KeyPlace.FILE


def test_a_key_that_is_out_of_reach_says_where_it_is(tmp_path: Path, ring: MemoryKeyring) -> None:
    load_key(tmp_path, new=True, environment=ON)
    with pytest.raises(KeyMissing, match="AMENDS_KEYRING=on"):
        load_key(tmp_path, new=False, environment=OFF)
    ring.locked = True
    with pytest.raises(KeyMissing, match="unlock the keyring"):
        load_key(tmp_path, new=False, environment=ON)
    ring.locked = False
    ring.entries.clear()
    with pytest.raises(KeyMissing, match="the entry is gone"):
        load_key(tmp_path, new=False, environment=ON)
