"""Intake on the real store: all or nothing, permanent numbers, forms once (IN-02 … IN-16)."""

from desktop.bootstrap import open_desk
from desktop.domain.numbers import is_complaint_number
from desktop.domain.outcomes import Refusal
from desktop.services.intake import NewComplaint, NewEvidence, Opened
from desktop.services.ports import SavedDraft
from tests.services.desk_kit import PASSWORD

FIELDS = {
    "verbatim": "包装破损，要求退款",
    "emotion": 3,
    "expectation": "退款",
    "phone": "13800000000",
}
PHOTO = NewEvidence(b"\x89PNG picture", "image/png", "photo", "箱子.png")


def take(desk, **changes):
    return desk.use_cases.intake.open(
        NewComplaint(**{"channel": "counter", "fields": FIELDS, **changes}), desk.actor()
    )


def test_a_complaint_and_its_evidence_appear_together(desk):
    opened = take(desk, evidence=(PHOTO,))
    page = desk.ticket(opened.ticket)
    assert page.state.text("verbatim") == FIELDS["verbatim"]
    (evidence,) = page.state.evidence
    assert desk.attachment(evidence.content) == PHOTO.content
    assert (evidence.size, evidence.name) == (len(PHOTO.content), "箱子.png")
    assert page.row.number == opened.number


def test_numbers_count_the_day_of_the_store_and_start_again_the_next(desk, clock):
    first, second = take(desk), take(desk)
    assert first.number.startswith("S0217-A-261116-001-")
    assert second.number.startswith("S0217-A-261116-002-")
    assert is_complaint_number(second.number)
    clock.wait(hours=14)  # midnight in Shanghai, not in London
    assert take(desk).number.startswith("S0217-A-261117-001-")


def test_a_refused_complaint_leaves_nothing(desk):
    refusal = take(desk, fields={**FIELDS, "verbatim": " "}, evidence=(PHOTO,))
    assert refusal == Refusal("verbatim_missing")
    assert desk.today().counts.open == 0


def test_a_paper_form_becomes_one_ticket(desk):
    first = take(desk, form_serial="F-0001")
    assert isinstance(first, Opened)
    again = take(desk, form_serial="F-0001")
    assert again == Refusal("form_known", {"serial": "F-0001", "number": first.number})
    assert isinstance(take(desk, form_serial="F-0002"), Opened)


def test_in_16_the_draft_is_forgotten_when_it_became_a_ticket_and_only_then(desk, clock):
    desk.save_draft(SavedDraft("D-1", "intake", {"verbatim": "包装"}, clock.now()))
    take(desk, fields={"verbatim": ""}, draft="D-1")
    assert [d.id for d in desk.drafts()] == ["D-1"]
    take(desk, draft="D-1")
    assert list(desk.drafts()) == []


def test_in_09_earlier_complaints_of_the_same_phone_are_shown(desk):
    opened = take(desk)
    likely = desk.use_cases.intake.likely_duplicates
    assert [row.stream for row in likely({"phone": FIELDS["phone"]})] == [opened.ticket]
    assert list(likely({"phone": "13900000000"})) == []
    assert list(likely({})) == []


def test_what_was_saved_is_there_after_opening_the_desk_again(desk, tmp_path, clock):
    opened = take(desk, evidence=(PHOTO,))
    before = desk.ticket(opened.ticket).state
    desk.close()
    again = open_desk(tmp_path / "store", clock)
    try:
        again.log_in("wang", PASSWORD)
        assert again.ticket(opened.ticket).state == before
    finally:
        again.close()
