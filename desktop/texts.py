"""The one catalogue of texts for screens, PDFs and HQ pages, in every language that ships."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final, Literal, TypeAlias, get_args

from ruamel.yaml import YAML

Lang: TypeAlias = Literal["zh_CN", "en"]
LANGS: Final[tuple[Lang, ...]] = get_args(Lang)


@cache
def load_catalogue(lang: Lang) -> dict[str, str]:
    """Read `resources/locales/<lang>/<area>.yaml` into one map `area.key` -> text.

    Raises ValueError when an area file is not a flat map of texts, naming the file.
    """
    folder = files("resources") / "locales" / lang
    names = sorted(entry.name for entry in folder.iterdir())
    areas = (name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))
    return {key: text for area in areas for key, text in load_area(lang, area).items()}


@cache
def load_area(lang: Lang, area: str) -> dict[str, str]:
    """Read one area file into a map `area.key` -> text; empty when there is no such area.

    The areas of all screens together take a fifth of a second, so each is read when first used.
    """
    entry = files("resources") / "locales" / lang / f"{area}.yaml"
    if not entry.is_file():
        return {}
    content = YAML(typ="safe", pure=False).load(entry.read_text(encoding="utf-8")) or {}
    for key, text in content.items():
        if not isinstance(text, str):
            raise ValueError(f"locales/{lang}/{entry.name}: {key} is not a text")
    return {f"{area}.{key}": text for key, text in content.items()}


class Texts:
    """Looks texts up in one language; a missing key is a fault, never a silent blank."""

    def __init__(self, lang: Lang) -> None:
        self.lang: Lang = lang

    def get(self, key: str, **values: object) -> str:
        """Return the text of `key` with its `{named}` places filled.

        Raises KeyError for an unknown key or a missing value.
        """
        text = load_area(self.lang, key.partition(".")[0])[key]
        return text.format(**values) if values else text

    def has(self, key: str) -> bool:
        """Tell whether the catalogue knows `key`."""
        return key in load_area(self.lang, key.partition(".")[0])

    def choose(self, texts: dict[str, str]) -> str:
        """Choose this language from a `{"zh_CN": …, "en": …}` map of the policy pack."""
        return texts.get(self.lang) or texts["zh_CN"]
