"""Contacts, remarks and evidence: SL-10, EV-01, EV-02, NC-02."""

from datetime import timedelta

import pytest

from desktop.domain.operations.add_comment import AddComment
from desktop.domain.operations.attach_evidence import AttachEvidence
from desktop.domain.operations.contact_customer import PURPOSES, ContactCustomer
from desktop.domain.outcomes import Accepted
from tests.domain.history import CLERK, MONDAY, SUPERVISOR, Pc, opening
from tests.domain.walking import close

PHOTO = AttachEvidence("cd" * 32, "image/png", 2048, "photo", "张三的箱子.png")


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_contact_is_kept_with_purpose_channel_and_note(pc, purpose):
    state = pc.act(ContactCustomer(purpose, "phone", True, " 说明了进度 "))
    (contact,) = state.contacts
    assert (contact.purpose, contact.channel, contact.reached) == (purpose, "phone", True)
    assert contact.note == "说明了进度"
    assert contact.mark.actor == CLERK.person


def test_an_unknown_purpose_is_a_fault_of_the_program(pc):
    with pytest.raises(ValueError, match="gossip"):
        pc.decide(ContactCustomer("gossip", "phone"))


def test_sl_10_the_customer_at_the_counter_is_served_by_the_first_word_that_reached_them(policy):
    pc = Pc("A", policy)
    pc.act(opening(arrived_at=MONDAY - timedelta(minutes=3)))
    assert pc.act(ContactCustomer("inquiry", "phone", reached=False)).served_at is None
    pc.wait(1)
    first = pc.act(ContactCustomer("first_response", "counter")).served_at
    assert first == MONDAY + timedelta(hours=1)
    pc.wait(1)
    assert pc.act(ContactCustomer("inquiry", "counter")).served_at == first


def test_nobody_waits_who_did_not_come_to_the_store(pc):
    assert pc.act(ContactCustomer("first_response", "phone")).served_at is None


def test_ev_02_a_remark_is_kept_as_a_personal_value_even_after_closing(pc):
    close(pc)
    state = pc.act(AddComment(" 区域复核过 "), SUPERVISOR)
    assert [(c.text, c.mark.actor) for c in state.comments] == [("区域复核过", "P-wang")]
    assert pc.events[-1].data == {}


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_empty_remark_is_refused(pc, text):
    assert pc.refused(AddComment(text)).code == "comment_empty"


def test_ev_01_evidence_keeps_digest_and_name_out_of_the_hashed_data(pc):
    (evidence,) = pc.act(PHOTO).evidence
    assert (evidence.content, evidence.name) == (PHOTO.content, PHOTO.name)
    assert (evidence.role, evidence.media_type, evidence.size) == ("photo", "image/png", 2048)
    assert set(pc.events[-1].data) == {"media_type", "size", "role"}


def test_the_same_content_twice_changes_nothing(pc):
    pc.act(PHOTO)
    assert pc.decide(PHOTO) == Accepted(())


def test_a_closed_ticket_still_takes_evidence(pc):
    close(pc)
    before = len(pc.state.evidence)
    assert len(pc.act(PHOTO).evidence) == before + 1
