"""`amends verify` on real data: green, then red with the first bad event named."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from desktop.commands.verify import verify
from desktop.domain.operations.add_comment import AddComment
from desktop.services.ports import StorageFault
from desktop.texts import LANGS
from tests.storage.store_kit import Shop


@pytest.fixture
def commented(shop: Shop) -> Shop:
    shop.complain("t")
    shop.act("t", AddComment("第一次"))
    shop.act("t", AddComment("第二次"))
    return shop


def run(folder: Path, *options: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(verify, ["--data", str(folder), *options])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("lang", LANGS)
def test_good_data_is_called_good(commented: Shop, lang: str) -> None:
    code, out, err = run(commented.folder, "--lang", lang)
    assert (code, err) == (0, "")
    assert "3" in out


@pytest.mark.parametrize("lang", LANGS)
def test_an_altered_value_is_named_and_fails(commented: Shop, lang: str) -> None:
    commented.sql("UPDATE personal_value SET value = '改过' WHERE seq = 2")
    chain = commented.store.sync.chain()
    code, _, err = run(commented.folder, "--lang", lang)
    assert code == 1
    assert chain in err
    assert "2" in err
    code, out, _ = run(commented.folder, "--json")
    found = json.loads(out)
    assert (code, found["ok"]) == (1, False)
    assert found["first_bad"] == {"chain": chain, "seq": 2, "what": "value", "detail": "text"}
    assert found["events"] == 1


def test_a_damaged_file_fails_with_one_line(commented: Shop) -> None:
    commented.store.close()
    path = commented.folder / "amends.db"
    path.write_bytes(b"\x00" * path.stat().st_size)
    code, out, err = run(commented.folder, "--json")
    assert code == 1
    assert json.loads(out)["ok"] is False
    assert len(err.strip().splitlines()) == 1


def test_a_folder_without_data_is_no_good_data(tmp_path: Path) -> None:
    result = CliRunner().invoke(verify, ["--data", str(tmp_path / "nothing")])
    assert isinstance(result.exception, StorageFault)
    assert not (tmp_path / "nothing").exists()
