"""What people type of a code is read as they meant it."""

from __future__ import annotations

import pytest

from desktop.domain.read_out_codes import plain_code


@pytest.mark.parametrize(
    "typed",
    ["7K2M-0QZ8-R1T7", " 7k2m 0qz8r1t7\n", "7K2M—OQZ8–RlT7", "７Ｋ２ｍ－０ＱＺ８　Ｒ１Ｔ７。"],
)
def test_case_separators_look_alikes_and_width_do_not_count(typed: str) -> None:
    assert plain_code(typed) == "7K2M0QZ8R1T7"


def test_chinese_is_no_code() -> None:
    assert plain_code("接入码：请看邮件") == ""
