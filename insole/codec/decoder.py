"""One live packet at a time: payload in, frames out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insole.codec.dialect import Frame, dialect_for
from insole.codec.framing import Cut, cutter_for
from insole.codec.parse import Parser
from insole.codec.script import require_allowed
from insole.errors import DecodeError

if TYPE_CHECKING:
    from insole.codec.dialect import Dialect
    from insole.codec.framing import Cutter
    from insole.codec.script import Action
    from insole.spec.model import DeviceSpec


class Decoder:
    """The decoder of one connection; it dies with the connection.

    Parameters
    ----------
    spec : DeviceSpec
        What the device is.

    Attributes
    ----------
    skipped : int
        Messages and items with a tag that the spec does not know; they were stepped over.
    """

    def __init__(self, spec: DeviceSpec) -> None:
        self._spec = spec
        self._parsers = parsers(spec)
        self._cutters = cutters(self._parsers)
        self._dialect = dialect_for(spec)
        self._actions: list[Action] = []
        self.skipped = 0

    @property
    def spec(self) -> DeviceSpec:
        """The spec with what the device has told of itself so far."""
        return self._dialect.learnt() if self._dialect else self._spec

    def actions(self) -> list[Action]:
        """Return, once, what the dialect wants said to the device since it was last asked."""
        actions, self._actions = self._actions, []
        return actions

    def feed(self, channel: str, payload: bytes, host_time_ns: int) -> list[Frame]:
        """Return the frames that this packet completes.

        Parameters
        ----------
        channel : str
            The spec's name of the characteristic.
        payload : bytes
            As the device sent it.
        host_time_ns : int
            Arrival, ns since the start of the recording.

        Raises
        ------
        DecodeError
            If no message comes on the channel, or something in the payload does not fit. Frames
            that are whole all the same are the error's ``frames``.
        """
        parser = self._parsers.get(channel)
        if parser is None:
            raise unknown_channel(self._spec, channel, payload)
        cutter = self._cutters.get(channel)
        messages, problems = cutter.feed(payload) if cutter else Cut([payload], [])
        frames: list[Frame] = []
        for message in messages:
            parsed, source = parser.parse(message)
            self.skipped += parsed.skipped
            for found in parsed.found:
                frame = Frame(found.plan.message.name, host_time_ns, *found.read(source))
                if self._dialect is None:
                    frames.append(frame)
                else:
                    frames += self._translated(self._dialect, frame)
            if parsed.problem:
                problems.append(parsed.problem)
        if problems:
            raise DecodeError(self._spec.id, channel, payload, problems[0], tuple(frames))
        return frames

    def _translated(self, dialect: Dialect, frame: Frame) -> list[Frame]:
        """Let the dialect learn from a frame; return the frame as it understands it, if at all."""
        for action in dialect.on_frame(frame):
            self._actions.append(require_allowed(self._spec, action))
        translated = dialect.translate(frame)
        return [] if translated is None else [translated]


def parsers(spec: DeviceSpec) -> dict[str, Parser]:
    """Return what can come on each channel that carries messages."""
    channels = dict.fromkeys(message.channel for message in spec.messages)
    return {channel: Parser(spec, channel) for channel in channels}


def cutters(parsers: dict[str, Parser]) -> dict[str, Cutter]:
    """Return new cutters for the channels whose messages come in pieces."""
    made = {name: cutter_for(parser.framing, parser.messages) for name, parser in parsers.items()}
    return {name: cutter for name, cutter in made.items() if cutter}


def unknown_channel(spec: DeviceSpec, channel: str, payload: bytes) -> DecodeError:
    """Return the error for a channel that carries no message, saying which do."""
    known = ", ".join(dict.fromkeys(message.channel for message in spec.messages))
    return DecodeError(spec.id, channel, payload, f"no message comes on it, only on {known}")
