"""SY-02: courier files by the commands that people type at a store and at HQ."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from desktop.bootstrap import open_desk
from desktop.commands.bundle import export_bundle, import_bundle
from desktop.commands.sync import sync_command
from sync.hq.__main__ import main as hq_main
from tests.sync.conftest import ServedHq
from tests.sync.stores import client, complain, open_pc


def run(command: object, *args: str) -> Result:
    return CliRunner().invoke(command, list(args))  # type: ignore[arg-type]


class Store:
    """One PC's folder and the commands on it."""

    def __init__(self, folder: Path, served: ServedHq, name: str, scope: str = "S0217") -> None:
        self.folder, self.served, self.name = folder, served, name
        with closing(open_desk(folder / name)) as desk:
            desk.enrol(served.url, served.code(scope))
        self.data = str(folder / name)

    def write(self, number: int) -> None:
        with closing(open_pc(self.folder / self.name)) as data:
            complain(data, number)

    def export(self, file: str, *options: str) -> tuple[Path, str]:
        """Write a file; return it with its code."""
        path = self.folder / file
        done = run(export_bundle, str(path), "--data", self.data, *options)
        assert done.exit_code == 0, done.output
        return path, done.output.splitlines()[-1]

    def take(self, path: Path, code: str) -> Result:
        return run(import_bundle, str(path), "--data", self.data, "--code", code)

    def acked(self) -> tuple[int, int]:
        with closing(open_pc(self.folder / self.name)) as data:
            status = data.sync.status()
            return status.acked_seq, status.pending

    def hq(self, path: Path, code: str, out: str = "answer.amends") -> tuple[Result, Path]:
        """HQ takes a file and writes its answer."""
        where = ("--data", str(self.served.data), "--database-url", self.served.database_url)
        answer = self.folder / out
        args = ("courier", str(path), "--code", code, "--out", str(answer), *where)
        return run(hq_main, *args), answer


@pytest.fixture
def one(served: ServedHq, tmp_path: Path) -> Store:
    return Store(tmp_path, served, "one")


def held(served: ServedHq) -> int:
    with served.engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM event")).scalar_one())


def test_a_stick_there_and_back_out_of_order_twice_and_missing(
    one: Store, served: ServedHq
) -> None:
    # Given three files, of which the first is lost and the third comes before the second
    files = []
    for number in (1, 2, 3):
        one.write(number)
        files.append(one.export(f"{number}.amends"))
    third, answer3 = one.hq(*files[2], "a3.amends")
    second, answer2 = one.hq(*files[1], "a2.amends")
    assert (third.exit_code, second.exit_code) == (0, 0), third.output + second.output
    assert held(served) == 3
    # When the answers come back in the wrong order, the newer one twice
    for answer, code in ((answer3, files[2][1]), (answer2, files[1][1]), (answer3, files[2][1])):
        taken = one.take(answer, code)
        assert taken.exit_code == 0, taken.output
        assert one.acked() == (3, 0)
    # Then a file that was taken before changes nothing at HQ
    again, _ = one.hq(*files[2])
    assert again.exit_code == 0
    assert held(served) == 3


def test_what_cannot_be_taken_is_said_in_one_line_and_changes_nothing(
    one: Store, served: ServedHq, tmp_path: Path
) -> None:
    one.write(1)
    path, code = one.export("up.amends")
    torn = tmp_path / "torn.amends"
    torn.write_bytes(path.read_bytes()[:-9])
    for file, told, word in (
        (torn, code, "altered"), (path, "0000-0000-0000-0000", "code is wrong"),
        (Path(one.data) / "key", code, "no courier file"),
    ):  # fmt: skip
        refused, answer = one.hq(file, told)
        assert refused.exit_code == 1
        assert word in refused.output
        assert "Traceback" not in refused.output
        assert not answer.exists()
    assert held(served) == 0
    # And at the store: HQ's answer for another PC, a torn one, one's own file, none at all
    _, answer = one.hq(path, code)
    other = Store(tmp_path, served, "other", "S0300")
    torn.write_bytes(answer.read_bytes()[:-9])
    for store, file in ((other, answer), (one, torn), (one, path), (one, tmp_path / "none")):
        refused = store.take(file, code)
        assert refused.exit_code == 1
        assert len(refused.output.strip().splitlines()) == 1
    assert one.acked() == (0, 1)
    assert one.take(answer, code).exit_code == 0
    assert one.acked() == (1, 0)


def test_two_pcs_of_a_store_by_stick_and_none_of_another_store(
    one: Store, served: ServedHq, tmp_path: Path
) -> None:
    two = Store(tmp_path, served, "two")
    other = Store(tmp_path, served, "other", "S0300")
    one.write(1)
    path, code = one.export("peer.amends", "--peer")
    assert two.take(path, code).exit_code == 0
    assert two.take(path, code).exit_code == 0
    assert other.take(path, code).exit_code == 1
    refused, _ = one.hq(path, code)
    assert refused.exit_code == 1
    assert "not for headquarters" in refused.output
    with closing(open_pc(tmp_path / "two")) as data:
        assert len(data.journal.events("t-000001")) == 1


def test_a_copied_pc_takes_its_new_letter_over_on_the_command_line(
    one: Store, served: ServedHq, tmp_path: Path
) -> None:
    one.write(1)
    shutil.copytree(one.data, tmp_path / "copy")
    with closing(open_pc(tmp_path / "one")) as data:
        client(data).exchange()
    with closing(open_pc(tmp_path / "copy")) as data:
        complain(data, 2)
        complain(data, 3)
    # When the copy exchanges from the command line after the first PC wrote more
    one.write(4)
    with closing(open_pc(tmp_path / "one")) as data:
        client(data).exchange()
    done = run(sync_command, "--data", str(tmp_path / "copy"), "--once")
    assert done.exit_code == 0, done.output
    # Then its next complaint carries its own letter
    with closing(open_desk(tmp_path / "copy")) as desk:
        assert desk.use_cases.identity.current().device == "B"
