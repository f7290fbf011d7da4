"""Brilliant Sole: answers questions, and measures what its configuration says."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

from insole.codec.dialect import dialect_for
from insole.sim import persona

if TYPE_CHECKING:
    from insole.sim.persona import Answers
    from insole.spec.model import DeviceSpec, FieldSpec, MessageSpec

SET_CONFIGURATION, CONFIGURATION = 11, 10
PRESSURE = 0


class Persona(persona.Persona):
    """An insole with 8 sensors: those that the vectors of its spec are about."""

    def __init__(self, spec: DeviceSpec, role: str) -> None:
        super().__init__(spec, role)
        learning = dialect_for(spec)
        for name in ("scalars", "positions", "configuration"):
            self.say(name)  # from these the encoder learns, as a decoder will
            if learning:
                learning.on_frame(self.examples[name])
        self.spec = persona.with_own_rhythm(learning.learnt()) if learning else self.spec
        told = self.examples["configuration"].samples
        self._interval_ms = dict.fromkeys(told["sensor"].astype(int).tolist(), 0)

    def connected(self) -> None:
        """Begin a connection, with every sensor off."""
        super().connected()
        self._interval_ms = dict.fromkeys(self._interval_ms, 0)

    def written(self, channel: str, payload: bytes) -> Answers:
        """Answer questions, which are messages without content; take a new configuration."""
        del channel
        answers: Answers = []
        at = 0
        while at + 3 <= len(payload):
            kind, length = struct.unpack_from("<BH", payload, at)
            content = payload[at + 3 : at + 3 + length]
            at += 3 + length
            if kind == SET_CONFIGURATION:
                self._configure(content)
                kind = CONFIGURATION
            answers += self._answer(kind)
        return answers

    def sends(self, message: MessageSpec, field: FieldSpec) -> bool:
        """Return whether the configuration has the sensor on."""
        entries = message.items.entries if message.items else ()
        tag = next((entry.tag[0] for entry in entries if entry.fields[0] == field), None)
        return tag is None or bool(self._interval_ms.get(tag))

    def full_reading(self, field: FieldSpec) -> float:
        """Return the share that one sensor at its end has: all together have 1."""
        return super().full_reading(field) / len(self.spec.sensors)

    def _configure(self, content: bytes) -> None:
        for sensor, interval_ms in struct.iter_unpack("<BH", content[: len(content) // 3 * 3]):
            if sensor in self._interval_ms:
                self._interval_ms[sensor] = interval_ms
        self.streaming = bool(self._interval_ms[PRESSURE])

    def _answer(self, kind: int) -> Answers:
        """Return the answer to a question, if it is a known one."""
        for message in self.spec.messages:
            if message.tag and message.tag.value == bytes([kind]) and message.name in self.examples:
                return [(message.channel, self._told(message))]
        return []

    def _told(self, message: MessageSpec) -> bytes:
        if message.name != "configuration":
            return self.say(message.name)
        intervals = np.array(list(self._interval_ms.items()), np.float64)
        samples = {"sensor": intervals[:, 0], "interval": intervals[:, 1]}
        return self.encoder.message(message.name, {}, samples)
