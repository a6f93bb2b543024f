"""The design tokens: the colours of the light and the dark theme and the sizes they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

ThemeName = Literal["light", "dark"]
Tone = Literal["neutral", "accent", "info", "good", "warn", "bad"]

GRID: Final = 8
"""Spacing unit in logical pixels (screens.md: everything sits on an 8-px grid)."""

RADIUS_CARD: Final = 12
RADIUS_CONTROL: Final = 8
CONTROL_HEIGHT: Final = 36
RAIL_WIDTH: Final = 88
TOPBAR_HEIGHT: Final = 56

FONT_FAMILY: Final = "Noto Sans SC"
TYPE: Final[dict[str, int]] = {
    "display": 28,
    "title": 20,
    "heading": 15,
    "body": 14,
    "small": 12,
    "tiny": 11,
}
"""Type sizes in logical pixels; small is 12 because half pixels blur CJK strokes."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme; every value is `#RRGGBB`."""

    name: ThemeName
    bg: str
    surface: str
    sunken: str
    hover: str
    ink: str
    muted: str
    line: str
    line_strong: str
    accent: str
    accent_hover: str
    on_accent: str
    accent_ink: str
    accent_soft: str
    accent_line: str
    disabled: str
    on_disabled: str
    rail: str
    rail_active: str
    rail_ink: str
    rail_ink_active: str
    neutral: str
    neutral_soft: str
    info: str
    info_soft: str
    good: str
    good_soft: str
    warn: str
    warn_soft: str
    warn_strong: str
    bad: str
    bad_soft: str
    bad_strong: str
    focus: str
    canvas: str
    band_ok: str
    band_next: str
    band_over: str

    def text_of(self, tone: Tone) -> str:
        """Return the colour of text in `tone`."""
        return self.accent_ink if tone == "accent" else str(getattr(self, tone))

    def soft_of(self, tone: Tone) -> str:
        """Return the soft ground on which text of `tone` stands."""
        return str(getattr(self, f"{tone}_soft"))


LIGHT: Final = Tokens(
    name="light",
    bg="#F5F6F8",
    surface="#FFFFFF",
    sunken="#F8F9FB",
    hover="#F1F4F6",
    ink="#1A2230",
    muted="#5F6B80",
    line="#E4E7EC",
    line_strong="#C3CAD5",
    accent="#0F766E",
    accent_hover="#0B5F59",
    on_accent="#FFFFFF",
    accent_ink="#0B645D",
    accent_soft="#E6F4F1",
    accent_line="#8CCFC6",
    disabled="#E4E8EC",
    on_disabled="#5A6472",
    rail="#12312E",
    rail_active="#2C4A46",
    rail_ink="#D5E3E0",
    rail_ink_active="#FFFFFF",
    neutral="#475467",
    neutral_soft="#EEF1F4",
    info="#175CD3",
    info_soft="#DCEBFF",
    good="#067647",
    good_soft="#D9F5E5",
    warn="#A8480A",
    warn_soft="#FEF3C7",
    warn_strong="#F79009",
    bad="#B42318",
    bad_soft="#FEE4E2",
    bad_strong="#F04438",
    focus="#0F766E",
    canvas="#3B3F46",
    band_ok="#86D0C5",
    band_next="#F3D48C",
    band_over="#F2B3AC",
)

DARK: Final = Tokens(
    name="dark",
    bg="#101518",
    surface="#192024",
    sunken="#141A1E",
    hover="#222B30",
    ink="#E7ECF1",
    muted="#9CA8B6",
    line="#2B353B",
    line_strong="#46535C",
    accent="#2BA99B",
    accent_hover="#3CC0B1",
    on_accent="#04211E",
    accent_ink="#6FD8CA",
    accent_soft="#143631",
    accent_line="#2C6F67",
    disabled="#2A3439",
    on_disabled="#98A3B0",
    rail="#0B1F1D",
    rail_active="#1D3B37",
    rail_ink="#BFD3CF",
    rail_ink_active="#FFFFFF",
    neutral="#C2CBD6",
    neutral_soft="#29333A",
    info="#92C1FF",
    info_soft="#182F52",
    good="#66D9A0",
    good_soft="#12382A",
    warn="#F7BD62",
    warn_soft="#3D2D0D",
    warn_strong="#F79009",
    bad="#FFA59B",
    bad_soft="#47201D",
    bad_strong="#F97066",
    focus="#4FD1C1",
    canvas="#0A0D0F",
    band_ok="#2F8578",
    band_next="#9A7524",
    band_over="#9C4A41",
)

THEMES: Final[dict[ThemeName, Tokens]] = {"light": LIGHT, "dark": DARK}

TEXT_PAIRS: Final[tuple[tuple[str, str], ...]] = (
    *((fg, bg) for fg in ("ink", "muted") for bg in ("bg", "surface", "sunken", "hover")),
    *((fg, bg) for fg in ("accent_ink", "warn", "bad", "good") for bg in ("surface", "sunken")),
    ("ink", "accent_soft"),
    ("ink", "warn_soft"),
    ("ink", "neutral_soft"),
    ("muted", "neutral_soft"),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("on_disabled", "disabled"),
    ("rail_ink", "rail"),
    ("rail_ink_active", "rail_active"),
    *(
        ("accent_ink" if tone == "accent" else tone, f"{tone}_soft")
        for tone in ("neutral", "accent", "info", "good", "warn", "bad")
    ),
)
"""Every pair of text on ground that the style draws; each must reach 4.5 : 1 (WCAG AA)."""


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Return the WCAG 2.2 contrast ratio of two `#RRGGBB` colours, 1 to 21."""
    bright, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)
