"""Every text on screen exists in both languages, and every text kept is one that is used."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from desktop.texts import LANGS, load_catalogue

UI = Path(__file__).parents[2] / "ui"
LITERAL = re.compile(r"""["']((?:ui|ui_[a-z]+)\.[a-z_][\w.]*)["']""")
PLACES = re.compile(r"\{(\w+)\}")
PREFIXES = ("ui.", "ui_")


def sources() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(UI.rglob("*.py")))


def test_both_languages_have_the_same_texts_with_the_same_places() -> None:
    chinese, english = (load_catalogue(lang) for lang in LANGS)
    ours = {key for key in chinese if key.startswith(PREFIXES)}
    assert ours == {key for key in english if key.startswith(PREFIXES)}
    for key in ours:
        if key != "ui.format.moment" and key != "ui.format.day":
            assert set(PLACES.findall(chinese[key])) == set(PLACES.findall(english[key])), key


@pytest.mark.parametrize("lang", LANGS)
def test_every_text_that_the_code_names_exists(lang: str) -> None:
    catalogue = load_catalogue(lang)  # type: ignore[arg-type]
    named = {key.rstrip(".") for key in LITERAL.findall(sources())}
    missing = {
        key
        for key in named
        if key not in catalogue and not any(known.startswith(f"{key}.") for known in catalogue)
    }
    assert missing == set()


def literals_and_patterns() -> tuple[set[str], set[str]]:
    """Return the string constants of `ui/` and its f-strings with `*` for their values."""
    literals: set[str] = set()
    patterns: set[str] = set()
    for path in sorted(UI.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                literals.add(node.value)
            if isinstance(node, ast.JoinedStr):
                parts = [p.value if isinstance(p, ast.Constant) else "*" for p in node.values]
                patterns.add("".join(str(part) for part in parts))
    return literals, patterns


def is_used(key: str, literals: set[str], patterns: set[str]) -> bool:
    """Tell whether `key` is written out, or built from a pattern and words of the source."""
    short = key.removeprefix("ui_ticket.")  # the ticket's panels name their texts without it
    if key in literals or (short != key and short in literals):
        return True
    for pattern in patterns:
        if not re.search("[a-z]", pattern):
            continue
        built = re.compile("([^ ]+)".join(re.escape(part) for part in pattern.split("*")))
        for name in {key, short}:
            match = built.fullmatch(name)
            group = pattern.split("*")[0]
            if match and "." in (group if name == short != key else group.partition(".")[2]):
                return True  # the values of a whole group come from the domain
            if match and all(value in literals for value in match.groups()):
                return True
    return False


def test_no_text_is_kept_that_nothing_shows() -> None:
    literals, patterns = literals_and_patterns()
    ours = [key for key in load_catalogue("zh_CN") if key.startswith(PREFIXES)]
    assert [key for key in ours if not is_used(key, literals, patterns)] == []


def test_the_english_catalogue_holds_no_chinese_but_names() -> None:
    allowed = {"ui.logo", "ui.lang.zh_CN"}
    english = load_catalogue("en")
    chinese = {
        key
        for key, text in english.items()
        if key.startswith(PREFIXES) and re.search(r"[\u4e00-\u9fff]", text)
    }
    assert chinese <= allowed
