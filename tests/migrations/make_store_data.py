"""Writes the data that later versions must read; run once at each release that adds a revision.

python tests/migrations/make_store_data.py
"""

import json
import os
import sys
from pathlib import Path

os.environ["AMENDS_KEYRING"] = "off"
sys.path.insert(0, str(Path(__file__).parents[1] / "storage"))
from desktop.policy import load_policy
from desktop.storage import schema, tables
from tests.storage.store_kit import Shop, random_history


def main() -> None:
    folder = Path(__file__).parent / "store_data" / schema.HEAD
    shop = Shop(folder, load_policy())
    streams = random_history(shop, 1, tickets=3, steps=25)
    expected = {
        "streams": streams,
        "events": [
            [str(e.id), e.stream, e.kind, e.lc, e.at.isoformat(), dict(e.data), dict(e.personal)]
            for stream in streams
            for e in shop.store.journal.events(stream)
        ],
        "numbers": {r["stream"]: r["number"] for r in shop.table(tables.ticket_row)},
        "found": shop.found('"退款" *'),
    }
    text = json.dumps(expected, ensure_ascii=False, indent=1)
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8")
    shop.store.database.copy_to(folder / "whole.db")
    shop.store.close()
    for path in folder.glob("amends.db*"):
        path.unlink()
    (folder / "whole.db").rename(folder / "amends.db")


if __name__ == "__main__":
    main()
