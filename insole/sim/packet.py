"""Sensor values to packets, many at once: headers with their clocks, samples in their units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insole.codec import Decoder, Encoder
from insole.codec.clock import fields_of
from insole.sim.device import load_elements
from insole.spec.number import NUMBER_TYPES
from insole.spec.usable import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from insole.sim.curve import Array
    from insole.spec.model import DeviceSpec, FieldSpec, MessageSpec, Role

SAMPLES_TO_FILL = 4
"""Samples in a packet whose length the spec leaves open: our choice."""
FULL_BATTERY, BATTERY_PER_HOUR = 95.0, 5.0
"""Charge at the start and its loss, %: our choice."""
FULL_COUNTS = 65535
"""Highest raw number of a cell, whatever its type could hold: our choice."""
FULL_SCALE_N = 250.0
"""Load at which a cell that reports raw numbers reaches its highest one, N: our choice."""


@dataclass(frozen=True, slots=True)
class DeviceState:
    """What a device says of itself, and where its counters stood when it was asked to send.

    Parameters
    ----------
    side : {"left", "right"}
        Which foot it says it is.
    ticks : int
        Of its clock at the first sample.
    counter : int
        Of its packet counter at the first packet.
    body_weight_n : float
        What a device that tells load in body weights was calibrated to, N.
    """

    side: str
    ticks: int
    counter: int
    body_weight_n: float


def streamed(spec: DeviceSpec) -> list[MessageSpec]:
    """Return the messages that a device sends by itself and that carry samples.

    Of those on one channel it is the first with force in it: a device is in one mode at a time.

    Parameters
    ----------
    spec : DeviceSpec
        The device.
    """
    by_channel: dict[str, list[MessageSpec]] = {}
    for message in spec.messages:
        if message.fields and spec.gatt[message.channel].use in {"notify", "indicate"}:
            by_channel.setdefault(message.channel, []).append(message)
    return [next(filter(_has_force, each), each[0]) for each in by_channel.values()]


def _has_force(message: MessageSpec) -> bool:
    return any(field.role in {"load", "total"} for field in message.fields)


def samples_per_packet(message: MessageSpec) -> int:
    """Return how many samples a packet holds; one of items is one sample.

    Parameters
    ----------
    message : MessageSpec
        Of the packet.
    """
    if message.samples is None:
        return 1
    return SAMPLES_TO_FILL if message.samples.count is None else message.samples.count


def payloads(
    spec: DeviceSpec,
    message: MessageSpec,
    sensed: Mapping[Role, Array],
    state: DeviceState,
) -> list[bytes]:
    """Return all packets of one message.

    Parameters
    ----------
    spec : DeviceSpec
        The device.
    message : MessageSpec
        One of its messages with samples.
    sensed : mapping of role to ndarray, (n, components)
        Sensor values in N, g, dps and mm; samples that fill no packet are left out.
    state : DeviceState
        Its side, and where its counters start.
    """
    per_packet = samples_per_packet(message)
    count = len(sensed["load"]) // per_packet
    first = np.arange(count) * per_packet
    told = fields_of(spec.clock, _ticks(spec, message, first, state))
    teller = message.samples.count_field if message.samples else ""
    header = {
        field.name: _physical(told[field.name], field)
        if field.name in told
        else _header(spec, message, field, first, state)
        for field in message.header
        if field.name != teller
    }
    fields = _sample_fields(spec, message, sensed, state.body_weight_n)
    if spec.clock.field in fields:
        fields[spec.clock.field] = _own_ticks(spec, len(sensed["load"]), state)
    samples = {
        name: values[: count * per_packet].reshape(count, per_packet, *values.shape[1:])
        for name, values in fields.items()
    }
    return Encoder(spec).messages(message.name, count, header, samples)


def readable(spec: DeviceSpec, side: str) -> dict[str, bytes]:
    """Return what each readable channel says: the spec's own example, with this foot's side.

    Parameters
    ----------
    spec : DeviceSpec
        The device.
    side : {"left", "right"}
        Which foot it says it is.
    """
    encoder, decoder = Encoder(spec), Decoder(spec)
    answers: dict[str, bytes] = {}
    for message in spec.messages:
        if spec.gatt[message.channel].use == "read" and not message.samples:
            header = dict.fromkeys((field.name for field in message.header), 0.0)
            for vector in spec.vectors:
                if vector.channel == message.channel:
                    header |= decoder.feed(vector.channel, vector.payload, 0)[0].header
            header |= _side(spec, message, side)
            answers[message.channel] = encoder.message(message.name, header)
    return answers


def _side(spec: DeviceSpec, message: MessageSpec, side: str) -> dict[str, float]:
    """Return the field of a message that tells the side, if it has it."""
    codes = {word: code for code, word in spec.side.values.items()}
    name = spec.side.source.removeprefix(f"{message.name}.")
    return {name: codes[side]} if name in {field.name for field in message.header} else {}


def _header(
    spec: DeviceSpec,
    message: MessageSpec,
    field: FieldSpec,
    first: NDArray[np.int64],
    state: DeviceState,
) -> Array:
    """Return a header field of every packet, (p,), from the index of its first sample."""
    count = len(first)
    if field.role == "counter":
        counter = (state.counter + np.arange(count)) % (NUMBER_TYPES[field.type].high + 1)
        return _physical(counter, field)
    if field.role == "battery":
        hours = first * spec.clock.sample_period_s / 3600.0
        return np.asarray(np.maximum(FULL_BATTERY - BATTERY_PER_HOUR * hours, 1.0))
    return np.full(count, float(_side(spec, message, state.side).get(field.name, 0.0)))


def _ticks(
    spec: DeviceSpec, message: MessageSpec, first: NDArray[np.int64], state: DeviceState
) -> NDArray[np.int64]:
    """Return the wrapped clock of every packet, (p,) in ticks."""
    clock = spec.clock
    stamped = first
    if clock.stamp == "last":
        stamped = first + samples_per_packet(message) - 1
    return _ticks_at(spec, stamped, state)


def _own_ticks(spec: DeviceSpec, samples: int, state: DeviceState) -> Array:
    """Return the wrapped clock of every sample, (n,) in ticks, for a device that tells it."""
    return np.asarray(_ticks_at(spec, np.arange(samples), state), np.float64)


def _ticks_at(
    spec: DeviceSpec, samples: NDArray[np.int64], state: DeviceState
) -> NDArray[np.int64]:
    """Return the wrapped clock at the times of some samples, (p,) in ticks; 0 without a clock."""
    clock = spec.clock
    if not clock.modulus:
        return np.zeros(len(samples), np.int64)
    elapsed = np.rint(samples * clock.sample_period_s / clock.tick_s).astype(np.int64)
    return np.asarray((state.ticks + elapsed) % clock.modulus)


def _physical(raw: NDArray[np.int64], field: FieldSpec) -> Array:
    return np.asarray(raw * field.scale + field.offset, np.float64)


def _sample_fields(
    spec: DeviceSpec, message: MessageSpec, sensed: Mapping[Role, Array], body_weight_n: float
) -> dict[str, Array]:
    """Return each sample field of a message, (n,) or (n, k), in the unit of the spec."""
    columns = {
        (sensor.field, sensor.index): column for column, sensor in enumerate(load_elements(spec))
    }
    used: dict[Role, int] = {}
    fields: dict[str, Array] = {}
    for field in message.fields:
        start = used.get(field.role, 0)
        used[field.role] = start + field.shape
        if field.role == "load":
            start = columns[field.name, 0]
        if field.role in sensed:
            values = sensed[field.role][:, start : start + field.shape]
            values = _in_unit(values, field, body_weight_n)
        else:
            values = np.zeros((len(sensed["load"]), field.shape))
        fields[field.name] = values[:, 0] if field.shape == 1 else values
    return fields


def _in_unit(values: Array, field: FieldSpec, body_weight_n: float) -> Array:
    """Return values in N, g, dps or mm, (n, k), in the unit of a field."""
    unit, factor = canonical(field.unit)
    if unit in {"adc", "1"}:
        highest = min(field.number.high, FULL_COUNTS)
        return values * (highest * field.scale / FULL_SCALE_N) + field.offset
    if unit == "bw":
        return values / body_weight_n
    return values / factor
