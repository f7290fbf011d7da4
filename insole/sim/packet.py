"""Sensor values to packets, many at once: headers with their clocks, samples in their units."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from insole.codec.clock import fields_of
from insole.codec.columns import factor
from insole.sim.device import load_elements
from insole.spec.usable import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from insole.sim.curve import Array
    from insole.sim.persona import Persona
    from insole.spec.model import DeviceSpec, FieldSpec, MessageSpec, Role

    Ints = NDArray[np.int64]

FULL_BATTERY, BATTERY_PER_HOUR = 95.0, 5.0
"""Charge at the start and its loss, %: our choice."""
FULL_SCALE_N = 250.0
"""Load at which a cell that reports raw numbers reaches its highest one, N: our choice."""
FORCE_ROLES = frozenset({"load", "total"})
DATE = ("year", "month", "day", "hour", "minute", "second")
FIRST_DAY = np.datetime64("2026-01-01T08:00:00")
"""What the clock of a device that tells the date says when the person begins: our choice."""


@dataclass(frozen=True, slots=True)
class DeviceState:
    """What a device says of itself, and where its counters stood when it was asked to send.

    Parameters
    ----------
    side : str
        Which foot it says it is.
    ticks : int
        Of its clock at its very first sample.
    counter : int
        Of its packet counter at the packet `first_packet`.
    body_weight_n : float
        What a device that tells load in body weights was calibrated to, N.
    first_packet : int
        Packet at which the counter was set.
    """

    side: str
    ticks: int
    counter: int
    body_weight_n: float
    first_packet: int = 0


def streamed(spec: DeviceSpec) -> list[MessageSpec]:
    """Return the messages that a device sends by itself and that carry what it measures.

    Of those on one channel it is the first with force in it: a device is in one mode at a time.

    Parameters
    ----------
    spec : DeviceSpec
        The device.
    """
    by_channel: dict[str, list[MessageSpec]] = {}
    for message in spec.messages:
        sends = spec.gatt[message.channel].use in {"notify", "indicate", "advertisement"}
        if sends and (message.fields or has_force(message)):
            by_channel.setdefault(message.channel, []).append(message)
    return [next(filter(has_force, each), each[0]) for each in by_channel.values()]


def has_force(message: MessageSpec) -> bool:
    """Return whether a message has a force in it, in its samples or its header."""
    return any(field.role in FORCE_ROLES for field in message.every_field)


def samples_per_packet(message: MessageSpec, to_fill: int = 4) -> int:
    """Return how many samples a packet holds; one of items, or of a header alone, is one sample.

    Parameters
    ----------
    message : MessageSpec
        Of the packet.
    to_fill : int
        Samples where the spec leaves the length open.
    """
    if message.samples is None:
        return 1
    return to_fill if message.samples.count is None else message.samples.count


def payloads(
    persona: Persona,
    message: MessageSpec,
    sensed: Mapping[Role, Array],
    state: DeviceState,
    packet: Ints | None = None,
) -> list[bytes]:
    """Return some packets of one message.

    Parameters
    ----------
    persona : Persona
        The device.
    message : MessageSpec
        One of its messages that are streamed.
    sensed : mapping of role to ndarray, (n, components)
        Sensor values in N, g, dps and mm of one pass; samples that fill no packet are left out.
        ``clock`` is the time in s that a device tells which keeps its readings.
    state : DeviceState
        Its side, and where its counters start.
    packet : ndarray of int64, (p,)
        Which packets; numbers go on beyond the pass, which is repeated. All of it by default.
    """
    per_packet = samples_per_packet(message, persona.samples_to_fill)
    every = len(next(iter(sensed.values()))) // per_packet
    packet = np.arange(every) if packet is None else packet
    place = (packet % every)[:, None] * per_packet + np.arange(per_packet)
    values = {role: array[place] for role, array in sensed.items()}
    header = _header(persona, message, values, state, packet)
    samples = _samples(persona, message, values, state, packet)
    return persona.encoder.messages(message.name, len(packet), header, samples)


def _header(
    persona: Persona,
    message: MessageSpec,
    values: Mapping[Role, Array],
    state: DeviceState,
    packet: Ints,
) -> dict[str, Any]:
    """Return the header fields of some packets, (p,) each: from roles, or the spec's example."""
    spec, count = persona.spec, len(packet)
    per_packet = samples_per_packet(message, persona.samples_to_fill)
    stamped = packet * per_packet + (per_packet - 1 if spec.clock.stamp == "last" else 0)
    told = fields_of(spec.clock, wrapped_ticks(spec, stamped, state.ticks))
    since_s = np.asarray(stamped * spec.clock.sample_period_s, np.float64)
    read_s = values["clock"][:, -1, 0] if "clock" in values else since_s
    date = _date(read_s)
    example = {**persona.example(message), **persona.header(message, packet - state.first_packet)}
    header: dict[str, Any] = {}
    for field in _present(message, example):
        if field.name in told:
            value: Any = _physical(told[field.name], field)
        elif field.role == "counter":
            order = state.counter + packet - state.first_packet
            value = _physical(order % (field.number.high + 1), field)
        elif field.role == "battery":
            value = battery(since_s)
        elif field.role in values:
            value = in_unit(spec, field, values[field.role][:, -1, :1], state, persona)[:, 0]
        elif field.name in date and set(DATE) <= {each.name for each in message.header}:
            value = date[field.name]
        else:
            value = example.get(field.name, 0.0)
        header[field.name] = np.broadcast_to(np.asarray(value), count)
    return header


