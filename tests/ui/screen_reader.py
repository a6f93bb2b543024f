"""Walks the running window as a screen reader does, over AT-SPI; run by the system's Python.

    dbus-run-session -- /usr/bin/python3 tests/ui/screen_reader.py PYTHON DATA LOGIN PASSWORD

Prints one JSON object: what each screen tells, what was spoken, and what was told of the
password. Needs python3-gi, gir1.2-atspi-2.0 and at-spi2-core, and an X server in DISPLAY.
"""

import json
import os
import subprocess
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

SCREENS = 9
FIRST_SECONDS, SECONDS = 60, 30
spoken: list[str] = []
told: list[str] = []


def heard(event: Atspi.Event) -> None:
    """Note what a reader would speak, and what is told of the password."""
    if event.type.startswith("object:announcement"):
        spoken.append(str(event.any_data))
    elif event.source.get_role() == Atspi.Role.PASSWORD_TEXT:
        told.append(str(event.any_data))


def until(what: str, found, seconds: float = SECONDS):
    """Let events come in until `found` returns something; exits with 1 when it never does."""
    end = time.monotonic() + seconds
    context = GLib.MainContext.default()
    while time.monotonic() < end:
        while context.iteration(False):
            pass
        try:
            answer = found()
        except GLib.Error:  # it went away while it was read
            answer = None
        if answer:
            return answer
        time.sleep(0.1)
    sys.exit(f"waited in vain for {what}")


def window():
    """Return the program's window."""
    desktop = Atspi.get_desktop(0)
    for at in range(desktop.get_child_count()):
        program = desktop.get_child_at_index(at)
        if program and program.get_name() == "Amends" and program.get_child_count():
            return program.get_child_at_index(0)
    return None


def everything(node, most: int = 80):
    """Yield what is shown, in the order of reading; of long tables the first cells."""
    if not node.get_state_set().contains(Atspi.StateType.SHOWING):
        return
    yield node
    for at in range(min(node.get_child_count(), most)):
        child = node.get_child_at_index(at)
        if child:
            yield from everything(child, most)


def named(role: Atspi.Role, name: str = ""):
    """Return the first thing of a role, and of a name where one is given."""
    top = window()
    for node in everything(top) if top else ():
        if node.get_role() == role and (not name or node.get_name() == name):
            return node
    return None


def described(node) -> dict[str, object]:
    """Return what a reader says of a place where Tab stops."""
    states = node.get_state_set()
    return {
        "role": node.get_role_name(),
        "name": node.get_name(),
        "focusable": states.contains(Atspi.StateType.FOCUSABLE),
    }


def press(node) -> None:
    """Press it as a reader does for its user."""
    Atspi.Action.do_action(node, 0)


def type_in(text: str) -> None:
    """Type by the X server."""
    for letter in text:
        Atspi.generate_keyboard_event(0, letter, Atspi.KeySynthType.STRING)
        time.sleep(0.05)


def main(python: str, data: str, login: str, password: str) -> None:
    """Log in, wrongly first, and read every screen of the rail."""
    listener = Atspi.EventListener.new(heard)
    for kind in ("object:announcement", "object:text-changed"):
        listener.register(kind)
    settings = {"QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1", "QT_QPA_PLATFORM": "xcb"}
    program = subprocess.Popen(
        [python, "-m", "desktop", "--data", data, "--lang", "zh_CN"],
        env={**os.environ, **settings, "AMENDS_KEYRING": "off"},
    )
    try:
        until("the login page", lambda: named(Atspi.Role.RADIO_BUTTON, login), FIRST_SECONDS)
        press(named(Atspi.Role.RADIO_BUTTON, login))
        for attempt in ("wrong", password):
            line = until("the password", lambda: named(Atspi.Role.PASSWORD_TEXT))
            Atspi.Component.grab_focus(line)
            before, letters = len(spoken), len(told)
            type_in(attempt)
            until(f"{attempt} to be told", lambda n=letters: len(told) > n)
            press(named(Atspi.Role.PUSH_BUTTON, "进入"))
            if attempt != password:
                until("the refusal", lambda n=before: len(spoken) > n)
        rail = until("the rail", lambda: named(Atspi.Role.PANEL, "主导航"))
        entries = [n for n in everything(rail) if n.get_role() == Atspi.Role.RADIO_BUTTON]
        screens = {}
        for entry in entries[:SCREENS]:
            press(entry)
            until("a screen", lambda e=entry: e.get_state_set().contains(Atspi.StateType.CHECKED))
            time.sleep(1.5)
            screens[entry.get_name()] = [described(n) for n in everything(window())]
    finally:
        program.terminate()
        program.wait(20)
    json.dump({"spoken": spoken, "told": told, "screens": screens}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
