"""TLS with headquarters: what is wrong with a certificate is told apart from a line that is cut."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from desktop.bootstrap import open_desk
from desktop.commands.sync import enroll, trust
from desktop.domain.outcomes import Refusal
from desktop.services.certificates import TrustedCertificate
from desktop.texts import LANGS, Texts
from sync.client.transport import Failed, Line, LineOptions
from sync.hq import tls

NOW = datetime.now(UTC)
CODES = ("certificate_time", "certificate_name", "certificate_other", "not_encrypted")


@contextmanager
def listening(pair: tls.Pair | None) -> Iterator[int]:
    """Somebody who listens there, with TLS or without; yields the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    if pair is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair.certificate, pair.key)
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def told(url: str, certificate: str) -> str:
    """What the client says of who listens at `url`."""
    options = LineOptions(certificate=certificate, attempts=1, connect_timeout=10)
    with closing(Line(url, options)) as line:
        try:
            line.request("GET", "/", {})
        except Failed as failed:
            return failed.failure.code
    return "answered"


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ThreadingHTTPServer, "handle_error", lambda *_: None)
    monkeypatch.setattr(BaseHTTPRequestHandler, "log_message", lambda *_: None)


def test_each_fault_of_a_certificate_is_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = tls.make(tmp_path / "good", [], NOW)
    other = tls.make(tmp_path / "other", [], NOW)
    past = tls.make(tmp_path / "past", [], NOW - timedelta(days=500))
    ahead = tls.make(tmp_path / "ahead", [], NOW + timedelta(days=500))
    monkeypatch.setattr(tls, "_OWN", ())
    elsewhere = tls.make(tmp_path / "elsewhere", ["hq.example", "192.0.2.7"], NOW)
    cases = [
        (good, good, "answered"),
        (good, None, "certificate_other"),
        (good, other, "certificate_other"),
        (past, past, "certificate_time"),
        (ahead, ahead, "certificate_time"),
        (elsewhere, elsewhere, "certificate_name"),
        (None, good, "not_encrypted"),
    ]
    with ExitStack() as stack:
        for served, known, expected in cases:
            port = stack.enter_context(listening(served))
            pem = "" if known is None else known.certificate.read_text()
            assert told(f"https://127.0.0.1:{port}", pem) == expected
    # A line that is cut stays one that may come back
    assert told("https://127.0.0.1:1", "") == "unreachable"


@pytest.mark.parametrize("lang", LANGS)
def test_each_has_its_words(lang: str) -> None:
    texts = Texts(lang)  # type: ignore[arg-type]
    assert all(texts.has(f"sync.{code}") for code in CODES)


def test_a_store_takes_the_new_certificate_of_its_hq(tmp_path: Path) -> None:
    first = tls.make(tmp_path / "first", [], NOW)
    store = tmp_path / "store"
    open_desk(store).close()

    def run(*args: str) -> tuple[int, str]:
        done = CliRunner().invoke(trust, [*args, "--data", str(store)])
        return done.exit_code, done.output

    code, said = run(str(first.certificate))
    assert code == 0
    assert first.fingerprint in said
    with closing(open_desk(store)) as desk:
        found = desk.trusted_certificate()
        assert found == TrustedCertificate(
            first.fingerprint, found.begins if found else NOW, first.expires
        )
        # What is no certificate changes nothing
        torn = tmp_path / "torn.pem"
        torn.write_text(first.certificate.read_text()[:200])
        refused = desk.trust_certificate(torn)
        assert isinstance(refused, Refusal)
        assert refused.code == "no_certificate"
        assert desk.trusted_certificate() == found
    code, said = run(str(first.key))
    assert code == 1
    assert "cert.pem" in said
    # And back to the authorities that the system knows
    assert run()[0] == 0
    with closing(open_desk(store)) as desk:
        assert desk.trusted_certificate() is None


def test_joining_with_what_is_no_certificate_asks_nobody(tmp_path: Path) -> None:
    torn = tmp_path / "torn.pem"
    torn.write_bytes(b"\xff\x00 no certificate")
    args = ["--data", str(tmp_path / "store"), "--hq", "https://127.0.0.1:1", "--code", "X"]
    done = CliRunner().invoke(enroll, [*args, "--certificate", str(torn)])
    assert done.exit_code == 1
    assert "torn.pem" in done.output
