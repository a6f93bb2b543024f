"""Knowledge articles travel in the pack: checked with it, signed with it, the same on arrival."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desktop.policy.loading import built_in_folder, load_policy
from desktop.policy.problems import PolicyError
from desktop.policy.reading import read_folder
from desktop.policy.signing import SignedPack, open_pack, sign_pack


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "pack"
    shutil.copytree(built_in_folder(), folder)
    return folder


def test_a_signed_pack_carries_its_articles(pack: Path) -> None:
    """KB-02."""
    key = Ed25519PrivateKey.generate()
    archive = sign_pack(read_folder(pack), load_policy(pack), key)
    opened = open_pack(archive, key.public_key().public_bytes_raw())
    assert isinstance(opened, SignedPack)
    assert opened.policy.articles == load_policy().articles
    assert len(opened.policy.articles) >= 15


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("id: first-three-minutes", "id: seven-days-in-store", "duplicate id"),
        ("codes: [RL-01]", "codes: [RL-77]", "there is no code 'RL-77'"),
        ("since: 2026-11-01", "since: 2026-11-01\n    until: 2026-10-01", "is before since"),
        ("kind: norm", "kind: rumour", "kind"),
    ],
)
def test_a_mistake_is_named_by_file_and_line(
    pack: Path, before: str, after: str, said: str
) -> None:
    file = pack / "knowledge" / "service.yaml"
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(PolicyError) as raised:
        load_policy(pack)
    (problem,) = raised.value.problems
    assert problem.file == "knowledge/service.yaml"
    assert problem.line > 1
    assert said in problem.message
