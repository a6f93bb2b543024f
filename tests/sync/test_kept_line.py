"""The line to headquarters stays open between exchanges, for as long as it leads there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.adapters.hq import LateHq
from desktop.services.exchange_ports import Enrolment, ExchangeFailure, ExchangeReport
from desktop.storage.ids import SystemClock
from desktop.storage.store import StoreData
from sync.client import HqClient
from tests.sync.conftest import ServedHq
from tests.sync.stores import QUICK, client, complain, open_pc


@pytest.fixture
def joined(tmp_path: Path, served: ServedHq) -> Iterator[StoreData]:
    data = open_pc(tmp_path / "store")
    assert isinstance(client(data).enrol(served.url, served.code()), Enrolment)
    yield data
    data.close()


def test_a_kept_line_is_left_when_it_failed_or_leads_elsewhere(joined: StoreData) -> None:
    enrolment = joined.sync.enrolment()
    assert enrolment is not None
    sender = HqClient(joined.sync, joined.attachments, SystemClock(), QUICK, keep_line=True)
    with closing(sender):
        # Given two exchanges over one line
        complain(joined, 1)
        assert isinstance(sender.exchange(), ExchangeReport)
        line = sender._kept
        assert isinstance(sender.exchange(), ExchangeReport)
        assert line is not None
        assert sender._kept is line
        # When this PC is told another address, where nobody answers
        joined.sync.save_enrolment(replace(enrolment, url="http://127.0.0.1:9"))
        outcome = sender.exchange()
        # Then it asks there and keeps nothing, and finds its way back
        assert isinstance(outcome, ExchangeFailure)
        assert outcome.code == "unreachable"
        assert sender._kept is None
        joined.sync.save_enrolment(enrolment)
        assert isinstance(sender.exchange(), ExchangeReport)


def test_the_desk_keeps_its_client_until_its_certificate_changes(joined: StoreData) -> None:
    pem = [""]
    hq = LateHq(joined.sync, joined.attachments, SystemClock(), joined.envelopes, lambda: pem[0])
    assert isinstance(hq.exchange(), ExchangeReport)
    kept = hq._client()
    assert isinstance(hq.exchange(), ExchangeReport)
    assert hq._client() is kept
    pem[0] = "another"
    assert hq._client() is not kept
    assert kept._kept is None
    pem[0] = ""
    assert isinstance(hq.exchange(), ExchangeReport)
