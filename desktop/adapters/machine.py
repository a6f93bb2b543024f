"""Looks at this PC for the diagnostics: versions, free room, pages of the database, parts."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import shutil
import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from desktop.services.diagnosing import Machine
from desktop.storage import schema
from desktop.storage.database import Database

#: Packages whose version a supporter asks for.
_PACKAGES: Final = ("PySide6_Essentials", "sqlcipher3", "rapidocr", "onnxruntime", "reportlab")
_OCR_MODULES: Final = ("rapidocr", "onnxruntime", "cv2", "zxingcpp")
_FONTS: Final = ("NotoSansSC_400Regular.ttf", "NotoSansSC_700Bold.ttf")


class ThisMachine:
    """Implements the port `MachineReader`."""

    def __init__(self, folder: Path, database: Database, key_place: str) -> None:
        self._folder = folder
        self._database = database
        self._key_place = key_place

    def read(self) -> Machine:
        """Return what the program runs on."""
        with self._database.read() as connection:
            revision = schema.revision_of(connection)
            cipher = connection.exec_driver_sql("PRAGMA cipher_version").scalar_one_or_none()
        found = {
            "Amends": _version("amends"),
            "Python": platform.python_version(),
            "SQLCipher": str(cipher or ""),
            "system": f"{platform.system()} {platform.release()} {platform.machine()}",
            **{name: _version(name) for name in _PACKAGES},
        }
        return Machine(
            versions={name: version for name, version in found.items() if version},
            free=shutil.disk_usage(self._folder).free,
            folder=str(self._folder),
            key_place=self._key_place,
            schema=revision or "",
        )

    def licences(self) -> str:
        """Return the texts that stand beside the program, built or from its sources."""
        beside = Path(__file__).resolve().parents[2]
        # The list is Markdown; the licence itself is set as it is.
        framed = (("THIRD_PARTY.md", "{}"), ("LICENSE", "```\n{}\n```"))
        texts = ((beside / name, frame) for name, frame in framed)
        found = (frame.format(t.read_text(encoding="utf-8")) for t, frame in texts if t.exists())
        return "\n\n".join(found)

    def damage(self) -> str:
        """Check the seal of every page and the structure; return the first thing wrong."""
        with self._database.read() as connection:
            for pragma in ("cipher_integrity_check", "quick_check(1)"):
                wrong = _wrong(connection, pragma)
                if wrong:
                    return wrong
        return ""

    def missing_parts(self) -> Mapping[str, str]:
        """Return which parts are not installed whole; loading the OCR models would take seconds."""
        missing = {
            name: "not installed" for name in _OCR_MODULES if importlib.util.find_spec(name) is None
        }
        fonts = files("resources") / "fonts"
        missing |= {name: "missing" for name in _FONTS if not (fonts / name).is_file()}
        return missing


def _wrong(connection: Connection, pragma: str) -> str:
    lines = connection.exec_driver_sql(f"PRAGMA {pragma}").scalars().all()
    return next((str(line) for line in lines if line != "ok"), "")


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        # A built folder carries the metadata of few packages; the modules are there all the same.
        module = sys.modules.get(package.lower())
        return str(getattr(module, "__version__", "")) if module else ""
