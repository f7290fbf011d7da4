"""Vernier force plate: commands in pieces of 20 bytes, each of them answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from insole.sim import persona

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from insole.sim.persona import Answers
    from insole.spec.model import DeviceSpec, MessageSpec

SENSOR_INFO, START, STOP = 0x50, 0x18, 0x19
HEAD, LENGTH_AT, OPCODE_AT = 0x58, 1, 4


class Persona(persona.Persona):
    """A plate that sends a batch of samples once it has been started."""

    samples_to_fill = 10

    def __init__(self, spec: DeviceSpec, role: str) -> None:
        super().__init__(spec, role)
        self._rolling = 0
        self._begun = b""

    def connected(self) -> None:
        """Begin a connection with a new count of answers, and no half command."""
        super().connected()
        self._rolling, self._begun = 0, b""

    def written(self, channel: str, payload: bytes) -> Answers:
        """Put commands together from their pieces; obey and answer each that is whole."""
        del channel
        self._begun += payload
        answers: Answers = []
        while (command := self._whole()) is not None:
            opcode = command[OPCODE_AT]
            if opcode in {START, STOP}:
                self.streaming = opcode == START
            answers.append(("response", self._answer(opcode)))
        return answers

    def header(self, message: MessageSpec, order: NDArray[np.int64]) -> Mapping[str, Any]:
        """Return the count that each packet carries.

        Parameters
        ----------
        message : MessageSpec
            Which one.
        order : ndarray of int64, (p,)
            Number of each packet since the start.
        """
        del message
        return {"rolling": (self._rolling + order) % 256}

    def _whole(self) -> bytes | None:
        """Take the first whole command; bytes that begin none are dropped."""
        begin = self._begun.find(HEAD)
        self._begun = self._begun[begin:] if begin >= 0 else b""
        if len(self._begun) <= OPCODE_AT:
            return None
        length = max(self._begun[LENGTH_AT], OPCODE_AT + 1)
        if len(self._begun) < length:
            return None
        command, self._begun = self._begun[:length], self._begun[length:]
        return command

    def _answer(self, opcode: int) -> bytes:
        self._rolling = (self._rolling + 1) % 256
        if opcode == SENSOR_INFO:
            return self.say("sensor_info", {"rolling": self._rolling})
        header = {"rolling": self._rolling, "command": opcode}
        return self.encoder.message("answer", header, {"detail": np.zeros(1)})
