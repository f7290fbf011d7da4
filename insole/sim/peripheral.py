"""Simulated devices as a radio meets them, and how those of a person are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from insole.errors import SpecError
from insole.sim import packet
from insole.sim.body import draw_person, simulate
from insole.sim.device import Sampling
from insole.sim.measuring import measure
from insole.sim.persona import persona_for
from insole.sim.scenario import load_scenario
from insole.sim.sim_peripheral import Beginning, SimPeripheral
from insole.tables import SIDES
from insole.units import G0

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insole.sim.blocks import Scenario
    from insole.sim.truth import Truth
    from insole.spec.match import Advertisement
    from insole.spec.model import DeviceSpec

__all__ = ["Actor", "Beginning", "Peripheral", "SimPeripheral", "cast", "default_roles",
           "peripherals"]  # fmt: skip


class Peripheral(Protocol):
    """What a radio needs of a simulated device; `now_ns` is any monotonic clock of its own."""

    @property
    def spec(self) -> DeviceSpec:
        """What it is."""

    @property
    def role(self) -> str:
        """Which foot it is worn on, or what it is for."""

    @property
    def local_name(self) -> str:
        """The name it advertises."""

    def advertisement(self, now_ns: int) -> Advertisement:
        """Return what it advertises now."""

    def connected(self, now_ns: int) -> None:
        """Take note of a new connection."""

    def disconnected(self) -> None:
        """Take note that the connection is gone."""

    def read(self, channel: str, now_ns: int) -> bytes:
        """Return the value of a readable channel."""

    def write(self, channel: str, payload: bytes, now_ns: int) -> None:
        """Take a write: a command, or a question whose answer is due soon."""

    def subscribe(self, channel: str, now_ns: int) -> None:
        """Let a channel notify."""

    def unsubscribe(self, channel: str) -> None:
        """Let a channel be silent."""

    def next_ns(self) -> int | None:
        """Return when something is due next; None if nothing is until somebody asks."""

    def due(self, now_ns: int) -> list[tuple[str, bytes]]:
        """Return, once, the channels and payloads to notify by now, in order."""


def peripherals(
    scenario: Scenario | str,
    spec: DeviceSpec,
    seed: int,
    roles: Sequence[str] | None = None,
    *,
    repeat: bool = False,
    beginning: Beginning | None = None,
) -> tuple[list[SimPeripheral], Truth]:
    """Return the simulated devices of a person, and what the person really does.

    Parameters
    ----------
    scenario : Scenario or str
        What the person does, or the name of a shipped scenario.
    spec : DeviceSpec
        The devices to play.
    seed : int
        Draws the person, the movement and the sensors' errors; the same seed gives the same bytes.
    roles : sequence of str, optional
        A device each; both feet for an insole, else ``plate``.
    repeat : bool
        Whether the person does all of it again and again.
    beginning : Beginning, optional
        That of other devices of the same person, who has the same scenario and seed: a plate under
        insoles, say.

    Raises
    ------
    SpecError
        If the scenario is unknown, or the device tells no force.
    """
    actors, truth = cast(scenario, spec, seed, roles, repeat=repeat, beginning=beginning)
    return [actor.device for actor in actors], truth


@dataclass(frozen=True, slots=True)
class Actor:
    """A device and what draws its further fate."""

    device: SimPeripheral
    rng: np.random.Generator


def cast(
    scenario: Scenario | str,
    spec: DeviceSpec,
    seed: int,
    roles: Sequence[str] | None = None,
    *,
    repeat: bool = False,
    beginning: Beginning | None = None,
) -> tuple[list[Actor], Truth]:
    """Return what `peripherals` does, each device with the randomness that comes after it."""
    if isinstance(scenario, str):
        scenario = load_scenario(scenario)
    roles = tuple(roles or default_roles(spec))
    _require_force(spec)
    person_rng, start_rng, *role_rngs = np.random.default_rng(seed).spawn(2 + max(2, len(roles)))
    truth = simulate(scenario, draw_person(person_rng), seed)
    starts_s = start_rng.uniform(0.0, scenario.faults.offset_s, len(roles))
    beginning = beginning or Beginning()
    actors = []
    for index, (role, rng) in enumerate(zip(roles, role_rngs, strict=False)):
        persona = persona_for(spec, role)
        skew_ppm = (1, -1)[index % 2] * scenario.faults.skew_ppm
        start_s = float(starts_s[index] - starts_s.min())
        sampling = Sampling(start_s, persona.spec.clock.sample_period_s, skew_ppm)
        measured = measure(truth, persona, sampling, rng, sensors=scenario.sensors)
        ticks, counter = rng.integers([max(persona.spec.clock.modulus, 1), 2**16]).tolist()
        state = packet.DeviceState(role, ticks, counter, truth.person.mass_kg * G0)
        device = SimPeripheral(persona, measured, state, beginning, repeat=repeat)
        actors.append(Actor(device, rng))
    return actors, truth


def default_roles(spec: DeviceSpec) -> tuple[str, ...]:
    """Return the roles of the devices of a person: both feet for an insole, else one device."""
    return SIDES if spec.kind == "insole" else ("plate",)


def _require_force(spec: DeviceSpec) -> None:
    if not any(packet.has_force(message) for message in packet.streamed(spec)):
        raise SpecError(spec.path or spec.id, "message", "none that is sent unasked tells a force")
