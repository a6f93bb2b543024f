"""Makes resources/sounds/reminder.wav: two soft bell notes, for reminders."""

from __future__ import annotations

import array
import math
import sys
import wave
from pathlib import Path

RATE = 22_050
LOUDNESS = 0.45
#: Seconds at which a note begins, its frequency in hertz.
NOTES = ((0.0, 659.26), (0.16, 880.0))
SECONDS = 0.9


def sample(second: float) -> float:
    """Return the sound at a moment, between -1 and 1."""
    said = 0.0
    for begins, hertz in NOTES:
        since = second - begins
        if since >= 0:
            attack = min(since / 0.008, 1.0)
            tone = sum(math.sin(math.tau * hertz * n * since) / n**2 for n in (1, 2, 3))
            said += 0.5 * attack * math.exp(-5.5 * since) * tone
    ending = min((SECONDS - second) / 0.05, 1.0)
    return LOUDNESS * said * ending


def main() -> None:
    """Write the file where the program looks for it."""
    samples = (round(32_767 * sample(n / RATE)) for n in range(round(RATE * SECONDS)))
    sound = array.array("h", samples)
    if sys.byteorder == "big":
        sound.byteswap()
    target = Path(__file__).parents[1] / "resources" / "sounds" / "reminder.wav"
    target.parent.mkdir(exist_ok=True)
    with wave.open(str(target), "wb") as out:
        out.setparams((1, 2, RATE, 0, "NONE", "not compressed"))
        out.writeframes(sound.tobytes())


if __name__ == "__main__":
    main()
