"""What is heard of the coach: short tones, and numbers spoken by the operating system.

Tones are made here and played through the package miniaudio, where it is installed (the extra
``audio``); else the terminal rings its bell. Both are done in a thread of their own, so that no
sound card can hold anything up; whatever fails is said once and left out from then on.
"""

from __future__ import annotations

import ctypes
import math
import os
import shutil
import subprocess
import sys
from array import array
from contextlib import suppress
from importlib import import_module
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from insole.coach.model import Cue, CueKind

RATE_HZ = 22_050
"""Samples a second of the tones (our choice: they reach 2 kHz at most)."""
EDGE_S = 0.008
"""How long a tone takes to come and go, s: without it it clicks (our choice)."""
LOUDNESS = 0.6
LEAVE_AFTER_S = 1.0
"""How long the last sound is waited for at the end, s (our choice)."""


class Tone(NamedTuple):
    """A beep of some Hz and s; 0 Hz is silence."""

    hz: float
    s: float


_GO = (Tone(880, 0.18),)
_GAP = Tone(0, 0.06)
TONES: dict[CueKind, tuple[Tone, ...]] = {
    "count_down": (Tone(660, 0.08),),
    "up": (Tone(660, 0.1), Tone(880, 0.25)),
    "hold": _GO,
    "half": (Tone(990, 0.1),),
    "seconds_left": (Tone(990, 0.08),),
    "round_done": (Tone(880, 0.12), Tone(660, 0.12), Tone(440, 0.3)),
    "lower": (Tone(880, 0.1), Tone(587, 0.25)),
    "tick": (Tone(1320, 0.03),),
    "count": (Tone(1047, 0.1),),
    # what goes wrong is low and rough
    "higher": (Tone(330, 0.12), _GAP, Tone(330, 0.12)),
    "touch": (Tone(220, 0.15), _GAP, Tone(220, 0.15)),
    "hold_lost": (Tone(330, 0.2), Tone(220, 0.4)),
    "slower": (Tone(294, 0.08), _GAP, Tone(294, 0.08), _GAP, Tone(294, 0.08)),
    "faster": (Tone(392, 0.3),),
    "no_count": (Tone(220, 0.3),),
    "resting_foot": (Tone(262, 0.12), _GAP, Tone(330, 0.12)),
    "balance": (Tone(262, 0.12), _GAP, Tone(330, 0.12)),
    "wrong_side": (Tone(330, 0.2), Tone(220, 0.4)),
    "no_signal": (Tone(196, 0.5),),
    "last_call": (Tone(523, 0.1), _GAP, Tone(523, 0.1)),
    "rest": (Tone(440, 0.3),),
    "set_done": (Tone(523, 0.12), Tone(659, 0.12), Tone(784, 0.3)),
    "pain_question": (Tone(523, 0.2), Tone(784, 0.2)),
    "pain_limit": (Tone(220, 0.3), _GAP, Tone(220, 0.3), _GAP, Tone(220, 0.3)),
    "pain_caution": (Tone(392, 0.2), Tone(330, 0.2)),
    "done": (Tone(523, 0.12), Tone(659, 0.12), Tone(784, 0.12), Tone(1047, 0.4)),
}
"""What is heard of each cue; those that are not here are silent (our choice)."""
_URGENT = ("pain_limit", "touch", "slower", "hold_lost", "no_signal", "higher", "resting_foot")
"""Of several cues at one moment these are heard first."""


class Player(Protocol):
    """Something that plays a tone, and does not wait for its end."""

    def play(self, tones: Sequence[Tone]) -> None:
        """Begin to play."""

    def close(self) -> None:
        """Be silent."""


class Sound:
    """Makes cues heard, in a thread of its own.

    Parameters
    ----------
    complain : callable
        Gets a sentence when something fails, from that thread.
    player : callable, optional
        Returns what plays tones; by default the best that is there.
    voice : callable, optional
        Returns a function that speaks a sentence, or None; by default the operating system's.
    """

    def __init__(
        self,
        complain: Callable[[str], None],
        *,
        player: Callable[[], Player] | None = None,
        voice: Callable[[], Callable[[str], None] | None] | None = None,
    ) -> None:
        self._complain = complain
        self._make_player, self._make_voice = player or best_player, voice or system_voice
        self._cues: SimpleQueue[Sequence[Cue] | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="insole-sound", daemon=True)
        self._thread.start()

    def take(self, cues: Sequence[Cue]) -> None:
        """Make the cues of one moment heard."""
        if cues:
            self._cues.put(cues)

    def close(self) -> None:
        """Make nothing heard any more."""
        self._cues.put(None)
        self._thread.join(LEAVE_AFTER_S)

    def _run(self) -> None:
        player: Player | None = None
        voice: Callable[[str], None] | None = None
        with suppress(_Failed):
            player = self._tried("sound", self._make_player)
        with suppress(_Failed):
            voice = self._tried("the voice", self._make_voice)
        while (cues := self._cues.get()) is not None:
            if not self._cues.empty():
                continue  # something newer waits, and what is late is worse than what is not heard
            player = self._heard(player, tones_of(cues))
            voice = self._spoken(voice, speech_of(cues))
        if player is not None:
            with suppress(Exception):
                player.close()

    def _heard(self, player: Player | None, tones: Sequence[Tone]) -> Player | None:
        if player is not None and tones:
            try:
                self._tried("sound", player.play, tones)
            except _Failed:
                return None
        return player

    def _spoken(
        self, voice: Callable[[str], None] | None, speech: str
    ) -> Callable[[str], None] | None:
        if voice is not None and speech:
            try:
                self._tried("the voice", voice, speech)
            except _Failed:
                return None
        return voice

    def _tried(self, name: str, call: Callable[..., Any], *values: Any) -> Any:
        try:
            return call(*values)
        except Exception as error:  # a sound card may fail in any way
            self._complain(f"{name} does not work ({error}); the coach goes on without it")
            raise _Failed from error


