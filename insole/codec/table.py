"""Decoded blocks as tables: sample rows, the sensors' places, what the device lets one see."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd

from insole import tables
from insole.capabilities import Capabilities, ForceUnit, Sides
from insole.errors import SpecError
from insole.spec.usable import canonical
from insole.units import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insole.codec.block import Block
    from insole.codec.number import Numbers
    from insole.spec.model import DeviceSpec, FieldSpec, SensorSpec

_AXES = {"acc": ("acc_x", "acc_y", "acc_z"), "gyro": ("gyro_x", "gyro_y", "gyro_z"),
         "cop": ("cop_ap", "cop_ml"), "total": ("total",), "battery": ("battery",)}  # fmt: skip


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
        ``host_time_s`` of its packet; ``device_ticks`` (int64, raw clock of its packet) unless the
        device has no clock; ``counter`` (int64, raw, of its packet) unless it has none; ``sample``
        (int64, place within the packet); then the sensor columns that :mod:`insole.tables` names,
        in its units, NaN where missing. Columns share memory with `block` where that is possible.
    """
    rows: dict[str, Numbers] = {"host_time_s": _by_packet(block.host_time_ns / 1e9, block)}
    if spec.clock.field in block.header:
        rows["device_ticks"] = _by_packet(block.header[spec.clock.field], block)
    counter = _counter(spec, block.message)
    if counter is not None:
        rows["counter"] = _by_packet(block.header[counter.name], block)
    rows["sample"] = _place_in_packet(block)
    rows |= _sensor_columns(spec, block)
    return pd.DataFrame(rows, copy=False)


def sensor_map(spec: DeviceSpec, side: str) -> pd.DataFrame:
    """Return where the load columns of :func:`sample_rows` lie on the sole.

    Parameters
    ----------
    spec : DeviceSpec
        What the device is.
    side : {"left", "right"}
        Which foot.

    Returns
    -------
    SensorMap, (k,) rows
        One row a sensor of the spec. ``x_mm`` runs from medial to lateral and ``y_mm`` from heel to
        toe. The spec's numbers are of that kind already, and a right sole is the mirror image of
        a left one, so both sides have the same numbers.
    """
    if side not in tables.SIDES:
        raise SpecError(spec.path, "side", f"is {side!r}; accepted: {', '.join(tables.SIDES)}")
    names = dict(_load_names(spec))
    return tables.sensor_map(
        (names[place.field, place.index], place.region, place.x_mm, place.y_mm, place.area_mm2)
        for place in spec.sensors
    )


def capabilities(spec: DeviceSpec, sides: Sides) -> Capabilities:
    """Return what a rig of such devices can sense.

    Parameters
    ----------
    spec : DeviceSpec
        What each device is.
    sides : {"both", "left", "right", "merged"}
        Which feet they are on.
    """
    fields = [field for message in spec.messages for field in message.every_field]
    roles = {field.role for field in fields}
    units = [canonical(field.unit)[0] for field in fields if field.role in {"load", "total"}]
    unit = next((word for word in get_args(ForceUnit) if word in units), None)
    if unit is None:
        problem = "no field has role load or total, so it measures no force"
        raise SpecError(spec.path, "message", problem)
    regions = {sensor.region for sensor in spec.sensors}
    return Capabilities(
        regions=tuple(region for region in tables.REGIONS if region in regions),
        imu={"acc", "gyro"} <= roles,
        cop="cop" in roles or _placed(spec.sensors) > 1,
        rate_hz=round(1 / spec.clock.sample_period_s, 6),
        sides=sides,
        unit=unit,
    )


def _placed(sensors: tuple[SensorSpec, ...]) -> int:
    return sum(bool(np.isfinite(sensor.x_mm + sensor.y_mm)) for sensor in sensors)


def _counter(spec: DeviceSpec, name: str) -> FieldSpec | None:
    message = next(message for message in spec.messages if message.name == name)
    return next((field for field in message.header if field.role == "counter"), None)


def _sensor_columns(spec: DeviceSpec, block: Block) -> dict[str, Numbers]:
    """Return the columns of every field with a role that tables know, in the order of the spec."""
    message = next(message for message in spec.messages if message.name == block.message)
    load_names = dict(_load_names(spec))
    rows: dict[str, Numbers] = {}
    for field in message.fields:
        for index, column in enumerate(_columns(field, block.samples[field.name], block)):
            name = load_names.get((field.name, index)) or _axis_name(field, index)
            if name:
                rows[name] = column
    for field in message.header:
        if name := _axis_name(field, 0):
            factor = canonical(field.unit)[1]
            rows[name] = _by_packet(block.header[field.name] * factor, block)
    return rows


def _columns(field: FieldSpec, samples: Numbers, block: Block) -> Iterator[Numbers]:
    """Yield each element of a field as one value a sample, in the unit that tables carry."""
    factor = canonical(field.unit)[1]
    columns = samples.transpose(2, 0, 1) if samples.ndim == 3 else samples[np.newaxis]
    for column in columns:
        flat = column.reshape(-1) if _even(block) else column[_present(block)]
        yield flat if factor == 1 else flat * factor


def _load_names(spec: DeviceSpec) -> Iterator[tuple[tuple[str, int], str]]:
    """Yield (field, index) and column of each load element.

    If every element has a region and no two share one, they are whole regions, and their columns
    are named by these; else they are cells, numbered over all load fields of the spec.
    """
    fields = [f for message in spec.messages for f in message.fields if f.role == "load"]
    elements = [(field, index) for field in fields for index in range(field.shape)]
    regions = {(sensor.field, sensor.index): sensor.region for sensor in spec.sensors}
    whole_regions = len(set(regions.values())) == len(regions) == len(elements)
    for number, (field, index) in enumerate(elements, 1):
        key = field.name, index
        name = regions[key] if whole_regions else f"cell_{number:02d}"
        yield key, f"{name}_{SUFFIX[canonical(field.unit)[0]]}"


def _axis_name(field: FieldSpec, index: int) -> str:
    axes = _AXES.get(field.role)
    return f"{axes[index]}_{SUFFIX[canonical(field.unit)[0]]}" if axes else ""


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
