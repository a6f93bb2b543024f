"""Every refusal and anomaly has its words in both languages, and the words fit what fills them."""

import ast
from pathlib import Path
from string import Formatter

import pytest

from desktop.domain.events import EventId
from desktop.domain.operations.decide_approval import COVERS
from desktop.domain.outcomes import Refusal
from desktop.domain.policy import ROLES
from desktop.domain.ticket import Anomaly
from desktop.services.wording import anomaly_text, refusal_text
from desktop.texts import LANGS, Texts, load_catalogue

ROOT = Path(__file__).parents[2]
#: Texts of the refusal area that are parts of others, not refusals.
PARTS = ("status.", "list_joint")


def calls(name, folders):
    """Every call of `name` in the code: where, its code and the names of its values."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def refusals():
    for where, node in calls("Refusal", ("desktop", "ui", "sync", "ocr")):
        assert isinstance(node.args[0], ast.Constant), f"{where}: give the code as a text"
        values = node.args[1] if len(node.args) > 1 else ast.Dict([], [])
        assert isinstance(values, ast.Dict), f"{where}: give the values as a map written there"
        yield pytest.param(node.args[0].value, {k.value for k in values.keys}, id=where)


FOUND = list(refusals())


def places(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("code", "given"), FOUND)
def test_every_refusal_has_a_text_whose_places_are_filled(code, given, lang):
    text = load_catalogue(lang)[f"refusal.{code}"]
    assert places(text) <= given
    assert text.strip()


@pytest.mark.parametrize("lang", LANGS)
def test_no_text_is_left_of_a_refusal_that_is_gone(lang):
    known = {f"refusal.{param.values[0]}" for param in FOUND}
    texts = {
        key
        for key in load_catalogue(lang)
        if key.startswith("refusal.") and not key.removeprefix("refusal.").startswith(PARTS)
    }
    assert texts == known


@pytest.mark.parametrize("area", ["refusal.", "anomaly."])
def test_both_languages_have_the_same_texts_with_the_same_places(area):
    one, two = (
        {key: places(text) for key, text in load_catalogue(lang).items() if key.startswith(area)}
        for lang in LANGS
    )
    assert one == two


def anomaly_codes():
    """Codes of anomalies: texts given to Anomaly or to the helpers that make one."""
    code_of = {"Anomaly": 0, "_with_anomaly": 1}
    found = {"over_limit", "paid_twice", "paid_without_grant"}  # chosen by a name at the call
    for name, position in code_of.items():
        for _, node in calls(name, ("desktop/domain",)):
            argument = node.args[position]
            if isinstance(argument, ast.Constant):
                found.add(argument.value)
    return found


@pytest.mark.parametrize("lang", LANGS)
def test_every_anomaly_has_a_text(lang):
    texts = {key for key in load_catalogue(lang) if key.startswith("anomaly.")}
    assert texts == {f"anomaly.{code}" for code in anomaly_codes()}


def test_a_list_of_texts_is_joined_in_the_language_of_the_reader():
    missing = [
        {"zh_CN": "还差凭证。", "en": "Evidence is missing."},
        {"zh_CN": "签字", "en": "Sign"},
    ]
    refusal = Refusal("step_blocked", {"missing": missing})
    assert refusal_text(refusal, Texts("zh_CN")) == "这一步还不能完成：还差凭证；签字。"
    assert refusal_text(refusal, Texts("en")) == (
        "This step cannot be completed yet: Evidence is missing; Sign."
    )


def test_a_map_of_languages_is_resolved():
    refusal = Refusal("step_out_of_order", {"step": {"zh_CN": "接待安抚", "en": "Receive"}})
    assert refusal_text(refusal, Texts("zh_CN")) == "请先完成“接待安抚”这一步。"
    assert refusal_text(refusal, Texts("en")) == 'Please complete the step "Receive" first.'


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("role", sorted({*ROLES, *COVERS}))
def test_roles_are_words(role, lang):
    text = refusal_text(Refusal("approver_role", {"role": role}), Texts(lang))
    assert Texts(lang).get(f"ui.role.{role}") in text


@pytest.mark.parametrize("status", ["pending", "granted", "approved", "refused"])
def test_statuses_are_words(status):
    text = refusal_text(Refusal("not_granted", {"status": status}), Texts("zh_CN"))
    assert status not in text


def test_words_of_people_may_contain_braces():
    text = refusal_text(Refusal("unknown_code", {"code": "{PQ}"}), Texts("en"))
    assert '"{PQ}"' in text


def test_an_anomaly_names_its_sums():
    values = {"item": "I-2", "limit": "2000.00", "cumulative": "3000.00"}
    text = anomaly_text(Anomaly("over_limit", EventId("A", 2), values), Texts("zh_CN"))
    assert "3000.00" in text
    assert "2000.00" in text
