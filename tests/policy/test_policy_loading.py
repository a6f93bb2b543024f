"""A wrong line of a pack is named by file and line; the built-in pack is the pinned one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from desktop.domain.policy import EMOTIONS, FACTS, LANGUAGES, NODES, Workdays
from desktop.policy import PolicyError, load_policy, loading, policy_digest
from desktop.policy.generate_calendar import calendar_text
from desktop.policy.loading import built_in_folder

Edit = Callable[[str, str, str], int]


def test_the_built_in_pack_is_the_one_that_the_build_pins() -> None:
    assert policy_digest(built_in_folder()) == policy_digest(), (
        "resources/policy changed: run `amends policy pin`"
    )
    assert load_policy().digest == policy_digest()


def test_the_archive_compiles_to_the_same_policy_as_its_sources() -> None:
    def shape(policy: object) -> str:
        return repr(policy)

    assert shape(load_policy()) == shape(load_policy(built_in_folder()))


def test_an_altered_built_in_pack_is_refused(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = (built_in_folder() / loading.ARCHIVE).read_bytes()
    (pack / loading.ARCHIVE).write_bytes(archive.replace(b'"2000.00"', b'"9000.00"'))
    monkeypatch.setattr(loading, "built_in_folder", lambda: pack)
    with pytest.raises(PolicyError, match="altered"):
        loading._load_built_in.__wrapped__()


def test_comments_and_layout_do_not_change_the_digest_and_content_does(
    pack: Path, edit: Edit
) -> None:
    before = policy_digest(pack)
    edit("authority.yaml", "rows:", "# a remark\nrows:")
    assert policy_digest(pack) == before
    edit("authority.yaml", '"2000.00"', '"2000.01"')
    assert policy_digest(pack) != before


def test_the_shipped_calendar_is_what_the_library_says() -> None:
    shipped = (built_in_folder() / "calendar.yaml").read_text(encoding="utf-8")
    assert shipped == calendar_text()


def test_the_store_flow_is_complete_in_both_languages() -> None:
    flow = load_policy().flow()
    assert [step.title["zh_CN"] for step in flow.steps] == [
        "接待安抚",
        "完整记录",
        "分类定级",
        "核实凭证",
        "提出方案",
        "授权补偿",
        "签字确认",
        "48 小时回访",
        "归档",
    ]
    for step in flow.steps:
        assert step.node in NODES
        assert set(step.say) == set(EMOTIONS)
        assert all(text[lang] for text in step.say.values() for lang in LANGUAGES)
        assert any(item.required for item in step.do)


def test_amounts_and_spans_arrive_as_their_types() -> None:
    policy = load_policy()
    assert policy.authority[0].up_to == Decimal("2000.00")
    amounts = {row.id: row.amount for row in policy.clocks}
    assert amounts["SL-01"] == timedelta(hours=2)
    assert amounts["FL-11.complex"] == Workdays(5)
    assert "SL-04.response" not in amounts  # shipped, but switched off


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("clocks.yaml", "kind: wall", "kind: sundial", "kind"),
        ("clocks.yaml", "    limit: 30m", "    limit: soon", "limit"),
        ("clocks.yaml", "    limit: 30m", "    limit: 3wd", "kind workday counts in wd"),
        ("clocks.yaml", "when: level == 1", "when: level ==", "does not parse"),
        ("clocks.yaml", "when: level == 1", "when: mood == 1", "fact 'mood' is not known"),
        ("clocks.yaml", "when: level == 1", "when: signed", "fact 'signed' is not allowed here"),
        ("clocks.yaml", "when: level == 1", "when: level + 1", "not true or false"),
        ("clocks.yaml", "when: level == 1", 'when: level > "1"', "No such overload"),
        ("clocks.yaml", "when: level == 1", "when: urgent(level)", "urgent"),
        ("clocks.yaml", "clock: special_team", "clock: special_tea", "has no title"),
        ("clocks.yaml", "id: CL-01", "id: SL-01", "duplicate id 'SL-01'"),
        ("clocks.yaml", "pausable: true", "pauseable: true", "pauseable: unknown key"),
        ("clocks.yaml", "pausable: true", 'pausable: "yes"', "boolean"),
        ("authority.yaml", '"2000.00"', '"-1"', "up_to"),
        ("authority.yaml", '"2000.00"', '"2000.001"', "up_to"),
        ("authority.yaml", "role: clerk", "role: clark", "role"),
        ("authority.yaml", "source: R7}", 'up_to: "1.00", source: R7}', "bind goodwill only"),
        ("authority.yaml", "role: regional_manager", "role: supervisor", "a second row"),
        ("codes.yaml", "parent: PQ-02", "parent: PQ-77", "no parent 'PQ-77'"),
        ("codes.yaml", "id: PQ-02", "id: XX-02", "no family 'XX'"),
        ("codes.yaml", "[quality_trace]", "[quality_race]", "consequences"),
        ("flow_store.yaml", "node: received", "node: greeted", "node"),
        ("flow_store.yaml", "condition: code_set", "condition: code_sett", "code_sett"),
        ("flow_store.yaml", "- id: safe", "- id: listened", "duplicate id 'listened'"),
        ("calendar.yaml", "- 2026-10-10", "- 2028-10-10", "outside"),
        ("contacts.yaml", "codes: [PQ],", "codes: [QQ],", "no code 'QQ'"),
        ("ladder.yaml", 'low: "100.00"', 'low: "900.00"', "above high"),
        ("law_cards.yaml", "confidence: A", "confidence: D", "confidence"),
        ("manifest.yaml", "default_flow: store", "default_flow: shop", "no flow 'shop'"),
        ("manifest.yaml", "retention_years: 3", "retention_years: 2", "retention_years"),
        ("manifest.yaml", "effective: 2026-11-01", "effective: soon", "effective"),
    ],
)
def test_a_wrong_line_is_named_by_file_and_line(
    pack: Path, edit: Edit, file: str, old: str, new: str, message: str
) -> None:
    line = edit(file, old, new)
    with pytest.raises(PolicyError) as raised:
        load_policy(pack)
    found = [problem for problem in raised.value.problems if message in problem.message]
    assert found, raised.value
    assert {problem.file for problem in found} == {file}
    assert line in {problem.line for problem in found} or message.startswith("duplicate")


def test_a_missing_translation_is_named(pack: Path, edit: Edit) -> None:
    line = edit("codes.yaml", "{zh_CN: 口感差异, en: Taste differs}", "{zh_CN: 口感差异}")
    with pytest.raises(PolicyError) as raised:
        load_policy(pack)
    assert [str(problem) for problem in raised.value.problems] == [
        f"codes.yaml:{line}: translation 'en' is missing in 'title'"
    ]


def test_a_script_missing_for_one_emotion_is_named(pack: Path, edit: Edit) -> None:
    edit("flow_store.yaml", "      5: {zh_CN", "      6: {zh_CN")
    with pytest.raises(PolicyError) as raised:
        load_policy(pack)
    assert {problem.message for problem in raised.value.problems} == {
        "5: is missing",
        "6: unknown key",
    }


def test_every_problem_is_told_at_once_in_file_order(pack: Path, edit: Edit) -> None:
    edit("authority.yaml", "role: clerk", "role: clark")
    edit("clocks.yaml", "kind: wall", "kind: sundial")
    (pack / "ladder.yaml").unlink()
    with pytest.raises(PolicyError) as raised:
        load_policy(pack)
    assert [problem.file for problem in raised.value.problems] == [
        "authority.yaml",
        "clocks.yaml",
        "ladder.yaml",
    ]


def test_a_line_that_is_no_yaml_is_named(pack: Path, edit: Edit) -> None:
    line = edit("codes.yaml", "keywords: [口感", "keywords: [[口感")
    with pytest.raises(PolicyError) as raised:
        load_policy(pack)
    (problem,) = raised.value.problems
    assert problem.file == "codes.yaml"
    assert problem.line >= line


def test_a_key_given_twice_is_named(pack: Path, edit: Edit) -> None:
    edit("manifest.yaml", "version:", 'version: "1"\nversion:')
    with pytest.raises(PolicyError, match=r"manifest\.yaml:\d+: .*duplicate key"):
        load_policy(pack)


def test_a_misspelt_file_name_does_not_switch_a_part_off(pack: Path) -> None:
    shutil.copy(pack / "clocks.yaml", pack / "clock.yaml")
    with pytest.raises(PolicyError, match=r"clock\.yaml:1: no file of a policy pack"):
        load_policy(pack)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"pairs: \x00"])
def test_a_file_that_is_no_text_is_named(pack: Path, content: bytes) -> None:
    (pack / "phrases.yaml").write_bytes(content)
    with pytest.raises(PolicyError, match=r"phrases\.yaml:1: cannot be read"):
        load_policy(pack)


@pytest.mark.parametrize("content", ["", "- a list\n", "just a text\n"])
def test_a_file_that_holds_something_else_is_named(pack: Path, content: str) -> None:
    (pack / "ladder.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(PolicyError, match=r"ladder\.yaml:1"):
        load_policy(pack)


def test_no_folder_and_an_empty_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="no such folder"):
        load_policy(tmp_path / "nowhere")
    with pytest.raises(PolicyError, match="holds no policy files"):
        load_policy(tmp_path)


def test_the_authors_guide_names_every_fact() -> None:
    guide = (built_in_folder() / "README.md").read_text(encoding="utf-8")
    assert [name for name in FACTS if f"`{name}`" not in guide] == []
