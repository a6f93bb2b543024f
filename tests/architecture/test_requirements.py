"""Every required rule is proved by tests or says why it is not; the table can be made anew."""

import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts/requirements_table.py"


def load():
    spec = importlib.util.spec_from_file_location("requirements_table", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


table = load()


def test_no_rule_is_without_a_test_and_without_a_reason():
    rows = table.rows()
    assert [row.id for row in rows if row.empty] == []
    assert len({row.id for row in rows}) == len(rows) > 60


def test_the_page_lists_each_rule_once_with_its_tests():
    rows = table.rows()
    page = table.markdown(rows)
    for row in rows:
        assert page.count(f"| {row.id} |") == 1
        assert all(test.removeprefix("tests/") in page for test in row.tests)


def test_the_page_in_the_documents_is_the_one_that_these_tests_make():
    """Stale after tests were added or renamed: run `python scripts/requirements_table.py`."""
    kept = (SCRIPT.parents[1] / "docs/requirements.md").read_text(encoding="utf-8")
    assert kept == table.markdown(table.rows()), "run python scripts/requirements_table.py"


def test_a_listed_test_that_is_gone_and_a_rule_that_is_not_listed_are_told(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_a.py").write_text("def test_cl_02_x():\n    pass\n")
    listed = tmp_path / "tests/requirements.yaml"
    for text, told in (
        ("CL-02: {title: x, tests: ['tests/test_a.py::test_gone']}\n", "do not exist"),
        ("CL-03: {title: x}\n", "lacks"),
    ):
        listed.write_text(text)
        with pytest.raises(ValueError, match=told):
            table.rows(tmp_path)
    listed.write_text("CL-02: {title: x}\n")
    assert table.rows(tmp_path)[0].tests == ("tests/test_a.py::test_cl_02_x",)
