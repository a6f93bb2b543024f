"""The running window as a screen reader finds it: a real X server, session bus and AT-SPI."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.bootstrap import open_desk
from tests.ui.conftest import PASSWORD, complain, enter

SYSTEM_PYTHON = "/usr/bin/python3"
SCRIPT = Path(__file__).with_name("screen_reader.py")
PROBE = "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(180),
    pytest.mark.skipif(sys.platform != "linux", reason="AT-SPI is what Linux desktops have"),
]


@pytest.fixture
def display() -> Iterator[str]:
    """Run an X server that nobody sees and return its name."""
    lacking = [name for name in ("Xvfb", "dbus-run-session") if shutil.which(name) is None]
    if lacking:
        pytest.skip(f"needs {', '.join(lacking)}")
    probe = subprocess.run([SYSTEM_PYTHON, "-c", PROBE], capture_output=True, check=False)
    if probe.returncode != 0:
        pytest.skip("needs python3-gi, gir1.2-atspi-2.0 and at-spi2-core")
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1440x900x24"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        try:
            with os.fdopen(reading) as said:
                number = said.readline().strip()
            if not number:
                pytest.skip("Xvfb does not start here")
            yield f":{number}"
        finally:
            server.terminate()


def test_every_screen_is_named_spoken_and_keeps_the_password(display: str, tmp_path: Path) -> None:
    """What a reader reads of each screen, what it speaks, and that letters stay untold."""
    store = tmp_path / "store"
    desk = enter(open_desk(store))
    complain(desk)
    desk.close()
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    done = subprocess.run(
        ["dbus-run-session", "--", SYSTEM_PYTHON, SCRIPT, sys.executable, store, "林晓", PASSWORD],
        env={
            "DISPLAY": display,
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
        },
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])  # the bus speaks before it
    assert found["spoken"][0] == "登录名或密码不对。请再试一次。"
    assert set("".join(found["told"])) == {"●"}
    screens = found["screens"]
    assert len(screens) == 9
    assert len({json.dumps(things) for things in screens.values()}) == 9, "screens do not change"
    for name, things in screens.items():
        stops = [thing for thing in things if thing["focusable"]]
        assert len(stops) > 9, name
        assert [thing for thing in stops if not thing["name"].strip()] == [], name
