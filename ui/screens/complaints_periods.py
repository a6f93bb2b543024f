"""What the list of complaints can be narrowed to: periods by name (2024年第三季度) and families."""

from __future__ import annotations

from desktop.services.list_views import MOVING, quarters_until
from ui.context import Ui
from ui.widgets.inputs import Option


def family_options(ui: Ui) -> list[Option]:
    """Return the families of codes that the policy pack has."""
    families = sorted({code.family for code in ui.desk.policy.codes.values()})
    return [Option(name, ui.text(f"ui.family.{name}")) for name in families]


def period_options(ui: Ui) -> list[Option]:
    """Return the moving periods, then quarters and years back from today."""
    today = ui.desk.now().astimezone(ui.formats.zone).date()
    quarters = quarters_until(today)
    years = sorted({name[:4] for name in quarters}, reverse=True)
    return [Option(name, period_name(ui, name)) for name in (*MOVING, *quarters, *years)]


def period_name(ui: Ui, period: str) -> str:
    """Name a period (2024年第三季度)."""
    if period in MOVING:
        return ui.text(f"ui_complaints.period.{period}")
    year, _, quarter = period.partition("Q")
    if not quarter:
        return ui.text("ui_complaints.period.in_year", year=year)
    ordinal = ui.text(f"ui_complaints.quarter.{quarter}")
    return ui.text("ui_complaints.period.in_quarter", year=year, quarter=ordinal)
