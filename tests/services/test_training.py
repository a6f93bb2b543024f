"""The training store shares nothing with the store, and scores a run with reasons."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest

from desktop.adapters.training_scripts import load_scenarios
from desktop.bootstrap import open_desk
from desktop.domain.operations.classify_ticket import ClassifyTicket
from desktop.domain.operations.contact_customer import ContactCustomer
from desktop.domain.operations.record_promise import RecordPromise
from desktop.domain.operations.record_solution import RecordSolution
from desktop.domain.outcomes import Refusal
from desktop.domain.policy import LANGUAGES
from desktop.domain.training import WORTH, Score
from desktop.policy.loading import load_policy
from desktop.services.desk import Desk
from desktop.services.exchange_ports import ExchangeFailure
from desktop.services.phone_codes import GivenCode
from desktop.services.ticket_ports import TicketFilter
from desktop.services.training import TrainingDesk
from tests.ui.conftest import PASSWORD, MovingClock, complain, enter

START = datetime(2026, 11, 21, 2, 31, tzinfo=UTC)
SCENARIO = "washer-leaks-again"


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock(START)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Set store and training store up once; every test works on a copy (argon2id is slow)."""
    root = tmp_path_factory.mktemp("ready") / "data"
    desk = enter(open_desk(root / "store", clock=MovingClock(START - timedelta(hours=1))))
    assert desk.person is not None
    training = desk.use_cases.training.enter(desk.person)
    assert isinstance(training, TrainingDesk)
    training.close()
    desk.close()
    return root


@pytest.fixture
def desk(ready: Path, tmp_path: Path, clock: MovingClock) -> Desk:
    shutil.copytree(ready, tmp_path, dirs_exist_ok=True)
    desk = open_desk(tmp_path / "store", clock=clock)
    assert not isinstance(desk.log_in("lin", PASSWORD), Refusal)
    return desk


@pytest.fixture
def training(desk: Desk) -> TrainingDesk:
    assert desk.person is not None
    opened = desk.use_cases.training.enter(desk.person)
    assert not isinstance(opened, Refusal)
    return opened


def test_scenarios_are_complete_in_both_languages() -> None:
    """QA-09: at least eight, each with lines, a trap and a question that a card answers."""
    scenarios, policy = load_scenarios(), load_policy()
    assert len(scenarios) >= 8
    assert len({scenario.id for scenario in scenarios}) == len(scenarios)
    cards = {card.id for card in policy.law_cards}
    for scenario in scenarios:
        assert set(scenario.codes) <= policy.codes.keys(), scenario.id
        assert scenario.law.card in cards, scenario.id
        assert 1 <= scenario.law.right <= len(scenario.law.answers)
        assert scenario.lines[0].after == "start"
        texts = [scenario.title, scenario.trap, scenario.law.question, *scenario.law.answers]
        texts += [text for line in scenario.lines for text in (line.say, line.hint)]
        assert all(text[lang].strip() for text in texts for lang in LANGUAGES)


def test_the_training_store_shares_neither_folder_nor_key_nor_journal(
    desk: Desk, training: TrainingDesk, tmp_path: Path
) -> None:
    """SY-05."""
    complain(training, phone="13900000101")
    assert desk.count(TicketFilter()) == 0
    assert training.count(TicketFilter()) == 1
    assert not set(desk.use_cases.journal.chains()) & set(training.use_cases.journal.chains())
    assert desk.use_cases.sync.device_key() != training.use_cases.sync.device_key()
    sandbox = tmp_path / "training" / "store"
    assert (sandbox / "key").read_bytes() != (tmp_path / "store" / "key").read_bytes()
    assert training.store.store == "TRAIN"
    people = {person.id for person in desk.people()}
    assert not people & {person.id for person in training.people()}


