"""What HQ noted is told in the person's language, with the line itself for the technical view."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import Engine, text

from desktop.texts import LANGS, Lang, Texts
from sync import protocol
from sync.hq import bootstrap, projection
from sync.hq.exchange import Exchange
from sync.hq.incident_words import told
from sync.hq.selfcheck import SelfCheck
from tests.sync.conftest import ServedHq
from tests.sync.devices import WireDevice, opened
from tests.sync.hq_browser import add_people, browsing

#: The texts of all that can be noted.
SAID = ("told_fork_taken", "told_fork_head", "told_rollback", "told_copy", "told_altered",
        "told_torn", "told_unexplained")  # fmt: skip


@pytest.fixture
def head(served: ServedHq, engine: Engine) -> None:
    """An HQ at which everything has gone wrong that it can note by itself."""
    add_people(engine, ("wangfang", "王芳", "department_head", ""))
    hq = Exchange(engine, served.key, bootstrap.utc_now)
    pc = WireDevice(hq, "c-one")
    pc.enrol(name="无锡滨湖店")
    for number in range(3):
        pc.write(f"t-{number}", opened(f"S0217-A-1121-00{number}"))
    pc.sync()
    # Another record in a place that is taken, and a head that its bytes do not make
    twin = WireDevice(hq, "c-one")
    twin.key, twin.token = pc.key, pc.token
    twin.write("t-x", opened("S0217-A-1121-009"))
    assert twin.sync(twin.request(first=1)).code == "fork"
    pc.write("t-3", opened("S0217-A-1121-003"))
    assert pc.sync(pc.request(head=bytes(32))).code == "fork"
    # A PC that has a receipt for more than HQ holds, and one that goes on as a second copy
    pc.sync(pc.request(first=5, last=4, acked=9))
    rechain = protocol.sign(pc.key, protocol.rechain_message("c-one", "c-two"))
    hq.rechain(pc.token, protocol.RechainRequest(1, "c-one", "c-two", rechain))
    # A byte of a stored record, a record that cannot be read, a row that cannot be made
    with engine.begin() as connection:
        for statement in (
            "UPDATE event SET core = set_byte(core, 30, get_byte(core, 30) # 1) WHERE seq = 2",
            "UPDATE event SET core = '\\x00' WHERE seq = 1",
            "ALTER TABLE ticket_row ADD CHECK (stream <> 't-2') NOT VALID",
            "INSERT INTO dirty_stream VALUES ('t-0'), ('t-2') ON CONFLICT DO NOTHING",
        ):
            connection.execute(text(statement))
    projection.drain(engine, bootstrap.utc_now())
    SelfCheck(engine, served.key).round(bootstrap.utc_now())


@pytest.mark.parametrize("lang", LANGS)
def test_everything_that_is_noted_is_told_in_words(
    served: ServedHq, head: None, lang: Lang
) -> None:
    with browsing(served.url, "wangfang") as browser:
        browser.get(f"/lang/{lang}")
        page = html.unescape(browser.get("/attention").text)
    words = Texts(lang)
    pieces = {key: re.split(r"\{\w+\}", words.get(f"hq_attention.{key}")) for key in SAID}
    assert [key for key, found in pieces.items() if max(found, key=len) not in page] == []
    # The line itself is there for who mends it
    for line in ("another event is there already", "TornRecord: ", "a second copy of this PC"):
        assert line in page


def test_a_line_of_another_form_is_shown_as_it_is() -> None:
    assert told("fork", "c-S0217:7") is None
    assert told("later", "a kind of another version") is None
