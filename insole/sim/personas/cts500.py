"""CTS500: every command comes back as it was sent; questions are answered behind that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insole.sim import persona

if TYPE_CHECKING:
    from insole.sim.persona import Answers


class Persona(persona.Persona):
    """A pull scale on a serial line."""

    def written(self, channel: str, payload: bytes) -> Answers:
        """Obey a command and repeat it; answer a question."""
        super().written(channel, payload)
        command = self.command(channel, payload)
        if not command:
            return []
        answers = [("line", payload)]
        if command in {"battery", "temperature"}:
            answers.append(("line", self.say(command)))
        return answers
