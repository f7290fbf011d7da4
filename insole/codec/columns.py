"""The columns that the fields of a spec become: names, units, factors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from insole.spec.usable import canonical
from insole.units import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insole.spec.model import DeviceSpec, FieldSpec, MessageSpec

_AXES = {
    "acc": ("acc_x", "acc_y", "acc_z"),
    "gyro": ("gyro_x", "gyro_y", "gyro_z"),
    "cop": ("cop_ap", "cop_ml"),
    "cop_ap": ("cop_ap",),
    "cop_ml": ("cop_ml",),
    "total": ("total",),
    "battery": ("battery",),
}
_N_PER_MM2 = {"kPa": 1e-3, "N/cm2": 1e-2}
"""Newton on one mm² at a pressure of 1."""


def message_of(spec: DeviceSpec, name: str) -> MessageSpec:
    """Return the message of a name."""
    return next(message for message in spec.messages if message.name == name)


def table_unit(field: FieldSpec) -> str:
    """Return the unit that a field's columns carry.

    A load told as pressure becomes newton, by the area of its sensor; one without a dimension is
    as good as raw counts.
    """
    unit = canonical(field.unit)[0]
    if field.role in {"load", "total"}:
        return {"1": "adc"}.get(unit, "N" if unit in _N_PER_MM2 else unit)
    return unit


def factor(spec: DeviceSpec, field: FieldSpec, index: int) -> float:
    """Return the factor from an element of a field to the unit of its column."""
    unit, to_canonical = canonical(field.unit)
    if field.role != "load" or unit not in _N_PER_MM2:
        return to_canonical
    areas = {(sensor.field, sensor.index): sensor.area_mm2 for sensor in spec.sensors}
    return to_canonical * _N_PER_MM2[unit] * areas.get((field.name, index), np.nan)


def axis_name(field: FieldSpec, index: int) -> str:
    """Return the column of one element of a field that is no load; "" if tables have none."""
    axes = _AXES.get(field.role)
    return f"{axes[index]}_{SUFFIX[table_unit(field)]}" if axes else ""


def load_fields(spec: DeviceSpec) -> list[FieldSpec]:
    """Return the load fields, each name once: in another message it means the same sensors."""
    fields = {f.name: f for message in reversed(spec.messages) for f in message.fields}
    names = dict.fromkeys(f.name for message in spec.messages for f in message.fields)
    return [fields[name] for name in names if fields[name].role == "load"]


def load_names(spec: DeviceSpec, elements: int = 0) -> Iterator[tuple[tuple[str, int], str]]:
    """Yield (field, index) and column of each load element.

    If every element has a region and no two share one, they are whole regions, and their columns
    are named by these; else they are cells, numbered over all load fields of the spec.

    Parameters
    ----------
    spec : DeviceSpec
        What the device is.
    elements : int
        How many elements a field of open shape was seen to have; at least those with a place.
    """
    regions = {(sensor.field, sensor.index): sensor.region for sensor in spec.sensors}
    placed = max((index + 1 for _, index in regions), default=0)
    every = [
        (field, index)
        for field in load_fields(spec)
        for index in range(field.shape or max(placed, elements))
    ]
    named = set(regions.values()) - {""}
    whole_regions = len(named) == len(regions) == len(every)
    for number, (field, index) in enumerate(every, 1):
        key = field.name, index
        name = regions[key] if whole_regions else f"cell_{number:02d}"
        yield key, f"{name}_{SUFFIX[table_unit(field)]}"