class _Failed(Exception):  # noqa: N818 - a signal inside this module
    """Something was said to have failed already."""


def tones_of(cues: Sequence[Cue]) -> Sequence[Tone]:
    """Return what is heard of cues of one moment: one of them, the most urgent or the last."""
    heard = [cue.kind for cue in cues if cue.kind in TONES]
    urgent = [kind for kind in _URGENT if kind in heard]
    return TONES[(urgent or heard[::-1])[0]] if heard else ()


def speech_of(cues: Sequence[Cue]) -> str:
    """Return what is spoken of cues of one moment: all of it, in order."""
    return ". ".join(cue.speech.rstrip(".") for cue in cues if cue.speech)


def samples(tones: Sequence[Tone]) -> array[int]:
    """Return tones as 16-bit samples, one channel, at `RATE_HZ`."""
    out = array("h")
    for tone in tones:
        count, edge = int(tone.s * RATE_HZ), EDGE_S * RATE_HZ
        for n in range(count):
            fade = min(1.0, n / edge, (count - n) / edge)
            value = math.sin(2 * math.pi * tone.hz * n / RATE_HZ) * fade * LOUDNESS
            out.append(int(32767 * value))
    return out


def best_player() -> Player:
    """Return what plays tones: the sound card, or where there is none the terminal's bell."""
    try:
        return Card()
    except Exception:  # noqa: BLE001 - no package, no library, no card: all the same here
        return Bell()


class Card:
    """The sound card, through miniaudio."""

    def __init__(self) -> None:
        _hush_alsa()
        miniaudio = import_module("miniaudio")  # an extra, and only where a coach makes sounds
        self._left = array("h")
        self._device = miniaudio.PlaybackDevice(
            output_format=miniaudio.SampleFormat.SIGNED16, nchannels=1, sample_rate=RATE_HZ,
            buffersize_msec=40, app_name="insole",
        )  # fmt: skip
        stream = self._stream()
        next(stream)
        self._device.start(stream)

    def play(self, tones: Sequence[Tone]) -> None:
        """Begin to play, in place of what is playing."""
        self._left = samples(tones)

    def close(self) -> None:
        """Let go of the sound card."""
        self._device.close()

    def _stream(self) -> Generator[array[int], int, None]:
        """Give the sound card as many samples as it asks for."""
        wanted = yield array("h")
        while True:
            left = self._left
            self._left = left[wanted:]
            given = left[:wanted]
            given.extend([0] * (wanted - len(given)))
            wanted = yield given


def _hush_alsa() -> None:
    """Keep Linux's sound library from writing its complaints over the screen."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(_SAY_NOTHING)


# the library calls it with more arguments than these; it has to live as long as the library
_SAY_NOTHING = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_int)(lambda _file, _line: None)


class Bell:
    """The bell of the terminal; it has one tone."""

    def play(self, tones: Sequence[Tone]) -> None:
        """Ring, unless it is a mere tick."""
        if sum(tone.s for tone in tones) > TONES["tick"][0].s and sys.stderr.isatty():
            os.write(sys.stderr.fileno(), b"\a")

    def close(self) -> None:
        """Do nothing."""


_COMMANDS = (("espeak-ng", "-s", "165"), ("espeak", "-s", "165"), ("spd-say",), ("say",))
_POWERSHELL = (
    "Add-Type -AssemblyName System.Speech;"
    "$voice = New-Object System.Speech.Synthesis.SpeechSynthesizer;"
    "while ($null -ne ($line = [Console]::In.ReadLine()))"
    "{ $voice.SpeakAsyncCancelAll(); [void]$voice.SpeakAsync($line) }"
)


def system_voice() -> Callable[[str], None] | None:
    """Return what speaks with the operating system's own command; None if it has none."""
    if sys.platform == "win32":
        path = shutil.which("powershell")
        return _Reader((path, "-NoProfile", "-Command", _POWERSHELL)) if path else None
    for name, *options in _COMMANDS:
        if path := shutil.which(name):
            return _Speaker((path, *options))
    return None


class _Speaker:
    """Speaks with a command for each sentence; a new one ends the one before."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._running: subprocess.Popen[bytes] | None = None

    def __call__(self, text: str) -> None:
        if self._running is not None and self._running.poll() is None:
            self._running.terminate()
            self._running.wait(LEAVE_AFTER_S)
        self._running = _started((*self._command, text), stdin=subprocess.DEVNULL)


class _Reader:
    """Speaks with one command that reads sentences, since it takes long to start."""

    def __init__(self, command: Sequence[str]) -> None:
        self._running = _started(command, stdin=subprocess.PIPE)

    def __call__(self, text: str) -> None:
        if self._running.stdin is not None:
            self._running.stdin.write(f"{text}\n".encode("ascii", "replace"))
            self._running.stdin.flush()


def _started(command: Sequence[str], *, stdin: int) -> subprocess.Popen[bytes]:
    # of its own session, so that Ctrl-C in the terminal is not its business
    return subprocess.Popen(  # noqa: S603 - a command of the system's, with our own words
        list(command), stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