def test_the_training_store_never_reaches_a_headquarters(
    training: TrainingDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SY-05: not by the window, and not by opening its folder another way."""

    def reached(*_args: object, **_more: object) -> None:
        raise AssertionError("a connection was made")

    monkeypatch.setattr(socket.socket, "connect", reached)
    training.close()
    other = open_desk(tmp_path / "training" / "store")
    for answer in (other.exchange(), other.enrol("http://127.0.0.1:9", "CODE")):
        assert isinstance(answer, ExchangeFailure)
        assert answer.code == "training"
    other.close()


def test_there_is_no_training_store_within_the_training_store(training: TrainingDesk) -> None:
    assert training.person is not None
    assert isinstance(training.use_cases.training.enter(training.person), Refusal)


def test_a_password_of_the_store_opens_nothing_in_training(training: TrainingDesk) -> None:
    assert isinstance(training.log_in("lin", PASSWORD), Refusal)


def run_well(training: TrainingDesk, clock: MovingClock) -> str:
    training.begin(SCENARIO)
    clock.move(timedelta(minutes=1))
    stream = complain(training, phone="13900000101").stream
    for command in (
        ClassifyTicket("PQ-07", 3),
        ContactCustomer("first_response", "counter", note="十二点前给您回电话"),
        RecordSolution("免费上门检测，十二点前告知结果"),
    ):
        assert not isinstance(training.act(stream, command), Refusal)
    training.answer_law(2)
    return stream


def finished(training: TrainingDesk) -> Score:
    result = training.finish()
    assert isinstance(result, Score)
    return result


def test_the_customer_speaks_on_as_the_complaint_goes_on(
    training: TrainingDesk, clock: MovingClock
) -> None:
    first = training.begin(SCENARIO)
    assert [line.after for line in first.lines] == ["start"]
    run_well(training, clock)
    view = training.coach()
    assert view is not None
    assert [line.after for line in view.lines] == [
        "start",
        "opened",
        "classified",
        "contacted",
        "solved",
    ]


def test_a_good_run_has_every_point_and_is_kept(training: TrainingDesk, clock: MovingClock) -> None:
    """QA-08, QA-09."""
    assert sum(WORTH.values()) == 100
    run_well(training, clock)
    result = finished(training)
    assert result.points == 100, [(m.name, m.got, m.reason) for m in result.marks]
    assert training.scores()[0] == result
    assert isinstance(training.finish(), Refusal)


def slow(training: TrainingDesk, clock: MovingClock) -> None:
    training.begin(SCENARIO)
    clock.move(timedelta(minutes=9))
    complain(training, phone="13900000101")


def wrong_code(training: TrainingDesk, clock: MovingClock) -> None:
    run_well(training, clock)
    assert training.coach() is not None
    stream = training.coach().ticket  # type: ignore[union-attr]
    training.act(str(stream), ClassifyTicket("SP-01", 2))


def promised_too_much(training: TrainingDesk, clock: MovingClock) -> None:
    stream = run_well(training, clock)
    training.act(stream, RecordPromise("p", "一定给您五千", amount=Decimal("5000")))


def words_too_big(training: TrainingDesk, clock: MovingClock) -> None:
    stream = run_well(training, clock)
    training.act(stream, RecordSolution("给您全额退，要多少都行"))


def gave_too_much(training: TrainingDesk, clock: MovingClock) -> None:
    stream = run_well(training, clock)
    command = training.new_compensation("voucher", "goodwill", Decimal("900"), "customer", "x")
    training.act(stream, command)


def pushed_a_gate(training: TrainingDesk, clock: MovingClock) -> None:
    stream = run_well(training, clock)
    refused = training.act(stream, ClassifyTicket("XX-99", 3))
    assert isinstance(refused, Refusal)


def wrong_law(training: TrainingDesk, clock: MovingClock) -> None:
    training.begin(SCENARIO)
    complain(training, phone="13900000101")
    training.answer_law(1)
    training.answer_law(2)  # the first answer counts


@pytest.mark.parametrize(
    ("play", "mark", "reason"),
    [
        (slow, "response", "response.late"),
        (wrong_code, "code", "code.wrong"),
        (wrong_code, "level", "level.wrong"),
        (promised_too_much, "promises", "promises.over_authority"),
        (words_too_big, "promises", "promises.words"),
        (gave_too_much, "money", "money.too_much"),
        (pushed_a_gate, "gates", "gates.tried"),
        (wrong_law, "law", "law.wrong"),
    ],
)
def test_each_mistake_costs_its_points_and_says_why(
    training: TrainingDesk,
    clock: MovingClock,
    play: Callable[[TrainingDesk, MovingClock], object],
    mark: str,
    reason: str,
) -> None:
    """QA-09."""
    play(training, clock)
    marks = {found.name: found for found in finished(training).marks}
    found = marks[mark]  # type: ignore[index]
    assert found.reason == reason
    assert found.got < found.most


def test_the_score_sheet_prints_every_part_with_its_reason(
    training: TrainingDesk, clock: MovingClock
) -> None:
    run_well(training, clock)
    result = finished(training)
    pdf = training.score_sheet(result, "zh_CN")
    page = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()
    for words in ("训练评分表", "100 / 100", "首次响应", "编码 PQ-07 正确", "林晓", "不上传"):
        assert words in page


def test_the_coach_approves_at_the_desk_and_by_phone(training: TrainingDesk, desk: Desk) -> None:
    """QA-09, CO-03: beyond the authority one asks, in the sandbox as at work."""
    training.begin(SCENARIO)
    row = complain(training)
    first = training.new_compensation("voucher", "goodwill", Decimal(2600), "customer", "漏水")
    training.act(row.stream, first)
    view = training.coach()
    assert view is not None
    assert view.waiting is not None
    assert (view.waiting.id, view.approver) == (first.item, "supervisor")
    code = training.coach_code(first.item)
    assert isinstance(code, GivenCode)
    spoilt = "2" + code.code[1:] if code.code[0] != "2" else "3" + code.code[1:]
    assert isinstance(training.phone_approve(row.stream, first.item, spoilt), Refusal)
    released = training.phone_approve(row.stream, first.item, code.code)
    assert not isinstance(released, Refusal)
    assert released.compensation[first.item].status == "approved"
    second = training.new_compensation("voucher", "goodwill", Decimal(3000), "customer", "误工")
    training.act(row.stream, second)
    view = training.coach()
    assert view is not None
    assert view.approver == "department_head"
    refused = training.coach_decides(second.item, False, "")
    assert isinstance(refused, Refusal)
    assert refused.code == "refusal_needs_reason"
    answered = training.coach_decides(second.item, True, "")
    assert not isinstance(answered, Refusal)
    assert answered.compensation[second.item].status == "approved"
    assert desk.use_cases.phone.locks() == ()
    assert desk.enrolment() is None
    assert isinstance(training.exchange(), ExchangeFailure)


def test_the_coach_answers_nothing_that_was_not_proposed(training: TrainingDesk) -> None:
    training.begin(SCENARIO)
    assert isinstance(training.coach_decides("I0", True, ""), Refusal)
    assert isinstance(training.coach_code("I0"), Refusal)
