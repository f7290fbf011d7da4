"""Sensor values to packets, many at once: headers with their clocks, samples in their units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insole.codec import Decoder, Encoder
from insole.codec.layout import compile_layout
from insole.codec.number import to_raw
from insole.sim.device import load_elements
from insole.spec.model import NUMBER_TYPES
from insole.spec.usable import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from insole.sim.curve import Array
    from insole.spec.model import DeviceSpec, FieldSpec, MessageSpec, Role, SamplesSpec

SAMPLES_TO_FILL = 4
"""Samples in a packet whose length the spec leaves open: our choice."""
FULL_BATTERY, BATTERY_PER_HOUR = 95.0, 5.0
"""Charge at the start and its loss, %: our choice."""
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

    Parameters
    ----------
    spec : DeviceSpec
        The device.
    """
    return [
        message
        for message in spec.messages
        if message.samples and spec.gatt[message.channel].use in {"notify", "indicate"}
    ]


def samples_per_packet(samples: SamplesSpec) -> int:
    """Return how many samples a packet holds.

    Parameters
    ----------
    samples : SamplesSpec
        Of the message.
    """
    return SAMPLES_TO_FILL if samples.count is None else samples.count


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
    per_packet = samples_per_packet(_samples(message))
    count = len(sensed["load"]) // per_packet
    header = {
        field.name: _header(spec, message, field, np.arange(count) * per_packet, state)
        for field in message.header
    }
    samples = {
        name: values[: count * per_packet].reshape(count, per_packet, *values.shape[1:])
        for name, values in _sample_fields(spec, message, sensed, state.body_weight_n).items()
    }
    return _encoded(message, header, samples)


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


def _encoded(
    message: MessageSpec, header: Mapping[str, Array], samples: Mapping[str, Array]
) -> list[bytes]:
    """Return what `Encoder.message` returns for each packet, all at once (a test holds them equal).

    Packet by packet the encoder takes longer than all else in the simulator together.
    """
    layout, place = compile_layout(message), _samples(message)
    count, per_packet = next(iter(samples.values())).shape[:2]
    end = place.at + per_packet * place.stride
    rows = np.zeros((count, message.length or end), np.uint8)
    packets = rows[:, : layout.header.itemsize].view(layout.header)[:, 0]
    for field in message.header:
        packets[field.name] = to_raw(header[field.name], field, message.byte_order)
    places = rows[:, place.at : end].view(layout.sample)
    for field in message.fields:
        places[field.name] = to_raw(samples[field.name], field, message.byte_order)
    return [row.tobytes() for row in rows]


def _samples(message: MessageSpec) -> SamplesSpec:
    if message.samples is None:
        raise ValueError(f"message {message.name} carries no samples")
    return message.samples


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
    if field.name == spec.clock.field:
        return _physical(_ticks(spec, message, first, state), field)
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
        stamped = first + samples_per_packet(_samples(message)) - 1
    elapsed = np.rint(stamped * clock.sample_period_s / clock.tick_s).astype(np.int64)
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
    if unit == "adc":
        highest = NUMBER_TYPES[field.type].high
        return values * (highest * field.scale / FULL_SCALE_N) + field.offset
    if unit == "bw":
        return values / body_weight_n
    return values / factor
