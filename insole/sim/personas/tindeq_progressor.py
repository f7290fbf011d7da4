"""Tindeq Progressor: tells its version and battery; its clock begins with each start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insole.sim import persona

if TYPE_CHECKING:
    from insole.sim.persona import Answers


class Persona(persona.Persona):
    """A pull cell that answers two questions."""

    clock_restarts = True

    def written(self, channel: str, payload: bytes) -> Answers:
        """Obey a command, or answer a question: the answer has the question's name."""
        super().written(channel, payload)
        command = self.command(channel, payload)
        return [("data", self.say(command))] if command in {"version", "battery"} else []
