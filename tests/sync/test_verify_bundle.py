"""AU-02: an auditor proves a courier file with `amends verify`, without taking it in."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from desktop.commands.bundle import export_bundle
from desktop.commands.verify import verify
from desktop.texts import LANGS
from sync import courier as files
from sync import protocol
from sync.courier import Bundle
from sync.hq import bootstrap
from sync.hq.courier import take
from sync.hq.exchange import Exchange
from tests.sync.conftest import ServedHq
from tests.sync.stores import client, complain, open_pc


def run(command: Any, *args: str) -> Result:
    done = CliRunner().invoke(command, list(args))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


class Pc:
    """An enrolled PC whose second and third complaint wait for headquarters."""

    def __init__(self, folder: Path, served: ServedHq) -> None:
        from desktop.bootstrap import open_desk

        self.folder, self.served = folder / "pc", served
        with closing(open_desk(self.folder)) as desk:
            desk.enrol(served.url, served.code())
        with closing(open_pc(self.folder)) as data:
            complain(data, 1)
            client(data).exchange()
            complain(data, 2)
            complain(data, 3)
            self.chain = data.sync.chain()
            self.key = data.sync.device_key()
            self.head = data.sync.status().head.hex()

    def export(self, path: Path, *options: str) -> tuple[Path, str]:
        done = run(export_bundle, str(path), "--data", str(self.folder), *options)
        assert done.exit_code == 0, done.output
        return path, done.output.splitlines()[-1]

    def answer(self, path: Path, code: str) -> Path:
        """Let HQ take a file; return the file of its answer."""
        exchange = Exchange(self.served.engine, self.served.key, bootstrap.utc_now)
        answer = path.with_suffix(".answer")
        answer.write_bytes(take(exchange, self.served.files, path.read_bytes(), code).answer)
        return answer


@pytest.fixture
def pc(tmp_path: Path, served: ServedHq) -> Pc:
    return Pc(tmp_path, served)


def rewritten(path: Path, code: str, key: bytes | None = None, **changed: Any) -> Path:
    """Write a file again with other content; signed by `key`, else with the signature it had."""
    bundle = msgspec.structs.replace(files.unseal(path.read_bytes(), code), **changed)
    made = path.with_suffix(".changed")
    made.write_bytes(files.seal(files.signed(bundle, key) if key else bundle, code))
    return made


def bodies(path: Path, code: str) -> tuple[Bundle, list[protocol.SyncRequest]]:
    bundle = files.unseal(path.read_bytes(), code)
    return bundle, [protocol.unpack(body, protocol.SyncRequest) for body in bundle.bodies]


@pytest.mark.parametrize("lang", LANGS)
def test_a_sound_file_is_called_sound_with_and_without_the_data(
    pc: Pc, tmp_path: Path, lang: str
) -> None:
    path, code = pc.export(tmp_path / "up.amends")
    # An auditor has the file and its code alone
    alone = run(verify, str(path), "--code", code, "--lang", lang)
    assert alone.exit_code == 0, alone.output
    assert protocol.public_key(pc.key).hex() in alone.output
    # With the PC's data, or its key, the signer is known
    for more in (("--data", str(pc.folder)), ("--key", protocol.public_key(pc.key).hex())):
        found = json.loads(run(verify, str(path), "--code", code, "--json", *more).stdout)
        assert (found["ok"], found["signer_known"], found["first_bad"]) == (True, True, None)
        assert found["chains"][pc.chain]["head"] == pc.head
        assert found["events"] == found["chains"][pc.chain]["seq"] - 1


def test_a_file_for_a_peer_and_headquarters_answer_are_proven_too(pc: Pc, tmp_path: Path) -> None:
    peer, code = pc.export(tmp_path / "peer.amends", "--peer")
    found = json.loads(run(verify, str(peer), "--code", code, "--json").stdout)
    assert (found["ok"], found["kind"], found["signer_known"]) == (True, "peer", None)
    assert found["chains"][pc.chain]["first_seq"] == 1
    up, code = pc.export(tmp_path / "up.amends")
    answer = pc.answer(up, code)
    told = ("--data", str(pc.folder), "--json")
    found = json.loads(run(verify, str(answer), "--code", code, *told).stdout)
    assert (found["ok"], found["kind"], found["signer_known"]) == (True, "down", True)


def test_an_altered_byte_of_the_file_is_refused_and_nothing_is_said_of_its_content(
    pc: Pc, tmp_path: Path
) -> None:
    path, code = pc.export(tmp_path / "up.amends")
    torn = bytearray(path.read_bytes())
    torn[len(torn) // 2] ^= 1
    path.write_bytes(bytes(torn))
    done = run(verify, str(path), "--code", code, "--json", "--lang", "en")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["ok"] is False
    assert "altered" in done.stderr


def test_an_event_that_was_changed_by_who_knows_the_code_is_named(pc: Pc, tmp_path: Path) -> None:
    path, code = pc.export(tmp_path / "up.amends")
    bundle, requests = bodies(path, code)
    event = requests[0].events[-1]
    changed = msgspec.structs.replace(event, core=event.core.replace(b'"', b"'", 1))
    events = (*requests[0].events[:-1], changed)
    body = protocol.pack(msgspec.structs.replace(requests[0], events=events))
    made = rewritten(path, code, pc.key, bodies=(body, *bundle.bodies[1:]))
    done = run(verify, str(made), "--code", code, "--json")
    assert done.exit_code == 1
    bad = json.loads(done.stdout)["first_bad"]
    assert bad["chain"] == pc.chain
    assert requests[0].first_seq <= bad["seq"] <= requests[0].first_seq + len(events) - 1
    # Neither is a value, nor what the file follows
    other = tuple(
        msgspec.structs.replace(e, values=("别人", *e.values[1:])) if e.values else e
        for e in requests[0].events
    )
    body = protocol.pack(msgspec.structs.replace(requests[0], events=other))
    for change in ({"bodies": (body, *bundle.bodies[1:])}, {"prev": bytes(32)}):
        made = rewritten(path, code, pc.key, **change)
        assert run(verify, str(made), "--code", code).exit_code == 1


def test_a_file_written_anew_under_another_key_is_not_the_pcs(pc: Pc, tmp_path: Path) -> None:
    path, code = pc.export(tmp_path / "up.amends")
    forger = bytes(range(32))
    bundle, requests = bodies(path, code)
    again = []
    for request in requests:
        last = request.first_seq + len(request.events) - 1
        message = protocol.head_message(pc.chain, last, request.head)
        signed = protocol.sign(forger, message)
        again.append(protocol.pack(msgspec.structs.replace(request, signature=signed)))
    public = protocol.public_key(forger)
    made = rewritten(path, code, forger, bodies=tuple(again), public_key=public)
    done = run(verify, str(made), "--code", code, "--data", str(pc.folder), "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["signer_known"] is False
    # And one whose signature was left as it was fits no key
    assert run(verify, str(rewritten(path, code, at=1)), "--code", code).exit_code == 1
    assert bundle.signature


def test_the_code_is_asked_for_and_a_wrong_key_is_wrong_use(pc: Pc, tmp_path: Path) -> None:
    path, code = pc.export(tmp_path / "up.amends")
    for args in ((), ("--code", code, "--key", "zz"), ("--code", code, "--key", "00")):
        done = run(verify, str(path), *args)
        assert done.exit_code == 2, done.output
        assert "Traceback" not in done.output
