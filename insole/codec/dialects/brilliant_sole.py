"""Brilliant Sole: scales, places and sensors that the device tells of itself."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from insole.codec import dialect, script
from insole.spec.model import SensorSpec

if TYPE_CHECKING:
    import numpy.typing as npt

    from insole.codec.dialect import Frame
    from insole.spec.model import DeviceSpec, MessageSpec

    Floats = npt.NDArray[np.float64]
_PRESSURE, _GYROSCOPE = 0, 4
_WIDTH_MM, _LENGTH_MM = 93.257, 265.069  # drawing of the 16 sensors; taken for that of 8 too
# Regions in the order of the sensors: names of the 8 in the makers' SDK; of the 16 by their places.
_REGIONS = {
    8: ("hallux", "toes", "forefoot_medial", "forefoot", "forefoot_lateral", "midfoot", "midfoot",
        "heel"),
    16: ("hallux", "toes", "forefoot_medial", "forefoot", "forefoot_lateral", "forefoot_medial",
         "forefoot", "forefoot_lateral", "midfoot", "midfoot", *["heel"] * 6),
}  # fmt: skip


class Dialect(dialect.Dialect):
    """Every sensor has the scale that the device tells; pressure is its share of full scale."""

    learns: ClassVar[frozenset[str]] = frozenset({"scalars", "positions", "configuration"})

    def __init__(self, spec: DeviceSpec) -> None:
        super().__init__(spec)
        items = next(message.items for message in spec.messages if message.items)
        self._known = {e.fields[0].name: (e.tag[0], e.fields[0].scale) for e in items.entries}
        self._factors = self._factors_by({})
        self._intervals: dict[int, float] = {}
        self._positions: Floats = np.empty((0, 2))
        self._asked = False

    def on_frame(self, frame: Frame) -> list[script.Action]:
        """Learn; once the device measures, let its gyroscope measure too."""
        if frame.message == "scalars":
            self._factors = self._factors_by(_pairs(frame.samples, "sensor", "scalar"))
        elif frame.message == "positions":
            self._positions = np.array(frame.samples["position"])
        elif frame.message == "configuration":
            self._intervals = _pairs(frame.samples, "sensor", "interval")
            idle = self._intervals.get(_GYROSCOPE) == 0
            if self._intervals.get(_PRESSURE) and idle and not self._asked:
                self._asked = True
                return [script.command(self.spec, "gyroscope")]
        return []

    def translate(self, frame: Frame) -> Frame | None:
        """Return a measurement in the units that its scales lead to."""
        return self._scaled(frame, np.multiply)

    def untranslate(self, frame: Frame) -> Frame:
        """Return a measurement as the device sends it."""
        return self._scaled(frame, np.divide)

    def learnt(self) -> DeviceSpec:
        """Return the spec with this device's sensors, their places, and its rate."""
        sensors, clock = _sensors(self._positions), self.spec.clock
        if self._intervals.get(_PRESSURE):
            clock = replace(clock, sample_period_s=self._intervals[_PRESSURE] / 1000)
        messages = tuple(map(self._with_own_sensors, self.spec.messages))
        measures = replace(self.spec.measures, oriented=len(sensors) == 8)
        learnt = replace(self.spec, messages=messages, clock=clock)
        return replace(learnt, sensors=sensors, measures=measures)

    def _scaled(self, frame: Frame, apply: np.ufunc) -> Frame:
        if frame.message != "measurement":
            return frame
        scaled = {name: apply(v, self._factors[name]) for name, v in frame.samples.items()}
        if "load" in scaled:
            scaled["load"] = apply(scaled["load"], 1 / _sensors_in(scaled["load"]))
        return dialect.Frame(frame.message, frame.host_time_ns, frame.header, scaled)

    def _factors_by(self, scalars: dict[int, float]) -> dict[str, float]:
        told = {tag: number for tag, number in scalars.items() if number and isfinite(number)}
        return {name: told.get(tag, 1.0) / step for name, (tag, step) in self._known.items()}

    def _with_own_sensors(self, message: MessageSpec) -> MessageSpec:
        """Return a message without the items that this device has no sensor for."""
        if not message.items or not self._intervals:
            return message
        own = {_PRESSURE, *self._intervals}
        entries = tuple(e for e in message.items.entries if e.tag[0] in own)
        fields = tuple(field for entry in entries for field in entry.fields)
        return replace(message, items=replace(message.items, entries=entries), fields=fields)


def _pairs(samples: Any, key: str, value: str) -> dict[int, float]:
    return dict(zip(samples[key].astype(int).tolist(), samples[value].tolist(), strict=True))


def _sensors_in(load: Floats) -> Any:
    """Return how many sensors each row of loads, (…, n), has; behind them there is NaN."""
    if not np.isnan(load[..., -1]).any():
        return load.shape[-1]
    return np.maximum(np.isfinite(load).sum(axis=-1, keepdims=True), 1)


def _sensors(positions: Floats) -> tuple[SensorSpec, ...]:
    """Return sensors where x and y run the right way, as the order of 8 or 16 of them tells."""
    regions = _REGIONS.get(len(positions))
    if regions is None:
        return ()
    x, y = positions.T  # in both orders 2 is the inner metatarsal, 4 the outer one
    x_mm = (x - 0.5) * (1 if x[2] <= x[4] else -1) * _WIDTH_MM
    y_mm = (y if y[0] >= y[-1] else 1 - y) * _LENGTH_MM
    places = enumerate(zip(regions, x_mm.tolist(), y_mm.tolist(), strict=True))
    return tuple(SensorSpec("load", index, *place) for index, place in places)
