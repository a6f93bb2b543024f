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
    catalogue: dict[str, str] = {}
    folder = files("resources") / "locales" / lang
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if not entry.name.endswith(".yaml"):
            continue
        area = entry.name.removesuffix(".yaml")
        content = YAML(typ="safe", pure=False).load(entry.read_text(encoding="utf-8")) or {}
        for key, text in content.items():
            if not isinstance(text, str):
                raise ValueError(f"locales/{lang}/{entry.name}: {key} is not a text")
            catalogue[f"{area}.{key}"] = text
    return catalogue


class Texts:
    """Looks texts up in one language; a missing key is a fault, never a silent blank."""

    def __init__(self, lang: Lang) -> None:
        self.lang: Lang = lang
        self._catalogue = load_catalogue(lang)

    def get(self, key: str, **values: object) -> str:
        """Return the text of `key` with its `{named}` places filled.

        Raises KeyError for an unknown key or a missing value.
        """
        text = self._catalogue[key]
        return text.format(**values) if values else text

    def has(self, key: str) -> bool:
        """Tell whether the catalogue knows `key`."""
        return key in self._catalogue

    def choose(self, texts: dict[str, str]) -> str:
        """Choose this language from a `{"zh_CN": …, "en": …}` map of the policy pack."""
        return texts.get(self.lang) or texts["zh_CN"]
