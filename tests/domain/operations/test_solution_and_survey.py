"""Solution, signature and satisfaction call: CO-10, FL-04, NC-05 … NC-08."""

import pytest

from desktop.domain import facts
from desktop.domain.operations.record_solution import RecordSolution
from desktop.domain.operations.record_survey import RecordSurvey
from desktop.domain.operations.sign_settlement import SignSettlement
from tests.domain.history import exchange, second_pc
from tests.domain.walking import close


@pytest.fixture
def solved(pc):
    pc.act(RecordSolution("换新"))
    return pc


def test_the_solution_is_kept_in_words_and_the_first_one_starts_the_survey_clock(pc):
    first = pc.act(RecordSolution(" 换新 "))
    pc.wait(2)
    second = pc.act(RecordSolution("退款"))
    assert (first.solution, second.solution) == ("换新", "退款")
    assert second.solved == first.solved
    assert second.conflicts == ()


@pytest.mark.parametrize("text", ["", " \n"])
def test_an_empty_solution_is_refused(pc, text):
    assert pc.refused(RecordSolution(text)).code == "solution_empty"


def test_two_solutions_at_once_are_both_kept_until_settled(pc):
    other = second_pc(pc)
    pc.act(RecordSolution("换新"))
    other.act(RecordSolution("退款"))
    state = exchange(pc, other)
    assert state.conflicts == ("solution",)
    assert {c.value for c in state.fields["solution"].candidates} == {"换新", "退款"}
    assert pc.act(RecordSolution("退款")).conflicts == ()


def test_before_the_solution_nobody_signs_and_nobody_is_asked(pc):
    assert pc.refused(SignSettlement("paper")).code == "no_solution_yet"
    assert pc.refused(RecordSurvey("answered", 5)).code == "no_solution_yet"


def test_co_10_only_a_signature_is_a_signature(solved):
    state = solved.act(SignSettlement("declined"))
    assert state.signed is None
    assert state.text("signed_how") == "declined"
    assert solved.act(SignSettlement("paper")).signed.actor == "P-li"


@pytest.mark.parametrize("how", ["paper", "declined"])
def test_either_answer_settles_the_question_of_signing(solved, ask, how):
    assert facts.of_ticket(solved.state, ask())["signed"] is False
    assert facts.of_ticket(solved.act(SignSettlement(how)), ask())["signed"] is True


def test_another_way_of_signing_is_a_fault_of_the_program(solved):
    with pytest.raises(ValueError, match="blood"):
        solved.decide(SignSettlement("blood"))


@pytest.mark.parametrize("score", [1, 2, 3, 4, 5])
def test_an_answer_carries_its_stars(solved, score):
    (survey,) = solved.act(RecordSurvey("answered", score, "phone", "还行")).surveys
    assert (survey.outcome, survey.score, survey.comment) == ("answered", score, "还行")


@pytest.mark.parametrize("score", [None, 0, 6, -1])
def test_an_answer_without_stars_from_one_to_five_is_refused(solved, score):
    assert solved.refused(RecordSurvey("answered", score)).code == "score_out_of_range"


@pytest.mark.parametrize("outcome", ["refused", "unreachable"])
@pytest.mark.parametrize("score", [0, 3, 9])
def test_nc_06_no_answer_has_no_stars(solved, outcome, score):
    assert solved.refused(RecordSurvey(outcome, score)).code == "score_without_answer"


def test_fl_04_three_calls_without_reply_end_the_survey(solved, ask):
    for call in range(3):
        assert facts.of_ticket(solved.state, ask())["survey_done"] is False, call
        solved.wait(2)
        solved.act(RecordSurvey("unreachable"))
    known = facts.of_ticket(solved.state, ask())
    assert (known["survey_done"], known["unreachable_count"]) == (True, 3)


def test_nc_06_a_refusal_is_a_result(solved, ask):
    solved.act(RecordSurvey("refused"))
    assert facts.of_ticket(solved.state, ask())["survey_done"] is True


@pytest.mark.parametrize(
    "command", [RecordSolution("x"), SignSettlement("paper"), RecordSurvey("answered", 5)]
)
def test_a_closed_ticket_takes_no_more_of_them(pc, command):
    close(pc)
    assert pc.refused(command).code == "ticket_closed"


@pytest.mark.parametrize("score", [0, 9, "5", True])
def test_stars_that_no_customer_can_give_are_not_counted(solved, score):
    solved.write("survey.recorded", {"outcome": "answered", "score": score})
    assert solved.state.surveys[-1].score is None
