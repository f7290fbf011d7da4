"""What to say to a device, as a list of actions for a transport to carry out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from insole.errors import SpecError
from insole.spec.check import UNSAFE, unsafe_steps

if TYPE_CHECKING:
    from insole.spec.model import DeviceSpec, StepSpec


@dataclass(frozen=True, slots=True)
class Read:
    """Read a channel and keep what it says as a packet."""

    channel: str


@dataclass(frozen=True, slots=True)
class Write:
    """Write a payload to a channel, with or without asking for a response."""

    channel: str
    payload: bytes
    response: bool


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Ask a channel for notifications."""

    channel: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait until a message has come."""

    message: str
    timeout_s: float


Action: TypeAlias = Read | Write | Subscribe | Wait


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


def command(spec: DeviceSpec, name: str) -> Write:
    """Return the write of one command, for a user who asks for it.

    Raises
    ------
    SpecError
        If the device has no such command.
    """
    if name not in spec.commands:
        known = ", ".join(spec.commands) or "none"
        raise SpecError(spec.path, f"commands.{name}", f"is missing; this device has {known}")
    wanted = spec.commands[name]
    return Write(wanted.to, wanted.payload, spec.gatt[wanted.to].response)


def _action(spec: DeviceSpec, step: StepSpec) -> Action:
    match step.verb:
        case "read":
            return Read(step.target)
        case "subscribe":
            return Subscribe(step.target)
        case "send":
            return command(spec, step.target)
        case "wait":
            return Wait(step.target, step.timeout_s)


def _require_safe(spec: DeviceSpec) -> None:
    for name in unsafe_steps(spec):
        raise SpecError(spec.path, f"commands.{name}", UNSAFE)
