"""Several HQ processes on one database; attachments in an object store; folders stay shut."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, text

from desktop.services.exchange_ports import ExchangeReport
from desktop.storage.store import StoreData
from sync.hq import bootstrap, enrolment, keys, verification
from sync.hq.attachments import AttachmentStore, Progress, WrongChunk, local_objects
from sync.hq.embedded import EmbeddedPostgres
from sync.hq.objects import ObjectsFault, bucket
from tests.sync.conftest import ServedHq, open_folder
from tests.sync.hq_browser import PASSWORD, add_people
from tests.sync.hq_process import HqProcess
from tests.sync.stores import client, complain, open_pc

PROCESSES = 3
ROUNDS = 4


@pytest.fixture
def processes(database_url: str, tmp_path: Path) -> Iterator[list[HqProcess]]:
    found = [HqProcess(tmp_path / "hq", database_url) for _ in range(PROCESSES)]
    try:
        for process in found:
            process.start()
        yield found
    finally:
        for process in found:
            process.close()


def test_stores_sync_through_any_of_several_processes(
    processes: list[HqProcess], engine: Engine, tmp_path: Path
) -> None:
    key = keys.load_or_make(processes[0].data)
    # Given three PCs of a store and one of its region, joined through different processes
    pcs: list[StoreData] = []
    for number, scope in enumerate(("S0217", "S0217", "S0217", "region:苏南")):
        with engine.begin() as connection:
            code = enrolment.issue_code(connection, key, scope, bootstrap.utc_now(), region="苏南")
        pc = open_pc(tmp_path / f"pc{number}")
        joined = client(pc).enrol(processes[number % PROCESSES].url, code)
        assert joined.store == scope
        pcs.append(pc)
    # When all of them write and sync at once, each time through another process
    with ThreadPoolExecutor(len(pcs)) as pool:
        for done in pool.map(lambda n: _work(n, pcs[n], processes), range(len(pcs))):
            assert done
    # Then after a last round all hold the same, through whichever process they ask
    for number, pc in enumerate(pcs):
        _through(pc, processes[(number + 1) % PROCESSES])
        assert isinstance(client(pc).exchange(), ExchangeReport)
    written = ROUNDS * 3 * len(pcs[:3])
    heads = [pc.journal.chains() for pc in pcs]
    for chain, head in heads[0].items():
        assert all(known[chain] == head for known in heads[:3])
    with engine.connect() as connection:
        positions = connection.execute(text("SELECT feed_position FROM store")).scalar_one()
        streams = connection.execute(text("SELECT count(*) FROM stream")).scalar_one()
        assert positions >= written
        assert streams == written
    files = AttachmentStore(engine, local_objects(tmp_path / "objects"))
    assert verification.verify(engine, key, files).faults == ()
    for pc in pcs:
        pc.close()
    _hold_session(processes, engine)


def test_a_process_with_another_signing_key_does_not_start(
    served: ServedHq, engine: Engine, tmp_path: Path
) -> None:
    # Given an HQ that has given its stores receipts
    pc = open_pc(tmp_path / "pc")
    client(pc).enrol(served.url, served.code())
    complain(pc, 1)
    assert isinstance(client(pc).exchange(), ExchangeReport)
    pc.close()
    # When a second one is started on its database with a folder, and so a key, of its own
    with (
        pytest.raises(keys.KeyFault, match=r"copy signing\.key"),
        bootstrap.open_hq(tmp_path / "second", served.database_url),
    ):
        pass
    # Then with the right key it starts, even though one receipt was altered
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO receipt (home, chain, seq, head, signed_at, signature) "
                "SELECT home, chain, 0, head, signed_at, '\\x00' FROM receipt"
            )
        )
    with bootstrap.open_hq(served.data, served.database_url):
        pass


def _hold_session(processes: list[HqProcess], engine: Engine) -> None:
    """A person who logged in at one process is known at every other."""
    add_people(engine, ("wangfang", "王芳", "department_head", ""))
    with httpx.Client(trust_env=False, follow_redirects=True) as client_:
        form = {"login": "wangfang", "password": PASSWORD}
        assert client_.post(f"{processes[0].url}/login", data=form).status_code == 200
        for process in processes:
            answer = client_.get(f"{process.url}/people")
            assert (answer.status_code, answer.url.path) == (200, "/people")


def _work(number: int, pc: StoreData, processes: list[HqProcess]) -> bool:
    for turn in range(ROUNDS):
        if number < 3:
            for item in range(3):
                complain(pc, number * 1000 + turn * 10 + item)
        _through(pc, processes[(number + turn) % PROCESSES])
        done = client(pc).exchange()
        assert isinstance(done, ExchangeReport), done
    return True


def _through(pc: StoreData, process: HqProcess) -> None:
    enrolment = pc.sync.enrolment()
    assert enrolment is not None
    pc.sync.save_enrolment(replace(enrolment, url=process.url))


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """An S3-compatible server in a process of its own; its URL."""
    pytest.importorskip("moto", reason="moto[server] is not installed: no S3-compatible server")
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    args = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                httpx.put(f"{url}/amends", trust_env=False, timeout=5).raise_for_status()
                break
            except httpx.HTTPError:
                assert time.monotonic() < deadline
                assert process.poll() is None
                time.sleep(0.05)
        yield url
    finally:
        process.kill()
        process.wait()


def test_attachments_are_kept_in_an_object_store(
    s3: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"ENDPOINT_URL": s3, "ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "y", "REGION": "r"}
    for name, value in values.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    objects = bucket("s3://amends/hq")
    store = AttachmentStore(engine, objects)
    content = secrets.token_bytes(700_000)
    sha256 = hashlib.sha256(content).hexdigest()
    # Chunk by chunk, one of them twice, taken up by another process in between
    assert store.put("S0217", sha256, 0, len(content), content[:300_000]) == Progress(
        300_000, len(content), False
    )
    again = AttachmentStore(engine, bucket("s3://amends/hq"))
    assert again.put("S0217", sha256, 0, len(content), content[:300_000]).received == 300_000
    done = again.put("S0217", sha256, 300_000, len(content), content[300_000:])
    assert isinstance(done, Progress)
    assert done.complete
    found = store.read(["S0217"], sha256, 100, 650_000)
    assert found is not None
    assert b"".join(found[0]) == content[100:650_000]
    assert list(store.check()) == [("S0217", sha256, "")]
    # Bytes that are not their hash are not kept, and a lost object is named
    wrong = store.put("S0217", "0" * 64, 0, 3, b"abc")
    assert isinstance(wrong, WrongChunk)
    objects.delete([f"blobs/S0217/{sha256}"])
    assert list(store.check()) == [("S0217", sha256, "it is missing")]


@pytest.mark.parametrize("url", ["amends", "s3:///prefix", "https://bucket"])
def test_what_names_no_object_store_is_refused(url: str) -> None:
    with pytest.raises(ObjectsFault, match="s3://bucket"):
        bucket(url)


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such permissions")
def test_folders_above_the_database_stay_shut_to_readers() -> None:
    with open_folder() as folder:
        above = folder / "private"
        above.mkdir(mode=0o700)
        server = EmbeddedPostgres(_made(above / "hq"))
        try:
            # Other users may pass at most; nobody else reads a list or speaks to the socket
            for place in (folder, above, above / "hq"):
                assert stat.S_IMODE(place.stat().st_mode) & 0o066 == 0, place
            (reached,) = Path(server.url.split("host=")[1]).glob(".s.PGSQL.5432")
            assert stat.S_IMODE(reached.stat().st_mode) & 0o077 == 0
        finally:
            server.close()


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    return folder
