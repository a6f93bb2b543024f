"""What every test needs before anything is imported: no keyring, no display, two threads."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("AMENDS_KEYRING", "off")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="amends-runtime-"))