def _present(message: MessageSpec, example: Mapping[str, Any]) -> list[FieldSpec]:
    """Return the header fields that are given: not the number of samples, nor optional ones."""
    teller = message.samples.count_field if message.samples else ""
    there = [field for field in message.header if field.name != teller]
    return [field for field in there if field.when is None or field.name in example]


def battery(since_s: Array | float) -> Array:
    """Return the charge after some time, (n,) in %, from a time since the start in s."""
    left = FULL_BATTERY - BATTERY_PER_HOUR * np.asarray(since_s, np.float64) / 3600.0
    return np.asarray(np.maximum(left, 1.0))


def _date(since_s: Array) -> dict[str, Array]:
    """Return the parts of the date that a device tells, (p,) each, from times in s."""
    now = FIRST_DAY + since_s.astype("timedelta64[s]")
    day, month = now.astype("datetime64[D]"), now.astype("datetime64[M]")
    second = (now - day).astype(np.int64)
    parts = (
        now.astype("datetime64[Y]").astype(np.int64) + 1970,
        month.astype(np.int64) % 12 + 1,
        (day - month).astype(np.int64) + 1,
        second // 3600,
        second // 60 % 60,
        second % 60,
    )
    return {name: part.astype(np.float64) for name, part in zip(DATE, parts, strict=True)}


def wrapped_ticks(spec: DeviceSpec, sample: Ints, ticks: int) -> Ints:
    """Return a device's clock at some samples in ticks; 0 without a clock.

    Parameters
    ----------
    spec : DeviceSpec
        The device.
    sample : ndarray of int64, any shape
        Which samples, counted from the very first.
    ticks : int
        Its clock at the very first.
    """
    clock = spec.clock
    if not clock.modulus:
        return np.zeros(sample.shape, np.int64)
    elapsed = np.rint(sample * clock.sample_period_s / clock.tick_s).astype(np.int64)
    return np.asarray((ticks + elapsed) % clock.modulus)


def _physical(raw: Ints, field: FieldSpec) -> Array:
    return np.asarray(raw * field.scale + field.offset, np.float64)


def _samples(
    persona: Persona,
    message: MessageSpec,
    values: Mapping[Role, Array],
    state: DeviceState,
    packet: Ints,
) -> dict[str, Array]:
    """Return each sample field, (p, n) or (p, n, k), in the unit of the spec.

    Of items, those that the device has a sensor for and was asked to send; other fields that it
    has no sensor for are 0.
    """
    spec = persona.spec
    columns = {
        (sensor.field, sensor.index): column for column, sensor in enumerate(load_elements(spec))
    }
    used: dict[Role, int] = {}
    fields: dict[str, Array] = {}
    for field in message.fields:
        parts = field.shape or sum(name == field.name for name, _ in columns)
        start = used.get(field.role, 0)
        used[field.role] = start + parts
        if field.role == "load":
            start = columns[field.name, 0]
        if field.role in values and persona.sends(message, field):
            some = values[field.role][:, :, start : start + parts]
            fields[field.name] = in_unit(spec, field, some, state, persona)
        elif field.name == spec.clock.field:
            per_packet = samples_per_packet(message, persona.samples_to_fill)
            sample = packet[:, None] * per_packet + np.arange(per_packet)
            fields[field.name] = wrapped_ticks(spec, sample, state.ticks)[:, :, None].astype(
                np.float64
            )
        elif not message.items:
            fields[field.name] = np.zeros((*values["total"].shape[:2], parts))
    return {
        name: some[:, :, 0] if _is_plain(message, name) else some for name, some in fields.items()
    }


def _is_plain(message: MessageSpec, name: str) -> bool:
    """Return whether a field is one number a sample."""
    return next(field.shape for field in message.fields if field.name == name) == 1


def in_unit(
    spec: DeviceSpec, field: FieldSpec, values: Array, state: DeviceState, persona: Persona
) -> Array:
    """Return values in N, g, dps or mm in the unit of a field.

    Parameters
    ----------
    spec : DeviceSpec
        The device.
    field : FieldSpec
        Its field.
    values : ndarray, (..., k)
        In N, g, dps or mm.
    state : DeviceState
        Body weight, for a device that tells parts of it.
    persona : Persona
        Highest raw number, for a device that tells these.
    """
    if field.role in {"stable", "removed"}:
        return values
    unit = canonical(field.unit)[0]
    if unit in {"adc", "1"} and field.role in FORCE_ROLES:
        return np.asarray(values * (persona.full_reading(field) / FULL_SCALE_N) + field.offset)
    if unit == "bw":
        return values / state.body_weight_n
    pressed = replace(field, role="load")  # whose factor knows the area of each cell
    factors = [factor(spec, pressed, index) for index in range(values.shape[-1])]
    return np.asarray(values / np.array(factors))
