"""Everything that a spec can cause to be written to a device, and what of it goes out unasked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from insole.spec.model import CommandSpec, DeviceSpec, Now

Occasion: TypeAlias = Literal["connect", "start", "stop", "dialect", "user"]

UNSAFE = "changes the device and would be sent unasked; take it out of connect, start and stop"


@dataclass(frozen=True, slots=True)
class PossibleWrite:
    """One byte string, or several alike, that a spec can cause to be written.

    Parameters
    ----------
    command : str
        The command that says so.
    service, characteristic : str
        Where to; the service only if the spec tells it.
    octets : bytes
        What it begins with; all of it, unless there is more:
    now : str or None
        the time, in one of the known forms, or
    fill : int
        up to so many bytes that a dialect adds.
    occasions : tuple of str
        When: on connecting (and each reconnecting), starting, stopping, by the dialect, or because
        the user asks for the command by its name, which can always be.
    changes_device : bool
        Whether it alters what the device will do later.
    """

    command: str
    service: str
    characteristic: str
    octets: bytes
    now: Now | None
    fill: int
    occasions: tuple[Occasion, ...]
    changes_device: bool

    @property
    def unasked(self) -> bool:
        """True if it is written without the user asking for it."""
        return self.occasions != ("user",)

    def covers(self, characteristic: str, octets: bytes, now: Now | None = None) -> bool:
        """Return whether this is the write of some bytes to a characteristic."""
        more = len(octets) - len(self.octets)
        same = octets.startswith(self.octets) and 0 <= more <= self.fill
        return same and characteristic == self.characteristic and now == self.now


def possible_writes(spec: DeviceSpec) -> list[PossibleWrite]:
    """Return every write that a spec can cause; nothing else is ever written to its device."""
    return [_possible(spec, command) for command in spec.commands.values()]


def allowed(spec: DeviceSpec, to: str, octets: bytes, now: Now | None = None) -> bool:
    """Return whether some bytes may be written to a channel unasked: its allow-list.

    Parameters
    ----------
    spec : DeviceSpec
        What the device is.
    to : str
        The channel.
    octets : bytes
        What is to be written, before the time is added to it.
    now : str, optional
        Form of the time.
    """
    characteristic = spec.gatt[to].characteristic if to in spec.gatt else ""
    fitting = [w for w in possible_writes(spec) if w.covers(characteristic, octets, now)]
    return bool(fitting) and not any(write.changes_device for write in fitting)


def unsafe_commands(spec: DeviceSpec) -> list[str]:
    """Return the commands that would be sent unasked though they change the device.

    So does one of another name that writes, or could write, the same bytes to the same place.
    """
    writes = possible_writes(spec)
    changing = [write for write in writes if write.changes_device]
    return [
        write.command
        for write in writes
        if write.unasked and any(_same(write, other) for other in changing)
    ]


def _possible(spec: DeviceSpec, command: CommandSpec) -> PossibleWrite:
    channel = spec.gatt.get(command.to)
    occasions: list[Occasion] = []
    if any(step.verb == "send" and step.target == command.name for step in spec.connect):
        occasions.append("connect")
    if command.name == "start":
        occasions.append("start")
    if command.name == "stop":
        occasions.append("stop")
    if spec.dialect and not command.changes_device:
        occasions.append("dialect")
    return PossibleWrite(
        command=command.name,
        service=channel.service if channel else "",
        characteristic=channel.characteristic if channel else command.to,
        octets=command.payload,
        now=command.now,
        fill=command.fill,
        occasions=(*occasions, "user"),
        changes_device=command.changes_device,
    )


def _same(write: PossibleWrite, changing: PossibleWrite) -> bool:
    place = write.service, write.characteristic
    if place != (changing.service, changing.characteristic):
        return False
    if write.now or changing.now:
        return write.octets == changing.octets
    short, long = sorted((write, changing), key=lambda one: len(one.octets))
    return (
        long.octets.startswith(short.octets) and len(long.octets) <= len(short.octets) + short.fill
    )
