"""The computer's side of a simulated connection, in simulated time: script, answers, packets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from insole.codec import Decoder, script
from insole.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insole.codec.script import Action
    from insole.sim.peripheral import SimPeripheral

TALK_NS = 1_000_000_000
"""For so long after its start a device is listened to for what it wants to be told, ns."""
NOW = datetime(2026, 1, 1, 8, 0, 0, tzinfo=UTC)
"""What a device that is told the time is told."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One packet, or what a channel said when it was read: when (ns), channel, payload."""

    time_ns: int
    channel: str
    payload: bytes
    read: bool = False


class Host:
    """One connection to a device.

    Parameters
    ----------
    device : SimPeripheral
        The device.
    now_ns : int
        Time, ns.

    Attributes
    ----------
    heard : list of Heard
        All that came.
    """

    def __init__(self, device: SimPeripheral, now_ns: int) -> None:
        self._device = device
        self._decoder = Decoder(device.spec)
        self.now_ns = now_ns
        self.heard: list[Heard] = []

    def connect(self) -> None:
        """Connect, run the script of the spec, start, and do what the dialect asks for."""
        self._device.connected(self.now_ns)
        self._do(script.connect(self._device.spec))
        if not any(step.target == "start" for step in self._device.spec.connect):
            self._do(script.start(self._device.spec))
        if self._device.spec.dialect:
            self._listen(self.now_ns + TALK_NS, "")

    def until(self, end_ns: int) -> list[Heard]:
        """Return what comes until a time, without looking into it."""
        self.now_ns = end_ns
        return [Heard(*item) for item in self._device.take(end_ns)]

    def _do(self, actions: Sequence[Action]) -> None:
        for action in actions:
            match action:
                case script.Read():
                    payload = self._device.read(action.channel, self.now_ns)
                    self._hear(Heard(self.now_ns, action.channel, payload, read=True))
                case script.Write():
                    for octets in action.octets(NOW):
                        self._device.write(action.channel, octets, self.now_ns)
                case script.Subscribe():
                    self._device.subscribe(action.channel, self.now_ns)
                case script.Pause():
                    self._listen(self.now_ns + round(action.seconds * 1e9), "")
                case script.Wait():
                    self._listen(self.now_ns + round(action.timeout_s * 1e9), action.message)

    def _listen(self, end_ns: int, message: str) -> None:
        """Let time go on until it ends or a message has come; say what the dialect wants said."""
        while (next_ns := self._device.next_ns()) is not None and next_ns <= end_ns:
            self.now_ns = max(self.now_ns, next_ns)
            names = [
                name for item in self._device.take(next_ns) for name in self._hear(Heard(*item))
            ]
            self._do(self._decoder.actions())
            if message in names:
                return
        self.now_ns = end_ns

    def _hear(self, heard: Heard) -> list[str]:
        """Keep what came; return the names of the messages in it."""
        self.heard.append(heard)
        try:
            frames = self._decoder.feed(heard.channel, heard.payload, heard.time_ns)
        except DecodeError as error:
            frames = list(error.frames)
        return [frame.message for frame in frames]
