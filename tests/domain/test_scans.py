"""A scanned code goes to the field it belongs to, by its pattern."""

from __future__ import annotations

import pytest

from desktop.domain.scans import is_gtin, read_scan


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("6901234567892", {"sku": "6901234567892"}),
        ("96385074", {"sku": "96385074"}),
        ("2832510581", {"receipt_no": "2832510581"}),
        ("XP202611220001", {"receipt_no": "XP202611220001"}),
        ("vip0012345", {"member_no": "VIP0012345"}),
        ("M20260107", {"member_no": "M20260107"}),
        ("SN8A-42K7", {"batch": "SN8A-42K7"}),
        ("(01)06901234567892(10)L2611", {"sku": "6901234567892", "batch": "L2611"}),
        ("010690123456789210L2611\x1d17271231", {"sku": "6901234567892", "batch": "L2611"}),
        ("010690123456789221SER99", {"sku": "6901234567892", "batch": "SER99"}),
        ("hello world", {}),
        ("换新机换新机换新机", {}),
        ("", {}),
    ],
)
def test_a_code_is_told_by_its_pattern(code: str, fields: dict[str, str]) -> None:
    assert {scan.field: scan.value for scan in read_scan(code)} == fields


def test_a_wrong_check_digit_is_no_article() -> None:
    assert is_gtin("6901234567892")
    assert not is_gtin("6901234567893")
    assert [scan.field for scan in read_scan("6901234567893")] == ["receipt_no"]
