"""What every test needs before anything is imported: no keyring, no display, two threads."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("AMENDS_KEYRING", "off")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="amends-runtime-"))

from argon2 import PasswordHasher

# The cost of argon2id guards stolen files; no test proves anything by waiting for it. Programs
# that tests start in processes of their own keep the real cost.
_COSTS = PasswordHasher.__init__.__defaults__
assert _COSTS is not None
PasswordHasher.__init__.__defaults__ = (1, 8, 1, *_COSTS[3:])
