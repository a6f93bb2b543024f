"""Erasing takes values, salts and pictures; chain and figures stay, and verify tells it apart."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import and_, func, select

from desktop.bootstrap import open_desk
from desktop.commands.seed import seed
from desktop.data_folder import verify_data
from desktop.domain.operations.add_comment import AddComment
from desktop.domain.outcomes import Refusal
from desktop.seeding.people import DEMO_PASSWORD
from desktop.services.desk import Desk
from desktop.services.erasing import Erased
from desktop.services.kept_typing import SUBJECT
from desktop.services.ports import Person, SavedDraft
from desktop.services.ticket_ports import TicketFilter, TicketRow
from desktop.storage.database import DATABASE_FILE, Database
from desktop.storage.keys import load_key
from desktop.storage.tables import event, personal_value, salt


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seeded") / "store"
    made = CliRunner().invoke(seed, ["--data", str(folder), "--tickets", "12", "--seed", "5"])
    assert made.exit_code == 0, made.output
    return folder


@pytest.fixture
def desk(seeded: Path, tmp_path: Path) -> Desk:
    folder = tmp_path / "store"
    shutil.copytree(seeded, folder)
    desk = open_desk(folder)
    assert isinstance(desk.log_in("zhou", DEMO_PASSWORD), Person)
    return desk


def rows(desk: Desk, *, closed: bool) -> list[TicketRow]:
    return [row for row in desk.page(TicketFilter(), None, 50) if row.closed is closed]


def test_a_closed_complaint_loses_its_person_and_keeps_its_proof(
    desk: Desk, tmp_path: Path
) -> None:
    row = rows(desk, closed=True)[0]
    picture = desk.attach(row.stream, "a.jpg", b"a face", "evidence")
    assert not isinstance(picture, Refusal)
    same = rows(desk, closed=True)[1]
    desk.attach(same.stream, "b.jpg", b"shared", "evidence")
    desk.attach(row.stream, "b.jpg", b"shared", "evidence")
    done = desk.use_cases.erasing.erase(row.number, "request", desk.actor())
    assert done == Erased((row.number,), 1)  # the shared picture stays for the other complaint
    left = desk.use_cases.queries.row(row.stream)
    assert left is not None
    assert (left.customer_name, left.phone_tail, left.summary) == ("", "", "")
    assert left.code == row.code
    assert row.stream not in {
        found.stream for found in desk.page(TicketFilter(text=row.customer_name), None, 50)
    }
    desk.close()
    report = verify_data(tmp_path / "store")
    assert report.first_bad is None
    assert report.erased > 0
    assert report.not_arrived == 0
    raw = (tmp_path / "store" / "blobs").rglob("*")
    assert len([path for path in raw if path.is_file()]) == 1


def test_salts_are_gone_so_that_no_guess_can_be_checked(desk: Desk, tmp_path: Path) -> None:
    row = rows(desk, closed=True)[0]
    desk.use_cases.erasing.erase(row.number, "request", desk.actor())
    desk.close()
    folder = tmp_path / "store"
    database = Database.open(folder / DATABASE_FILE, load_key(folder, new=False).secret)
    counted = select(func.count()).select_from(salt).where(salt.c.stream == row.stream)
    values = select(personal_value.c.value).join(
        event,
        and_(event.c.chain == personal_value.c.chain, event.c.seq == personal_value.c.seq),
    )
    with database.read() as connection:
        assert connection.execute(counted).scalar_one() == 0
        left = connection.execute(values.where(event.c.stream == row.stream)).scalars().all()
    assert left
    assert set(left) == {None}
    database.close()


def test_an_open_complaint_a_clerk_and_an_unknown_number_are_refused(desk: Desk) -> None:
    erasing = desk.use_cases.erasing
    waiting = rows(desk, closed=False)
    closed = rows(desk, closed=True)[0]
    refused = erasing.erase("13900000000", "request", desk.actor())
    assert isinstance(refused, Refusal)
    assert refused.code == "nobody_found"
    if waiting:
        refused = erasing.erase(waiting[0].number, "request", desk.actor())
        assert isinstance(refused, Refusal)
        assert refused.code == "erase_open"
    desk.log_in("lin", DEMO_PASSWORD)
    refused = erasing.erase(closed.number, "request", desk.actor())
    assert isinstance(refused, Refusal)
    assert refused.code == "erase_needs_manager"
    desk.close()


def test_nothing_about_an_erased_person_can_be_written_again(desk: Desk) -> None:
    row = rows(desk, closed=True)[0]
    desk.use_cases.erasing.erase(row.number, "retention", desk.actor())
    again = desk.act(row.stream, AddComment("顾客又来电"))
    assert isinstance(again, Refusal)
    assert again.code == "person_erased"
    desk.close()


def test_what_lies_typed_about_an_erased_person_goes_too(desk: Desk) -> None:
    row, other = rows(desk, closed=True)[:2]
    for place, stream in (("ticket", row.stream), ("ticket", other.stream), ("handover", "")):
        body = {SUBJECT: stream, "comment.text": "she lives at number 7"}
        desk.save_draft(SavedDraft(f"form:{place}:P1:{stream}", "form", body, desk.now()))
    assert isinstance(desk.erase_person(row.number, "request"), Erased)
    assert {draft.body[SUBJECT] for draft in desk.drafts()} == {other.stream, ""}
