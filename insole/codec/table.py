"""Decoded blocks as tables: sample rows, the sensors' places, what the device lets one see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from insole import tables
from insole.capabilities import Capabilities, ForceUnit, Sides
from insole.codec.clock import ticks_of
from insole.codec.columns import (
    axis_name,
    factor,
    load_fields,
    load_names,
    message_of,
    table_unit,
)
from insole.errors import SpecError
from insole.spec.model import SensorSpec
from insole.spec.places import canonical
from insole.spec.rhythm import sample_period_s

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from insole.codec.block import Block
    from insole.codec.number import Numbers
    from insole.spec.model import DeviceSpec, FieldSpec, MessageSpec

Calibration: TypeAlias = Literal[
    "newton", "estimated", "pressure", "body_weight", "relative", "adc"
]
_IN_PACKET = ("host_time_s", "device_ticks", "counter", "sample")


def sample_rows(spec: DeviceSpec, block: Block) -> pd.DataFrame:
    """Return the samples of a block as rows, on the device's own clock still.

    Parameters
    ----------
    spec : DeviceSpec
        What the device is.
    block : Block
        Decoded packets of one of its messages.

    Returns
    -------
    DataFrame, one row a sample
        ``host_time_s`` of its packet; ``device_ticks`` (int64, raw clock of its packet, or its own
        if the device tells that) unless the device has no clock; ``counter`` (int64, raw, of its
        packet) unless it has none; ``sample`` (int64, place within the packet, 0 where each sample
        has its own clock); then the sensor columns that :mod:`insole.tables` names, in its units,
        NaN where missing. Items that came at one tick in several messages are one row, and those
        without a column none. Columns share memory with `block` where that is possible.
    """
    table = pd.DataFrame(sample_columns(spec, block), copy=False)
    return _one_row_a_tick(table) if message_of(spec, block.message).items else table


def sample_columns(spec: DeviceSpec, block: Block) -> dict[str, Numbers]:
    """Return the columns of `sample_rows`, with items that came at one tick still apart.

    Parameters
    ----------
    spec : DeviceSpec
        What the device is.
    block : Block
        Decoded packets of one of its messages.
    """
    message = message_of(spec, block.message)
    rows: dict[str, Numbers] = {"host_time_s": _by_packet(block.host_time_ns / 1e9, block)}
    own_clock = spec.clock.field in block.samples
    ticks = ticks_of(spec.clock, block.header)
    if own_clock:
        rows["device_ticks"] = _flat(block.samples[spec.clock.field], block).astype(np.int64)
    elif ticks is not None:
        rows["device_ticks"] = _by_packet(ticks, block)
    counter = next((field for field in message.header if field.role == "counter"), None)
    if counter is not None:
        rows["counter"] = _by_packet(block.header[counter.name], block)
    place = _place_in_packet(block)
    rows["sample"] = np.zeros_like(place) if own_clock else place
    return rows | _sensor_columns(spec, message, block)


def sensor_map(spec: DeviceSpec, side: str, elements: int = 0) -> pd.DataFrame:
    """Return where the load columns of :func:`sample_rows` lie on the sole, or on a plate.

    Parameters
    ----------
    spec : DeviceSpec
        What the device is.
    side : {"left", "right"}
        Which foot.
    elements : int
        How many elements a field of open shape was seen to have.

    Returns
    -------
    SensorMap, (k,) rows
        One row a load column, in their order, also where its place is not known. ``x_mm`` runs
        from medial to lateral and ``y_mm`` from heel to toe. The spec's numbers are of that kind
        already, and a right sole is the mirror image of a left one, so both sides have the same
        numbers.
    """
    if side not in tables.SIDES:
        raise SpecError(spec.path, "side", f"is {side!r}; accepted: {', '.join(tables.SIDES)}")
    return _places(spec, elements)


def _places(spec: DeviceSpec, elements: int = 0) -> pd.DataFrame:
    known = {(sensor.field, sensor.index): sensor for sensor in spec.sensors}
    every = [
        (column, known.get(element, SensorSpec(*element)))
        for element, column in load_names(spec, elements)
    ]
    return tables.sensor_map(
        (column, place.region, place.x_mm, place.y_mm, place.area_mm2) for column, place in every
    )


def capabilities(spec: DeviceSpec, sides: Sides, came: Collection[str] = ()) -> Capabilities:
    """Return what a rig of such devices can sense.

    Parameters
    ----------
    spec : DeviceSpec
        What each device is.
    sides : {"both", "left", "right", "merged", "pull"}
        Which feet they are on.
    came : collection of str
        The messages that came, where modes of a device differ in their rate; otherwise the first
        that tells the force has the rate.
    """
    roles = {field.role for message in spec.messages for field in message.every_field}
    units = {table_unit(field) for field in _forces(spec)}
    unit = next((word for word in get_args(ForceUnit) if word in units), None)
    if unit is None:
        problem = "no field has role load or total, so it measures no force"
        raise SpecError(spec.path, "message", problem)
    regions = {sensor.region for sensor in spec.sensors}
    return Capabilities(
        regions=tuple(region for region in tables.REGIONS if region in regions),
        imu={"acc", "gyro"} <= roles,
        cop="cop" in roles or {"cop_ap", "cop_ml"} <= roles or tables.tell_cop(_places(spec)),
        rate_hz=_rate_hz(spec, came),
        sides=sides,
        unit=unit,
    )


def calibration(spec: DeviceSpec) -> Calibration:
    """Return what the force of a device is worth.

    Returns
    -------
    str
        ``newton`` as the device calibrates it; ``estimated`` newton by a general formula, to be
        treated as uncalibrated until somebody has stood on it; ``pressure`` times area, newton of
        low quality; fractions of ``body_weight``; ``relative`` to full scale; ``adc`` counts.
    """
    units = [canonical(field.unit)[0] for field in load_fields(spec) or _forces(spec)]
    if not units:
        raise SpecError(spec.path, "message", "no field has role load or total; it has no force")
    words: dict[str, Calibration] = {
        "N": "estimated" if spec.measures.estimated else "newton",
        "bw": "body_weight", "1": "relative", "adc": "adc", "kPa": "pressure", "N/cm2": "pressure",
    }  # fmt: skip
    return words[units[0]]


def _rate_hz(spec: DeviceSpec, came: Collection[str]) -> float | None:
    telling = [m for m in spec.messages if any(_is_force(field) for field in m.every_field)]
    heard = [m for m in telling if m.name in came] or telling[:1]
    periods_s = [period_s for m in heard if (period_s := sample_period_s(spec, m))]
    return round(1 / min(periods_s), 6) if periods_s else None


def _forces(spec: DeviceSpec) -> list[FieldSpec]:
    return [f for message in spec.messages for f in message.every_field if _is_force(f)]


def _is_force(field: FieldSpec) -> bool:
    return field.role in {"load", "total"}


def _sensor_columns(spec: DeviceSpec, message: MessageSpec, block: Block) -> dict[str, Numbers]:
    """Return the columns of every field with a role that tables know, in the order of the spec."""
    widest = max((np.shape(v)[-1] for v in block.samples.values() if v.ndim == 3), default=1)
    names = dict(load_names(spec, int(widest)))
    rows: dict[str, Numbers] = {}
    for field in message.fields:
        for index, column in enumerate(_columns(spec, field, block)):
            is_load = field.role == "load"
            name = names[field.name, index] if is_load else axis_name(field, index)
            if name:
                rows[name] = column
    for field in message.header:
        if field.name in block.header and (name := axis_name(field, 0)):
            value = block.header[field.name] * factor(spec, field, 0)
            rows[name] = _by_packet(value, block)
    return rows


def _columns(spec: DeviceSpec, field: FieldSpec, block: Block) -> Iterator[Numbers]:
    """Yield each element of a field as one value a sample, in the unit that tables carry."""
    if field.name not in block.samples:
        return
    samples = block.samples[field.name]
    columns = samples.transpose(2, 0, 1) if samples.ndim == 3 else samples[np.newaxis]
    for index, column in enumerate(columns):
        to_table = factor(spec, field, index)
        flat = _flat(column, block)
        yield flat if to_table == 1 else flat * to_table


def _flat(column: Numbers, block: Block) -> Numbers:
    """Return values of a block, (p, n), one after the other."""
    return column.reshape(-1) if _even(block) else column[_present(block)]


def _even(block: Block) -> bool:
    return bool(block.count.size == 0 or (block.count == block.count[0]).all())


def _present(block: Block) -> Numbers:
    """Return which places of a ragged block hold a sample, (p, n)."""
    return np.arange(block.count.max()) < block.count[:, np.newaxis]


def _by_packet(value: Numbers, block: Block) -> Numbers:
    """Return a value of each packet once for each of its samples."""
    count = block.count[:1] if _even(block) else block.count
    return np.repeat(value, count)


def _place_in_packet(block: Block) -> Numbers:
    starts = np.cumsum(block.count) - block.count
    return np.arange(block.count.sum()) - np.repeat(starts, block.count)


def _one_row_a_tick(rows: pd.DataFrame) -> pd.DataFrame:
    """Bring together what one moment was told in several messages, the first word counting."""
    sensors = [name for name in rows.columns if name not in _IN_PACKET]
    if sensors:
        rows = rows[rows[sensors].notna().any(axis=1)]
    ticks = rows["device_ticks"].to_numpy() if "device_ticks" in rows else np.arange(len(rows))
    begins = np.append([True], np.diff(ticks) != 0)[: len(rows)]
    if begins.all():
        return rows.reset_index(drop=True)
    moment = np.cumsum(begins) - 1
    told = rows[begins].reset_index(drop=True)
    for name in sensors:
        value = rows[name].to_numpy()
        there = np.flatnonzero(~np.isnan(value))[::-1]
        together = np.full(len(told), np.nan)
        together[moment[there]] = value[there]
        told[name] = together
    return told
