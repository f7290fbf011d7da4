"""What to say to a device, as a list of actions for a transport to carry out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from insole.codec.now import now_octets
from insole.errors import SpecError
from insole.spec.safety import UNSAFE, allowed, unsafe_commands

if TYPE_CHECKING:
    from datetime import datetime

    from insole.spec.model import DeviceSpec, Now, StepSpec


@dataclass(frozen=True, slots=True)
class Read:
    """Read a channel and keep what it says as a packet.

    A device that lacks a channel which is `optional` is connected all the same: leave it out.
    """

    channel: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Write:
    """Write a payload to a channel, with or without asking for a response.

    With ``now`` the time of the write belongs behind the payload: see :meth:`octets`. With
    ``chunk`` it goes in several writes of at most so many bytes. ``optional`` as with `Read`.
    """

    channel: str
    payload: bytes
    response: bool
    now: Now | None = None
    chunk: int = 0
    optional: bool = False

    def octets(self, now: datetime) -> list[bytes]:
        """Return what to write, one after the other.

        Parameters
        ----------
        now : datetime
            The time of the write, with its zone.
        """
        whole = self.payload + (now_octets(self.now, now) if self.now else b"")
        size = self.chunk or len(whole)
        return [whole[start : start + size] for start in range(0, len(whole), size)]


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Ask a channel for notifications; ``optional`` as with `Read`."""

    channel: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait until a message has come."""

    message: str
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Pause:
    """Do nothing for a while."""

    seconds: float


Action: TypeAlias = Read | Write | Subscribe | Wait | Pause


def connect(spec: DeviceSpec) -> list[Action]:
    """Return what to do after connecting, and again after each reconnecting.

    Raises
    ------
    SpecError
        If a command that changes the device would be sent unasked.
    """
    _require_safe(spec)
    return [_action(spec, step) for step in spec.connect]


def start(spec: DeviceSpec) -> list[Action]:
    """Return what makes a connected device send: its command named ``start``, if it has one."""
    _require_safe(spec)
    return [command(spec, "start")] if "start" in spec.commands else []


def stop(spec: DeviceSpec) -> list[Action]:
    """Return what to do before disconnecting: its command named ``stop``, if it has one."""
    _require_safe(spec)
    return [command(spec, "stop")] if "stop" in spec.commands else []


def command(spec: DeviceSpec, name: str, fill: bytes = b"") -> Write:
    """Return the write of one command, for a user or a dialect that asks for it.

    Parameters
    ----------
    spec : DeviceSpec
        What the device is.
    name : str
        The command.
    fill : bytes
        What a dialect adds to the constant bytes, up to as many as the spec allows.

    Raises
    ------
    SpecError
        If the device has no such command, or it has no room for the bytes.
    """
    if name not in spec.commands:
        known = ", ".join(spec.commands) or "none"
        raise SpecError(spec.path, f"commands.{name}", f"is missing; this device has {known}")
    wanted = spec.commands[name]
    if len(fill) > wanted.fill:
        problem = f"{len(fill)} bytes were to be added, the spec allows {wanted.fill}"
        raise SpecError(spec.path, f"commands.{name}.fill", problem)
    channel = spec.gatt[wanted.to]
    write = Write(wanted.to, wanted.payload + fill, channel.response)
    return replace(write, now=wanted.now, chunk=channel.chunk, optional=channel.optional)


def require_allowed(spec: DeviceSpec, action: Action) -> Action:
    """Return an action that a dialect wants, if the spec allows it unasked.

    Raises
    ------
    SpecError
        If it writes anything but a command of the spec that leaves the device as it is.
    """
    if isinstance(action, Write) and not allowed(spec, action.channel, action.payload, action.now):
        problem = f"wants to write {action.payload.hex()} to {action.channel}; no command allows it"
        raise SpecError(spec.path, "dialect", problem)
    return action


def _action(spec: DeviceSpec, step: StepSpec) -> Action:
    match step.verb:
        case "read":
            return Read(step.target, spec.gatt[step.target].optional)
        case "subscribe":
            return Subscribe(step.target, spec.gatt[step.target].optional)
        case "send":
            return command(spec, step.target)
        case "wait":
            return Wait(step.target, step.seconds)
        case "pause_s":
            return Pause(step.seconds)


def _require_safe(spec: DeviceSpec) -> None:
    for name in unsafe_commands(spec):
        raise SpecError(spec.path, f"commands.{name}", UNSAFE)
