"""A handover holds what cannot wait, is signed by two persons and stays as it was signed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pypdfium2
import pytest

from desktop.bootstrap import open_desk
from desktop.data_folder import verify_data
from desktop.domain.handover import incoming_shift, shift_starts
from desktop.domain.operations.record_promise import RecordPromise
from desktop.domain.outcomes import Refusal
from desktop.domain.papers import StoreIdentity
from desktop.services.desk import Desk
from desktop.services.handover import Signature, SignedHandover
from tests.ui.conftest import PASSWORD, MovingClock, complain, enter

START = datetime(2026, 11, 21, 2, 31, tzinfo=UTC)
LIN, HE = Signature("lin", PASSWORD), Signature("he", PASSWORD)
HOURS = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat"), ("09:00", "21:00"))
STORE = StoreIdentity("S0217", "店", "A", "", "Asia/Shanghai", HOURS)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Set a store up once; every test works on a copy (argon2id is slow on purpose)."""
    folder = tmp_path_factory.mktemp("ready") / "store"
    enter(open_desk(folder, clock=MovingClock(START - timedelta(hours=1)))).close()
    return folder


@pytest.fixture
def desk(ready: Path, tmp_path: Path) -> Desk:
    shutil.copytree(ready, tmp_path / "store")
    desk = open_desk(tmp_path / "store", clock=MovingClock(START))
    assert not isinstance(desk.log_in("lin", PASSWORD), Refusal)
    return desk


def sign(desk: Desk, giver: Signature, taker: Signature) -> SignedHandover | Refusal:
    handovers = desk.use_cases.handovers
    sheet = replace(handovers.draft(desk.actor()).sheet, notes="钥匙在抽屉里")
    return handovers.sign(sheet, desk.actor(), giver, taker)


def test_the_sheet_holds_what_is_due_promised_or_waiting(desk: Desk) -> None:
    due = complain(desk, phone="13800002201")
    later = complain(desk, phone="13800002202", verbatim="建议增加购物车")
    promise = RecordPromise("p1", "明天十点前送到", due=START + timedelta(days=9))
    outcome = desk.act(later.stream, promise)
    assert not isinstance(outcome, Refusal)
    draft = desk.use_cases.handovers.draft(desk.actor())
    lines = {line.ticket: line for line in draft.sheet.lines}
    assert draft.sheet.open == 2
    assert "due" in lines[due.stream].reasons
    assert "promised" in lines[later.stream].reasons
    assert lines[later.stream].said.startswith("林晓 → 王建国")
    assert draft.sheet.unsent == desk.sync_status().pending > 0


def test_both_sign_and_neither_is_logged_out(desk: Desk, tmp_path: Path) -> None:
    complain(desk)
    signed = sign(desk, LIN, HE)
    assert isinstance(signed, SignedHandover)
    assert (signed.giver, signed.taker) == ("林晓", "何丽")
    assert desk.person is not None
    assert desk.person.login == "lin"
    events = desk.use_cases.journal.events(signed.id)
    people = {person.login: person.id for person in desk.people()}
    assert [event.actor for event in events] == [people["lin"], people["he"]]
    again = desk.use_cases.handovers.history(5)
    assert [one.id for one in again] == [signed.id]
    assert again[0].sheet.notes == "钥匙在抽屉里"
    assert again[0].sheet.lines == signed.sheet.lines
    desk.close()
    assert verify_data(tmp_path / "store").first_bad is None


@pytest.mark.parametrize(
    ("giver", "taker", "code"),
    [
        (LIN, Signature("he", "wrong-password"), "handover_password"),
        (Signature("lin", "wrong-password"), HE, "handover_password"),
        (LIN, LIN, "handover_same_person"),
        (HE, LIN, "handover_giver"),
    ],
)
def test_a_wrong_signature_writes_nothing(
    desk: Desk, giver: Signature, taker: Signature, code: str
) -> None:
    before = desk.use_cases.journal.chains()
    refused = sign(desk, giver, taker)
    assert isinstance(refused, Refusal)
    assert refused.code == code
    assert desk.use_cases.journal.chains() == before


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_it_prints_with_names_numbers_and_pages(desk: Desk, lang: str) -> None:
    rows = [complain(desk, phone=f"1380000{n:04d}") for n in range(14)]
    signed = sign(desk, LIN, HE)
    assert isinstance(signed, SignedHandover)
    pdf = desk.use_cases.handovers.print(signed.id, lang)  # type: ignore[arg-type]
    assert isinstance(pdf, bytes)
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) > 1
    text = "".join(page.get_textpage().get_text_range() for page in document)
    flat = "".join(text.split())
    for expected in ("林晓", "何丽", "钥匙在抽屉里", rows[0].number.replace("-", "")):
        assert expected in flat.replace("-", "").replace("\ufffe", "")
    assert pdf.count(b"/FontFile2") >= 1


@pytest.mark.parametrize(
    ("local", "starts", "begins", "ends"),
    [
        ((14, 30), (), "15:00", "21:00"),
        ((15, 40), (), "15:00", "21:00"),
        ((14, 30), (time(9), time(14), time(18)), "14:00", "18:00"),
        ((17, 30), (time(9), time(14), time(18)), "18:00", "21:00"),
    ],
)
def test_the_shift_that_takes_over(
    local: tuple[int, int], starts: tuple[time, ...], begins: str, ends: str
) -> None:
    now = datetime(2026, 11, 20, local[0] - 8, local[1], tzinfo=UTC)
    shift = incoming_shift(now, STORE, starts)
    hours = [f"{(at + timedelta(hours=8)):%H:%M}" for at in (shift.begins, shift.ends)]
    assert hours == [begins, ends]


def test_after_closing_on_saturday_the_next_shift_is_monday_morning() -> None:
    shift = incoming_shift(datetime(2026, 11, 21, 13, 30, tzinfo=UTC), STORE)
    assert shift.begins == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def test_times_of_shifts_are_read_or_refused(desk: Desk) -> None:
    assert shift_starts("15:00，9:00".replace("9:00", "09:00")) == (time(9), time(15))
    refused = desk.use_cases.handovers.set_shifts("soon")
    assert isinstance(refused, Refusal)
    assert desk.use_cases.handovers.set_shifts("09:00, 14:00") is None
    assert desk.use_cases.handovers.shifts == "09:00, 14:00"
