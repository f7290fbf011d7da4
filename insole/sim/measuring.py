"""What a device measures of a person over a whole scenario, and when its packets are complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insole.sim.device import USUAL, Sampling, sense
from insole.sim.feed import PacketTimes
from insole.sim.ground import sense_force
from insole.sim.lock import INSIDE_HZ, weigh
from insole.sim.packet import samples_per_packet
from insole.spec.model import ADVERTISEMENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from insole.sim.blocks import Sensors
    from insole.sim.curve import Array
    from insole.sim.persona import Persona
    from insole.sim.truth import Truth
    from insole.spec.model import MessageSpec, Role

SILENT_N = 20.0
"""A device that sends under load only is silent below this: our choice."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What the sensors of a device say.

    Parameters
    ----------
    sensed : mapping of role to ndarray, (n, components)
        In N, g, dps and mm.
    sampling : Sampling
        When.
    taken_s : ndarray, (n,) or None
        True times, s, of the readings of a device that sends only when it has settled.
    duration_s : float
        Length of the scenario, s.
    """

    sensed: Mapping[Role, Array]
    sampling: Sampling
    taken_s: Array | None
    duration_s: float


def measure(
    truth: Truth,
    persona: Persona,
    sampling: Sampling,
    rng: np.random.Generator,
    *,
    sensors: Sensors = USUAL,
) -> Measured:
    """Return what a device measures.

    Parameters
    ----------
    truth : Truth
        What really happens.
    persona : Persona
        The device.
    sampling : Sampling
        When it samples.
    rng : Generator
        Draws the errors of its sensors.
    sensors : Sensors
        What those of an insole are like.
    """
    spec = persona.spec
    if spec.measures.locks and spec.kind != "insole":
        return _weighed(truth, persona, sampling, rng)
    if spec.kind == "insole":
        sensed = sense(truth, persona.role, spec, sampling, rng, sensors=sensors)
    else:
        sensed = sense_force(truth, spec, sampling, rng)
        nothing = np.zeros((len(sensed["total"]), 1))
        sensed |= {"stable": nothing, "removed": nothing}
    return Measured(sensed, sampling, None, truth.duration_s)


def _weighed(
    truth: Truth, persona: Persona, sampling: Sampling, rng: np.random.Generator
) -> Measured:
    """Return the readings of a scale that locks: all of them, or only those it settles on."""
    inside = Sampling(sampling.start_s, 1.0 / INSIDE_HZ, sampling.skew_ppm)
    weighing = weigh(sense_force(truth, persona.spec, inside, rng)["total"][:, 0])
    advertises = any(m.channel == ADVERTISEMENT for m in persona.streams())
    shown = weighing.taken
    if advertises:
        step = persona.spec.clock.sample_period_s * INSIDE_HZ
        shown = np.arange(0, len(weighing.shown_n), step).astype(np.int64)
    sensed: dict[Role, Array] = {
        "total": weighing.shown_n[shown, None],
        "stable": weighing.stable[shown, None].astype(np.float64),
        "removed": weighing.removed[shown, None].astype(np.float64),
    }
    inside_s = inside.true_s(len(weighing.shown_n))
    sensed["clock"] = inside_s[weighing.since[shown], None]
    taken_s = inside_s[shown]
    return Measured(sensed, sampling, taken_s, truth.duration_s)


def packet_times(persona: Persona, message: MessageSpec, measured: Measured) -> PacketTimes:
    """Return when the packets of a message begin and are complete.

    Parameters
    ----------
    persona : Persona
        The device.
    message : MessageSpec
        One that it streams.
    measured : Measured
        What it measures.
    """
    per_packet = samples_per_packet(message, persona.samples_to_fill)
    total_n = measured.sensed["total"][:, 0]
    every = len(total_n) // per_packet
    if measured.taken_s is not None:
        ready_ns = _ns(measured.taken_s)
        return PacketTimes(ready_ns, ready_ns, _pass_ns(measured.duration_s), every)
    sample_ns = _ns(measured.sampling.true_s(every * per_packet + 1))
    number = None
    if not persona.spec.measures.continuous:
        loaded = total_n[: every * per_packet].reshape(every, per_packet).max(axis=1) > SILENT_N
        number = np.flatnonzero(loaded)
    ready_ns = sample_ns[per_packet - 1 : -1 : per_packet]
    pass_ns = int(sample_ns[-1] - sample_ns[0])
    times = PacketTimes(sample_ns[:-1:per_packet], ready_ns, pass_ns, every)
    return times if number is None else times.some(number)


def _ns(time_s: Array) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.asarray(np.rint(time_s * 1e9), np.int64)


def _pass_ns(duration_s: float) -> int:
    return round(duration_s * 1e9)
